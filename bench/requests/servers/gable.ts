import { gable, json } from "gable";
import { createDatabase, field as f, Model, transaction } from "gable/data";
import { fileURLToPath } from "node:url";
import { Author, Book } from "../../data/gable-models.ts";
import { added, byMessage, databaseUrl, port, twentyKeys } from "../common.ts";

class Fortune extends Model("fortunes", { id: f.id(), message: f.text({ max: 2048 }) }) {}

const views = fileURLToPath(new URL("../views", import.meta.url));
await createDatabase({ url: databaseUrl, models: [Author, Book, Fortune] });
const app = gable({
  log: { requests: false },
  views: { directories: [views], generated: fileURLToPath(new URL("../.gable", import.meta.url)) },
});
app.get("/books/:id(int)", async ({ params }) => json(await Book.get(params.id)));
app.get("/twenty", async () => json(await Promise.all(twentyKeys().map((id) => Book.get(id)))));
app.get("/updates", async () =>
  json(
    await transaction(async () => {
      const books: Book[] = [];
      for (const id of twentyKeys()) {
        const book = await Book.get(id);
        book.pages = (book.pages % 1_000) + 1;
        books.push(await book.save());
      }
      return books;
    }),
  ),
);
app.get("/fortunes", async ({ view }) => view("fortunes.html", { fortunes: [...(await Fortune.where()), added].sort(byMessage) }));
await app.listen({ port });
