/** Search in PostgreSQL: an index of the words of some columns (PostgreSQL manual, chapter 12). */
import { toConstraintName } from "../../schema/names.ts";
import { quotePostgres } from "./tables.ts";
import type { SearchRequest, SearchSyntax, SearchTarget } from "../../tree/search-syntax.ts";
import { quoteText } from "../table-syntax.ts";

/** Characters that separate words. Without them the server would treat addresses, versions and paths as one word each. */
const signs = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/** Returns the words of a row: unstemmed, in lower case. */
function toWords(columns: readonly string[], rows = ""): string {
  const texts = columns.map((column) => `coalesce(${rows}${quotePostgres(column)}, '')`).join(" || ' ' || ");
  return `to_tsvector('simple', translate(${texts}, ${quoteText(signs)}, '${" ".repeat(signs.length)}'))`;
}

/** Returns the name of the index. */
export function postgresSearchName(table: string): string {
  return toConstraintName(table, "search");
}

/** The statement that makes the index. */
export function createPostgresSearch({ table, columns }: SearchTarget, what = "INDEX"): string {
  return `CREATE ${what} ${quotePostgres(postgresSearchName(table))} ON ${quotePostgres(table)} USING gin (${toWords(columns)})`;
}

const query = ({ mark }: SearchRequest): string => `to_tsquery('simple', ${mark(0)})`;

/** Search in PostgreSQL. */
export const postgresSearch: SearchSyntax = {
  has: () => true,
  create: (target) => [createPostgresSearch(target)],
  drop: ({ table }) => [`DROP INDEX ${quotePostgres(postgresSearchName(table))}`],
  condition: (request) => `${toWords(request.columns, `${request.rows}.`)} @@ ${query(request)}`,
  rank: (request) => ({ sql: `ts_rank(${toWords(request.columns, `${request.rows}.`)}, ${query(request)})::float8`, join: "" }),
  encode: ({ kept, short }) => [...kept, ...short].map((word) => `'${word}':*`).join(" & "),
};
