/** Checks the rows that a column change affects, before anything changes. No value is lost, and none is invented. */
import { GableError } from "../../../errors/gable-error.ts";
import type { DriverValue } from "../../schema/driver-value.ts";
import type { ColumnState } from "../../schema/table-state.ts";
import { describeColumn, fitsColumn } from "../state/conversion.ts";
import type { Session } from "./session.ts";
import type { RowCheck } from "../plan/step.ts";

/** Number of rows per query. */
const batchRows = 5_000;
/** Number of rows that a message names. */
const namedMax = 5;

/** Rows that block the change: their number, and the keys of the first ones. */
interface Found {
  count: number;
  readonly keys: string[];
}

/**
 * Throws `E_MIGRATION_VALUES` if values do not fit their new column, and `E_MIGRATION_CONSENT` if rows need a value that nobody
 * has given. The messages identify rows by their keys, because values may be secret.
 */
export async function checkRows(session: Session, check: RowCheck): Promise<void> {
  const found: Found = { count: 0, keys: [] };
  for await (const row of readRows(session, check)) {
    if (isAllowed(session, check, row.at(-1)!)) continue;
    found.count++;
    if (found.keys.length < namedMax) found.keys.push(check.primary.map((name, index) => `${name} ${showKey(row[index]!)}`).join(", "));
  }
  if (found.count > 0) throw check.rule === "values" ? misfits(check, found) : valueMissing(check, found);
}

/** Yields rows in the order of their keys: the values of the key, then the value of the column. */
async function* readRows(session: Session, { table, column, primary, rule }: RowCheck): AsyncGenerator<readonly DriverValue[]> {
  const quote = (name: string): string => session.dialect.quote(name);
  const keys = primary.map(quote).join(", ");
  const marks = primary.map((_, index) => session.mark(index + 1)).join(", ");
  const value = rule === "empty" ? "1" : quote(column);
  const wanted = rule === "empty" ? "" : `${value} IS ${rule === "values" ? "NOT " : ""}NULL`;
  let last: readonly DriverValue[] | undefined;
  for (;;) {
    const conditions = [wanted, last === undefined ? "" : `(${keys}) > (${marks})`].filter((condition) => condition !== "");
    const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
    const sql = `SELECT ${keys}, ${value} FROM ${quote(table)}${where} ORDER BY ${keys} LIMIT ${batchRows}`;
    const rows = await session.readArrays(sql, last ?? []);
    yield* rows;
    if (rows.length < batchRows) return;
    last = rows.at(-1)!.slice(0, primary.length);
  }
}

function isAllowed({ dialect }: Session, check: RowCheck, stored: DriverValue): boolean {
  if (check.rule !== "values") return false;
  const { before, after, table, column } = check;
  try {
    const decode = dialect.decoder(toValueType(before, `${table}.${column}`), true);
    return fitsColumn(decode === undefined ? stored : decode(stored), before, after);
  } catch {
    // A value that the column cannot parse does not fit.
    return false;
  }
}

function toValueType({ type, scale = 0, storage, items }: ColumnState, where: string): Parameters<Session["dialect"]["decoder"]>[0] {
  return { type, scale, where, storage, items: items === undefined ? undefined : toValueType(items, where) };
}

function showKey(value: DriverValue): string {
  return value instanceof Uint8Array
    ? `x'${Buffer.from(value).toString("hex")}'`
    : typeof value === "string"
      ? JSON.stringify(value)
      : String(value);
}

const countRows = (count: number): string => (count === 1 ? "1 row" : `${count} rows`);

/** Lists the first rows as a part of a sentence. */
function listRows({ count, keys }: Found): string {
  return `${countRows(count)}, ${count > keys.length ? "the first of them " : ""}${keys.join("; ")}`;
}

function misfits({ table, column, before, after }: Extract<RowCheck, { rule: "values" }>, found: Found): GableError {
  const subject = `${table}.${column}`;
  const what = `The values of "${subject}" do not all fit: ${describeColumn(before)} becomes ${describeColumn(after)}. Affected: ${listRows(found)}.`;
  return new GableError("E_MIGRATION_VALUES", what, { details: { table, column, count: found.count, rows: found.keys } });
}

function valueMissing({ table, column, asked = `${table}.${column}` }: RowCheck, found: Found): GableError {
  return new GableError("E_MIGRATION_CONSENT", `Some rows have no value for "${table}.${column}", which needs one: ${listRows(found)}.`, {
    fix: `Give the value with fill in the operation, with rollback({ fills: { "${asked}": value } }), or with --default ${asked}=VALUE of db rollback.`,
    details: { table, column, count: found.count, rows: found.keys },
  });
}
