/**
 * Returns the differences between a database and the result of its migrations; none if they are equal. It creates each
 * table in a scratch schema to compare the definitions as the server writes them, and removes it.
 */
export declare function checkLive(options: CheckLiveOptions): Promise<SchemaDifference[]>;

/**
 * Writes all rows of the models' tables, including soft-deleted rows and join tables, from one consistent
 * snapshot: a file for each table, a line for each row, ordered by primary key. Equal databases give equal files.
 */
export declare function dumpData(options: DumpOptions): Promise<TableCount[]>;

/**
 * Loads the rows of JSON Lines files into existing, empty tables, all or nothing.
 * New keys continue after the loaded ones. Throws `E_LOAD_TABLE` for a table that is not empty or has no model, and `E_LOAD_LINE` for an invalid line.
 */
export declare function loadData(options: LoadOptions): Promise<TableCount[]>;

/**
 * Runs the seed files of a folder in the order of their names, each in a transaction. Returns their names. Write rows with
 * `upsert()` and `getOrCreate()`, so that a seed can run again. Throws `E_SEED_INVALID` for a file without a function, and
 * `E_SEED_FAILED` with the name of the file that failed.
 *
 * @example
 * // seeds/010-subjects.ts
 * export default async () => {
 *   for (const name of ["Poetry", "Science"]) await Subject.getOrCreate({ name });
 * };
 */
export declare function runSeeds(options: SeedOptions): Promise<string[]>;

/**
 * Returns the problems of a migration folder. Examples are several last migrations, models that differ from the result of
 * the migrations, and a hash that does not match.
 */
export declare function checkMigrations(options: Pick<MakeOptions, "models" | "folder">): Promise<MigrationProblem[]>;

/**
 * Writes the next migration; returns undefined if nothing has changed. Throws `E_MIGRATION_QUESTION` with the open
 * questions in its details, `E_MIGRATION_HEADS` if there are several last migrations, and
 * `E_MIGRATION_ANSWER`.
 */
export declare function makeMigration(options: MakeOptions): Promise<MadeMigration | undefined>;

/**
 * Writes a migration that joins all last migrations, if they touch different things. Returns undefined if there is
 * only one. Throws `E_MIGRATION_HEADS` if they touch the same object.
 */
export declare function mergeMigrations({ folder, now, isDry, }: Pick<MakeOptions, "folder" | "now" | "isDry">): Promise<MadeMigration | undefined>;

/**
 * Writes one migration that replaces those from `from` to `to`, or all up to `to`. An empty database runs the
 * new one; a database that has all of the old ones counts it as applied. You can delete the old files when every database has run
 * `migrate()` with it. Joins operations where the tables and the values of their rows stay the same, and leaves out elidable steps.
 * Throws `E_MIGRATION_TARGET` for unknown names and for a range that is none, `E_MIGRATION_GRAPH` if another migration depends on
 * the middle of the range, and `E_MIGRATION_OPERATION` for a data step whose code cannot be copied.
 */
export declare function squashMigrations(options: SquashOptions): Promise<SquashedMigration>;

/**
 * Applies the migrations that are due, each after those that it depends on. Only one process runs at a time.
 * An interrupted migration resumes where it stopped. Returns the names of the applied migrations. Throws `E_MIGRATION_LOCKED`, `E_MIGRATION_EDITED`,
 * `E_MIGRATION_DRIFT`, `E_MIGRATION_CONSENT`, `E_MIGRATION_FAILED`.
 */
export declare function migrate(options: MigrateOptions): Promise<string[]>;

/**
 * Returns the status of the migrations in a folder. Changes nothing. Throws `E_MIGRATION_TARGET` for an unknown target.
 */
export declare function readStatus(options: StatusOptions): Promise<MigrationStatus[]>;

/**
 * Undoes the last migration, or all after a target; `"zero"` undoes all. Finishes an interrupted migration first.
 * Returns the names of the undone migrations. Throws `E_MIGRATION_IRREVERSIBLE` before it undoes anything,
 * `E_MIGRATION_CONSENT` if values would be lost, and what migrate() throws.
 */
export declare function rollback(options: RollbackOptions): Promise<string[]>;

/** Returns the SQL of all migrations, or of some. With `backwards`, returns the SQL that undoes them. Runs nothing. */
export declare function previewMigrations(options: PreviewOptions): Promise<MigrationPreview[]>;

/**
 * Returns what breaks in a running release. The release knows the migrations up to `since`. Later
 * ones have run, except those that wait until the new code has taken over. Returns an empty list if both releases can run at the same time. Throws
 * `E_MIGRATION_TARGET` for an unknown name.
 */
export declare function checkOldCode(options: OldCodeOptions): Promise<OldCodeBreak[]>;

/**
 * Writes models for the tables and views of a database. The database does not change.
 * The tables of the models are created in a scratch schema, compared and removed; a role that may only read gets no differences. Throws `E_TABLE_UNKNOWN` for a table that does not exist.
 * @example
 * const { source } = await pullModels({ database }); await writeFile("models.ts", source);
 */
export declare function pullModels(options: PullOptions): Promise<PulledModels>;

/**
 * Parses a string as a value of a column, for `answers.fills` of `makeMigration()`.
 * Throws `E_MIGRATION_ANSWER` for an unknown column, and for a string that is not a valid value.
 *
 * @example
 * parseFill({ models, column: "books.pages", text: "0" }); // => 0
 */
export declare function parseFill({ models, column, text }: FillText): ValueData;

/**
 * Parses a string as a value of a column that a rollback restores, for `fills` of `rollback()`.
 * Throws `E_MIGRATION_ANSWER` for a column that no migration has required, and for a string that is not a valid value.
 *
 * @example
 * await parseRollbackFill({ folder: "migrations", column: "books.isbn", text: "none" }); // => { text: "none" }
 */
export declare function parseRollbackFill({ folder, column, text }: RollbackFillText): Promise<ValueData>;

/** Creates a migration. Throws `E_MIGRATION_INVALID` for invalid options. */
export declare function migration(options: MigrationOptions): Migration;

/**
 * Creates the operations of migrations. They use the names of tables and columns; each throws `E_MIGRATION_OPERATION` for
 * invalid arguments.
 */
export declare const op: {
    /** Creates a table. */
    readonly createTable: (table: string, data: TableData) => Operation;
    /** Drops a table with its rows. */
    readonly dropTable: (table: string) => Operation;
    /** Renames a table. */
    readonly renameTable: (table: string, to: string) => Operation;
    /** Adds a column. If it needs a value, `fill` is the value of existing rows. */
    readonly addColumn: (table: string, name: string, column: ColumnState, options?: {
        readonly fill?: ValueData;
    }) => Operation;
    /** Drops a column with its values. `fill` is the value of all rows after a rollback. */
    readonly dropColumn: (table: string, name: string, options?: {
        readonly fill?: ValueData;
    }) => Operation;
    /** Renames a column. */
    readonly renameColumn: (table: string, name: string, to: string) => Operation;
    /** Changes a column from one definition to another. If it may no longer be null, `fill` replaces null. */
    readonly alterColumn: (table: string, name: string, column: ColumnState, options: {
        readonly from: ColumnState;
        readonly fill?: ValueData;
    }) => Operation;
    /** Changes the primary key. */
    readonly alterPrimary: (table: string, columns: readonly string[]) => Operation;
    /** Adds an index on columns, or on an expression without columns. Ignores options that a database does not support. */
    readonly addIndex: (table: string, name: string, columns: readonly string[], options?: Omit<IndexState, "columns">) => Operation;
    /** Drops an index. */
    readonly dropIndex: (table: string, name: string) => Operation;
    /** Renames an index. */
    readonly renameIndex: (table: string, name: string, to: string) => Operation;
    /** Adds a unique key. */
    readonly addUnique: (table: string, name: string, columns: readonly string[], options?: Omit<UniqueState, "columns">) => Operation;
    /** Adds a check: a condition that every row must meet. */
    readonly addCheck: (table: string, name: string, condition: ConditionData) => Operation;
    /** Sets the columns of the full-text index; an empty list removes it. */
    readonly setSearch: (table: string, columns: readonly string[]) => Operation;
    /** Adds a foreign key. */
    readonly addForeignKey: (table: string, name: string, columns: readonly string[], to: Omit<ForeignKeyState, "columns">) => Operation;
    /** Drops a unique key, a check or a foreign key. */
    readonly dropConstraint: (table: string, name: string) => Operation;
    /** Renames a unique key, a check or a foreign key. */
    readonly renameConstraint: (table: string, name: string, to: string) => Operation;
    /** Checks existing rows against a check or a foreign key that PostgreSQL so far enforces only for new rows. Does nothing elsewhere. */
    readonly validateConstraint: (table: string, name: string) => Operation;
    /** Sets the comment of a table or of a column; an empty string removes it. SQLite has no comments. */
    readonly setComment: (table: string, column: string | undefined, text: string) => Operation;
    /** Creates a view: a table whose rows come from a query. */
    readonly createView: (view: string, data: ViewData) => Operation;
    /** Drops a view. The rows of tables remain. */
    readonly dropView: (view: string) => Operation;
    /** Creates a PostgreSQL extension; does nothing elsewhere. A rollback keeps it. */
    readonly createExtension: (name: string) => Operation;
    /** Runs custom statements by kind of database. Without `down`, the migration cannot be undone. `elidable` steps vanish when squashed. */
    readonly sql: (up: SqlByDialect, options?: {
        readonly down?: SqlByDialect;
        readonly elidable?: boolean;
    }) => Operation;
    /** Changes rows with code. See {@link DataStep}. */
    readonly run: (step: DataStep) => Operation;
    /** Changes only the structure that migrations know: the database was changed by other means. */
    readonly stateOnly: (...operations: readonly Operation[]) => Operation;
    /** Changes only the database, and not the structure that migrations know. */
    readonly databaseOnly: (...operations: readonly Operation[]) => Operation;
    /** Accepts the risks of an operation, with a reason. */
    readonly assured: (reason: string, operation: Operation) => Operation;
};

/** Options for comparing a database with its migrations. */
export interface CheckLiveOptions extends MigrationsOptions {
    /**
     * Tables (`"books"`) and objects (`"books.index mine"`) to ignore. Tables that no migration has created are
     * always ignored. None by default.
     */
    readonly ignore?: readonly string[];
}

/**
 * A change of rows. Without `batch`, it runs once, in the transaction of the migration. With `table` and `batch`, it
 * runs once for each batch of rows of that table. Each batch has its own transaction, which also stores the
 * last key, so that an interrupted run continues after it.
 */
export interface DataStep {
    /** Name in messages and progress. */
    readonly name: string;
    /** Table whose rows are read in batches. */
    readonly table?: string;
    /** Number of rows in a batch. */
    readonly batch?: number;
    /** Filter for the rows of the step. All by default. */
    readonly where?: Readonly<Record<string, unknown>>;
    /** Changes the rows. With `table`, it runs once for each batch. */
    readonly up: (context: DataStepContext) => void | Promise<void>;
    /** Undoes the change: a function of the same kind, or "nothing". Without it, the migration cannot be undone. */
    readonly down?: "nothing" | ((context: DataStepContext) => void | Promise<void>);
    /** Whether new databases do without it: it then vanishes when the migration is squashed. Default false. */
    readonly elidable?: boolean;
}

/** What a data step receives. */
export interface DataStepContext {
    /** Tables by name, as of this point. */
    readonly models: Readonly<Record<string, HistoricalModel>>;
    /** Rows of this batch; empty for steps without batches. */
    readonly rows: readonly HistoricalRow[];
}

/** A table as of the migration. Fields have the names of columns. The code of your current models does not run. */
export interface HistoricalModel {
    /** Finds rows with a filter. */
    where(filter?: Readonly<Record<string, unknown>>): Query<unknown, HistoricalRow>;
    /** Returns a row by its key. Throws `E_ROW_MISSING`. */
    get(key: unknown): Promise<HistoricalRow>;
    /** Returns a row by its key, or undefined. */
    find(key: unknown): Promise<HistoricalRow | undefined>;
    /** Returns all rows. */
    all(): Query<unknown, HistoricalRow>;
    /** Returns the number of rows. */
    count(): Promise<number>;
    /** Creates a row. */
    create(values: Readonly<Record<string, unknown>>): Promise<HistoricalRow>;
    /** Creates rows, all or none. */
    createMany(list: ReadonlyArray<Readonly<Record<string, unknown>>>): Promise<HistoricalRow[]>;
}

/** A row of a historical model: its columns by name. */
export type HistoricalRow = Record<string, unknown> & {
    save(): Promise<unknown>;
    delete(): Promise<void>;
};

/** Options for dumping data. */
export interface DumpOptions {
    /** The database to read. */
    readonly database: Database;
    /** The folder of the files. It is created if it does not exist. */
    readonly folder: string;
    /** Whether to compress the files (`books.jsonl.gz`). Default false. */
    readonly gzip?: boolean;
    /** Whether to include columns with the option `secret`. Default false. */
    readonly secrets?: boolean;
    /** Receives the table that is being written, with its rows so far, after each 1,000 rows and at its end. None by default. */
    readonly onProgress?: (count: TableCount) => void;
    /** Counts the rows, and writes nothing. Default false. */
    readonly isDry?: boolean;
}

/** A table that was dumped or loaded. */
export interface TableCount {
    /** Name of the table. */
    readonly table: string;
    /** Number of its rows. */
    readonly rows: number;
}

/** Options for loading data. */
export interface LoadOptions {
    /** The database that receives the rows. */
    readonly database: Database;
    /** The folder of the files that `dumpData()` has written. */
    readonly folder: string;
    /** Receives the table that is being loaded, with its rows so far, after each 1,000 rows and at its end. None by default. */
    readonly onProgress?: (count: TableCount) => void;
    /** Loads all rows and rolls them back, to find what would fail. Default false. */
    readonly isDry?: boolean;
}

/** What a seed receives. */
export interface SeedContext {
    /** The database to fill. */
    readonly database: Database;
}

/** Options for running seeds. */
export interface SeedOptions {
    /** The database to fill. */
    readonly database: Database;
    /** The folder of the files. They run in the order of their names, and each exports a function as its default. */
    readonly folder: string;
    /** Receives the name of each file before it runs. None by default. */
    readonly onProgress?: (name: string) => void;
    /** Imports the files and checks that each exports a function, and runs none. Default false. */
    readonly isDry?: boolean;
}

/** Progress of a migration. */
export interface MigrationProgress {
    /** Name of the migration. */
    readonly migration: string;
    /** Whether it is applied or undone. */
    readonly direction: "up" | "down";
    /** The current operation, in a sentence. */
    readonly text: string;
    /** Number of steps that are done. */
    readonly step: number;
    /** Number of all steps. */
    readonly steps: number;
    /** Number of rows that are done in a step with batches; undefined for other steps. */
    readonly rows: number | undefined;
    /** Number of rows of the step; undefined for steps without batches, or if the rows were not counted. */
    readonly rowsAll: number | undefined;
    /** Whether the migration was recorded as applied without running it. Absent otherwise. */
    readonly isRecorded?: true;
}

/** A difference between the expected and the actual structure. */
export interface SchemaDifference {
    /** Name of the table. */
    readonly table: string;
    /** The object: `column title`. */
    readonly object: string;
    /** The expected definition; undefined if the object should not exist. */
    readonly expected: string | undefined;
    /** The actual definition; undefined if the object is missing. */
    readonly found: string | undefined;
}

/** A migration that was written. */
export interface MadeMigration {
    /** Name of the migration. */
    readonly name: string;
    /** Path of the file. */
    readonly path: string;
    /** What it does, a sentence for each operation. */
    readonly changes: readonly string[];
}

/** Options for making a migration. */
export interface MakeOptions {
    /** The models: a list, or a module that exports them. */
    readonly models: readonly object[] | Readonly<Record<string, unknown>>;
    /** Folder of the files. It is created if it is missing. */
    readonly folder: string;
    /** What the migration is about, for the name of the file. Derived from the changes by default. */
    readonly name?: string;
    /** Answers to questions. None by default. */
    readonly answers?: Answers;
    /** Whether to write a file although nothing has changed, for your own steps. Default false. */
    readonly isEmpty?: boolean;
    /** Time in the name of the file. By default now. */
    readonly now?: Date;
    /** Returns what it would write, and writes nothing. Default false. */
    readonly isDry?: boolean;
}

/** A problem with the files of migrations. */
export interface MigrationProblem {
    /** Several last migrations ("heads"), models that have changed ("due"), or a file that does not lead to its hash ("schema"). */
    readonly kind: "heads" | "due" | "schema";
    /** What the problem is, and how to fix it. */
    readonly text: string;
}

/** A migration that replaces others. */
export interface SquashedMigration extends MadeMigration {
    /** Names of the migrations that it replaces. */
    readonly replaces: readonly string[];
}

/** Options for squashing migrations. */
export interface SquashOptions {
    /** Folder of the migrations. */
    readonly folder: string;
    /** Name of the first migration to replace. By default all migrations up to `to` are replaced. */
    readonly from?: string;
    /** Name of the last migration to replace. */
    readonly to: string;
    /** What the migration is about, for the name of the file. Default "squashed". */
    readonly name?: string;
    /** Time in the name of the file. By default now. */
    readonly now?: Date;
    /** Returns what it would write, and writes nothing. Default false. */
    readonly isDry?: boolean;
}

/** A migration as SQL for one kind of database, with its risks. */
export interface MigrationPreview {
    /** Name of the migration. */
    readonly name: string;
    /** Statements in order. */
    readonly sql: readonly string[];
    /** What may lock, fail or lose data. */
    readonly risks: readonly Finding[];
    /** Whether it would be recorded as applied without running it. Absent otherwise. */
    readonly isRecorded?: true;
}

/** Options for `previewMigrations()`. */
export interface PreviewOptions extends MigrationsOptions {
    /** Names of the migrations to show. All by default. */
    readonly name?: string | readonly string[];
    /** Whether to show the SQL that undoes them. Default false. */
    readonly backwards?: boolean;
    /** With `backwards`, values for columns that become required again, as `rollback()` takes them. None by default. */
    readonly fills?: Readonly<Record<string, ValueData>>;
    /** Leaves out the SQL of migrations that `migrate({ fakeInitial: true })` would record without running them. Default false. */
    readonly fakeInitial?: boolean;
}

/** Options for `migrate()`. */
export interface MigrateOptions extends MigrationsOptions {
    /** Name of the last migration to run. By default all run. */
    readonly target?: string;
    /** "before" runs only the migrations that run before new code takes over, "after" all. Default "after". */
    readonly phase?: "before" | "after";
    /** Records migrations as applied without running them. If several are due, `target` must name the last one. Default false. */
    readonly fake?: boolean;
    /**
     * For a database whose tables exist already: records a migration that depends on no other as applied, without running it, if each table and
     * column that it creates exists with the same type. Throws `E_MIGRATION_DRIFT` if only some of them do. If no table exists, it runs. Default false.
     */
    readonly fakeInitial?: boolean;
    /** Longest wait for another process that is migrating, in seconds. Default 60. */
    readonly waitSeconds?: number;
    /** Longest wait for a table lock, in seconds. It is tried ten times. Default 5. */
    readonly lockTimeoutSeconds?: number;
    /** Whether large tables may be copied if the database supports no other way. Default false. */
    readonly allowCopies?: boolean;
    /** Whether to continue although somebody changed the database by hand. Default false. */
    readonly allowDrift?: boolean;
    /** Receives the progress. None by default. */
    readonly onProgress?: (progress: MigrationProgress) => void;
    /** Receives each statement before it runs. None by default. */
    readonly onStatement?: (sql: string) => void;
}

/** Options that every migration call needs. */
export interface MigrationsOptions {
    /** The database to migrate. */
    readonly database: Database;
    /** Folder of the migration files. */
    readonly folder: string;
}

/** Status of a migration. */
export interface MigrationStatus {
    /** Name of the migration. */
    readonly name: string;
    /** Whether it has run, will run, or was interrupted. */
    readonly state: "applied" | "due" | "interrupted";
    /** Time when it ran, in ISO 8601; "" before. */
    readonly appliedAt: string;
    /** Duration in ms; 0 before it has run. */
    readonly durationMs: number;
    /** Whether it runs before the new code serves, or after it. */
    readonly phase: "before-deploy" | "after-deploy";
}

/** Options for `rollback()`. */
export interface RollbackOptions extends Omit<MigrateOptions, "phase" | "fake" | "fakeInitial"> {
    /** Whether tables and columns may be dropped with their values. Default false. */
    readonly allowDataLoss?: boolean;
    /**
     * Values for columns that become required again, for rows that have none: `{ "books.isbn": { text: "" } }`. None by default: nothing is
     * invented, and rows without a value stop the rollback before it changes anything.
     */
    readonly fills?: Readonly<Record<string, ValueData>>;
}

/** Options for `readStatus()`. */
export interface StatusOptions extends MigrationsOptions {
    /** Name of the last migration to list, with those that it depends on. By default all are listed. */
    readonly target?: string;
}

/** A migration, as its file exports it. */
export interface Migration {
    /** Names of the migrations that must run before. */
    readonly after: readonly string[];
    /** Hash of the structure afterwards. */
    readonly schema: string;
    /** The changes, in order. */
    readonly operations: readonly Operation[];
    /** Whether it runs before or after the new code takes over. */
    readonly phase: "before-deploy" | "after-deploy";
    /** Names of the migrations that this one replaces. */
    readonly replaces: readonly string[];
}

/** Options for `migration()`. */
export interface MigrationOptions {
    /** Names of the migrations that must run before: usually one, none for the first. */
    readonly after: readonly string[];
    /** Hash of the structure afterwards, as the generator writes it. */
    readonly schema: string;
    /** The changes, in order. */
    readonly ops: readonly Operation[];
    /** Whether it runs before or after the new code takes over. Default "before-deploy". */
    readonly phase?: "before-deploy" | "after-deploy";
    /** Names of the migrations that this one replaces. None by default. */
    readonly replaces?: readonly string[];
}

/** A change. */
export type Operation = {
    readonly kind: "createTable";
    readonly table: string;
    readonly data: TableData;
} | {
    readonly kind: "dropTable";
    readonly table: string;
} | {
    readonly kind: "renameTable";
    readonly table: string;
    readonly to: string;
} | {
    readonly kind: "addColumn";
    readonly table: string;
    readonly name: string;
    readonly column: ColumnState;
    readonly fill?: ValueData;
} | {
    readonly kind: "dropColumn";
    readonly table: string;
    readonly name: string;
    readonly fill?: ValueData;
} | {
    readonly kind: "renameColumn";
    readonly table: string;
    readonly name: string;
    readonly to: string;
} | {
    readonly kind: "alterColumn";
    readonly table: string;
    readonly name: string;
    readonly column: ColumnState;
    readonly from: ColumnState;
    readonly fill?: ValueData;
} | {
    readonly kind: "alterPrimary";
    readonly table: string;
    readonly columns: readonly string[];
} | {
    readonly kind: "addIndex";
    readonly table: string;
    readonly name: string;
    readonly key: IndexState;
} | {
    readonly kind: "dropIndex";
    readonly table: string;
    readonly name: string;
} | {
    readonly kind: "renameIndex";
    readonly table: string;
    readonly name: string;
    readonly to: string;
} | {
    readonly kind: "addUnique";
    readonly table: string;
    readonly name: string;
    readonly key: UniqueState;
} | {
    readonly kind: "addCheck";
    readonly table: string;
    readonly name: string;
    readonly condition: ConditionData;
} | {
    readonly kind: "addForeignKey";
    readonly table: string;
    readonly name: string;
    readonly foreignKey: ForeignKeyState;
} | {
    readonly kind: "dropConstraint";
    readonly table: string;
    readonly name: string;
} | {
    readonly kind: "renameConstraint";
    readonly table: string;
    readonly name: string;
    readonly to: string;
} | {
    readonly kind: "setComment";
    readonly table: string;
    readonly column: string | undefined;
    readonly text: string;
} | {
    readonly kind: "setSearch";
    readonly table: string;
    readonly columns: readonly string[];
} | {
    readonly kind: "validateConstraint";
    readonly table: string;
    readonly name: string;
} | {
    readonly kind: "createView";
    readonly view: string;
    readonly data: ViewData;
} | {
    readonly kind: "dropView";
    readonly view: string;
} | {
    readonly kind: "createExtension";
    readonly name: string;
} | {
    readonly kind: "sql";
    readonly up: SqlByDialect;
    readonly down: SqlByDialect | undefined;
    readonly elidable?: true;
} | {
    readonly kind: "run";
    readonly step: DataStep;
} | {
    readonly kind: "stateOnly";
    readonly operations: readonly Operation[];
}

/** Custom statements by kind of database. Each kind needs an entry, or `others`; "nothing" does nothing there. */
export interface SqlByDialect {
    /** Statements for PostgreSQL. */
    readonly postgres?: string | readonly string[];
    /** Statements for MariaDB. */
    readonly mariadb?: string | readonly string[];
    /** Statements for MySQL. */
    readonly mysql?: string | readonly string[];
    /** Statements for SQLite. */
    readonly sqlite?: string | readonly string[];
    /** Statements for all other databases. */
    readonly others?: string | readonly string[];
}

/** A table as written in a migration. Omitted parts are empty. */
export interface TableData {
    /** Columns by name. */
    readonly columns: Readonly<Record<string, ColumnState>>;
    /** Columns of the primary key. */
    readonly primary: readonly string[];
    /** Unique keys by name. */
    readonly uniques?: Readonly<Record<string, UniqueState>>;
    /** Indexes by name. */
    readonly indexes?: Readonly<Record<string, IndexState>>;
    /** Checks by name. */
    readonly checks?: Readonly<Record<string, ConditionData>>;
    /** Foreign keys by name. */
    readonly foreignKeys?: Readonly<Record<string, ForeignKeyState>>;
    /** Columns of the full-text index. */
    readonly search?: readonly string[];
    /** The comment in the database. */
    readonly comment?: string;
}

/** A view as written in a migration. */
export interface ViewData extends ViewState {
    /** Columns by name, as the query returns them. */
    readonly columns: Readonly<Record<string, ColumnState>>;
    /** Columns that identify a row. */
    readonly primary: readonly string[];
}

/** Something that the release expects and that is no longer true. */
export interface OldCodeBreak {
    /** Name of the table or the view. */
    readonly table: string;
    /** The object in it: `column title`, `unique books_title_unique`; "" for the whole table. */
    readonly object: string;
    /** Whether all statements of this kind fail ("fails"), or only those with values that no longer fit ("may fail"). */
    readonly outcome: "fails" | "may fail";
    /** What happens, in a sentence. */
    readonly text: string;
}

/** Options for checking a running release. */
export interface OldCodeOptions {
    /** Folder of the migrations. */
    readonly folder: string;
    /** Name of the last migration that the release knows. */
    readonly since: string;
}

/** Result of creating models from a database. */
export interface PulledModels {
    /** The source of a module with the models. Comments describe what models cannot express. */
    readonly source: string;
    /**
     * Differences between the tables and those that the models would create, in the server's own words. Undefined if the role may not create
     * the scratch schema that they are read from.
     */
    readonly differences: readonly SchemaDifference[] | undefined;
}

/** Options for creating models from a database. */
export interface PullOptions {
    /** The database, opened without models: `createDatabase({ url, models: [] })`. */
    readonly database: Database;
    /** Names of tables. All by default. */
    readonly tables?: readonly string[];
}

/** Answers, as flags give them. */
export interface Answers {
    /** Renames: `"books.body:content"`, or `"books:volumes"` for a table. */
    readonly renames?: readonly string[];
    /** Pairs that are not renames, in the same form. */
    readonly notRenames?: readonly string[];
    /** Values for existing rows, by column: `{ "books.isbn": { text: "" } }`. */
    readonly fills?: Readonly<Record<string, ValueData>>;
    /** Columns whose new definition may not fit every value, as `"books.title"`. The migration stops if a value does not fit. */
    readonly shortens?: readonly string[];
    /** Columns to drop and add again without their values, as `"books.cover"`, because no conversion keeps all of them. */
    readonly recreates?: readonly string[];
}

/** A question, with the flags that answer it. */
export interface Question {
    /** Kind of the question. */
    readonly kind: "renameTable" | "renameColumn" | "fill" | "shorten" | "recreate";
    /** Table, or table and column: `books.title`. */
    readonly subject: string;
    /** For a rename, the new name. */
    readonly candidate: string | undefined;
    /** The question as a sentence. */
    readonly text: string;
    /** Command line flags; any one of them answers it. */
    readonly flags: readonly string[];
}

/** Options for parsing the value of a column. */
export interface FillText {
    /** The models: a list, or a module that exports them. */
    readonly models: readonly object[] | Readonly<Record<string, unknown>>;
    /** Table and column: `books.isbn`. */
    readonly column: string;
    /** The typed string. */
    readonly text: string;
}

/** Options for parsing the value of a column that a rollback restores. */
export interface RollbackFillText extends Omit<FillText, "models"> {
    /** Folder of the migration files. */
    readonly folder: string;
}

/** A risk of an operation. */
export interface Finding {
    /** Name of the rule. */
    readonly id: string;
    /** Kind of the risk. */
    readonly risk: Risk;
    /** Name that the table has before all of the operations. */
    readonly table: string;
    /** What the operation does, in a sentence. */
    readonly operation: string;
    /** Why it is risky. */
    readonly reason: string;
    /** What to do instead or in addition. */
    readonly recipe: string;
    /** The reason why somebody accepted the risk; undefined if nobody has. */
    readonly assured: string | undefined;
}

/** Kinds of risks, from the least to the greatest. */
export type Risk = "safe" | "locks" | "scans" | "rewrites" | "breaks-old-code" | "loses-data";

/** A column. An absent property means "no": a column without `null` has a value in every row. */
export interface ColumnState {
    /** Its type. */
    readonly type: ColumnKind;
    /** Whether the value may be null. */
    readonly null?: boolean;
    /** Maximum number of characters or bytes. */
    readonly max?: number;
    /** Total digits of a decimal. */
    readonly digits?: number;
    /** Digits of decimals after the decimal point. */
    readonly scale?: number;
    /** How SQLite stores a decimal with more digits than its numbers have. */
    readonly storage?: "text";
    /** Item type of a list. */
    readonly items?: ColumnState;
    /** Keys of a choice. */
    readonly choices?: readonly string[];
    /** False when the database does not check the keys of a choice. */
    readonly check?: boolean;
    /** Value that the database computes for a row that gives none. */
    readonly default?: OperandData;
    /** Comment in the database. */
    readonly comment?: string;
}

/**
 * A condition or an expression as data: `["gt", "pages", 0]`. A string is the name of a column; values other than
 * whole numbers and booleans give their type: `{ text: "draft" }`.
 */
export interface ConditionData extends ReadonlyArray<OperandData> {
    /** The operator. */
    readonly 0: string;
}

/** Columns with the key of a row in another table. */
export interface ForeignKeyState {
    /** Columns that hold the key. */
    readonly columns: readonly string[];
    /** Table that it leads to. */
    readonly table: string;
    /** Columns of that table. */
    readonly references: readonly string[];
    /** What happens to rows whose target is deleted. */
    readonly onDelete: DeleteAction;
}

/** An index: a group of columns, or an expression of them. */
export interface IndexState extends KeyState {
    /** The indexed expression, instead of columns. */
    readonly expression?: OperandData;
    /** Whether each combination of values may occur only once. */
    readonly unique?: boolean;
    /** Columns in descending order. */
    readonly desc?: readonly string[];
    /** Method of PostgreSQL. */
    readonly using?: string;
    /** Further columns stored in it. */
    readonly include?: readonly string[];
}

/** A group of columns that is unique or indexed; with `where`, only among rows that match. */
export interface KeyState {
    /** Its columns. */
    readonly columns: readonly string[];
    /** Condition of the rows that it covers. All by default. */
    readonly where?: ConditionData;
}

/** A value in a condition: a JSON value, or a string with its type. */
export type ValueData = number | boolean | null | {
    readonly [Type in ColumnType]?: unknown;
};
