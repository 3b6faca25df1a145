/** Writes fields of RFC 4180. */

/** Options for writing fields. */
export interface CsvFieldOptions {
  /** One character between fields. A comma by default. */
  readonly delimiter?: string;
  /** Whether a string that a spreadsheet would run as a formula gets an apostrophe. True by default. */
  readonly formulaGuard?: boolean;
}

/** Characters that start a formula in spreadsheets, including their full-width forms. */
const formulaStart = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** Writes one field: quoted if it holds the delimiter, a quote or a line end, or begins or ends with a space. */
export function toCsvField(value: unknown, options: CsvFieldOptions = {}): string {
  const { delimiter = ",", formulaGuard = true } = options;
  let text = toFieldText(value);
  // Numbers may start with a minus: only strings can be formulas.
  if (formulaGuard && typeof value === "string" && formulaStart.test(text)) text = `'${text}`;
  const mustQuote = text.includes(delimiter) || /["\r\n]|^[ \t]|[ \t]$/.test(text);
  return mustQuote ? `"${text.replaceAll('"', '""')}"` : text;
}

function toFieldText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "" : value.toISOString();
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}
