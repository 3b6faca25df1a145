/** Removes the values of secrets from texts: from log lines, error pages, dumps, and what is written before an application exists. */

/** Returns a string without secrets. */
export type Redactor = (text: string) => string;

/** What is shown in place of a secret. */
export const secretMark = "[secret]";
/** Shorter secrets would blank out ordinary words of a log. */
const redactedLengthMin = 6;

/**
 * Creates the function that removes these secrets. It also finds them as they appear in JSON, in HTML and in addresses.
 * Secrets of fewer than 6 characters are not searched for.
 */
export function createSecretRedactor(secrets: Iterable<string>): Redactor {
  const variants = new Set([...secrets].filter(({ length }) => length >= redactedLengthMin).flatMap(toSpellings));
  // The longest first: a secret may be part of another one.
  const sorted = [...variants].sort((one, other) => other.length - one.length);
  return (text) => {
    let result = text;
    for (const variant of sorted) if (result.includes(variant)) result = result.replaceAll(variant, secretMark);
    return result;
  };
}

/** Returns a secret as it is, and as others write it: within a JSON string, as text or attribute of HTML, within an address. */
export function toSpellings(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  return [secret, json, JSON.stringify(json).slice(1, -1), ...toHtmlVariants(secret), ...toUrlVariants(secret)];
}

/** Texts and attributes escape different characters, and have several spellings for them. */
function toHtmlVariants(secret: string): string[] {
  const spellings = [
    [">", "&gt;"],
    ['"', "&quot;", "&#34;"],
    ["'", "&#39;", "&apos;"],
  ] as const;
  return spellings.reduce<string[]>(
    (texts, [character, ...escaped]) =>
      secret.includes(character) ? [...texts, ...escaped.flatMap((each) => texts.map((text) => text.replaceAll(character, each)))] : texts,
    [secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;")],
  );
}

/** Paths keep characters that queries encode, and forms write blanks as plus signs. */
function toUrlVariants(secret: string): string[] {
  // A lone surrogate has no encoding.
  if (!secret.isWellFormed()) return [];
  const encoded = encodeURIComponent(secret);
  const query = encoded.replaceAll("'", "%27");
  return [encoded, query, query.replaceAll("%20", "+"), encodeURI(secret)];
}

/** Key of the secrets of the process: shared by two copies of the package. */
const knownKey = Symbol.for("gable.secrets");

/** Where the secrets of the process are. */
interface Holder {
  [knownKey]?: Set<string>;
}

/** Remembers secrets, so that errors of this process are written without them even if no application exists. */
export function rememberSecrets(secrets: Iterable<string>): void {
  const known = ((globalThis as Holder)[knownKey] ??= new Set()); // Only this file uses the key.
  for (const secret of secrets) known.add(secret);
}

/** Returns the secrets of all settings and applications of this process. */
export function listKnownSecrets(): readonly string[] {
  return [...((globalThis as Holder)[knownKey] ?? [])]; // As above.
}

let known: { readonly count: number; readonly redact: Redactor } | undefined;

/** Removes the secrets of all settings and applications of this process from a string. */
export function removeKnownSecrets(text: string): string {
  const secrets = listKnownSecrets();
  if (known?.count !== secrets.length) known = { count: secrets.length, redact: createSecretRedactor(secrets) };
  return known.redact(text);
}
