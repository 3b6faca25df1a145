/**
 * Loads relations for all rows of a batch at once. What is asked for in one turn is put together, so that touching a
 * relation of a hundred rows is one statement, in a loop as well as in Promise.all.
 */
import { GableError } from "../../errors/gable-error.ts";
import { readRaw } from "../run/execute.ts";
import { readInstances } from "./read-rows.ts";
import { withComputed } from "../tree/computed.ts";
import type { ColumnNode, Node, OrderTerm, RootSource, SelectState, ValueNode } from "../tree/node.ts";
import { allOf, anyOf, columnNode, compare, inList, selectAll } from "../tree/node.ts";
import { whereLive } from "../tree/live-rows.ts";
import { literal } from "../tree/literal.ts";
import { orderOfRelation } from "../tree/order.ts";
import { throughOf } from "../tree/refs.ts";
import { scopeKey } from "../tree/scope.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import type { Plan } from "../sql/plan.ts";
import type { RelationMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";
import type { ExecutionContext, FetchMode } from "../run/database-core.ts";
import { contextOf, currentContext, isBehind } from "../run/context.ts";
import type { CacheKey } from "./batch.ts";
import { batchOf, Batch, keyOfRelation, toCacheKey } from "./batch.ts";
import { hydrateRows } from "./hydrate.ts";
import type { RowRecord } from "../schema/row.ts";
import { Row } from "../schema/row.ts";

/** Batches above so many rows load their relations in slices. */
const sliceAbove = 10_000;
const sliceSize = 1_000;

/** Which rows of a relation are wanted. */
export interface RelatedPart {
  /** Name of the part: equal parts of two rows are loaded together. "" for all rows. */
  readonly name: string;
  readonly where: Node | undefined;
  readonly order: readonly OrderTerm[];
  readonly limit: ValueNode | undefined;
  /** The rows that conditions and orders speak of. */
  readonly root: RootSource;
}

/** All rows of a relation, in its order. */
export function allRelated(relation: RelationMeta): RelatedPart {
  const root: RootSource = { kind: "root", model: relation.target };
  return { name: "", where: whereRelated(relation, root, undefined), order: orderOfRelation(root, relation), limit: undefined, root };
}

/** A condition of rows of a relation. Those that are deleted are left out; the row that a key refers to is that row all the same. */
export function whereRelated(relation: RelationMeta, root: RootSource, where: Node | undefined): Node | undefined {
  return relation.kind === "belongsTo" ? where : whereLive(root, where);
}

interface Wanted {
  readonly relation: RelationMeta;
  readonly part: RelatedPart;
  readonly batches: Map<Batch, RowRecord[]>;
  readonly done: Promise<void>;
}

const queues = new WeakMap<ExecutionContext, Map<string, Wanted>>();
const relationIds = new WeakMap<RelationMeta, number>();
let lastRelationId = 0;

function idOf(relation: RelationMeta): number {
  const known = relationIds.get(relation) ?? ++lastRelationId;
  relationIds.set(relation, known);
  return known;
}

/** The batch of a row: one of its own for a row that was made by code. */
function ensureBatch(row: RowRecord): Batch {
  const known = batchOf(row);
  if (known !== undefined) return known;
  const context = contextOf(Row.modelOf(row));
  const batch = new Batch(context, [row], context.database.fetchMode);
  Row.setBatch(row, batch);
  return batch;
}

/** What a relation is kept under: its name, the owners whose rows the caller sees, and the name of its part. */
function cacheName(batch: Batch, relation: RelationMeta, part: string): string {
  const owners = scopeKey(batch.context.database.scoped);
  return owners === "" && part === "" ? relation.name : `${relation.name}|${owners}|${part}`;
}

/** What a relation of a row leads to, when it was loaded. */
export function findLoaded(row: RowRecord, relation: RelationMeta, part = ""): { readonly value: unknown } | undefined {
  const key = keyOfRelation(row, relation, Row.modelOf(row).$meta.primary);
  const isOne = relation.kind === "belongsTo" || relation.kind === "hasOne";
  if (key === null) return { value: isOne ? null : [] };
  const batch = batchOf(row);
  const cache = batch?.cacheOf(cacheName(batch, relation, part));
  return cache?.has(key) === true ? { value: cache.get(key) } : undefined;
}

/** Loads what a relation of a row leads to, and the same of its peers. Throws `E_RELATION_FETCH` where that was forbidden. */
export async function loadRelation(row: RowRecord, relation: RelationMeta, part: RelatedPart = allRelated(relation)): Promise<unknown> {
  const found = findLoaded(row, relation, part.name);
  if (found !== undefined) return found.value;
  const batch = ensureBatch(row);
  if (batch.mode === "raise")
    throw new GableError("E_RELATION_FETCH", `${Row.modelOf(row).$meta.name}.${relation.name} was not loaded, and loading was forbidden.`, {
      fix: `Load it with the query: with({ ${relation.name}: true }).`,
    });
  await request(batch, relation, part, row);
  return findLoaded(row, relation, part.name)?.value;
}

/**
 * Loads a part of a relation. The first row that asks is alone; with the second one it is plain that all will ask, and the
 * same is loaded for those that are left. What was loaded so is handed out once: who asks again, asks the database.
 */
export async function loadShared(row: RowRecord, relation: RelationMeta, part: RelatedPart, runAlone: () => unknown): Promise<unknown[]> {
  const batch = ensureBatch(row);
  const name = cacheName(batch, relation, part.name);
  const key = keyOfRelation(row, relation, Row.modelOf(row).$meta.primary);
  const isShared = key !== null && batch.mode === "peers" && batch.isAskedAgain(name, row);
  if (!isShared) return (await runAlone()) as unknown[]; // A query of rows.
  const rows = (await loadRelation(row, relation, part)) as unknown[]; // A relation to many rows.
  batch.cacheOf(name).delete(key);
  return rows;
}

/** Puts a wish into the queue of the context; the queue is worked off when this turn is over. */
function request(batch: Batch, relation: RelationMeta, part: RelatedPart, row: RowRecord): Promise<void> {
  const context = contextOfBatch(batch);
  const queue = queues.get(context) ?? new Map<string, Wanted>();
  queues.set(context, queue);
  const name = `${idOf(relation)}|${batch.mode}|${scopeKey(batch.context.database.scoped)}|${part.name}`;
  let wanted = queue.get(name);
  if (wanted === undefined) {
    const batches = new Map<Batch, RowRecord[]>();
    const done = Promise.resolve().then(() => {
      queue.delete(name);
      return loadWanted(context, { relation, part, batches });
    });
    wanted = { relation, part, batches, done };
    queue.set(name, wanted);
  }
  const askers = wanted.batches.get(batch) ?? [];
  askers.push(row);
  wanted.batches.set(batch, askers);
  return wanted.done;
}

/**
 * Where what belongs to the rows of a batch is read: in the transaction of the caller, which may be inside of that of the batch; else where its rows came
 * from, or, when that transaction has ended, where the model's queries run.
 */
export function contextOfBatch(batch: Batch): ExecutionContext {
  const { context } = batch;
  const current = currentContext();
  if (current?.database === context.database) return current;
  return context.transaction?.isEnded === true || isBehind(context.database) ? contextOf(Row.modelOf(batch.rows[0]!)) : context;
}

/** Loads a relation for rows of several batches by one statement, or several where the rows are too many. */
async function loadWanted(context: ExecutionContext, { relation, part, batches }: Omit<Wanted, "done">): Promise<void> {
  const keys = new Map<CacheKey, RowRecord>();
  const missing: Array<readonly [Batch, CacheKey]> = [];
  const mode = [...batches.keys()][0]!.mode;
  for (const [batch, askers] of batches) {
    const cache = batch.cacheOf(cacheName(batch, relation, part.name));
    for (const row of batch.mode === "one" ? askers : listPeers(batch, askers)) {
      const key = keyOfRelation(row, relation, Row.modelOf(row).$meta.primary);
      if (key === null || cache.has(key)) continue;
      keys.set(key, row);
      missing.push([batch, key]);
    }
  }
  if (keys.size === 0) return;
  const found = await readRelated(context, { relation, part, mode }, [...keys.values()]);
  const isOne = relation.kind === "belongsTo" || relation.kind === "hasOne";
  for (const [batch, key] of missing) batch.cacheOf(cacheName(batch, relation, part.name)).set(key, found.get(key) ?? (isOne ? null : []));
  // What was read may have been changed by the transaction: it is forgotten with its changes.
  context.transaction?.whenUndone(() => {
    for (const batch of batches.keys()) batch.drop(relation.name);
  });
}

/** The rows that something is loaded for: all, or of a large batch those that come next after who asked. */
export function listPeers(batch: Batch, askers: readonly RowRecord[]): readonly RowRecord[] {
  const rows = batch.rows as RowRecord[]; // Rows have their columns by name.
  if (rows.length <= sliceAbove) return rows;
  const start = rows.indexOf(askers[0]!);
  return [...askers, ...rows.slice(start, start + sliceSize)];
}

/** Reads what a relation leads to from some rows, by key. */
export async function readRelated(
  context: ExecutionContext,
  { relation, part, mode }: { readonly relation: RelationMeta; readonly part: RelatedPart; readonly mode: FetchMode },
  rows: readonly RowRecord[],
): Promise<Map<CacheKey, unknown>> {
  const owner = Row.modelOf(rows[0]!);
  const found = new Map<CacheKey, unknown>();
  const near = relation.kind === "belongsTo" ? relation.fields : owner.$meta.primary;
  for (const some of sliceKeys(rows, near.length)) {
    const link = linkRelated(owner, relation, part, some);
    const perParent = part.limit === undefined ? undefined : { nodes: link.keys, limit: part.limit };
    const state: SelectState = {
      ...selectAll(part.root),
      where: link.where,
      order: part.order,
      perParent,
      through: link.through,
      extra: link.extra,
    };
    if (relation.kind === "manyToMany") await groupThrough(context, state, mode, found);
    else {
      const names = link.keys.map((node) => (node as ColumnNode).field.name); // Keys that are no columns come of tables between alone.
      group(await readInstances(context, state, mode), relation, names, found);
    }
  }
  return found;
}

/** Keys of several fields are asked for in parts: each is a condition of its own. */
export function sliceKeys<Key>(keys: readonly Key[], fieldCount: number): ReadonlyArray<readonly Key[]> {
  if (fieldCount === 1 || keys.length <= compositeMax) return [keys];
  return Array.from({ length: Math.ceil(keys.length / compositeMax) }, (_, index) =>
    keys.slice(index * compositeMax, (index + 1) * compositeMax),
  );
}

/** Links rows of a relation to the rows that have it. */
export function linkRelated(
  owner: ModelClass,
  relation: RelationMeta,
  { root, where }: Pick<RelatedPart, "root" | "where">,
  rows: readonly RowRecord[],
): Link {
  const link = relation.kind === "manyToMany" ? linkThrough(owner, relation, root, rows) : linkByKey(owner, relation, root, rows);
  return where === undefined ? link : { ...link, where: allOf([link.where, where]) };
}

/** A condition that links rows of a relation to keys, and where those keys are read. */
interface Link {
  readonly where: Node;
  readonly keys: readonly Node[];
  readonly through: SelectState["through"];
  readonly extra: SelectState["extra"];
}

function linkByKey(owner: ModelClass, relation: RelationMeta, root: RootSource, rows: readonly RowRecord[]): Link {
  const target = relation.target.$meta;
  const isHere = relation.kind === "belongsTo";
  const near = isHere ? relation.fields : owner.$meta.primary;
  const far = isHere ? target.primary : target.relations.get(relation.by)!.fields;
  const keys = far.map((name) => columnNode(root, target.fields.get(name)!));
  return { where: keysIn(keys, near, rows), keys, through: undefined, extra: [] };
}

function linkThrough(owner: ModelClass, relation: RelationMeta, root: RootSource, rows: readonly RowRecord[]): Link {
  const through = throughOf(owner.$meta, relation, () => undefined);
  const keys = through.to.map(({ column, field }): Node => ({ kind: "through", root, column, type: field, isNullable: false }));
  const names = through.to.map(({ field }) => field.name);
  const extra = keys.map((node, index) => ({ name: `$key${index}`, node }));
  return { where: keysIn(keys, names, rows), keys, through, extra };
}

/** Most keys of several fields in one statement: each is a condition of its own. */
const compositeMax = 200;

/** Whether some nodes hold the key of one of the rows. */
export function keysIn(nodes: readonly Node[], names: readonly string[], rows: ReadonlyArray<Readonly<Record<string, unknown>>>): Node {
  if (nodes.length === 1) {
    const values = new Set(rows.map((row) => row[names[0]!]));
    return inList(nodes[0]!, [...values], false);
  }
  const keys = new Map(rows.map((row) => [toCacheKey(row, names), row]));
  const list = [...keys.values()];
  // Filled up to a power of two, so that a few shapes serve all counts.
  const count = 2 ** Math.ceil(Math.log2(list.length));
  const filled = Array.from({ length: count }, (_, index) => list[Math.min(index, list.length - 1)]!);
  return anyOf(
    filled.map((row) => allOf(nodes.map((node, index) => compare("eq", node, literal(row[names[index]!], node.type!, names[index]!))))),
  );
}

function group(instances: readonly RowRecord[], relation: RelationMeta, names: readonly string[], found: Map<CacheKey, unknown>): void {
  for (const instance of instances) {
    const key = toCacheKey(instance, names);
    if (key === null) continue;
    if (relation.kind !== "hasMany") found.set(key, instance);
    else addToList(found, key, instance);
  }
}

/** Adds to the list of a key. */
export function addToList<Item>(found: Map<CacheKey, unknown>, key: CacheKey, item: Item): void {
  const list = found.get(key);
  if (Array.isArray(list)) list.push(item);
  else found.set(key, [item]);
}

/** Rows behind a table between: one row may belong to several keys, and is one row then. */
async function groupThrough(context: ExecutionContext, state: SelectState, mode: FetchMode, found: Map<CacheKey, unknown>): Promise<void> {
  const { plan, rows } = await readRaw(context, withComputed(state));
  const { model } = state.root;
  const instances = hydrateRows(model, plan, rows, { context, mode });
  if (instances.length === 0) return;
  const known = new Map<CacheKey, RowRecord>();
  instances.forEach((instance, index) => {
    const own = toCacheKey(instance, model.$meta.primary)!;
    const shared = known.get(own) ?? instance;
    known.set(own, shared);
    addToList(found, readKey(plan, rows[index]!)!, shared);
  });
  // The batch of the rows has each of them once.
  const batch = batchOf(instances[0]!)!;
  batch.rows.length = 0;
  for (const row of known.values()) batch.rows.push(row);
}

/** The key in the columns that the framework added to a row. */
function readKey(plan: Plan, row: readonly DriverValue[]): CacheKey | null {
  const record: Record<string, unknown> = {};
  plan.names.forEach((name, index) => {
    if (name.startsWith("$key")) record[name] = plan.decoders[index]?.(row[index]!) ?? row[index];
  });
  return toCacheKey(record, Object.keys(record));
}
