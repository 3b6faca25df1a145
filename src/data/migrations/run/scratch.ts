/** Describes a structure in the server's own words: creates it in a scratch schema, reads it, and removes it. */
import type { State } from "../../schema/table-state.ts";
import type { TableWriter } from "../../sql/table-writer.ts";
import type { LiveSchema } from "./live-schema.ts";
import { collectLive } from "./live-schema.ts";
import type { Session } from "./session.ts";

/** Returns what the database would contain if it were created from a structure. */
export async function readExpectedSchema(session: Session, writer: TableWriter, state: State): Promise<LiveSchema> {
  const statements = writer.createAll(state);
  return session.kind.withScratch(session, async (scratch) => {
    for (const sql of statements) await scratch.run(sql);
    return collectLive(await session.kind.readLive(scratch));
  });
}
