/** The guards of accounts: who may pass, and what the others are answered. */
import { GableError } from "../errors/gable-error.ts";
import type { Context } from "../handlers/context.ts";
import { preferredType } from "../http/negotiation.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import { redirect } from "../replies/replies.ts";
import type { Account } from "./account-fields.ts";
import type { AccountGuards } from "./accounts.ts";
import { findService } from "./find-service.ts";

/** Creates the guards. They find the accounts of the application whose request runs. */
export function createGuards(): Omit<AccountGuards<Account>, "sudo" | "secondFactor" | "fullySignedIn" | "can" | "token"> {
  return {
    signedIn: async (context) => (await findService(context).loadUser(context)) !== null || refuseVisitor(context),
    signedOut: async (context) => (await findService(context).loadUser(context)) === null || refuseUser(context),
    maybeSignedIn: async (context) => {
      await findService(context).loadUser(context);
      return true;
    },
    verified: async (context) => {
      const user = await findService(context).loadUser(context);
      if (user === null) return refuseVisitor(context);
      if (user.emailVerifiedAt !== null) return true;
      throw new GableError("E_ACCESS_DENIED", "Confirm your e-mail address first.");
    },
  };
}

/** A page leads to the login and back; anything else gets 401. */
export function refuseVisitor(context: Context): HandlerReply {
  const { method, url } = context;
  if (!isPage(context) || (method !== "GET" && method !== "HEAD")) throw new GableError("E_LOGIN_REQUIRED", "Sign in first.");
  return redirect(findService(context).loginUrl(url.pathname + url.search));
}

function refuseUser(context: Context): HandlerReply {
  if (isPage(context)) return redirect(findService(context).afterLogin);
  throw new GableError("E_ACCESS_DENIED", "You are signed in already.");
}

/** Whether the client prefers a page to JSON. */
export function isPage({ headers }: Context): boolean {
  const accept = headers.get("accept");
  return accept !== null && preferredType(accept, ["application/json", "text/html"]) === "text/html";
}
