/** Questions that only a person can answer, and their answers: renames, and values for existing rows. */
import type { ValueData } from "../../schema/table-state.ts";

/** A question, with the flags that answer it. */
export interface Question {
  /** Kind of the question. */
  readonly kind: "renameTable" | "renameColumn" | "fill" | "shorten" | "recreate";
  /** Table, or table and column: `books.title`. */
  readonly subject: string;
  /** For a rename, the new name. */
  readonly candidate: string | undefined;
  /** The question as a sentence. */
  readonly text: string;
  /** Command line flags; any one of them answers it. */
  readonly flags: readonly string[];
}

/** Answers, as flags give them. */
export interface Answers {
  /** Renames: `"books.body:content"`, or `"books:volumes"` for a table. */
  readonly renames?: readonly string[];
  /** Pairs that are not renames, in the same form. */
  readonly notRenames?: readonly string[];
  /** Values for existing rows, by column: `{ "books.isbn": { text: "" } }`. */
  readonly fills?: Readonly<Record<string, ValueData>>;
  /** Columns whose new definition may not fit every value, as `"books.title"`. The migration stops if a value does not fit. */
  readonly shortens?: readonly string[];
  /** Columns to drop and add again without their values, as `"books.cover"`, because no conversion keeps all of them. */
  readonly recreates?: readonly string[];
}

/** Names that models declare: old names of columns by new ones, `body` by `books.content`. */
export type RenameHints = ReadonlyMap<string, string>;
