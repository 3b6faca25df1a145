/** Creates models from an existing database. */
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

/** Options for creating models from a database. */
export interface PullOptions {
  /** The database, opened without models: `createDatabase({ url, models: [] })`. */
  readonly database: Database;
  /** Names of tables. All by default. */
  readonly tables?: readonly string[];
}

/** Result of creating models from a database. */
export interface PulledModels {
  /** The source of a module with the models. Comments describe what models cannot express. */
  readonly source: string;
  /** Differences between the tables and those that the models would create, in the server's own words. */
  readonly differences: readonly SchemaDifference[];
}

/**
 * Writes models for the tables and views of a database. The database does not change.
 * The tables of the models are created in a scratch schema, compared and removed. Throws `E_TABLE_UNKNOWN` for a table that does not exist.
 * @example
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
    // A foreign key to a table without a model cannot become a relation.
    const made = keepForeignKeys(withoutLonely(state, names), ({ table }) => state.has(table));
    const expected = await readExpectedSchema(session, new TableWriter(session.dialect), made);
    return { source: writeModels(found), differences: compareSchemas(expected, live, made.keys()) };
  });
}

/** Returns a structure without the views that read tables outside it, because they could not be created. */
function withoutLonely(state: State, names: readonly string[]): State {
  const kept = new Map(tablesOf(state));
  for (const name of sortViews(state)) {
    const view = state.get(name)!;
    if (names.every((other) => other === name || kept.has(other) || !mentions(view.view!, other))) kept.set(name, view);
  }
  return kept;
}
