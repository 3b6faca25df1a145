/** Asks the application whether a password may be used. It may have a list of leaked passwords, for example. */
import { optionInvalid } from "../../errors/option-errors.ts";
import type { AccountsOptions } from "../options.ts";

/** Says why a password may not be used; undefined for one that may. */
export type CheckPassword = NonNullable<AccountsOptions["checkPassword"]>;

/** How long a check may take. */
const checkMsMax = 5_000;

/**
 * Returns the sentence that refuses a password. A check that fails refuses nothing, as in other frameworks: such checks often call an external
 * service, whose failure would stop everybody from registering and from resetting a leaked password. The rules of Gable apply
 * in any case. Throws `E_OPTION_INVALID` for an answer that is not a sentence.
 */
export async function askCheck(
  check: CheckPassword | undefined,
  password: string,
  onFailure: (error: unknown) => void,
): Promise<string | undefined> {
  if (check === undefined) return undefined;
  const ending = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`checkPassword has not answered within ${checkMsMax / 1_000} s.`);
      ending.abort(error);
      reject(error);
    }, checkMsMax);
  });
  let answer: unknown;
  try {
    // An asynchronous function, so that one that throws immediately fails in the same way.
    answer = await Promise.race([(async () => check(password, { signal: ending.signal }))(), ended]);
  } catch (error) {
    onFailure(error);
    return undefined;
  } finally {
    clearTimeout(timer);
  }
  if (answer === undefined || (typeof answer === "string" && answer !== "")) return answer;
  // The answer itself may hold the password.
  throw optionInvalid("defineAccounts()", "checkPassword", check, `a function that returns a sentence or undefined, not ${typeof answer}`);
}
