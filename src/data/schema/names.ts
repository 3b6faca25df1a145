/** Names derived from other names: columns, labels, constraints. */

/** Converts the name of a field to that of a column: `publishedAt` becomes `published_at`. */
export function toSnakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();
}

/** Converts the name of a field to a label: `publishedAt` becomes "Published at". */
export function toLabel(name: string): string {
  const words = toSnakeCase(name).replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Returns the plural of an English word, well enough for a label. */
export function toPlural(word: string): string {
  if (/[^aeiou]y$/i.test(word)) return `${word.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/i.test(word) ? `${word}es` : `${word}s`;
}

/** Longest name that PostgreSQL keeps. It silently cuts longer ones, which can make two names equal. */
const nameBytesMax = 63;

/** Returns a name for a constraint or an index. Cuts a long one and appends a part of its hash. */
export function toConstraintName(...parts: readonly string[]): string {
  const name = parts.join("_");
  const bytes = new TextEncoder().encode(name);
  if (bytes.length <= nameBytesMax) return name;
  // The cut may fall inside a character; its remaining bytes are dropped.
  const start = new TextDecoder().decode(bytes.slice(0, 54)).replace(/\ufffd+$/, "");
  return `${start}_${hashName(name)}`;
}

/** Returns 32 bits of FNV-1a, in hex. */
function hashName(name: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** Pattern for names of fields, columns, tables and aliases. */
export const identifier: RegExp = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

/** Returns the name of a model that no class names: `order_lines` becomes `OrderLines`. */
export function toModelName(table: string): string {
  const words = table.replace(/^gable_/, "").split(/[^\p{L}\p{N}]+/u);
  return words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
}
