/** Operations of migrations: plain data that describes how the structure of a database changes. Create them with `op`. */
import { assertKnownOptions, describeValue, optionInvalid } from "../../../errors/option-errors.ts";
import { GableError } from "../../../errors/gable-error.ts";
import { isColumnType } from "../../schema/column.ts";
import { identifier } from "../../schema/names.ts";
import { findQueryMistake } from "../../schema/option-values.ts";
import type { DeleteAction } from "../../schema/relation.ts";
import type {
  ColumnState,
  ConditionData,
  ForeignKeyState,
  IndexState,
  UniqueState,
  ValueData,
  ViewState,
} from "../../schema/table-state.ts";
import type { DataStep } from "./data-step.ts";
import { assertFill, isValueData } from "./fill-value.ts";
import { columnKinds, indexKinds, sqlKinds, stepKinds, tableKinds, uniqueKinds, viewKinds } from "./operation-kinds.ts";

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

/** A change. */
export type Operation =
  | { readonly kind: "createTable"; readonly table: string; readonly data: TableData }
  | { readonly kind: "dropTable"; readonly table: string }
  | { readonly kind: "renameTable"; readonly table: string; readonly to: string }
  | {
      readonly kind: "addColumn";
      readonly table: string;
      readonly name: string;
      readonly column: ColumnState;
      readonly fill?: ValueData;
    }
  | { readonly kind: "dropColumn"; readonly table: string; readonly name: string; readonly fill?: ValueData }
  | { readonly kind: "renameColumn"; readonly table: string; readonly name: string; readonly to: string }
  | {
      readonly kind: "alterColumn";
      readonly table: string;
      readonly name: string;
      readonly column: ColumnState;
      readonly from: ColumnState;
      readonly fill?: ValueData;
    }
  | { readonly kind: "alterPrimary"; readonly table: string; readonly columns: readonly string[] }
  | { readonly kind: "addIndex"; readonly table: string; readonly name: string; readonly key: IndexState }
  | { readonly kind: "dropIndex"; readonly table: string; readonly name: string }
  | { readonly kind: "renameIndex"; readonly table: string; readonly name: string; readonly to: string }
  | { readonly kind: "addUnique"; readonly table: string; readonly name: string; readonly key: UniqueState }
  | { readonly kind: "addCheck"; readonly table: string; readonly name: string; readonly condition: ConditionData }
  | { readonly kind: "addForeignKey"; readonly table: string; readonly name: string; readonly foreignKey: ForeignKeyState }
  | { readonly kind: "dropConstraint"; readonly table: string; readonly name: string }
  | { readonly kind: "renameConstraint"; readonly table: string; readonly name: string; readonly to: string }
  | { readonly kind: "setComment"; readonly table: string; readonly column: string | undefined; readonly text: string }
  | { readonly kind: "setSearch"; readonly table: string; readonly columns: readonly string[] }
  | { readonly kind: "validateConstraint"; readonly table: string; readonly name: string }
  | { readonly kind: "createView"; readonly view: string; readonly data: ViewData }
  | { readonly kind: "dropView"; readonly view: string }
  | { readonly kind: "createExtension"; readonly name: string }
  | { readonly kind: "sql"; readonly up: SqlByDialect; readonly down: SqlByDialect | undefined; readonly elidable?: true }
  | { readonly kind: "run"; readonly step: DataStep }
  | { readonly kind: "stateOnly"; readonly operations: readonly Operation[] }
  /** Rolling it back starts from the structure after `behind`. */
  | { readonly kind: "databaseOnly"; readonly operations: readonly Operation[]; readonly behind: readonly Operation[] }
  | { readonly kind: "assured"; readonly reason: string; readonly operation: Operation };

/** An operation of certain kinds. */
export type OperationOf<Kind extends Operation["kind"]> = Extract<Operation, { readonly kind: Kind }>;

/** Returns whether rows need a value for a new or changed column, because neither the operation nor the column has one. */
export function needsValue(
  { column: after, fill, kind }: OperationOf<"addColumn" | "alterColumn">,
  before: ColumnState | undefined,
): boolean {
  if (after.null === true || fill !== undefined) return false;
  return kind === "addColumn" ? after.default === undefined : before?.null === true;
}

/** An operation on a part of an existing table. */
export type TableChange = Exclude<Extract<Operation, { readonly table: string }>, { kind: "createTable" | "dropTable" | "renameTable" }>;

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

/** Creates a migration. Throws `E_MIGRATION_INVALID` for invalid options. */
export function migration(options: MigrationOptions): Migration {
  assertKnownOptions("migration()", options, { after: true, schema: true, ops: true, phase: true, replaces: "strings" });
  const { after, schema, ops, phase = "before-deploy", replaces = [] } = options;
  const isNames = (list: unknown): boolean => Array.isArray(list) && list.every((name) => typeof name === "string");
  if (!isNames(after) || !isNames(replaces) || typeof schema !== "string" || !Array.isArray(ops) || !ops.every(isOperation))
    throw new GableError(
      "E_MIGRATION_INVALID",
      "A migration needs after: a list of names, schema: a string, and ops: a list of operations created with op.",
    );
  if (phase !== "before-deploy" && phase !== "after-deploy")
    throw new GableError("E_MIGRATION_INVALID", `The phase of a migration is ${describeValue(phase)}.`, {
      fix: 'Use "before-deploy" or "after-deploy".',
    });
  const migration: Migration = Object.freeze({ after, schema, operations: ops, phase, replaces });
  made.add(migration);
  return migration;
}

/** Objects that were created here: nothing else is a migration or an operation. */
const made = new WeakSet<object>();

/** Returns whether a value was created by migration(). */
export function isMigration(value: unknown): value is Migration {
  return typeof value === "object" && value !== null && made.has(value) && "operations" in value;
}

function isOperation(value: unknown): value is Operation {
  return typeof value === "object" && value !== null && made.has(value);
}

function make<Kind extends Operation>(operation: Kind): Kind {
  const frozen = Object.freeze(operation);
  made.add(frozen);
  return frozen;
}

function refuse(what: string, fix: string): never {
  throw new GableError("E_MIGRATION_OPERATION", what, { fix });
}

function assertName(where: string, name: unknown): void {
  if (typeof name === "string" && identifier.test(name)) return;
  refuse(`${where} got the name ${describeValue(name)}.`, "Use letters, digits and underscores, at most 63, not starting with a digit.");
}

/** Checks the name of a constraint. Such names are quoted, so any name of a model's check works unless a database would change it. */
function assertConstraintName(where: string, name: unknown): void {
  const isText = typeof name === "string" && name.isWellFormed() && Buffer.byteLength(name) <= 63;
  if (isText && /^[^\p{Cc}]+$/u.test(name) && name.trim() === name) return;
  refuse(
    `${where} got the name ${describeValue(name)}.`,
    "Use a string of 1 to 63 bytes, without control characters or surrounding spaces.",
  );
}

function assertColumn(where: string, column: ColumnState): void {
  if (typeof column !== "object" || column === null) refuse(`${where} got ${describeValue(column)}.`, 'Write { type: "text" }.');
  assertKnownOptions(where, column, columnKinds);
  if (!isColumnType(column.type) || ["slug", "email", "url", "file"].includes(column.type))
    refuse(`${where} has the type ${describeValue(column.type)}.`, 'Use a type such as "text", "int" or "datetime".');
  const { digits = 0, scale = -1, choices = [] } = column;
  if (column.type === "decimal" && !(digits >= 1 && digits <= 38 && scale >= 0 && scale <= digits))
    refuse(`${where} is a decimal without digits and scale.`, "Give digits from 1 to 38, and scale from 0 to digits.");
  if (column.storage !== undefined && (column.storage !== "text" || column.type !== "decimal"))
    refuse(`${where} has storage ${describeValue(column.storage)}.`, 'Use storage: "text" for decimals only, or leave it out.');
  if (column.type === "array") {
    const items = column.items ?? refuse(`${where} is a list without items.`, 'Write items: { type: "text" }.');
    if (["array", "json", "bytes", "id"].includes(items.type)) refuse(`${where} is a list of ${items.type}.`, "Use json instead.");
    assertColumn(`${where}, items`, items);
  }
  if (column.type === "choice" && choices.length === 0) refuse(`${where} is a choice without choices.`, "Give at least one.");
}

function assertColumns(where: string, columns: readonly string[]): void {
  if (!Array.isArray(columns) || columns.length === 0) refuse(`${where} got ${describeValue(columns)}.`, "Give a list of column names.");
  for (const name of columns) assertName(where, name);
}

function assertUnique(where: string, { columns, ...options }: UniqueState): void {
  assertColumns(where, columns);
  assertKnownOptions(where, options, uniqueKinds);
  const { deferrable, nullsDistinct } = options;
  // Both become parts of the statement.
  if (deferrable !== undefined && deferrable !== "deferred" && deferrable !== "immediate")
    refuse(`${where} has deferrable ${describeValue(deferrable)}.`, 'Use "deferred" or "immediate".');
  if (deferrable !== undefined && options.where !== undefined)
    refuse(`${where} is deferrable and has a where condition.`, "Leave out one of them.");
  if (nullsDistinct !== undefined && nullsDistinct !== false)
    refuse(`${where} has nullsDistinct ${describeValue(nullsDistinct)}.`, "Use false, or leave it out.");
}

const indexMethods: ReadonlyArray<string | undefined> = [undefined, "btree", "gin", "gist", "brin", "hash", "spgist"];

function assertIndex(where: string, columns: readonly string[], options: Omit<IndexState, "columns">): void {
  assertKnownOptions(where, options, indexKinds);
  if (options.expression === undefined) assertColumns(where, columns);
  else if (columns.length > 0) refuse(`${where} got columns and an expression.`, "Give one of them.");
  // The method becomes a part of the statement.
  if (!indexMethods.includes(options.using))
    refuse(`${where} has using ${describeValue(options.using)}.`, `Use one of ${indexMethods.slice(1).join(", ")}.`);
  if (options.include !== undefined) assertColumns(where, options.include);
}

const deleteActions: readonly DeleteAction[] = ["restrict", "cascade", "set null", "set default", "no action"];

function assertForeignKey(where: string, { columns, table, references, onDelete }: ForeignKeyState): void {
  assertColumns(where, columns);
  assertColumns(where, references);
  assertName(where, table);
  if (!deleteActions.includes(onDelete))
    refuse(`${where} has onDelete ${describeValue(onDelete)}.`, `Use one of ${deleteActions.join(", ")}.`);
  if (columns.length !== references.length)
    refuse(`${where} has ${columns.length} columns for ${references.length}.`, "Give the same number of columns on both sides.");
}

function assertElidable(where: string, value: unknown): void {
  if (value !== undefined && typeof value !== "boolean")
    refuse(`${where} has elidable ${describeValue(value)}.`, "Use true, or leave it out.");
}

/** Returns an operation that undoes database changes unknown to migrations. */
export function undoDatabaseOnly(inverses: readonly Operation[], behind: readonly Operation[]): Operation {
  return make({ kind: "databaseOnly", operations: inverses, behind });
}

/**
 * Creates the operations of migrations. They use the names of tables and columns; each throws `E_MIGRATION_OPERATION` for
 * invalid arguments.
 */
export const op = {
  /** Creates a table. */
  createTable(table: string, data: TableData): Operation {
    const where = `op.createTable("${String(table)}")`;
    assertName(where, table);
    assertKnownOptions(where, data, tableKinds);
    if (data.search !== undefined) assertColumns(`${where}, search`, data.search);
    for (const [name, column] of Object.entries(data.columns)) {
      assertName(where, name);
      assertColumn(`${where}, column "${name}"`, column);
    }
    assertColumns(`${where}, primary`, data.primary);
    for (const [name, key] of Object.entries(data.uniques ?? {})) {
      assertConstraintName(where, name);
      assertUnique(where, key);
    }
    for (const [name, { columns, ...options }] of Object.entries(data.indexes ?? {})) {
      assertConstraintName(where, name);
      assertIndex(where, columns, options);
    }
    for (const [name, key] of Object.entries(data.foreignKeys ?? {})) assertForeignKey(`${where}, foreign key "${name}"`, key);
    return make({ kind: "createTable", table, data });
  },
  /** Drops a table with its rows. */
  dropTable(table: string): Operation {
    assertName("op.dropTable()", table);
    return make({ kind: "dropTable", table });
  },
  /** Renames a table. */
  renameTable(table: string, to: string): Operation {
    for (const name of [table, to]) assertName("op.renameTable()", name);
    return make({ kind: "renameTable", table, to });
  },
  /** Adds a column. If it needs a value, `fill` is the value of existing rows. */
  addColumn(table: string, name: string, column: ColumnState, options: { readonly fill?: ValueData } = {}): Operation {
    const where = `op.addColumn("${String(table)}", "${String(name)}")`;
    for (const each of [table, name]) assertName(where, each);
    assertColumn(where, column);
    assertKnownOptions(where, options, ["fill"]);
    assertFill(where, column, options.fill);
    return make({ kind: "addColumn", table, name, column, ...options });
  },
  /** Drops a column with its values. `fill` is the value of all rows after a rollback. */
  dropColumn(table: string, name: string, options: { readonly fill?: ValueData } = {}): Operation {
    for (const each of [table, name]) assertName("op.dropColumn()", each);
    assertKnownOptions("op.dropColumn()", options, { fill: true });
    const { fill } = options;
    if (fill !== undefined && !isValueData(fill)) throw optionInvalid("op.dropColumn()", "fill", fill, 'such as 5 or { text: "draft" }');
    return make({ kind: "dropColumn", table, name, ...options });
  },
  /** Renames a column. */
  renameColumn(table: string, name: string, to: string): Operation {
    for (const each of [table, name, to]) assertName("op.renameColumn()", each);
    return make({ kind: "renameColumn", table, name, to });
  },
  /** Changes a column from one definition to another. If it may no longer be null, `fill` replaces null. */
  alterColumn(
    table: string,
    name: string,
    column: ColumnState,
    options: { readonly from: ColumnState; readonly fill?: ValueData },
  ): Operation {
    const where = `op.alterColumn("${String(table)}", "${String(name)}")`;
    for (const each of [table, name]) assertName(where, each);
    assertKnownOptions(where, options, ["from", "fill"]);
    assertColumn(where, column);
    assertColumn(`${where}, from`, options.from);
    assertFill(where, column, options.fill, options.from);
    return make({ kind: "alterColumn", table, name, column, ...options });
  },
  /** Changes the primary key. */
  alterPrimary(table: string, columns: readonly string[]): Operation {
    assertName("op.alterPrimary()", table);
    assertColumns("op.alterPrimary()", columns);
    return make({ kind: "alterPrimary", table, columns });
  },
  /** Adds an index on columns, or on an expression without columns. Ignores options that a database does not support. */
  addIndex(table: string, name: string, columns: readonly string[], options: Omit<IndexState, "columns"> = {}): Operation {
    assertName("op.addIndex()", table);
    assertConstraintName("op.addIndex()", name);
    assertIndex("op.addIndex()", columns, options);
    return make({ kind: "addIndex", table, name, key: { columns, ...options } });
  },
  /** Drops an index. */
  dropIndex(table: string, name: string): Operation {
    assertName("op.dropIndex()", table);
    assertConstraintName("op.dropIndex()", name);
    return make({ kind: "dropIndex", table, name });
  },
  /** Renames an index. */
  renameIndex(table: string, name: string, to: string): Operation {
    assertName("op.renameIndex()", table);
    for (const each of [name, to]) assertConstraintName("op.renameIndex()", each);
    return make({ kind: "renameIndex", table, name, to });
  },
  /** Adds a unique key. */
  addUnique(table: string, name: string, columns: readonly string[], options: Omit<UniqueState, "columns"> = {}): Operation {
    assertName("op.addUnique()", table);
    assertConstraintName("op.addUnique()", name);
    assertUnique("op.addUnique()", { columns, ...options });
    return make({ kind: "addUnique", table, name, key: { columns, ...options } });
  },
  /** Adds a check: a condition that every row must meet. */
  addCheck(table: string, name: string, condition: ConditionData): Operation {
    assertName("op.addCheck()", table);
    assertConstraintName("op.addCheck()", name);
    return make({ kind: "addCheck", table, name, condition });
  },
  /** Sets the columns of the full-text index; an empty list removes it. */
  setSearch(table: string, columns: readonly string[]): Operation {
    assertName("op.setSearch()", table);
    if (!Array.isArray(columns))
      refuse(`op.setSearch() got ${describeValue(columns)}.`, "Give a list of column names; an empty list removes the index.");
    for (const name of columns) assertName("op.setSearch()", name);
    return make({ kind: "setSearch", table, columns });
  },
  /** Adds a foreign key. */
  addForeignKey(table: string, name: string, columns: readonly string[], to: Omit<ForeignKeyState, "columns">): Operation {
    assertName("op.addForeignKey()", table);
    assertConstraintName("op.addForeignKey()", name);
    const foreignKey = { columns, ...to };
    assertForeignKey(`op.addForeignKey("${table}", "${name}")`, foreignKey);
    return make({ kind: "addForeignKey", table, name, foreignKey });
  },
  /** Drops a unique key, a check or a foreign key. */
  dropConstraint(table: string, name: string): Operation {
    assertName("op.dropConstraint()", table);
    assertConstraintName("op.dropConstraint()", name);
    return make({ kind: "dropConstraint", table, name });
  },
  /** Renames a unique key, a check or a foreign key. */
  renameConstraint(table: string, name: string, to: string): Operation {
    assertName("op.renameConstraint()", table);
    for (const each of [name, to]) assertConstraintName("op.renameConstraint()", each);
    return make({ kind: "renameConstraint", table, name, to });
  },
  /** Checks existing rows against a check or a foreign key that PostgreSQL so far enforces only for new rows. Does nothing elsewhere. */
  validateConstraint(table: string, name: string): Operation {
    assertName("op.validateConstraint()", table);
    assertConstraintName("op.validateConstraint()", name);
    return make({ kind: "validateConstraint", table, name });
  },
  /** Sets the comment of a table or of a column; an empty string removes it. SQLite has no comments. */
  setComment(table: string, column: string | undefined, text: string): Operation {
    for (const each of column === undefined ? [table] : [table, column]) assertName("op.setComment()", each);
    return make({ kind: "setComment", table, column, text });
  },
  /** Creates a view: a table whose rows come from a query. */
  createView(view: string, data: ViewData): Operation {
    const where = `op.createView("${String(view)}")`;
    assertName(where, view);
    assertKnownOptions(where, data, viewKinds);
    for (const [name, column] of Object.entries(data.columns)) {
      assertName(where, name);
      assertColumn(`${where}, column "${name}"`, column);
    }
    assertColumns(`${where}, primary`, data.primary);
    const wrong = findQueryMistake(data.sql);
    if (wrong !== undefined) refuse(`${where}: ${wrong.message}.`, wrong.fix);
    if (data.materialized !== undefined && data.materialized !== true)
      refuse(`${where} has materialized ${describeValue(data.materialized)}.`, "Use true, or leave it out.");
    return make({ kind: "createView", view, data });
  },
  /** Drops a view. The rows of tables remain. */
  dropView(view: string): Operation {
    assertName("op.dropView()", view);
    return make({ kind: "dropView", view });
  },
  /** Creates a PostgreSQL extension; does nothing elsewhere. A rollback keeps it. */
  createExtension(name: string): Operation {
    assertConstraintName("op.createExtension()", name);
    return make({ kind: "createExtension", name });
  },
  /** Runs custom statements by kind of database. Without `down`, the migration cannot be undone. `elidable` steps vanish when squashed. */
  sql(up: SqlByDialect, options: { readonly down?: SqlByDialect; readonly elidable?: boolean } = {}): Operation {
    assertKnownOptions("op.sql()", up, sqlKinds);
    assertKnownOptions("op.sql()", options, ["down", "elidable"]);
    if (options.down !== undefined) assertKnownOptions("op.sql(), down", options.down, sqlKinds);
    assertElidable("op.sql()", options.elidable);
    return make({ kind: "sql", up, down: options.down, ...(options.elidable === true && { elidable: true }) });
  },
  /** Changes rows with code. See {@link DataStep}. */
  run(step: DataStep): Operation {
    assertKnownOptions("op.run()", step, stepKinds);
    if (typeof step.name !== "string" || step.name === "") refuse("op.run() has no name.", 'Give it one: { name: "fill-isbn", ... }.');
    if (typeof step.up !== "function") refuse(`op.run("${step.name}") has no function up.`, "Give it one.");
    if (step.batch !== undefined && (!Number.isSafeInteger(step.batch) || step.batch < 1))
      refuse(`op.run("${step.name}") has batch ${describeValue(step.batch)}.`, "Give a whole number above 0.");
    if ((step.batch === undefined) !== (step.table === undefined))
      refuse(`op.run("${step.name}") has only one of table and batch.`, "Give both or neither.");
    assertElidable(`op.run("${step.name}")`, step.elidable);
    return make({ kind: "run", step });
  },
  /** Changes only the structure that migrations know: the database was changed by other means. */
  stateOnly(...operations: readonly Operation[]): Operation {
    return make({ kind: "stateOnly", operations });
  },
  /** Changes only the database, and not the structure that migrations know. */
  databaseOnly(...operations: readonly Operation[]): Operation {
    return make({ kind: "databaseOnly", operations, behind: [] });
  },
  /** Accepts the risks of an operation, with a reason. */
  assured(reason: string, operation: Operation): Operation {
    if (typeof reason !== "string" || reason.trim() === "") refuse("op.assured() has no reason.", "Say why the operation is safe.");
    return make({ kind: "assured", reason, operation });
  },
} as const;
