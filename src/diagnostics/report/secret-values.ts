/** Removes the values of secrets from texts, wherever they appear: in messages, statements, source lines. */
import { isSecretName } from "../../errors/secret-names.ts";
import type { PlainValue } from "./plain-value.ts";
import { isErrorValue, readData, readProperty, secretText } from "./plain-value.ts";

/** Shorter secrets are not searched for: they would remove parts of other words. */
const secretLengthMin = 6;
const secretsMax = 500;

/** Returns a string without secrets. */
export type SecretRemover = (text: string) => string;

/** Collects the values of secrets: those with secret names in records and lists of pairs, at any depth. */
export function collectSecrets(...sources: readonly unknown[]): string[] {
  const found = new Set<string>();
  for (const source of sources) collectFrom(source, false, found, 0);
  return [...found];
}

function collectFrom(value: unknown, isSecret: boolean, found: Set<string>, depth: number): void {
  if (found.size >= secretsMax || depth > 6) return;
  if (typeof value === "string") {
    if (isSecret) addSecret(value, found);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  try {
    if (Array.isArray(value) && value.length === 2 && typeof value[0] === "string" && typeof value[1] === "string") {
      if (isSecret || isSecretName(value[0])) addSecret(value[1], found);
      return;
    }
    const entries: ReadonlyArray<readonly [unknown, unknown]> = Array.isArray(value)
      ? value.map((item) => ["", item] as const)
      : Object.keys(value).map((name) => [name, readData(value, name)] as const);
    // These properties of errors are not enumerable.
    if (isErrorValue(value))
      for (const name of ["cause", "errors", "details"]) collectFrom(readProperty(value, name), isSecret, found, depth + 1);
    for (const [name, item] of entries) collectFrom(item, isSecret || isSecretName(String(name)), found, depth + 1);
  } catch {
    // A value that refuses to be looked at is not shown either.
  }
}

/** Adds a secret with the parts that appear alone: the token after its scheme, and the values of cookies. */
function addSecret(text: string, found: Set<string>): void {
  for (const part of [text, ...text.split(/[;,]\s*/), text.replace(/^\w+\s+/, "")]) {
    for (const value of [part, part.slice(part.indexOf("=") + 1)]) if (value.trim().length >= secretLengthMin) found.add(value.trim());
  }
}

/** Creates the function that removes secrets: these values, passwords in URLs, and tokens after their scheme. */
export function createSecretRemover(secrets: Iterable<string>): SecretRemover {
  const values = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < secretLengthMin || secret === secretText) continue;
    values.add(secret);
    values.add(encodeURIComponent(secret));
    values.add(JSON.stringify(secret).slice(1, -1));
  }
  // The longest first: one secret can begin with another.
  const ordered = [...values].sort((first, second) => second.length - first.length);
  return (text) => {
    let shown = text;
    for (const value of ordered) if (shown.includes(value)) shown = shown.replaceAll(value, secretText);
    return shown
      .replaceAll(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/@]+@/gi, `$1:${secretText}@`)
      .replaceAll(/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/g, `$1 ${secretText}`);
  };
}

/** Removes secrets from all texts of a plain value. */
export function removeSecrets<Value>(value: Value, remove: SecretRemover): Value {
  return removeFrom(value as PlainValue, remove) as Value; // The shape stays the same: only texts change.
}

function removeFrom(value: PlainValue, remove: SecretRemover): PlainValue {
  if (typeof value === "string") return remove(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: PlainValue) => removeFrom(item, remove));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, removeFrom(item, remove)]));
}

/** Removes the literals that source code assigns to secret names, such as `password = "..."`. `onSecret` gets each of them. */
export function removeSecretLiterals(line: string, onSecret: (secret: string) => void = () => undefined): string {
  return line.replaceAll(
    /([\w-]+)(["']?\s*[:=]\s*)(["'`])((?:\\.|(?!\3).){6,}?)\3/g,
    (whole, name: string, sign: string, quote: string, text: string) => {
      if (!isSecretName(name)) return whole;
      onSecret(text);
      return `${name}${sign}${quote}${secretText}${quote}`;
    },
  );
}
