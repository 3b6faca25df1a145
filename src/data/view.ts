/** Views: read-only models whose rows come from a query. */
import type { InstanceApi, ModelStatic, RelationProperties, RowOf } from "./model.ts";
import { Model } from "./model.ts";
import { runStatement } from "./run/execute.ts";
import type { FieldMap, ModelOptions, RowValues } from "./schema/model.ts";
import type { ModelClass } from "./schema/model-class.ts";
import type { QueryText } from "./schema/table-state.ts";
import { contextOf } from "./run/context.ts";

/** Options of a view: its query, and the options of a model that do not concern writing. */
export interface ViewOptions<Fields = FieldMap> extends Pick<
  ModelOptions<Fields>,
  "label" | "labelPlural" | "display" | "orderBy" | "primary" | "managed" | "scope" | "database"
> {
  /** The query: one for all databases, or one for each kind. Its columns have the names of the view's columns. */
  readonly sql: QueryText;
  /** Text fields that search() looks into. None by default. */
  readonly search?: ReadonlyArray<keyof Fields & string>;
  /** Whether PostgreSQL stores the rows until `refresh()`; otherwise each query computes them. Default false. */
  readonly materialized?: true;
}

/** Static methods of a view: those of a model that read. */
export interface ViewStatic<Fields> extends Omit<
  ModelStatic<Fields>,
  "validate" | "withDeleted" | "build" | "create" | "createMany" | "upsert" | "getOrCreate" | "updateMany"
> {
  /**
   * Computes the rows of a materialized view again, while others can still read the old ones. Does nothing if the database does not
   * store the rows.
   */
  refresh(): Promise<void>;
}

/** Methods of rows of views. */
export type ViewInstanceApi<Fields> = Pick<InstanceApi<Fields>, "reload" | "load" | "toJSON">;

/**
 * The base class of a view: its name, its fields and its query, whose columns are named like the fields. One field, or the
 * option `primary`, identifies the rows. Migrations create the view, and create it again when it or what it reads has changed.
 *
 * @example
 * class AuthorStats extends View(
 *   "author_stats",
 *   { author: () => belongsTo(Author), books: field.int() },
 *   { primary: ["author"], sql: "SELECT author_id, count(*) AS books FROM books GROUP BY author_id" },
 * ) {}
 */
export function View<const Table extends string, Fields extends FieldMap>(
  name: Table,
  fields: Fields,
  query: string | NoInfer<ViewOptions<Fields>>,
): ViewStatic<Fields> & {
  new (): RowOf<Table> & RowValues<Fields> & RelationProperties<Fields> & ViewInstanceApi<Fields>;
  readonly $table: Table;
} {
  // Anything else is reported together with all mistakes of models when a database opens.
  const given: unknown = typeof query === "object" && query !== null ? query : { sql: query };
  const { sql, materialized, ...options } = given as ViewOptions<Fields>; // It has its keys, if any.
  const view = { sql, ...(materialized !== undefined && { materialized }) };
  const Base = Model(name, fields, { ...options, view } as unknown as ModelOptions<Fields>); // Models store it with their options.
  Object.defineProperty(Base, "refresh", {
    value(this: ModelClass) {
      return refreshView(this);
    },
  });
  return Base as unknown as ReturnType<typeof View<Table, Fields>>; // Only the types omit the methods that write; those throw at run time.
}

async function refreshView(model: ModelClass): Promise<void> {
  const context = contextOf(model);
  const { dialect } = context.database;
  if (model.$options.view?.materialized !== true || !dialect.tables.hasMaterializedViews) return;
  const sql = `REFRESH MATERIALIZED VIEW CONCURRENTLY ${dialect.quote(model.$table)}`;
  await runStatement(context, { sql, parameters: [], rows: "none" }, true);
}
