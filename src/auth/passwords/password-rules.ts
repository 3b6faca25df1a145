/** What a new password must be: long enough, not common, and not the account's own name. No rules about kinds of characters. */
import { isCommonPassword } from "./common-passwords.ts";

/** The problem of a password, as a code and a sentence. */
export interface PasswordProblem {
  /** Name of the rule. */
  readonly code: "too_short" | "too_long" | "common" | "personal";
  /** Sentence that says how to correct it. */
  readonly message: string;
}

/** Options of {@link findPasswordProblem}. */
export interface PasswordRules {
  /** Fewest characters. Default 8. */
  readonly min?: number;
  /** Texts that the account is known by, such as its address and its name. None by default. */
  readonly personal?: readonly string[];
}

/** Most bytes: hashing time must not depend on what somebody sends. */
const passwordBytesMax = 4_096;
/** Fewest characters of a password, unless the application says otherwise. */
export const charactersMin = 8;

/** Finds the problem of a new password; undefined if it can be used. */
export function findPasswordProblem(
  password: string,
  { min = charactersMin, personal = [] }: PasswordRules = {},
): PasswordProblem | undefined {
  if ([...password].length < min) return { code: "too_short", message: `Use at least ${min} characters.` };
  if (new TextEncoder().encode(password).length > passwordBytesMax)
    return { code: "too_long", message: `Use at most ${passwordBytesMax} bytes.` };
  if (isCommonPassword(password)) return { code: "common", message: "Use another password: this one is among the first that others try." };
  if (isPersonal(password, personal))
    return { code: "personal", message: "Use another password: this one is too close to your name or address." };
  return undefined;
}

/** Whether a password is close to a name: only a part of the name, with a few characters around it. */
function isPersonal(password: string, personal: readonly string[]): boolean {
  const text = simplify(password);
  const parts = personal.flatMap((each) => [simplify(each), ...each.split(/[\s@.+_-]+/).map(simplify)]).filter((part) => part.length >= 4);
  return parts.some((part) => text.includes(part) && text.length - part.length <= 4);
}

function simplify(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
}
