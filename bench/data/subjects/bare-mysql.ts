/** `mysql2` alone, with statements that the server prepares, and rows as objects. */
import { createPool } from "mysql2/promise";
import type { Subject } from "../fixture.ts";
import { bookColumns } from "../fixture.ts";

export async function open(url: string): Promise<Subject> {
  const pool = createPool({ uri: url.replace(/^mariadb:/, "mysql:"), connectionLimit: 10 });
  const read = async <Row>(on: Pick<typeof pool, "execute">, sql: string, values: Array<string | number>): Promise<Row[]> =>
    (await on.execute(sql, values))[0] as Row[];
  const get = async (id: number, on: Pick<typeof pool, "execute"> = pool): Promise<{ title: string }> =>
    (await read<{ title: string }>(on, `SELECT ${bookColumns} FROM books WHERE id = ?`, [id]))[0]!;
  return {
    get: async (id) => (await get(id)).title,
    twenty: async (ids) => (await Promise.all(ids.map((id) => get(id)))).map(({ title }) => title),
    list: async () => {
      const books = await read<{ title: string; author_id: number }>(pool, `SELECT ${bookColumns} FROM books ORDER BY id LIMIT ?`, ["100"]);
      const keys = [...new Set(books.map((book) => book.author_id))];
      const authors = await read<{ id: number; name: string }>(
        pool,
        `SELECT id, name, email FROM authors WHERE id IN (${keys.map(() => "?").join()})`,
        keys,
      );
      const known = new Map(authors.map((author) => [author.id, author]));
      return books.map((book) => [book.title, known.get(book.author_id)!.name]);
    },
    insert: async (name) => ((await pool.execute("INSERT INTO visitors (name) VALUES (?)", [name]))[0] as { insertId: number }).insertId,
    insertMany: async (names) => void (await pool.query("INSERT INTO visitors (name) VALUES ?", [names.map((name) => [name])])),
    update: async (ids, pages) => {
      const client = await pool.getConnection();
      await client.query("START TRANSACTION");
      for (const id of ids) {
        await get(id, client);
        await client.execute("UPDATE books SET pages = ? WHERE id = ?", [pages, id]);
      }
      await client.query("COMMIT");
      client.release();
    },
    aggregate: async () => {
      const rows = await read<{ author_id: number; count: number; pages: string }>(
        pool,
        "SELECT author_id, count(*) AS count, sum(pages) AS pages FROM books GROUP BY author_id ORDER BY author_id",
        [],
      );
      return rows.map((row) => [row.author_id, row.count, Number(row.pages)]);
    },
    close: () => pool.end(),
  };
}
