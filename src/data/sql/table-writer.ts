/** Writes the definitions of tables, columns, keys and constraints. */
import { GableError } from "../../errors/gable-error.ts";
import type { Dialect } from "./dialect.ts";
import type { SearchTarget } from "../tree/search-syntax.ts";
import type { TableSyntax } from "./table-syntax.ts";
import { writeCondition } from "./write-condition.ts";
import { foldsCase } from "../schema/condition-columns.ts";
import type { ValueType } from "../tree/value-type.ts";
import { toConstraintName } from "../schema/names.ts";
import type {
  ColumnState,
  ConditionData,
  ForeignKeyState,
  IndexState,
  KeyState,
  OperandData,
  State,
  TableState,
  UniqueState,
  ValueData,
  ViewState,
} from "../schema/table-state.ts";
import { chooseQuery, findCountedColumn, sortTables, sortViews, tablesOf } from "../schema/table-state.ts";
import { modelOf } from "./table-model.ts";

/** Returns the name of the primary key of a table, for databases that name it. */
export function primaryName(table: string): string {
  return toConstraintName(table, "pkey");
}

/** Returns the name of the condition that the type of a column needs. */
export function checkName(table: string, column: string): string {
  return toConstraintName(table, column, "check");
}

/** Whether a table only consists of its key: SQLite then finds rows only by the key (sqlite.org/withoutrowid.html). */
export function isKeyAlone({ primary, columns }: TableState): boolean {
  return primary.length > 1 && primary.length === columns.size;
}

/** Writes definitions for one kind of database. */
export class TableWriter {
  readonly dialect: Dialect;
  readonly syntax: TableSyntax;

  constructor(dialect: Dialect) {
    this.dialect = dialect;
    this.syntax = dialect.tables;
  }

  quote(name: string): string {
    return this.syntax.quote(name);
  }

  /** Writes names, separated by commas. */
  list(columns: readonly string[]): string {
    return columns.map((column) => this.quote(column)).join(", ");
  }

  /** Writes a condition of a table. */
  condition(name: string, table: TableState, data: OperandData): string {
    return writeCondition(this.dialect, modelOf(name, table), data);
  }

  /** Writes a value in a definition. */
  value(data: ValueData, column: ColumnState): string {
    return this.dialect.literal(this.dialect.encode(readValue(data, column), toValueType(column)));
  }

  /** Writes the value that the database gives a row without one; undefined if none. */
  defaultOf(tableName: string, table: TableState, name: string): string | undefined {
    const column = table.columns.get(name)!;
    const { default: value } = column;
    if (value === undefined) return undefined;
    if (column.storage === "text" && typeof value === "object" && !Array.isArray(value))
      return `(${this.value(value as ValueData, column)})`; // Never a list.
    const sql = this.condition(tableName, table, value);
    // Custom SQL is already in parentheses.
    return Array.isArray(value) && value[0] === "sql" ? sql : `(${sql})`;
  }

  /** Writes a column of a table. */
  column(tableName: string, table: TableState, name: string, extra = ""): string {
    const column = table.columns.get(name)!;
    const { columnTypeOf, counted, isCountedKey, commentOf } = this.syntax;
    const isCounted = findCountedColumn(table) === name;
    const isRequired = column.null !== true && !(isCounted && isCountedKey);
    const comment = column.comment === undefined ? "" : commentOf(column.comment);
    const value = this.defaultOf(tableName, table, name);
    const given = value === undefined ? "" : ` DEFAULT ${value}`;
    return `${this.quote(name)} ${columnTypeOf(column)}${isRequired ? " NOT NULL" : ""}${isCounted ? counted : ""}${given}${extra}${comment}`;
  }

  /** Writes a column to add, with a value for existing rows. The default of new rows is set after that. */
  newColumn(tableName: string, table: TableState, name: string, fill: ValueData | undefined): string {
    if (fill === undefined) return this.column(tableName, table, name);
    const { default: _default, ...column } = table.columns.get(name)!;
    const plain: TableState = { ...table, columns: new Map(table.columns).set(name, column) };
    return this.column(tableName, plain, name, ` DEFAULT ${this.syntax.defaultOf(this.value(fill, column), column)}`);
  }

  /** Writes the condition that the type of a column needs, as a constraint; undefined if none. */
  typeCheck(tableName: string, name: string, column: ColumnState): string | undefined {
    const check = this.syntax.checkOf(name, column);
    return check === "" ? undefined : `CONSTRAINT ${this.quote(checkName(tableName, name))} CHECK (${check})`;
  }

  unique(name: string, key: UniqueState): string {
    const { columns, deferrable } = key;
    return `CONSTRAINT ${this.quote(name)} UNIQUE${this.#nulls(key)} (${this.list(columns)})${this.deferrable(deferrable)}`;
  }

  /** Writes when the database checks a key. Models that need this are rejected for databases that always check with each row. */
  deferrable(when: UniqueState["deferrable"]): string {
    return when === undefined || !this.syntax.hasDeferrableKeys ? "" : ` DEFERRABLE INITIALLY ${when.toUpperCase()}`;
  }

  #nulls({ nullsDistinct }: UniqueState): string {
    return nullsDistinct === false && this.syntax.hasEqualNulls ? " NULLS NOT DISTINCT" : "";
  }

  check(tableName: string, table: TableState, name: string, condition: ConditionData): string {
    return `CONSTRAINT ${this.quote(name)} CHECK (${this.condition(tableName, table, condition)})`;
  }

  foreignKey(name: string, { columns, table, references, onDelete }: ForeignKeyState): string {
    return `CONSTRAINT ${this.quote(name)} FOREIGN KEY (${this.list(columns)}) REFERENCES ${this.quote(table)} (${this.list(references)}) ON DELETE ${onDelete.toUpperCase()}`;
  }

  /** Writes the primary key as a line of a table; undefined if its column contains it. */
  primary(tableName: string, table: TableState): string | undefined {
    if (this.syntax.isCountedKey && findCountedColumn(table) !== undefined) return undefined;
    const name = this.syntax.namesPrimaryKey ? `CONSTRAINT ${this.quote(primaryName(tableName))} ` : "";
    return `${name}PRIMARY KEY (${this.list(table.primary)})`;
  }

  /** Writes columns that are only set where a condition is true, for databases whose keys cover all rows. */
  conditionalColumns(
    tableName: string,
    table: TableState,
    name: string,
    { columns, where }: KeyState,
  ): Array<{ name: string; sql: string }> {
    const condition = this.condition(tableName, table, where!);
    return columns.map((column) => {
      const made = toConstraintName(name, column);
      const value = `CASE WHEN ${condition} THEN ${this.quote(column)} END`;
      const type = this.syntax.columnTypeOf(table.columns.get(column)!);
      return { name: made, sql: `${this.quote(made)} ${type} GENERATED ALWAYS AS (${value}) VIRTUAL` };
    });
  }

  /** Writes the lines of a table, without foreign keys. */
  #lines(name: string, table: TableState): string[] {
    const lines = [...table.columns.keys()].map((column) => this.column(name, table, column));
    const primary = this.primary(name, table);
    if (primary !== undefined) lines.push(primary);
    for (const [column, definition] of table.columns) {
      const check = this.typeCheck(name, column, definition);
      if (check !== undefined) lines.push(check);
    }
    for (const [check, condition] of table.checks) lines.push(this.check(name, table, check, condition));
    for (const [unique, key] of table.uniques) {
      if (key.where === undefined) lines.push(this.unique(unique, key));
      else if (!this.syntax.hasConditionalKeys) {
        const made = this.conditionalColumns(name, table, unique, key);
        lines.push(...made.map(({ sql }) => sql), this.unique(unique, { columns: made.map((column) => column.name) }));
      }
    }
    return lines;
  }

  /** Writes the statement that creates a table, without its indexes. */
  createTable(name: string, table: TableState, hasForeignKeys = true): string {
    const lines = this.#lines(name, table);
    if (hasForeignKeys) for (const [key, foreign] of table.foreignKeys) lines.push(this.foreignKey(key, foreign));
    const { options, commentOf, isCountedKey } = this.syntax;
    const comment = table.comment === "" ? "" : commentOf(table.comment);
    const rowid = isCountedKey && isKeyAlone(table) ? ", WITHOUT ROWID" : "";
    return `CREATE TABLE ${this.quote(name)} (\n  ${lines.join(",\n  ")}\n)${options}${comment}${rowid}`;
  }

  /** Writes the statement that creates an index. */
  createIndex(tableName: string, table: TableState, name: string, key: IndexState & UniqueState, what = "INDEX"): string {
    const { hasConditionalKeys, hasIndexMethods } = this.syntax;
    const where = key.where === undefined || !hasConditionalKeys ? "" : ` WHERE ${this.condition(tableName, table, key.where)}`;
    const method = key.using === undefined || !hasIndexMethods ? "" : ` USING ${key.using}`;
    const include = key.include === undefined || !hasIndexMethods ? "" : ` INCLUDE (${this.list(key.include)})`;
    const unique = key.unique === true ? "UNIQUE " : "";
    return `CREATE ${unique}${what} ${this.quote(name)} ON ${this.quote(tableName)}${method} (${this.indexed(tableName, table, key)})${include}${this.#nulls(key)}${where}`;
  }

  /** Writes the columns or the expression of an index. */
  indexed(tableName: string, table: TableState, { columns, expression, desc = [] }: IndexState): string {
    if (expression !== undefined) return `(${this.condition(tableName, table, expression)})`;
    return columns.map((column) => `${this.quote(column)}${desc.includes(column) ? " DESC" : ""}`).join(", ");
  }

  /** Whether the database supports the index; otherwise it is left out. */
  hasIndex({ expression, using }: IndexState): boolean {
    if (expression !== undefined && !this.syntax.hasExpressionIndexes) return false;
    if (expression !== undefined && !this.syntax.foldsCase && foldsCase(expression)) return false;
    return using === undefined || this.syntax.hasIndexMethods;
  }

  /** Writes the statements that create the indexes of a table, and its unique keys that are indexes. */
  createIndexes(name: string, table: TableState): string[] {
    const uniques = this.syntax.hasConditionalKeys ? [...table.uniques].filter(([, { where }]) => where !== undefined) : [];
    return [
      ...uniques.map(([unique, key]) => this.createIndex(name, table, unique, key, "UNIQUE INDEX")),
      ...[...table.indexes].filter(([, key]) => this.hasIndex(key)).map(([index, key]) => this.createIndex(name, table, index, key)),
    ];
  }

  /** Writes what follows a new table: its indexes, its search, and comments. */
  attachments(name: string, table: TableState): string[] {
    return [...this.createIndexes(name, table), ...this.createSearch(name, table), ...this.comments(name, table)];
  }

  /** Returns the columns of a table's search. */
  searchTarget(name: string, table: TableState): SearchTarget {
    return { table: name, columns: table.search, key: findCountedColumn(table) };
  }

  /** Whether a table has search. */
  hasSearch(name: string, table: TableState): boolean {
    return table.search.length > 0 && this.dialect.search.has(this.searchTarget(name, table));
  }

  /** Writes the statements that create the search of a table. */
  createSearch(name: string, table: TableState): string[] {
    return this.hasSearch(name, table) ? this.dialect.search.create(this.searchTarget(name, table)) : [];
  }

  /** Writes the statements that drop it. */
  dropSearch(name: string, table: TableState): string[] {
    return this.hasSearch(name, table) ? this.dialect.search.drop(this.searchTarget(name, table)) : [];
  }

  /** Writes comments as statements, for databases that need them. */
  comments(name: string, table: TableState): string[] {
    if (!this.syntax.hasCommentStatements) return [];
    const columns = [...table.columns].filter(([, { comment }]) => comment !== undefined);
    return [
      ...(table.comment === "" ? [] : [this.commentOn(name, undefined, table.comment)]),
      ...columns.map(([column, { comment = "" }]) => this.commentOn(name, column, comment)),
    ];
  }

  /** Writes the statement that comments on a table or a column of PostgreSQL. */
  commentOn(table: string, column: string | undefined, text: string): string {
    const subject = column === undefined ? `TABLE ${this.quote(table)}` : `COLUMN ${this.quote(table)}.${this.quote(column)}`;
    return `COMMENT ON ${subject} IS ${text === "" ? "NULL" : this.syntax.quoteText(text)}`;
  }

  /** Writes the statements that create a view. The first one changes nothing: it fails if the query lacks one of the columns. */
  createView(name: string, { columns, primary, view }: TableState): string[] {
    const sql = chooseQuery(view!.sql, this.dialect.name);
    if (sql === undefined)
      throw new GableError("E_MIGRATION_OPERATION", `op.createView("${name}") has no query for ${this.dialect.name}.`, {
        fix: `Add one: { ${this.dialect.name}: "SELECT ..." }, or one for the others.`,
      });
    const kind = this.#viewKind(view!);
    const made = [
      // A comment may end the query.
      `SELECT ${this.list([...columns.keys()])} FROM (${sql}\n) gable_view LIMIT 0`,
      `CREATE ${kind} ${this.quote(name)} AS ${sql}`,
    ];
    // A view with a key can be refreshed while others read it.
    return kind === "VIEW"
      ? made
      : [...made, `CREATE UNIQUE INDEX ${this.quote(primaryName(name))} ON ${this.quote(name)} (${this.list(primary)})`];
  }

  /** Writes the statement that drops a view. */
  dropView(name: string, { view }: TableState): string {
    return `DROP ${this.#viewKind(view!)} ${this.quote(name)}`;
  }

  #viewKind({ materialized }: ViewState): string {
    return materialized === true && this.syntax.hasMaterializedViews ? "MATERIALIZED VIEW" : "VIEW";
  }

  /** Writes the statements that create all tables and views of a structure in an empty database. */
  createAll(state: State): string[] {
    return [...this.#createTables(tablesOf(state)), ...sortViews(state).flatMap((name) => this.createView(name, state.get(name)!))];
  }

  #createTables(state: State): string[] {
    const { hasForwardKeys } = this.syntax;
    const names = sortTables(state);
    const made = names.flatMap((name) => {
      const table = state.get(name)!;
      return [this.createTable(name, table, hasForwardKeys), ...this.attachments(name, table)];
    });
    if (hasForwardKeys) return made;
    const keys = names.flatMap((name) =>
      [...state.get(name)!.foreignKeys].map(([key, foreign]) => `ALTER TABLE ${this.quote(name)} ADD ${this.foreignKey(key, foreign)}`),
    );
    return [...made, ...keys];
  }
}

function toValueType({ type, scale = 0, storage, items }: ColumnState): ValueType {
  return { type, scale, storage, where: "fill", ...(items !== undefined && { items: toValueType(items) }) };
}

/** Converts a value from its form in a migration, such as `0` or `{ text: "draft" }`, to the form of models. */
function readValue(data: ValueData, { type, items }: ColumnState): unknown {
  const value = typeof data === "object" && data !== null ? Object.values(data)[0] : data;
  if (value === null) return null;
  if (type === "array") return (value as readonly unknown[]).map((item) => readValue({ [items!.type]: item }, items!)); // As it is written.
  if (type === "bigint") return BigInt(value as string | number); // As it is written.
  if (type === "datetime") return new Date(String(value));
  if (type === "bytes") return new Uint8Array(Buffer.from(String(value), "hex"));
  return value;
}
