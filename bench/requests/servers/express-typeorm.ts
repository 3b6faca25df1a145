import { Eta } from "eta";
import express from "express";
import { DataSource, EntitySchema } from "typeorm";
import { bookColumns } from "../../data/typeorm-columns.ts";
import type { Fortune } from "../common.ts";
import { added, byMessage, databaseUrl, etaPage, port, twentyKeys } from "../common.ts";

/** Keys as numbers: the driver gives texts. */
const toNumber = { from: Number, to: (value: unknown) => value };

const BookEntity = new EntitySchema<{ id: number; pages: number } & Record<string, unknown>>({
  name: "Book",
  tableName: "books",
  columns: {
    id: { type: "bigint", primary: true, generated: true, transformer: toNumber },
    ...bookColumns,
    authorId: { type: "bigint", name: "author_id", transformer: toNumber },
  },
});
const FortuneEntity = new EntitySchema<Fortune>({
  name: "Fortune",
  tableName: "fortunes",
  columns: {
    id: { type: "bigint", primary: true, generated: true, transformer: toNumber },
    message: { type: "varchar", length: 2048 },
  },
});
const source = await new DataSource({
  type: "postgres",
  url: databaseUrl,
  entities: [BookEntity, FortuneEntity],
  poolSize: 10,
}).initialize();
const books = source.getRepository(BookEntity);
const fortunes = source.getRepository(FortuneEntity);
const page = new Eta();
page.loadTemplate("@fortunes", etaPage);

const app = express();
app.get("/books/:id", async (request, response) => {
  response.json(await books.findOneByOrFail({ id: Number(request.params.id) }));
});
app.get("/twenty", async (_request, response) => {
  response.json(await Promise.all(twentyKeys().map((id) => books.findOneByOrFail({ id }))));
});
app.get("/updates", async (_request, response) => {
  const changed = await source.transaction(async (inner) => {
    const all: object[] = [];
    for (const id of twentyKeys()) {
      const book = await inner.findOneByOrFail(BookEntity, { id });
      book.pages = (book.pages % 1_000) + 1;
      all.push(await inner.save(BookEntity, book));
    }
    return all;
  });
  response.json(changed);
});
app.get("/fortunes", async (_request, response) => {
  const sorted = [...(await fortunes.find()), added].sort(byMessage);
  response.type("html").send(page.render("@fortunes", { fortunes: sorted }));
});
app.listen(port, "127.0.0.1");
