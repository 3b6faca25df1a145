/** Problems of variables in words, without the secrets of their values. */
import { isSecretName } from "../errors/secret-names.ts";
import { secretMark, toSpellings } from "../errors/secret-redactor.ts";
import { describeValue } from "../errors/option-errors.ts";
import { findTextSecrets, isJsonLike, redactText } from "./secret-texts.ts";

/** A variable that cannot be used. */
export interface RefusedText {
  /** Whether nothing of it is shown. */
  readonly isHidden: boolean;
  /** Its text. */
  readonly text: string;
  /** What its reader has made of it, if it is refused by its check. */
  readonly value?: unknown;
}

/** Returns the start of the sentence about a variable: its value in quotes, unless it is secret or may contain a secret. */
export function describeText(refused: RefusedText): string {
  return isWhollyHidden(refused) ? "has a value that" : describeValue(redactText(refused.text));
}

/** What cannot be taken apart is hidden, too, such as half an address: "ann:password@host" and '{"password:...'. */
function isWhollyHidden({ isHidden, text }: RefusedText): boolean {
  return isHidden || /:(?!\[secret\]@)[^\s/]*@/.test(redactText(text)) || (isJsonLike(text) && isSecretName(text));
}

/** Removes the value of a variable from what a check or a schema says about it if it is secret, and else the secrets in it. */
export function redactProblem(problem: string, refused: RefusedText): string {
  const { text, value } = refused;
  const parts = findTextSecrets(text).map((secret) => secret.text);
  const secrets = isWhollyHidden(refused) ? [text, ...text.split(","), ...parts, ...stringsOf(value)] : parts;
  const sorted = [...new Set(secrets.flatMap((secret) => toSpellings(secret.trim())))].sort((one, other) => other.length - one.length);
  return redactText(sorted.reduce(hide, problem));
}

/** A short secret may be a part of other words: it is replaced where it is a word. */
function hide(problem: string, secret: string): string {
  if (secret === "") return problem;
  if (secret.length > 3) return problem.replaceAll(secret, secretMark);
  const escaped = secret.replaceAll(/[^\p{L}\p{N}]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
  return problem.replaceAll(new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, "gu"), secretMark);
}

/** The strings and numbers in a value, at any depth. */
function stringsOf(value: unknown): string[] {
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint") return [String(value)];
  if (typeof value !== "object" || value === null) return [];
  try {
    // JSON of an object is mostly an object, and Object.values() takes strings as well.
    return Object.values(JSON.parse(JSON.stringify(value)) as object).flatMap(stringsOf);
  } catch {
    // A cycle: the text of the variable is hidden nevertheless.
    return [];
  }
}
