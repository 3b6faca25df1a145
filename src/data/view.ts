/** Views: models whose rows come from a query, and which nobody writes. */
import type { InstanceApi, ModelStatic, RelationProperties, RowOf } from "./model.ts";
import { Model } from "./model.ts";
import { runStatement } from "./run/execute.ts";
import type { FieldMap, ModelOptions, RowValues } from "./schema/model.ts";
import type { ModelClass } from "./schema/model-class.ts";
import type { QueryText } from "./schema/table-state.ts";
import { contextOf } from "./run/context.ts";

/** What a view is: its query, and those options of a model that are not about writing. */
export interface ViewOptions<Fields = FieldMap> extends Pick<
  ModelOptions<Fields>,
  "label" | "labelPlural" | "display" | "orderBy" | "primary" | "managed" | "scope" | "database"
> {
  /** The query: one for all databases, or one for each kind. Its columns have the names of the view's. */
  readonly sql: QueryText;
  /** Texts that a search looks into. None by default. */
  readonly search?: ReadonlyArray<keyof Fields & string>;
  /** Whether PostgreSQL keeps the rows until `refresh()`; others compute them with each query. Default false. */
  readonly materialized?: true;
}

/** What every class of a view can do: all that reads. */
export interface ViewStatic<Fields> extends Omit<
  ModelStatic<Fields>,
  "validate" | "withDeleted" | "build" | "create" | "createMany" | "upsert" | "getOrCreate" | "updateMany"
> {
  /**
   * Computes the rows anew of a view that keeps them, while others read the former ones. Where the database keeps none, they are
   * new at any time, and nothing is done.
   */
  refresh(): Promise<void>;
}

/** What rows of views can do. */
export type ViewInstanceApi<Fields> = Pick<InstanceApi<Fields>, "reload" | "load" | "toJSON">;

/**
 * The base class of a view: its name, its fields as the query names columns, and the query. One of the fields, or the
 * option `primary`, tells the rows apart. Migrations make it, and make it anew when it or what it reads has changed.
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
  // What is neither is reported with all mistakes of models, when they are opened.
  const given: unknown = typeof query === "object" && query !== null ? query : { sql: query };
  const { sql, materialized, ...options } = given as ViewOptions<Fields>; // It has its keys, if any.
  const view = { sql, ...(materialized !== undefined && { materialized }) };
  const Base = Model(name, fields, { ...options, view } as unknown as ModelOptions<Fields>); // Models keep it beside their options.
  Object.defineProperty(Base, "refresh", {
    value(this: ModelClass) {
      return refreshView(this);
    },
  });
  return Base as unknown as ReturnType<typeof View<Table, Fields>>; // It lacks what writes in types alone: that fails when it runs.
}

async function refreshView(model: ModelClass): Promise<void> {
  const context = contextOf(model);
  const { dialect } = context.database;
  if (model.$options.view?.materialized !== true || !dialect.tables.hasMaterializedViews) return;
  const sql = `REFRESH MATERIALIZED VIEW CONCURRENTLY ${dialect.quote(model.$table)}`;
  await runStatement(context, { sql, parameters: [], rows: "none" }, true);
}
