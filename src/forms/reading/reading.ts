/** What the readers of fields share while they read one form. */
import type { FieldDefinition, FieldDefinitions, Parsed } from "../definition.ts";
import type { StoredFile } from "../form-plan.ts";
import type { SentValues } from "../sent-values.ts";
import type { ReadContext } from "../values/scalar-type.ts";

/** One reading of a form. */
export interface Reading extends ReadContext {
  /** What was sent. */
  readonly sent: SentValues;
  /** Notes the rule that a field breaks. */
  fail(path: string, field: FieldDefinition, problem: Parsed): void;
  /** Keeps the rows of a set, for what is done with them later. */
  noteRows(path: string, rows: readonly SentRow[]): void;
  /** Keeps what the form shows of a stored file. */
  noteStored(path: string, file: StoredFile): void;
  /** Reads several fields into an object. */
  readFields(fields: FieldDefinitions, prefix: string): Record<string, unknown>;
}

/** One row of a set, as it was sent. */
export interface SentRow {
  /** Its fields; empty for a row to delete. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Key of the stored row; undefined for a new one. */
  readonly id: string | undefined;
  /** Whether it is to be deleted. */
  readonly isDeleted: boolean;
  /** Number of the row in the form. */
  readonly index: number;
}

/** Returns the value of a blank form; undefined without one. */
export function initialOf({ options: { initial } }: FieldDefinition): unknown {
  return typeof initial === "function" ? (initial as () => unknown)() : initial; // A function makes the value.
}
