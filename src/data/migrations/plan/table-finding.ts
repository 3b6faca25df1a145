/**
 * Represents the structure of an existing database as the same plain data that models and migrations use. Whatever
 * models cannot express is described in notes.
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

/** A table found in the database. */
export interface FoundTable {
  readonly name: string;
  readonly state: TableState;
  /** Notes on what models cannot express, by column name; notes on the table itself are under "". */
  readonly notes: ReadonlyMap<string, readonly string[]>;
  /** Number of fractional second digits by column, for columns that do not store 3. */
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

/** Collects the findings about a table or a view. */
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

  /** Adds a note about something that models cannot express. */
  note(column: string, text: string): void {
    const known = this.notes.get(column) ?? [];
    this.notes.set(column, [...known, text]);
  }

  /** Adds a column. Adds a note instead if models do not support its type. */
  column(name: string, type: ColumnType | undefined, raw: string, more: Omit<ColumnState, "type">): void {
    if (type === undefined) return this.note(name, `the type is ${raw}`);
    const { isNear = false, ...state } = type;
    this.state.columns.set(name, { ...state, ...more });
    if (isNear) this.note(name, `the type is ${raw}`);
  }

  /** Records how many fractional second digits a column stores: below 3, it stores whole seconds only. */
  digits(name: string, count: number): void {
    if (count !== 3) this.precisions.set(name, count < 3 ? 0 : 6);
  }

  /** Returns whether all these columns are known. A key over unknown columns cannot be expressed. */
  has(columns: ReadonlyArray<string | null>): boolean {
    return columns.every((column) => column !== null && this.state.columns.has(column));
  }

  /** Changes the type of a column after a check constraint or a sequence has revealed what it is. */
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

/** Returns the state of a view, from the query that the database reports. */
export function toViewState(sql: unknown, isMaterialized: boolean): ViewState {
  return { sql: String(sql).trim().replace(/;$/, ""), ...(isMaterialized && { materialized: true }) };
}

/** A column type of models. `isNear` means that the type in the database differs slightly. */
export type ColumnType = ColumnState & { readonly isNear?: boolean };

/** Returns the default of a column as the database's own SQL; returns nothing if the default is null. */
export function sqlDefault(text: unknown): Pick<ColumnState, "default"> {
  return text === null || /^null\b/i.test(String(text)) ? {} : { default: sqlCondition(String(text)) };
}

/** Returns a condition that is written in the database's own SQL. */
export function sqlCondition(text: string): ConditionData {
  return ["sql", [{ text }]];
}
