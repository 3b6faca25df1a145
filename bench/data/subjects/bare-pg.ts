/** The driver alone, with prepared statements and rows as objects. */
import pg from "pg";
import type { Subject } from "../fixture.ts";
import { bookColumns } from "../fixture.ts";

export async function open(url: string): Promise<Subject> {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  const one = { name: "one", text: `SELECT ${bookColumns} FROM books WHERE id = $1` };
  const get = async (id: number, client: pg.Pool | pg.PoolClient = pool): Promise<{ title: string }> =>
    (await client.query({ ...one, values: [id] })).rows[0] as { title: string };
  return {
    get: async (id) => (await get(id)).title,
    twenty: async (ids) => (await Promise.all(ids.map((id) => get(id)))).map(({ title }) => title),
    list: async () => {
      const books = (await pool.query({ name: "list", text: `SELECT ${bookColumns} FROM books ORDER BY id LIMIT $1`, values: [100] }))
        .rows as Array<{ title: string; author_id: string }>;
      const keys = [...new Set(books.map((book) => book.author_id))];
      const authors = (
        await pool.query({ name: "authors", text: "SELECT id, name, email FROM authors WHERE id = ANY($1)", values: [keys] })
      ).rows as Array<{ id: string; name: string }>;
      const known = new Map(authors.map((author) => [author.id, author]));
      return books.map((book) => [book.title, known.get(book.author_id)!.name]);
    },
    insert: async (name) =>
      Number(
        (await pool.query({ name: "insert", text: "INSERT INTO visitors (name) VALUES ($1) RETURNING id", values: [name] })).rows[0].id,
      ),
    insertMany: async (names) =>
      void (await pool.query({
        name: "many",
        text: "INSERT INTO visitors (name) SELECT * FROM unnest($1::text[]) RETURNING id",
        values: [names],
      })),
    update: async (ids, pages) => {
      const client = await pool.connect();
      await client.query("BEGIN");
      for (const id of ids) {
        await get(id, client);
        await client.query({ name: "update", text: "UPDATE books SET pages = $1 WHERE id = $2", values: [pages, id] });
      }
      await client.query("COMMIT");
      client.release();
    },
    aggregate: async () => {
      const { rows } = await pool.query({
        name: "sum",
        text: "SELECT author_id, count(*) AS count, sum(pages) AS pages FROM books GROUP BY author_id ORDER BY author_id",
      });
      return (rows as Array<{ author_id: string; count: string; pages: string }>).map((row) => [
        Number(row.author_id),
        Number(row.count),
        Number(row.pages),
      ]);
    },
    close: () => pool.end(),
  };
}
