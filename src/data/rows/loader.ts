/**
 * Loads relations for all rows of a batch. Requests of the same turn of the event loop are combined, so that reading a
 * relation of a hundred rows takes one statement, in a loop as well as in Promise.all.
 */
import { GableError } from "../../errors/gable-error.ts";
import { readRaw } from "../run/execute.ts";
import { readInstances } from "./read-rows.ts";
import { withComputed } from "../tree/computed.ts";
import type { ColumnNode, Node, OrderTerm, RootSource, SelectState, ValueNode } from "../tree/node.ts";
import { columnNode, selectAll } from "../tree/node.ts";
import { allOf, anyOf, compare, inList } from "../tree/conditions.ts";
import { whereLive } from "../tree/live-rows.ts";
import { literal } from "../tree/literal.ts";
import { orderOfRelation } from "../tree/order.ts";
import { throughOf } from "../tree/refs.ts";
import { scopeKey } from "../tree/scope.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import type { StatementPlan } from "../sql/plan.ts";
import type { RelationMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";
import type { ExecutionContext, FetchMode } from "../run/database-core.ts";
import { contextOf, currentContext, isBehind } from "../run/context.ts";
import { publishRelation } from "../run/events.ts";
import type { CacheKey } from "./batch.ts";
import { batchOf, Batch, keyOfRelation, toCacheKey } from "./batch.ts";
import { hydrateRows } from "./hydrate.ts";
import type { RowRecord } from "../schema/row.ts";
import { Row } from "../schema/row.ts";

/** Batches with more rows than this load their relations in slices. */
const sliceAbove = 10_000;
const sliceSize = 1_000;

/** A part of a relation. */
export interface RelatedPart {
  /** Name of the part: two rows load equal parts together. "" for all rows. */
  readonly name: string;
  readonly where: Node | undefined;
  readonly order: readonly OrderTerm[];
  readonly limit: ValueNode | undefined;
  /** The rows that conditions and orders refer to. */
  readonly root: RootSource;
}

/** Returns all rows of a relation, in its order. */
export function allRelated(relation: RelationMeta): RelatedPart {
  const root: RootSource = { kind: "root", model: relation.target };
  return { name: "", where: whereRelated(relation, root, undefined), order: orderOfRelation(root, relation), limit: undefined, root };
}

/** Restricts the rows of a relation. Soft-deleted rows are left out, except the row that a key refers to. */
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

/** Returns the batch of a row. A row created by code gets a separate one. */
function ensureBatch(row: RowRecord): Batch {
  const known = batchOf(row);
  if (known !== undefined) return known;
  const context = contextOf(Row.modelOf(row));
  const batch = new Batch(context, [row], context.database.fetchMode);
  Row.setBatch(row, batch);
  return batch;
}

/** Returns the key of a loaded relation: its name, the owners whose rows the caller sees, and the name of the part. */
function cacheName(batch: Batch, relation: RelationMeta, part: string): string {
  const owners = scopeKey(batch.context.database.scoped);
  return owners === "" && part === "" ? relation.name : `${relation.name}|${owners}|${part}`;
}

/** Returns the target of a row's relation, if it was loaded. */
export function findLoaded(row: RowRecord, relation: RelationMeta, part = ""): { readonly value: unknown } | undefined {
  const key = keyOfRelation(row, relation, Row.modelOf(row).$meta.primary);
  const isOne = relation.kind === "belongsTo" || relation.kind === "hasOne";
  if (key === null) return { value: isOne ? null : [] };
  const batch = batchOf(row);
  const cache = batch?.cacheOf(cacheName(batch, relation, part));
  return cache?.has(key) === true ? { value: cache.get(key) } : undefined;
}

/** Loads the target of a row's relation, and those of its peers. Throws `E_RELATION_FETCH` if loading is forbidden. */
export async function loadRelation(row: RowRecord, relation: RelationMeta, part: RelatedPart = allRelated(relation)): Promise<unknown> {
  const found = findLoaded(row, relation, part.name);
  if (found !== undefined) return found.value;
  const batch = ensureBatch(row);
  if (batch.mode === "raise")
    throw new GableError("E_RELATION_FETCH", `${Row.modelOf(row).$meta.name}.${relation.name} was not loaded, and loading was forbidden.`, {
      fix: `Load it with the query: with({ ${relation.name}: true }).`,
    });
  publishRelation(() => ({
    model: Row.modelOf(row).$meta.name,
    relation: relation.name,
    target: relation.target.$meta.name,
    isAlone: batch.mode === "one",
    rowCount: batch.rows.length,
  }));
  await request(batch, relation, part, row);
  return findLoaded(row, relation, part.name)?.value;
}

/**
 * Loads a part of a relation. The first row that requests it loads alone; the second one shows that all rows will, so the
 * part is loaded for all remaining rows. Each result is used once: a repeated request queries the database again.
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

/** Adds a request to the queue of the context, which is processed at the end of this turn. */
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
 * Returns where the relations of a batch are read: in the transaction of the caller, which may be inside that of the batch; otherwise where its rows were
 * read, or, if that transaction has ended, where the model's queries run.
 */
export function contextOfBatch(batch: Batch): ExecutionContext {
  const { context } = batch;
  const current = currentContext();
  if (current?.database === context.database) return current;
  return context.transaction?.isEnded === true || isBehind(context.database) ? contextOf(Row.modelOf(batch.rows[0]!)) : context;
}

/** Loads a relation for rows of several batches with one statement, or with several if there are too many rows. */
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
  // The transaction may have changed these rows: a rollback drops them.
  context.transaction?.whenUndone(() => {
    for (const batch of batches.keys()) batch.drop(relation.name);
  });
}

/** Returns the rows to load something for: all, or the next ones after the requesting row in a large batch. */
export function listPeers(batch: Batch, askers: readonly RowRecord[]): readonly RowRecord[] {
  const rows = batch.rows as RowRecord[]; // Rows have their columns by name.
  if (rows.length <= sliceAbove) return rows;
  const start = rows.indexOf(askers[0]!);
  return [...askers, ...rows.slice(start, start + sliceSize)];
}

/** Reads the targets of a relation for some rows, by key. */
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
      const names = link.keys.map((node) => (node as ColumnNode).field.name); // Only join tables have other keys.
      group(await readInstances(context, state, mode), relation, names, found);
    }
  }
  return found;
}

/** Splits keys of several fields into parts, because each key becomes a separate condition. */
export function sliceKeys<Key>(keys: readonly Key[], fieldCount: number): ReadonlyArray<readonly Key[]> {
  if (fieldCount === 1 || keys.length <= compositeMax) return [keys];
  return Array.from({ length: Math.ceil(keys.length / compositeMax) }, (_, index) =>
    keys.slice(index * compositeMax, (index + 1) * compositeMax),
  );
}

/** Links rows of a relation to the rows with the relation. */
export function linkRelated(
  owner: ModelClass,
  relation: RelationMeta,
  { root, where }: Pick<RelatedPart, "root" | "where">,
  rows: readonly RowRecord[],
): Link {
  const link = relation.kind === "manyToMany" ? linkThrough(owner, relation, root, rows) : linkByKey(owner, relation, root, rows);
  return where === undefined ? link : { ...link, where: allOf([link.where, where]) };
}

/** A condition that links rows of a relation to keys, and the nodes that read those keys. */
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

/** Maximum number of multi-field keys in one statement, because each becomes a separate condition. */
const compositeMax = 200;

/** Whether some nodes equal the key of one of the rows. */
export function keysIn(nodes: readonly Node[], names: readonly string[], rows: ReadonlyArray<Readonly<Record<string, unknown>>>): Node {
  if (nodes.length === 1) {
    const values = new Set(rows.map((row) => row[names[0]!]));
    return inList(nodes[0]!, [...values], false);
  }
  const keys = new Map(rows.map((row) => [toCacheKey(row, names), row]));
  const list = [...keys.values()];
  // Padded to a power of two, so that a few shapes cover all counts.
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

/** Adds a row to the list of a key. */
export function addToList<Item>(found: Map<CacheKey, unknown>, key: CacheKey, item: Item): void {
  const list = found.get(key);
  if (Array.isArray(list)) list.push(item);
  else found.set(key, [item]);
}

/** Merges rows behind a join table: one row may belong to several keys. */
async function groupThrough(context: ExecutionContext, state: SelectState, mode: FetchMode, found: Map<CacheKey, unknown>): Promise<void> {
  const full = withComputed(state);
  const { plan, rows } = await readRaw(context, full);
  const { model } = state.root;
  const instances = hydrateRows(model, plan, rows, { context, mode, extra: full.extra });
  if (instances.length === 0) return;
  const known = new Map<CacheKey, RowRecord>();
  instances.forEach((instance, index) => {
    const own = toCacheKey(instance, model.$meta.primary)!;
    const shared = known.get(own) ?? instance;
    known.set(own, shared);
    addToList(found, readKey(plan, rows[index]!)!, shared);
  });
  // The batch contains each row once.
  const batch = batchOf(instances[0]!)!;
  batch.rows.length = 0;
  for (const row of known.values()) batch.rows.push(row);
}

/** Returns the key in the internal columns of a row. */
function readKey(plan: StatementPlan, row: readonly DriverValue[]): CacheKey | null {
  const record: Record<string, unknown> = {};
  plan.names.forEach((name, index) => {
    if (name.startsWith("$key")) record[name] = plan.decoders[index]?.(row[index]!) ?? row[index];
  });
  return toCacheKey(record, Object.keys(record));
}
