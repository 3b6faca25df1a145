/** Tables as they are written in migrations, and as they are kept in memory; and the hash of a whole structure. */
import { createHash } from "node:crypto";
import type { State, TableState } from "../../schema/table-state.ts";
import type { TableData, ViewData } from "./operation.ts";

/** A table as it was written. */
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

/** A view as it was written. */
export function toViewState({ columns, primary, ...view }: ViewData): TableState {
  return { ...toTableState({ columns, primary }), view };
}

/** A view as it is written; undefined of a table. */
export function toViewData({ columns, primary, view }: TableState): ViewData | undefined {
  return view === undefined ? undefined : { columns: Object.fromEntries(columns), primary, ...view };
}

/** A table as it is written. */
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

/** 48 bits of the hash of a structure, in hex. The order of tables, columns and constraints does not matter. */
export function hashState(state: State): string {
  const tables = [...state].map(([name, table]) => [name, toViewData(table) ?? toTableData(table)]);
  return hashData(Object.fromEntries(tables), 12);
}

/** So many hex digits of the hash of data: of its JSON, with the keys of objects in order. Functions do not count. */
export function hashData(data: unknown, digits: number): string {
  return createHash("sha256").update(writeSorted(data)).digest("hex").slice(0, digits);
}

/** JSON with the keys of objects in order: equal for equal data. */
function writeSorted(data: unknown): string {
  return JSON.stringify(data, (_key, value: unknown) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}

/** Whether data is the same, whatever the order of its keys. */
export function isSame(one: unknown, other: unknown): boolean {
  return writeSorted(one) === writeSorted(other);
}
