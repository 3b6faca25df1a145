/** Questions that only a person can answer, and their answers: renames, and values for rows that are there. */
import type { ValueData } from "../../schema/table-state.ts";

/** A question, with the flags that answer it. */
export interface Question {
  /** What is asked. */
  readonly kind: "renameTable" | "renameColumn" | "fill" | "shorten" | "recreate";
  /** Table, or table and column: `books.title`. */
  readonly subject: string;
  /** What else it is about: the new name of a rename. */
  readonly candidate: string | undefined;
  /** The question as a sentence. */
  readonly text: string;
  /** Flags of the command line of which one answers it. */
  readonly flags: readonly string[];
}

/** Answers, as flags give them. */
export interface Answers {
  /** Renames: `"books.body:content"`, of a table `"books:volumes"`. */
  readonly renames?: readonly string[];
  /** What is no rename, in the same form. */
  readonly notRenames?: readonly string[];
  /** Values of rows that are there, by column: `{ "books.isbn": { text: "" } }`. */
  readonly fills?: Readonly<Record<string, ValueData>>;
  /** Columns whose new definition not every value may fit, as `"books.title"`: the migration stops where one does not. */
  readonly shortens?: readonly string[];
  /** Columns that are dropped and added again without their values, as `"books.cover"`: no conversion keeps all of them. */
  readonly recreates?: readonly string[];
}

/** What models say of names: former names of columns by new ones, `body` by `books.content`. */
export type RenameHints = ReadonlyMap<string, string>;
