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

/** Detaches a row from those that it was loaded with, so that a cache does not keep them all alive. */
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

/** Saves rows of several models, all or none. New rows come first, in the order of their relations. */
export declare function saveMany(rows: ReadonlyArray<{
    save(): Promise<unknown>;
}>): Promise<void>;

/** Matches rows that match all filters: `{ [and]: [{ ... }, { ... }] }`. */
export declare const and: unique symbol;

/** The exact complement of a filter: `{ [not]: { ... } }`. */
export declare const not: unique symbol;

/** Matches rows that match any of the filters: `{ [or]: [{ ... }, { ... }] }`. */
export declare const or: unique symbol;

/** Replaces a value that is not given: the condition is left out. */
export declare const skip: unique symbol;

/** Returns the value of the first condition that is true. */
export declare function cases<Value>(...list: ReadonlyArray<readonly [condition: Condition, value: Outcome<Value>]>): OpenCases<Value>;

/** Returns the time of the statement. */
export declare function now(): ExpressionOf<Date>;

/**
 * Custom SQL. Values in `${}` are bound as parameters; expressions and names are quoted for the database.
 * Throws `E_SQL_PART` for anything else.
 *
 * @example
 * Book.where().values(book => ({ size: sql<number>`length(${book.title})` }))
 */
export declare function sql<Value = boolean>(texts: TemplateStringsArray, ...parts: readonly unknown[]): ExpressionOf<Value>;

/** Returns a value if a condition is true: `when(book.pages.gt(300), "thick").else("thin")`. */
export declare function when<Value>(condition: Condition, value: Outcome<Value>): OpenCases<Value>;

/** Like {@link rank}, without gaps. */
export declare function denseRank(): OpenWindow<number>;

/** Value of the first row of the window. */
export declare function firstValue<Value>(value: AnyExpression<Value>): OpenWindow<Value | null>;

/** Value of the row this many rows earlier; null if there is none. */
export declare function lag<Value>(value: AnyExpression<Value>, rows?: number): OpenWindow<Value | null>;

/** Value of the last row of the window: of the whole window with `rows: ["start", "end"]`, otherwise up to the row itself. */
export declare function lastValue<Value>(value: AnyExpression<Value>): OpenWindow<Value | null>;

/** Value of the row this many rows later; null if there is none. */
export declare function lead<Value>(value: AnyExpression<Value>, rows?: number): OpenWindow<Value | null>;

/** Number of the row's group, if the window is divided into this many groups of about equal size. */
export declare function ntile(parts: number): OpenWindow<number>;

/** Rank of a row in its window: equal rows share a rank, and the following ranks are skipped. */
export declare function rank(): OpenWindow<number>;

/** Number of a row in its window, starting at 1. */
export declare function rowNumber(): OpenWindow<number>;

/**
 * Returns a string as a part of an address: lower-case ASCII letters and digits, with hyphens between them.
 *
 * Latin, Cyrillic and Greek letters are transliterated. Others are dropped, so the result can be empty. Throws `E_OPTION_INVALID` for a `max` below 1.
 *
 * @example
 * slugify("Crème Brûlée & Straße"); // => "creme-brulee-strasse"
 */
export declare function slugify(text: string, options?: SlugifyOptions): string;

/** Options of {@link slugify}. */
export interface SlugifyOptions {
    /** Longest result in characters. Default 50. */
    readonly max?: number;
}

/** Builders of columns. A database reports all invalid options together when it opens the models. */
export declare const field: {
    /** The primary key: a number that counts up, or a UUID of version 7. */
    readonly id: <const Options extends IdOptions = {
        readonly kind: "integer";
    }>(options?: Options) => Column<Options extends {
        readonly kind: "uuid";
    } ? string : number, "optional", true> & AccessOf<{
        readonly editable: false;
    }>;
    /** A UUID, in lower case. */
    readonly uuid: <const Options extends ColumnOptions<string>>(options?: Options) => Made<string, Options>;
    /** Text: a single line with `max`, of any length without it. */
    readonly text: <const Options extends TextOptions>(options?: Options) => Made<string, Options>;
    /** A part of a URL: letters, digits, hyphens and underscores. */
    readonly slug: <const Options extends SlugOptions>(options?: Options) => Made<string, Options>;
    /** An e-mail address. */
    readonly email: <const Options extends TextOptions>(options?: Options) => Made<string, Options>;
    /** A URL with http or https. */
    readonly url: <const Options extends TextOptions>(options?: Options) => Made<string, Options>;
    /** A whole number of 32 bits. */
    readonly int: <const Options extends NumberOptions<number>>(options?: Options) => Made<number, Options>;
    /** A whole number of 64 bits. */
    readonly bigint: <const Options extends NumberOptions<bigint>>(options?: Options) => Made<bigint, Options>;
    /** A finite number of double precision. */
    readonly float: <const Options extends NumberOptions<number>>(options?: Options) => Made<number, Options>;
    /** A decimal number, as a string with exactly `scale` digits after the decimal point. */
    readonly decimal: <const Options extends DecimalOptions>(options: Options) => Made<string, Options>;
    /** True or false. */
    readonly boolean: <const Options extends ColumnOptions<boolean>>(options?: Options) => Made<boolean, Options>;
    /** A day, as `"2026-11-20"`. */
    readonly date: <const Options extends ColumnOptions<string>>(options?: Options) => Made<string, Options>;
    /** A time of day, as `"10:12:00"`. */
    readonly time: <const Options extends ColumnOptions<string>>(options?: Options) => Made<string, Options>;
    /** A datetime, to the millisecond. */
    readonly datetime: <const Options extends DatetimeOptions>(options?: Options) => Made<Date, Options>;
    /** Any value that JSON can hold. Write `field.json<Meta | null>({ null: true })` for one that may be absent. */
    readonly json: <Value>(options?: ColumnOptions<Value>) => Column<Value, JsonInsert<Value>>;
    /** Bytes. */
    readonly bytes: <const Options extends BytesOptions>(options?: Options) => Made<Uint8Array, Options>;
    /** A span of time, in whole milliseconds. */
    readonly duration: <const Options extends NumberOptions<number>>(options?: Options) => Made<number, Options>;
    /** An IP address, of version 4 or 6, in its shortest form. */
    readonly ip: <const Options extends ColumnOptions<string>>(options?: Options) => Made<string, Options>;
    /** A list of values, each described by a field: `field.array(field.text({ max: 50 }))`. */
    readonly array: <Item, const Options extends ArrayOptions<Item>>(items: Column<Item, "required" | "optional">, options?: Options) => Made<Item[], Options>;
    /** A file that the storage of the application keeps: the value is its key. Forms of the model take an upload. */
    readonly file: <const Options extends FileOptions>(options?: Options) => FileColumn<Out<string, Options>, InsertOf<Options>, IsKeyOf<Options>> & AccessOf<Options>;
    /** One of several keys, each with a display label. */
    readonly choice: <const Choices extends Readonly<Record<string, string>>, const Options extends ChoiceOptions<keyof Choices & string>>(choices: Choices, options?: Options) => Made<keyof Choices & string, Options>;
};

/** Declares that each row belongs to one row of the other model. This model stores the key. */
export declare function belongsTo<Target, const Options extends BelongsToOptions>(target: Target, options?: Options): Relation<Target, "one", Options extends {
    readonly null: true;
} ? true : false, Options extends {
    readonly columns: readonly string[];
} ? false : true>;

/** Declares that rows of the other model belong to each row. */
export declare function hasMany<Target>(target: Target, options?: HasOptions): Relation<Target, "many", false, false>;

/** Declares that at most one row of the other model belongs to each row. */
export declare function hasOne<Target>(target: Target, options?: HasOptions): Relation<Target, "one", true, false>;

/** Declares that rows of both models belong to each other, through a join table. */
export declare function manyToMany<Target>(target: Target, options?: ManyToManyOptions): Relation<Target, "many", false, false>;

/** Returns all mistakes in the definitions of models; an empty list if there are none. Opens no database. */
export declare function checkModels(models: readonly ModelClass[]): DefinitionMistake[];

/** One mistake in a definition. */
export interface DefinitionMistake {
    /** Code that says its kind. */
    readonly code: ErrorCode;
    /** Model and field: `Book.title`. */
    readonly where: string;
    /** The mistake. */
    readonly message: string;
    /** How to correct it. */
    readonly fix: string;
}

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
 * A middleware that runs each request in a transaction, except for safe methods such as GET. Commits before the reply is
 * sent. Rolls back if the status of the reply is 400 or above, or if the handler throws. What a
 * reply streams later runs outside of the transaction.
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
 * Runs a callback after the transaction is committed, or immediately without one. Errors of the callback are reported and
 * roll back nothing. Throws `E_DATABASE_MISSING` if no database is open.
 */
export declare function onCommit(callback: Callback): void;

/**
 * Runs a callback with the error that rolls the transaction back.
 *
 * The code `E_COMMIT_UNKNOWN` says that it may have
 * been committed all the same. Without a transaction the callback never runs.
 */
export declare function onRollback(callback: UndoCallback): void;

/** Runs work outside of the caller's transaction, on another connection. */
export declare function outside<Result>(work: () => Result): Result;

/**
 * Runs work in a transaction. Inside another one it is a savepoint: an error rolls back this part, and is rethrown.
 * Throws the errors of the work, `E_TRANSACTION_CONFLICT`, `E_TRANSACTION_ABORTED`, `E_TRANSACTION_TIMEOUT` and `E_COMMIT_UNKNOWN`.
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
     * the code under test becomes a savepoint. `testDatabase()` of gable/testing calls both. With `readOnly`, the database refuses
     * every write (`E_TRANSACTION_READ_ONLY`).
     */
    isolate(options?: {
        readonly readOnly?: boolean;
    }): Promise<() => Promise<void>>;
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
     * first of the secret keys of `gable()`, otherwise the address of the database with its password. An address without a password, and that of SQLite, is not secret: whoever knows it can
     * read the values in cursors. With a driver and no address, cursors end with the process.
     */
    readonly cursorSecret?: string;
    /** Called after each statement. None by default. */
    readonly onStatement?: (event: StatementEvent) => void;
    /** Called with errors of callbacks that run after a commit. By default they go to the log of the application, else to the console. */
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

/** What to do with existing rows: fields of a unique key, and fields that get the values of the new row. */
export interface ConflictUpdate<Name extends string = string> {
    /** Fields of the unique key. */
    readonly target: readonly Name[];
    /** Fields that take the new values. */
    readonly update: readonly Name[];
}

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

/** Options for writing a row. */
export interface WriteOptions {
    /** Whether to validate values before the database gets them. Default true. */
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

/** A relation to one row. Await it to load it, for all rows of the same result. */
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
    /** The fields as written. */
    readonly $fields: Fields;
    /** The options as written. */
    readonly $options: AnyModelOptions;
    /** Metadata of the model, as frozen data. */
    readonly $meta: ModelMeta;
    /** Validates values of a row. Returns messages by field, with `$model` for the whole row; empty if the values are valid. */
    validate(values: Readonly<Record<string, unknown>>, options?: {
        readonly isPartial?: boolean;
    }): Promise<ModelErrors>;
    /** Returns a Standard Schema of the model's fields, for forms and APIs. */
    schema<const Purpose extends SchemaPurpose, const Name extends SchemaName<Fields, Purpose> = UsualSchemaName<Fields, Purpose>, const Left extends SchemaName<Fields, Purpose> = never>(options: SchemaOptions<Purpose, Name, Left>): ModelSchema<SchemaValues<Fields, Purpose, Exclude<Name, Left>>>;
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

/** Methods of rows of views. */
export type ViewInstanceApi<Fields> = Pick<InstanceApi<Fields>, "reload" | "load" | "toJSON">;

/** Options of a view: its query, and the options of a model that do not concern writing. */
export interface ViewOptions<Fields = FieldMap> extends Pick<ModelOptions<Fields>, "label" | "labelPlural" | "display" | "orderBy" | "primary" | "managed" | "scope" | "database"> {
    /** The query: one for all databases, or one for each kind. Its columns have the names of the view's columns. */
    readonly sql: QueryText;
    /** Text fields that search() looks into. None by default. */
    readonly search?: ReadonlyArray<keyof Fields & string>;
    /** Whether PostgreSQL stores the rows until `refresh()`; otherwise each query computes them. Default false. */
    readonly materialized?: true;
}

/** Static methods of a view: those of a model that read. */
export interface ViewStatic<Fields> extends Omit<ModelStatic<Fields>, "validate" | "withDeleted" | "build" | "create" | "createMany" | "upsert" | "getOrCreate" | "updateMany"> {
    /**
     * Computes the rows of a materialized view again, while others can still read the old ones. Does nothing if the database does not
     * store the rows.
     */
    refresh(): Promise<void>;
}

/** Options of an aggregate. */
export interface AggregateOptions {
    /** Only reads rows that match this condition. All rows by default. */
    readonly where?: Condition;
    /** Whether each value counts once. Default false. */
    readonly distinct?: boolean;
}

/** A list: from a list column, or in JSON. */
export interface ArrayExpression<Value, Item> extends JsonExpression<Value> {
    /** Whether the list contains an item. */
    has(item: Item): Condition;
    /** Whether the list contains all of the items. */
    hasAll(items: readonly Item[]): Condition;
    /** Whether the list contains any of the items. */
    hasAny(items: readonly Item[]): Condition;
    /** Whether the list is empty. */
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
    /** Whether this and all the others are true. */
    and(...conditions: readonly Condition[]): Condition;
    /** Whether this or any of the others is true. */
    or(...conditions: readonly Condition[]): Condition;
    /** Whether this is not true. */
    not(): Condition;
}

/** True or false. */
export interface Condition extends Expression<boolean> {
    /** Whether this and all the others are true. */
    and(...conditions: readonly Condition[]): Condition;
    /** Whether this or any of the others is true. */
    or(...conditions: readonly Condition[]): Condition;
    /** The exact complement: null counts as not true. */
    not(): Condition;
}

/** A datetime. */
export interface DateExpression<Value> extends Expression<Value>, Calendar {
    /** The start of its year, quarter, month, week (Monday), day or hour: in UTC, or in a time zone. Throws `E_EXPRESSION_ARGUMENT`. */
    truncate(unit: DayUnit | "hour", zone?: string): DateExpression<Value>;
    /**
     * Adds a span: `{ days: 7 }`. With a time zone, years to days keep the local time. Throws `E_EXPRESSION_ARGUMENT` or
     * `E_OPTION_UNKNOWN`; the query throws `E_DATE_RANGE` outside of the years 1 to 9999.
     */
    add(span: Span, zone?: string): DateExpression<Value>;
    /** Subtracts a span, in the same way. */
    sub(span: Span, zone?: string): DateExpression<Value>;
}

/** Days to add to a date: whole numbers, negative ones go back. */
export interface DaySpan {
    /** Each is 12 months. */
    readonly years?: number;
    /** A day that the resulting month does not have becomes its last day: 31 January and one month are 28 or 29 February. */
    readonly months?: number;
    /** Each is 7 days. */
    readonly weeks?: number;
    /** Days after the months are added. */
    readonly days?: number;
}

/** Units of days. Weeks start on Monday (ISO 8601). */
export type DayUnit = "year" | "quarter" | "month" | "week" | "day";

/** Methods of every expression. */
export interface Expression<Value> extends AnyExpression<Value> {
    /** Whether it equals a value. */
    eq(value: Argument<Value>): Condition;
    /** Whether it differs from a value. Null differs from every value. */
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
    /** Whether it is one of the values, or in the result of a query of one column. */
    in(values: ReadonlyArray<Value | null> | ColumnQuery<Value | null>): Condition;
    /** Whether it is none of the values, and not in the result of a query. */
    notIn(values: ReadonlyArray<Value | null> | ColumnQuery<Value | null>): Condition;
    /** Whether it is null. */
    isNull(): Condition;
    /** Whether it is not null. */
    isNotNull(): Condition;
    /** The value, or another one if it is null. */
    coalesce(value: Argument<Value>): ExpressionOf<NonNullable<Value>>;
    /**
     * Converts to the type of a field: `cast(field.int())`. Rounds numbers half away from zero; a string that is not a number
     * becomes null. Throws `E_EXPRESSION_TYPE` for types that cannot be converted.
     */
    cast<Target>(to: {
        readonly kind: "column";
        readonly value: Target;
    }): ExpressionOf<Target | null>;
    /** Null if it equals the given value, otherwise the value. */
    nullIf(value: Argument<Value>): ExpressionOf<Value | null>;
    /** Orders rows by it, the smallest value first. */
    asc(options?: OrderOptions): Order;
    /** Orders rows by it, the largest value first. */
    desc(options?: OrderOptions): Order;
    /** Counts rows that are not null. */
    count(options?: AggregateOptions): NumberExpression<number>;
    /** Smallest value; null without rows. */
    min(options?: AggregateOptions): ExpressionOf<Value | null>;
    /** Largest value; null without rows. */
    max(options?: AggregateOptions): ExpressionOf<Value | null>;
    /** Computes an aggregate over a window of rows: `book.price.sum().over({ partitionBy: book.authorId })`. */
    over(window: WindowOptions): ExpressionOf<Value>;
}

/** The expression for a type of value. */
export type ExpressionOf<Value> = [NonNullable<Value>] extends [string] ? TextExpression<Value> : [NonNullable<Value>] extends [number | bigint] ? NumberExpression<Value> : [NonNullable<Value>] extends [boolean] ? BooleanExpression<Value> : [NonNullable<Value>] extends [Date] ? DateExpression<Value> : [NonNullable<Value>] extends [Uint8Array] ? Expression<Value> : [NonNullable<Value>] extends [ReadonlyArray<infer Item>] ? ArrayExpression<Value, Item> : JsonExpression<Value>;

/** A value of JSON, or bytes. */
export interface JsonExpression<Value> extends AnyExpression<Value> {
    /** Whether it is null. */
    isNull(): Condition;
    /** Whether it is not null. */
    isNotNull(): Condition;
    /** A part of the value, as a string. String keys name properties; numbers count items, from the end when negative. */
    at(...path: ReadonlyArray<string | number>): TextExpression<string | null>;
    /** Whether it equals a value, in any order of keys. */
    equals(value: unknown): Condition;
    /** Whether it contains a value: some entries of an object, or some items of a list. */
    contains(value: unknown): Condition;
    /** Whether it is an object with this key. */
    hasKey(key: string): Condition;
    /** Counts rows that are not null. */
    count(options?: AggregateOptions): NumberExpression<number>;
}

/** A number. */
export interface NumberExpression<Value> extends Expression<Value>, Arithmetic<Value> {
}

/** A step of an order, made by `asc()` or `desc()`. */
export interface Order {
}

/** Where an order puts rows with null. */
export interface OrderOptions {
    /** By default null counts as the largest value. */
    readonly nulls?: "first" | "last";
}

/** Time to add to a datetime: whole numbers, negative ones go back. Months come first, then days, then hours. */
export interface Span extends DaySpan {
    /** Each is 60 minutes, also across clock changes. */
    readonly hours?: number;
    /** Each is 60 seconds. */
    readonly minutes?: number;
    /** Seconds after everything else is added. */
    readonly seconds?: number;
}

/** A string. Decimals, days and times are strings as well, so they have the same methods. */
export interface TextExpression<Value> extends Expression<Value>, Arithmetic<Value>, Calendar {
    /** Adds a number to a decimal, or days to a date: `{ months: 1 }`. The query throws `E_DATE_RANGE` outside of the years 1 to 9999. */
    add(value: Argument<Value> | number | DaySpan): ExpressionOf<Value>;
    /** Subtracts a number from a decimal, or days from a date. */
    sub(value: Argument<Value> | number | DaySpan): ExpressionOf<Value>;
    /** The first day of the year, quarter, month or week (Monday) of a date. Throws `E_EXPRESSION_ARGUMENT` or `E_EXPRESSION_TYPE`. */
    truncate(unit: DayUnit): TextExpression<Value>;
    /** Whether it contains a string. Case-sensitive. */
    contains(text: string): Condition;
    /** Whether it starts with a string. Case-sensitive. */
    startsWith(text: string): Condition;
    /** Whether it ends with a string. Case-sensitive. */
    endsWith(text: string): Condition;
    /** Whether it equals a string. Case-insensitive. */
    ieq(text: string): Condition;
    /** Whether it contains a string. Case-insensitive. */
    icontains(text: string): Condition;
    /** Whether it starts with a string. Case-insensitive. */
    istartsWith(text: string): Condition;
    /** Whether it ends with a string. Case-insensitive. */
    iendsWith(text: string): Condition;
    /** Converts to lower case. */
    lower(): TextExpression<Value>;
    /** Converts to upper case. */
    upper(): TextExpression<Value>;
    /** Removes spaces at both ends. */
    trim(): TextExpression<Value>;
    /** Number of characters (code points). */
    length(): NumberExpression<number>;
    /** Returns this many characters, starting at a position; the first is 1. */
    substring(start: number, length?: number): TextExpression<Value>;
    /** Replaces each occurrence of a string. */
    replace(search: string, replacement: string): TextExpression<Value>;
    /** Appends other values; null counts as an empty string. */
    concat(...parts: ReadonlyArray<string | AnyExpression<unknown>>): TextExpression<string>;
    /**
     * Joins the strings of all rows with a separator: `book.tags.name.stringAggregate(", ")`; null without rows. Skips rows with
     * null. Throws `E_EXPRESSION_ARGUMENT`; the query throws `E_TEXT_TOO_LONG` for a result larger than a packet of MariaDB.
     */
    stringAggregate(separator: string, options?: StringAggregateOptions): TextExpression<string | null>;
}

/** Options of a window: the rows that a value is computed from. */
export interface WindowOptions {
    /** Expressions whose equal values form one window. By default all rows are one window. */
    readonly partitionBy?: AnyExpression<unknown> | ReadonlyArray<AnyExpression<unknown>>;
    /** The order of the rows in a window. None by default. */
    readonly orderBy?: Order | AnyExpression<unknown> | ReadonlyArray<Order | AnyExpression<unknown>>;
    /**
     * Rows around the current one that aggregates and first and last values read: `[-2, 0]` is the two rows before it and itself.
     * By default, with an order, all rows up to the current one and its equals; without an order, the whole window.
     */
    readonly rows?: readonly [from: number | "start", to: number | "end"];
}

/** Options for filters from a URL or a form. */
export interface FilterFromOptions<Name extends string = string> {
    /** Fields, and fields of relations by their path: `"author.name"`. For a relation to many rows, at least one of them must match. */
    readonly allow: ReadonlyArray<Name | `${Name}.${string}`>;
    /** Operators that may follow a name: `pages.gte=100`. Only equality by default. */
    readonly operators?: readonly FilterOperator[];
    /** Names with another meaning, such as the page number. None by default. */
    readonly ignore?: readonly string[];
}

/** An operator of a filter from a URL or a form. */
export type FilterOperator = (typeof operatorNames)[number];

/** Values by name, as in URLs and forms. */
export type FilterValues = URLSearchParams | Readonly<Record<string, string | readonly string[] | undefined>>;

/** Rows that a delete would affect. */
export interface DeletePreview {
    /** Their model. */
    readonly model: ModelClass;
    /** The relation by which they refer to deleted rows; "" for the rows of the query. */
    readonly relation: string;
    /** What would happen to them. A single "refused" prevents the whole delete. */
    readonly action: "deleted" | "set null" | "set default" | "refused";
    /** Their number. */
    readonly count: number;
    /** Whether the count is exact; otherwise it is a minimum. */
    readonly isCountExact: boolean;
}

/** A window function before `over()`. */
export interface OpenWindow<Value> {
    /** Computes the value among the rows of a window. */
    over(window: WindowOptions): ExpressionOf<Value>;
}

/** Conditions with values, until `else()` ends them. */
export interface OpenCases<Value> {
    /** The value if no condition is true. */
    else<Other>(value: Outcome<Other>): ExpressionOf<Widened<Value> | Widened<Other>>;
    /** Null if no condition is true. */
    end(): ExpressionOf<Widened<Value> | null>;
}

/** One page with its number. */
export interface NumberedPage<Item> {
    /** The rows of the page. */
    readonly items: readonly Item[];
    /** Number of the page, from 1. */
    readonly number: number;
    /** Number of all rows, or `countMax` if there are more. */
    readonly total: number;
    /** Whether `total` is exact; false if there are more rows than were counted. */
    readonly isTotalExact: boolean;
    /** Number of pages of the counted rows. */
    readonly pageCount: number;
}

/** Options of `numberedPage()`. */
export interface NumberedPageOptions {
    /** From 1. */
    readonly number: number;
    /** Rows of a page, 1 to 1,000. */
    readonly size: number;
    /** Maximum number of rows to count. Default 10,000. */
    readonly countMax?: number;
}

/** One page, with cursors for its neighbours. */
export interface Page<Item> {
    /** The rows of the page. */
    readonly items: readonly Item[];
    /** Cursor for `after`; undefined on the last page. */
    readonly next: string | undefined;
    /** Cursor for `before`; undefined on the first page. */
    readonly previous: string | undefined;
}

/** Options of `page()`. */
export interface PageOptions {
    /** Rows of a page, 1 to 1,000. */
    readonly size: number;
    /** `next` of another page. None by default. */
    readonly after?: string | undefined;
    /** `previous` of another page. None by default. */
    readonly before?: string | undefined;
}

/** A query of a model's rows. */
export declare class Query<Class, Item> implements PromiseLike<Item[]> {
    #private;
    /** Type of an item, where the query is used as a list; never set. */
    readonly $column: Item;
    /** The model; never set. */
    readonly $class: Class;
    /** Returns a query of all rows of a model, or of a row's relation. */
    static relatedParts(model: ModelClass, related: QueryParts["related"]): QueryParts;
    /** Returns a query of all rows of a model. */
    static of<Class, Item>(model: ModelClass): Query<Class, Item>;
    /** Runs the query: awaiting it does. */
    then<Result = Item[], Failure = never>(onResult?: ((items: Item[]) => Result | PromiseLike<Result>) | null, onError?: ((error: unknown) => Failure | PromiseLike<Failure>) | null): Promise<Result | Failure>;
    /** Finds rows that match a filter, in addition to earlier filters. Filters the rows of a limited query after the limit. */
    where(...filters: ReadonlyArray<Filter<Class>>): Query<Class, Item>;
    /** Finds exactly the rows that do not match a filter. */
    exclude(filter: Filter<Class>): Query<Class, Item>;
    /** Combines the rows of queries, without duplicates. They must be of one model, or values() with the same names. */
    union(...others: ReadonlyArray<SameQuery<Item>>): Query<Class, Item>;
    /** Combines the rows of queries, with duplicates. */
    unionAll(...others: ReadonlyArray<SameQuery<Item>>): Query<Class, Item>;
    /** Finds rows that occur in this and all other queries, without duplicates. */
    intersect(...others: ReadonlyArray<SameQuery<Item>>): Query<Class, Item>;
    /** Finds rows of this query that occur in none of the others, without duplicates. */
    except(...others: ReadonlyArray<SameQuery<Item>>): Query<Class, Item>;
    /**
     * Finds rows whose `search` fields contain a word starting with each word of `text`. Case-insensitive. With an index, the best
     * matches come first. A string without words finds no rows. Throws `E_SEARCH_FIELDS`.
     */
    search(text: string): Query<Class, Item>;
    /** Selects all rows, which lets you call update() and delete() without a filter. */
    all(): Query<Class, Item>;
    /** Includes soft-deleted rows. Throws `E_SOFT_DELETE` for a model without soft delete. */
    withDeleted(): Query<Class, Item>;
    /** Orders the rows. Null counts as the largest value. */
    orderBy(...order: ReadonlyArray<OrderBy<Class> | ValueOrder<Item>>): Query<Class, Item>;
    /** Returns at most this many rows. */
    limit(count: number): Query<Class, Item>;
    /** Skips this many rows at the start. */
    offset(count: number): Query<Class, Item>;
    /** Removes duplicate rows. With column names, keeps the first row for each combination of their values. */
    distinct(...names: ReadonlyArray<DistinctName<Class>>): Query<Class, Item>;
    /** Locks the rows until the transaction ends. Throws `E_LOCK_OUTSIDE_TRANSACTION` if it runs outside of one. */
    lock(strength: "update" | "share", options?: LockOptions): Query<Class, Item>;
    /** Sets how a relation is loaded when code reads it before it was loaded. By default the setting of the database. */
    fetchMode(mode: FetchMode): Query<Class, Item>;
    /**
     * Cancels the statement of the query when a signal aborts, for example that of a request. Awaiting the query then throws the
     * signal's reason. SQLite does not cancel a running statement.
     */
    signal(signal: AbortSignal): Query<Class, Item>;
    /** Cancels the statement of the query after this many ms: `E_STATEMENT_TIMEOUT`. SQLite does not cancel a running statement. */
    timeoutMs(limitMs: number): Query<Class, Item>;
    /**
     * Reads from a replica if there is one, except inside a transaction and after a write of the same request. In
     * work that runs on a replica, reads from the primary database.
     */
    on(place: "replica" | "primary"): Query<Class, Item>;
    /** Runs on a database with this name, one of those that were opened together. Running it throws `E_DATABASE_UNKNOWN`. */
    using(name: string): Query<Class, Item>;
    /** Loads relations with the rows. */
    with<const Wanted extends With<Class>>(wanted: Wanted): Query<Class, Loaded<Class, Item, Wanted>>;
    /**
     * Reads only some columns of the rows, and the key. Reading another property throws `E_COLUMN_DEFERRED` until load() of a row
     * has read it for all of them.
     */
    only(...names: ReadonlyArray<ColumnName<Class>>): Query<Class, Item>;
    /** Returns plain objects with some columns and relations. */
    select<const Wanted extends Selection<Class>>(wanted: Wanted & ExactSelection<FieldsOf<Class>, Wanted>): Query<Class, Selected<Class, Wanted>>;
    /** Adds values to the columns of each row. */
    annotate<Picked extends Expressions>(pick: (row: NoInfer<Refs<Class>>) => Picked): Query<Class, Item & Readonly<ValuesOf<Picked>>>;
    /** Returns plain objects of expressions; after groupBy(), of keys and aggregates. */
    values<Picked extends Expressions>(pick: (row: NoInfer<Refs<Class>>) => Picked): Query<Class, ValuesOf<Picked>>;
    /** Returns one column as a list; also for `in`. */
    pluck<Name extends ColumnName<Class>>(name: Name): Query<Class, ColumnValue<Class, Name>>;
    /** Groups the rows by keys. values() selects what to read of each group. */
    groupBy(pick: (row: NoInfer<Refs<Class>>) => ReadonlyArray<AnyExpression<unknown>>): Query<Class, Item>;
    /** Keeps groups that match a condition. */
    having(pick: (row: NoInfer<Refs<Class>>) => Condition): Query<Class, Item>;
    /** Returns the row of a key or a filter. Throws `E_ROW_MISSING` (404) for none, `E_ROW_AMBIGUOUS` for several. */
    get(key: KeyOrWhere<Class>): Promise<Item>;
    /** Returns the row of a key or a filter; undefined for none. Throws `E_ROW_AMBIGUOUS` for several. */
    find(key: KeyOrWhere<Class>): Promise<Item | undefined>;
    /** Returns the first row; undefined for none. */
    first(): Promise<Item | undefined>;
    /** Returns rows by their keys, in the order of the keys, with one statement. Leaves out missing rows. */
    getMany(keys: ReadonlyArray<KeyOf<Class>>): Promise<Item[]>;
    /** Counts the rows, or those that also match filters. */
    count(...filters: ReadonlyArray<Filter<Class>>): Promise<number>;
    /** Whether a row exists, or one that also matches filters. */
    exists(...filters: ReadonlyArray<Filter<Class>>): Promise<boolean>;
    /** Returns values over all rows, as one object. */
    aggregate<Picked extends Expressions>(pick: (row: NoInfer<Refs<Class>>) => Picked): Promise<ValuesOf<Picked>>;
    /** Returns a page of rows, by the cursor of its neighbour. Throws `E_CURSOR` (400) for a cursor of another list. */
    page(options: PageOptions): Promise<Page<Item>>;
    /** Returns a page of rows, by its number. */
    numberedPage(options: NumberedPageOptions): Promise<NumberedPage<Item>>;
    /** Yields rows one by one, read in batches. Loads relations for a whole batch. */
    stream(options?: {
        readonly batch?: number;
    }): AsyncGenerator<Item>;
    /** Updates all rows of the query with one statement, without hooks. Returns their number. */
    update(values: Update<Class>): Promise<number>;
    /** Deletes all rows of the query with one statement, without hooks. With soft delete, records when. Returns their number. */
    delete(): Promise<number>;
    /** Deletes all rows of the query permanently, with one statement and without hooks. Returns their number. */
    purge(): Promise<number>;
    /**
     * Returns what delete() would do: rows that it would delete, rows deleted with them, rows that would lose their relation, and rows that
     * prevent it. Counts at most this many of each kind. Leaves out links of many-to-many relations. Changes nothing.
     */
    previewDelete(options?: {
        readonly countMax?: number;
    }): Promise<DeletePreview[]>;
    /** Restores the soft-deleted rows of the query, without hooks. Returns their number. Throws `E_SOFT_DELETE` like withDeleted(). */
    restore(): Promise<number>;
    /** Returns the statement of the query, with its values in the form of the database. */
    toSql(): {
        sql: string;
        parameters: readonly unknown[];
    };
    /** Returns how the database would run the query; `analyze` runs it if the database supports that. */
    explain(options?: {
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

/** Values of a new row. Columns without a default are required; give relations as rows or keys. */
export type Insert<Class> = InsertOf<FieldsOf<Class>>;

/** Identifies a row by its key, or by a filter that matches at most one row. */
export type KeyOrWhere<Class> = KeyOf<Class> | Where<Class>;

/** A row with loaded relations, which can be read without waiting. */
export type Loaded<Class, Row, Wanted> = Omit<Row, keyof Wanted> & {
    readonly [Name in keyof Wanted & keyof FieldsOf<Class>]: LoadedRelation<FieldsOf<Class>[Name], Wanted[Name]>;
};

/** Options for loading a relation. */
export interface LoadOptions<Class> {
    /** Filter of the relation's rows. All by default. */
    readonly where?: Filter<Class>;
    /** Order of the rows. By default that of the relation. */
    readonly orderBy?: OrderBy<Class> | ReadonlyArray<OrderBy<Class>>;
    /** Maximum number of rows for each row with the relation. No limit by default. */
    readonly limit?: number;
    /** Relations of the relation's rows. None by default. */
    readonly with?: With<Class>;
}

/** Options of a row lock, which lasts until the end of the transaction. */
export interface LockOptions {
    /** Whether to skip rows that others have locked. Default false. */
    readonly skipLocked?: boolean;
    /** Whether to fail immediately if another transaction has locked a row. Default false. */
    readonly noWait?: boolean;
}

/** A step of an order: a column, with `-` for descending, or a callback. */
export type OrderBy<Class> = ColumnName<Class> | `-${ColumnName<Class>}` | ((row: NoInfer<Refs<Class>>) => Order | readonly Order[]);

/** A row in a callback: its columns as expressions, its relations as rows. */
export type Refs<Class> = {
    readonly [Name in keyof FieldsOf<Class>]: Ref<FieldsOf<Class>[Name]>;
} & KeyRefs<FieldsOf<Class>> & RowRefs;

/** A plain row of a selection. As above, editors show its properties. */
export type Selected<Class, Wanted> = {
    -readonly [Name in keyof Wanted]: Wanted[Name] extends true ? ColumnValue<Class, Name> : Name extends keyof FieldsOf<Class> ? SelectedRelation<FieldsOf<Class>[Name], Wanted[Name]> : never;
} & {};

/** Selection of a plain result: columns by `true`, relations by a nested selection. */
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

/** A filter of rows, as an object. */
export type Where<Class> = {
    readonly [Name in keyof FieldsOf<Class>]?: FieldFilter<FieldsOf<Class>[Name]>;
} & KeyFilters<FieldsOf<Class>> & Structure<Class>;

/** Relations to load with rows. */
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
 * A column. Three members exist only for the compiler: the type of the value, whether an insert requires it, and whether
 * it is the key. The types of rows and inserts read nothing else, which keeps them cheap.
 */
export declare class Column<Value, Insert extends "required" | "optional", IsKey extends boolean = false> {
    /** Distinguishes columns from relations. */
    readonly kind = "column";
    /** Type of the value; never set. */
    readonly value: Value;
    /** Whether an insert requires a value; never set. */
    readonly insert: Insert;
    /** Whether it is the primary key; never set. */
    readonly isKey: IsKey;
    /** Column type. */
    readonly type: ColumnType;
    /** The options as they were written. */
    readonly options: AnyColumnOptions;
    /** Labels by key of a choice; undefined for other columns. */
    readonly choices: Readonly<Record<string, string>> | undefined;
    /** The column of each item of a list; undefined for other columns. */
    readonly items: AnyColumn | undefined;
}

/** Options of every column. */
export interface ColumnOptions<Value = unknown> {
    /** Whether the value may be null. Default false. */
    readonly null?: boolean;
    /**
     * Value of new rows that give none: a value, a function that returns one, or an expression that the database computes. None by
     * default.
     */
    readonly default?: Value | (() => Value) | DatabaseDefault | null;
    /** Whether each value may occur only once. Default false. */
    readonly unique?: boolean;
    /** Whether the column has a separate index. Default false. */
    readonly index?: boolean;
    /** Whether the column is the primary key. Default false, or true for `f.id()`. */
    readonly primary?: boolean;
    /** Name of the column. By default the name of the field in snake_case. */
    readonly column?: string;
    /** Display name. By default derived from the name of the field. */
    readonly label?: string;
    /** Help text below the field in a form. None by default. */
    readonly help?: string;
    /** Placeholder of an empty form field. None by default. */
    readonly placeholder?: string;
    /** Comment in the database. None by default. */
    readonly comment?: string;
    /** Whether forms and schemas include the field; code may always set it. Default true. */
    readonly editable?: boolean;
    /** Whether the value is left out of JSON, logs, exports and history. Default false. */
    readonly secret?: boolean;
    /** Additional validators. They only run on values that pass the checks of the type. None by default. */
    readonly validate?: ValueCheck<Value> | ReadonlyArray<ValueCheck<Value>>;
    /** The input that forms show. By default one that fits the type. */
    readonly widget?: Widget;
    /** Previous name of the field, for the migration that renames it. None by default. */
    readonly was?: string;
    /** Whether code no longer uses the column, which still exists. Default false. */
    readonly retired?: boolean;
}

/** A column that holds the key of a stored file. */
export type FileColumn<Value, Insert extends "required" | "optional", IsKey extends boolean = false> = Column<Value, Insert, IsKey> & {
    /** Tells it from other text. */
    readonly type: "file";
};

/** Options of file fields. */
export interface FileOptions extends ColumnOptions<string> {
    /** Media types that forms accept, such as "image/png" or "image/*". Any by default. */
    readonly accept?: readonly string[];
    /** Largest file that forms accept, in bytes. Default 10_485_760 (10 MiB). */
    readonly bytesMax?: number;
    /** Start of the keys of files that forms store, such as "covers". None by default. */
    readonly prefix?: string;
}

/** A column of a model. */
export interface FieldMeta {
    /** Name of the property. */
    readonly name: string;
    /** Name of the column. */
    readonly column: string;
    /** Column type. */
    readonly type: ColumnType;
    /** Name for messages: `Book.title`. */
    readonly where: string;
    /** Digits after the decimal point of a decimal; 0 for other types. */
    readonly scale: number;
    /** "text" for a decimal stored as a string, which only supports equality; undefined for all others. */
    readonly storage: "text" | undefined;
    /** Fraction digits of a second that the column stores, if not 3. */
    readonly precision?: MomentPrecision | undefined;
    /** Whether the value may be null. */
    readonly isNullable: boolean;
    /** Whether it belongs to the primary key. */
    readonly isPrimary: boolean;
    /** Whether each value may occur only once. */
    readonly isUnique: boolean;
    /** Whether it has a separate index. */
    readonly isIndexed: boolean;
    /** Whether an insert may leave the value out. */
    readonly hasDefault: boolean;
    /** Whether the database computes the value of a row that gives none. */
    readonly hasDatabaseDefault: boolean;
    /** Whether forms and schemas include it. */
    readonly isEditable: boolean;
    /** Whether it is left out of JSON, logs, exports and history. */
    readonly isSecret: boolean;
    /** Display name. */
    readonly label: string;
    /** Help text in forms; "" for none. */
    readonly help: string;
    /** Placeholder of an empty input; "" for none. */
    readonly placeholder: string;
    /** The input that forms show. */
    readonly widget: Widget;
    /** Labels by key of a choice. */
    readonly choices: Readonly<Record<string, string>> | undefined;
    /** The item type of a list; undefined for other columns. */
    readonly items: ItemMeta | undefined;
    /** The relation whose key the column holds; undefined for other columns. */
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
    /** Display name of one row. */
    readonly label: string;
    /** Display name of several rows. */
    readonly labelPlural: string;
    /** Columns in order of declaration; the column of a relation has the relation's position. */
    readonly fields: ReadonlyMap<string, FieldMeta>;
    /** The columns that code still reads and writes: all but retired ones. */
    readonly columns: readonly FieldMeta[];
    /** Relations by name. */
    readonly relations: ReadonlyMap<string, RelationMeta>;
    /** Names of the fields of the primary key. */
    readonly primary: readonly string[];
    /** Unique keys, besides the primary key. */
    readonly uniques: readonly UniqueMeta[];
    /** Indexes, without those of keys. */
    readonly indexes: readonly IndexMeta[];
    /** Order of lists: names of fields, with `-` for descending. */
    readonly orderBy: readonly string[];
    /** Field that represents a row in one line; "" if the model has no text field. */
    readonly display: string;
    /** Fields that a search looks into. */
    readonly search: readonly string[];
    /** Whether search uses an index. */
    readonly hasSearchIndex: boolean;
    /** Whether it is a view, whose rows are read-only. */
    readonly isView: boolean;
    /** Field that counts changes; "" without optimistic locking. */
    readonly version: string;
    /** Field with the time of a soft delete; "" if rows are deleted permanently. */
    readonly softDelete: string;
}

/** A relation of a model. */
export interface RelationMeta {
    /** Name of the property. */
    readonly name: string;
    /** Where it leads, and by whose key. */
    readonly kind: RelationKind;
    /** The model that it leads to. */
    readonly target: ModelClass;
    /** Whether it may lead nowhere. */
    readonly isNullable: boolean;
    /** Fields of this model that hold the key; only for `belongsTo`. */
    readonly fields: readonly string[];
    /** What happens to the row when the other one is deleted. */
    readonly onDelete: DeleteAction;
    /** Whether the row is soft-deleted together with the one that it belongs to. */
    readonly followsSoftDelete: boolean;
    /** Whether the database enforces it with a foreign key. */
    readonly isConstrained: boolean;
    /** Order of its rows: names of fields, with `-` for descending; empty for the order of the target. */
    readonly orderBy: readonly string[];
    /** Name of the target's relation that leads back; "" if there is none. */
    readonly by: string;
    /** Whether a pair counts in both directions. */
    readonly isSymmetric: boolean;
    /** Join table of a many-to-many relation. */
    readonly table: string;
    /** Model of the join table, if it has one. */
    readonly through: ModelClass | undefined;
    /** Display name. */
    readonly label: string;
    /** Help text in forms; "" for none. */
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

/** Any model, for generic code. */
export interface ModelClass {
    /** Name of the class. */
    readonly name: string;
    /** Name of the table. */
    readonly $table: string;
    /** The fields as they were written. */
    readonly $fields: FieldMap;
    /** The options as they were written. */
    readonly $options: AnyModelOptions;
    /** Metadata of the model, as plain data. */
    readonly $meta: ModelMeta;
}

/** A query in SQL: one for all databases, or one for each kind, with `others` for the rest. */
export type QueryText = string | {
    readonly [Name in DialectName | "others"]?: string;
};

/**
 * A schema of a model's fields. `Values` are what it gives.
 *
 * Strings carry datetimes (RFC 3339 with a zone), bigints (decimal) and bytes (base64), because JSON has no such values.
 */
export declare class ModelSchema<Values = Readonly<Record<string, unknown>>> {
    #private;
    /** The interface of Standard Schema, version 1. */
    readonly "~standard": {
        readonly version: 1;
        readonly vendor: "gable";
        readonly validate: (value: unknown) => Promise<Result<Values>>;
        /** Carries the types; never set. */
        readonly types?: {
            readonly input: SchemaInput<Values>;
            readonly output: Values;
        } | undefined;
    };
    /** The fields in their order. */
    readonly fields: readonly FieldMeta[];
    /**
     * Checks the strings of a form or a query by the rules of `validate`, and reads them first: `"5"` for a whole number, `"on"` for yes,
     * a blank for null or the default. A new row takes a missing yes or no as no, and a missing list as an empty one, because
     * browsers send nothing for a box that is not checked. A route calls it for its options `form` and `query`.
     */
    validateText(texts: Readonly<Record<string, unknown>>): Promise<Result<Values>>;
    /** Returns the schema as JSON Schema (draft 2020-12). */
    toJsonSchema(): Readonly<Record<string, unknown>>;
}

/** The purpose of a schema, and its fields. */
export interface SchemaOptions<Purpose extends SchemaPurpose = SchemaPurpose, Name extends string = string, Left extends string = string> {
    /** "create" requires fields without a default, "update" requires none; "read" has all fields that are not secret. */
    readonly for: Purpose;
    /** The fields, in this order. By default all editable ones, or all readable ones for "read". */
    readonly pick?: readonly Name[];
    /** Fields to leave out. None by default. */
    readonly omit?: readonly Left[];
}

/** The values that a schema takes: JSON carries datetimes, 64-bit integers and bytes as strings. */
export type SchemaInput<Values> = {
    [Name in keyof Values]: JsonInput<Values[Name]>;
};

/** What a schema is for. */
export type SchemaPurpose = "create" | "update" | "read";

/** The values of a schema: all of them to read, those without a default to create, none required to update. */
export type SchemaValues<Fields, Purpose, Name> = {
    [Each in keyof RowValues<Fields> as Each extends Name & NeededName<Fields, Purpose> ? Each : never]: RowValues<Fields>[Each];
} & {
    [Each in keyof RowValues<Fields> as Each extends Exclude<Name, NeededName<Fields, Purpose>> ? Each : never]?: RowValues<Fields>[Each];
} extends infer Values ? {
    [Each in keyof Values]: Values[Each];
} : never;

/** Options of a relation to one row, which adds a column with its key. */
export interface BelongsToOptions {
    /** Whether the relation may be empty. Default false. */
    readonly null?: boolean;
    /** What happens to this row when the other one is deleted. Default "restrict". */
    readonly onDelete?: DeleteAction;
    /**
     * What happens to this row when the other one is soft-deleted: "cascade" soft-deletes it as well, and restores it together
     * with the other row. Both models need soft delete. Default "keep".
     */
    readonly onSoftDelete?: "keep" | "cascade";
    /** Whether only one row may refer to the other one. Default false. */
    readonly unique?: boolean;
    /** Whether the key is indexed. Default true. */
    readonly index?: boolean;
    /** Whether the database enforces the relation with a foreign key. Default true. */
    readonly constraint?: boolean;
    /** Fields of this model that hold a composite key, in its order. By default Gable adds one field. */
    readonly columns?: readonly string[];
    /** Name of the added column. By default the name of the relation with `_id`. */
    readonly column?: string;
    /** Display name. By default derived from the name of the relation. */
    readonly label?: string;
    /** Help text below the field in a form. None by default. */
    readonly help?: string;
}

/** What the database does with rows that refer to a deleted one. */
export type DeleteAction = "restrict" | "cascade" | "set null" | "set default" | "no action";

/** Options of the other side of a relation. */
export interface HasOptions {
    /** The relation of the other model that leads back. Required if it has several. */
    readonly by?: string;
    /** Order of the rows: names of fields, with `-` for descending. By default the order of the model. */
    readonly orderBy?: string | readonly string[];
}

/** Options of a many-to-many relation. */
export interface ManyToManyOptions {
    /** Model of the join table, if it has more columns. By default a table without a model. */
    readonly through?: () => object;
    /** Whether a pair counts in both directions, for a model that refers to itself. Default false. */
    readonly symmetric?: boolean;
    /** Name of the join table. By default the names of both tables, sorted, joined by `_`. */
    readonly table?: string;
}

/** A relation: its target and kind. Types only look at this shape. */
export interface Relation<Target, Kind extends "one" | "many", Nullable extends boolean, AddsKey extends boolean = boolean> {
    /** Whether it leads to one row or to many. */
    readonly kind: Kind;
    /** Whether it adds a field with the key of the other row. */
    readonly addsKey: AddsKey;
    /** The function that created it. */
    readonly relation: RelationKind;
    /** The model that it leads to. */
    readonly target: Target;
    /** Whether it may lead nowhere. */
    readonly nullable: Nullable;
    /** The options as written. */
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
    /** What its connections do now, for metrics. Unknown by default. */
    readonly pool?: PoolFacts;
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

/** How a relation is loaded when code reads it before it was loaded. */
export type FetchMode = "peers" | "one" | "raise";

/** The event that `onStatement` and the channel `gable.data.query` of node:diagnostics_channel get for each statement. */
export interface StatementEvent {
    /** The SQL text, without values. */
    readonly sql: string;
    /** Name of the database. */
    readonly database: string;
    /** Kind of the database. */
    readonly dialect: Dialect["name"];
    /** Duration in ms. */
    readonly durationMs: number;
    /** Number of rows that were read or changed. */
    readonly rowCount: number;
    /** What failed it, on the channel; absent without an error. `onStatement` gets only statements that have run. */
    readonly error?: unknown;
    /**
     * The parameters in order, if the database has the option `logParameters`. Parameters of fields with the option `secret` are
     * left out. Values in your own SQL are shown as they are.
     */
    readonly parameters?: readonly unknown[];
    /** Whether it ran inside a transaction. */
    readonly isInTransaction: boolean;
    /** Returns the parameters for a developer, whatever `logParameters` says. Those of fields with the option `secret` are left out. */
    showParameters(): readonly unknown[];
    /** Queries the database for how it runs the statement. */
    explain(): Promise<string>;
}

/** Options for the transactions of requests. */
export type TransactionalOptions = Pick<TransactionOptions, "isolation" | "timeoutMs">;

/** Options for a transaction. */
export interface TransactionOptions {
    /** Isolation level. By default that of the database; SQLite is always serializable. */
    readonly isolation?: Isolation;
    /** Whether it rejects writes. Default false. */
    readonly readOnly?: boolean;
    /** How often the work is repeated after a conflict with another transaction. Default 0. */
    readonly retries?: number;
    /** Longest duration of the work, in ms. None by default. */
    readonly timeoutMs?: number;
    /** Whether it must not be inside another transaction. Default false. */
    readonly outermost?: boolean;
    /** The database. By default that of the caller, or the only one. */
    readonly database?: {
        readonly $core: DatabaseCore;
    };
}
