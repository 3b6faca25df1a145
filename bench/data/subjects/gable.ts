/** Gable's models. */
import { createDatabase, field as f, Model, transaction } from "gable/data";
import type { Subject } from "../fixture.ts";
import { Author, Book } from "../gable-models.ts";

class Visitor extends Model("visitors", { id: f.id(), name: f.text({ max: 100 }) }) {}

export async function open(url: string): Promise<Subject> {
  const database = await createDatabase({ url, models: [Author, Book, Visitor] });
  const totals = Book.where()
    .groupBy((book) => [book.authorId])
    .values((book) => ({ author: book.authorId, count: book.count(), pages: book.pages.sum() }))
    .orderBy((book) => book.authorId.asc());
  return {
    get: async (id) => (await Book.get(id)).title,
    twenty: async (ids) => (await Promise.all(ids.map((id) => Book.get(id)))).map(({ title }) => title),
    list: async () => {
      const found: Array<readonly [string, string]> = [];
      for (const book of await Book.orderBy("id").limit(100)) found.push([book.title, (await book.author).name]);
      return found;
    },
    insert: async (name) => (await Visitor.create({ name })).id,
    insertMany: async (names) => void (await Visitor.createMany(names.map((name) => ({ name })))),
    update: (ids, pages) =>
      transaction(async () => {
        for (const id of ids) {
          const book = await Book.get(id);
          book.pages = pages;
          await book.save();
        }
      }),
    aggregate: async () => (await totals).map(({ author, count, pages }) => [author, count, pages ?? 0]),
    close: () => database.close(),
  };
}
