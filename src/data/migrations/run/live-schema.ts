/**
 * What is in a database, as its own texts: by table, each column, key, constraint and index by its name. Texts of one server can
 * be compared with each other, never with what was sent: PostgreSQL and MariaDB write expressions anew.
 */
import type { LiveObject } from "../plan/migration-dialect.ts";
import type { Session } from "./session.ts";
import { hashData } from "../state/table-data.ts";

/** Definitions by name, `column title` or `index books_title_index`, by table. */
export type LiveSchema = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Tables that migrations keep for themselves. */
export const ledgerTable = "gable_migrations";

/** What is in the database of a session: all tables but that of the ledger, and all views. */
export async function readLiveSchema(session: Session): Promise<LiveSchema> {
  return collectLive(await session.kind.readLive(session));
}

/** A hash of tables of a schema. */
export function hashLiveSchema(schema: LiveSchema, tables: Iterable<string>): string {
  const wanted = [...tables].sort().map((name) => [name, [...(schema.get(name) ?? [])].sort(([one], [other]) => (one < other ? -1 : 1))]);
  return hashData(wanted, 16);
}

/** Returns a hash of all that is in the database. */
export async function hashWholeSchema(session: Session): Promise<string> {
  const schema = await readLiveSchema(session);
  return hashLiveSchema(schema, schema.keys());
}

/** A difference between what should be there and what is. */
export interface SchemaDifference {
  /** Name of the table. */
  readonly table: string;
  /** The object: `column title`. */
  readonly object: string;
  /** undefined of what should not be there. */
  readonly expected: string | undefined;
  /** undefined of what is missing. */
  readonly found: string | undefined;
}

/** What differs in some tables. */
export function compareSchemas(expected: LiveSchema, found: LiveSchema, tables: Iterable<string>): SchemaDifference[] {
  const differences: SchemaDifference[] = [];
  for (const table of tables) {
    const [wanted, there] = [expected.get(table) ?? new Map<string, string>(), found.get(table) ?? new Map<string, string>()];
    for (const object of new Set([...wanted.keys(), ...there.keys()]))
      if (wanted.get(object) !== there.get(object))
        differences.push({ table, object, expected: wanted.get(object), found: there.get(object) });
  }
  return differences;
}

/** Collects parts of a structure by table. */
export function collectLive(entries: Iterable<LiveObject>): LiveSchema {
  const schema = new Map<string, Map<string, string>>();
  for (const [table, object, definition] of entries) {
    if (table === ledgerTable) continue;
    const known = schema.get(table) ?? new Map<string, string>();
    schema.set(table, known.set(object, definition));
  }
  return schema;
}
