/**
 * The guard sudo: lets users pass who have typed their password, or signed in with a provider, a short time ago. With a second factor, they have
 * given a code as well.
 */
import { GableError } from "../errors/gable-error.ts";
import type { OptionKinds } from "../errors/option-errors.ts";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import type { Context } from "../handlers/context.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import { redirect } from "../replies/replies.ts";
import type { Account } from "./account-fields.ts";
import type { AccountGuard } from "./accounts.ts";
import { isPage, refuseVisitor } from "./guards.ts";
import { findFormPath } from "./next-page.ts";
import { showPage } from "./pages/show-page.ts";
import { findConfirmationWays } from "./providers/confirmation-ways.ts";
import { findService } from "./service.ts";
import { askForCode, codeSecondsDefault, lacksCode } from "./two-factor/code-question.ts";

/** Options of the guard `sudo()`. */
export interface SudoOptions {
  /** Seconds for which a sign-in or a confirmation counts. Default 900 (15 minutes). */
  readonly withinSeconds?: number;
  /** Whether a code of the second factor, if there is one, must be as recent. Default false: any time in the session. */
  readonly withCode?: boolean;
}

const optionNames: OptionKinds<SudoOptions> = { withinSeconds: true, withCode: "boolean" };
const owner = "sudo()";
/** Clocks of machines differ. A confirmation that lies further ahead was made by a clock that was wrong. */
const skewMsMax = 5 * 60_000;

/** Creates the guard. Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`. */
export function createSudo(options: SudoOptions = {}): AccountGuard<{ readonly user: Account }> {
  if (typeof options !== "object" || options === null) throw optionInvalid(owner, "options", options, "an object");
  assertKnownOptions(owner, options, optionNames);
  const { withinSeconds = codeSecondsDefault, withCode = false } = options;
  if (!Number.isSafeInteger(withinSeconds) || withinSeconds < 1)
    throw optionInvalid(owner, "withinSeconds", withinSeconds, "a whole number of seconds above 0");
  // Events and lists of guards have this name.
  const sudo: AccountGuard<{ readonly user: Account }> = async (context) => {
    const service = findService(context);
    const user = await service.loadUser(context);
    if (user === null) return refuseVisitor(context);
    const ageMs = service.parts.now() - (await service.findConfirmedAt(context));
    if (ageMs < -skewMsMax || ageMs > withinSeconds * 1000) return askForPassword(context, user);
    const needsCode = await lacksCode(context, user, withCode ? withinSeconds : undefined);
    return needsCode ? askForCode(context) : service.notePassedSudo(context);
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

function required(path: string): GableError {
  return new GableError("E_CONFIRMATION_REQUIRED", `Confirm your password at ${path} first.`, { details: { confirmAt: path } });
}
