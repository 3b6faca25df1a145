/** The check of a password against the stored hash of an account, which must not tell whether there is an account. */
import { isGableError } from "../../errors/gable-error.ts";
import type { AnyContext } from "../../handlers/context.ts";
import type { Account } from "../account-fields.ts";
import type { PasswordCheck, PasswordHasher } from "./hasher.ts";

/**
 * Checks a password; undefined stands for an unknown account. A stored hash that cannot be checked counts as wrong and takes as long, and the log
 * says why: an error would show that the account exists.
 */
export async function checkPassword(
  { log }: Pick<AnyContext, "log">,
  hasher: PasswordHasher,
  { user, password }: { readonly user: Account | undefined; readonly password: string },
): Promise<PasswordCheck> {
  try {
    return await hasher.verify(password, user?.password);
  } catch (error) {
    if (!isGableError(error) || error.code !== "E_PASSWORD_HASH_UNSUPPORTED") throw error;
    log.error({ error, userId: user?.id }, "A stored password hash cannot be checked: its user cannot sign in with a password.");
    return hasher.verify(password, undefined);
  }
}
