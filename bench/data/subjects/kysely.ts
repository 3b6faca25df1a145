/** Kysely on `pg`. */
import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import type { Subject } from "../fixture.ts";

interface Tables {
  visitors: { id: number; name: string };
  authors: { id: number; name: string; email: string | null };
  books: {
    id: number;
    title: string;
    slug: string;
    price: string;
    pages: number;
    status: string;
    summary: string | null;
    rating: number | null;
    is_public: boolean;
    published: string | null;
    created: Date;
    author_id: string;
  };
}
const columns = [
  "id",
  "title",
  "slug",
  "price",
  "pages",
  "status",
  "summary",
  "rating",
  "is_public",
  "published",
  "created",
  "author_id",
] as const;

export async function open(url: string): Promise<Subject> {
  const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 10 }) }) });
  const get = (id: number, on: Pick<typeof database, "selectFrom"> = database) =>
    on.selectFrom("books").select(columns).where("id", "=", id).executeTakeFirstOrThrow();
  return {
    get: async (id) => (await get(id)).title,
    twenty: async (ids) => (await Promise.all(ids.map((id) => get(id)))).map(({ title }) => title),
    list: async () => {
      const books = await database.selectFrom("books").select(columns).orderBy("id").limit(100).execute();
      const keys = [...new Set(books.map((book) => Number(book.author_id)))];
      const authors = await database.selectFrom("authors").selectAll().where("id", "in", keys).execute();
      const known = new Map(authors.map((author) => [String(author.id), author]));
      return books.map((book) => [book.title, known.get(String(book.author_id))!.name]);
    },
    insert: async (name) =>
      Number(
        (
          await database
            .insertInto("visitors")
            .values({ name } as never)
            .returning("id")
            .executeTakeFirstOrThrow()
        ).id,
      ),
    insertMany: async (names) =>
      void (await database
        .insertInto("visitors")
        .values(names.map((name) => ({ name })) as never)
        .returning("id")
        .execute()),
    update: (ids, pages) =>
      database.transaction().execute(async (inner) => {
        for (const id of ids) {
          await get(id, inner);
          await inner.updateTable("books").set({ pages }).where("id", "=", id).execute();
        }
      }),
    aggregate: async () => {
      const rows = await database
        .selectFrom("books")
        .select(["author_id", sql<string>`count(*)`.as("count"), sql<string>`sum(pages)`.as("pages")])
        .groupBy("author_id")
        .orderBy("author_id")
        .execute();
      return rows.map((row) => [Number(row.author_id), Number(row.count), Number(row.pages)]);
    },
    close: () => database.destroy(),
  };
}
