/** Search in texts by words, as databases have it: what it needs of a table, and how it is asked. */
import type { DriverValue } from "../schema/driver-value.ts";

/** What is searched: columns of a table. */
export interface SearchTarget {
  readonly table: string;
  readonly columns: readonly string[];
  /** The key that the database counts; undefined of a table with another key. */
  readonly key: string | undefined;
}

/** Words that are searched for. Some databases do not keep short and frequent ones. */
export interface SearchWords {
  readonly kept: readonly string[];
  readonly short: readonly string[];
}

/** A search, as it stands in a statement. */
export interface SearchRequest extends SearchTarget {
  /** The rows: the quoted name of the table, or an alias. */
  readonly rows: string;
  /** Whether they come from a query, which has the columns of the model alone. */
  readonly isDerived: boolean;
  /** Columns of the primary key. */
  readonly primary: readonly string[];
  /** Which words there are. */
  readonly hasKept: boolean;
  readonly hasShort: boolean;
  /** The parameter with the words, in one of the forms that encode() makes. */
  readonly mark: (form: 0 | 1) => string;
}

/** How a database searches. Rows have words that begin with each of those that are asked for. */
export interface SearchSyntax {
  /** Whether a table can be searched by an index. */
  has(target: SearchTarget): boolean;
  /** The statements that make what a search needs, with the rows that are there. */
  create(target: SearchTarget): string[];
  /** The statements that take it away. */
  drop(target: SearchTarget): string[];
  /** Whether a row has the words. */
  condition(request: SearchRequest): string;
  /** How well a row fits: the more, the better; and what is joined to the rows under an alias for that, "" where nothing is. */
  rank(request: SearchRequest, alias: string): { readonly sql: string; readonly join: string };
  /** The words as they are bound. */
  encode(words: SearchWords, form: 0 | 1): DriverValue;
}

/** Name of what serves the search of a table. */
export function searchName(table: string): string {
  return `${table}_search`;
}
