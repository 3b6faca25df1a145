/** Queries: lazy, immutable, and run when you await them. */
import { assertKnownOptions, describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import { atHome } from "../rows/home.ts";
import { deleteWithFollowers, restoreWithFollowers } from "../rows/soft-delete.ts";
import { deleteRows, updateRows } from "../rows/write-many.ts";
import type { FieldsOf, KeyOf } from "../schema/model.ts";
import type { ModelClass } from "../schema/model-class.ts";
import { softDeleteField } from "../schema/soft-delete.ts";
import { assertField } from "../schema/validate-row.ts";
import type { FetchMode } from "../run/database-core.ts";
import { runIn } from "../run/context.ts";
import { after } from "../schema/eventual.ts";
import { toCondition } from "../tree/expression.ts";
import type { AnyExpression, Condition } from "../schema/expression-types.ts";
import { readFilter } from "../tree/filter.ts";
import { hasAggregate, readGroupColumns } from "../tree/group.ts";
import { keyNodes } from "../tree/keys.ts";
import { assertCount, readCount } from "../tree/limits.ts";
import type { SameQuery, ValueOrder } from "./combine.ts";
import { combineQueries, isCombinedValues, readValueOrder } from "./combine.ts";
import type { Node, RootSource, SelectState, SetOperator } from "../tree/node.ts";
import { columnNode, selectAll } from "../tree/node.ts";
import { allOf, inList, isNull, notOf } from "../tree/conditions.ts";
import { readOrder } from "../tree/order.ts";
import type { NumberedPage, NumberedPageOptions, Page, PageOptions } from "./page.ts";
import type { DeletePreview } from "./preview-delete.ts";
import { previewDelete } from "./preview-delete.ts";
import { formError, readColumns, readDistinct, readGroup, readKeyOrWhere, rowMissing, settle, isTakenName } from "./query-arguments.ts";
import { assertChangeable, assertUngrouped } from "./changeable.ts";
import type { QueryParts } from "./query-run.ts";
import {
  contextFor,
  explainQuery,
  hideDeleted,
  runAggregate,
  runCount,
  runExists,
  runFirst,
  runNumberedPage,
  runPage,
  runQuery,
  runStream,
  toLinked,
  toStatement,
} from "./query-run.ts";
import type {
  ColumnName,
  ColumnValue,
  DistinctName,
  ExactSelection,
  Expressions,
  Filter,
  KeyOrWhere,
  Loaded,
  LockOptions,
  OrderBy,
  Refs,
  Selected,
  Selection,
  Update,
  ValuesOf,
  With,
} from "../tree/query-types.ts";
import { readCallback } from "../tree/refs.ts";
import { readSearch } from "../tree/search.ts";
import { readSelection } from "../rows/selection.ts";
import { readWith } from "../rows/with.ts";

type Changed = Partial<Omit<QueryParts, "select">> & { readonly select?: Partial<SelectState> };

/** A query of a model's rows. */
export class Query<Class, Item> implements PromiseLike<Item[]> {
  /** Type of an item, where the query is used as a list; never set. */
  declare readonly $column: Item;
  /** The model; never set. */
  declare readonly $class: Class;
  readonly #parts: QueryParts;

  /** @internal Use the functions of a model. */
  constructor(parts: QueryParts) {
    this.#parts = parts;
  }

  /** @internal The query as data. */
  get $state(): SelectState {
    return toLinked(this.#parts).select;
  }

  /** Returns a query of all rows of a model, or of a row's relation. */
  static relatedParts(model: ModelClass, related: QueryParts["related"]): QueryParts {
    const root: RootSource = { kind: "root", model };
    return {
      model,
      select: selectAll(root),
      output: { kind: "rows" },
      with: [],
      isAll: false,
      mode: undefined,
      isDeletedShown: model.$meta.softDelete === "",
      signal: undefined,
      timeoutMs: undefined,
      place: undefined,
      related,
    };
  }

  /** Returns a query of all rows of a model. */
  static of<Class, Item>(model: ModelClass): Query<Class, Item> {
    return new Query(Query.relatedParts(model, undefined));
  }

  #with<Other = Item>(changed: Changed): Query<Class, Other> {
    return new Query({ ...this.#parts, ...changed, select: { ...this.#parts.select, ...changed.select } });
  }

  get #root(): RootSource {
    return this.#parts.select.root;
  }

  /** Runs the query: awaiting it does. */
  then<Result = Item[], Failure = never>(
    onResult?: ((items: Item[]) => Result | PromiseLike<Result>) | null,
    onError?: ((error: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Result | Failure> {
    return settle<Item[]>(() => runQuery(this.#parts)).then(onResult, onError);
  }

  /** Finds rows that match a filter, in addition to earlier filters. Filters the rows of a limited query after the limit. */
  where(...filters: ReadonlyArray<Filter<Class>>): Query<Class, Item> {
    return filters.length === 0 ? this : this.#filter(filters.map((filter) => readFilter(this.#root, filter, "where")));
  }

  /** Finds exactly the rows that do not match a filter. */
  exclude(filter: Filter<Class>): Query<Class, Item> {
    return this.#filter([notOf(readFilter(this.#root, filter, "exclude"))]);
  }

  #filter(conditions: readonly Node[]): Query<Class, Item> {
    const { select } = this.#parts;
    this.#assertRows("where()");
    if (select.group.length > 0) throw formError("where() after groupBy()", "Call it before groupBy(), or use having().");
    if (select.limit === undefined && select.offset === undefined)
      return this.#with({ select: { where: allOf([...(select.where === undefined ? [] : [select.where]), ...conditions]) } });
    const inner: SelectState = { ...hideDeleted(this.#parts).select, columns: undefined, extra: [] };
    return this.#with({
      isDeletedShown: true,
      select: {
        ...selectAll(select.root),
        from: inner,
        order: select.order,
        columns: select.columns,
        extra: select.extra,
        where: allOf(conditions),
      },
    });
  }

  /** Combines the rows of queries, without duplicates. They must be of one model, or values() with the same names. */
  union(...others: ReadonlyArray<SameQuery<Item>>): Query<Class, Item> {
    return this.#combine("UNION", others);
  }

  /** Combines the rows of queries, with duplicates. */
  unionAll(...others: ReadonlyArray<SameQuery<Item>>): Query<Class, Item> {
    return this.#combine("UNION ALL", others);
  }

  /** Finds rows that occur in this and all other queries, without duplicates. */
  intersect(...others: ReadonlyArray<SameQuery<Item>>): Query<Class, Item> {
    return this.#combine("INTERSECT", others);
  }

  /** Finds rows of this query that occur in none of the others, without duplicates. */
  except(...others: ReadonlyArray<SameQuery<Item>>): Query<Class, Item> {
    return this.#combine("EXCEPT", others);
  }

  #combine(operator: SetOperator, others: ReadonlyArray<SameQuery<Item>>): Query<Class, Item> {
    const parts = others.map((other) => {
      if (other instanceof Query) return other.#parts as QueryParts; // Of any model and item.
      throw formError(`${operator} with ${describeValue(other)}`, "Pass queries.");
    });
    return parts.length === 0 ? this : new Query(combineQueries(operator, [this.#parts, ...parts]));
  }

  /**
   * Finds rows whose `search` fields contain a word starting with each word of `text`. Case-insensitive. With an index, the best
   * matches come first. A string without words finds no rows. Throws `E_SEARCH_FIELDS`.
   */
  search(text: string): Query<Class, Item> {
    const { where, order } = readSearch(this.#root, text);
    const found = this.#filter([where]);
    return this.#parts.select.order.length > 0 || order.length === 0 ? found : found.#with({ select: { order } });
  }

  /** Selects all rows, which lets you call update() and delete() without a filter. */
  all(): Query<Class, Item> {
    return this.#with({ isAll: true });
  }

  /** Includes soft-deleted rows. Throws `E_SOFT_DELETE` for a model without soft delete. */
  withDeleted(): Query<Class, Item> {
    softDeleteField(this.#parts.model, "withDeleted()");
    if (this.#parts.select.from !== undefined)
      throw formError("withDeleted() after limited or combined rows", "Call it before limit(), union() and similar methods.");
    return this.#with({ isDeletedShown: true });
  }

  /** Orders the rows. Null counts as the largest value. */
  orderBy(...order: ReadonlyArray<OrderBy<Class> | ValueOrder<Item>>): Query<Class, Item> {
    const isValues = isCombinedValues(this.#parts);
    const { select } = this.#parts;
    return this.#with({ select: { order: isValues ? readValueOrder(select, order) : readOrder(this.#root, order, select.columns) } });
  }

  /** Returns at most this many rows. */
  limit(count: number): Query<Class, Item> {
    return this.#with({ select: { limit: readCount(count, "limit()") } });
  }

  /** Skips this many rows at the start. */
  offset(count: number): Query<Class, Item> {
    return this.#with({ select: { offset: readCount(count, "offset()") } });
  }

  /** Removes duplicate rows. With column names, keeps the first row for each combination of their values. */
  distinct(...names: ReadonlyArray<DistinctName<Class>>): Query<Class, Item> {
    if (names.length > 0) this.#assertRows("distinct() by names");
    const nodes = readDistinct(this.#root, names);
    return this.#with({ select: { distinct: nodes.length === 0 ? true : nodes } });
  }

  /** Locks the rows until the transaction ends. Throws `E_LOCK_OUTSIDE_TRANSACTION` if it runs outside of one. */
  lock(strength: "update" | "share", options: LockOptions = {}): Query<Class, Item> {
    assertKnownOptions("lock()", options, { skipLocked: "boolean", noWait: "boolean" });
    const { skipLocked = false, noWait = false } = options;
    if (strength !== "update" && strength !== "share") throw formError(`lock(${describeValue(strength)})`, 'Use "update" or "share".');
    if (skipLocked && noWait) throw formError("lock() with skipLocked and noWait", "Leave one of them out.");
    if (this.#parts.select.combined.length > 0)
      throw formError("lock() after combined queries", "Read the keys first, and lock their rows.");
    return this.#with({ select: { lock: { strength, wait: skipLocked ? "skip" : noWait ? "fail" : "wait" } } });
  }

  /** Sets how a relation is loaded when code reads it before it was loaded. By default the setting of the database. */
  fetchMode(mode: FetchMode): Query<Class, Item> {
    return this.#with({ mode });
  }

  /**
   * Cancels the statement of the query when a signal aborts, for example that of a request. Awaiting the query then throws the
   * signal's reason. SQLite does not cancel a running statement.
   */
  signal(signal: AbortSignal): Query<Class, Item> {
    if (!(signal instanceof AbortSignal)) throw formError(`signal() of ${describeValue(signal)}`, "Pass an AbortSignal.");
    return this.#with({ signal });
  }

  /** Cancels the statement of the query after this many ms: `E_STATEMENT_TIMEOUT`. SQLite does not cancel a running statement. */
  timeoutMs(limitMs: number): Query<Class, Item> {
    assertCount(limitMs, "timeoutMs()", 1, 2 ** 31 - 1);
    return this.#with({ timeoutMs: limitMs });
  }

  /**
   * Reads from a replica if there is one, except inside a transaction and after a write of the same request. In
   * work that runs on a replica, reads from the primary database.
   */
  on(place: "replica" | "primary"): Query<Class, Item> {
    if (place !== "replica" && place !== "primary") throw formError(`on(${describeValue(place)})`, 'Use "replica" or "primary".');
    return this.#with({ place: { kind: place } });
  }

  /** Runs on a database with this name, one of those that were opened together. Running it throws `E_DATABASE_UNKNOWN`. */
  using(name: string): Query<Class, Item> {
    return this.#with({ place: { kind: "named", name } });
  }

  /** Runs a change in the database of the query, or of the row whose relation it reads. Throws `E_QUERY_FORM` for a replica. */
  #writes(method: string, work: () => Promise<number>): Promise<number> {
    const { place, related } = this.#parts;
    if (place?.kind === "replica") throw formError(`${method}() on a replica`, "Leave out on().");
    if (place !== undefined) return runIn(contextFor(this.#parts), work);
    return related === undefined ? work() : atHome(related.row, work);
  }

  /** Loads relations with the rows. */
  with<const Wanted extends With<Class>>(wanted: Wanted): Query<Class, Loaded<Class, Item, Wanted>> {
    return this.#with({ with: [...this.#parts.with, ...readWith(this.#parts.model, wanted)] });
  }

  /**
   * Reads only some columns of the rows, and the key. Reading another property throws `E_COLUMN_DEFERRED` until load() of a row
   * has read it for all of them.
   */
  only(...names: ReadonlyArray<ColumnName<Class>>): Query<Class, Item> {
    this.#assertRows("only()");
    if (this.#parts.output.kind !== "rows") throw formError("only() together with plain values", "Leave one of them out.");
    if (names.length === 0) throw formError("only() without names", "Name the columns to read.");
    return this.#with({ output: { kind: "rows", only: names.map((name) => assertField(this.#parts.model, name).name) } });
  }

  /** Returns plain objects with some columns and relations. */
  select<const Wanted extends Selection<Class>>(
    wanted: Wanted & ExactSelection<FieldsOf<Class>, Wanted>,
  ): Query<Class, Selected<Class, Wanted>> {
    this.#assertRows("select()");
    return this.#with({ output: { kind: "selection", plan: readSelection(this.#parts.model, wanted) } });
  }

  /** Adds values to the columns of each row. */
  annotate<Picked extends Expressions>(pick: (row: NoInfer<Refs<Class>>) => Picked): Query<Class, Item & Readonly<ValuesOf<Picked>>> {
    this.#assertRows("annotate()");
    const columns = readColumns(this.#root, pick);
    for (const { name } of columns)
      if (isTakenName(this.#parts.model, name)) throw formError(`annotate() of "${name}"`, "Choose a name that the model does not have.");
    return this.#with({ select: { extra: [...this.#parts.select.extra, ...columns] } });
  }

  /** Returns plain objects of expressions; after groupBy(), of keys and aggregates. */
  values<Picked extends Expressions>(pick: (row: NoInfer<Refs<Class>>) => Picked): Query<Class, ValuesOf<Picked>> {
    this.#assertRows("values()");
    const columns = readColumns(this.#root, pick);
    const { group } = this.#parts.select;
    const isGrouped = group.length > 0 || columns.some(({ node }) => hasAggregate(node));
    return this.#with({
      output: { kind: "records" },
      select: { columns: isGrouped ? readGroupColumns(columns, group) : columns, extra: [] },
    });
  }

  /** Returns one column as a list; also for `in`. */
  pluck<Name extends ColumnName<Class>>(name: Name): Query<Class, ColumnValue<Class, Name>> {
    this.#assertRows("pluck()");
    const node = columnNode(this.#root, assertField(this.#parts.model, name));
    return this.#with({ output: { kind: "column" }, select: { columns: [{ name, node }], extra: [] } });
  }

  /** Groups the rows by keys. values() selects what to read of each group. */
  groupBy(pick: (row: NoInfer<Refs<Class>>) => ReadonlyArray<AnyExpression<unknown>>): Query<Class, Item> {
    this.#assertRows("groupBy()");
    return this.#with({ select: { group: readGroup(this.#root, pick) } });
  }

  /** Keeps groups that match a condition. */
  having(pick: (row: NoInfer<Refs<Class>>) => Condition): Query<Class, Item> {
    const { group } = this.#parts.select;
    const condition = toCondition(readCallback(pick, this.#root));
    return this.#with({ select: { having: readGroupColumns([{ name: "having", node: condition }], group)[0]!.node } });
  }

  /** Rejects methods that need columns of a model, which combined values do not have. */
  #assertRows(method: string): void {
    if (isCombinedValues(this.#parts))
      throw formError(
        `${method} after combined values`,
        "Call it on each query before combining them. Afterwards use orderBy() with names, limit() and offset().",
      );
  }

  /** Returns the row of a key or a filter. Throws `E_ROW_MISSING` (404) for none, `E_ROW_AMBIGUOUS` for several. */
  async get(key: KeyOrWhere<Class>): Promise<Item> {
    const found = await this.find(key);
    if (found !== undefined) return found;
    return rowMissing(this.#parts.model);
  }

  /** Returns the row of a key or a filter; undefined for none. Throws `E_ROW_AMBIGUOUS` for several. */
  find(key: KeyOrWhere<Class>): Promise<Item | undefined> {
    return settle(() => {
      const query = this.#filter([readKeyOrWhere(this.#root, key)]);
      return after(runFirst(query.#parts, 2), (rows) => {
        if (rows.length < 2) return rows[0] as Item | undefined; // The query reads items.
        throw new GableError("E_ROW_AMBIGUOUS", `Several rows of ${this.#parts.model.$meta.name} match.`, {
          fix: "Use where() and first(), or filter by a unique key.",
        });
      });
    });
  }

  /** Returns the first row; undefined for none. */
  first(): Promise<Item | undefined> {
    return settle(() => after(runFirst(this.#parts, 1), (rows) => rows[0] as Item | undefined)); // The query reads items.
  }

  /** Returns rows by their keys, in the order of the keys, with one statement. Leaves out missing rows. */
  async getMany(keys: ReadonlyArray<KeyOf<Class>>): Promise<Item[]> {
    const { model, output } = this.#parts;
    if (output.kind !== "rows") throw formError("getMany() together with plain values", "Read rows, or use where() with in.");
    const [name, ...more] = model.$meta.primary;
    if (more.length > 0) throw formError("getMany() of a key of several fields", "Use where() with or.");
    const column = columnNode(this.#root, assertField(model, name!));
    const values = keys.map((key, index) => keyNodes(model, key, `getMany()[${index}]`)[0]!.value);
    const rows = await this.#filter([inList(column, values, false)]);
    const known = new Map(rows.map((row) => [(row as Readonly<Record<string, unknown>>)[name!], row])); // Rows have their key.
    return values.flatMap((value) => known.get(value) ?? []);
  }

  /** Counts the rows, or those that also match filters. */
  count(...filters: ReadonlyArray<Filter<Class>>): Promise<number> {
    return settle(() => runCount(this.where(...filters).#parts));
  }

  /** Whether a row exists, or one that also matches filters. */
  exists(...filters: ReadonlyArray<Filter<Class>>): Promise<boolean> {
    return settle(() => runExists(this.where(...filters).#parts));
  }

  /** Returns values over all rows, as one object. */
  aggregate<Picked extends Expressions>(pick: (row: NoInfer<Refs<Class>>) => Picked): Promise<ValuesOf<Picked>> {
    this.#assertRows("aggregate()");
    return settle(() => runAggregate(this.#parts, readGroupColumns(readColumns(this.#root, pick), [])));
  }

  /** Returns a page of rows, by the cursor of its neighbour. Throws `E_CURSOR` (400) for a cursor of another list. */
  page(options: PageOptions): Promise<Page<Item>> {
    return runPage(this.#parts, options) as Promise<Page<Item>>; // The query reads items.
  }

  /** Returns a page of rows, by its number. */
  numberedPage(options: NumberedPageOptions): Promise<NumberedPage<Item>> {
    this.#assertRows("numberedPage()");
    return runNumberedPage(this.#parts, options) as Promise<NumberedPage<Item>>; // The query reads items.
  }

  /** Yields rows one by one, read in batches. Loads relations for a whole batch. */
  stream(options: { readonly batch?: number } = {}): AsyncGenerator<Item> {
    assertKnownOptions("stream()", options, { batch: "count" });
    return runStream(this.#parts, options.batch ?? 500) as AsyncGenerator<Item>; // The query reads items.
  }

  /** Updates all rows of the query with one statement, without hooks. Returns their number. */
  async update(values: Update<Class>): Promise<number> {
    assertChangeable(this.#parts, "update");
    return this.#writes("update", () => updateRows(this.#parts.model, toLinked(this.#parts).select, values));
  }

  /** Deletes all rows of the query with one statement, without hooks. With soft delete, records when. Returns their number. */
  async delete(): Promise<number> {
    const { model } = this.#parts;
    if (model.$meta.softDelete === "") return this.#purge("delete");
    assertChangeable(this.#parts, "delete");
    const moment = new Date();
    return this.#writes("delete", () =>
      deleteWithFollowers(model, moment, () => updateRows(model, toLinked(this.#parts).select, { [model.$meta.softDelete]: moment })),
    );
  }

  /** Deletes all rows of the query permanently, with one statement and without hooks. Returns their number. */
  async purge(): Promise<number> {
    return this.#purge("purge");
  }

  #purge(method: string): Promise<number> {
    assertChangeable(this.#parts, method);
    return this.#writes(method, () => deleteRows(this.#parts.model, toLinked(this.#parts).select));
  }

  /**
   * Returns what delete() would do: rows that it would delete, rows deleted with them, rows that would lose their relation, and rows that
   * prevent it. Counts at most this many of each kind. Leaves out links of many-to-many relations. Changes nothing.
   */
  async previewDelete(options: { readonly countMax?: number } = {}): Promise<DeletePreview[]> {
    assertKnownOptions("previewDelete()", options, { countMax: true });
    assertUngrouped(this.#parts.select, "previewDelete()");
    return previewDelete(this.#parts.model, this, (model) => Query.of(model), options.countMax === undefined ? 1_000 : options.countMax);
  }

  /** Restores the soft-deleted rows of the query, without hooks. Returns their number. Throws `E_SOFT_DELETE` like withDeleted(). */
  async restore(): Promise<number> {
    assertChangeable(this.#parts, "restore");
    const field = softDeleteField(this.#parts.model, "restore()");
    const { where } = this.#parts.select;
    const isDeleted = isNull(columnNode(this.#root, field), true);
    // Combined with the filter, so that a limit counts deleted rows.
    const deleted = this.withDeleted().#with({ select: { where: allOf(where === undefined ? [isDeleted] : [where, isDeleted]) } });
    const { model } = this.#parts;
    const { select } = toLinked(deleted.#parts);
    return this.#writes("restore", () => restoreWithFollowers(model, select, () => updateRows(model, select, { [field.name]: null })));
  }

  /** Returns the statement of the query, with its values in the form of the database. */
  toSql(): { sql: string; parameters: readonly unknown[] } {
    return toStatement(this.#parts);
  }

  /** Returns how the database would run the query; `analyze` runs it if the database supports that. */
  async explain(options: { readonly analyze?: boolean } = {}): Promise<string> {
    assertKnownOptions("explain()", options, { analyze: "boolean" });
    return explainQuery(this.#parts, options.analyze ?? false);
  }
}
