/**
 * The structure of a database that somebody else has made, as the same plain data that models and migrations are: what a
 * model can say. The rest is told in words.
 */
import type {
  ColumnState,
  ConditionData,
  ForeignKeyState,
  IndexState,
  TableState,
  UniqueState,
  ViewState,
} from "../../schema/table-state.ts";

/** A table as it was found. */
export interface FoundTable {
  readonly name: string;
  readonly state: TableState;
  /** What no model can say: of the table under "", of a column under its name. */
  readonly notes: ReadonlyMap<string, readonly string[]>;
  /** Digits of a second of columns that store more or fewer than 3. */
  readonly precisions: ReadonlyMap<string, 0 | 6>;
}

/** A structure that is being read. */
interface FoundState extends TableState {
  readonly columns: Map<string, ColumnState>;
  readonly primary: string[];
  readonly uniques: Map<string, UniqueState>;
  readonly indexes: Map<string, IndexState>;
  readonly checks: Map<string, ConditionData>;
  readonly foreignKeys: Map<string, ForeignKeyState>;
  readonly search: string[];
  comment: string;
  view?: ViewState;
}

/** Collects what is found of a table, or of a view. */
export class TableFinding implements FoundTable {
  readonly name: string;
  readonly state: FoundState = {
    columns: new Map(),
    primary: [],
    uniques: new Map(),
    indexes: new Map(),
    checks: new Map(),
    foreignKeys: new Map(),
    search: [],
    comment: "",
  };
  readonly notes = new Map<string, string[]>();
  readonly precisions = new Map<string, 0 | 6>();

  constructor(name: string) {
    this.name = name;
  }

  /** Tells what no model can say. */
  note(column: string, text: string): void {
    const known = this.notes.get(column) ?? [];
    this.notes.set(column, [...known, text]);
  }

  /** Adds a column of a type; of one that no model has, a note. */
  column(name: string, type: ColumnType | undefined, raw: string, more: Omit<ColumnState, "type">): void {
    if (type === undefined) return this.note(name, `the type is ${raw}`);
    const { isNear = false, ...state } = type;
    this.state.columns.set(name, { ...state, ...more });
    if (isNear) this.note(name, `the type is ${raw}`);
  }

  /** Notes how many digits of a second a column stores: fewer than 3 keep whole seconds alone. */
  digits(name: string, count: number): void {
    if (count !== 3) this.precisions.set(name, count < 3 ? 0 : 6);
  }

  /** Whether columns are all known: a key of others cannot be said. */
  has(columns: ReadonlyArray<string | null>): boolean {
    return columns.every((column) => column !== null && this.state.columns.has(column));
  }

  /** Turns a column into another type: a condition of the table, or what counts it, has told what it is. */
  retype(column: string, { max: _max, ...state }: ColumnState): void {
    const { null: isNull, comment, default: value } = this.state.columns.get(column)!;
    this.state.columns.set(column, {
      ...state,
      ...(isNull === true && state.type !== "id" && { null: true }),
      ...(value !== undefined && { default: value }),
      ...(comment !== undefined && { comment }),
    });
    this.notes.delete(column);
  }
}

/** The query of a view, from what the database tells of it. */
export function toViewState(sql: unknown, isMaterialized: boolean): ViewState {
  return { sql: String(sql).trim().replace(/;$/, ""), ...(isMaterialized && { materialized: true }) };
}

/** A type that a model has; `isNear` when the database's own is a little different. */
export type ColumnType = ColumnState & { readonly isNear?: boolean };

/** What the database gives a row that has no value, in its own words; nothing where that is no value either. */
export function sqlDefault(text: unknown): Pick<ColumnState, "default"> {
  return text === null || /^null\b/i.test(String(text)) ? {} : { default: sqlCondition(String(text)) };
}

/** A condition of the database's own words. */
export function sqlCondition(text: string): ConditionData {
  return ["sql", [{ text }]];
}
