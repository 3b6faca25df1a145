/**
 * A site in a separate process: `node watched-site.ts MODE`. It is copied into a project that has its own copy of the package. Each message asks
 * for a count of pages; the answer is their CPU time in microseconds, for one page.
 */
import assert from "node:assert/strict";
import { gable, get } from "gable";
import { belongsTo, field as f, Model } from "gable/data";

class Author extends Model("authors", { id: f.id(), name: f.text({ max: 100 }) }) {}
class Book extends Model("books", { id: f.id(), title: f.text({ max: 100 }), author: () => belongsTo(Author) }) {}

const app = gable({
  mode: process.argv[2] === "development" ? "development" : "production",
  log: "silent",
  database: "sqlite::memory:",
  models: [Author, Book],
  views: {},
  routes: [
    get("/", { guard: () => true }, async (context) => {
      const rows = await Book.orderBy("id").limit(20);
      const [count, newest] = [await Book.count(), await Book.orderBy("-id").first()];
      // The list of views that is generated in the project is not known here.
      const render = context.view as (name: string, props: object) => ReturnType<typeof context.view>;
      const books = await Promise.all(rows.map(async (book) => ({ title: book.title, author: (await book.author).name })));
      return render("books.html", { books, count, newest: newest?.title ?? "" });
    }),
  ],
});
await app.start();
if (app.mode === "production") await app.database().createTables(); // Development creates them itself.
await app.database().run(async () => {
  for (let index = 0; index < 50; index++) {
    const author = await Author.create({ name: `Author ${index}` });
    await Book.create({ title: `Book ${index}`, author });
  }
});

async function ask(): Promise<void> {
  const reply = await app.fetch(new Request("http://127.0.0.1/", { headers: { accept: "text/html" } }));
  const page = await reply.text();
  assert.ok(reply.status === 200 && page.includes("Book 19") && page.includes("Author 19"), page);
}

process.on("message", async (count: number) => {
  const before = process.cpuUsage();
  for (let index = 0; index < count; index++) await ask();
  const { user, system } = process.cpuUsage(before);
  process.send!((user + system) / count);
});
process.send!("ready");
