/** What the table of a model is made of, with its conditions written for the database. */
import type { ModelMeta } from "../schema/metadata.ts";

/** A table. */
export interface TableDefinition {
  readonly meta: ModelMeta;
  /** Conditions that hold of every row. */
  readonly checks: ReadonlyArray<{ readonly name: string; readonly sql: string }>;
  /** Conditions of the rows that a unique key or an index is about, by its name. */
  readonly conditions: ReadonlyMap<string, string>;
}
