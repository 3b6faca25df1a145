import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { bigint, boolean, date, doublePrecision, integer, numeric, pgTable, text, timestamp, varchar } from "drizzle-orm/pg-core";
import { Eta } from "eta";
import fastify from "fastify";
import pg from "pg";
import { added, byMessage, databaseUrl, etaPage, port, twentyKeys } from "../common.ts";

const books = pgTable("books", {
  id: bigint({ mode: "number" }).primaryKey().generatedByDefaultAsIdentity(),
  title: varchar({ length: 200 }).notNull(),
  slug: varchar({ length: 50 }).notNull(),
  price: numeric({ precision: 8, scale: 2 }).notNull(),
  pages: integer().notNull(),
  status: varchar().notNull(),
  summary: text(),
  rating: doublePrecision(),
  isPublic: boolean("is_public").notNull(),
  published: date(),
  created: timestamp({ withTimezone: true, precision: 3 }).notNull(),
  authorId: bigint("author_id", { mode: "number" }).notNull(),
});
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
