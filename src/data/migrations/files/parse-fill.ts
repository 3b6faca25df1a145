/** Parses the value for existing rows that a person types for a new required column. */
import { GableError } from "../../../errors/gable-error.ts";
import { describeValue } from "../../../errors/option-errors.ts";
import type { ColumnType } from "../../schema/column.ts";
import type { ColumnState, State, ValueData } from "../../schema/table-state.ts";
import { readModels } from "../../database.ts";
import { applyOperation } from "../state/apply.ts";
import { findFillExample } from "../state/fill-value.ts";
import { describeModels } from "../../sql/model-state.ts";
import { readMigrations } from "./read-files.ts";

/** Options for parsing the value of a column. */
export interface FillText {
  /** The models: a list, or a module that exports them. */
  readonly models: readonly object[] | Readonly<Record<string, unknown>>;
  /** Table and column: `books.isbn`. */
  readonly column: string;
  /** The typed string. */
  readonly text: string;
}

/** Options for parsing the value of a column that a rollback restores. */
export interface RollbackFillText extends Omit<FillText, "models"> {
  /** Folder of the migration files. */
  readonly folder: string;
}

/** Makes the value that a string may mean. Whether it fits its column is checked afterwards. */
type ReadFill = (text: string) => ValueData | undefined;

const asText: ReadFill = (text) => ({ text });
const asNumber: ReadFill = (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : undefined);

/** Types whose values are not written as a string with their type. */
const readers: Readonly<Partial<Record<ColumnType, ReadFill>>> = {
  id: asNumber,
  int: asNumber,
  text: asText,
  slug: asText,
  email: asText,
  url: asText,
  file: asText,
  choice: asText,
  float: (text) => (text.trim() === "" ? undefined : { float: Number(text) }),
  boolean: (text) => ({ true: true, false: false })[text],
  datetime: readMoment,
  json: readJson("json"),
  array: readJson("array"),
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
  return parseValue(column, state, text);
}

/**
 * Parses a string as a value of a column that a rollback restores, for `fills` of `rollback()`.
 * Throws `E_MIGRATION_ANSWER` for a column that no migration has required, and for a string that is not a valid value.
 *
 * @example
 * await parseRollbackFill({ folder: "migrations", column: "books.isbn", text: "none" }); // => { text: "none" }
 */
export async function parseRollbackFill({ folder, column, text }: RollbackFillText): Promise<ValueData> {
  const [table = "", name = ""] = column.split(".");
  let [state, found]: [State, ColumnState | undefined] = [new Map(), undefined];
  for (const operation of (await readMigrations(folder)).flatMap(({ operations }) => operations)) {
    state = applyOperation(state, operation);
    const there = state.get(table)?.columns.get(name);
    if (there !== undefined && there.null !== true) found = there;
  }
  if (found !== undefined) return parseValue(column, found, text);
  throw new GableError("E_MIGRATION_ANSWER", `No migration has the required column ${describeValue(column)}.`, {
    fix: "Write the table and the column: books.isbn=VALUE.",
  });
}

function parseValue(column: string, state: ColumnState, text: string): ValueData {
  const read = readers[state.type];
  const value = read === undefined ? { [state.type]: text } : read(text);
  if (value !== undefined && findFillExample(value, state) === undefined) return value;
  throw new GableError(
    "E_MIGRATION_ANSWER",
    `${describeValue(text)} is not a value of the column ${column}, which has the type ${state.type}.`,
    {
      fix: `Give a value of the type ${state.type}.`,
    },
  );
}

function readMoment(text: string): ValueData | undefined {
  const moment = new Date(text);
  const value = { datetime: text };
  // Stored in one form, whatever was typed.
  return Number.isNaN(moment.getTime()) || findFillExample(value, { type: "datetime" }) !== undefined
    ? undefined
    : { datetime: moment.toISOString() };
}

function readJson(type: "json" | "array"): ReadFill {
  return (text) => {
    try {
      const value: unknown = JSON.parse(text);
      return { [type]: value };
    } catch {
      return undefined;
    }
  };
}
