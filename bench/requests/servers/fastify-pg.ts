import { Eta } from "eta";
import fastify from "fastify";
import pg from "pg";
import type { Fortune } from "../common.ts";
import { added, byMessage, databaseUrl, etaPage, port, twentyKeys } from "../common.ts";

// Keys as numbers and days as texts, as a page wants them.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

const columns =
  'id, title, slug, price, pages, status, summary, rating, is_public AS "isPublic", published, created, author_id AS "authorId"';
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
const one = { name: "one", text: `SELECT ${columns} FROM books WHERE id = $1` };
const page = new Eta();
page.loadTemplate("@fortunes", etaPage);

const app = fastify();
app.get<{ Params: { id: string } }>("/books/:id", async ({ params }) => {
  const { rows } = await pool.query({ ...one, values: [Number(params.id)] });
  return rows[0] as object;
});
app.get("/twenty", async () => Promise.all(twentyKeys().map(async (id) => (await pool.query({ ...one, values: [id] })).rows[0] as object)));
app.get("/updates", async () => {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const books: object[] = [];
    for (const id of twentyKeys()) {
      const book = (await client.query({ ...one, values: [id] })).rows[0] as { pages: number };
      book.pages = (book.pages % 1_000) + 1;
      await client.query({ name: "update", text: "UPDATE books SET pages = $1 WHERE id = $2", values: [book.pages, id] });
      books.push(book);
    }
    await client.query("COMMIT");
    return books;
  } finally {
    client.release();
  }
});
app.get("/fortunes", async (_request, reply) => {
  const { rows } = await pool.query({ name: "fortunes", text: "SELECT id, message FROM fortunes" });
  const fortunes = [...(rows as Fortune[]), added].sort(byMessage);
  return reply.type("text/html; charset=utf-8").send(page.render("@fortunes", { fortunes }));
});
await app.listen({ port, host: "127.0.0.1" });
