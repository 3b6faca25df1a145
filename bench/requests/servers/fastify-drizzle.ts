import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { bigint, pgTable, varchar } from "drizzle-orm/pg-core";
import { Eta } from "eta";
import fastify from "fastify";
import pg from "pg";
import { books } from "../../data/drizzle-tables.ts";
import { added, byMessage, databaseUrl, etaPage, port, twentyKeys } from "../common.ts";

const fortunes = pgTable("fortunes", {
  id: bigint({ mode: "number" }).primaryKey().generatedByDefaultAsIdentity(),
  message: varchar({ length: 2048 }).notNull(),
});
const database = drizzle(new pg.Pool({ connectionString: databaseUrl, max: 10 }));
const one = database
  .select()
  .from(books)
  .where(eq(books.id, sql.placeholder("id")))
  .prepare("one");
const all = database.select().from(fortunes).prepare("fortunes");
const page = new Eta();
page.loadTemplate("@fortunes", etaPage);

const app = fastify();
app.get<{ Params: { id: string } }>("/books/:id", async ({ params }) => (await one.execute({ id: Number(params.id) }))[0]);
app.get("/twenty", async () => Promise.all(twentyKeys().map(async (id) => (await one.execute({ id }))[0])));
app.get("/updates", async () =>
  database.transaction(async (transaction) => {
    const changed: object[] = [];
    for (const id of twentyKeys()) {
      const [book] = await transaction.select().from(books).where(eq(books.id, id));
      const pages = (book!.pages % 1_000) + 1;
      await transaction.update(books).set({ pages }).where(eq(books.id, id));
      changed.push({ ...book, pages });
    }
    return changed;
  }),
);
app.get("/fortunes", async (_request, reply) => {
  const sorted = [...(await all.execute()), added].sort(byMessage);
  return reply.type("text/html; charset=utf-8").send(page.render("@fortunes", { fortunes: sorted }));
});
await app.listen({ port, host: "127.0.0.1" });
