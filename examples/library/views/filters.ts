/** Filters of the library's own. */

/** A year, with the era where it is needed. */
export function year(value: number): string {
  return value < 0 ? `${-value} BC` : value < 1000 ? `AD ${value}` : String(value);
}

/** A colour for the spine of a book, from its slug. */
export function tone(slug: string): number {
  return [...slug].reduce((sum, character) => sum + character.charCodeAt(0), 0) % 8;
}
