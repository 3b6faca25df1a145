/** Search in MariaDB and MySQL: a generated column with the words of others, and its index (MariaDB, "Full-Text Index Overview"). */
import { quoteMariadb, quoteMariadbText } from "./tables.ts";
import type { SearchRequest, SearchSyntax, SearchTarget } from "../../tree/search-syntax.ts";

/** Name of the column with the words, and of its index. */
export const mariadbSearchColumn = "gable_search";
const name = quoteMariadb(mariadbSearchColumn);

/** Clauses that add the search to a table. */
export function addMariadbSearch({ columns }: SearchTarget): string[] {
  const texts = `CONCAT_WS(' ', ${columns.map(quoteMariadb).join(", ")})`;
  const words = `LOWER(REGEXP_REPLACE(${texts}, ${quoteMariadbText("[^\\p{L}\\p{N}]+")}, ' '))`;
  return [`ADD COLUMN ${name} longtext GENERATED ALWAYS AS (${words}) STORED`, `ADD FULLTEXT INDEX ${name} (${name})`];
}

/** Clauses that remove the search from a table. */
export const dropMariadbSearch: readonly string[] = [`DROP INDEX ${name}`, `DROP COLUMN ${name}`];

/** A part of a search, next to the column: rows of a subquery are found again by their keys. */
function atTable(request: SearchRequest, write: (rows: string) => string, read: (sql: string, from: string) => string): string {
  if (!request.isDerived) return write(request.rows);
  const found = quoteMariadb("$found");
  const links = request.primary.map((column) => `${found}.${quoteMariadb(column)} = ${request.rows}.${quoteMariadb(column)}`);
  return read(write(found), `FROM ${quoteMariadb(request.table)} AS ${found} WHERE ${links.join(" AND ")}`);
}

const match = (rows: string, { mark }: SearchRequest): string => `MATCH (${rows}.${name}) AGAINST (${mark(0)} IN BOOLEAN MODE)`;

/** Words that no index contains: each must be at the start of a word of the row. */
function hasShort(rows: string, { mark }: SearchRequest, collation: string): string {
  const list = `JSON_TABLE(${mark(1)}, '$[*]' COLUMNS (word longtext CHARACTER SET utf8mb4 COLLATE ${collation} PATH '$')) AS wanted`;
  return `NOT EXISTS (SELECT 1 FROM ${list} WHERE CONCAT(' ', ${rows}.${name}) NOT LIKE CONCAT('% ', wanted.word, '%'))`;
}

function hasWords(rows: string, request: SearchRequest, collation: string): string {
  const parts = [request.hasKept ? match(rows, request) : "", request.hasShort ? hasShort(rows, request, collation) : ""];
  return `(${parts.filter((part) => part !== "").join(" AND ")})`;
}

/** Search, with the collation for comparing words. Finds rows once the transaction that stored them is committed. */
export function createMariadbSearch(collation: string): SearchSyntax {
  return {
    has: () => true,
    create: (target) => [`ALTER TABLE ${quoteMariadb(target.table)} ${addMariadbSearch(target).join(", ")}`],
    drop: ({ table }) => [`ALTER TABLE ${quoteMariadb(table)} ${dropMariadbSearch.join(", ")}`],
    condition: (request) =>
      atTable(
        request,
        (rows) => hasWords(rows, request, collation),
        (sql, from) => `EXISTS (SELECT 1 ${from} AND ${sql})`,
      ),
    rank(request) {
      if (!request.hasKept) return { sql: "0e0", join: "" };
      const sql = atTable(
        request,
        (rows) => match(rows, request),
        (value, from) => `(SELECT ${value} ${from})`,
      );
      return { sql, join: "" };
    },
    encode: ({ kept, short }, form) =>
      form === 1 ? JSON.stringify(short.map((word) => word.toLowerCase())) : kept.map((word) => `+${word.toLowerCase()}*`).join(" "),
  };
}
