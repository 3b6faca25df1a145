/**
 * Reads the structure of a database as the server defines it: each column, key, constraint and index by table and name. Compare
 * definitions only with others from the same server: PostgreSQL and MariaDB rewrite the expressions that they receive.
 */
import type { LiveObject } from "../plan/migration-dialect.ts";
import type { Session } from "./session.ts";
import { hashData } from "../state/table-data.ts";

/** Definitions by name (`column title`, `index books_title_index`), by table. */
export type LiveSchema = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Tables that migrations use internally. */
export const ledgerTable = "gable_migrations";

/** Reads the structure of the session's database: all views, and all tables except the ledger. */
export async function readLiveSchema(session: Session): Promise<LiveSchema> {
  return collectLive(await session.kind.readLive(session));
}

/** Returns a hash of some tables of a schema. */
export function hashLiveSchema(schema: LiveSchema, tables: Iterable<string>): string {
  const wanted = [...tables].sort().map((name) => [name, [...(schema.get(name) ?? [])].sort(([one], [other]) => (one < other ? -1 : 1))]);
  return hashData(wanted, 16);
}

/** Returns a hash of the whole database structure. */
export async function hashWholeSchema(session: Session): Promise<string> {
  const schema = await readLiveSchema(session);
  return hashLiveSchema(schema, schema.keys());
}

/** A difference between the expected and the actual structure. */
export interface SchemaDifference {
  /** Name of the table. */
  readonly table: string;
  /** The object: `column title`. */
  readonly object: string;
  /** The expected definition; undefined if the object should not exist. */
  readonly expected: string | undefined;
  /** The actual definition; undefined if the object is missing. */
  readonly found: string | undefined;
}

/** Returns the differences in some tables. */
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
