/** Removes the values of secrets from texts, wherever they appear: in messages, statements, source lines. */
import { isSecretName } from "../../errors/secret-names.ts";
import type { PlainValue } from "./plain-value.ts";
import { isErrorValue, readProperty } from "../../errors/thrown-value.ts";
import { readData, secretText } from "./plain-value.ts";

/** Shorter secrets are not searched for: they would remove parts of other words. */
const secretLengthMin = 6;
const secretsMax = 500;

/** Returns a string without secrets. */
export type SecretRemover = (text: string) => string;

/** Collects the values of secrets: those with secret names in records and lists of pairs, at any depth. */
export function collectSecrets(...sources: readonly unknown[]): string[] {
  const found = new Set<string>();
  for (const source of sources) collectFrom(source, "none", found, 0);
  return [...found];
}

/** How sure it is that a value is secret: by a name such as `password`, or by one such as `key`, which often names other things. */
type Suspicion = "none" | "weak" | "strong";

function suspicionOf(name: string): Suspicion {
  if (!isSecretName(name)) return "none";
  return /pass|secret|token|signature|credential|authorization/i.test(name) ? "strong" : "weak";
}

function collectFrom(value: unknown, suspicion: Suspicion, found: Set<string>, depth: number): void {
  if (found.size >= secretsMax || depth > 6) return;
  if (typeof value === "string") return addSecret(value, suspicion, found);
  if (typeof value !== "object" || value === null) return;
  const follow = (name: string, item: unknown): void => {
    const own = suspicionOf(name);
    collectFrom(item, suspicion === "strong" || own === "none" ? suspicion : own, found, depth + 1);
  };
  try {
    if (Array.isArray(value) && value.length === 2 && typeof value[0] === "string" && typeof value[1] === "string")
      return follow(value[0], value[1]);
    // These properties of errors are not enumerable.
    if (isErrorValue(value)) for (const name of ["cause", "errors", "details"]) follow("", readProperty(value, name));
    if (Array.isArray(value)) for (const item of value) follow("", item);
    else for (const name of Object.keys(value)) follow(name, readData(value, name));
  } catch {
    // A value that refuses to be looked at is not shown either.
  }
}

/** Adds a secret with the parts that appear alone: the token after its scheme, and the values of cookies. */
function addSecret(text: string, suspicion: Suspicion, found: Set<string>): void {
  if (suspicion === "none") return;
  for (const part of [text, ...text.split(/[;,]\s*/), text.replace(/^\w+\s+/, "")]) {
    if (found.size >= secretsMax) return;
    for (const each of [part, part.slice(part.indexOf("=") + 1)]) {
      const value = each.trim();
      if (isSecretValue(value, suspicion)) found.add(value);
    }
  }
}

/** Whether a value is secret. The word "status" under the name "key" is not: it would disappear from the whole report. */
function isSecretValue(value: string, suspicion: Suspicion): boolean {
  if (suspicion === "none") return false;
  return suspicion === "strong" ? value.length >= secretLengthMin : /^(?=.*\d)\S{8,}$|^\S{24,}$/.test(value);
}

/** Creates the function that removes secrets: these values, passwords in URLs, and tokens after their scheme. */
export function createSecretRemover(secrets: Iterable<string>): SecretRemover {
  const values = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < secretLengthMin || secret === secretText) continue;
    values.add(secret);
    values.add(encodeURIComponent(secret.toWellFormed()));
    values.add(JSON.stringify(secret).slice(1, -1));
  }
  // The longest first: one secret can begin with another.
  const ordered = [...values].sort((first, second) => second.length - first.length);
  return (text) => {
    let shown = text;
    for (const value of ordered) if (shown.includes(value)) shown = shown.replaceAll(value, secretText);
    return shown
      .replaceAll(/((?<![a-z0-9+.-])[a-z0-9+.-]+:\/\/[^\s/:@]*):[^\s/@]+@/gi, `$1:${secretText}@`)
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
      if (!isSecretValue(text, suspicionOf(name))) return whole;
      onSecret(text);
      return `${name}${sign}${quote}${secretText}${quote}`;
    },
  );
}
