/**
 * What differs between a database and what all migrations make: each table is made beside the others, in the
 * server's own words, and taken away again. None when they are the same.
 */
export declare function checkLive({ database, folder, ignore }: CheckLiveOptions): Promise<SchemaDifference[]>;

/**
 * Writes all rows of the models' tables, those of deleted rows and of tables between included, as they are at one
 * moment: a file for each table, a line for each row, in the order of the keys. Equal databases give equal files.
 */
export declare function dumpData(options: DumpOptions): Promise<TableCount[]>;

/**
 * Loads the rows of files, all or none, into tables that are there and empty; keys are counted on behind them. Throws
 * `E_LOAD_TABLE` for a table that is not empty, or that no model has, and `E_LOAD_LINE` for a line that does not fit.
 */
export declare function loadData(options: LoadOptions): Promise<TableCount[]>;

/**
 * Runs the files of a folder in the order of their names, each in a transaction. Gives their names. A seed makes rows by
 * `upsert()` and `getOrCreate()`, so that it may run again. Throws `E_SEED_INVALID` for a file without a function, and
 * `E_SEED_FAILED` with the name of the file that has failed.
 *
 * @example
 * // seeds/010-subjects.ts
 * export default async () => {
 *   for (const name of ["Poetry", "Science"]) await Subject.getOrCreate({ name });
 * };
 */
export declare function runSeeds(options: SeedOptions): Promise<string[]>;

/**
 * What is wrong with a folder: several last migrations, models that it does not lead to, a hash that is not that
 * of the models.
 */
export declare function checkMigrations(options: Pick<MakeOptions, "models" | "folder">): Promise<MigrationProblem[]>;

/**
 * Writes the next migration; undefined when nothing has changed. Throws `E_MIGRATION_QUESTION` with the open
 * questions in its details, `E_MIGRATION_HEADS` when several migrations are the last one, and
 * `E_MIGRATION_ANSWER`.
 */
export declare function makeMigration(options: MakeOptions): Promise<MadeMigration | undefined>;

/**
 * Writes the migration that comes after all last ones, when they touch different things; undefined when there is
 * one alone. Throws `E_MIGRATION_HEADS` where they touch the same.
 */
export declare function mergeMigrations({ folder, now, }: Pick<MakeOptions, "folder" | "now">): Promise<MadeMigration | undefined>;

/**
 * Writes one migration that stands for the first ones up to a name: an empty database is made by it, and one that
 * has the old ones counts it as applied. The old files can be removed when every database has them. Throws
 * `E_MIGRATION_TARGET`, and `E_MIGRATION_OPERATION` for steps that are code: they must be copied by hand.
 */
export declare function squashMigrations({ folder, to, now }: SquashOptions): Promise<MadeMigration>;

/**
 * Runs what is due, each migration after those that it names. One process runs at a time; what was interrupted
 * goes on where it was. Gives the names of what ran. Throws `E_MIGRATION_LOCKED`, `E_MIGRATION_EDITED`,
 * `E_MIGRATION_DRIFT`, `E_MIGRATION_CONSENT`, `E_MIGRATION_FAILED`.
 */
export declare function migrate(options: MigrateOptions): Promise<string[]>;

/** The SQL of migrations: of all, or of one. With `backwards`, that which undoes them. Nothing is run. */
export declare function previewMigrations(options: MigrationsOptions & {
    readonly name?: string;
    readonly backwards?: boolean;
}): Promise<MigrationPreview[]>;

/** The migrations of a folder, and which of them have run. Nothing is changed. */
export declare function readStatus(options: MigrationsOptions): Promise<MigrationStatus[]>;

/**
 * Undoes the last migration, or all behind a target; `"zero"` undoes all. What was interrupted is finished before.
 * Gives the names of what was undone. Throws `E_MIGRATION_IRREVERSIBLE` before anything is undone,
 * `E_MIGRATION_CONSENT` where values would be lost, and what migrate() throws.
 */
export declare function rollback(options: RollbackOptions): Promise<string[]>;

/**
 * What a release that still runs breaks on. It knows the migrations up to a name, and those behind have run, but for
 * those that wait until the new code has taken over. None when both can work at the same time. Throws `E_MIGRATION_TARGET` for a name that is not there.
 */
export declare function checkOldCode(options: OldCodeOptions): Promise<OldCodeBreak[]>;

/**
 * Writes models for the tables and views of a database. Nothing in the database is changed: what the models would make is
 * made beside it, compared, and taken away. Throws `E_TABLE_UNKNOWN` for a table that is not there.  @example
 * const { source } = await pullModels({ database }); await writeFile("models.ts", source);
 */
export declare function pullModels({ database, tables }: PullOptions): Promise<PulledModels>;

/**
 * Returns the value that a text means for a column, for `answers.fills` of `makeMigration()`.
 * Throws `E_MIGRATION_ANSWER` for an unknown column, and for a text that the column cannot hold.
 *
 * @example
 * parseFill({ models, column: "books.pages", text: "0" }); // => 0
 */
export declare function parseFill({ models, column, text }: FillText): ValueData;

/** Declares a migration. Throws `E_MIGRATION_INVALID` for anything else. */
export declare function migration(options: MigrationOptions): Migration;

/**
 * The operations of migrations. Names are those of tables and columns; each throws `E_MIGRATION_OPERATION` for
 * what it cannot be.
 */
export declare const op: {
    /** Makes a table. */
    readonly createTable: (table: string, data: TableData) => Operation;
    /** Drops a table, with its rows. */
    readonly dropTable: (table: string) => Operation;
    /** Gives a table another name. */
    readonly renameTable: (table: string, to: string) => Operation;
    /** Adds a column. One that needs a value gets `fill` in the rows that are there. */
    readonly addColumn: (table: string, name: string, column: ColumnState, options?: {
        readonly fill?: ValueData;
    }) => Operation;
    /** Drops a column, with its values. */
    readonly dropColumn: (table: string, name: string) => Operation;
    /** Gives a column another name. */
    readonly renameColumn: (table: string, name: string, to: string) => Operation;
    /** Changes a column from one definition to another. Where it may not be null any more, `fill` is what null becomes. */
    readonly alterColumn: (table: string, name: string, column: ColumnState, options: {
        readonly from: ColumnState;
        readonly fill?: ValueData;
    }) => Operation;
    /** Changes the primary key. */
    readonly alterPrimary: (table: string, columns: readonly string[]) => Operation;
    /** Adds an index of columns, or of an expression and no columns. What a database does not have of it is left out there. */
    readonly addIndex: (table: string, name: string, columns: readonly string[], options?: Omit<IndexState, "columns">) => Operation;
    /** Drops an index. */
    readonly dropIndex: (table: string, name: string) => Operation;
    /** Gives an index another name. */
    readonly renameIndex: (table: string, name: string, to: string) => Operation;
    /** Makes columns unique together. */
    readonly addUnique: (table: string, name: string, columns: readonly string[], options?: Omit<UniqueState, "columns">) => Operation;
    /** Adds a condition that holds of every row. */
    readonly addCheck: (table: string, name: string, condition: ConditionData) => Operation;
    /** Makes an index of the words of some columns, or of none. */
    readonly setSearch: (table: string, columns: readonly string[]) => Operation;
    /** Adds a foreign key. */
    readonly addForeignKey: (table: string, name: string, columns: readonly string[], to: Omit<ForeignKeyState, "columns">) => Operation;
    /** Drops a unique key, a check or a foreign key. */
    readonly dropConstraint: (table: string, name: string) => Operation;
    /** Gives a unique key, a check or a foreign key another name. */
    readonly renameConstraint: (table: string, name: string, to: string) => Operation;
    /** Looks whether all rows keep a check or a foreign key that PostgreSQL holds for new rows alone so far; nothing elsewhere. */
    readonly validateConstraint: (table: string, name: string) => Operation;
    /** Comments on a table, or on one of its columns; an empty text takes the comment away. SQLite keeps none. */
    readonly setComment: (table: string, column: string | undefined, text: string) => Operation;
    /** Makes a view: a table whose rows come from a query. */
    readonly createView: (view: string, data: ViewData) => Operation;
    /** Drops a view. The rows of tables stay. */
    readonly dropView: (view: string) => Operation;
    /** Makes an extension of PostgreSQL; nothing elsewhere. Going back leaves it there. */
    readonly createExtension: (name: string) => Operation;
    /** Statements of one's own by kind of database. Without `down`, the migration cannot be undone. */
    readonly sql: (up: SqlByDialect, options?: {
        readonly down?: SqlByDialect;
    }) => Operation;
    /** Changes rows with code. See {@link DataStep}. */
    readonly run: (step: DataStep) => Operation;
    /** Changes what migrations know of the database, and not the database: it was changed by other means. */
    readonly stateOnly: (...operations: readonly Operation[]) => Operation;
    /** Changes the database, and not what migrations know of it. */
    readonly databaseOnly: (...operations: readonly Operation[]) => Operation;
    /** Accepts what is found risky about an operation, with the reason. */
    readonly assured: (reason: string, operation: Operation) => Operation;
};

/** How a database is compared. */
export interface CheckLiveOptions extends MigrationsOptions {
    /**
     * What is left out: tables, as `"books"`, and objects of them, as `"books.index mine"`. Tables that no migration has made are
     * never looked at. None by default.
     */
    readonly ignore?: readonly string[];
}

/**
 * A change of rows. Without `batch` it runs once, in the transaction of the migration. With `table` and `batch` it
 * runs for the rows of that table, so many at a time, each time in a transaction of its own that remembers the
 * last key: a run that was interrupted goes on behind it.
 */
export interface DataStep {
    /** Name in messages and progress. */
    readonly name: string;
    /** Table whose rows are read in batches. */
    readonly table?: string;
    /** Rows of one batch. */
    readonly batch?: number;
    /** Rows that the step is about; all by default. */
    readonly where?: Readonly<Record<string, unknown>>;
    /** What is done. With `table`, once for each batch. */
    readonly up: (context: DataStepContext) => void | Promise<void>;
    /** What undoes it: a function of the same kind, or "nothing". Without it, the migration cannot be undone. */
    readonly down?: "nothing" | ((context: DataStepContext) => void | Promise<void>);
}

/** What a data step works with. */
export interface DataStepContext {
    /** Tables by name, as of this point. */
    readonly models: Readonly<Record<string, HistoricalModel>>;
    /** Rows of this batch; none of a step without batches. */
    readonly rows: readonly HistoricalRow[];
}

/** A table as of the migration: columns are fields by their own names, without methods, hooks or checks of today's code. */
export interface HistoricalModel {
    /** Rows by a filter. */
    where(filter?: Readonly<Record<string, unknown>>): Query<unknown, HistoricalRow>;
    /** One row by its key. Throws `E_ROW_MISSING`. */
    get(key: unknown): Promise<HistoricalRow>;
    /** One row by its key, or undefined. */
    find(key: unknown): Promise<HistoricalRow | undefined>;
    /** All rows. */
    all(): Query<unknown, HistoricalRow>;
    /** Number of rows. */
    count(): Promise<number>;
    /** Makes a row. */
    create(values: Readonly<Record<string, unknown>>): Promise<HistoricalRow>;
    /** Makes rows, all or none. */
    createMany(list: ReadonlyArray<Readonly<Record<string, unknown>>>): Promise<HistoricalRow[]>;
}

/** A row of a model as of the migration: its columns by their names. */
export type HistoricalRow = Record<string, unknown> & {
    save(): Promise<unknown>;
    delete(): Promise<void>;
};

/** What is dumped, and where. */
export interface DumpOptions {
    /** The database that is read. */
    readonly database: Database;
    /** The folder of the files; it is made where it is not there. */
    readonly folder: string;
    /** Whether the files are packed (`books.jsonl.gz`). Default false. */
    readonly gzip?: boolean;
    /** Whether columns with the option `secret` are in them. Default false. */
    readonly secrets?: boolean;
}

/** A table that was dumped or loaded. */
export interface TableCount {
    /** Name of the table. */
    readonly table: string;
    /** Number of its rows. */
    readonly rows: number;
}

/** What is loaded, and from where. */
export interface LoadOptions {
    /** The database that takes the rows. */
    readonly database: Database;
    /** The folder of the files that `dumpData()` has written. */
    readonly folder: string;
}

/** What a seed gets. */
export interface SeedContext {
    /** The database that is filled. */
    readonly database: Database;
}

/** Which seeds run. */
export interface SeedOptions {
    /** The database that is filled. */
    readonly database: Database;
    /** The folder of the files: each exports a function as its default, and runs in the order of its name. */
    readonly folder: string;
    /** Told of each file before it runs. None by default. */
    readonly onProgress?: (name: string) => void;
}

/** How far a migration is. */
export interface MigrationProgress {
    /** Name of the migration. */
    readonly migration: string;
    /** Whether it is done or undone. */
    readonly direction: "up" | "down";
    /** What is being done, in a sentence. */
    readonly text: string;
    /** Steps that are done, and all of them. */
    readonly step: number;
    /** Number of its steps. */
    readonly steps: number;
    /** Rows that are done, and all of them, of a step in batches; undefined of others. */
    readonly rows: number | undefined;
    /** Rows of the step; undefined where it has none, or nobody has counted. */
    readonly rowsAll: number | undefined;
}

/** A difference between what should be there and what is. */
export interface SchemaDifference {
    /** Name of the table. */
    readonly table: string;
    /** The object: `column title`. */
    readonly object: string;
    /** undefined of what should not be there. */
    readonly expected: string | undefined;
    /** undefined of what is missing. */
    readonly found: string | undefined;
}

/** A migration that was made. */
export interface MadeMigration {
    /** Name of the migration. */
    readonly name: string;
    /** Where the file is. */
    readonly path: string;
    /** What it does, a sentence for each operation. */
    readonly changes: readonly string[];
}

/** How the next migration is made. */
export interface MakeOptions {
    /** The models: a list, or a module of them. */
    readonly models: readonly object[] | Readonly<Record<string, unknown>>;
    /** Folder of the files; it is made when it is missing. */
    readonly folder: string;
    /** What the migration is about, as a part of the file's name. By default made of what it changes. */
    readonly name?: string;
    /** Answers to questions. None by default. */
    readonly answers?: Answers;
    /** Whether a file is written when nothing has changed, for steps of one's own. Default false. */
    readonly isEmpty?: boolean;
    /** Moment in the name of the file. By default now. */
    readonly now?: Date;
}

/** Something that is wrong with the files of migrations. */
export interface MigrationProblem {
    /** Several ends ("heads"), models that have changed ("due"), or a file that does not lead to its hash ("schema"). */
    readonly kind: "heads" | "due" | "schema";
    /** What is wrong, and how to mend it. */
    readonly text: string;
}

/** How migrations become one. */
export interface SquashOptions {
    /** Folder of the migrations. */
    readonly folder: string;
    /** Name of the last one of those that become one; the first one is the first of all. */
    readonly to: string;
    /** Moment in the name of the file. Now by default. */
    readonly now?: Date;
}

/** How migrations are run. */
export interface MigrateOptions extends MigrationsOptions {
    /** Name of the last one that runs. By default all run. */
    readonly target?: string;
    /** "before" runs those alone that run before new code takes over, "after" all. Default "after". */
    readonly phase?: "before" | "after";
    /** Marks migrations as applied and runs nothing. Where several are due, `target` must name the last one. Default false. */
    readonly fake?: boolean;
    /** Longest wait for another process that migrates, in seconds. Default 60. */
    readonly waitSeconds?: number;
    /** Longest wait for a lock of a table, in seconds; it is tried ten times. Default 5. */
    readonly lockTimeoutSeconds?: number;
    /** Whether large tables may be copied where the database knows no other way. Default false. */
    readonly allowCopies?: boolean;
    /** Whether changes that somebody made by hand are no reason to stop. Default false. */
    readonly allowDrift?: boolean;
    /** Told how far it is. None by default. */
    readonly onProgress?: (progress: MigrationProgress) => void;
    /** Told of each statement before it runs. None by default. */
    readonly onStatement?: (sql: string) => void;
}

/** A migration as SQL of one kind of database, with what may hurt about it. */
export interface MigrationPreview {
    /** Name of the migration. */
    readonly name: string;
    /** Statements in their order. */
    readonly sql: readonly string[];
    /** What may lock, fail or lose something. */
    readonly risks: readonly Finding[];
}

/** What every call about migrations needs. */
export interface MigrationsOptions {
    /** The database that is migrated. */
    readonly database: Database;
    /** Folder of the files. */
    readonly folder: string;
}

/** A migration, and whether it has run. */
export interface MigrationStatus {
    /** Name of the migration. */
    readonly name: string;
    /** Whether it has run, will run, or was interrupted. */
    readonly state: "applied" | "due" | "interrupted";
    /** Moment when it ran, in ISO 8601; "" before. */
    readonly appliedAt: string;
    /** How long it took, in ms; 0 before it has run. */
    readonly durationMs: number;
}

/** How migrations are undone. */
export interface RollbackOptions extends Omit<MigrateOptions, "phase" | "fake"> {
    /** Whether tables and columns with their values may be dropped. Default false. */
    readonly allowDataLoss?: boolean;
    /**
     * Values for columns that need one again in rows that have none, as `{ "books.isbn": { text: "" } }`. None by default: nothing is
     * invented, and rows without a value stop the rollback before it changes anything.
     */
    readonly fills?: Readonly<Record<string, ValueData>>;
}

/** A migration, as its file exports it. */
export interface Migration {
    /** Names of the migrations that must have run before. */
    readonly after: readonly string[];
    /** Hash of the structure afterwards. */
    readonly schema: string;
    /** The changes, in their order. */
    readonly operations: readonly Operation[];
    /** Whether it runs before the new code takes over, or after. */
    readonly phase: "before-deploy" | "after-deploy";
    /** Names of the migrations that this one stands for. */
    readonly replaces: readonly string[];
}

/** What a file of a migration says. */
export interface MigrationOptions {
    /** Names of the migrations that must have run before: usually one, none for the first. */
    readonly after: readonly string[];
    /** Hash of the structure afterwards, as the generator writes it. */
    readonly schema: string;
    /** The changes, in their order. */
    readonly ops: readonly Operation[];
    /** Whether it runs before the new code takes over, or after. Default "before-deploy". */
    readonly phase?: "before-deploy" | "after-deploy";
    /** Names of the migrations that this one stands for. None by default. */
    readonly replaces?: readonly string[];
}

/** One change. */
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
} | {
    readonly kind: "run";
    readonly step: DataStep;
} | {
    readonly kind: "stateOnly";
    readonly operations: readonly Operation[];
}

/** Statements of one's own by kind of database. Each kind needs an entry, or `others`; "nothing" does nothing there. */
export interface SqlByDialect {
    /** Statements for PostgreSQL. */
    readonly postgres?: string | readonly string[];
    /** Statements for MariaDB. */
    readonly mariadb?: string | readonly string[];
    /** Statements for MySQL. */
    readonly mysql?: string | readonly string[];
    /** Statements for SQLite. */
    readonly sqlite?: string | readonly string[];
    /** Statements for databases that are not named. */
    readonly others?: string | readonly string[];
}

/** A table as it is written in a migration. What is left out is empty. */
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
    /** Columns whose words have an index. */
    readonly search?: readonly string[];
    /** What the database says of it. */
    readonly comment?: string;
}

/** A view as it is written in a migration. */
export interface ViewData extends ViewState {
    /** Its columns by name, as the query gives them. */
    readonly columns: Readonly<Record<string, ColumnState>>;
    /** Columns that tell its rows apart. */
    readonly primary: readonly string[];
}

/** Something that the release expects, and that is not so any more. */
export interface OldCodeBreak {
    /** Name of the table, or of the view. */
    readonly table: string;
    /** What of it: `column title`, `unique books_title_unique`; "" for the whole. */
    readonly object: string;
    /** Whether all such statements fail ("fails"), or those alone with values that do not fit any more ("may fail"). */
    readonly outcome: "fails" | "may fail";
    /** What happens, in a sentence. */
    readonly text: string;
}

/** Which release still runs. */
export interface OldCodeOptions {
    /** Folder of the migrations. */
    readonly folder: string;
    /** Name of the last migration that the release knows. */
    readonly since: string;
}

/** What was pulled. */
export interface PulledModels {
    /** The text of a module with the models. What they cannot say stands in comments. */
    readonly source: string;
    /** What differs between the tables and those that the models would make, in the server's own words. */
    readonly differences: readonly SchemaDifference[];
}

/** Which models are pulled. */
export interface PullOptions {
    /** The database, opened without models: `createDatabase({ url, models: [] })`. */
    readonly database: Database;
    /** Names of tables. All by default. */
    readonly tables?: readonly string[];
}

/** Answers, as flags give them. */
export interface Answers {
    /** Renames: `"books.body:content"`, of a table `"books:volumes"`. */
    readonly renames?: readonly string[];
    /** What is no rename, in the same form. */
    readonly notRenames?: readonly string[];
    /** Values of rows that are there, by column: `{ "books.isbn": { text: "" } }`. */
    readonly fills?: Readonly<Record<string, ValueData>>;
    /** Columns whose new definition not every value may fit, as `"books.title"`: the migration stops where one does not. */
    readonly shortens?: readonly string[];
    /** Columns that are dropped and added again without their values, as `"books.cover"`: no conversion keeps all of them. */
    readonly recreates?: readonly string[];
}

/** A question, with the flags that answer it. */
export interface Question {
    /** What is asked. */
    readonly kind: "renameTable" | "renameColumn" | "fill" | "shorten" | "recreate";
    /** Table, or table and column: `books.title`. */
    readonly subject: string;
    /** What else it is about: the new name of a rename. */
    readonly candidate: string | undefined;
    /** The question as a sentence. */
    readonly text: string;
    /** Flags of the command line of which one answers it. */
    readonly flags: readonly string[];
}

/** A text for a column of a model. */
export interface FillText {
    /** The models: a list, or a module that exports them. */
    readonly models: readonly object[] | Readonly<Record<string, unknown>>;
    /** Table and column: `books.isbn`. */
    readonly column: string;
    /** What was typed. */
    readonly text: string;
}

/** Something that may hurt. */
export interface Finding {
    /** Name of the rule. */
    readonly id: string;
    /** What may happen. */
    readonly risk: Risk;
    /** The table that it is about, by the name that it has before all of the operations. */
    readonly table: string;
    /** What the operation does, in a sentence. */
    readonly operation: string;
    /** Why it may hurt. */
    readonly reason: string;
    /** What to do instead, or beside it. */
    readonly recipe: string;
    /** The reason for which it was accepted; undefined while it was not. */
    readonly assured: string | undefined;
}

/** Kinds of risks, the least first. */
export type Risk = "safe" | "locks" | "scans" | "rewrites" | "breaks-old-code" | "loses-data";

/** A column. What is left out is not so: a column without `null` has a value in every row. */
export interface ColumnState {
    /** Its type. */
    readonly type: ColumnKind;
    /** Whether the value may be absent. */
    readonly null?: boolean;
    /** Most characters of a text, or bytes. */
    readonly max?: number;
    /** Digits of a decimal: in all, and behind the point. */
    readonly digits?: number;
    /** Digits behind the point of decimals. */
    readonly scale?: number;
    /** How a decimal is stored that has more digits than a number of SQLite. */
    readonly storage?: "text";
    /** What each item of a list is. */
    readonly items?: ColumnState;
    /** Keys of a choice. */
    readonly choices?: readonly string[];
    /** False when the database does not check the keys of a choice. */
    readonly check?: boolean;
    /** What the database gives a row that has no value. */
    readonly default?: OperandData;
    /** Comment in the database. */
    readonly comment?: string;
}

/**
 * A condition or an expression as data: `["gt", "pages", 0]`. A text is the name of a column; values of other types than
 * whole numbers and booleans name them: `{ text: "draft" }`.
 */
export interface ConditionData extends ReadonlyArray<OperandData> {
    /** What the condition does. */
    readonly 0: string;
}

/** Columns that hold the key of a row of another table. */
export interface ForeignKeyState {
    /** Columns that hold the key. */
    readonly columns: readonly string[];
    /** Table that it leads to. */
    readonly table: string;
    /** Columns of that table. */
    readonly references: readonly string[];
    /** What becomes of rows whose row is deleted. */
    readonly onDelete: DeleteAction;
}

/** An index: a group of columns, or an expression of them. */
export interface IndexState extends KeyState {
    /** What is kept instead of columns. */
    readonly expression?: OperandData;
    /** Whether no two rows may have the same. */
    readonly unique?: boolean;
    /** Columns that are kept from the largest value down. */
    readonly desc?: readonly string[];
    /** Method of PostgreSQL. */
    readonly using?: string;
    /** Further columns that are kept in it. */
    readonly include?: readonly string[];
}

/** A group of columns that is unique, or has an index; with `where`, among rows alone for which it holds. */
export interface KeyState {
    /** Its columns. */
    readonly columns: readonly string[];
    /** The rows that it is about. All by default. */
    readonly where?: ConditionData;
}

/** A value in a condition: one that JSON has, or a text of its type. */
export type ValueData = number | boolean | null | {
    readonly [Type in ColumnType]?: unknown;
};
