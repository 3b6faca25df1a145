/** Relations to many rows in expressions. */
import type { SelectState } from "./node.ts";

/** Rows that a relation to many rows leads to. Expressions of them are only valid inside an aggregate. */
export interface ManyRows {
  /** The rows, linked to the row with the relation. */
  readonly query: SelectState;
  /** Name of the relation, for messages. */
  readonly where: string;
}
