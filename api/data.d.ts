/**
 * Opens a database. Throws `E_MODEL_INVALID` for models with mistakes, `E_DATABASE_URL`, `E_DATABASE_OPEN`,
 * `E_DRIVER_MISSING` and `E_DATABASE_BOUND`.
 */
export declare function createDatabase(options: DatabaseOptions): Promise<Database>;

/**
 * Opens several databases with their models. The models then find their database on their own. Throws the errors of
 * `createDatabase()`, and `E_MODEL_INVALID` for a model whose database is missing or a relation between two databases.
 *
 * @example
 * const databases = await createDatabases({
 *   models,
 *   databases: { default: { url: "postgres://app@primary/app" }, replica: { url: "postgres://app@second/app", of: "default" } },
 * });
 */
export declare function createDatabases(options: DatabasesOptions): Promise<Databases>;

/** Cuts a row off from those that it was loaded with, so that a cache does not hold them all. */
export declare function detach<Item extends object>(row: Item): Item;

/** Whether a value is a model class. */
export declare function isModel(value: unknown): value is ModelClass & ModelConstructor;

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
export declare function Model<const Table extends string, Fields extends FieldMap, Computed = unknown>(table: Table, fields: Fields, options?: NoInfer<ModelOptions<Fields>> & {
    /** Values that the database computes from the columns of each row. They are read-only. */
    readonly computed?: (row: NoInfer<ColumnRefs<Fields>>) => Computed;
}): ModelStatic<Fields> & {
    new (): RowOf<Table> & RowValues<Fields> & RelationProperties<Fields> & InstanceApi<Fields> & Readonly<ValuesOf<Computed>>;
    readonly $table: Table;
};

/** Stores rows of several models, all or none. New rows come first, in the order of their relations. */
export declare function saveMany(rows: ReadonlyArray<{
    save(): Promise<unknown>;
}>): Promise<void>;

/** All of several filters: `{ [and]: [{ ... }, { ... }] }`. */
export declare const and: unique symbol;

/** The exact complement of a filter: `{ [not]: { ... } }`. */
export declare const not: unique symbol;

/** Any of several filters: `{ [or]: [{ ... }, { ... }] }`. */
export declare const or: unique symbol;

/** Stands for a value that is not given: the condition is left out. */
export declare const skip: unique symbol;

/** The value of the first condition that holds. */
export declare function cases<Value>(...list: ReadonlyArray<readonly [condition: Condition, value: Outcome<Value>]>): OpenCases<Value>;

/** The moment of the statement. */
export declare function now(): ExpressionOf<Date>;

/**
 * SQL of one's own. Whatever stands in `${}` is bound as a value; expressions and names are quoted as the database does.
 * Throws `E_SQL_PART` for what is neither.
 *
 * @example
 * Book.where().values(book => ({ size: sql<number>`length(${book.title})` }))
 */
export declare function sql<Value = boolean>(texts: TemplateStringsArray, ...parts: readonly unknown[]): ExpressionOf<Value>;

/** A value when a condition holds: `when(book.pages.gt(300), "thick").else("thin")`. */
export declare function when<Value>(condition: Condition, value: Outcome<Value>): OpenCases<Value>;

/** As {@link rank}, without places that are left out. */
export declare function denseRank(): OpenWindow<number>;

/** A value of the first row of the window. */
export declare function firstValue<Value>(value: AnyExpression<Value>): OpenWindow<Value | null>;

/** A value of the row that stands so many rows before; null where none does. */
export declare function lag<Value>(value: AnyExpression<Value>, rows?: number): OpenWindow<Value | null>;

/** A value of the last row of the window: of all of it with `rows: ["start", "end"]`, else of those up to the row itself. */
export declare function lastValue<Value>(value: AnyExpression<Value>): OpenWindow<Value | null>;

/** A value of the row that stands so many rows behind; null where none does. */
export declare function lead<Value>(value: AnyExpression<Value>, rows?: number): OpenWindow<Value | null>;

/** The number of a row's part, when the window is divided into so many parts of about one size. */
export declare function ntile(parts: number): OpenWindow<number>;

/** The place of a row in its window: rows that are equal in the order share one, and the places behind them are left out. */
export declare function rank(): OpenWindow<number>;

/** The number of a row in its window, from 1 on. */
export declare function rowNumber(): OpenWindow<number>;

/**
 * Returns a string as a part of an address: lower-case ASCII letters and digits, with hyphens between them.
 *
 * Latin, Cyrillic and Greek letters are transliterated. Others are dropped, so the result can be empty. Throws a RangeError for a `max` below 1.
 *
 * @example
 * slugify("Crème Brûlée & Straße"); // => "creme-brulee-strasse"
 */
export declare function slugify(text: string, { max }?: SlugifyOptions): string;

/** Options of {@link slugify}. */
export interface SlugifyOptions {
    /** Longest result in characters. Default 50. */
    readonly max?: number;
}

/** The builders. Each gives a column; wrong options are reported together when a database opens the models. */
export declare const field: {
    /** The primary key: a number that counts up, or a UUID of version 7. */
    readonly id: <const Options extends IdOptions = {
        readonly kind: "integer";
    }>(options?: Options) => Column<Options extends {
        readonly kind: "uuid";
    } ? string : number, "optional", true>;
    /** A UUID, in lower case. */
    readonly uuid: <const Options extends ColumnOptions<string>>(options?: Options) => Made<string, Options>;
    /** A text: of one line with `max`, of any length without. */
    readonly text: <const Options extends TextOptions>(options?: Options) => Made<string, Options>;
    /** A part of an address: letters, digits, hyphens and underscores. */
    readonly slug: <const Options extends SlugOptions>(options?: Options) => Made<string, Options>;
    /** An address of mail. */
    readonly email: <const Options extends TextOptions>(options?: Options) => Made<string, Options>;
    /** An address of http or https. */
    readonly url: <const Options extends TextOptions>(options?: Options) => Made<string, Options>;
    /** A whole number of 32 bits. */
    readonly int: <const Options extends NumberOptions<number>>(options?: Options) => Made<number, Options>;
    /** A whole number of 64 bits. */
    readonly bigint: <const Options extends NumberOptions<bigint>>(options?: Options) => Made<bigint, Options>;
    /** A finite number of double precision. */
    readonly float: <const Options extends NumberOptions<number>>(options?: Options) => Made<number, Options>;
    /** A decimal number, as a text with exactly `scale` digits behind the point. */
    readonly decimal: <const Options extends DecimalOptions>(options: Options) => Made<string, Options>;
    /** True or false. */
    readonly boolean: <const Options extends ColumnOptions<boolean>>(options?: Options) => Made<boolean, Options>;
    /** A day, as `"2026-11-20"`. */
    readonly date: <const Options extends ColumnOptions<string>>(options?: Options) => Made<string, Options>;
    /** A time of day, as `"10:12:00"`. */
    readonly time: <const Options extends ColumnOptions<string>>(options?: Options) => Made<string, Options>;
    /** A moment, to the millisecond. */
    readonly datetime: <const Options extends DatetimeOptions>(options?: Options) => Made<Date, Options>;
    /** Any value that JSON can hold. Write `field.json<Meta | null>({ null: true })` for one that may be absent. */
    readonly json: <Value>(options?: ColumnOptions<Value>) => Column<Value, JsonInsert<Value>>;
    /** Bytes. */
    readonly bytes: <const Options extends BytesOptions>(options?: Options) => Made<Uint8Array, Options>;
    /** A span of time, in whole milliseconds. */
    readonly duration: <const Options extends NumberOptions<number>>(options?: Options) => Made<number, Options>;
    /** An address of the internet, of version 4 or 6, in its shortest form. */
    readonly ip: <const Options extends ColumnOptions<string>>(options?: Options) => Made<string, Options>;
    /** A list of values that a field describes, such as `field.array(field.text({ max: 50 }))`. */
    readonly array: <Item, const Options extends ArrayOptions<Item>>(items: Column<Item, "required" | "optional">, options?: Options) => Made<Item[], Options>;
    /** One of several keys, each with a label for people. */
    readonly choice: <const Choices extends Readonly<Record<string, string>>, const Options extends ChoiceOptions<keyof Choices & string>>(choices: Choices, options?: Options) => Made<keyof Choices & string, Options>;
};

/** This row belongs to one of the other model; its key is kept here. */
export declare function belongsTo<Target, const Options extends BelongsToOptions>(target: Target, options?: Options): Relation<Target, "one", Options extends {
    readonly null: true;
} ? true : false, Options extends {
    readonly columns: readonly string[];
} ? false : true>;

/** Rows of the other model belong to this one. */
export declare function hasMany<Target>(target: Target, options?: HasOptions): Relation<Target, "many", false, false>;

/** One row of the other model belongs to this one, or none. */
export declare function hasOne<Target>(target: Target, options?: HasOptions): Relation<Target, "one", true, false>;

/** Rows of both models belong to each other, through a table between. */
export declare function manyToMany<Target>(target: Target, options?: ManyToManyOptions): Relation<Target, "many", false, false>;

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
export declare function View<const Table extends string, Fields extends FieldMap>(name: Table, fields: Fields, query: string | NoInfer<ViewOptions<Fields>>): ViewStatic<Fields> & {
    new (): RowOf<Table> & RowValues<Fields> & RelationProperties<Fields> & ViewInstanceApi<Fields>;
    readonly $table: Table;
};

/**
 * Runs work, such as a request, that reads its own writes: after a write, queries that could read a replica read the
 * primary database.
 */
export declare function readYourWrites<Result>(work: () => Result): Result;

/**
 * Runs work that sees the rows of all owners, whatever the scopes of models say. Publishes the reason on the channel
 * `gable.data.scope` of node:diagnostics_channel, and an application writes it to its log. Throws `E_SCOPE_REASON`.
 */
export declare function withoutScope<Result>(reason: string, work: () => Result): Result;

/**
 * A middleware that runs each request in a transaction, but for those of methods that change nothing. It is committed
 * before the reply is sent, and undone when the reply says that something was wrong: with the status 400 or above, also by a throw. What a
 * reply streams later runs outside of it.
 *
 * @example
 * group("/orders", { use: [transactional()] })
 */
export declare function transactional(options?: TransactionalOptions): <Reply extends {
    readonly status: number;
}>(context: {
    readonly method: string;
}, next: () => Promise<Reply>) => Promise<Reply>;

/**
 * Runs a callback when the transaction is committed; at once when there is none. Its errors are reported, and undo
 * nothing. Throws `E_DATABASE_MISSING` where no database is open.
 */
export declare function onCommit(callback: Callback): void;

/** Runs a callback when the transaction is rolled back. Without a transaction it never runs. */
export declare function onRollback(callback: Callback): void;

/** Runs work outside of the transaction that the caller is in, on another connection. */
export declare function outside<Result>(work: () => Result): Result;

/**
 * Runs work in a transaction. Inside of another one it is a savepoint: an error undoes this part, and passes on. Throws
 * what the work throws, `E_TRANSACTION_CONFLICT`, `E_TRANSACTION_ABORTED`, `E_TRANSACTION_TIMEOUT` and `E_COMMIT_UNKNOWN`.
 */
export declare function transaction<Result>(work: () => Result | Promise<Result>, options?: TransactionOptions): Promise<Result>;

/** An open database. */
export declare class Database {
    /** Its models. */
    readonly models: readonly ModelClass[];
    /** The kind of database. */
    get dialect(): "sqlite" | "postgres" | "mariadb" | "mysql";
    /** Runs work whose queries run on this database, whatever database its models are bound to. */
    run<Result>(work: () => Result): Result;
    /**
     * Runs your own SQL. Returns rows with the values as the driver delivers them, since Gable does not know their types. Throws
     * `E_SQL_PART` for anything other than a `sql` tag.
     *
     * @example
     * await database.query<{ size: number }>(sql`SELECT length(title) AS size FROM ${Book} WHERE id = ${id}`);
     */
    query<Row = Record<string, unknown>>(statement: AnyExpression<unknown>): Promise<Row[]>;
    /**
     * Isolates a test: everything runs in one transaction until you call the returned function, which rolls it back. A transaction of
     * the code under test becomes a savepoint. `testDatabase()` of gable/testing calls both.
     */
    isolate(): Promise<() => Promise<void>>;
    /** Creates the tables of all models in an empty database. For tests and small programs. */
    createTables(): Promise<void>;
    /** Closes all connections and unbinds the models. */
    close(): Promise<void>;
}

/** Options for `createDatabase()`. */
export interface DatabaseOptions {
    /** Address: `sqlite:var/app.db`, `sqlite::memory:`, `postgres://user@host/name`. Required unless you pass a driver. */
    readonly url?: string;
    /** A custom driver in place of an address. `testDriver()` of gable/testing checks it. None by default. */
    readonly driver?: Driver;
    /** The models whose tables the database holds: a list, or a module that exports them. */
    readonly models: readonly object[] | Readonly<Record<string, unknown>>;
    /**
     * Whether the models find it on their own. With "shared", other databases can be open with the same models: queries then run in
     * `databases.run()` or `database.run()`, and find this database elsewhere while no other is open. Default true.
     */
    readonly bind?: boolean | "shared";
    /** Name in messages. Default "default". */
    readonly name?: string;
    /** Maximum number of rows that a query without a limit reads. Default 100,000. */
    readonly rowsMax?: number;
    /** How a relation is loaded when code first touches it: for all rows of the result, for one row, or not at all. Default "peers". */
    readonly fetchMode?: FetchMode;
    /** Maximum number of connections to a server. Default 10. */
    readonly poolMax?: number;
    /** Maximum wait for a connection, or for the turn to write, in ms. Default 5000. */
    readonly acquireTimeoutMs?: number;
    /** Maximum duration of a statement on a server, in ms. Default 30,000. */
    readonly statementTimeoutMs?: number;
    /**
     * How connections to a server are encrypted: with a verified certificate ("verify"), with any certificate ("encrypt"), or not at all
     * ("off"). By default "verify" for other machines and "off" for this one. An address can set it too (`?sslmode=...`).
     */
    readonly tls?: "verify" | "encrypt" | "off";
    /**
     * Whether statements are prepared by name (PostgreSQL). Use "off" behind a pooler that assigns a connection per transaction and does
     * not support prepared statements (PgBouncer before 1.21). Default "named".
     */
    readonly prepare?: "named" | "off";
    /** With "full", no commit is lost in a power failure (SQLite). Default "normal". */
    readonly durability?: "normal" | "full";
    /** Whether `onStatement` gets the parameters of statements, except secret ones. Default false. */
    readonly logParameters?: boolean;
    /**
     * Secret that seals the cursors of `page()`, the same in every process that reads them; at least 32 characters. By default the
     * first of the secret keys of `gable()`, else the address of the database with its password. An address without a password, and that of SQLite, is no secret: whoever knows it can
     * read the values in cursors. With a driver and no address, cursors end with the process.
     */
    readonly cursorSecret?: string;
    /** Called after each statement. None by default. */
    readonly onStatement?: (event: StatementEvent) => void;
    /** Called with errors of callbacks that run after a commit. By default they are written to the console. */
    readonly onError?: (error: unknown) => void;
}

/** Databases that were opened together. */
export declare class Databases {
    #private;
    /** Names of all databases, including replicas. */
    get names(): readonly string[];
    /** Returns a database by its name. Throws `E_DATABASE_UNKNOWN`. */
    get(name: string): Database;
    /**
     * Runs work, such as a request, whose models find these databases, whatever others are open. `transaction()` without a database
     * means the one named "default", or the only one.
     */
    run<Result>(work: () => Result): Result;
    /** Creates the tables of all models in empty databases. For tests and small programs. */
    createTables(): Promise<void>;
    /** Closes all databases and unbinds the models. */
    close(): Promise<void>;
}

/** Options for `createDatabases()`. */
export interface DatabasesOptions {
    /** The models of all databases: a list, or a module that exports them. Each lives in the database that its option `database` names. */
    readonly models: DatabaseOptions["models"];
    /** The databases by name. Models without the option `database` live in the one named "default". */
    readonly databases: Readonly<Record<string, NamedDatabaseOptions>>;
    /**
     * With "shared", other databases can be open with the same models: queries then run in `databases.run()`, and find these databases
     * elsewhere while no others are open. Default true.
     */
    readonly bind?: true | "shared";
}

/** Options for one of several databases. */
export interface NamedDatabaseOptions extends Omit<DatabaseOptions, "models" | "name" | "bind"> {
    /** Name of the database that this one replicates. A replica is only read from. None by default. */
    readonly of?: string;
}

/** What becomes of rows that are there: fields of a unique key, and those that take the values of the new row. */
export interface ConflictUpdate<Name extends string = string> {
    /** Fields of the unique key. */
    readonly target: readonly Name[];
    /** Fields that take the new values. */
    readonly update: readonly Name[];
}

/** How createMany() writes. */
export interface CreateManyOptions<Name extends string = string> extends WriteOptions {
    /**
     * What becomes of rows whose unique key is taken. "ignore" leaves them out, of the result, too. With the fields of a key and
     * those to be changed, the row that is there takes the new values. An error by default.
     */
    readonly onConflict?: "ignore" | ConflictUpdate<Name>;
    /** Most rows of one statement, where the database takes several. Default 1,000. */
    readonly batch?: number;
}

/** How a row is written. */
export interface WriteOptions {
    /** Whether values are checked before the database sees them. Default true. */
    readonly validate?: boolean;
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

/** A relation to one row. Await it to load it, for all rows of the same result at once. */
export interface Lazy<Item, Key> extends PromiseLike<Item> {
    /** The key of the related row, without a query. */
    readonly id: Key;
    /** Whether the row has already been loaded. */
    readonly isLoaded: boolean;
    /** The row. Throws `E_RELATION_NOT_LOADED` if it has not been loaded. */
    readonly value: Item;
}

/** The static methods of model classes. */
export interface ModelStatic<Fields> {
    /** The fields as they were written. */
    readonly $fields: Fields;
    /** The options as they were written. */
    readonly $options: AnyModelOptions;
    /** Metadata of the model, as frozen data. */
    readonly $meta: ModelMeta;
    /** Validates values of a row. Returns messages by field, with `$model` for the whole row; empty if the values are valid. */
    validate(values: Readonly<Record<string, unknown>>, options?: {
        readonly isPartial?: boolean;
    }): Promise<ModelErrors>;
    /** Returns a Standard Schema of the model's fields, for forms and APIs. */
    schema(options: SchemaOptions): ModelSchema;
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
    /** Counts the rows. */
    count(): Promise<number>;
    /**
     * Returns the approximate number of rows from the statistics of the database, in constant time. Counts the rows if there are no
     * statistics, or if the model has a scope or soft delete.
     */
    estimateCount(): Promise<number>;
    /** Whether any row exists. */
    exists(): Promise<boolean>;
    /** Returns aggregates of all rows as one object. */
    aggregate<Class extends AnyModel, Picked extends Expressions>(this: Class, pick: (row: NoInfer<Refs<Class>>) => Picked): Promise<ValuesOf<Picked>>;
    /** Returns rows from your own SQL, which must select all columns of the table. Further columns become additional values. */
    fromSql<Class extends AnyModel>(this: Class, statement: AnyExpression<unknown>): Promise<Array<InstanceOf<Class>>>;
    /**
     * Turns a query string or a form into a filter, limited to what you allow: `?status=draft&pages.gte=100`. Ignores empty values.
     * Throws `E_FILTER_UNKNOWN` and `E_FILTER_VALUE`, both with status 400.
     */
    filterFrom<Class extends AnyModel>(this: Class, values: FilterValues, options: FilterFromOptions<keyof FieldsOf<Class> & string>): Where<Class>;
    /** Creates a row without storing it. */
    build<Class extends AnyModel>(this: Class, values: Partial<Insert<Class>>): InstanceOf<Class>;
    /** Creates and stores a row. Throws `E_VALIDATION`. */
    create<Class extends AnyModel>(this: Class, values: Insert<Class>, options?: WriteOptions): Promise<InstanceOf<Class>>;
    /** Creates and stores rows, all or none, without hooks. `onConflict` ignores or updates existing rows. */
    createMany<Class extends AnyModel>(this: Class, list: ReadonlyArray<Insert<Class>>, options?: CreateManyOptions<ColumnName<Class>>): Promise<Array<InstanceOf<Class>>>;
    /** Creates the row of a unique key, or updates the existing one, in one statement and without hooks. */
    upsert<Class extends AnyModel>(this: Class, request: {
        readonly where: Where<Class>;
        readonly create?: Partial<Insert<Class>>;
        readonly update: Update<Class>;
    }): Promise<InstanceOf<Class>>;
    /** Returns the row of a unique key, and creates it if it does not exist. Safe when called concurrently. */
    getOrCreate<Class extends AnyModel>(this: Class, where: Where<Class>, defaults?: Partial<Insert<Class>>): Promise<InstanceOf<Class>>;
    /** Updates some columns of rows, all or none, without hooks. Returns the number of changed rows. */
    updateMany<Class extends AnyModel>(this: Class, rows: ReadonlyArray<InstanceOf<Class>>, names: ReadonlyArray<ColumnName<Class>>): Promise<number>;
}

/** A relation to many rows, which is a query. Await it to load it, for all rows of the same result at once. */
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

/** What rows of views can do. */
export type ViewInstanceApi<Fields> = Pick<InstanceApi<Fields>, "reload" | "load" | "toJSON">;

/** What a view is: its query, and those options of a model that are not about writing. */
export interface ViewOptions<Fields = FieldMap> extends Pick<ModelOptions<Fields>, "label" | "labelPlural" | "display" | "orderBy" | "primary" | "managed" | "scope" | "database"> {
    /** The query: one for all databases, or one for each kind. Its columns have the names of the view's. */
    readonly sql: QueryText;
    /** Texts that a search looks into. None by default. */
    readonly search?: ReadonlyArray<keyof Fields & string>;
    /** Whether PostgreSQL keeps the rows until `refresh()`; others compute them with each query. Default false. */
    readonly materialized?: true;
}

/** What every class of a view can do: all that reads. */
export interface ViewStatic<Fields> extends Omit<ModelStatic<Fields>, "validate" | "withDeleted" | "build" | "create" | "createMany" | "upsert" | "getOrCreate" | "updateMany"> {
    /**
     * Computes the rows anew of a view that keeps them, while others read the former ones. Where the database keeps none, they are
     * new at any time, and nothing is done.
     */
    refresh(): Promise<void>;
}

/** Which values an aggregate reads. */
export interface AggregateOptions {
    /** Reads rows alone where this holds. All by default. */
    readonly where?: Condition;
    /** Whether each value counts once. Default false. */
    readonly distinct?: boolean;
}

/** A list: of a column of lists, or in JSON. */
export interface ArrayExpression<Value, Item> extends JsonExpression<Value> {
    /** Whether an item is in it. */
    has(item: Item): Condition;
    /** Whether all of some items are in the list. */
    hasAll(items: readonly Item[]): Condition;
    /** Whether one of some items is in the list. */
    hasAny(items: readonly Item[]): Condition;
    /** Whether the list has no items. */
    isEmpty(): Condition;
    /** Number of items. */
    length(): NumberExpression<number>;
    /** Whether the lists are the same, item by item. */
    eq(value: NonNullable<Value>): Condition;
    /** Whether the lists differ. */
    ne(value: NonNullable<Value>): Condition;
}

/** A column that is true or false. */
export interface BooleanExpression<Value> extends Expression<Value> {
    /** Whether this and all others hold. */
    and(...conditions: readonly Condition[]): Condition;
    /** Whether this or one of the others holds. */
    or(...conditions: readonly Condition[]): Condition;
    /** Whether this does not hold. */
    not(): Condition;
}

/** True or false. */
export interface Condition extends Expression<boolean> {
    /** Whether this and all others hold. */
    and(...conditions: readonly Condition[]): Condition;
    /** Whether this or one of the others holds. */
    or(...conditions: readonly Condition[]): Condition;
    /** The exact complement: what is unknown counts as not true. */
    not(): Condition;
}

/** A moment. */
export interface DateExpression<Value> extends Expression<Value>, Calendar {
    /** The first moment of its year, month, day or hour: in UTC, or on the clocks of a zone. Throws `E_EXPRESSION_ARGUMENT`. */
    truncate(unit: "year" | "month" | "day" | "hour", zone?: string): DateExpression<Value>;
}

/** What every expression can do. */
export interface Expression<Value> extends AnyExpression<Value> {
    /** Whether it equals a value. */
    eq(value: Argument<Value>): Condition;
    /** Whether it differs from a value; no value differs from each. */
    ne(value: Argument<Value>): Condition;
    /** Whether it is greater. */
    gt(value: Argument<Value>): Condition;
    /** Whether it is greater, or the same. */
    gte(value: Argument<Value>): Condition;
    /** Whether it is less. */
    lt(value: Argument<Value>): Condition;
    /** Whether it is less, or the same. */
    lte(value: Argument<Value>): Condition;
    /** Whether it lies between two values, both included. */
    between(low: Argument<Value>, high: Argument<Value>): Condition;
    /** Whether it is one of a list, or of what a query of one column reads. */
    in(values: ReadonlyArray<Value | null> | ColumnQuery<Value | null>): Condition;
    /** Whether it is none of the values, or of those that a query gives. */
    notIn(values: ReadonlyArray<Value | null> | ColumnQuery<Value | null>): Condition;
    /** Whether there is no value. */
    isNull(): Condition;
    /** Whether there is a value. */
    isNotNull(): Condition;
    /** The value, or another one where there is none. */
    coalesce(value: Argument<Value>): ExpressionOf<NonNullable<Value>>;
    /**
     * It as a value of another type, that of a field: `cast(field.int())`. Numbers are rounded half away from zero; a text that is no
     * number becomes no value. Throws `E_EXPRESSION_TYPE` for types that are not turned into each other.
     */
    cast<Target>(to: {
        readonly kind: "column";
        readonly value: Target;
    }): ExpressionOf<Target | null>;
    /** No value where it equals another one. */
    nullIf(value: Argument<Value>): ExpressionOf<Value | null>;
    /** Rows in its order, the least first. */
    asc(options?: OrderOptions): Order;
    /** Rows in its order, the greatest first. */
    desc(options?: OrderOptions): Order;
    /** Number of rows that have a value. */
    count(options?: AggregateOptions): NumberExpression<number>;
    /** Smallest value; null of no rows. */
    min(options?: AggregateOptions): ExpressionOf<Value | null>;
    /** Largest value; null of no rows. */
    max(options?: AggregateOptions): ExpressionOf<Value | null>;
    /** An aggregate of each row's neighbours instead of all rows: `book.price.sum().over({ partitionBy: book.authorId })`. */
    over(window: WindowOptions): ExpressionOf<Value>;
}

/** The expression of a type of value. */
export type ExpressionOf<Value> = [NonNullable<Value>] extends [string] ? TextExpression<Value> : [NonNullable<Value>] extends [number | bigint] ? NumberExpression<Value> : [NonNullable<Value>] extends [boolean] ? BooleanExpression<Value> : [NonNullable<Value>] extends [Date] ? DateExpression<Value> : [NonNullable<Value>] extends [Uint8Array] ? Expression<Value> : [NonNullable<Value>] extends [ReadonlyArray<infer Item>] ? ArrayExpression<Value, Item> : JsonExpression<Value>;

/** A value of JSON, or bytes. */
export interface JsonExpression<Value> extends AnyExpression<Value> {
    /** Whether there is no value. */
    isNull(): Condition;
    /** Whether there is a value. */
    isNotNull(): Condition;
    /** A part of the value, as a text. Keys are texts; numbers count items, from the end when negative. */
    at(...path: ReadonlyArray<string | number>): TextExpression<string | null>;
    /** Whether it is a value, whatever the order of keys. */
    equals(value: unknown): Condition;
    /** Whether it holds a value: an object some of its entries, a list some of its items. */
    contains(value: unknown): Condition;
    /** Whether it is an object with a key. */
    hasKey(key: string): Condition;
    /** Number of rows that have a value. */
    count(options?: AggregateOptions): NumberExpression<number>;
}

/** A number. */
export interface NumberExpression<Value> extends Expression<Value>, Arithmetic<Value> {
}

/** A step of an order, made by `asc()` or `desc()`. */
export interface Order {
}

/** Where rows without a value come in an order. */
export interface OrderOptions {
    /** By default rows without a value come as if theirs were the largest. */
    readonly nulls?: "first" | "last";
}

/** A text. Decimals, days and times are texts, too: their methods stand here beside those of texts. */
export interface TextExpression<Value> extends Expression<Value>, Arithmetic<Value>, Calendar {
    /** Whether it has a text in it, case counted. */
    contains(text: string): Condition;
    /** Whether it begins with a text, case counted. */
    startsWith(text: string): Condition;
    /** Whether it ends with a text, case counted. */
    endsWith(text: string): Condition;
    /** Whether it equals a text but for upper and lower case. */
    ieq(text: string): Condition;
    /** Whether it has a text in it, in any case. */
    icontains(text: string): Condition;
    /** Whether it begins with a text, in any case. */
    istartsWith(text: string): Condition;
    /** Whether it ends with a text, in any case. */
    iendsWith(text: string): Condition;
    /** It in small letters. */
    lower(): TextExpression<Value>;
    /** It in capital letters. */
    upper(): TextExpression<Value>;
    /** Without blanks at both ends. */
    trim(): TextExpression<Value>;
    /** Number of characters (code points). */
    length(): NumberExpression<number>;
    /** So many characters from a place; the first one is 1. */
    substring(start: number, length?: number): TextExpression<Value>;
    /** It with each occurrence of a text replaced. */
    replace(search: string, replacement: string): TextExpression<Value>;
    /** Joined with others; no value counts as an empty text. */
    concat(...parts: ReadonlyArray<string | AnyExpression<unknown>>): TextExpression<string>;
    /**
     * The texts of all rows as one, with another text between them: `book.tags.name.stringAggregate(", ")`; null of no rows. Rows
     * without a text are left out. Throws `E_EXPRESSION_ARGUMENT`; the query throws `E_TEXT_TOO_LONG` for more than a packet of MariaDB.
     */
    stringAggregate(separator: string, options?: StringAggregateOptions): TextExpression<string | null>;
}

/** The rows among which a value is computed. */
export interface WindowOptions {
    /** What rows of one window have in common. All rows are one window by default. */
    readonly partitionBy?: AnyExpression<unknown> | ReadonlyArray<AnyExpression<unknown>>;
    /** The order of the rows in a window. None by default. */
    readonly orderBy?: Order | AnyExpression<unknown> | ReadonlyArray<Order | AnyExpression<unknown>>;
    /**
     * Which rows around the row count, for aggregates and first and last values: `[-2, 0]` are the two before and the row itself.
     * By default, with an order, those up to the row and its equals; without one, all of the window.
     */
    readonly rows?: readonly [from: number | "start", to: number | "end"];
}

/** What a text may filter by. */
export interface FilterFromOptions<Name extends string = string> {
    /** Fields, and fields of relations, by their way: `"author.name"`. Of a relation to many rows, one of them has to be so. */
    readonly allow: ReadonlyArray<Name | `${Name}.${string}`>;
    /** Operators that may stand behind a name: `pages.gte=100`. Equality alone by default. */
    readonly operators?: readonly FilterOperator[];
    /** Names that mean something else, such as the number of a page. None by default. */
    readonly ignore?: readonly string[];
}

/** An operator that filters from a text may have. */
export type FilterOperator = (typeof operatorNames)[number];

/** Values by name, as addresses and forms have them. */
export type FilterValues = URLSearchParams | Readonly<Record<string, string | readonly string[] | undefined>>;

/** Rows that a delete would touch. */
export interface DeletePreview {
    /** Their model. */
    readonly model: ModelClass;
    /** The relation by which they refer to rows that go; "" for the rows of the query themselves. */
    readonly relation: string;
    /** What becomes of them. One "refused" keeps all as it is. */
    readonly action: "deleted" | "set null" | "set default" | "refused";
    /** Their number. */
    readonly count: number;
    /** Whether there are so many; otherwise there are at least so many. */
    readonly isCountExact: boolean;
}

/** A function of a window, which still waits for it. */
export interface OpenWindow<Value> {
    /** The value among the rows of a window. */
    over(window: WindowOptions): ExpressionOf<Value>;
}

/** Conditions that wait for what holds otherwise. */
export interface OpenCases<Value> {
    /** The value when no condition holds. */
    else<Other>(value: Outcome<Other>): ExpressionOf<Widened<Value> | Widened<Other>>;
    /** No value when no condition holds. */
    end(): ExpressionOf<Widened<Value> | null>;
}

/** One page of known number. */
export interface NumberedPage<Item> {
    /** The rows of the page. */
    readonly items: readonly Item[];
    /** Number of the page, from 1. */
    readonly number: number;
    /** Rows of all pages, or `countMax` where there are more. */
    readonly total: number;
    /** Whether `total` is the number of all rows; false where there are more than were counted. */
    readonly isTotalExact: boolean;
    /** Number of pages, as far as rows were counted. */
    readonly pageCount: number;
}

/** Which page is wanted, by its number. */
export interface NumberedPageOptions {
    /** From 1. */
    readonly number: number;
    /** Rows of a page, 1 to 1,000. */
    readonly size: number;
    /** Rows that are counted at most. Default 10,000. */
    readonly countMax?: number;
}

/** One page, with the way to its neighbours. */
export interface Page<Item> {
    /** The rows of the page. */
    readonly items: readonly Item[];
    /** Cursor for `after`; undefined on the last page. */
    readonly next: string | undefined;
    /** Cursor for `before`; undefined on the first page. */
    readonly previous: string | undefined;
}

/** Which page is wanted. */
export interface PageOptions {
    /** Rows of a page, 1 to 1,000. */
    readonly size: number;
    /** `next` of another page. None by default. */
    readonly after?: string | undefined;
    /** `previous` of another page. None by default. */
    readonly before?: string | undefined;
}

/** How rows are locked until the end of the transaction. */
export interface LockOptions {
    /** Whether rows that others hold are left out. Default false. */
    readonly skipLocked?: boolean;
    /** Whether a row that another one holds is an error at once. Default false. */
    readonly noWait?: boolean;
}

/** A query of a model's rows. */
export declare class Query<Class, Item> implements PromiseLike<Item[]> {
    #private;
    /** Type of an item, where the query stands for a list; never set. */
    readonly $column: Item;
    /** The model; never set. */
    readonly $class: Class;
    /** All rows of a model, or of a row's relation, before anything is said of them. */
    static relatedParts(model: ModelClass, related: QueryParts["related"]): QueryParts;
    /** All rows of a model. */
    static of<Class, Item>(model: ModelClass): Query<Class, Item>;
    /** Runs the query: awaiting it does. */
    then<Result = Item[], Failure = never>(onResult?: ((items: Item[]) => Result | PromiseLike<Result>) | null, onError?: ((error: unknown) => Failure | PromiseLike<Failure>) | null): Promise<Result | Failure>;
    /** Rows that a filter fits, beside those that it had to fit before. A limited query is filtered as it stands. */
    where(...filters: ReadonlyArray<Filter<Class>>): Query<Class, Item>;
    /** Exactly the rows that a filter does not fit. */
    exclude(filter: Filter<Class>): Query<Class, Item>;
    /** The rows of this query and of others, each once. They are of one model, or values() of one form. */
    union(...others: ReadonlyArray<SameQuery<Item>>): Query<Class, Item>;
    /** The rows of this query and of others, as often as they are there. */
    unionAll(...others: ReadonlyArray<SameQuery<Item>>): Query<Class, Item>;
    /** The rows that this query and all others have, each once. */
    intersect(...others: ReadonlyArray<SameQuery<Item>>): Query<Class, Item>;
    /** The rows of this query that none of the others has, each once. */
    except(...others: ReadonlyArray<SameQuery<Item>>): Query<Class, Item>;
    /**
     * Rows whose fields of the option `search` have a word that begins with each word of a text, upper and lower case alike; with an
     * index, the best first. A text without words finds nothing. Throws `E_SEARCH_FIELDS`.
     */
    search(text: string): Query<Class, Item>;
    /** All rows: what lets update() and delete() go without a filter. */
    all(): Query<Class, Item>;
    /** Rows that are deleted, too: of a model with soft delete. Throws `E_SOFT_DELETE` for another one. */
    withDeleted(): Query<Class, Item>;
    /** The order of the rows. Rows without a value come as if theirs were the largest. */
    orderBy(...order: ReadonlyArray<OrderBy<Class> | ValueOrder<Item>>): Query<Class, Item>;
    /** At most so many rows. */
    limit(count: number): Query<Class, Item>;
    /** Leaves out so many rows at the start. */
    offset(count: number): Query<Class, Item>;
    /** No row twice; with names, one row for each of their values, the first by the order. */
    distinct(...names: ReadonlyArray<DistinctName<Class>>): Query<Class, Item>;
    /** Locks the rows until the transaction ends. Throws `E_LOCK_OUTSIDE_TRANSACTION` when it runs outside of one. */
    lock(strength: "update" | "share", { skipLocked, noWait }?: LockOptions): Query<Class, Item>;
    /** How relations that were not loaded are loaded when they are touched. Default that of the database. */
    fetchMode(mode: FetchMode): Query<Class, Item>;
    /**
     * Ends the statement of the query when a signal says so, such as that of a request: awaiting it then throws the signal's
     * reason. A statement of SQLite that has begun is not ended.
     */
    signal(signal: AbortSignal): Query<Class, Item>;
    /** Ends the statement of the query after so many ms: `E_STATEMENT_TIMEOUT`. A statement of SQLite that has begun is not ended. */
    timeoutMs(limitMs: number): Query<Class, Item>;
    /**
     * Reads a replica, where there is one: not inside of a transaction, and not behind a write of the same request. Or, inside of
     * work that runs on a replica, the database itself.
     */
    on(place: "replica" | "primary"): Query<Class, Item>;
    /** Runs on a database by its name, of those that were opened together. Throws `E_DATABASE_UNKNOWN` when it runs. */
    using(name: string): Query<Class, Item>;
    /** Loads relations with the rows. */
    with<const Wanted extends With<Class>>(wanted: Wanted): Query<Class, Loaded<Class, Item, Wanted>>;
    /**
     * Rows with some columns alone, beside their key: reading another one throws `E_COLUMN_DEFERRED`, until load() of a row has read
     * it for all of them.
     */
    only(...names: ReadonlyArray<ColumnName<Class>>): Query<Class, Item>;
    /** Plain objects of some columns, and of relations. */
    select<const Wanted extends Selection<Class>>(wanted: Wanted & ExactSelection<FieldsOf<Class>, Wanted>): Query<Class, Selected<Class, Wanted>>;
    /** Values beside the columns of each row. */
    annotate<Picked extends Expressions>(pick: (row: NoInfer<Refs<Class>>) => Picked): Query<Class, Item & Readonly<ValuesOf<Picked>>>;
    /** Plain objects of expressions; after groupBy(), of keys and aggregates. */
    values<Picked extends Expressions>(pick: (row: NoInfer<Refs<Class>>) => Picked): Query<Class, ValuesOf<Picked>>;
    /** One column, as a list; also for `in`. */
    pluck<Name extends ColumnName<Class>>(name: Name): Query<Class, ColumnValue<Class, Name>>;
    /** One group for each of the keys' values. values() says what is read of it. */
    groupBy(pick: (row: NoInfer<Refs<Class>>) => ReadonlyArray<AnyExpression<unknown>>): Query<Class, Item>;
    /** Groups for which a condition holds. */
    having(pick: (row: NoInfer<Refs<Class>>) => Condition): Query<Class, Item>;
    /** The row of a key or a filter. Throws `E_ROW_MISSING` (404) for none, `E_ROW_AMBIGUOUS` for several. */
    get(key: KeyOrWhere<Class>): Promise<Item>;
    /** The row of a key or a filter; undefined for none. Throws `E_ROW_AMBIGUOUS` for several. */
    find(key: KeyOrWhere<Class>): Promise<Item | undefined>;
    /** The first row; undefined for none. */
    first(): Promise<Item | undefined>;
    /** Rows by their keys, in the order of the keys, by one statement. Missing ones are left out. */
    getMany(keys: ReadonlyArray<KeyOf<Class>>): Promise<Item[]>;
    /** Number of rows. */
    count(): Promise<number>;
    /** Whether there is a row. */
    exists(): Promise<boolean>;
    /** Values over all rows, as one object. */
    aggregate<Picked extends Expressions>(pick: (row: NoInfer<Refs<Class>>) => Picked): Promise<ValuesOf<Picked>>;
    /** A page of rows, by the cursor of its neighbour. Throws `E_CURSOR` (400) for a cursor of another list. */
    page(options: PageOptions): Promise<Page<Item>>;
    /** A page of rows, by its number. */
    numberedPage(options: NumberedPageOptions): Promise<NumberedPage<Item>>;
    /** Rows one after the other, read in batches; relations load for a batch at once. */
    stream({ batch }?: {
        readonly batch?: number;
    }): AsyncGenerator<Item>;
    /** Changes all rows of the query by one statement, without hooks. Gives their number. */
    update(values: Update<Class>): Promise<number>;
    /** Deletes all rows of the query by one statement, without hooks: of a model with soft delete, notes when. Gives their number. */
    delete(): Promise<number>;
    /** Deletes all rows of the query for good, by one statement and without hooks. Gives their number. */
    purge(): Promise<number>;
    /**
     * What delete() would do: rows that go, those that go with them, those that lose their relation, and those that stand in the way. Of
     * each kind, so many are counted at most. Links of many to many go with their rows. Nothing is changed.
     */
    previewDelete({ countMax }?: {
        readonly countMax?: number;
    }): Promise<DeletePreview[]>;
    /** Brings back the rows of the query that were deleted, without hooks. Gives their number. Throws `E_SOFT_DELETE` as withDeleted(). */
    restore(): Promise<number>;
    /** The statement of the query, with its values as the database gets them. */
    toSql(): {
        sql: string;
        parameters: readonly unknown[];
    };
    /** How the database would run the query; `analyze` runs it, where the database can. */
    explain({ analyze }?: {
        readonly analyze?: boolean;
    }): Promise<string>;
}

/** Changed values of a row: columns, and relations as rows or keys. An undefined value changes nothing. */
export type Changes<Fields> = {
    readonly [Name in keyof Fields]?: Fields[Name] extends ColumnShape ? ValueOfField<Fields[Name]> | undefined : Fields[Name] extends () => {
        readonly kind: "one";
        readonly target: infer Class;
    } ? ToOne<Class> | NullOf<Fields[Name]> | undefined : undefined;
};

/** A filter in either form. */
export type Filter<Class> = Where<Class> | WhereCallback<Class>;

/** Values of a new row. Columns without a default are needed, relations are given as rows or keys. */
export type Insert<Class> = InsertOf<FieldsOf<Class>>;

/** A row by its key, or by a filter that at most one row fits. */
export type KeyOrWhere<Class> = KeyOf<Class> | Where<Class>;

/** A row whose relations were loaded with it: they are there at once. */
export type Loaded<Class, Row, Wanted> = Omit<Row, keyof Wanted> & {
    readonly [Name in keyof Wanted & keyof FieldsOf<Class>]: LoadedRelation<FieldsOf<Class>[Name], Wanted[Name]>;
};

/** How a relation is loaded beside its rows. */
export interface LoadOptions<Class> {
    /** Rows of the relation that are wanted. All by default. */
    readonly where?: Filter<Class>;
    /** Their order. That of the relation by default. */
    readonly orderBy?: OrderBy<Class> | ReadonlyArray<OrderBy<Class>>;
    /** Most rows for each row that has the relation. No limit by default. */
    readonly limit?: number;
    /** Relations of the relation's rows. None by default. */
    readonly with?: With<Class>;
}

/** A step of an order: a column, with `-` for descending, or a callback. */
export type OrderBy<Class> = ColumnName<Class> | `-${ColumnName<Class>}` | ((row: NoInfer<Refs<Class>>) => Order | readonly Order[]);

/** A row in a callback: its columns as expressions, its relations as rows. */
export type Refs<Class> = {
    readonly [Name in keyof FieldsOf<Class>]: Ref<FieldsOf<Class>[Name]>;
} & KeyRefs<FieldsOf<Class>> & RowRefs;

/** A plain row of a selection. As above, editors show what it is. */
export type Selected<Class, Wanted> = {
    -readonly [Name in keyof Wanted]: Wanted[Name] extends true ? ColumnValue<Class, Name> : Name extends keyof FieldsOf<Class> ? SelectedRelation<FieldsOf<Class>[Name], Wanted[Name]> : never;
} & {};

/** What a plain result has of a model: columns by `true`, relations by a selection of their own. */
export type Selection<Class> = {
    readonly [Name in keyof FieldsOf<Class>]?: FieldsOf<Class>[Name] extends ColumnShape ? true : Selection<TargetOf<FieldsOf<Class>[Name]>>;
} & {
    readonly [Name in keyof FieldsOf<Class> as FieldsOf<Class>[Name] extends () => {
        readonly addsKey: true;
    } ? KeyName<Name> : never]?: true;
};

/** Changes of many rows: values, or expressions of the row. An undefined value changes nothing. */
export type Update<Class> = {
    readonly [Name in keyof FieldsOf<Class>]?: FieldsOf<Class>[Name] extends ColumnShape ? ValueOfField<FieldsOf<Class>[Name]> | ((row: NoInfer<Refs<Class>>) => AnyExpression<ValueOfField<FieldsOf<Class>[Name]>>) | undefined : FieldsOf<Class>[Name] extends () => {
        readonly kind: "one";
        readonly target: infer Target;
    } ? ToOne<Target> | NullOf<FieldsOf<Class>[Name]> | undefined : undefined;
};

/** A filter of a model's rows, as an object. */
export type Where<Class> = {
    readonly [Name in keyof FieldsOf<Class>]?: FieldFilter<FieldsOf<Class>[Name]>;
} & KeyFilters<FieldsOf<Class>> & Structure<Class>;

/** Relations that are loaded with rows. */
export type With<Class> = {
    readonly [Name in RelationName<Class>]?: true | LoadOptions<TargetOf<FieldsOf<Class>[Name]>>;
};

/** A row for code that reads no relations: rows of the model fit, whichever of their relations are loaded. */
export type WithoutRelations<Row> = Omit<Row, RelationProperty<Row>>;

/** A row for code that reads loaded relations: `WithRelations<Book, "author">` fits rows of `with({ author: true })`. */
export type WithRelations<Row, Names extends RelationProperty<Row>> = WithoutRelations<Row> & {
    readonly [Name in Names]: Row[Name] extends RelationValue<infer Value> ? Value extends ReadonlyArray<infer Item> ? readonly Item[] : Value : never;
};

/**
 * A column. Three facts exist for the compiler alone: the type of the value, whether an insert must give it, and whether
 * it is the key. They are all that types of rows and inserts read, which keeps them cheap.
 */
export declare class Column<Value, Insert extends "required" | "optional", IsKey extends boolean = false> {
    /** Tells it from relations. */
    readonly kind = "column";
    /** Type of the value; never set. */
    readonly value: Value;
    /** Whether an insert must give a value; never set. */
    readonly insert: Insert;
    /** Whether it is the primary key; never set. */
    readonly isKey: IsKey;
    /** Type of its values. */
    readonly type: ColumnType;
    /** The options as they were written. */
    readonly options: AnyColumnOptions;
    /** Labels by key, of a choice; undefined of other columns. */
    readonly choices: Readonly<Record<string, string>> | undefined;
    /** The column of each item, of a list; undefined of other columns. */
    readonly items: AnyColumn | undefined;
}

/** Options that every column has. */
export interface ColumnOptions<Value = unknown> {
    /** Whether the value may be absent. Default false. */
    readonly null?: boolean;
    /**
     * Value of new rows that give none: a value, a function that makes one, or an expression that the database computes. None by
     * default.
     */
    readonly default?: Value | (() => Value) | DatabaseDefault | null;
    /** Whether no two rows may have the same value. Default false. */
    readonly unique?: boolean;
    /** Whether the column has an index of its own. Default false. */
    readonly index?: boolean;
    /** Whether the column is the primary key. Default false, true of `f.id()`. */
    readonly primary?: boolean;
    /** Name of the column. By default the name of the field in snake_case. */
    readonly column?: string;
    /** Name for people. By default made of the name of the field. */
    readonly label?: string;
    /** A sentence below the field of a form. None by default. */
    readonly help?: string;
    /** Example in an empty field of a form. None by default. */
    readonly placeholder?: string;
    /** Comment in the database. None by default. */
    readonly comment?: string;
    /** Whether forms and schemas have the field; code may always set it. Default true. */
    readonly editable?: boolean;
    /** Whether the value is kept out of JSON, logs, exports and history. Default false. */
    readonly secret?: boolean;
    /** Checks beyond those of the type; they see values alone that pass these. None by default. */
    readonly validate?: ValueCheck<Value> | ReadonlyArray<ValueCheck<Value>>;
    /** How a form asks for the value. By default what fits the type. */
    readonly widget?: Widget;
    /** Former name of the field, for the migration that renames it. None by default. */
    readonly was?: string;
    /** Whether code has stopped to use the column, which still exists. Default false. */
    readonly retired?: boolean;
}

/** A column of a model. */
export interface FieldMeta {
    /** Name of the property. */
    readonly name: string;
    /** Name of the column. */
    readonly column: string;
    /** Type of its values. */
    readonly type: ColumnType;
    /** Name for messages: `Book.title`. */
    readonly where: string;
    /** Digits behind the point, of a decimal; 0 of other types. */
    readonly scale: number;
    /** "text" of a decimal that is equal to values alone; undefined of all others. */
    readonly storage: "text" | undefined;
    /** Digits of a second that the column stores, where these are not 3. */
    readonly precision?: MomentPrecision | undefined;
    /** Whether the value may be absent. */
    readonly isNullable: boolean;
    /** Whether it belongs to the primary key. */
    readonly isPrimary: boolean;
    /** Whether no two rows have the same value. */
    readonly isUnique: boolean;
    /** Whether it has an index of its own. */
    readonly isIndexed: boolean;
    /** Whether an insert may leave the value out. */
    readonly hasDefault: boolean;
    /** Whether the database makes the value of a row that gives none. */
    readonly hasDatabaseDefault: boolean;
    /** Whether forms and schemas have it. */
    readonly isEditable: boolean;
    /** Whether it is kept out of JSON, logs, exports and history. */
    readonly isSecret: boolean;
    /** What people call it. */
    readonly label: string;
    /** What people read below it in forms; "" for nothing. */
    readonly help: string;
    /** What stands in an empty input; "" for nothing. */
    readonly placeholder: string;
    /** The input that forms show. */
    readonly widget: Widget;
    /** Labels by key, of a choice. */
    readonly choices: Readonly<Record<string, string>> | undefined;
    /** What each item is, of a list; undefined of other columns. */
    readonly items: ItemMeta | undefined;
    /** The relation that the column holds the key of; undefined of other columns. */
    readonly relation: string | undefined;
    /** All options as they were written. */
    readonly options: AnyColumnOptions;
}

/** A model. */
export interface ModelMeta {
    /** Name of the class. */
    readonly name: string;
    /** Name of the table. */
    readonly table: string;
    /** What people call a row. */
    readonly label: string;
    /** What people call several rows. */
    readonly labelPlural: string;
    /** Columns in their order; that of a relation stands where the relation stands. */
    readonly fields: ReadonlyMap<string, FieldMeta>;
    /** The columns that code still reads and writes: all but retired ones. */
    readonly columns: readonly FieldMeta[];
    /** Relations by name. */
    readonly relations: ReadonlyMap<string, RelationMeta>;
    /** Names of the fields of the primary key. */
    readonly primary: readonly string[];
    /** Unique keys, beside the primary one. */
    readonly uniques: readonly UniqueMeta[];
    /** Indexes, without those of keys. */
    readonly indexes: readonly IndexMeta[];
    /** Order of lists: names of fields, with `-` for descending. */
    readonly orderBy: readonly string[];
    /** Field that shows a row in one line; "" where no text is there. */
    readonly display: string;
    /** Fields that a search looks into. */
    readonly search: readonly string[];
    /** Whether it does so by an index. */
    readonly hasSearchIndex: boolean;
    /** Whether it is a view, whose rows nobody writes. */
    readonly isView: boolean;
    /** Field that counts changes; "" without one. */
    readonly version: string;
    /** Field with the moment at which a row was deleted; "" where rows are deleted for good. */
    readonly softDelete: string;
}

/** A relation of a model. */
export interface RelationMeta {
    /** Name of the property. */
    readonly name: string;
    /** What it leads to, and by whose key. */
    readonly kind: RelationKind;
    /** The model that it leads to. */
    readonly target: ModelClass;
    /** Whether it may lead nowhere. */
    readonly isNullable: boolean;
    /** Fields of this model that hold the key: of `belongsTo` alone. */
    readonly fields: readonly string[];
    /** What becomes of the row when the other one is deleted. */
    readonly onDelete: DeleteAction;
    /** Whether the row is deleted by soft delete together with the one that it belongs to. */
    readonly followsSoftDelete: boolean;
    /** Whether the database holds it by a foreign key. */
    readonly isConstrained: boolean;
    /** Order of its rows: names of fields, with `-` for descending; empty for that of the target. */
    readonly orderBy: readonly string[];
    /** Name of the relation of the target that leads back; "" where there is none. */
    readonly by: string;
    /** Whether a pair counts in both directions. */
    readonly isSymmetric: boolean;
    /** Table between, of many to many. */
    readonly table: string;
    /** Model of the table between, when it has one. */
    readonly through: ModelClass | undefined;
    /** What people call it. */
    readonly label: string;
    /** What people read below it in forms; "" for nothing. */
    readonly help: string;
}

/** An index. A database ignores what it does not support: conditions, methods or expressions. */
export interface IndexOptions<Fields = FieldMap> {
    /** Fields or relations, or an expression: `book => book.title.lower()`. */
    readonly on: ReadonlyArray<FieldName<Fields>> | ((row: ColumnRefs<Fields>) => AnyExpression<unknown>);
    /** Name in the database. By default derived from the table and the columns. */
    readonly name?: string;
    /** Condition of the rows in the index. By default all rows. */
    readonly where?: RowCondition<Fields>;
    /** Whether the values must be unique. Default false. */
    readonly unique?: boolean;
    /** Fields in descending order. None by default. */
    readonly desc?: ReadonlyArray<FieldName<Fields>>;
    /** Index method (PostgreSQL), such as "gin" for JSON. Default "btree". */
    readonly using?: "btree" | "gin" | "gist" | "brin" | "hash" | "spgist";
    /** Further fields stored in the index, so that queries need not read the table (PostgreSQL). None by default. */
    readonly include?: ReadonlyArray<FieldName<Fields>>;
}

/** The type of a model's key of one field; read late, so that models may refer to each other. */
export type KeyOf<Class> = KeyOfFields<FieldsOf<Class>>;

/** Options of a model. */
export interface ModelOptions<Fields = FieldMap> {
    /** Display name of one row. By default derived from the name of the class. */
    readonly label?: string;
    /** Display name of several rows. By default the plural of the label. */
    readonly labelPlural?: string;
    /** Field that represents a row in lists. By default the first text field. */
    readonly display?: FieldName<Fields>;
    /** Default order: field names, with `-` for descending. By default the order of the key. */
    readonly orderBy?: FieldName<Fields> | `-${FieldName<Fields>}` | ReadonlyArray<FieldName<Fields> | `-${FieldName<Fields>}`>;
    /** Text fields that `search()` looks into. The second form uses a full-text index, which migrations create. None by default. */
    readonly search?: ReadonlyArray<FieldName<Fields>> | {
        readonly index: ReadonlyArray<FieldName<Fields>>;
    };
    /** Fields or relations of a composite primary key. By default the field with the option `primary`. */
    readonly primary?: ReadonlyArray<FieldName<Fields>>;
    /**
     * Groups of fields or relations that are unique together, with the message for a taken combination. With `where`, only rows that
     * match the condition count.
     */
    readonly uniques?: ReadonlyArray<{
        readonly on: ReadonlyArray<FieldName<Fields>>;
        /** Name in the database. By default derived from the table and the columns. */
        readonly name?: string;
        readonly message?: string;
        readonly where?: RowCondition<Fields>;
        /**
         * When PostgreSQL checks the key: at the end of the transaction ("deferred") or of each statement ("immediate"). By default with
         * each row.
         */
        readonly deferrable?: "deferred" | "immediate";
        /** Whether null values count as distinct. False is only supported by PostgreSQL. Default true. */
        readonly nullsDistinct?: boolean;
    }>;
    /** Indexes of fields or relations, or of an expression of the row's own columns. */
    readonly indexes?: ReadonlyArray<IndexOptions<Fields>>;
    /** Check constraints by name. They can only use columns of the row itself. */
    readonly checks?: Readonly<Record<string, RowCondition<Fields>>>;
    /** Field that counts changes, for optimistic locking. None by default. */
    readonly version?: FieldName<Fields>;
    /**
     * Nullable datetime field that marks deleted rows. `delete()` sets it, and queries and unique keys ignore marked rows. Without it,
     * rows are deleted permanently.
     */
    readonly softDelete?: FieldName<Fields>;
    /** Validates a whole row: returns messages by field, or nothing. None by default. */
    readonly validate?: (row: Partial<RowValues<Fields>>) => ModelMessages<Fields> | Promise<ModelMessages<Fields>>;
    /**
     * Whether migrations and `createTables()` create the table. An unmanaged table is read and written like any other, but relations to
     * it have no foreign key. Default true.
     */
    readonly managed?: boolean;
    /**
     * Fields or relations that name the owner of a row, each with a function that returns the current owner. Statements only see the
     * owner's rows, and new rows get the owner. Without an owner they fail; `withoutScope()` sees all rows. None by default.
     */
    readonly scope?: {
        readonly [Name in FieldName<Fields>]?: () => unknown;
    };
    /** Name of the model's database, if `createDatabases()` opens several. Default "default". */
    readonly database?: string;
    /** Comment of the table in the database. None by default. */
    readonly comment?: string;
}

/** A model as code that takes any of them sees it. */
export interface ModelClass {
    /** Name of the class. */
    readonly name: string;
    /** Name of the table. */
    readonly $table: string;
    /** The fields as they were written. */
    readonly $fields: FieldMap;
    /** The options as they were written. */
    readonly $options: AnyModelOptions;
    /** What is known of the model, as plain data. */
    readonly $meta: ModelMeta;
}

/** A query in SQL: one for all databases, or one for each kind, with `others` for those that are not named. */
export type QueryText = string | {
    readonly [Name in DialectName | "others"]?: string;
};

/** A schema of a model's fields. */
export declare class ModelSchema {
    #private;
    /** The interface of Standard Schema, version 1. */
    readonly "~standard": {
        readonly version: 1;
        readonly vendor: "gable";
        readonly validate: (value: unknown) => Promise<Result>;
    };
    /** The fields in their order. */
    readonly fields: readonly FieldMeta[];
    /** The schema as JSON Schema (draft 2020-12). */
    toJsonSchema(): Readonly<Record<string, unknown>>;
}

/** What a schema is for, and which fields it has. */
export interface SchemaOptions {
    /** "create" wants what has no default, "update" nothing; "read" has all fields that are no secret. */
    readonly for: "create" | "update" | "read";
    /** The fields, in this order. By default all that may be edited, or read. */
    readonly pick?: readonly string[];
    /** Fields to leave out. None by default. */
    readonly omit?: readonly string[];
}

/** Options of a relation to one row, which adds a column with its key. */
export interface BelongsToOptions {
    /** Whether the relation may be empty. Default false. */
    readonly null?: boolean;
    /** What happens with this row when the other one is deleted. Default "restrict". */
    readonly onDelete?: DeleteAction;
    /**
     * What becomes of this row when the other one is deleted by soft delete: "cascade" deletes it in the same way, and brings it
     * back with it. Both models need soft delete. Default "keep".
     */
    readonly onSoftDelete?: "keep" | "cascade";
    /** Whether only one row may refer to the other one. Default false. */
    readonly unique?: boolean;
    /** Whether the key has an index. Default true. */
    readonly index?: boolean;
    /** Whether the database holds the relation by a foreign key. Default true. */
    readonly constraint?: boolean;
    /** Fields of this model that hold a composite key, in its order. By default one field is added. */
    readonly columns?: readonly string[];
    /** Name of the added column. By default that of the relation with `_id`. */
    readonly column?: string;
    /** Name for people. By default made of the name of the relation. */
    readonly label?: string;
    /** A sentence below the field of a form. None by default. */
    readonly help?: string;
}

/** What the database does with rows that refer to a deleted one. */
export type DeleteAction = "restrict" | "cascade" | "set null" | "set default" | "no action";

/** Options of the other side of a relation. */
export interface HasOptions {
    /** The relation of the other model that leads back. Needed where it has several. */
    readonly by?: string;
    /** Order of the rows: names of fields, with `-` for descending. That of the model by default. */
    readonly orderBy?: string | readonly string[];
}

/** Options of a relation of many to many. */
export interface ManyToManyOptions {
    /** Model of the rows between, when they have columns of their own. By default a table without a model. */
    readonly through?: () => object;
    /** Whether a pair counts in both directions, for a model that refers to itself. Default false. */
    readonly symmetric?: boolean;
    /** Name of the table between. By default the names of both tables, sorted, joined by `_`. */
    readonly table?: string;
}

/** A relation: where it leads, and how. The shape is all that types look at. */
export interface Relation<Target, Kind extends "one" | "many", Nullable extends boolean, AddsKey extends boolean = boolean> {
    /** Whether it leads to one row or to many. */
    readonly kind: Kind;
    /** Whether it adds a field with the key of the other row. */
    readonly addsKey: AddsKey;
    /** The function that made it. */
    readonly relation: RelationKind;
    /** The model that it leads to. */
    readonly target: Target;
    /** Whether it may lead nowhere. */
    readonly nullable: Nullable;
    /** The options as they were written. */
    readonly options: BelongsToOptions & HasOptions & ManyToManyOptions;
}

/** Messages by field; `$model` has those of the whole row. */
export type ModelErrors = Readonly<Record<string, readonly string[]>>;

/** The functions by name. They are deterministic and only useful in statements. Each takes as many values as it declares. */
export declare const sqliteFunctions: Readonly<Record<string, SqliteFunction>>;

/** Options for acquiring a connection. */
export interface AcquireOptions {
    /** Whether it is used for writing. */
    readonly write: boolean;
    /** Whether it is held for long. A stream has its own connection if the database has several. Default false. */
    readonly isOwn?: boolean;
    /** Whether statements may take any time, if the driver itself limits them. Default false. */
    readonly isUnlimited?: boolean;
    /** Where the work that holds it started, for the errors of those who wait for a connection. Unknown by default. */
    readonly opened?: Error | undefined;
    /** Cancels the wait. */
    readonly signal?: AbortSignal | undefined;
}

/** A connection that is held. A driver may return plain values instead of promises. */
export interface Connection {
    /** Runs one statement. */
    run(statement: Statement): StatementResult | Promise<StatementResult>;
    /** Returns rows in batches, for results that are too large for memory. */
    cursor(statement: Statement, batch: number): AsyncIterable<ReadonlyArray<readonly DriverValue[]>>;
    /** Returns the connection. With an error, rolls back open work. */
    release(error?: unknown): void;
}

/** A database. */
export interface Driver {
    /** The SQL dialect. */
    readonly dialect: "sqlite" | "postgres" | "mariadb" | "mysql";
    /** Returns a connection; waits for a free one. Throws `E_POOL_TIMEOUT` if none becomes free in time. */
    acquire(options: AcquireOptions): Connection | Promise<Connection>;
    /** Closes all connections, after held ones are returned or a time limit has passed. */
    close(): Promise<void>;
}

/** A statement, with its values separate from its SQL. */
export interface Statement {
    /** The SQL, with a placeholder for each parameter. */
    readonly sql: string;
    /** Values in the order of their placeholders. */
    readonly parameters: readonly DriverValue[];
    /** Whether the statement returns rows. */
    readonly rows: "arrays" | "none";
    /** Whether to return the column names. Default false. */
    readonly wantsNames?: boolean;
    /** Whether the statement itself returns at most one row. Default false. */
    readonly isOneRow?: boolean;
    /** Whether integers are returned as bigint, for 64-bit columns. Default false. */
    readonly readsBigInts?: boolean;
    /** Cancels the statement, on databases that support it. Never by default. */
    readonly signal?: AbortSignal | undefined;
}

/** Result of a statement. */
export interface StatementResult {
    /** Rows as arrays; empty for a statement without rows. */
    readonly rows: ReadonlyArray<readonly DriverValue[]>;
    /** Number of changed rows. */
    readonly affected: number;
    /** Column names, if they were requested. */
    readonly names?: readonly string[];
    /** Key of the last inserted row, if the database generates it; on MySQL, of the first one. */
    readonly insertId: number | bigint;
    /** Difference between the keys of rows that one MySQL statement has inserted. */
    readonly insertStep?: number;
}

/** A value as drivers take and return it. Dates and undefined never reach a driver: codecs convert them first. */
export type DriverValue = string | number | bigint | boolean | Uint8Array | null;

/** How a relation is loaded when code touches it before it was loaded. */
export type FetchMode = "peers" | "one" | "raise";

/** The event that `onStatement` and the channel `gable.data.query` of node:diagnostics_channel get for each statement. */
export interface StatementEvent {
    /** The SQL text, without values. */
    readonly sql: string;
    /** Name of the database. */
    readonly database: string;
    /** Duration in ms. */
    readonly durationMs: number;
    /** Number of rows that were read or changed. */
    readonly rowCount: number;
    /**
     * The parameters in order, if the database has the option `logParameters`. Parameters of fields with the option `secret` are
     * left out. Values in your own SQL are shown as they are.
     */
    readonly parameters?: readonly unknown[];
    /** Asks the database how it runs the statement. */
    explain(): Promise<string>;
}

/** What the transaction of a request may be. */
export type TransactionalOptions = Pick<TransactionOptions, "isolation" | "timeoutMs">;

/** How a transaction runs. */
export interface TransactionOptions {
    /** How it is isolated. That of the database by default; SQLite is always serializable. */
    readonly isolation?: Isolation;
    /** Whether it only reads. Default false. */
    readonly readOnly?: boolean;
    /** How often the work is repeated when another transaction was in the way. Default 0. */
    readonly retries?: number;
    /** Longest duration of the work, in ms. None by default. */
    readonly timeoutMs?: number;
    /** Whether it must not be inside of another one. Default false. */
    readonly outermost?: boolean;
    /** The database. That of the caller by default, or the only one. */
    readonly database?: {
        readonly $core: DatabaseCore;
    };
}
