/** Detects drift: differences between a database and the result of its migration files. */
import { assertKnownOptions } from "../../../errors/option-errors.ts";
import { replay } from "../state/apply.ts";
import { compareSchemas, readLiveSchema } from "../run/live-schema.ts";
import type { SchemaDifference } from "../run/live-schema.ts";
import type { MigrationsOptions } from "../run/migrate.ts";
import { readMigrations } from "../files/read-files.ts";
import { readExpectedSchema } from "../run/scratch.ts";
import { Session } from "../run/session.ts";
import { TableWriter } from "../../sql/table-writer.ts";

/** Options for comparing a database with its migrations. */
export interface CheckLiveOptions extends MigrationsOptions {
  /**
   * Tables (`"books"`) and objects (`"books.index mine"`) to ignore. Tables that no migration has created are
   * always ignored. None by default.
   */
  readonly ignore?: readonly string[];
}

/**
 * Returns the differences between a database and the result of its migrations; none if they are equal. It creates each
 * table in a scratch schema to compare the definitions as the server writes them, and removes it.
 */
export async function checkLive(options: CheckLiveOptions): Promise<SchemaDifference[]> {
  assertKnownOptions("checkLive()", options, { database: "object", folder: true, ignore: "strings" });
  const { database, folder, ignore = [] } = options;
  const state = replay(await readMigrations(folder));
  return Session.use(database.$core, async (session) => {
    const found = await readLiveSchema(session);
    const expected = await readExpectedSchema(session, new TableWriter(session.dialect), state);
    const tables = [...state.keys()].filter((name) => !ignore.includes(name));
    return compareSchemas(expected, found, tables).filter(({ table, object }) => !ignore.includes(`${table}.${object}`));
  });
}
