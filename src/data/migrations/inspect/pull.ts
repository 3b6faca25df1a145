/** Creates models from an existing database. */
import { assertKnownOptions } from "../../../errors/option-errors.ts";
import { GableError } from "../../../errors/gable-error.ts";
import { suggestName } from "../../../errors/nearest-name.ts";
import type { Database } from "../../database.ts";
import type { State, ViewState } from "../../schema/table-state.ts";
import { keepForeignKeys, mentions, sortViews, tablesOf } from "../../schema/table-state.ts";
import { introspect } from "./introspect.ts";
import type { FoundTable } from "../plan/table-finding.ts";
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
  /**
   * Differences between the tables and those that the models would create, in the server's own words. Undefined if the role may not create
   * the scratch schema that they are read from.
   */
  readonly differences: readonly SchemaDifference[] | undefined;
}

/**
 * Writes models for the tables and views of a database. The database does not change.
 * The tables of the models are created in a scratch schema, compared and removed; a role that may only read gets no differences. Throws `E_TABLE_UNKNOWN` for a table that does not exist.
 * @example
 * const { source } = await pullModels({ database }); await writeFile("models.ts", source);
 */
export async function pullModels(options: PullOptions): Promise<PulledModels> {
  assertKnownOptions("pullModels()", options, { database: "object", tables: "strings" });
  const { database, tables } = options;
  return Session.use(database.$core, async (session) => {
    const all = await introspect(session);
    const names = all.map(({ name }) => name);
    for (const name of tables ?? [])
      if (!names.includes(name))
        throw new GableError("E_TABLE_UNKNOWN", `The database has no table "${name}".`, { fix: suggestName(name, names) });
    const found = tables === undefined ? all : all.filter(({ name }) => tables.includes(name));
    const unmade = findUnmadeViews(found);
    const usable = found.filter(({ name, state: { primary } }) => primary.length > 0 && !unmade.has(name));
    const state: State = new Map(usable.map(({ name, state: each }) => [name, each]));
    const live = await readLiveSchema(session);
    // A foreign key to a table without a model cannot become a relation.
    const made = keepForeignKeys(withoutLonely(state, names), ({ table }) => state.has(table));
    const source = writeModels(found, unmade);
    try {
      const expected = await readExpectedSchema(session, new TableWriter(session.dialect), made);
      return { source, differences: compareSchemas(expected, live, made.keys()) };
    } catch (error) {
      if (isAccessDenied(error)) return { source, differences: undefined };
      throw error;
    }
  });
}

/** Codes of servers for a role that may not create schemas or databases: PostgreSQL, then MariaDB and MySQL. */
const deniedCodes: ReadonlySet<unknown> = new Set([
  "42501",
  "ER_DBACCESS_DENIED_ERROR",
  "ER_TABLEACCESS_DENIED_ERROR",
  "ER_SPECIFIC_ACCESS_DENIED_ERROR",
]);

function isAccessDenied(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    if ("code" in cause && deniedCodes.has(cause.code)) return true;
  return false;
}

/**
 * Returns the views that could not be created for the models, with the reason: a view that reads a column that no model field stands for, and
 * what reads such a view.
 */
function findUnmadeViews(tables: readonly FoundTable[]): ReadonlyMap<string, string> {
  const unmade = new Map<string, string>();
  const leftOut = tables.map(({ name, notes, state: { columns } }) => {
    const lost = [...notes.keys()].filter((column) => column !== "" && !columns.has(column));
    return { name, lost };
  });
  const reasonOf = ({ name, state: { view } }: FoundTable): string | undefined => {
    for (const { name: table, lost } of view === undefined ? [] : leftOut) {
      if (table === name || !mentions(view!, table)) continue;
      const column = lost.find((each) => mentions(view!, each) || readsAll(view!));
      if (column !== undefined) return `it reads "${table}.${column}", which is left out`;
      if (unmade.has(table)) return `it reads "${table}"`;
    }
    return undefined;
  };
  for (let before = -1; before < unmade.size;) {
    before = unmade.size;
    for (const table of tables) {
      const reason = unmade.has(table.name) ? undefined : reasonOf(table);
      if (reason !== undefined) unmade.set(table.name, reason);
    }
  }
  return unmade;
}

/** Whether a query reads all columns by a star: SQLite stores it as it was written, in a query that names the columns. */
function readsAll({ sql }: ViewState): boolean {
  return [typeof sql === "string" ? sql : Object.values(sql)]
    .flat()
    .some((text) => /(?:\bselect\s+(?:distinct\s+|all\s+)?|,\s*|\.)\*(?! FROM gable_view$)/i.test(text));
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
