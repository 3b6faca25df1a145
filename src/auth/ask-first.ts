/** Asks a user for a proof before something is changed: the password, or a code. */
import type { GableError } from "../errors/gable-error.ts";
import type { Context } from "../handlers/context.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import { redirect } from "../replies/replies.ts";
import { isPage } from "./guards.ts";
import { findFormPath } from "./next-page.ts";
import { showPage } from "./pages/show-page.ts";

/** What a user is asked for. */
interface Question {
  /** Returns the address of the question, which leads back to `next`. */
  readonly urlOf: (next?: string) => string;
  /** Makes the error for programs, which names the address. */
  readonly toError: (path: string) => GableError;
  /** Returns what to do, for the title and the link; and how, as a sentence without its end. */
  readonly describe: () => Promise<{ readonly what: string; readonly how: string }>;
}

/** A page leads to the question and back. What was sent to be changed is not sent again: it gets 403 with the link. */
export async function askFirst(context: Context, { urlOf, toError, describe }: Question): Promise<HandlerReply> {
  const { method, url } = context;
  if (!isPage(context)) throw toError(urlOf());
  if (method === "GET" || method === "HEAD") return redirect(urlOf(url.pathname + url.search));
  const { what, how } = await describe();
  return showPage(context, {
    name: "confirm-required",
    title: `${what} first`,
    text: `Nothing was changed. ${how}, and send the form again.`,
    links: { [what]: urlOf(findFormPath(context)) },
    status: 403,
  });
}
