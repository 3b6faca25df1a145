/** Reads the structure of a database that somebody else has made. */
import { readMariadbTables } from "./introspect-mariadb.ts";
import { readPostgresTables } from "./introspect-postgres.ts";
import { readSqliteTables } from "./introspect-sqlite.ts";
import { ledgerTable } from "./live-schema.ts";
import type { Session } from "./session.ts";
import type { FoundTable } from "./table-finding.ts";

/** All tables of the database of a session, but that of the ledger. */
export async function introspect(session: Session): Promise<FoundTable[]> {
  const read = { sqlite: readSqliteTables, postgres: readPostgresTables, mariadb: readMariadbTables, mysql: readMariadbTables };
  return (await read[session.dialect.name](session)).filter(({ name }) => name !== ledgerTable);
}
