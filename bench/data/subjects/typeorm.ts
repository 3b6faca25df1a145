/** TypeORM on `pg`. */
import { DataSource, EntitySchema } from "typeorm";
import type { Subject } from "../fixture.ts";
import { bookColumns } from "../typeorm-columns.ts";

interface Author {
  id: number;
  name: string;
  email: string | null;
}
interface Book {
  id: number;
  title: string;
  pages: number;
  author: Author;
}
const AuthorEntity = new EntitySchema<Author>({
  name: "Author",
  tableName: "authors",
  columns: {
    id: { type: "bigint", primary: true, generated: true },
    name: { type: "varchar", length: 100 },
    email: { type: "varchar", length: 254, nullable: true },
  },
});
const BookEntity = new EntitySchema<Book & Record<string, unknown>>({
  name: "Book",
  tableName: "books",
  columns: {
    id: { type: "bigint", primary: true, generated: true },
    ...bookColumns,
  },
  relations: { author: { type: "many-to-one", target: "Author", joinColumn: { name: "author_id" } } },
});

const VisitorEntity = new EntitySchema<{ id: number; name: string }>({
  name: "Visitor",
  tableName: "visitors",
  columns: { id: { type: "bigint", primary: true, generated: true }, name: { type: "varchar", length: 100 } },
});

export async function open(url: string): Promise<Subject> {
  const source = await new DataSource({
    type: "postgres",
    url,
    entities: [AuthorEntity, BookEntity, VisitorEntity],
    poolSize: 10,
  }).initialize();
  const books = source.getRepository(BookEntity);
  return {
    get: async (id) => (await books.findOneByOrFail({ id })).title,
    twenty: async (ids) => (await Promise.all(ids.map((id) => books.findOneByOrFail({ id })))).map(({ title }) => title),
    list: async () =>
      (await books.find({ relations: { author: true }, order: { id: "ASC" }, take: 100 })).map((book) => [book.title, book.author.name]),
    insert: async (name) => Number((await source.getRepository(VisitorEntity).save({ name })).id),
    insertMany: async (names) => void (await source.getRepository(VisitorEntity).save(names.map((name) => ({ name })))),
    update: (ids, pages) =>
      source.transaction(async (inner) => {
        for (const id of ids) {
          const book = await inner.findOneByOrFail(BookEntity, { id });
          book.pages = pages;
          await inner.save(BookEntity, book);
        }
      }),
    aggregate: async () => {
      const rows = await books
        .createQueryBuilder("b")
        .select("b.author_id", "author")
        .addSelect("count(*)", "count")
        .addSelect("sum(b.pages)", "pages")
        .groupBy("b.author_id")
        .orderBy("b.author_id")
        .getRawMany<Record<string, string>>();
      return rows.map((row) => [Number(row["author"]), Number(row["count"]), Number(row["pages"])]);
    },
    close: () => source.destroy(),
  };
}
