/** Writes single rows: inserts and updates them. */
import { GableError } from "../../errors/gable-error.ts";
import type { Dialect } from "../sql/dialect.ts";
import type { StatementResult } from "../driver/contract.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import type { Eventual } from "../schema/eventual.ts";
import { after } from "../schema/eventual.ts";
import { readNode } from "../tree/expression.ts";
import { runStatement } from "../run/execute.ts";
import { readRecords } from "./read-rows.ts";
import type { RootSource, SelectState, ValueNode } from "../tree/node.ts";
import { columnNode, selectAll } from "../tree/node.ts";
import { allOf, compare } from "../tree/conditions.ts";
import type { BoundPlan } from "../sql/plan.ts";
import { findPlan } from "../sql/plan.ts";
import { assertScope, scopeNewRow } from "../tree/scope.ts";
import { fillNewRow, toPrecision } from "../schema/default-values.ts";
import type { FieldMeta, ModelMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";
import { checkRow } from "../schema/validate-row.ts";
import type { DatabaseCore, ExecutionContext } from "../run/database-core.ts";
import { contextOf } from "../run/context.ts";
import { transaction } from "../run/transaction.ts";
import { assertTableRows } from "./assignments.ts";
import type { CacheKey } from "./batch.ts";
import { toCacheKey } from "./batch.ts";
import { toFieldError, validationError } from "../run/database-error.ts";
import { insertWithFreeSlugs } from "./free-slugs.ts";
import { atHome } from "./home.ts";
import { keysIn } from "./loader.ts";
import type { RowRecord, StoredValues } from "../schema/row.ts";
import { Row } from "../schema/row.ts";
import { planUpdate, runWrite } from "./write-many.ts";

/** Options for writing a row. */
export interface WriteOptions {
  /** Whether to validate values before the database gets them. Default true. */
  readonly validate?: boolean;
}

/** How a row is saved. */
interface SaveOptions extends WriteOptions {
  /** Whether the slugs that Gable made stay as they are: the caller has made them free, or finds rows by them. Default false. */
  readonly keepsSlugs?: boolean;
  /** Whether a row counts as changed though no column is. Default false. */
  readonly isTouched?: boolean;
}

/** Inserts a new row, or updates the changed columns of an existing one. */
export async function saveRow(context: ExecutionContext, row: RowRecord, options: SaveOptions = {}): Promise<void> {
  if (Row.storedOf(row) === undefined) await insertRow(context, row, options);
  else await updateRow(context, row, options);
}

/** Returns the validated values of a new row in stored form. Synchronous unless a validator waits. Throws `E_VALIDATION`. */
export function checkNewRow(row: RowRecord, { validate = true }: WriteOptions): Eventual<void> {
  const model = Row.modelOf(row);
  assertTableRows(model.$meta);
  scopeNewRow(model, row);
  fillNewRow(model, row);
  if (!validate) return;
  const { $meta: meta } = model;
  const { all, others } = makeableOf(meta);
  const made = findMade(meta, row);
  const fields = made === all ? others : meta.columns.filter((field) => !made.includes(field));
  return after(checkRow(model, fields, row, { isPartial: false, isFilled: true, target: row }), ({ errors }) => {
    if (Object.keys(errors).length > 0) throw validationError(meta.name, toRelationNames(meta, errors));
  });
}

/** Reports errors of a relation's key under the name of the relation, as people see it. */
function toRelationNames(meta: ModelMeta, errors: Readonly<Record<string, readonly string[]>>): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(errors).map(([name, messages]) => [meta.fields.get(name)?.relation ?? name, messages]));
}

async function insertRow(context: ExecutionContext, row: RowRecord, options: SaveOptions): Promise<void> {
  await checkNewRow(row, options);
  if (options.keepsSlugs === true) return insertChecked(context, row);
  await insertWithFreeSlugs(context, Row.modelOf(row), row, (current) => insertChecked(current, row));
}

async function insertChecked(context: ExecutionContext, row: RowRecord): Promise<void> {
  const model = Row.modelOf(row);
  const { $meta: meta } = model;
  const fields = meta.columns.filter(({ name }) => row[name] !== undefined);
  const made = findMade(meta, row);
  if (isReadBack(context.database, made)) {
    if (context.transaction !== undefined) return insertAndRead(context, model, made, [row]);
    return transaction(() => insertAndRead(contextOf(model), model, made, [row]), { database: { $core: context.database } });
  }
  forgetWhenUndone(context, [row], made);
  const result = await runInsert(context, model, planInsert(context, meta, fields, [row], { made }), made);
  takeMade(context, row, made, result, 0);
  noteStored(context, row);
}

/** Makes inserted rows new again, without the values that the database has computed, if the transaction is rolled back. */
export function forgetWhenUndone({ transaction: open }: ExecutionContext, rows: readonly RowRecord[], made: readonly FieldMeta[]): void {
  open?.whenUndone(() => {
    for (const row of rows) {
      Row.setStored(row, undefined);
      for (const { name } of made) delete row[name];
    }
  });
}

/** Whether a query after the insert reads the values that the database has computed. */
export function isReadBack({ dialect }: DatabaseCore, made: readonly FieldMeta[]): boolean {
  return !dialect.hasReturning && made.some(({ hasDatabaseDefault }) => hasDatabaseDefault);
}

/** Inserts rows, and reads the values that the database has computed, in the current transaction. */
export async function insertAndRead(
  context: ExecutionContext,
  model: ModelClass,
  made: readonly FieldMeta[],
  rows: readonly RowRecord[],
): Promise<void> {
  const { $meta: meta } = model;
  forgetWhenUndone(context, rows, made);
  // The database would not report a computed key, so it is queried for one first.
  for (const field of made.filter(({ name, hasDatabaseDefault }) => hasDatabaseDefault && meta.primary.includes(name)))
    for (const row of rows) row[field.name] = await readDefault(context, model, field);
  const fields = meta.columns.filter(({ name }) => rows[0]![name] !== undefined);
  const counted = made.filter(({ hasDatabaseDefault }) => !hasDatabaseDefault);
  const result = await runInsert(context, model, planInsert(context, meta, fields, rows, { made: counted }), counted);
  rows.forEach((row, index) => takeMade(context, row, counted, result, index));
  const root: RootSource = { kind: "root", model };
  const keys = meta.primary.map((name) => meta.fields.get(name)!);
  const given = made.filter(({ hasDatabaseDefault }) => hasDatabaseDefault);
  const columns = [...keys, ...given].map((field) => ({ name: field.name, node: columnNode(root, field) }));
  const where = keysIn(
    keys.map((field) => columnNode(root, field)),
    meta.primary,
    rows,
  );
  const found = await readRecords(context, { ...selectAll(root), columns, where });
  const keyOf = (row: Readonly<Record<string, unknown>>): CacheKey | null => toCacheKey(row, meta.primary);
  const byKey = new Map(found.map((record) => [keyOf(record), record]));
  for (const row of rows) {
    const record = byKey.get(keyOf(row))!;
    for (const { name } of given) row[name] = record[name];
    noteStored(context, row);
  }
}

/** Writes the value that the database would compute for a field. */
async function readDefault(context: ExecutionContext, model: ModelClass, field: FieldMeta): Promise<unknown> {
  const { dialect, plans } = context.database;
  const root: RootSource = { kind: "root", model };
  const node = readNode(field.options.default, undefined);
  const { plan, parameters } = findPlan(dialect, plans, {
    walk: (walk) => {
      walk.token(`default ${model.$table}.${field.name}`);
      walk.enter(root);
      walk.node(node);
    },
    write: (writer) => {
      writer.enter(root);
      return { text: `SELECT ${writer.node(node)}`, columns: [{ name: field.name, type: field }] };
    },
  });
  const { rows } = await runStatement(context, { sql: plan.sql, parameters, rows: "arrays", readsBigInts: plan.readsBigInts }, true);
  const value = rows[0]![0]!;
  return plan.decoders[0]?.(value) ?? value;
}

/** Fields of a model that the database can compute, and the others. */
interface Makeable {
  readonly all: readonly FieldMeta[];
  readonly others: readonly FieldMeta[];
}

const makeable = new WeakMap<ModelMeta, Makeable>();

function makeableOf(meta: ModelMeta): Makeable {
  const known = makeable.get(meta);
  if (known !== undefined) return known;
  const { columns, primary } = meta;
  const isMade = ({ name, type, hasDatabaseDefault }: FieldMeta): boolean =>
    hasDatabaseDefault || (type === "id" && primary.length === 1 && primary[0] === name);
  const found: Makeable = { all: columns.filter(isMade), others: columns.filter((field) => !isMade(field)) };
  makeable.set(meta, found);
  return found;
}

/** Returns what the database computes for a row: the counted key, and defaults of fields without a value. */
export function findMade(meta: ModelMeta, row: RowRecord): readonly FieldMeta[] {
  const { all } = makeableOf(meta);
  // Nearly every row lacks all of them, so no list is created for it.
  for (const { name } of all) if (row[name] !== undefined) return all.filter((field) => row[field.name] === undefined);
  return all;
}

/** Whether the driver reports the computed values itself: a counted key. All others must be returned as a row. */
function isToldByDriver({ dialect }: DatabaseCore, made: readonly FieldMeta[]): boolean {
  return made.length === 0 || (made.length === 1 && made[0]!.type === "id" && !dialect.returnsKeys);
}

/** Copies the computed values into an inserted row. */
export function takeMade(
  { database }: ExecutionContext,
  row: RowRecord,
  made: readonly FieldMeta[],
  { rows, insertId, insertStep = 0 }: StatementResult,
  index: number,
): void {
  const isTold = isToldByDriver(database, made);
  for (const [place, field] of made.entries()) {
    const value = isTold ? Number(insertId) + index * insertStep : rows[index]![place]!;
    row[field.name] = database.dialect.decoder(field, true)?.(value) ?? value;
  }
}

/** Runs an insert, and converts rejections of the database to errors of the model's fields. */
export async function runInsert(
  context: ExecutionContext,
  model: ModelClass,
  { plan, parameters }: BoundPlan,
  made: readonly FieldMeta[],
): Promise<StatementResult> {
  const rows = isToldByDriver(context.database, made) ? "none" : "arrays";
  try {
    return await runStatement(context, { sql: plan.sql, parameters, rows, readsBigInts: plan.readsBigInts }, true);
  } catch (error) {
    throw toFieldError(model.$meta, error);
  }
}

/** Options of an insert. */
interface InsertOptions {
  /** Fields that the database computes, to return. */
  readonly made?: readonly FieldMeta[];
  /** Whether to skip rows whose unique key is taken. */
  readonly ignoresConflict?: boolean;
  /** Whether all rows are bound as one list per column. */
  readonly isList?: boolean;
  /** What to do with a row whose key is taken, as SQL; all columns are returned then. */
  readonly onConflict?: string;
}

/** Returns the plan of an insert of one row or several. */
export function planInsert(
  { database }: ExecutionContext,
  { table, columns: all }: ModelMeta,
  fields: readonly FieldMeta[],
  rows: readonly RowRecord[],
  { made = [], ignoresConflict = false, isList = false, onConflict = "" }: InsertOptions = {},
): BoundPlan {
  const { dialect, plans } = database;
  const columns = fields.map(({ column }) => dialect.quote(column));
  // One list per column, or one value for each column of each row.
  const lists = isList ? fields.map(({ name }) => rows.map((row) => row[name] ?? null)) : [];
  const nodes = (isList ? [] : rows).map((row) =>
    fields.map((field): ValueNode => ({ kind: "value", value: row[field.name] ?? null, type: field, isNullable: true })),
  );
  return findPlan(dialect, plans, {
    walk: (walk) => {
      walk.token(
        `insert ${table}(${fields.map(({ name }) => name).join()})${made.length === 0 ? "" : "+"}${ignoresConflict ? "!" : ""}${onConflict}`,
      );
      for (const [index, list] of lists.entries()) walk.bind(list, list, fields[index]!, "list");
      for (const list of nodes) {
        walk.token("(");
        for (const [index, node] of list.entries()) walk.bind(node, node.value, fields[index]!);
      }
    },
    write: (writer) => {
      const { quote } = dialect;
      const mark = (owner: object, index: number): string => writer.mark(owner, fields[index]!, isList);
      const values = nodes.map((list) => `(${list.map(mark).join(", ")})`).join(", ");
      const given = isList ? `SELECT * FROM unnest(${lists.map(mark).join(", ")})` : `VALUES ${values}`;
      const body = fields.length === 0 ? dialect.defaultValues : ` (${columns.join(", ")}) ${given}`;
      const ignoring = ignoresConflict ? dialect.ignoreConflict(columns) : "";
      if (onConflict !== "") {
        const text = `INSERT INTO ${quote(table)}${body}${onConflict} RETURNING ${all.map(({ column }) => quote(column)).join(", ")}`;
        return { text, columns: all.map((field) => ({ name: field.name, type: field })) };
      }
      const text = `INSERT INTO ${quote(table)}${body}${ignoring}`;
      if (isToldByDriver(database, made)) return { text, columns: [] };
      const returned = made.map((field) => ({ name: field.name, type: field }));
      return { text: `${text} RETURNING ${made.map(({ column }) => quote(column)).join(", ")}`, columns: returned };
    },
  });
}

/** Records values of a row as stored: all, or those of some fields. */
export function noteStored({ database }: ExecutionContext, row: RowRecord, written?: ReadonlySet<FieldMeta>): void {
  const before = Row.storedOf(row);
  const stored = Row.modelOf(row).$meta.columns.map((field, index): DriverValue | undefined =>
    before !== undefined && written?.has(field) === false ? before[index] : database.dialect.encode(row[field.name], field),
  );
  Row.setStored(row, stored);
}

/** A change of one row, to be stored. */
export interface RowUpdate {
  readonly row: RowRecord;
  readonly stored: StoredValues;
  /** Fields to write, in the order of the model, with the values of the row. */
  readonly written: ReadonlySet<FieldMeta>;
  /** The previous version; undefined without one. */
  readonly version: number | undefined;
}

/**
 * Returns what has to be stored of a row, validated, with the next version and timestamps; undefined if nothing has changed. Complete it
 * with {@link finishUpdate}, or revert it with {@link undoUpdate}.
 */
export async function prepareUpdate(
  context: ExecutionContext,
  row: RowRecord,
  { validate = true, isTouched = false }: SaveOptions,
  only?: ReadonlySet<FieldMeta>,
): Promise<RowUpdate | undefined> {
  const model = Row.modelOf(row);
  const { $meta: meta } = model;
  const stored = Row.storedOf(row)!;
  restoreUndefined(context, row, stored);
  const changed = listChanged(context, row, stored).filter((field) => only?.has(field) !== false);
  if (changed.length === 0 && !isTouched) return undefined;
  for (const field of changed) assertScope(model, field, row[field.name]);
  if (validate) await checkChanged(model, row, changed);
  const version = meta.version === "" ? undefined : meta.fields.get(meta.version)!;
  const isWritten = (field: FieldMeta): boolean => changed.includes(field) || field.options.auto === "update" || field === version;
  const written = new Set(meta.columns.filter(isWritten));
  for (const field of written)
    if (!changed.includes(field) && field !== version) row[field.name] = toPrecision(new Date(), field.precision);
  if (version === undefined) return { row, stored, written, version: undefined };
  const before = Number(row[version.name]);
  row[version.name] = before + 1;
  return { row, stored, written, version: before };
}

/** Records that a row was stored; a rollback restores what was stored before, so that `save()` writes the changes again. */
export function finishUpdate(context: ExecutionContext, update: RowUpdate): void {
  const { row, stored, written } = update;
  context.transaction?.whenUndone(() => {
    Row.setStored(row, stored);
    undoUpdate(update);
  });
  noteStored(context, row, written);
}

/** Restores the version of a row that could not be stored. */
export function undoUpdate({ row, version }: RowUpdate): void {
  if (version !== undefined) row[Row.modelOf(row).$meta.version] = version;
}

/** Updates what has changed in a row. Throws `E_ROW_STALE` or `E_ROW_MISSING` if the stored row differs. */
export async function runUpdate(context: ExecutionContext, { row, stored, written }: RowUpdate): Promise<void> {
  const model = Row.modelOf(row);
  const assignments = [...written].map((field) => ({ field, node: valueNode(row[field.name], field) }));
  const affected = await runWrite(context, model, planUpdate(context, assignments, storedRow(context, model, stored)));
  if (affected === 0) throw goneError(model.$meta);
}

/** Stores a new version of a row whose links or sets have changed. Throws `E_ROW_STALE` if the stored row differs. */
export async function touchRow(row: object): Promise<void> {
  const record = row as RowRecord; // Its columns are those of its class.
  await atHome(record, (home) => updateRow(home, record, { isTouched: true }));
}

/** Updates what has changed in a row, or in some of its fields. */
export async function updateRow(
  context: ExecutionContext,
  row: RowRecord,
  options: SaveOptions,
  only?: ReadonlySet<FieldMeta>,
): Promise<void> {
  const update = await prepareUpdate(context, row, options, only);
  if (update === undefined) return;
  try {
    await runUpdate(context, update);
  } catch (error) {
    undoUpdate(update);
    throw error;
  }
  finishUpdate(context, update);
}

/** Returns the error about a stored row that differs. */
export function goneError({ label, version }: ModelMeta): GableError {
  return version !== ""
    ? new GableError("E_ROW_STALE", `This ${label} was changed by someone else.`)
    : new GableError("E_ROW_MISSING", `There is no such ${label} any more.`);
}

async function checkChanged(model: ModelClass, row: RowRecord, changed: readonly FieldMeta[]): Promise<void> {
  const { $meta: meta } = model;
  // Only the validator of the model sees the other values.
  const others =
    model.$options.validate === undefined
      ? {}
      : Object.fromEntries(meta.columns.filter(({ name }) => Object.hasOwn(row, name)).map(({ name }) => [name, row[name]]));
  const { checked, errors } = await checkRow(model, changed, row, { isPartial: true, others });
  if (Object.keys(errors).length > 0) throw validationError(meta.name, toRelationNames(meta, errors));
  Object.assign(row, checked);
}

/** Writes the value of a field. */
export function valueNode(value: unknown, field: FieldMeta): ValueNode {
  return { kind: "value", value: value ?? null, type: field, isNullable: true };
}

/** Returns the fields that identify a stored row: its key, and its version if it has one. */
export function findingFields({ primary, version, fields }: ModelMeta): readonly FieldMeta[] {
  return [...primary, ...(version === "" ? [] : [version])].map((name) => fields.get(name)!);
}

/** Returns a stored value of a row, in the form of the model. */
export function storedValue({ database }: ExecutionContext, meta: ModelMeta, stored: StoredValues, field: FieldMeta): unknown {
  const index = meta.columns.indexOf(field);
  const decode = decodersOf(database.dialect, meta)[index];
  return decode === undefined ? stored[index]! : decode(stored[index]!);
}

/** Writes the condition of the stored row: its key, and its version if it has one. */
export function storedRow(context: ExecutionContext, model: ModelClass, stored: StoredValues): SelectState {
  const root: RootSource = { kind: "root", model };
  const parts = findingFields(model.$meta).map((field) =>
    compare("eq", columnNode(root, field), valueNode(storedValue(context, model.$meta, stored, field), field)),
  );
  return { ...selectAll(root), where: allOf(parts) };
}

/** Gives the columns of a row that code has set to undefined their stored values again: an undefined value changes nothing. */
function restoreUndefined(context: ExecutionContext, row: RowRecord, stored: StoredValues): void {
  const { $meta: meta } = Row.modelOf(row);
  meta.columns.forEach((field, index) => {
    if (!Object.hasOwn(row, field.name) || row[field.name] !== undefined) return;
    if (stored[index] === undefined) delete row[field.name];
    else row[field.name] = storedValue(context, meta, stored, field);
  });
}

/** Returns the fields of a row whose values differ from the stored ones. */
function listChanged({ database }: ExecutionContext, row: RowRecord, stored: StoredValues): FieldMeta[] {
  const { $meta: meta } = Row.modelOf(row);
  const decoders = decodersOf(database.dialect, meta);
  return meta.columns.filter(({ name }, index) => {
    const [value, decode] = [stored[index], decoders[index]];
    // A column that was not read has changed if it was set.
    if (value === undefined) return Object.hasOwn(row, name);
    return !isSame(decode === undefined ? value : decode(value), row[name] ?? null);
  });
}

type Decoders = ReadonlyArray<ReturnType<Dialect["decoder"]>>;
const decodersByModel = new WeakMap<ModelMeta, Map<Dialect, Decoders>>();

/** Decodes stored values. Whole numbers may be stored as bigint, because another column needed that. */
function decodersOf(dialect: Dialect, meta: ModelMeta): Decoders {
  const known = decodersByModel.get(meta) ?? new Map<Dialect, Decoders>();
  decodersByModel.set(meta, known);
  const list = known.get(dialect) ?? meta.columns.map((field) => dialect.decoder(field, true));
  known.set(dialect, list);
  return list;
}

/** Whether two values are equal when stored: dates, bytes and JSON by content. */
export function isSame(before: unknown, now: unknown): boolean {
  if (before === now) return true;
  if (typeof before !== "object" || typeof now !== "object" || before === null || now === null) return false;
  if (before instanceof Date) return now instanceof Date && before.getTime() === now.getTime();
  if (before instanceof Uint8Array)
    return now instanceof Uint8Array && before.length === now.length && before.every((byte, index) => byte === now[index]);
  // Items of a list may be 64-bit integers, which JSON does not have.
  if (Array.isArray(before) && Array.isArray(now))
    return before.length === now.length && before.every((item, index) => isSame(item, now[index]));
  return JSON.stringify(before) === JSON.stringify(now);
}
