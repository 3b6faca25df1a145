/** Search for words, as databases support it: what it adds to a table, and how queries use it. */
import type { DriverValue } from "../schema/driver-value.ts";

/** What is searched: columns of a table. */
export interface SearchTarget {
  readonly table: string;
  readonly columns: readonly string[];
  /** The key that the database counts; undefined for a table with another key. */
  readonly key: string | undefined;
}

/** Words to search for. Some databases do not index short and frequent ones. */
export interface SearchWords {
  readonly kept: readonly string[];
  readonly short: readonly string[];
}

/** A search in a statement. */
export interface SearchRequest extends SearchTarget {
  /** The rows: the quoted name of the table, or an alias. */
  readonly rows: string;
  /** Whether they come from a query, which only has the columns of the model. */
  readonly isDerived: boolean;
  /** Columns of the primary key. */
  readonly primary: readonly string[];
  /** The words. */
  readonly hasKept: boolean;
  readonly hasShort: boolean;
  /** The parameter with the words, in one of the forms of encode(). */
  readonly mark: (form: 0 | 1) => string;
}

/** How a database searches. Rows must contain a word starting with each requested word. */
export interface SearchSyntax {
  /** Whether a table can have a search index. */
  has(target: SearchTarget): boolean;
  /** Returns the statements that create the search, including existing rows. */
  create(target: SearchTarget): string[];
  /** Returns the statements that drop it. */
  drop(target: SearchTarget): string[];
  /** Writes whether a row contains the words. */
  condition(request: SearchRequest): string;
  /** Writes how well a row matches (larger is better), and what to join under an alias for that; "" for nothing. */
  rank(request: SearchRequest, alias: string): { readonly sql: string; readonly join: string };
  /** Encodes the words for binding. */
  encode(words: SearchWords, form: 0 | 1): DriverValue;
}

/** Returns the name of a table's search objects. */
export function searchName(table: string): string {
  return `${table}_search`;
}
