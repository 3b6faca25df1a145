/** Parses the value for existing rows that a person types for a new required column. */
import { GableError } from "../../../errors/gable-error.ts";
import { describeValue } from "../../../errors/option-errors.ts";
import type { ColumnType } from "../../schema/column.ts";
import type { ValueData } from "../../schema/table-state.ts";
import { readModels } from "../../database.ts";
import { describeModels } from "../../sql/model-state.ts";

/** Options for parsing the value of a column. */
export interface FillText {
  /** The models: a list, or a module that exports them. */
  readonly models: readonly object[] | Readonly<Record<string, unknown>>;
  /** Table and column: `books.isbn`. */
  readonly column: string;
  /** The typed string. */
  readonly text: string;
}

/** Parses a string for one kind of column. Returns undefined if it is not a valid value. */
type ReadFill = (text: string) => ValueData | undefined;

const asText: ReadFill = (text) => ({ text });
const wholeNumber: ReadFill = (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : undefined);
const matching =
  (type: ColumnType, pattern: RegExp): ReadFill =>
  (text) =>
    pattern.test(text) ? { [type]: text } : undefined;

const readers: Readonly<Record<ColumnType, ReadFill>> = {
  id: wholeNumber,
  uuid: matching("uuid", /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i),
  text: asText,
  slug: asText,
  email: asText,
  url: asText,
  file: asText,
  choice: asText,
  int: wholeNumber,
  bigint: matching("bigint", /^-?\d{1,19}$/),
  float: (text) => (text.trim() !== "" && Number.isFinite(Number(text)) ? { float: Number(text) } : undefined),
  decimal: matching("decimal", /^-?\d{1,60}(?:\.\d{1,30})?$/),
  boolean: (text) => ({ true: true, false: false })[text],
  date: matching("date", /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/),
  time: matching("time", /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/),
  datetime: readMoment,
  json: readJson("json"),
  array: readJson("array"),
  bytes: matching("bytes", /^(?:[0-9a-f]{2})*$/i),
  duration: matching("duration", /^\d{1,15}$/),
  ip: matching("ip", /^[0-9a-f.:]{2,45}$/i),
};

/**
 * Parses a string as a value of a column, for `answers.fills` of `makeMigration()`.
 * Throws `E_MIGRATION_ANSWER` for an unknown column, and for a string that is not a valid value.
 *
 * @example
 * parseFill({ models, column: "books.pages", text: "0" }); // => 0
 */
export function parseFill({ models, column, text }: FillText): ValueData {
  const [table = "", name = ""] = column.split(".");
  const state = describeModels(readModels("parseFill()", models)).get(table)?.columns.get(name);
  if (state === undefined)
    throw new GableError("E_MIGRATION_ANSWER", `No model has the column ${describeValue(column)}.`, {
      fix: "Write the table and the column: books.isbn=VALUE.",
    });
  const value = readers[state.type](text);
  if (value !== undefined) return value;
  throw new GableError(
    "E_MIGRATION_ANSWER",
    `${describeValue(text)} is not a value of the column ${column}, which has the type ${state.type}.`,
    {
      fix: `Give a value of the type ${state.type}.`,
    },
  );
}

function readMoment(text: string): ValueData | undefined {
  const moment = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z)?$/.test(text) ? new Date(text) : undefined;
  return moment === undefined || Number.isNaN(moment.getTime()) ? undefined : { datetime: moment.toISOString() };
}

function readJson(type: "json" | "array"): ReadFill {
  return (text) => {
    try {
      const value: unknown = JSON.parse(text);
      return type === "json" || Array.isArray(value) ? { [type]: value } : undefined;
    } catch {
      return undefined;
    }
  };
}
