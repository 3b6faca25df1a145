/** Drizzle on `pg`, by its relational queries and its prepared statements. */
import { asc, count, eq, relations, sql, sum } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { bigint, pgTable, varchar } from "drizzle-orm/pg-core";
import pg from "pg";
import { authors, books } from "../drizzle-tables.ts";
import type { Subject } from "../fixture.ts";

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
