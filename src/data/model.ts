/** The base class of models: the API of every model class and every row. */
import { assertKind, assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import { assertModelKinds } from "./schema/option-kinds.ts";
import { toFieldValues } from "./rows/assignments.ts";
import { Instance } from "./rows/instance.ts";
import { readRelationProperty, refuseRelationProperty } from "./query/relation-handles.ts";
import type { SchemaName, SchemaPurpose, SchemaValues, UsualSchemaName } from "./schema/schema-types.ts";
import type { RowRecord } from "./schema/row.ts";
import type { CreateManyOptions, UpsertRequest } from "./rows/write-bulk.ts";
import { getOrCreateRow, insertRows, makeRows, upsertRow } from "./rows/write-bulk.ts";
import { saveRows, updateRowsOf } from "./rows/save-rows.ts";
import type { WriteOptions } from "./rows/write-row.ts";
import { estimateRows } from "./run/estimate-count.ts";
import type { FilterFromOptions, FilterValues } from "./tree/filter-from.ts";
import { filterFrom } from "./tree/filter-from.ts";
import { findByKey } from "./rows/find-by-key.ts";
import type { AnyExpression } from "./schema/expression-types.ts";
import { queryModel } from "./rows/raw.ts";
import { Query } from "./query/query.ts";
import { rowMissing } from "./query/query-arguments.ts";
import type {
  Changes,
  ColumnName,
  Expressions,
  FieldColumnName,
  Filter,
  Insert,
  KeyOrWhere,
  OrderBy,
  Refs,
  Update,
  ValuesOf,
  Where,
} from "./tree/query-types.ts";
import { fillNewRow } from "./schema/default-values.ts";
import type { ModelMeta } from "./schema/model-class.ts";
import { toModelName } from "./schema/names.ts";
import { describeModel } from "./schema/metadata.ts";
import type { ColumnRefs, FieldMap, FieldsOf, InstanceOf, KeyOf, ModelOptions, RowValues, TargetOf } from "./schema/model.ts";
import type { AnyModelOptions, ModelClass, ModelConstructor } from "./schema/model-class.ts";
import { rowClassOf } from "./schema/model-class.ts";
import type { SchemaOptions } from "./schema/model-schema.ts";
import { ModelSchema } from "./schema/model-schema.ts";
import type { ModelErrors } from "./schema/validate-row.ts";
import { validateRow } from "./schema/validate-row.ts";

/** A relation to one row. Await it to load it, for all rows of the same result. */
export interface Lazy<Item, Key> extends PromiseLike<Item> {
  /** The key of the related row, without a query. */
  readonly id: Key;
  /** Whether the row has already been loaded. */
  readonly isLoaded: boolean;
  /** The row. Throws `E_RELATION_NOT_LOADED` if it has not been loaded. */
  readonly value: Item;
}

/** A relation to many rows, which is a query. Await it to load it, for all rows of the same result. */
export interface Related<Class, Item> extends Query<Class, Item> {
  /** Whether the rows have already been loaded. */
  readonly isLoaded: boolean;
  /** Creates a row that belongs to this one. */
  create(values: Partial<Insert<Class>>): Promise<Item>;
  /** Links rows of a many-to-many relation, given as rows or keys. `values` are stored in the join model. */
  add(others: Item | KeyOf<Class> | ReadonlyArray<Item | KeyOf<Class>>, values?: object): Promise<void>;
  /** Unlinks rows of a many-to-many relation. */
  remove(others: Item | KeyOf<Class> | ReadonlyArray<Item | KeyOf<Class>>): Promise<void>;
  /** Links exactly these rows of a many-to-many relation, and unlinks all others. */
  set(others: ReadonlyArray<Item | KeyOf<Class>>): Promise<void>;
  /** Unlinks all rows of a many-to-many relation. */
  clear(): Promise<void>;
}

/** The properties of a row's relations. */
export type RelationProperties<Fields> = {
  readonly [Name in keyof Fields as Fields[Name] extends { readonly kind: "column" } ? never : Name]: Fields[Name] extends () => {
    readonly kind: "one";
    readonly nullable: infer Nullable;
  }
    ? Lazy<
        InstanceOf<TargetOf<Fields[Name]>> | (Nullable extends true ? null : never),
        KeyOf<TargetOf<Fields[Name]>> | (Nullable extends true ? null : never)
      >
    : Related<TargetOf<Fields[Name]>, InstanceOf<TargetOf<Fields[Name]>>>;
};

/** The table of a row. It comes first in types of rows, so that the compiler rejects a row of another model without comparing relations. */
export interface RowOf<Table> {
  readonly $table: Table;
}

/** The methods of rows. */
export interface InstanceApi<Fields> {
  /** Inserts a new row, or updates the columns that have changed. Throws `E_VALIDATION`, `E_ROW_STALE`, `E_ROW_MISSING`. */
  save(options?: WriteOptions): Promise<this>;
  /** Sets columns, and relations as rows or keys. An undefined value changes nothing. Nothing is stored until `save()`. */
  set(values: Changes<Fields>): this;
  /** Reads all columns again. Throws `E_ROW_MISSING`. */
  reload(): Promise<this>;
  /** Reads columns that `only()` left out, for all rows of the result. Throws `E_ROW_MISSING`. */
  load(...names: ReadonlyArray<FieldColumnName<Fields>>): Promise<this>;
  /** Deletes the row. With soft delete, records when. Throws `E_ROW_STALE`, `E_ROW_MISSING`, `E_DELETE_RESTRICTED`. */
  delete(): Promise<void>;
  /** Deletes the row permanently, even with soft delete. Throws the errors of `delete()`. */
  purge(): Promise<void>;
  /** Restores a row that was soft-deleted. Throws `E_SOFT_DELETE` for a model without soft delete. */
  restore(): Promise<this>;
  /** Returns the columns without secrets, the values that the query added, and the relations that were loaded with the row. */
  toJSON(): Record<string, unknown>;
}

/** The class that a static method is called on. */
interface AnyModel {
  readonly $fields: object;
  new (): object;
}

/** The static methods of model classes. */
export interface ModelStatic<Fields> {
  /** The fields as written. */
  readonly $fields: Fields;
  /** The options as written. */
  readonly $options: AnyModelOptions;
  /** Metadata of the model, as frozen data. */
  readonly $meta: ModelMeta;
  /** Validates values of a row. Returns messages by field, with `$model` for the whole row; empty if the values are valid. */
  validate(values: Readonly<Record<string, unknown>>, options?: { readonly isPartial?: boolean }): Promise<ModelErrors>;
  /** Returns a Standard Schema of the model's fields, for forms and APIs. */
  schema<
    const Purpose extends SchemaPurpose,
    const Name extends SchemaName<Fields, Purpose> = UsualSchemaName<Fields, Purpose>,
    const Left extends SchemaName<Fields, Purpose> = never,
  >(
    options: SchemaOptions<Purpose, Name, Left>,
  ): ModelSchema<SchemaValues<Fields, Purpose, Exclude<Name, Left>>>;
  /** Finds rows that match all filters. Without a filter, finds all rows. */
  where<Class extends AnyModel>(this: Class, ...filters: ReadonlyArray<Filter<Class>>): Query<Class, InstanceOf<Class>>;
  /** Finds rows that do not match a filter. */
  exclude<Class extends AnyModel>(this: Class, filter: Filter<Class>): Query<Class, InstanceOf<Class>>;
  /** Finds rows that contain the words of `text`, like `Query.search()`. Throws `E_SEARCH_FIELDS`. */
  search<Class extends AnyModel>(this: Class, text: string): Query<Class, InstanceOf<Class>>;
  /** Finds all rows, and allows `update()` and `delete()` without a filter. */
  all<Class extends AnyModel>(this: Class): Query<Class, InstanceOf<Class>>;
  /** Finds all rows, including soft-deleted ones. Throws `E_SOFT_DELETE` for a model without soft delete. */
  withDeleted<Class extends AnyModel>(this: Class): Query<Class, InstanceOf<Class>>;
  /** Finds all rows in an order. */
  orderBy<Class extends AnyModel>(this: Class, ...order: ReadonlyArray<OrderBy<Class>>): Query<Class, InstanceOf<Class>>;
  /** Returns the row of a key or a filter. Throws `E_ROW_MISSING` (404) for none, `E_ROW_AMBIGUOUS` for several. */
  get<Class extends AnyModel>(this: Class, key: KeyOrWhere<Class>): Promise<InstanceOf<Class>>;
  /** Returns the row of a key or a filter, or undefined. Throws `E_ROW_AMBIGUOUS` for several. */
  find<Class extends AnyModel>(this: Class, key: KeyOrWhere<Class>): Promise<InstanceOf<Class> | undefined>;
  /** Returns rows by their keys, in the order of the keys. Leaves out missing rows. */
  getMany<Class extends AnyModel>(this: Class, keys: ReadonlyArray<KeyOf<Class>>): Promise<Array<InstanceOf<Class>>>;
  /** Returns the first row, or undefined. */
  first<Class extends AnyModel>(this: Class): Promise<InstanceOf<Class> | undefined>;
  /** Counts the rows, or those that match filters. */
  count<Class extends AnyModel>(this: Class, ...filters: ReadonlyArray<Filter<Class>>): Promise<number>;
  /**
   * Returns the approximate number of rows from the statistics of the database, in constant time. Counts the rows if there are no
   * statistics, or if the model has a scope or soft delete.
   */
  estimateCount(): Promise<number>;
  /** Whether any row exists, or one that matches filters. */
  exists<Class extends AnyModel>(this: Class, ...filters: ReadonlyArray<Filter<Class>>): Promise<boolean>;
  /** Returns aggregates of all rows as one object. */
  aggregate<Class extends AnyModel, Picked extends Expressions>(
    this: Class,
    pick: (row: NoInfer<Refs<Class>>) => Picked,
  ): Promise<ValuesOf<Picked>>;
  /** Returns rows from your own SQL, which must select all columns of the table. Further columns become additional values. */
  fromSql<Class extends AnyModel>(this: Class, statement: AnyExpression<unknown>): Promise<Array<InstanceOf<Class>>>;
  /**
   * Turns a query string or a form into a filter, limited to what you allow: `?status=draft&pages.gte=100`. Ignores empty values.
   * Throws `E_FILTER_UNKNOWN` and `E_FILTER_VALUE`, both with status 400.
   */
  filterFrom<Class extends AnyModel>(
    this: Class,
    values: FilterValues,
    options: FilterFromOptions<keyof FieldsOf<Class> & string>,
  ): Where<Class>;
  /** Creates a row without storing it. */
  build<Class extends AnyModel>(this: Class, values: Partial<Insert<Class>>): InstanceOf<Class>;
  /** Creates and stores a row. Throws `E_VALIDATION`. */
  create<Class extends AnyModel>(this: Class, values: Insert<Class>, options?: WriteOptions): Promise<InstanceOf<Class>>;
  /** Creates and stores rows, all or none, without hooks. `onConflict` ignores or updates existing rows. */
  createMany<Class extends AnyModel>(
    this: Class,
    list: ReadonlyArray<Insert<Class>>,
    options?: CreateManyOptions<ColumnName<Class>>,
  ): Promise<Array<InstanceOf<Class>>>;
  /** Creates the row of a unique key, or updates the existing one, in one statement and without hooks. */
  upsert<Class extends AnyModel>(
    this: Class,
    request: { readonly where: Where<Class>; readonly create?: Partial<Insert<Class>>; readonly update: Update<Class> },
  ): Promise<InstanceOf<Class>>;
  /** Returns the row of a unique key, and creates it if it does not exist. Safe when called concurrently. */
  getOrCreate<Class extends AnyModel>(this: Class, where: Where<Class>, defaults?: Partial<Insert<Class>>): Promise<InstanceOf<Class>>;
  /** Updates some columns of rows, all or none, without hooks. Returns the number of changed rows. */
  updateMany<Class extends AnyModel>(
    this: Class,
    rows: ReadonlyArray<InstanceOf<Class>>,
    names: ReadonlyArray<ColumnName<Class>>,
  ): Promise<number>;
}

const descriptions = new WeakMap<object, ModelMeta>();

/**
 * The base class of a model.
 *
 * @example
 * class Book extends Model("books", {
 *   id: field.id(),
 *   title: field.text({ max: 200 }),
 *   author: () => belongsTo(Author),
 * }) {}
 */
export function Model<const Table extends string, Fields extends FieldMap, Computed = unknown>(
  table: Table,
  fields: Fields,
  options?: NoInfer<ModelOptions<Fields>> & {
    /** Values that the database computes from the columns of each row. They are read-only. */
    readonly computed?: (row: NoInfer<ColumnRefs<Fields>>) => Computed;
  },
): ModelStatic<Fields> & {
  new (): RowOf<Table> & RowValues<Fields> & RelationProperties<Fields> & InstanceApi<Fields> & Readonly<ValuesOf<Computed>>;
  readonly $table: Table;
} {
  assertModelKinds(table, options ?? {});
  class Base extends ModelBase {
    static override readonly $table = table;
    static override readonly $fields = Object.freeze({ ...fields });
    static override readonly $options = Object.freeze({ ...options }) as unknown as AnyModelOptions; // Conditions take rows of this model.
  }
  // Messages name a model that no class extends by its table.
  Object.defineProperty(Base, "name", { value: toModelName(table), configurable: true });
  Object.defineProperty(Base.prototype, "$table", { value: table });
  for (const [name, entry] of Object.entries(fields)) {
    if (typeof entry !== "function") continue;
    Object.defineProperty(Base.prototype, name, {
      configurable: true,
      get(this: ModelBase) {
        return readRelationProperty(this, name);
      },
      set(this: ModelBase) {
        refuseRelationProperty(this, name);
      },
    });
  }
  // Rows get these properties when they are created; types derive them from the fields.
  return Base as unknown as ModelStatic<Fields> & {
    new (): RowOf<Table> & RowValues<Fields> & RelationProperties<Fields> & InstanceApi<Fields> & Readonly<ValuesOf<Computed>>;
    readonly $table: Table;
  };
}

/** Static members of all model classes. Types see it as {@link ModelStatic}. */
class ModelBase extends Instance {
  static readonly $table: string = "";
  static readonly $fields: FieldMap = {};
  static readonly $options: AnyModelOptions = {};

  static get $meta(): ModelMeta {
    // Separate for each class that extends this one, because each has its own name.
    const known = descriptions.get(this);
    if (known !== undefined) return known;
    const described = describeModel(this);
    descriptions.set(this, described);
    return described;
  }

  static async validate(values: Readonly<Record<string, unknown>>, how: { readonly isPartial?: boolean } = {}): Promise<ModelErrors> {
    assertKnownOptions("validate()", how, { isPartial: "boolean" });
    return validateRow(this, values, how.isPartial === true);
  }

  static schema(how: SchemaOptions): ModelSchema {
    return new ModelSchema(this, how);
  }

  static where(...filters: readonly unknown[]): Query<unknown, unknown> {
    return Query.of(this).where(...(filters as ReadonlyArray<Filter<unknown>>)); // The types of ModelStatic have checked it.
  }

  static exclude(filter: unknown): Query<unknown, unknown> {
    return Query.of(this).exclude(filter as Filter<unknown>); // As in where().
  }

  static search(text: string): Query<unknown, unknown> {
    return Query.of(this).search(text);
  }

  static all(): Query<unknown, unknown> {
    return Query.of(this).all();
  }

  static withDeleted(): Query<unknown, unknown> {
    return Query.of(this).withDeleted();
  }

  static orderBy(...order: readonly unknown[]): Query<unknown, unknown> {
    return Query.of(this).orderBy(...(order as ReadonlyArray<OrderBy<unknown>>)); // As in where().
  }

  static async get(key: unknown): Promise<unknown> {
    if (!isSimpleKey(this, key)) return Query.of(this).get(key as KeyOrWhere<unknown>); // As in where().
    const found = findByKey(this, key);
    const row = found instanceof Promise ? await found : found;
    return row ?? rowMissing(this);
  }

  static async find(key: unknown): Promise<unknown> {
    return isSimpleKey(this, key) ? findByKey(this, key) : Query.of(this).find(key as KeyOrWhere<unknown>); // As in where().
  }

  static getMany(keys: readonly unknown[]): Promise<unknown[]> {
    return Query.of(this).getMany(keys as readonly never[]); // As in where().
  }

  static first(): Promise<unknown> {
    return Query.of(this).first();
  }

  static count(...filters: readonly unknown[]): Promise<number> {
    return this.where(...filters).count();
  }

  static async estimateCount(): Promise<number> {
    const isWhole = this.$options.scope === undefined && this.$meta.softDelete === "" && !this.$meta.isView;
    return (isWhole ? await estimateRows(this) : undefined) ?? this.count();
  }

  static exists(...filters: readonly unknown[]): Promise<boolean> {
    return this.where(...filters).exists();
  }

  static aggregate(pick: (row: unknown) => Expressions): Promise<unknown> {
    return Query.of(this).aggregate(pick);
  }

  static async fromSql(statement: unknown): Promise<unknown[]> {
    return queryModel(this, statement);
  }

  static filterFrom(values: FilterValues, options: FilterFromOptions): object {
    return filterFrom(this, values, options);
  }

  static build(values: object): ModelBase {
    const row = makeRow(this, values);
    fillNewRow(this, row);
    return row;
  }

  static async create(values: object, options?: WriteOptions): Promise<ModelBase> {
    return makeRow(this, values).save(options);
  }

  static async createMany(list: readonly object[], options: CreateManyOptions = {}): Promise<unknown[]> {
    assertKnownOptions("createMany()", options, { validate: "boolean", onConflict: true, batch: "count" });
    if (!Array.isArray(list)) throw optionInvalid("createMany()", "list", list, "a list of objects");
    const { onConflict } = options;
    if (onConflict !== undefined && onConflict !== "ignore") assertKind("createMany()", "onConflict", onConflict, "conflict");
    return insertRows(
      this,
      makeRows(list, (values) => makeRow(this, values)),
      options,
    );
  }

  static async upsert(request: UpsertRequest): Promise<unknown> {
    assertKnownOptions("upsert()", request, { where: "object", create: "object", update: "object" });
    return upsertRow(this, makeRow(this, { ...request.create, ...request.where }), request);
  }

  static async getOrCreate(where: object, defaults: object = {}): Promise<unknown> {
    const find = (isLocked: boolean): Promise<RowRecord | undefined> => {
      const query = Query.of(this).where(where as Filter<unknown>); // As in where().
      return (isLocked ? query.lock("share") : query).first() as Promise<RowRecord | undefined>; // A row of this model.
    };
    return getOrCreateRow(this, where, (values) => makeRow(this, values), find, defaults);
  }

  static updateMany(rows: readonly unknown[], names: readonly string[]): Promise<number> {
    return updateRowsOf(this, rows as readonly RowRecord[], names); // The types have checked it.
  }
}

/** Whether a key is all that a query needs: a single field, and no filter, row, scope or computed value. */
function isSimpleKey(model: ModelClass, key: unknown): boolean {
  const { computed, scope } = model.$options;
  return typeof key !== "object" && model.$meta.primary.length === 1 && computed === undefined && scope === undefined;
}

/** Creates a row of the class that a static method was called on. */
function makeRow(model: ModelClass, values: object): ModelBase & RowRecord {
  const Class = rowClassOf(model);
  const row = new Class() as ModelBase & RowRecord; // Its columns are set here.
  const given = toFieldValues(model, values);
  // All columns in their order, so that new rows and loaded rows have one object shape.
  for (const { name } of model.$meta.columns) row[name] = given[name];
  return row;
}

/** Saves rows of several models, all or none. New rows come first, in the order of their relations. */
export function saveMany(rows: ReadonlyArray<{ save(): Promise<unknown> }>): Promise<void> {
  return saveRows(rows as unknown as readonly RowRecord[]); // Rows of models.
}

/** Whether a value is a model class. */
export function isModel(value: unknown): value is ModelClass & ModelConstructor {
  return typeof value === "function" && value.prototype instanceof ModelBase;
}
