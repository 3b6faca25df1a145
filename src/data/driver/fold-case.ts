/** Lower-cases strings for comparisons on SQLite, whose own functions only support ASCII. */

/**
 * Returns a string in lower case, letter by letter: JavaScript writes a sigma at the end of a word differently than within
 * it, so a part of a string would not match the string.
 */
export function foldCase(text: string): string {
  return text.replaceAll("Σ", "σ").toLowerCase();
}
