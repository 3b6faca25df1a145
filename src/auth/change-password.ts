/** A new password for a user: its check, and everything that follows from it. */
import type { AnyContext } from "../handlers/context.ts";
import type { Logger } from "../handlers/logger.ts";
import { logAccountEvent } from "./account-events.ts";
import type { Account } from "./account-fields.ts";
import { mailTexts } from "./mails.ts";
import { mailNotice } from "./mail-links.ts";
import type { AccountsOptions } from "./options.ts";
import type { CheckPassword } from "./passwords/ask-check.ts";
import { askCheck } from "./passwords/ask-check.ts";
import { findPasswordProblem } from "./passwords/password-rules.ts";
import { toPersonalTexts } from "./passwords/personal-texts.ts";
import { findService } from "./find-service.ts";
import { secondFactorKey, writeKey } from "./session-values.ts";

/** A new password, and the account that is to have it. */
export interface NewPassword {
  readonly password: string;
  /** The account, or the columns of one that does not exist yet. */
  readonly owner: object;
}

/** Returns why an account may not have a password; undefined for a good one. The check of the application runs last. */
export async function findProblemFor(
  context: AnyContext,
  { password, owner }: NewPassword,
  { passwordMin: min, checkPassword }: AccountsOptions,
): Promise<{ readonly code: string; readonly message: string } | undefined> {
  const personal = toPersonalTexts(findService(context).parts.model, owner);
  const problem = findPasswordProblem(password, { ...(min !== undefined && { min }), personal });
  if (problem !== undefined) return problem;
  const message = await checkByApplication(context.log, checkPassword, password);
  return message === undefined ? undefined : { code: "refused", message };
}

/** Returns the sentence of the application that refuses a password. The log says when its check has failed. */
export function checkByApplication(
  log: Pick<Logger, "warn">,
  check: CheckPassword | undefined,
  password: string,
): Promise<string | undefined> {
  return askCheck(check, password, (error) => log.warn({ error }, "checkPassword of the accounts failed; a new password was not checked."));
}

/**
 * Stores the password of the user of a request, signs out all other devices, and sends a mail about it. Returns false, and stores nothing, when
 * the password has changed since the request began: whoever sent it has proved to know the old one only.
 */
export async function changePassword(context: AnyContext, user: Account, password: string): Promise<boolean> {
  const service = findService(context);
  const { mail, routes } = service.parts;
  // An application without this page fails before the change, not after it.
  const notice = mail && mailTexts.passwordChanged(routes.url("forgot"));
  if (!(await service.replacePassword(user, password))) return false;
  logAccountEvent(context, "password-changed", user.id);
  const codeAt = await service.findSecondFactorAt(context);
  await service.signIn(context, user);
  // Whoever gave a code in this session need not give another one.
  if (codeAt > 0) writeKey(context.session, secondFactorKey, codeAt);
  if (notice !== undefined) mailNotice(context, user, notice);
  return true;
}
