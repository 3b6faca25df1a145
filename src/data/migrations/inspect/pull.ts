/** Models from a database that is there already. */
import { GableError } from "../../../errors/gable-error.ts";
import { suggestName } from "../../../errors/nearest-name.ts";
import type { Database } from "../../database.ts";
import type { State } from "../../schema/table-state.ts";
import { keepForeignKeys, mentions, sortViews, tablesOf } from "../../schema/table-state.ts";
import { introspect } from "./introspect.ts";
import type { SchemaDifference } from "../run/live-schema.ts";
import { compareSchemas, readLiveSchema } from "../run/live-schema.ts";
import { readExpectedSchema } from "../run/scratch.ts";
import { Session } from "../run/session.ts";
import { TableWriter } from "../../sql/table-writer.ts";
import { writeModels } from "./write-models.ts";

/** Which models are pulled. */
export interface PullOptions {
  /** The database, opened without models: `createDatabase({ url, models: [] })`. */
  readonly database: Database;
  /** Names of tables. All by default. */
  readonly tables?: readonly string[];
}

/** What was pulled. */
export interface PulledModels {
  /** The text of a module with the models. What they cannot say stands in comments. */
  readonly source: string;
  /** What differs between the tables and those that the models would make, in the server's own words. */
  readonly differences: readonly SchemaDifference[];
}

/**
 * Writes models for the tables and views of a database. Nothing in the database is changed: what the models would make is
 * made beside it, compared, and taken away. Throws `E_TABLE_UNKNOWN` for a table that is not there.  @example
 * const { source } = await pullModels({ database }); await writeFile("models.ts", source);
 */
export async function pullModels({ database, tables }: PullOptions): Promise<PulledModels> {
  return Session.use(database.$core, async (session) => {
    const all = await introspect(session);
    const names = all.map(({ name }) => name);
    for (const name of tables ?? [])
      if (!names.includes(name))
        throw new GableError("E_TABLE_UNKNOWN", `The database has no table "${name}".`, { fix: suggestName(name, names) });
    const found = tables === undefined ? all : all.filter(({ name }) => tables.includes(name));
    const state: State = new Map(found.filter((table) => table.state.primary.length > 0).map(({ name, state: each }) => [name, each]));
    const live = await readLiveSchema(session);
    // There is no model that a key to a table that was not pulled could lead to.
    const made = keepForeignKeys(withoutLonely(state, names), ({ table }) => state.has(table));
    const expected = await readExpectedSchema(session, new TableWriter(session.dialect), made);
    return { source: writeModels(found), differences: compareSchemas(expected, live, made.keys()) };
  });
}

/** A structure without views that read what is not a part of it: they could not be made. */
function withoutLonely(state: State, names: readonly string[]): State {
  const kept = new Map(tablesOf(state));
  for (const name of sortViews(state)) {
    const view = state.get(name)!;
    if (names.every((other) => other === name || kept.has(other) || !mentions(view.view!, other))) kept.set(name, view);
  }
  return kept;
}
