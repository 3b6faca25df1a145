/** Checks values in SQLite tables that Gable did not create: any column may store any type, and others would compare and sort wrongly. */
import { GableError } from "../../../errors/gable-error.ts";
import type { Connection, Driver } from "../../driver/contract.ts";
import type { ColumnType } from "../../schema/column.ts";
import type { FieldMeta, ModelClass } from "../../schema/model-class.ts";
import { quoteSqlite as quote } from "./tables.ts";

const digits = (count: number): string => "[0-9]".repeat(count);
const day = `${digits(4)}-${digits(2)}-${digits(2)}`;
const time = `${digits(2)}:${digits(2)}:${digits(2)}`;

/** The format of each type, as a GLOB pattern and as a format of strftime(). */
const forms = {
  date: { pattern: day, format: "%Y-%m-%d" },
  time: { pattern: time, format: "%H:%M:%S" },
  datetime: { pattern: `${day}T${time}.${digits(3)}Z`, format: "%Y-%m-%dT%H:%M:%fZ" },
} as const;

const isDated = ({ type }: FieldMeta): boolean => type in forms;

const whole = (column: string): string =>
  `typeof(${column}) = 'integer' OR (typeof(${column}) = 'real' AND ${column} = CAST(${column} AS INTEGER))`;
const number = (column: string): string => `typeof(${column}) IN ('integer', 'real') AND abs(${column}) < 9e999`;
const text = (column: string): string => `typeof(${column}) = 'text'`;

/** What the stored values of each type are. */
const conditions: Readonly<Record<ColumnType, (column: string) => string>> = {
  id: whole,
  int: whole,
  bigint: whole,
  duration: whole,
  boolean: (column) => `typeof(${column}) = 'integer'`,
  float: number,
  decimal: number,
  text,
  slug: text,
  email: text,
  url: text,
  file: text,
  choice: text,
  uuid: text,
  ip: text,
  json: text,
  array: text,
  date: (column) => `${column} GLOB '${forms.date.pattern}'`,
  time: (column) => `${column} GLOB '${forms.time.pattern}'`,
  datetime: (column) => `${column} GLOB '${forms.datetime.pattern}'`,
  bytes: (column) => `typeof(${column}) = 'blob'`,
};

/** Returns the condition of values that no filter of the field would find. */
function isOther(field: FieldMeta): string {
  const column = quote(field.column);
  const condition = field.storage === "text" ? text : conditions[field.type];
  return `${column} IS NOT NULL AND NOT (${condition(column)})`;
}

/** Statements for values of other types and formats. */
interface Found {
  /** Statements that convert dates and times. */
  readonly updates: string[];
  /** Statements that find the rows of other values. */
  readonly queries: string[];
}

/**
 * Looks for values of other types and formats in tables that are not STRICT (Gable's own are): filters would silently miss them. Throws
 * `E_VALUE_STORED` with the statements that convert or find them.
 */
export async function assertStored(driver: Driver, models: readonly ModelClass[]): Promise<void> {
  const tables = models.filter(({ $meta }) => !$meta.isView);
  if (tables.length === 0) return;
  const connection = await driver.acquire({ write: false });
  try {
    const foreign = await readForeign(connection);
    const found: Found = { updates: [], queries: [] };
    for (const { $meta } of tables) {
      const fields = $meta.columns.filter(({ column }) => foreign.has(`${$meta.table}.${column}`));
      if (fields.length > 0) await findOthers(connection, $meta.table, fields, found);
    }
    if (found.updates.length + found.queries.length > 0) throw otherValues(found);
  } finally {
    connection.release();
  }
}

function otherValues({ updates, queries }: Found): GableError {
  const count = updates.length + queries.length;
  const what = `${count === 1 ? "A column holds" : `${count} columns hold`} ${queries.length === 0 ? "dates or times in another format" : "values of another type or format"}.`;
  const fixes = [
    ...(updates.length === 0 ? [] : [`Convert them once: ${updates.join(" ")}`]),
    ...(queries.length === 0 ? [] : [`Change the rows that this finds, or the types of the fields: ${queries.join(" ")}`]),
  ];
  return new GableError("E_VALUE_STORED", what, { fix: fixes.join(" ") });
}

/** Returns the columns of tables that are not STRICT, each as `table.column`. */
async function readForeign(connection: Connection): Promise<ReadonlySet<string>> {
  const sql =
    "SELECT t.name, c.name FROM pragma_table_list AS t, pragma_table_info(t.name) AS c WHERE t.schema = 'main' AND t.type = 'table' AND t.strict = 0";
  const { rows } = await connection.run({ sql, parameters: [], rows: "arrays" });
  return new Set(rows.map(([table, column]) => `${String(table)}.${String(column)}`));
}

/** Reads each table once, whatever the number of its columns. */
async function findOthers(connection: Connection, name: string, fields: readonly FieldMeta[], { updates, queries }: Found): Promise<void> {
  const table = quote(name);
  const read = async (columns: readonly string[], where = ""): Promise<readonly unknown[]> => {
    const sql = `SELECT ${columns.join(", ")} FROM ${table}${where}`;
    return (await connection.run({ sql, parameters: [], rows: "arrays" })).rows[0] ?? [];
  };
  const others = await read(fields.map((field) => `max(${isOther(field)})`));
  for (const field of fields.filter((_, index) => Number(others[index]) === 1)) {
    const converted = isDated(field) ? await writeConversion(field, read) : undefined;
    const [left] = converted === undefined ? [1] : await read(["1"], ` WHERE ${isOther(field)} AND ${converted} IS NULL LIMIT 1`);
    if (left === undefined)
      updates.push(
        `UPDATE ${table} SET ${quote(field.column)} = ${converted} WHERE ${quote(field.column)} NOT GLOB '${formOf(field).pattern}';`,
      );
    else queries.push(`SELECT * FROM ${table} WHERE ${isOther(field)};`);
  }
}

const formOf = ({ type }: FieldMeta): (typeof forms)[keyof typeof forms] => forms[type as keyof typeof forms]; // It is one of them.

/** Writes the date or time of a string or number: seconds or milliseconds since 1970, or the Julian day if it has a fraction. */
async function writeConversion(
  field: FieldMeta,
  read: (columns: readonly string[], where: string) => Promise<readonly unknown[]>,
): Promise<string> {
  const column = quote(field.column);
  const isWhole = `typeof(${column}) = 'integer'`;
  const kinds = await read(
    [isWhole, `NOT ${isWhole}`, `${isWhole} AND abs(${column}) >= ${secondsMax}`].map((kind) => `max(${kind})`),
    ` WHERE ${isOther(field)}`,
  );
  const [hasWhole, hasOthers, hasMilliseconds] = kinds.map((kind) => Number(kind) === 1);
  const { format } = formOf(field);
  const seconds = hasMilliseconds === true ? `CASE WHEN abs(${column}) < ${secondsMax} THEN ${column} ELSE ${column} / 1000.0 END` : column;
  const fromWhole = `strftime('${format}', ${seconds}, 'unixepoch')`;
  const fromOthers = `strftime('${format}', ${column})`;
  if (hasWhole !== true) return fromOthers;
  return hasOthers === true ? `CASE WHEN ${isWhole} THEN ${fromWhole} ELSE ${fromOthers} END` : fromWhole;
}

/** Numbers from here are milliseconds: as seconds, they would be after the year 5000. */
const secondsMax = 100_000_000_000;
