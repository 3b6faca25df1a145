/** Inserts rows that have values for the same columns, with as few statements as possible. */
import { GableError } from "../../errors/gable-error.ts";
import type { StatementResult } from "../driver/contract.ts";
import { contextOf } from "../run/context.ts";
import type { ExecutionContext } from "../run/database-core.ts";
import { toFieldError } from "../run/database-error.ts";
import { runStatement } from "../run/execute.ts";
import { transaction } from "../run/transaction.ts";
import type { Eventual } from "../schema/eventual.ts";
import type { FieldMeta, ModelClass, ModelMeta } from "../schema/model-class.ts";
import type { RowRecord } from "../schema/row.ts";
import { Row } from "../schema/row.ts";
import type { Dialect } from "../sql/dialect.ts";
import { hideParameters } from "../sql/secret-parameters.ts";
import type { RunningRows } from "./refused-row.ts";
import {
  findMade,
  forgetWhenUndone,
  insertAndRead,
  isReadBack,
  noteStored,
  planInsert,
  runInsert,
  saveRow,
  takeMade,
} from "./write-row.ts";

/** How to insert a group. */
export interface GroupOptions {
  /** "ignore" skips rows whose unique key is taken. */
  readonly onConflict?: unknown;
  /** Maximum rows per statement, if the database inserts several at a time. */
  readonly batch?: number;
}

/** Rows with values for the same columns, which are inserted together. */
export function groupByColumns({ columns }: ModelMeta, rows: readonly RowRecord[]): RowRecord[][] {
  const groups = new Map<string, RowRecord[]>();
  for (const row of rows) {
    let key = "";
    for (const { name } of columns) if (row[name] === undefined) key += `${name} `;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

/** Inserts rows with values for the same columns. Returns those that are stored. */
export async function insertGroup(
  context: ExecutionContext,
  model: ModelClass,
  rows: readonly RowRecord[],
  { onConflict, batch = 1_000 }: GroupOptions,
  running: RunningRows,
): Promise<readonly RowRecord[]> {
  const { $meta: meta } = model;
  const fields = meta.columns.filter(({ name }) => rows[0]![name] !== undefined);
  const made = findMade(meta, rows[0]!);
  const insertsMany = insertsOf(context.database.dialect, fields);
  // Only inserts of one row report which row was skipped.
  const most = onConflict === "ignore" ? 1 : rowsMaxOf(insertsMany, fields, batch);
  const isList = insertsMany === "lists" && fields.length > 0 && onConflict !== "ignore";
  const isRead = isReadBack(context.database, made);
  if (!isRead) forgetWhenUndone(context, rows, made);
  const hasDefaults = made.some(({ hasDatabaseDefault }) => hasDatabaseDefault);
  if (insertsMany === "single" && onConflict === undefined && fields.length > 0 && !hasDefaults)
    return insertOneByOne(context, model, { rows, fields, running });
  const inserted: RowRecord[] = [];
  for (let start = 0, size = 1; start < rows.length; start += size) {
    size = toBatch(rows.length - start, most, isList);
    const some = rows.slice(start, start + size);
    running.rows = some;
    if (onConflict === "ignore" && !context.database.dialect.hasConflictTarget) {
      if (await insertUnlessTaken(model, some[0]!)) inserted.push(some[0]!);
      continue;
    }
    if (isRead) {
      await insertAndRead(context, model, made, some);
      inserted.push(...some);
      continue;
    }
    const plan = planInsert(context, meta, fields, some, { made, ignoresConflict: onConflict === "ignore", isList });
    const result = await runInsert(context, model, plan, made);
    if (onConflict === "ignore" && result.affected === 0 && result.rows.length === 0) continue;
    some.forEach((row, index) => {
      takeMade(context, row, made, result, index);
      noteStored(context, row);
      inserted.push(row);
    });
  }
  return inserted;
}

/** Returns how many rows an insert takes. Lists of lists would be flattened, so rows with lists are bound one by one. */
export function insertsOf({ insertsMany }: Dialect, fields: readonly FieldMeta[]): Dialect["insertsMany"] {
  return insertsMany === "lists" && fields.some(({ type }) => type === "array") ? 100 : insertsMany;
}

/** Returns how many rows one statement inserts at most. None inserts several rows without any values. */
function rowsMaxOf(insertsMany: Dialect["insertsMany"], fields: readonly FieldMeta[], batch: number): number {
  if (insertsMany === "single" || fields.length === 0) return 1;
  return insertsMany === "lists" ? batch : Math.min(insertsMany, batch, Math.floor(parametersMax / fields.length));
}

/** Inserts rows with one prepared statement, without looking up its plan for each. */
async function insertOneByOne(
  context: ExecutionContext,
  model: ModelClass,
  { rows, fields, running }: { readonly rows: readonly RowRecord[]; readonly fields: readonly FieldMeta[]; readonly running: RunningRows },
): Promise<readonly RowRecord[]> {
  const { $meta: meta } = model;
  const { dialect } = context.database;
  const made = findMade(meta, rows[0]!);
  const { plan } = planInsert(context, meta, fields, [rows[0]!], { made });
  const places = meta.columns.map((field) => fields.indexOf(field));
  for (const row of rows) {
    const encoded = fields.map((field) => dialect.encode(row[field.name], field));
    const statement = { sql: plan.sql, parameters: plan.slots.map(({ place }) => encoded[place]!), rows: "none" } as const;
    hideParameters(statement.parameters, plan.secrets);
    running.rows = [row];
    const run = runRefused(meta, () => runStatement(context, statement, true));
    const result = run instanceof Promise ? await run : run;
    takeMade(context, row, made, result, 0);
    Row.setStored(
      row,
      places.map((place) => (place === -1 ? result.insertId : encoded[place]!)),
    );
  }
  return rows;
}

/** Inserts rows again, without noting anything in them. */
export async function insertAgain(model: ModelClass, rows: readonly RowRecord[], { batch = 1_000 }: GroupOptions): Promise<void> {
  const { $meta: meta } = model;
  for (const group of groupByColumns(meta, rows)) {
    const fields = meta.columns.filter(({ name }) => group[0]![name] !== undefined);
    const context = contextOf(model);
    const insertsMany = insertsOf(context.database.dialect, fields);
    const isList = insertsMany === "lists" && fields.length > 0;
    const size = rowsMaxOf(insertsMany, fields, batch);
    for (let start = 0; start < group.length; start += size)
      await runInsert(context, model, planInsert(context, meta, fields, group.slice(start, start + size), { isList }), []);
  }
}

/** Maximum number of parameters of a statement, in the protocols of PostgreSQL and MariaDB. */
const parametersMax = 65_535;

/** Rows of the next statement: as many as possible; or a power of ten, if each number of rows needs a different statement. */
function toBatch(left: number, most: number, isAnyNumber: boolean): number {
  const count = Math.min(left, most);
  return isAnyNumber ? count : 10 ** Math.floor(Math.log10(count));
}

/** Inserts a row in a savepoint, which is rolled back if a unique key is taken: for databases that handle all errors in the same way. */
async function insertUnlessTaken(model: ModelClass, row: RowRecord): Promise<boolean> {
  const { database } = contextOf(model);
  try {
    await transaction(() => saveRow(contextOf(Row.modelOf(row)), row, { validate: false, keepsSlugs: true }), {
      database: { $core: database },
    });
    return true;
  } catch (error) {
    if (!isTaken(database.dialect, error)) throw error;
    return false;
  }
}

/** Whether a unique key was taken. */
export function isTaken(dialect: Dialect, error: unknown): boolean {
  return error instanceof GableError && dialect.readRefusal(error.cause)?.kind === "unique";
}

/** Runs a statement, and converts rejections of the database to errors of the model's fields. */
export function runRefused(meta: ModelMeta, run: () => Eventual<StatementResult>): Eventual<StatementResult> {
  const explain = (error: unknown): never => {
    throw toFieldError(meta, error);
  };
  try {
    const result = run();
    return result instanceof Promise ? result.catch(explain) : result;
  } catch (error) {
    return explain(error);
  }
}
