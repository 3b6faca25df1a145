/** The values of settings as lists and logs may show them, and the secrets that they hold, at every depth. */
import { isSecretName } from "../errors/secret-names.ts";
import { secretMark } from "../errors/secret-redactor.ts";
import { findTextSecrets, redactText, withDecoded } from "./secret-texts.ts";

/** Values below this depth are not shown. */
const depthMax = 40;
/** Least length of a value that is a secret only by its name: texts lose longer ones, and shorter ones can be ordinary words. */
const namedSecretMin = 16;
/** The same for names that only secrets have. */
const surelyNamedSecretMin = 6;

/** Returns a value without secrets: those with secret names, and passwords of addresses. `isNamed`: the name of the value is secret. */
export function toShownValue(value: unknown, isNamed: boolean): unknown {
  // A number such as `tokensMax` is shown. In a list or an object, it may be a PIN.
  return typeof value === "number" ? value : show(value, isNamed, []);
}

function show(value: unknown, isNamed: boolean, above: readonly object[]): unknown {
  if (typeof value === "string") return isNamed ? secretMark : redactText(value);
  if (isNamed && (typeof value === "number" || typeof value === "bigint")) return secretMark;
  if (typeof value !== "object" || value === null) return value;
  if (above.includes(value)) return "[circular]";
  if (above.length >= depthMax) return "[deeper than shown]";
  const below = [...above, value];
  if (value instanceof URL) return show(value.href, isNamed, above);
  if (Array.isArray(value)) return value.map((item) => show(item, isNamed, below));
  if (value instanceof Set) return new Set(Array.from(value, (item) => show(item, isNamed, below)));
  if (value instanceof Map) return new Map(Array.from(value, ([name, item]) => [name, showNamed(name, item, isNamed, below)]));
  // What has a class, such as a store of the application, decides itself what it shows.
  if (!isPlain(value)) return value;
  return Object.fromEntries(dataOf(value).map(([name, item]) => [name, showNamed(name, item, isNamed, below)]));
}

function showNamed(name: unknown, value: unknown, isNamed: boolean, above: readonly object[]): unknown {
  return show(value, isNamed || (typeof name === "string" && isSecretName(name)), above);
}

/**
 * Finds the secrets in a value: passwords of addresses, and strings with secret names that are long enough. `isSecret`: all strings
 * are secrets.
 */
export function findValueSecrets(value: unknown, names: readonly string[], isSecret: boolean): string[] {
  const found: string[] = [];
  const add = (text: string, name: string): void => {
    const min = isSurelySecretName(name) ? surelyNamedSecretMin : namedSecretMin;
    if (isSecretName(name) && text.length >= min) found.push(...withDecoded(text));
  };
  const collect = (item: unknown, named: string, above: readonly object[]): void => {
    if (typeof item === "string") {
      if (isSecret) found.push(item);
      else add(item, named);
      for (const { text, name } of findTextSecrets(item)) add(text, name);
    }
    if (typeof item !== "object" || item === null || above.includes(item) || above.length >= depthMax) return;
    for (const [name, each] of entriesOf(item)) collect(each, isSecretName(name) ? name : named, [...above, item]);
  };
  collect(value, names.find(isSurelySecretName) ?? names.find(isSecretName) ?? "", []);
  return found;
}

/** Whether only a secret has such a name: `apiToken` and `password`, but neither `keyFile` nor `tokenKind`. */
function isSurelySecretName(name: string): boolean {
  return /(?:password|passphrase|passwd|secret|token)$/i.test(name);
}

function entriesOf(value: object): ReadonlyArray<readonly [name: string, item: unknown]> {
  if (value instanceof URL) return [["", value.href]];
  if (Array.isArray(value)) return value.map((item: unknown) => ["", item]);
  if (value instanceof Set) return Array.from(value, (item) => ["", item]);
  if (value instanceof Map) return Array.from(value, ([name, item]) => [String(name), item]);
  return isPlain(value) ? dataOf(value) : [];
}

/** The properties of an object. Getters are not called. */
function dataOf(value: object): Array<readonly [name: string, item: unknown]> {
  const all: Readonly<Record<string, TypedPropertyDescriptor<unknown>>> = Object.getOwnPropertyDescriptors(value);
  return Object.entries(all).flatMap(([name, one]) => (one.enumerable === true && "value" in one ? [[name, one.value] as const] : []));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
