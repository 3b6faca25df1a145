/** Knex on `pg`. */
import createKnex from "knex";
import type { Subject } from "../fixture.ts";

interface Book {
  readonly title: string;
  readonly author_id: string;
}

export async function open(url: string): Promise<Subject> {
  const knex = createKnex({ client: "pg", connection: url, pool: { min: 0, max: 10 } });
  const get = async (id: number, on: typeof knex = knex): Promise<Book> => (await on("books").where({ id }).first()) as Book;
  return {
    get: async (id) => (await get(id)).title,
    twenty: async (ids) => (await Promise.all(ids.map((id) => get(id)))).map(({ title }) => title),
    list: async () => {
      const books = (await knex("books").orderBy("id").limit(100)) as Book[];
      const authors = (await knex("authors").whereIn("id", [...new Set(books.map((book) => book.author_id))])) as Array<{
        id: string;
        name: string;
      }>;
      const known = new Map(authors.map((author) => [author.id, author]));
      return books.map((book) => [book.title, known.get(book.author_id)!.name]);
    },
    insert: async (name) => Number(((await knex("visitors").insert({ name }).returning("id")) as Array<{ id: string }>)[0]!.id),
    insertMany: async (names) =>
      void (await knex("visitors")
        .insert(names.map((name) => ({ name })))
        .returning("id")),
    update: async (ids, pages) => {
      await knex.transaction(async (inner) => {
        for (const id of ids) {
          await get(id, inner as unknown as typeof knex);
          await inner("books").where({ id }).update({ pages });
        }
      });
    },
    aggregate: async () => {
      const rows = (await knex("books")
        .select("author_id")
        .count("* as count")
        .sum("pages as pages")
        .groupBy("author_id")
        .orderBy("author_id")) as unknown as Array<Record<string, string>>;
      return rows.map((row) => [Number(row["author_id"]), Number(row["count"]), Number(row["pages"])]);
    },
    close: () => knex.destroy(),
  };
}
