/**
 * The structure of a database as plain data: what models declare and migrations build. It says nothing of one kind of
 * database, and holds no SQL but what a model wrote itself.
 */
import type { ColumnType } from "./column.ts";
import type { DeleteAction } from "./relation.ts";

/** Types of columns that differ in a database: a slug or an address is a text there. */
export type ColumnKind = Exclude<ColumnType, "slug" | "email" | "url">;

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

/** A value in a condition: one that JSON has, or a text of its type. */
export type ValueData = number | boolean | null | { readonly [Type in ColumnType]?: unknown };

/**
 * A condition or an expression as data: `["gt", "pages", 0]`. A text is the name of a column; values of other types than
 * whole numbers and booleans name them: `{ text: "draft" }`.
 */
export interface ConditionData extends ReadonlyArray<OperandData> {
  /** What the condition does. */
  readonly 0: string;
}

/** A part of a condition: a column, a value, another condition, or a list. */
export type OperandData = string | ValueData | readonly OperandData[];

/** A group of columns that is unique, or has an index; with `where`, among rows alone for which it holds. */
export interface KeyState {
  /** Its columns. */
  readonly columns: readonly string[];
  /** The rows that it is about. All by default. */
  readonly where?: ConditionData;
}

/** A unique key. */
export interface UniqueState extends KeyState {
  /** When the database looks at it, where that is not with each row. */
  readonly deferrable?: "deferred" | "immediate";
  /** False when rows without a value are equal. */
  readonly nullsDistinct?: false;
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

/** Kinds of databases. */
type DialectName = "postgres" | "mariadb" | "mysql" | "sqlite";

/** A query in SQL: one for all databases, or one for each kind, with `others` for those that are not named. */
export type QueryText = string | { readonly [Name in DialectName | "others"]?: string };

/** What makes a table a view: rows come from a query. */
export interface ViewState {
  /** The query. Its columns have the names of the view's. */
  readonly sql: QueryText;
  /** Whether PostgreSQL keeps the rows until they are refreshed. */
  readonly materialized?: true;
}

/** A table, or a view: that has columns, a key that tells its rows apart, and nothing else. */
export interface TableState {
  readonly columns: ReadonlyMap<string, ColumnState>;
  /** Columns of the primary key. */
  readonly primary: readonly string[];
  readonly uniques: ReadonlyMap<string, UniqueState>;
  readonly indexes: ReadonlyMap<string, IndexState>;
  readonly checks: ReadonlyMap<string, ConditionData>;
  readonly foreignKeys: ReadonlyMap<string, ForeignKeyState>;
  /** Columns whose words have an index; none where nobody searches. */
  readonly search: readonly string[];
  readonly comment: string;
  /** Set of a view alone. */
  readonly view?: ViewState;
}

/** All tables and views by name: databases keep the names of both together. */
export type State = ReadonlyMap<string, TableState>;

/** The column whose values the database counts; undefined when it counts none. */
export function findCountedColumn({ primary, columns }: TableState): string | undefined {
  return primary.length === 1 && columns.get(primary[0]!)?.type === "id" ? primary[0] : undefined;
}

/** A structure with some of its foreign keys. */
export function keepForeignKeys(state: State, isKept: (key: ForeignKeyState, table: TableState) => boolean): State {
  return new Map(
    [...state].map(([name, table]) => [
      name,
      { ...table, foreignKeys: new Map([...table.foreignKeys].filter(([, key]) => isKept(key, table))) },
    ]),
  );
}

/** The structure without its views. */
export function tablesOf(state: State): State {
  return new Map([...state].filter(([, { view }]) => view === undefined));
}

/** The query of a view on one kind of database; undefined where it has none. */
export function chooseQuery(sql: QueryText, dialect: DialectName): string | undefined {
  return typeof sql === "string" ? sql : (sql[dialect] ?? sql.others);
}

/** Whether the query of a view speaks of a table or another view, as far as its words tell. */
export function mentions({ sql }: ViewState, name: string): boolean {
  return (typeof sql === "string" ? [sql] : Object.values(sql)).some((text) => {
    const parts = text.toLowerCase().split(name.toLowerCase());
    // A part of a longer word is another one.
    return parts.slice(1).some((behind, index) => !/[\w$]$/.test(parts[index]!) && !/^[\w$]/.test(behind));
  });
}

/** Names of views in an order in which each comes after those that it reads. */
export function sortViews(state: State): string[] {
  const views = [...state].flatMap(([name, { view }]) => (view === undefined ? [] : [{ name, view }]));
  const sorted = new Set<string>();
  const visit = ({ name, view }: { name: string; view: ViewState }, path: ReadonlySet<string>): void => {
    if (sorted.has(name) || path.has(name)) return;
    for (const other of views) if (mentions(view, other.name)) visit(other, new Set([...path, name]));
    sorted.add(name);
  };
  for (const each of views) visit(each, new Set());
  return [...sorted];
}

/** Tables in an order in which each comes after those that it refers to, as far as there is one. */
export function sortTables(state: State): string[] {
  const sorted = new Set<string>();
  const visit = (name: string, path: ReadonlySet<string>): void => {
    if (sorted.has(name) || path.has(name)) return;
    const inner = new Set([...path, name]);
    for (const { table } of state.get(name)!.foreignKeys.values()) if (state.has(table)) visit(table, inner);
    sorted.add(name);
  };
  for (const name of state.keys()) visit(name, new Set());
  return [...sorted];
}
