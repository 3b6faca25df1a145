/** Reads the structure of an existing database. */
import { ledgerTable } from "../run/live-schema.ts";
import type { Session } from "../run/session.ts";
import type { FoundTable, TableFinding } from "../plan/table-finding.ts";

/** Returns all tables and views of the session's database, except the ledger. */
export async function introspect(session: Session): Promise<FoundTable[]> {
  const tables = (await session.kind.introspect(session)).filter(({ name }) => name !== ledgerTable);
  for (const table of tables) {
    if (table.state.view === undefined) noteKeyDefaults(table);
    else findViewKey(table);
  }
  return tables;
}

/** Databases do not report the key of a view. A unique index of a materialized view identifies its rows, or a column named id. */
function findViewKey({ state }: TableFinding): void {
  const { columns, primary, indexes } = state;
  const index = [...indexes.values()].find(({ unique, where, columns: list }) => unique === true && where === undefined && list.length > 0);
  primary.push(...(index?.columns ?? (columns.has("id") ? ["id"] : [])));
  for (const [name, { null: isNull, default: _default, comment: _comment, ...column }] of columns)
    columns.set(name, { ...column, ...(isNull === true && !primary.includes(name) && { null: true }) });
  indexes.clear();
  state.comment = "";
}

/** Relations do not support database defaults. */
function noteKeyDefaults(table: TableFinding): void {
  const { columns, foreignKeys } = table.state;
  for (const column of [...foreignKeys.values()].flatMap((key) => key.columns)) {
    const { default: value, ...rest } = columns.get(column)!;
    if (value === undefined) continue;
    columns.set(column, rest);
    table.note(column, "the database has a default for it");
  }
}
