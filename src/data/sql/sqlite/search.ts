/** Search in SQLite: a separate table of words, which triggers update (sqlite.org/fts5.html, section 4.4.3). */
import type { SearchRequest, SearchSyntax, SearchTarget } from "../../tree/search-syntax.ts";
import { searchName } from "../../tree/search-syntax.ts";
import { quoteSqlite } from "./tables.ts";
import { quoteText } from "../table-syntax.ts";

/** Writes the condition that a row of words contains the requested ones. */
function matching({ table, mark }: SearchRequest): string {
  return `${quoteSqlite(searchName(table))} MATCH ${mark(0)}`;
}

/** Names that columns of words cannot have (sqlite.org/fts5.html, section 4). */
const taken = /^(?:rank|rowid)$/i;

/** Search in SQLite. Rows are found by their counted keys, which never change. */
export const sqliteSearch: SearchSyntax = {
  has: ({ key, columns }) => key !== undefined && !columns.some((column) => taken.test(column)),
  create({ table, columns, key = "" }: SearchTarget): string[] {
    const words = quoteSqlite(searchName(table));
    const list = columns.map(quoteSqlite).join(", ");
    const rowOf = (row: "new" | "old"): string => [key, ...columns].map((column) => `${row}.${quoteSqlite(column)}`).join(", ");
    const add = `INSERT INTO ${words} (rowid, ${list}) VALUES (${rowOf("new")});`;
    const remove = `INSERT INTO ${words} (${words}, rowid, ${list}) VALUES ('delete', ${rowOf("old")});`;
    const trigger = (name: string, event: string, work: string): string =>
      `CREATE TRIGGER ${quoteSqlite(`${searchName(table)}_${name}`)} AFTER ${event} ON ${quoteSqlite(table)} BEGIN ${work} END`;
    const source = `content = ${quoteText(table)}, content_rowid = ${quoteText(key)}`;
    return [
      `CREATE VIRTUAL TABLE ${words} USING fts5 (${list}, ${source}, tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3')`,
      `INSERT INTO ${words} (${words}) VALUES ('rebuild')`,
      trigger("insert", "INSERT", add),
      trigger("delete", "DELETE", remove),
      trigger("update", `UPDATE OF ${[key, ...columns].map(quoteSqlite).join(", ")}`, `${remove} ${add}`),
    ];
  },
  drop({ table }) {
    const triggers = ["insert", "delete", "update"].map((name) => `DROP TRIGGER IF EXISTS ${quoteSqlite(`${searchName(table)}_${name}`)}`);
    return [...triggers, `DROP TABLE ${quoteSqlite(searchName(table))}`];
  },
  condition: (request) =>
    `${request.rows}.${quoteSqlite(request.key!)} IN (SELECT rowid FROM ${quoteSqlite(searchName(request.table))} WHERE ${matching(request)})`,
  rank(request, alias) {
    const [own, key, rank] = [quoteSqlite(alias), quoteSqlite("$key"), quoteSqlite("$rank")];
    // The limit keeps the subquery separate. Otherwise SQLite would search all matching rows again for each row.
    const found = `SELECT rowid AS ${key}, rank AS ${rank} FROM ${quoteSqlite(searchName(request.table))} WHERE ${matching(request)} LIMIT -1`;
    // The rank of SQLite is lowest for the best row.
    return {
      sql: `-${own}.${rank}`,
      join: ` LEFT JOIN (${found}) AS ${own} ON ${own}.${key} = ${request.rows}.${quoteSqlite(request.key!)}`,
    };
  },
  encode: ({ kept, short }) => [...kept, ...short].map((word) => `"${word}"*`).join(" "),
};
