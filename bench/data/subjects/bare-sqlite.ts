/** `node:sqlite` alone, with prepared statements and rows as objects. */
import { DatabaseSync } from "node:sqlite";
import type { Subject } from "../fixture.ts";
import { bookColumns } from "../fixture.ts";

export async function open(url: string): Promise<Subject> {
  const database = new DatabaseSync(url.slice("sqlite:".length));
  for (const pragma of ["journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"]) database.exec(`PRAGMA ${pragma}`);
  const one = database.prepare(`SELECT ${bookColumns} FROM books WHERE id = ?`);
  const list = database.prepare(`SELECT ${bookColumns} FROM books ORDER BY id LIMIT 100`);
  const authorsOf = database.prepare("SELECT id, name, email FROM authors WHERE id IN (SELECT value FROM json_each(?))");
  const insert = database.prepare("INSERT INTO visitors (name) VALUES (?)");
  const update = database.prepare("UPDATE books SET pages = ? WHERE id = ?");
  const sum = database.prepare("SELECT author_id, count(*) AS count, sum(pages) AS pages FROM books GROUP BY author_id ORDER BY author_id");
  const get = (id: number): { title: string } => one.get(id) as unknown as { title: string };
  return {
    get: async (id) => get(id).title,
    twenty: async (ids) => ids.map((id) => get(id).title),
    list: async () => {
      const books = list.all() as unknown as Array<{ title: string; author_id: number }>;
      const authors = authorsOf.all(JSON.stringify([...new Set(books.map((book) => book.author_id))])) as unknown as Array<{
        id: number;
        name: string;
      }>;
      const known = new Map(authors.map((author) => [author.id, author]));
      return books.map((book) => [book.title, known.get(book.author_id)!.name]);
    },
    insert: async (name) => Number(insert.run(name).lastInsertRowid),
    insertMany: async (names) => {
      database.exec("BEGIN IMMEDIATE");
      for (const name of names) insert.run(name);
      database.exec("COMMIT");
    },
    update: async (ids, pages) => {
      database.exec("BEGIN IMMEDIATE");
      for (const id of ids) {
        get(id);
        update.run(pages, id);
      }
      database.exec("COMMIT");
    },
    aggregate: async () =>
      (sum.all() as unknown as Array<{ author_id: number; count: number; pages: number }>).map((row) => [
        row.author_id,
        row.count,
        row.pages,
      ]),
    close: async () => database.close(),
  };
}
