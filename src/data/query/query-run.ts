/** Runs queries: from the state of a query to its rows, pages and numbers. */
import { assertKnownOptions } from "../../errors/option-errors.ts";
import { batchOf } from "../rows/batch.ts";
import { GableError } from "../../errors/gable-error.ts";
import { fieldsOf } from "../rows/deferred.ts";
import { hydrateRows, toRecords } from "../rows/hydrate.ts";
import { contextOfBatch, linkRelated, loadShared } from "../rows/loader.ts";
import type { RowRecord } from "../schema/row.ts";
import { Row } from "../schema/row.ts";
import type { RelationMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";
import type { ExecutionContext, FetchMode } from "../run/database-core.ts";
import { contextOf, contextOfReplica, contextOfSibling } from "../run/context.ts";
import type { Eventual } from "../schema/eventual.ts";
import { after } from "../schema/eventual.ts";
import { readRaw, runStatement, streamRaw, toPlanText } from "../run/execute.ts";
import { readInstances, readRecords } from "../rows/read-rows.ts";
import { withComputed } from "../tree/computed.ts";
import { assertCount } from "../tree/limits.ts";
import { literal } from "../tree/literal.ts";
import { onlyLive } from "../tree/live-rows.ts";
import type { Node, OutputColumn, SelectState, ValueNode } from "../tree/node.ts";
import { selectAll } from "../tree/node.ts";
import { allOf, isNever } from "../tree/conditions.ts";
import { valueTypes } from "../tree/value-type.ts";
import { orderOfRelation, orderOfRows, toTotalOrder } from "../tree/order.ts";
import type { NumberedPage, NumberedPageOptions, Page, PageOptions } from "./page.ts";
import { readCursor, writeCursor } from "./page.ts";
import { planSelect } from "../sql/plan.ts";
import { describeQuery } from "../tree/shape.ts";
import { formError } from "./query-arguments.ts";
import { checkForm } from "./query-form.ts";
import type { SelectionPlan } from "../rows/selection.ts";
import { readSelected } from "../rows/selection.ts";
import type { WantedRelation } from "../rows/with.ts";
import { loadWith } from "../rows/with.ts";

/** Form of the result of a query. */
type Output =
  /** With names, the rows only have some columns. */
  | { readonly kind: "rows"; readonly only?: readonly string[] }
  | { readonly kind: "records" }
  | { readonly kind: "column" }
  | { readonly kind: "selection"; readonly plan: SelectionPlan };

/** The state of a query with its options. */
export interface QueryParts {
  readonly model: ModelClass;
  readonly select: SelectState;
  readonly output: Output;
  readonly with: readonly WantedRelation[];
  /** Whether all rows are meant: without it, and without a filter, updates and deletes are rejected. */
  readonly isAll: boolean;
  readonly mode: FetchMode | undefined;
  /** Whether soft-deleted rows are read as well. */
  readonly isDeletedShown: boolean;
  /** Signal and time limit of the statement; it is never cancelled if both are undefined. */
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
  /** The database of the query; undefined for that of the caller or of the model. */
  readonly place: { readonly kind: "primary" | "replica" } | { readonly kind: "named"; readonly name: string } | undefined;
  /** The database of the row whose relation the query reads; undefined for other queries. */
  readonly origin?: ExecutionContext | undefined;
  /** The row whose relation the query reads; undefined for other queries. */
  readonly related: { readonly row: RowRecord; readonly relation: RelationMeta } | undefined;
}

/** Returns the query with the signal of its statement; a time limit starts now. */
function startClock(parts: QueryParts): QueryParts {
  const { signal, timeoutMs, select } = parts;
  if (signal === undefined && timeoutMs === undefined) return parts;
  const signals = [...(signal === undefined ? [] : [signal]), ...(timeoutMs === undefined ? [] : [AbortSignal.timeout(timeoutMs)])];
  return { ...parts, signal: undefined, timeoutMs: undefined, select: { ...select, signal: AbortSignal.any(signals) } };
}

/** Returns the query without soft-deleted rows, unless it includes them. */
export function hideDeleted(parts: QueryParts): QueryParts {
  return parts.isDeletedShown ? parts : { ...parts, isDeletedShown: true, select: onlyLive(parts.select) };
}

/** Returns the query without soft-deleted rows, linked to the row whose relation it reads. */
export function toLinked(asked: QueryParts): QueryParts {
  const hidden = hideDeleted(startClock(asked));
  const select = checkForm(hidden.select);
  const parts = select === hidden.select ? hidden : { ...hidden, select };
  const { related } = parts;
  if (related === undefined) return parts;
  const { where, through } = linkRelated(Row.modelOf(related.row), related.relation, select, [related.row]);
  const batch = batchOf(related.row);
  const origin = batch === undefined ? undefined : contextOfBatch(batch);
  return { ...parts, related: undefined, origin, select: { ...select, where, through } };
}

/** Whether peers can share this query of a relation: all of its rows, or selected, ordered, limited ones. */
function isShared({ select, output, with: wanted }: QueryParts): boolean {
  const { offset, distinct, group, extra, columns, lock, from } = select;
  const isUsual = offset === undefined && distinct === false && group.length === 0 && extra.length === 0;
  return (
    isUsual &&
    output.kind === "rows" &&
    output.only === undefined &&
    wanted.length === 0 &&
    columns === undefined &&
    lock === undefined &&
    from === undefined
  );
}

/** Returns where a query runs. Throws `E_LOCK_OUTSIDE_TRANSACTION` for a lock that would end immediately, and `E_DATABASE_UNKNOWN`. */
export function contextFor({ model, select, place, origin }: QueryParts): ExecutionContext {
  const usual = origin ?? contextOf(model);
  let context = usual;
  if (place?.kind === "named") context = contextOfSibling(usual.database, place.name);
  else if (place?.kind === "replica" && select.lock === undefined) context = contextOfReplica(usual);
  else if (place?.kind === "primary" && usual.database.primary !== undefined) context = usual.database.primary.context;
  if (select.lock !== undefined && context.transaction === undefined)
    throw new GableError("E_LOCK_OUTSIDE_TRANSACTION", `Rows of ${model.name} are locked outside of a transaction.`);
  return context;
}

/** Returns the query to send: with the order of the model if it has none, and the columns to read. */
function toOrdered({ model, select, output, with: wanted }: QueryParts): SelectState {
  const isRows = output.kind === "rows" || output.kind === "selection";
  const ordered = select.order.length > 0 || !isRows ? select : { ...select, order: orderOfRows(select.root) };
  if (output.kind !== "rows" || output.only === undefined) return ordered;
  // A relation to load with the rows needs its key.
  const keys = wanted.flatMap(({ relation }) => relation.fields);
  return { ...ordered, fields: fieldsOf(model.$meta, [...output.only, ...keys]) };
}

/** Returns the rows of a query. */
export function runQuery(asked: QueryParts): Eventual<unknown[]> {
  const parts = hideDeleted(asked);
  const { related, select } = parts;
  if (related === undefined || !isShared(parts)) return runAlone(toLinked(parts));
  const order = select.order.length > 0 ? toTotalOrder(select.root, select.order) : orderOfRelation(select.root, related.relation);
  const part = { name: describeQuery(select), where: select.where, order, limit: toValue(select.limit), root: select.root };
  return loadShared(related.row, related.relation, part, () => runAlone(toLinked({ ...parts, select: { ...select, order } })));
}

function runAlone(parts: QueryParts): Eventual<unknown[]> {
  return readOutput(contextFor(parts), toOrdered(parts), parts);
}

function readOutput(context: ExecutionContext, state: SelectState, parts: QueryParts): Eventual<unknown[]> {
  const { output, mode } = parts;
  if (isNever(state)) return [];
  if (output.kind === "selection") return readSelected(context, state, output.plan);
  if (output.kind === "records") return readRecords(context, state);
  if (output.kind === "column") return after(readRecords(context, state), (records) => records.map((record) => Object.values(record)[0]));
  const rows = readInstances(context, state, mode);
  return parts.with.length === 0 ? rows : after(rows, (instances) => addRelations(context, instances, parts));
}

async function addRelations(context: ExecutionContext, rows: RowRecord[], { with: wanted, mode }: QueryParts): Promise<RowRecord[]> {
  await loadWith(context, rows, wanted, mode ?? context.database.fetchMode);
  return rows;
}

/** Returns the first rows of a query. */
export function runFirst(parts: QueryParts, count: number): Eventual<unknown[]> {
  const { select } = parts;
  const own = toValue(select.limit);
  const limit = own === undefined ? count : Math.min(count, Number(own.value));
  return runQuery({ ...parts, select: { ...select, limit } });
}

/** Returns a limit as a value next to others. */
function toValue(limit: SelectState["limit"]): ValueNode | undefined {
  return typeof limit === "number" ? literal(limit, valueTypes.int, "limit") : limit;
}

const countNode: Node = {
  kind: "aggregate",
  name: "count",
  part: undefined,
  where: undefined,
  isDistinct: false,
  type: valueTypes.int,
  isNullable: false,
};

/** Whether a query reads single rows of the table. */
function isPlain({ limit, offset, distinct, group, perParent }: SelectState): boolean {
  return limit === undefined && offset === undefined && distinct === false && group.length === 0 && perParent === undefined;
}

/** Returns one row of values over all rows of a query. */
export function runAggregate(asked: QueryParts, columns: readonly OutputColumn[]): Eventual<Record<string, unknown>> {
  const parts = toLinked(asked);
  const { select } = parts;
  if (select.lock !== undefined) throw formError("lock() with an aggregate", "Lock the rows in another query.");
  // Limited or grouped rows are counted in a subquery.
  const state: SelectState = isPlain(select)
    ? { ...select, order: [], extra: [], columns }
    : {
        ...selectAll(select.root),
        from: select,
        columns,
        signal: select.signal,
      };
  return after(readRecords(contextFor(parts), state, true), (records) => records[0]!);
}

/** Counts rows. */
export function runCount(parts: QueryParts): Eventual<number> {
  if (isNever(parts.select)) return 0;
  return after(runAggregate(parts, [{ name: "count", node: countNode }]), ({ count }) => Number(count));
}

/** Whether a row exists. */
export function runExists(asked: QueryParts): Eventual<boolean> {
  const parts = toLinked(asked);
  const { select } = parts;
  if (isNever(select)) return false;
  const one: Node = { kind: "sql", texts: ["1"], parts: [], type: undefined, isNullable: false };
  const base = isPlain(select) ? { ...select, extra: [], order: [] } : { ...selectAll(select.root), from: select, signal: select.signal };
  const state: SelectState = { ...base, columns: [{ name: "one", node: one }], limit: 1 };
  return after(readRaw(contextFor(parts), state), ({ rows }) => rows.length > 0);
}

/** Maximum number of rows on a page. */
const pageMax = 1_000;

/** Pages consist of rows, and set the limit themselves. Throws `E_QUERY_FORM`. */
function assertPaged({ select, output }: QueryParts, method: string): void {
  const what = output.kind === "rows" || method === "numberedPage()" ? undefined : "plain values";
  const limited = select.limit !== undefined || select.offset !== undefined ? "a limit" : undefined;
  const wrong = what ?? limited ?? (select.group.length > 0 ? "groups" : undefined);
  if (wrong !== undefined)
    throw new GableError("E_QUERY_FORM", `A query cannot have ${method} together with ${wrong}.`, {
      fix: "Page the rows, and read the values of each.",
    });
}

/** Returns a keyset page. */
export async function runPage(asked: QueryParts, options: PageOptions): Promise<Page<unknown>> {
  assertKnownOptions("page()", options, { size: true, after: "string", before: "string" });
  const { size, after: next, before } = options;
  assertCount(size, "page(): size", 1, pageMax);
  if (next !== undefined && before !== undefined)
    throw new GableError("E_CURSOR", "page() got both after and before.", { fix: "Pass one of them." });
  assertPaged(asked, "page()");
  const parts = toLinked(asked);
  const context = contextFor(parts);
  const { select } = parts;
  const sent = toOrdered(parts);
  const order = toTotalOrder(select.root, sent.order);
  const cursor = next ?? before;
  const isBefore = before !== undefined;
  const conditions = select.where === undefined ? [] : [select.where];
  if (cursor !== undefined) conditions.push(readCursor(context.database.primary ?? context.database, order, cursor, isBefore));
  const values = order.map(({ node }, index) => ({ name: `$order${index}`, node }));
  const state: SelectState = {
    ...sent,
    where: allOf(conditions),
    extra: [...select.extra, ...values],
    order: isBefore ? order.map(reverse) : order,
    limit: literal(size + 1, valueTypes.int, "limit"),
  };
  if (isNever(state)) return { items: [], next: undefined, previous: undefined };
  const full = withComputed(state);
  const { plan, rows } = await readRaw(context, full);
  const hasMore = rows.length > size;
  const shown = isBefore ? rows.slice(0, size).toReversed() : rows.slice(0, size);
  const mode = parts.mode ?? context.database.fetchMode;
  const items = hydrateRows(parts.model, plan, shown, { context, mode, fields: full.fields, extra: full.extra });
  await loadWith(context, items, parts.with, mode);
  const first = plan.names.length - values.length;
  const cursorOf = (row: (typeof rows)[number] | undefined): string | undefined =>
    row === undefined ? undefined : writeCursor(context.database.primary ?? context.database, order, row.slice(first));
  return {
    items,
    next: hasMore || isBefore ? cursorOf(shown.at(-1)) : undefined,
    previous: (isBefore ? hasMore : next !== undefined) ? cursorOf(shown[0]) : undefined,
  };
}

function reverse(term: SelectState["order"][number]): SelectState["order"][number] {
  const nulls = term.nulls === undefined ? undefined : term.nulls === "first" ? "last" : "first";
  return { node: term.node, isDescending: !term.isDescending, nulls };
}

/** Rows beyond this number cannot be reached by a page number. */
const offsetMax = 10_000;

/** Returns a page by its number. */
export async function runNumberedPage(parts: QueryParts, options: NumberedPageOptions): Promise<NumberedPage<unknown>> {
  assertKnownOptions("numberedPage()", options, ["number", "size", "countMax"]);
  const { number, size, countMax = 10_000 } = options;
  assertCount(size, "numberedPage(): size", 1, pageMax);
  assertCount(number, "numberedPage(): number", 1, Number.MAX_SAFE_INTEGER);
  assertCount(countMax, "numberedPage(): countMax", 1, Number.MAX_SAFE_INTEGER);
  assertPaged(parts, "numberedPage()");
  const offset = (number - 1) * size;
  if (offset > offsetMax)
    throw new GableError("E_LIMIT", `Page ${number} of ${size} rows starts after row ${offsetMax}.`, {
      fix: "Use page(), which continues from a cursor.",
      status: 400,
    });
  const { select } = parts;
  const counted = { ...parts, select: { ...select, limit: countMax + 1 } };
  const found = await runCount(counted);
  const order = toTotalOrder(select.root, toOrdered(parts).order);
  const limit = literal(size, valueTypes.int, "limit");
  const items = await runQuery({ ...parts, select: { ...select, order, limit, offset: literal(offset, valueTypes.int, "offset") } });
  const total = Math.min(found, countMax);
  return { items, number, total, isTotalExact: found <= countMax, pageCount: Math.ceil(total / size) };
}

/** Returns the query with the default order and computed values of the model. */
function toSent(parts: QueryParts): SelectState {
  const ordered = toOrdered(parts);
  return parts.output.kind === "rows" ? withComputed(ordered) : ordered;
}

/** Yields rows one by one, read in batches. */
export async function* runStream(asked: QueryParts, batch: number): AsyncGenerator<unknown> {
  const parts = toLinked(asked);
  assertCount(batch, "stream(): batch", 1, 100_000);
  const context = contextFor(parts);
  const mode = parts.mode ?? context.database.fetchMode;
  const state = toSent(parts);
  if (parts.output.kind === "selection")
    throw new GableError("E_QUERY_FORM", "A query with select() cannot be streamed.", { fix: "Stream rows, or use values()." });
  for await (const { plan, rows } of streamRaw(context, state, batch)) {
    if (parts.output.kind === "rows") {
      const instances = hydrateRows(parts.model, plan, rows, { context, mode, fields: state.fields, extra: state.extra });
      await loadWith(context, instances, parts.with, mode);
      yield* instances;
    } else if (parts.output.kind === "records") yield* toRecords(plan, rows);
    else yield* toRecords(plan, rows).map((record) => Object.values(record)[0]);
  }
}

/** Returns the statement of a query, with its values. */
export function toStatement(asked: QueryParts): { sql: string; parameters: readonly unknown[] } {
  const parts = toLinked(asked);
  const { dialect, plans } = contextFor(parts).database;
  const { plan, parameters } = planSelect(dialect, plans, toSent(parts));
  return { sql: plan.sql, parameters };
}

/** Returns how the database would run a query. */
export async function explainQuery(asked: QueryParts, isAnalyzed: boolean): Promise<string> {
  const parts = toLinked(asked);
  const context = contextFor(parts);
  const { dialect, plans } = context.database;
  const { plan, parameters } = planSelect(dialect, plans, toSent(parts));
  const { rows } = await runStatement(context, { sql: dialect.explain(plan.sql, isAnalyzed), parameters, rows: "arrays" }, false);
  return toPlanText(rows);
}
