/** Removes the values of secrets from texts: from log lines, error pages and dumps. */

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
  const variants = new Set([...secrets].filter(({ length }) => length >= redactedLengthMin).flatMap(toVariants));
  // The longest first: a secret may be part of another one.
  const sorted = [...variants].sort((one, other) => other.length - one.length);
  return (text) => {
    let result = text;
    for (const variant of sorted) if (result.includes(variant)) result = result.replaceAll(variant, secretMark);
    return result;
  };
}

/** A secret as it is, and as others write it: within a JSON string, as text or attribute of HTML, within an address. */
function toVariants(secret: string): string[] {
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

/** Finds the passwords of addresses such as `postgres://user:password@host`, as they are written and decoded. */
export function findUrlPasswords(text: string): string[] {
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/]+)@/i.exec(text)?.[1];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    // A "%" that starts no escape.
    return [password];
  }
}

/** The password of an address is a secret, whatever its setting is called. */
export function redactUrl(value: unknown): unknown {
  return typeof value === "string" ? value.replace(/^([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s/]+@/i, `$1${secretMark}@`) : value;
}
