/** Fields of RFC 4180. */

/** How fields are written. */
export interface CsvFieldOptions {
  /** One character between fields. A comma by default. */
  readonly delimiter?: string;
  /** Whether a text that a spreadsheet would compute gets an apostrophe. True by default. */
  readonly formulaGuard?: boolean;
}

/** Starts of formulas in spreadsheets, also in their full-width forms. */
const formulaStart = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** Writes one field: quoted when it holds the delimiter, a quote, a line end, or a blank at an end. */
export function toCsvField(value: unknown, options: CsvFieldOptions = {}): string {
  const { delimiter = ",", formulaGuard = true } = options;
  let text = toFieldText(value);
  // Numbers may start with a minus: only text can be a formula.
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
