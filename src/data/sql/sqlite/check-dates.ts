/** Checks dates and times in SQLite tables that Gable did not create: values in another format would sort and compare wrongly. */
import { GableError } from "../../../errors/gable-error.ts";
import type { Connection, Driver } from "../../driver/contract.ts";
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

/**
 * Looks for values in other formats in tables that are not STRICT (Gable's own are): filters would silently miss them. Throws
 * `E_VALUE_STORED` with the statements that convert them.
 */
export async function assertDates(driver: Driver, models: readonly ModelClass[]): Promise<void> {
  const dated = models.filter(({ $meta }) => !$meta.isView && $meta.columns.some(isDated));
  if (dated.length === 0) return;
  const connection = await driver.acquire({ write: false });
  try {
    const foreign = await readForeign(connection);
    const steps: string[] = [];
    for (const { $meta } of dated.filter(({ $table }) => foreign.has($table)))
      steps.push(...(await findSteps(connection, $meta.table, $meta.columns.filter(isDated))));
    if (steps.length > 0) throw otherForms(steps);
  } finally {
    connection.release();
  }
}

function otherForms(steps: readonly string[]): GableError {
  const what = steps.length === 1 ? "A column holds" : `${steps.length} columns hold`;
  return new GableError("E_VALUE_STORED", `${what} dates or times in another format.`, { fix: `Convert them once: ${steps.join(" ")}` });
}

/** Returns the names of tables that are not STRICT. */
async function readForeign(connection: Connection): Promise<ReadonlySet<unknown>> {
  const sql = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0";
  const { rows } = await connection.run({ sql, parameters: [], rows: "arrays" });
  return new Set(rows.map(([name]) => name));
}

/** Returns the statements that convert the values of columns with other formats. */
async function findSteps(connection: Connection, name: string, fields: readonly FieldMeta[]): Promise<string[]> {
  const table = quote(name);
  const steps: string[] = [];
  for (const field of fields) {
    const column = quote(field.column);
    const { pattern, format } = forms[field.type as keyof typeof forms]; // It is one of them.
    const isOther = `${column} NOT GLOB '${pattern}'`;
    const sql = `SELECT typeof(${column}) FROM ${table} WHERE ${isOther} LIMIT 1`;
    const [row] = (await connection.run({ sql, parameters: [], rows: "arrays" })).rows;
    const unit = row?.[0] === "integer" ? ", 'unixepoch'" : "";
    if (row !== undefined) steps.push(`UPDATE ${table} SET ${column} = strftime('${format}', ${column}${unit}) WHERE ${isOther};`);
  }
  return steps;
}
