/** One table of 256 entries that says what each byte may be part of (RFC 9110 section 5.6, RFC 3986). */

/** A token character: letters, digits and `!#$%&'*+-.^_`|~`. */
export const TOKEN = 1;
/** Allowed in a field value: HTAB, 0x20-0x7E, 0x80-0xFF. */
export const FIELD_VALUE = 2;
/** Allowed in the path of a target. */
export const PATH = 4;
/** Allowed in the query of a target. */
export const QUERY = 8;
/** A hex digit. */
export const HEX = 16;
/** Unreserved in a URL: letters, digits and `-._~`. */
export const UNRESERVED = 32;

/** The class bits of each byte. */
export const byteClasses: Uint8Array = createByteClasses();

function createByteClasses(): Uint8Array {
  const classes = new Uint8Array(256);
  const mark = (characters: string, bits: number): void => {
    for (const character of characters) classes[character.charCodeAt(0)]! |= bits;
  };
  const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  mark(alphanumeric, TOKEN | PATH | QUERY | UNRESERVED);
  mark("!#$%&'*+-.^_`|~", TOKEN);
  mark("-._~", PATH | QUERY | UNRESERVED);
  mark("!$&'()*+,;=:@/%|^[]", PATH | QUERY);
  mark("?", QUERY);
  mark('"<>\\`{}', QUERY);
  mark("0123456789abcdefABCDEF", HEX);
  for (let byte = 0x20; byte < 256; byte++) if (byte !== 0x7f) classes[byte]! |= FIELD_VALUE;
  classes[0x09]! |= FIELD_VALUE;
  return classes;
}

/** Whether each character of a string is of a class; false for the empty string. */
function isAllOfClass(text: string, bits: number): boolean {
  if (text === "") return false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 255 || (byteClasses[code]! & bits) === 0) return false;
  }
  return true;
}

/** Whether a string is a token of RFC 9110 section 5.6.2. */
export function isToken(text: string): boolean {
  return isAllOfClass(text, TOKEN);
}

/** Whether a string may be sent as a field value. */
export function isFieldValue(text: string): boolean {
  return text === "" || isAllOfClass(text, FIELD_VALUE);
}
