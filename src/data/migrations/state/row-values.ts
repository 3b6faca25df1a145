/** Follows the values of rows through operations, without a database: what became of each table and column, and what changed the values. */
import type { ColumnState, State, ValueData } from "../../schema/table-state.ts";
import { applyOperation } from "./apply.ts";
import { conversionOf } from "./conversion.ts";
import type { Operation, OperationOf } from "./operation.ts";

/** The values of a column after operations. */
interface ColumnValues {
  /** Name of the column before, or undefined for a new one. */
  readonly origin: string | undefined;
  /** What filled and changed the values, in order: equal lists mean equal values. */
  readonly changes: readonly ValueChange[];
}

type ValueChange =
  | { readonly kind: "null" | "none" }
  | { readonly kind: "default"; readonly column: ColumnState }
  | { readonly kind: "fill"; readonly fill: ValueData }
  | { readonly kind: "convert"; readonly column: ColumnState };

/** The rows of a table after operations. */
export interface TableRows {
  /** Name of the table before, or undefined for a new one, which has no rows. */
  readonly origin: string | undefined;
  /** Columns by name; empty for a new table. */
  readonly columns: ReadonlyMap<string, ColumnValues>;
}

type Rows = Map<string, TableRows>;

/** Returns the rows of each table after operations that change the structure only. Views have none. */
export function followRows(from: State, operations: readonly Operation[]): ReadonlyMap<string, TableRows> {
  let state = from;
  const rows: Rows = new Map();
  for (const [name, { columns, view }] of from)
    if (view === undefined)
      rows.set(name, { origin: name, columns: new Map([...columns.keys()].map((column) => [column, { origin: column, changes: [] }])) });
  for (const operation of operations) {
    follow(rows, state, operation);
    state = applyOperation(state, operation);
  }
  return rows;
}

function follow(rows: Rows, state: State, operation: Operation): void {
  switch (operation.kind) {
    case "assured":
      return follow(rows, state, operation.operation);
    case "createTable":
      rows.set(operation.table, { origin: undefined, columns: new Map() });
      return;
    case "dropTable":
      rows.delete(operation.table);
      return;
    case "renameTable":
      rows.set(operation.to, rows.get(operation.table)!);
      rows.delete(operation.table);
      return;
    case "addColumn":
    case "dropColumn":
    case "renameColumn":
    case "alterColumn":
      followColumn(rows, state, operation);
  }
}

function followColumn(rows: Rows, state: State, operation: OperationOf<"addColumn" | "dropColumn" | "renameColumn" | "alterColumn">): void {
  const { table, name } = operation;
  const found = rows.get(table);
  if (found?.origin === undefined) return;
  const columns = new Map(found.columns);
  if (operation.kind === "addColumn") columns.set(name, { origin: undefined, changes: [firstValue(operation)] });
  else {
    const values = columns.get(name)!;
    if (operation.kind !== "alterColumn") columns.delete(name);
    if (operation.kind === "renameColumn") columns.set(operation.to, values);
    if (operation.kind === "alterColumn") columns.set(name, alter(values, state.get(table)!.columns.get(name)!, operation));
  }
  rows.set(table, { ...found, columns });
}

function firstValue({ column, fill }: OperationOf<"addColumn">): ValueChange {
  if (fill !== undefined && fill !== null) return { kind: "fill", fill };
  if (fill === undefined && column.default !== undefined) return { kind: "default", column: plainColumn(column) };
  return { kind: column.null === true ? "null" : "none" };
}

function alter({ origin, changes }: ColumnValues, before: ColumnState, { column: after, fill }: OperationOf<"alterColumn">): ColumnValues {
  const isRequired = before.null === true && after.null !== true && fill !== undefined && fill !== null;
  // A column of nulls stays one, whatever its type.
  if (changes[0]?.kind === "null") return { origin, changes: isRequired ? [{ kind: "fill", fill }] : changes };
  const isKept = before.type === after.type && before.storage === after.storage && conversionOf(before, after) === "free";
  return {
    origin,
    changes: [
      ...changes,
      ...(isKept ? [] : [{ kind: "convert", column: withoutDefault(plainColumn(after)) } as const]),
      ...(isRequired ? [{ kind: "fill", fill } as const] : []),
    ],
  };
}

/** Returns the parts of a column that decide about its values. */
function plainColumn({ null: _null, comment: _comment, ...column }: ColumnState): ColumnState {
  return column;
}

function withoutDefault({ default: _default, ...column }: ColumnState): ColumnState {
  return column;
}
