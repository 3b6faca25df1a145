/** Reads the structure of a database that somebody else has made. */
import { readMariadbTables } from "./introspect-mariadb.ts";
import { readPostgresTables } from "./introspect-postgres.ts";
import { readSqliteTables } from "./introspect-sqlite.ts";
import { ledgerTable } from "./live-schema.ts";
import type { Session } from "./session.ts";
import type { FoundTable, TableFinding } from "./table-finding.ts";

/** All tables of the database of a session, but that of the ledger. */
export async function introspect(session: Session): Promise<FoundTable[]> {
  const read = { sqlite: readSqliteTables, postgres: readPostgresTables, mariadb: readMariadbTables, mysql: readMariadbTables };
  const tables = (await read[session.dialect.name](session)).filter(({ name }) => name !== ledgerTable);
  for (const table of tables) noteKeyDefaults(table);
  return tables;
}

/** A relation has no default of the database. */
function noteKeyDefaults(table: TableFinding): void {
  const { columns, foreignKeys } = table.state;
  for (const column of [...foreignKeys.values()].flatMap((key) => key.columns)) {
    const { default: value, ...rest } = columns.get(column)!;
    if (value === undefined) continue;
    columns.set(column, rest);
    table.note(column, "the database has a default for it");
  }
}
