/**
 * The guard sudo: lets users pass who have typed their password, or signed in with a provider, a short time ago. With a second factor, they have
 * given a code as well.
 */
import { GableError } from "../errors/gable-error.ts";
import type { OptionKinds } from "../errors/option-errors.ts";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import type { Context } from "../handlers/context.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import type { Account } from "./account-fields.ts";
import type { AccountGuard } from "./accounts.ts";
import { askFirst } from "./ask-first.ts";
import { refuseVisitor } from "./guards.ts";
import { findConfirmationWays } from "./providers/confirmation-ways.ts";
import { isRecent } from "./recent.ts";
import { findService } from "./find-service.ts";
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
    if (!isRecent(await service.findConfirmedAt(context), service.parts.now(), withinSeconds * 1000)) return askForPassword(context, user);
    const needsCode = await lacksCode(context, user, withCode ? withinSeconds : undefined);
    return needsCode ? askForCode(context) : service.notePassedSudo(context);
  };
  return sudo;
}

function askForPassword(context: Context, user: Account): Promise<HandlerReply> {
  const service = findService(context);
  return askFirst(context, {
    urlOf: (next) => service.confirmUrl(next),
    toError: required,
    describe: async () => {
      const what = (await findConfirmationWays(context, user)).hasPassword ? "Confirm your password" : "Confirm that it is you";
      return { what, how: what };
    },
  });
}

function required(path: string): GableError {
  return new GableError("E_CONFIRMATION_REQUIRED", `Confirm your password at ${path} first.`, { details: { confirmAt: path } });
}
