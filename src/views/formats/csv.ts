/** Writes CSV of RFC 4180, row by row. */
import { assertKnownOptions, optionInvalid } from "../../errors/option-errors.ts";
import { toCsvField } from "../escape/csv.ts";

/** Options for CSV. */
export interface CsvOptions {
  /** Columns in order. By default, the keys of the first row. */
  columns?: readonly string[];
  /** One character between fields. Default ",". */
  delimiter?: string;
  /** Whether the first line names the columns. Default true. */
  header?: boolean;
  /** Whether the file begins with U+FEFF, which some spreadsheets need to read UTF-8. Default false. */
  byteOrderMark?: boolean;
  /** Whether strings that a spreadsheet would run as formulas get an apostrophe. Default true. */
  formulaGuard?: boolean;
  /** File name for the download; makes the reply an attachment. None by default. */
  filename?: string;
}

/** A row: values by column, or in the order of the columns. */
export type CsvRow = Readonly<Record<string, unknown>> | readonly unknown[];

/** Rows as CSV, generated while they are sent. */
export class Csv implements AsyncIterable<string> {
  /** File name for the download. */
  readonly filename: string | undefined;
  /** Media type of the reply. */
  readonly contentType: string;
  readonly #rows: Iterable<CsvRow> | AsyncIterable<CsvRow>;
  readonly #options: CsvOptions;

  /** @internal Use {@link csv}. */
  constructor(rows: Iterable<CsvRow> | AsyncIterable<CsvRow>, options: CsvOptions) {
    this.#rows = rows;
    this.#options = options;
    this.filename = options.filename;
    this.contentType = `text/csv; charset=utf-8; header=${options.header === false ? "absent" : "present"}`;
  }

  /** Yields the output in pieces of about 16 KiB. */
  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    const { delimiter = ",", formulaGuard = true, header = true, byteOrderMark = false } = this.#options;
    let { columns } = this.#options;
    let piece = byteOrderMark ? "\ufeff" : "";
    const toLine = (values: readonly unknown[]): string =>
      `${values.map((value) => toCsvField(value, { delimiter, formulaGuard })).join(delimiter)}\r\n`;
    let isFirst = true;
    for await (const row of this.#rows) {
      columns ??= Array.isArray(row) ? undefined : Object.keys(row);
      if (isFirst && header && columns !== undefined) piece += toLine(columns);
      isFirst = false;
      piece += toLine(toValues(row, columns));
      if (piece.length < 16_384) continue;
      yield piece;
      piece = "";
    }
    if (isFirst && header && columns !== undefined) piece += toLine(columns);
    if (piece !== "") yield piece;
  }
}

function toValues(row: CsvRow, columns: readonly string[] | undefined): readonly unknown[] {
  if (Array.isArray(row)) return row;
  const record = row as Readonly<Record<string, unknown>>; // isArray does not narrow readonly lists away.
  return columns!.map((column) => (Object.hasOwn(record, column) ? record[column] : undefined));
}

/**
 * Returns rows as CSV: CR LF line ends, quotes where needed, dates in ISO 8601, `null` as empty. Rows may be an async
 * iterable: any number of them is sent in constant memory.
 * @example
 * app.get("/users.csv", () => csv(User.all(), { columns: ["name", "email"], filename: "users.csv" }));
 */
export function csv(rows: Iterable<CsvRow> | AsyncIterable<CsvRow>, options: CsvOptions = {}): Csv {
  assertKnownOptions("csv()", options, {
    columns: "strings",
    delimiter: "string",
    header: "boolean",
    byteOrderMark: "boolean",
    formulaGuard: "boolean",
    filename: "string",
  });
  const { delimiter } = options;
  if (delimiter !== undefined && !/^[^"\r\n]$/u.test(delimiter)) {
    throw optionInvalid("csv()", "delimiter", delimiter, "one character that is not a quote or a line end");
  }
  return new Csv(rows, options);
}
