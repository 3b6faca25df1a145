/** One spelling for each e-mail address, so that an account is found whatever case its owner types. */

/**
 * Returns an address as accounts store it: ASCII letters of the domain in lower case, and of the whole address when it is ASCII.
 * Other letters stay as they are: Unicode case mapping turns the Kelvin sign into "k", which would be another person's address.
 */
export function normalizeEmail(address: string): string {
  const text = address.trim();
  const at = text.lastIndexOf("@");
  const isAscii = /^[\u0000-\u007f]*$/.test(text);
  return isAscii ? lowerAscii(text) : text.slice(0, at + 1) + lowerAscii(text.slice(at + 1));
}

/** Returns a string with its ASCII letters in lower case. */
export function lowerAscii(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
