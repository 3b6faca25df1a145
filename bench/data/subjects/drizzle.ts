/** Drizzle on `pg`, by its relational queries and its prepared statements. */
import { asc, count, eq, relations, sql, sum } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { bigint, boolean, date, doublePrecision, integer, numeric, pgTable, text, timestamp, varchar } from "drizzle-orm/pg-core";
import pg from "pg";
import type { Subject } from "../fixture.ts";

const authors = pgTable("authors", {
  id: bigint({ mode: "number" }).primaryKey().generatedByDefaultAsIdentity(),
  name: varchar({ length: 100 }).notNull(),
  email: varchar({ length: 254 }),
});
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
const visitors = pgTable("visitors", {
  id: bigint({ mode: "number" }).primaryKey().generatedByDefaultAsIdentity(),
  name: varchar({ length: 100 }).notNull(),
});
const schema = {
  authors,
  books,
  authorRelations: relations(authors, ({ many }) => ({ books: many(books) })),
  bookRelations: relations(books, ({ one }) => ({ author: one(authors, { fields: [books.authorId], references: [authors.id] }) })),
};

export async function open(url: string): Promise<Subject> {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  const database = drizzle(pool, { schema });
  const one = database
    .select()
    .from(books)
    .where(eq(books.id, sql.placeholder("id")))
    .prepare("one");
  const list = database.query.books.findMany({ with: { author: true }, orderBy: asc(books.id), limit: 100 }).prepare("list");
  const totals = database
    .select({ author: books.authorId, count: count(), pages: sum(books.pages) })
    .from(books)
    .groupBy(books.authorId)
    .orderBy(books.authorId)
    .prepare("totals");
  return {
    get: async (id) => (await one.execute({ id }))[0]!.title,
    twenty: async (ids) => Promise.all(ids.map(async (id) => (await one.execute({ id }))[0]!.title)),
    list: async () => (await list.execute()).map((book) => [book.title, book.author.name]),
    insert: async (name) => (await database.insert(visitors).values({ name }).returning({ id: visitors.id }))[0]!.id,
    insertMany: async (names) =>
      void (await database
        .insert(visitors)
        .values(names.map((name) => ({ name })))
        .returning({ id: visitors.id })),
    update: (ids, pages) =>
      database.transaction(async (inner) => {
        for (const id of ids) {
          await inner.select().from(books).where(eq(books.id, id));
          await inner.update(books).set({ pages }).where(eq(books.id, id));
        }
      }),
    aggregate: async () => (await totals.execute()).map((row) => [row.author, row.count, Number(row.pages)]),
    close: () => pool.end(),
  };
}
