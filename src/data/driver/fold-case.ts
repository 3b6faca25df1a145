/** Small letters of texts, as comparisons on SQLite read them: SQLite's own know ASCII alone. */

/**
 * Returns a text in small letters, each letter by itself: JavaScript writes a sigma at the end of a word in another way than within
 * it, and a part of a text would not be found in the text.
 */
export function foldCase(text: string): string {
  return text.replaceAll("Σ", "σ").toLowerCase();
}
