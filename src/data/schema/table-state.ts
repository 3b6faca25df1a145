/**
 * The structure of a database as plain data: what models declare and migrations build. It is independent of the kind of
 * database, and contains no SQL except what a model wrote.
 */
import type { ColumnType } from "./column.ts";
import type { DeleteAction } from "./relation.ts";

/** Types of columns that differ in a database: slugs and URLs are text there. */
export type ColumnKind = Exclude<ColumnType, "slug" | "email" | "url" | "file">;

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

/** A value in a condition: a JSON value, or a string with its type. */
export type ValueData = number | boolean | null | { readonly [Type in ColumnType]?: unknown };

/**
 * A condition or an expression as data: `["gt", "pages", 0]`. A string is the name of a column; values other than
 * whole numbers and booleans give their type: `{ text: "draft" }`.
 */
export interface ConditionData extends ReadonlyArray<OperandData> {
  /** The operator. */
  readonly 0: string;
}

/** A part of a condition: a column, a value, another condition, or a list. */
export type OperandData = string | ValueData | readonly OperandData[];

/** A group of columns that is unique or indexed; with `where`, only among rows that match. */
export interface KeyState {
  /** Its columns. */
  readonly columns: readonly string[];
  /** Condition of the rows that it covers. All by default. */
  readonly where?: ConditionData;
}

/** A unique key. */
export interface UniqueState extends KeyState {
  /** When the database checks it, if not with each row. */
  readonly deferrable?: "deferred" | "immediate";
  /** False if null values count as equal. */
  readonly nullsDistinct?: false;
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

/** Kinds of databases. */
type DialectName = "postgres" | "mariadb" | "mysql" | "sqlite";

/** A query in SQL: one for all databases, or one for each kind, with `others` for the rest. */
export type QueryText = string | { readonly [Name in DialectName | "others"]?: string };

/** What makes a table a view: its rows come from a query. */
export interface ViewState {
  /** The query. Its columns have the names of the view's columns. */
  readonly sql: QueryText;
  /** Whether PostgreSQL stores the rows until they are refreshed. */
  readonly materialized?: true;
}

/** A table, or a view, which only has columns and a key that identifies its rows. */
export interface TableState {
  readonly columns: ReadonlyMap<string, ColumnState>;
  /** Columns of the primary key. */
  readonly primary: readonly string[];
  readonly uniques: ReadonlyMap<string, UniqueState>;
  readonly indexes: ReadonlyMap<string, IndexState>;
  readonly checks: ReadonlyMap<string, ConditionData>;
  readonly foreignKeys: ReadonlyMap<string, ForeignKeyState>;
  /** Columns with a full-text index; none if the model has no such search. */
  readonly search: readonly string[];
  readonly comment: string;
  /** Set only for a view. */
  readonly view?: ViewState;
}

/** All tables and views by name, because databases use one namespace for both. */
export type State = ReadonlyMap<string, TableState>;

/** Returns the column whose values the database counts up; undefined if there is none. */
export function findCountedColumn({ primary, columns }: TableState): string | undefined {
  return primary.length === 1 && columns.get(primary[0]!)?.type === "id" ? primary[0] : undefined;
}

/** Returns a structure with some of its foreign keys. */
export function keepForeignKeys(state: State, isKept: (key: ForeignKeyState, table: TableState) => boolean): State {
  return new Map(
    [...state].map(([name, table]) => [
      name,
      { ...table, foreignKeys: new Map([...table.foreignKeys].filter(([, key]) => isKept(key, table))) },
    ]),
  );
}

/** Returns the structure without its views. */
export function tablesOf(state: State): State {
  return new Map([...state].filter(([, { view }]) => view === undefined));
}

/** Returns the query of a view on one kind of database; undefined if it has none. */
export function chooseQuery(sql: QueryText, dialect: DialectName): string | undefined {
  return typeof sql === "string" ? sql : (sql[dialect] ?? sql.others);
}

/** Whether the query of a view mentions a table or another view, judged by its words. */
export function mentions({ sql }: ViewState, name: string): boolean {
  return (typeof sql === "string" ? [sql] : Object.values(sql)).some((text) => {
    const parts = text.toLowerCase().split(name.toLowerCase());
    // A part of a longer word is a different name.
    return parts.slice(1).some((behind, index) => !/[\w$]$/.test(parts[index]!) && !/^[\w$]/.test(behind));
  });
}

/** Returns the names of views in an order in which each comes after those that it reads. */
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

/** Returns tables in an order in which each comes after those that it refers to, if there is one. */
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
