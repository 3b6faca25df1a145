/** MikroORM on `pg`. A fresh entity manager for each operation, as its documentation has it for requests. */
import { defineEntity, MikroORM, p } from "@mikro-orm/postgresql";
import type { Subject } from "../fixture.ts";

const Author = defineEntity({
  name: "Author",
  tableName: "authors",
  properties: { id: p.bigint("number").primary(), name: p.string().length(100), email: p.string().length(254).nullable() },
});
const Book = defineEntity({
  name: "Book",
  tableName: "books",
  properties: {
    id: p.bigint("number").primary(),
    title: p.string().length(200),
    slug: p.string().length(50),
    price: p.decimal(),
    pages: p.integer(),
    status: p.string(),
    summary: p.text().nullable(),
    rating: p.double().nullable(),
    isPublic: p.boolean(),
    published: p.date().nullable(),
    created: p.datetime(),
    author: () => p.manyToOne(Author),
  },
});

const Visitor = defineEntity({
  name: "Visitor",
  tableName: "visitors",
  properties: { id: p.bigint("number").primary(), name: p.string().length(100) },
});

export async function open(url: string): Promise<Subject> {
  const orm = await MikroORM.init({ entities: [Author, Book, Visitor], clientUrl: url, pool: { min: 0, max: 10 } });
  return {
    get: async (id) => (await orm.em.fork().findOneOrFail(Book, { id })).title,
    twenty: async (ids) => {
      const manager = orm.em.fork();
      return (await Promise.all(ids.map((id) => manager.findOneOrFail(Book, { id })))).map(({ title }) => title);
    },
    list: async () =>
      (await orm.em.fork().find(Book, {}, { populate: ["author"], orderBy: { id: "asc" }, limit: 100 })).map((book) => [
        book.title,
        book.author.name,
      ]),
    insert: async (name) => {
      const manager = orm.em.fork();
      const visitor = manager.create(Visitor, { name });
      await manager.persist(visitor).flush();
      return visitor.id;
    },
    insertMany: async (names) => {
      const manager = orm.em.fork();
      await manager.persist(names.map((name) => manager.create(Visitor, { name }))).flush();
    },
    update: (ids, pages) =>
      orm.em.fork().transactional(async (manager) => {
        for (const id of ids) (await manager.findOneOrFail(Book, { id })).pages = pages;
      }),
    aggregate: async () => {
      const rows = await orm.em
        .fork()
        .getConnection()
        .execute<Array<Record<string, string>>>(
          "SELECT author_id, count(*) AS count, sum(pages) AS pages FROM books GROUP BY author_id ORDER BY author_id",
        );
      return rows.map((row) => [Number(row["author_id"]), Number(row["count"]), Number(row["pages"])]);
    },
    close: () => orm.close(),
  };
}
