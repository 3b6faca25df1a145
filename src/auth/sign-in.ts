/** Signing in and out by code: for sign-in with another service, for support staff, and for tests. */
import { GableError } from "../errors/gable-error.ts";
import type { AnyContext } from "../handlers/context.ts";
import type { Account } from "./account-fields.ts";
import { findService } from "./service.ts";

/**
 * Signs a user in without a password: the session gets a new id and belongs to the user from now on. Check first that the
 * visitor is this user: no second factor is asked for. Throws `E_ACCOUNTS_SETUP` in an application without accounts.
 */
export async function signIn(context: AnyContext, user: Account): Promise<void> {
  const service: ReturnType<typeof findService> | undefined = findService(context);
  if (service === undefined)
    throw new GableError("E_ACCOUNTS_SETUP", "signIn(): the application has no accounts.", {
      fix: "Pass accounts to gable(): gable({ accounts: defineAccounts({ user: User }) }).",
    });
  await service.signIn(context, user);
}

/** Signs the visitor out: ends the session with all its values, and forgets the browser. */
export function signOut(context: AnyContext): void {
  const service: ReturnType<typeof findService> | undefined = findService(context);
  if (service === undefined) context.session.end();
  else service.signOut(context);
}
