/** Names that are made of other names: columns, labels, constraints. */

/** The name of a field as that of a column: `publishedAt` becomes `published_at`. */
export function toSnakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();
}

/** The name of a field for people: `publishedAt` becomes "Published at". */
export function toLabel(name: string): string {
  const words = toSnakeCase(name).replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The plural of an English word, well enough for a label. */
export function toPlural(word: string): string {
  if (/[^aeiou]y$/i.test(word)) return `${word.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/i.test(word) ? `${word}es` : `${word}s`;
}

/** Longest name that PostgreSQL keeps; it cuts longer ones without a word, and two of them may become one. */
const nameBytesMax = 63;

/** A name for a constraint or an index: long ones are cut and get a part of their hash. */
export function toConstraintName(...parts: readonly string[]): string {
  const name = parts.join("_");
  const bytes = new TextEncoder().encode(name);
  if (bytes.length <= nameBytesMax) return name;
  // A name may be cut inside of a character; what is left of it is dropped.
  const start = new TextDecoder().decode(bytes.slice(0, 54)).replace(/\ufffd+$/, "");
  return `${start}_${hashName(name)}`;
}

/** 32 bits of FNV-1a, in hex. */
function hashName(name: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** What a name of a field, a column, a table or an alias may look like. */
export const identifier: RegExp = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;
