import { gable, json } from "gable";
import { belongsTo, createDatabase, field as f, hasMany, Model, transaction } from "gable/data";
import { fileURLToPath } from "node:url";
import { added, byMessage, databaseUrl, port, twentyKeys } from "../common.ts";

class Author extends Model("authors", {
  id: f.id(),
  name: f.text({ max: 100 }),
  email: f.email({ null: true }),
  books: () => hasMany(Book),
}) {}

class Book extends Model("books", {
  id: f.id(),
  title: f.text({ max: 200 }),
  slug: f.slug({ from: "title" }),
  price: f.decimal({ digits: 8, scale: 2 }),
  pages: f.int(),
  status: f.choice({ draft: "Draft", published: "Published" }, { default: "draft" }),
  summary: f.text({ null: true }),
  rating: f.float({ null: true }),
  isPublic: f.boolean({ default: true }),
  published: f.date({ null: true }),
  created: f.datetime({ auto: "create" }),
  author: () => belongsTo(Author, { onDelete: "cascade" }),
}) {}

class Fortune extends Model("fortunes", { id: f.id(), message: f.text({ max: 2048 }) }) {}

const views = fileURLToPath(new URL("../views", import.meta.url));
await createDatabase({ url: databaseUrl, models: [Author, Book, Fortune] });
const app = gable({ views: { directories: [views], generated: fileURLToPath(new URL("../.gable", import.meta.url)) } });
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
