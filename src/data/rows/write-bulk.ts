/** Writes several rows: createMany, upsert, getOrCreate. */
import { GableError } from "../../errors/gable-error.ts";
import { optionInvalid } from "../../errors/option-errors.ts";
import type { Dialect } from "../sql/dialect.ts";
import { writeCondition } from "../sql/write-condition.ts";
import { runStatement } from "../run/execute.ts";
import { readInstances } from "./read-rows.ts";
import { onlyLive } from "../tree/live-rows.ts";
import { readNode, RuntimeExpression } from "../tree/expression.ts";
import type { Node, RootSource } from "../tree/node.ts";
import { columnNode, selectAll } from "../tree/node.ts";
import { allOf, compare } from "../tree/conditions.ts";
import { literal } from "../tree/literal.ts";
import { findPlan } from "../sql/plan.ts";
import { readCallback } from "../tree/refs.ts";
import { scopeNames } from "../tree/scope.ts";
import type { FieldMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";
import { assertField, checkRow } from "../schema/validate-row.ts";
import type { ExecutionContext } from "../run/database-core.ts";
import { contextOf } from "../run/context.ts";
import { transaction } from "../run/transaction.ts";
import { toFieldValues } from "./assignments.ts";
import type { CacheKey } from "./batch.ts";
import { toCacheKey } from "./batch.ts";
import { forRow, validationError } from "../run/database-error.ts";
import type { ListedRows } from "../run/database-error.ts";
import { freeSlugs, hasOtherKey } from "./free-slugs.ts";
import { hydrateRows } from "./hydrate.ts";
import { groupByColumns, insertAgain, insertGroup, insertsOf, isTaken, runRefused } from "./insert-group.ts";
import type { RunningRows } from "./refused-row.ts";
import { storeList } from "./refused-row.ts";
import type { RowRecord } from "../schema/row.ts";
import { Row } from "../schema/row.ts";
import type { UniqueKey } from "./unique-key.ts";
import { assertKeyValues, findUniqueKey, readUniqueKey } from "./unique-key.ts";
import type { Assignment } from "./write-many.ts";
import { automatic, planUpdate, runWrite, storedNode } from "./write-many.ts";
import type { WriteOptions } from "./write-row.ts";
import { checkNewRow, findMade, isReadBack, isSame, planInsert, saveRow } from "./write-row.ts";

/** How createMany() writes. */
export interface CreateManyOptions<Name extends string = string> extends WriteOptions {
  /**
   * What happens to rows whose unique key is taken. "ignore" skips them, in the result as well. With the fields of a key and
   * of an update, the existing row gets the new values. An error by default.
   */
  readonly onConflict?: "ignore" | ConflictUpdate<Name>;
  /** Maximum rows per statement, if the database inserts several at a time. Default 1,000. */
  readonly batch?: number;
}

/** Returns rows that are a whole list. */
const wholeList = ({ length }: readonly unknown[]): ListedRows => ({ size: length, indexOf: (place) => place });

/** Creates the rows of a list of values; errors name the row. */
export function makeRows<Made>(list: readonly object[], make: (values: object) => Made): Made[] {
  const whole = wholeList(list);
  return list.map((values, place) => forRow(whole, place, () => make(values)) as Made); // Rows are created without waiting.
}

/** Inserts rows, all or none. */
export async function insertRows(
  model: ModelClass,
  rows: readonly RowRecord[],
  options: CreateManyOptions,
  list: ListedRows = wholeList(rows),
): Promise<RowRecord[]> {
  const { onConflict } = options;
  if (typeof onConflict === "object") return upsertRows(model, rows, onConflict, options);
  if (rows.length === 0) return [];
  await checkNewRows(rows, options, list);
  const groups = groupByColumns(model.$meta, rows);
  const context = contextOf(model);
  // A row without another key is found by the slug: repeated, it is skipped.
  await freeSlugs(context, model, rows, onConflict === "ignore" ? hasOtherKey : undefined);
  const storing = {
    model,
    given: rows,
    list,
    inOrder: groups.flat(),
    storeAgain: (some: readonly RowRecord[]) => insertAgain(model, some, options),
  };
  // A single statement stores all rows or none.
  if (isOneStatement(context, model, groups, options))
    return storeList({ ...storing, store: async (running) => [...(await insertGroup(context, model, rows, options, running))] });
  const inserted = new Set<RowRecord>();
  const insertGroups = async (running: RunningRows): Promise<void> => {
    for (const group of groups) for (const row of await insertGroup(contextOf(model), model, group, options, running)) inserted.add(row);
  };
  await storeList({ ...storing, store: (running) => transaction(() => insertGroups(running), { database: { $core: context.database } }) });
  return onConflict === "ignore" ? rows.filter((row) => inserted.has(row)) : [...rows];
}

async function checkNewRows(rows: readonly RowRecord[], options: CreateManyOptions, list: ListedRows): Promise<void> {
  for (let index = 0; index < rows.length; index++) {
    const checked = forRow(list, index, () => checkNewRow(rows[index]!, options));
    if (checked instanceof Promise) await checked;
  }
}

/** Whether one statement inserts all rows. */
function isOneStatement(
  { database, transaction: open }: ExecutionContext,
  { $meta: meta }: ModelClass,
  [first = [], ...others]: ReadonlyArray<readonly RowRecord[]>,
  { onConflict, batch = 1_000 }: CreateManyOptions,
): boolean {
  const fields = meta.columns.filter(({ name }) => first[0]![name] !== undefined);
  if (isReadBack(database, findMade(meta, first[0]!))) return false;
  const { dialect } = database;
  const isList = insertsOf(dialect, fields) === "lists" && fields.length > 0;
  // On PostgreSQL, a transaction ends with its first error, so a list needs a savepoint.
  const isWhole = first.length === 1 || (isList && first.length <= batch && open === undefined);
  return others.length === 0 && onConflict === undefined && isWhole;
}

/** What to do with existing rows: fields of a unique key, and fields that get the values of the new row. */
export interface ConflictUpdate<Name extends string = string> {
  /** Fields of the unique key. */
  readonly target: readonly Name[];
  /** Fields that take the new values. */
  readonly update: readonly Name[];
}

/** Creates rows, or updates those that have the same keys, all or none. Returns the resulting rows. */
async function upsertRows(
  model: ModelClass,
  rows: readonly RowRecord[],
  conflict: ConflictUpdate,
  options: CreateManyOptions,
): Promise<RowRecord[]> {
  const key = findUniqueKey(model, [...new Set([...conflict.target, ...scopeNames(model)])]);
  const update = conflict.update.map((name) => assertField(model, name));
  if (update.length === 0)
    throw optionInvalid("createMany()", "onConflict.update", conflict.update, 'names of fields; "ignore" changes none');
  if (rows.length === 0) return [];
  const list = wholeList(rows);
  await checkNewRows(rows, options, list);
  rows.forEach((row, place) => forRow(list, place, () => assertKeyValues(model, key, row, "createMany()")));
  await freeSlugs(contextOf(model), model, rows, (_, field) => !key.fields.includes(field) && !update.includes(field));
  // No statement accepts a key twice: the second row of a key waits for the first.
  const turns: RowRecord[][] = [];
  const seen = new Map<CacheKey, number>();
  for (const row of rows) {
    const own = keyOf(row, key);
    const turn = own === null ? 0 : (seen.get(own) ?? 0);
    if (own !== null) seen.set(own, turn + 1);
    (turns[turn] ??= []).push(row);
  }
  const written = new Map<RowRecord, RowRecord>();
  const { database } = contextOf(model);
  const groups = turns.flatMap((turn) => groupByColumns(model.$meta, turn));
  await storeList({
    model,
    given: rows,
    list,
    inOrder: groups.flat(),
    store: (running) =>
      transaction(
        async () => {
          for (const group of groups) await upsertGroup(contextOf(model), model, group, { key, update, written, options, running });
        },
        { database: { $core: database } },
      ),
    storeAgain: async (some) => {
      const again = { key, update, written: new Map<RowRecord, RowRecord>(), options, running: { rows: some } };
      for (const group of groups) {
        const part = group.filter((row) => some.includes(row));
        if (part.length > 0) await upsertGroup(contextOf(model), model, part, again);
      }
    },
  });
  return rows.map((row) => written.get(row)!);
}

const keyOf = (row: RowRecord, { fields }: Pick<UniqueKey, "fields">): CacheKey | null =>
  toCacheKey(
    row,
    fields.map(({ name }) => name),
  );

interface UpsertGroup {
  readonly key: Pick<UniqueKey, "fields" | "condition">;
  readonly update: readonly FieldMeta[];
  /** Returns the resulting rows, by the given row. */
  readonly written: Map<RowRecord, RowRecord>;
  readonly options: CreateManyOptions;
  readonly running: RunningRows;
}

async function upsertGroup(context: ExecutionContext, model: ModelClass, rows: readonly RowRecord[], group: UpsertGroup): Promise<void> {
  const { key, update, written, options, running } = group;
  const { $meta: meta } = model;
  const { dialect, fetchMode } = context.database;
  const root: RootSource = { kind: "root", model };
  if (!dialect.hasConflictTarget) {
    for (const row of rows) {
      running.rows = [row];
      const values = update.map((field): Assignment => ({ field, node: newValue(row, field) }));
      written.set(row, await upsertInTurns(model, row, key, root, [...values, ...automatic(model, root, values)]));
    }
    return;
  }
  const fields = meta.columns.filter(({ name }) => rows[0]![name] !== undefined);
  const onConflict = writeConflict(dialect, model, key, update);
  const isList = insertsOf(dialect, fields) === "lists";
  const most = isList ? (options.batch ?? 1_000) : 1;
  for (let start = 0; start < rows.length; start += most) {
    const some = rows.slice(start, start + most);
    running.rows = some;
    const { plan, parameters } = planInsert(context, meta, fields, some, { isList, onConflict });
    const result = await runRefused(meta, () =>
      runStatement(context, { sql: plan.sql, parameters, rows: "arrays", readsBigInts: plan.readsBigInts }, true),
    );
    const found = hydrateRows(model, plan, result.rows, { context, mode: fetchMode });
    const byKey = new Map(found.map((row) => [keyOf(row, key), row]));
    // A key with null never conflicts: its row is returned in its place.
    some.forEach((row, index) => written.set(row, byKey.get(keyOf(row, key) ?? "") ?? found[index]!));
  }
}

/** Returns the value that a new row gets: its own, or the default that the database computes. */
function newValue(row: RowRecord, field: FieldMeta): Node {
  if (row[field.name] === undefined && field.hasDatabaseDefault) return readNode(field.options.default, undefined);
  return { kind: "value", value: row[field.name] ?? null, type: field, isNullable: true };
}

/** Returns what an insert does with a row whose key is taken. */
function writeConflict(dialect: Dialect, model: ModelClass, key: UpsertGroup["key"], update: readonly FieldMeta[]): string {
  const { quote } = dialect;
  const { $meta: meta } = model;
  const moments = meta.columns.filter((field) => field.options.auto === "update" && !update.includes(field));
  const sets = [...update, ...moments].map(({ column }) => `${quote(column)} = excluded.${quote(column)}`);
  const version = meta.version === "" ? undefined : meta.fields.get(meta.version)!;
  if (version !== undefined && !update.includes(version))
    sets.push(`${quote(version.column)} = ${quote(meta.table)}.${quote(version.column)} + 1`);
  return `${writeTarget(dialect, model, key)} DO UPDATE SET ${sets.join(", ")}`;
}

/** Returns the key whose conflicts an insert handles. */
function writeTarget(dialect: Dialect, model: ModelClass, { fields, condition }: UpsertGroup["key"]): string {
  const about = condition === undefined ? "" : ` WHERE ${writeCondition(dialect, model, condition)}`;
  return ` ON CONFLICT (${fields.map(({ column }) => dialect.quote(column)).join(", ")})${about}`;
}

/** What upsert() is given. */
export interface UpsertRequest {
  /** Values of a unique key. */
  readonly where: object;
  /** Additional values of a new row. */
  readonly create?: object;
  /** Values for an existing row: values, or expressions of the row. */
  readonly update: object;
}

/** Finds the row of a unique key, or creates it. Handles concurrent calls. */
export async function getOrCreateRow(
  model: ModelClass,
  where: object,
  make: (values: Record<string, unknown>) => RowRecord,
  find: (isLocked: boolean) => Promise<RowRecord | undefined>,
  defaults: object,
): Promise<RowRecord> {
  const { values } = readUniqueKey(model, where, "getOrCreate()");
  const found = await find(false);
  if (found !== undefined) return found;
  const row = make({ ...toFieldValues(model, defaults), ...values });
  try {
    const context = contextOf(model);
    // A savepoint inside a transaction: a rejected insert must not abort it.
    if (context.transaction === undefined) await saveRow(context, row);
    else await transaction(() => saveRow(contextOf(model), row), { database: { $core: context.database } });
    return row;
  } catch (error) {
    if (!(error instanceof GableError) || error.code !== "E_VALIDATION" || error.cause === undefined) throw error;
    // Either another transaction was faster, or the values are invalid: reading the row tells. On MariaDB and MySQL, a transaction that
    // has read before only sees older rows; a locking read sees current ones.
    const other = await find(contextOf(model).transaction !== undefined);
    if (other === undefined) throw error;
    return other;
  }
}

/** Creates the row of a unique key, or updates the existing one, with one statement. */
export async function upsertRow(model: ModelClass, row: RowRecord, { where, update }: UpsertRequest): Promise<RowRecord> {
  const context = contextOf(model);
  const { $meta: meta } = model;
  const key = readUniqueKey(model, where, "upsert()");
  Object.assign(row, key.values);
  await checkNewRow(row, {});
  await freeSlugs(context, model, [row]);
  const root: RootSource = { kind: "root", model };
  const assignments = await readUpdate(model, root, update);
  assertKeyKept(row, key.fields, assignments);
  if (!context.database.dialect.hasConflictTarget) return upsertInTurns(model, row, key, root, assignments);
  const fields = meta.columns.filter(({ name }) => row[name] !== undefined);
  const values = fields.map((field): Node => ({ kind: "value", value: row[field.name] ?? null, type: field, isNullable: true }));
  const { dialect, plans } = context.database;
  const { plan, parameters } = findPlan(dialect, plans, {
    walk: (walk) => {
      walk.token(`upsert ${meta.table}(${fields.map(({ name }) => name).join()}|${key.fields.map(({ name }) => name).join()})`);
      fields.forEach((field, index) => walk.bind(values[index]!, row[field.name] ?? null, field));
      walk.enter(root);
      for (const { field, node } of assignments) {
        walk.token(`,${field.name}=`);
        walk.node(node);
      }
    },
    write: (writer) => {
      const { quote } = dialect;
      writer.enter(root);
      const list = (each: readonly FieldMeta[]): string => each.map(({ column }) => quote(column)).join(", ");
      const sets = assignments.map(({ field, node }) => `${quote(field.column)} = ${writer.node(node)}`).join(", ");
      const inserted = fields.map((field, index) => writer.mark(values[index]!, field)).join(", ");
      const text = `INSERT INTO ${quote(meta.table)} (${list(fields)}) VALUES (${inserted})${writeTarget(dialect, model, key)} DO UPDATE SET ${sets}`;
      return { text: `${text} RETURNING ${list(meta.columns)}`, columns: meta.columns.map((field) => ({ name: field.name, type: field })) };
    },
  });
  const result = await runRefused(meta, () =>
    runStatement(context, { sql: plan.sql, parameters, rows: "arrays", readsBigInts: plan.readsBigInts }, true),
  );
  const [written] = hydrateRows(model, plan, result.rows, { context, mode: context.database.fetchMode });
  // Only a query returns values that the database computes.
  if (model.$options.computed === undefined) return written!;
  const parts = meta.primary
    .map((name) => meta.fields.get(name)!)
    .map((field) => compare("eq", columnNode(root, field), literal(written![field.name], field, field.where)));
  return (await readInstances(context, { ...selectAll(root), where: allOf(parts) }))[0]!;
}

/** A row whose key has changed cannot be found again, which MariaDB and MySQL need. Throws `E_OPTION_INVALID`. */
function assertKeyKept(row: RowRecord, key: readonly FieldMeta[], assignments: readonly Assignment[]): void {
  const changed = assignments.find(
    ({ field, node }) => key.includes(field) && !(node.kind === "value" && isSame(node.value, row[field.name])),
  );
  if (changed === undefined) return;
  const { name } = changed.field;
  throw new GableError("E_OPTION_INVALID", `upsert(): option "update" changes "${name}", by which "where" finds the row.`, {
    fix: `Leave "${name}" out of update, and change it with save() afterwards.`,
  });
}

/** How often an upsert is repeated after a conflict with another one, outside of transactions. */
const upsertRetries = 10;

/** Inserts, and updates the row if exactly this key is taken: for databases whose insert cannot name the key. */
async function upsertInTurns(
  model: ModelClass,
  row: RowRecord,
  key: { readonly fields: readonly FieldMeta[] },
  root: RootSource,
  assignments: ReadonlyArray<{ readonly field: FieldMeta; readonly node: Node }>,
): Promise<RowRecord> {
  const { database } = contextOf(model);
  const where = allOf(
    key.fields.map((field) =>
      compare("eq", columnNode(root, field), { kind: "value", value: row[field.name], type: field, isNullable: false }),
    ),
  );
  const state = onlyLive({ ...selectAll(root), where });
  return transaction(
    async () => {
      try {
        await transaction(() => saveRow(contextOf(Row.modelOf(row)), row, { validate: false, keepsSlugs: true }), {
          database: { $core: database },
        });
      } catch (error) {
        // The database names one of the taken keys. Reading the row tells whether it is this one.
        if (!isTaken(database.dialect, error)) throw error;
        if ((await runWrite(contextOf(model), model, planUpdate(contextOf(model), assignments, state))) === 0) throw error;
      }
      const [found] = await readInstances(contextOf(model), { ...state, lock: { strength: "update", wait: "wait" } });
      return found ?? row;
    },
    // Callers whose insert was rejected share a lock, and none of them can change the row while the others hold it.
    { database: { $core: database }, retries: upsertRetries },
  );
}

async function readUpdate(model: ModelClass, root: RootSource, update: object): Promise<Assignment[]> {
  const { $meta: meta } = model;
  const given = Object.entries(toFieldValues(model, update));
  const constants = Object.fromEntries(given.filter(([, value]) => typeof value !== "function"));
  const fields = Object.keys(constants).map((name) => meta.fields.get(name)!);
  const { checked, errors } = await checkRow(model, fields, constants, { isPartial: true, skipsModel: true });
  if (Object.keys(errors).length > 0) throw validationError(meta.name, errors);
  const assignments = given.map(([name, value]): Assignment => {
    const field = meta.fields.get(name)!;
    const made = typeof value === "function" ? readCallback(value as (row: never) => unknown, root) : undefined; // The types have checked it.
    if (made instanceof RuntimeExpression) return { field, node: storedNode(made, field) };
    return { field, node: { kind: "value", value: checked[name], type: field, isNullable: true } };
  });
  // An existing row changes if anything is set.
  if (assignments.length > 0) assignments.push(...automatic(model, root, assignments));
  // Something must be set, so that the row is returned.
  const [first] = meta.primary;
  const key = meta.fields.get(first!)!;
  return assignments.length > 0 ? assignments : [{ field: key, node: columnNode(root, key) }];
}
