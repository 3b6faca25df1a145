/** Text from outside, in a form that every queue and every database stores. */

/** Returns a string without NUL and lone surrogates, cut between two characters. */
export function toStoredText(text: string, charactersMax: number): string {
  // PostgreSQL stores no NUL, and no database half a character.
  const stored = text.replaceAll("\u0000", "").toWellFormed();
  return stored.length > charactersMax ? stored.slice(0, charactersMax).replace(/[\ud800-\udbff]$/, "") : stored;
}
