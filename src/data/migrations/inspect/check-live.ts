/** Drift: where a database is not what the files of its migrations make. */
import { replay } from "../state/apply.ts";
import { compareSchemas, readLiveSchema } from "../run/live-schema.ts";
import type { SchemaDifference } from "../run/live-schema.ts";
import type { MigrationsOptions } from "../run/migrate.ts";
import { readMigrations } from "../files/read-files.ts";
import { readExpectedSchema } from "../run/scratch.ts";
import { Session } from "../run/session.ts";
import { TableWriter } from "../../sql/table-writer.ts";

/** How a database is compared. */
export interface CheckLiveOptions extends MigrationsOptions {
  /**
   * What is left out: tables, as `"books"`, and objects of them, as `"books.index mine"`. Tables that no migration has made are
   * never looked at. None by default.
   */
  readonly ignore?: readonly string[];
}

/**
 * What differs between a database and what all migrations make: each table is made beside the others, in the
 * server's own words, and taken away again. None when they are the same.
 */
export async function checkLive({ database, folder, ignore = [] }: CheckLiveOptions): Promise<SchemaDifference[]> {
  const state = replay(await readMigrations(folder));
  return Session.use(database.$core, async (session) => {
    const found = await readLiveSchema(session);
    const expected = await readExpectedSchema(session, new TableWriter(session.dialect), state);
    const tables = [...state.keys()].filter((name) => !ignore.includes(name));
    return compareSchemas(expected, found, tables).filter(({ table, object }) => !ignore.includes(`${table}.${object}`));
  });
}
