/** Converts tables between the form in migration files and the form in memory, and hashes structures. */
import { createHash } from "node:crypto";
import type { State, TableState } from "../../schema/table-state.ts";
import type { TableData, ViewData } from "./operation.ts";

/** Returns the state of a table from its form in a migration. */
export function toTableState(data: TableData): TableState {
  return {
    columns: new Map(Object.entries(data.columns)),
    primary: data.primary,
    uniques: new Map(Object.entries(data.uniques ?? {})),
    indexes: new Map(Object.entries(data.indexes ?? {})),
    checks: new Map(Object.entries(data.checks ?? {})),
    foreignKeys: new Map(Object.entries(data.foreignKeys ?? {})),
    search: data.search ?? [],
    comment: data.comment ?? "",
  };
}

/** Returns the state of a view from its form in a migration. */
export function toViewState({ columns, primary, ...view }: ViewData): TableState {
  return { ...toTableState({ columns, primary }), view };
}

/** Returns the migration form of a view, or undefined for a table. */
export function toViewData({ columns, primary, view }: TableState): ViewData | undefined {
  return view === undefined ? undefined : { columns: Object.fromEntries(columns), primary, ...view };
}

/** Returns the migration form of a table. */
export function toTableData(table: TableState): TableData {
  const part = <Value>(name: string, map: ReadonlyMap<string, Value>): Record<string, unknown> =>
    map.size === 0 ? {} : { [name]: Object.fromEntries(map) };
  return {
    columns: Object.fromEntries(table.columns),
    primary: table.primary,
    ...part("uniques", table.uniques),
    ...part("indexes", table.indexes),
    ...part("checks", table.checks),
    ...part("foreignKeys", table.foreignKeys),
    ...(table.search.length > 0 && { search: table.search }),
    ...(table.comment !== "" && { comment: table.comment }),
  };
}

/** Returns 48 bits of the hash of a structure, in hex. The order of tables, columns and constraints does not matter. */
export function hashState(state: State): string {
  const tables = [...state].map(([name, table]) => [name, toViewData(table) ?? toTableData(table)]);
  return hashData(Object.fromEntries(tables), 12);
}

/** Returns the given number of hex digits of the hash of data, as JSON with sorted object keys. Ignores functions. */
export function hashData(data: unknown, digits: number): string {
  return createHash("sha256").update(writeSorted(data)).digest("hex").slice(0, digits);
}

/** Returns JSON with sorted object keys: equal for equal data. */
function writeSorted(data: unknown): string {
  return JSON.stringify(data, (_key, value: unknown) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}

/** Returns whether data is equal, whatever the order of its keys. */
export function isSame(one: unknown, other: unknown): boolean {
  return writeSorted(one) === writeSorted(other);
}
