/** The guard sudo: lets users pass who have typed their password, or signed in with a provider, a short time ago. */
import { GableError } from "../errors/gable-error.ts";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import type { Context } from "../handlers/context.ts";
import { isSafeRedirectTarget } from "../http/redirect-target.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import { redirect } from "../replies/replies.ts";
import type { Account } from "./account-fields.ts";
import type { AccountGuard } from "./accounts.ts";
import { isPage, refuseVisitor } from "./guards.ts";
import { showPage } from "./pages/show-page.ts";
import { findConfirmationWays } from "./providers/confirmation-ways.ts";
import { findService } from "./service.ts";

/** Options of the guard `sudo()`. */
export interface SudoOptions {
  /** Seconds for which a sign-in or a confirmation counts. Default 900 (15 minutes). */
  readonly withinSeconds?: number;
}

const optionNames: Readonly<Record<keyof SudoOptions, true>> = { withinSeconds: true };
const owner = "sudo()";
const withinSecondsDefault = 900;
/** Clocks of machines differ. A confirmation that lies further ahead was made by a clock that was wrong. */
const skewMsMax = 5 * 60_000;

/** Creates the guard. Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`. */
export function createSudo(options: SudoOptions = {}): AccountGuard<{ readonly user: Account }> {
  if (typeof options !== "object" || options === null) throw optionInvalid(owner, "options", options, "an object");
  assertKnownOptions(owner, options, Object.keys(optionNames));
  const { withinSeconds = withinSecondsDefault } = options;
  if (!Number.isSafeInteger(withinSeconds) || withinSeconds < 1)
    throw optionInvalid(owner, "withinSeconds", withinSeconds, "a whole number of seconds above 0");
  // Events and lists of guards have this name.
  const sudo: AccountGuard<{ readonly user: Account }> = async (context) => {
    const service = findService(context);
    const user = await service.loadUser(context);
    if (user === null) return refuseVisitor(context);
    const ageMs = service.parts.now() - (await service.findConfirmedAt(context));
    return ageMs >= -skewMsMax && ageMs <= withinSeconds * 1000 ? service.notePassedSudo(context) : askForPassword(context, user);
  };
  return sudo;
}

/** A page leads to the question and back. What was sent to be changed is not sent again: it gets 403 with the link. */
async function askForPassword(context: Context, user: Account): Promise<HandlerReply> {
  const { method, url } = context;
  const service = findService(context);
  if (!isPage(context)) throw required(service.confirmUrl());
  if (method === "GET" || method === "HEAD") return redirect(service.confirmUrl(url.pathname + url.search));
  const what = (await findConfirmationWays(context, user)).hasPassword ? "Confirm your password" : "Confirm that it is you";
  return showPage(context, {
    name: "confirm-required",
    title: `${what} first`,
    text: `Nothing was changed. ${what}, and send the form again.`,
    links: { [what]: service.confirmUrl(findFormPath(context)) },
    status: 403,
  });
}

/** Returns the path of the page that had the form, when the browser names it and it is of this site. */
function findFormPath({ headers, url }: Context): string | undefined {
  const referer = headers.get("referer");
  if (referer === null || !URL.canParse(referer)) return undefined;
  const { origin, pathname, search } = new URL(referer);
  const path = pathname + search;
  return origin === url.origin && isSafeRedirectTarget(path) ? path : undefined;
}

function required(path: string): GableError {
  return new GableError("E_CONFIRMATION_REQUIRED", `Confirm your password at ${path} first.`, { details: { confirmAt: path } });
}
