import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { gable } from "gable";
import { checkMigrations } from "gable/migrations";
import { assertQueries, createTestClient } from "gable/testing";
import app from "../app.ts";
import { toSortTitle } from "../catalogue/titles.ts";
import * as models from "../models.ts";
import { Book } from "../models.ts";
import { createErrorHook } from "../pages/errors.ts";
import { migrationsFolder, prepareDatabase } from "../setup.ts";
import { openLibrary, run, visit } from "./open-library.ts";

openLibrary();
const page = (path: string) => visit().get(path);

describe("the catalogue", () => {
  it("has at least 200 books with all their facts", async () => {
    const books = await run(() => Book.where().with({ author: true, subjects: true }));
    assert.ok(books.length >= 200);
    for (const { title, year, subjects, description, author } of books)
      assert.ok(Number.isInteger(year) && subjects.length > 0 && description.endsWith(".") && author.born! < author.died!, title);
  });

  it("has tables that its migrations made, as its models say", async () => {
    assert.deepEqual(await checkMigrations({ models, folder: migrationsFolder }), []);
  });

  it("is filled once", async () => {
    const count = await run(() => Book.count());
    await prepareDatabase(app.database());
    assert.equal(await run(() => Book.count()), count);
  });

  it("is asked few questions, however many books a page shows", async () => {
    await page("/books");
    await assertQueries(4, () => page("/books"));
    await assertQueries(7, () => page("/books/emma"));
    await page("/");
    await assertQueries(0, () => page("/"));
  });

  it("shows the first page, lists, books and authors", async () => {
    const home = (await page("/")).body;
    assert.match(home, /26\d books that belong to everyone/);
    assert.match(home, /href="\/account\/register">Get a library card</);
    assert.match((await page("/books")).body, /books, page 1 of 1\d/);
    assert.match((await page("/books/emma")).body, /<h1>Emma<\/h1>/);
    assert.match((await page("/authors/1")).body, /<h1>Jane Austen<\/h1>/);
  });

  it("has one search on each page", async () => {
    for (const path of ["/", "/books", "/books/emma", "/authors/1", "/nothing"])
      assert.equal((await page(path)).body.match(/name="q"/g)?.length, 1, path);
  });

  it("shows the card of a book on its own", async () => {
    assert.match((await page("/books/emma/card")).body.trim(), /^<li class="card">[^]*<a href="\/books\/emma">Emma<\/a>[^]*<\/li>$/);
    assert.equal((await page("/books/none/card")).status, 404);
  });

  it("searches without marks, filters, sorts and turns pages", async () => {
    assert.match((await page("/books?q=bronte+jane")).body, /Jane Eyre/);
    const filtered = await page("/books?language=de&subject=poetry&sort=year");
    assert.ok(filtered.body.indexOf("Buch der Lieder") < filtered.body.indexOf("Duineser Elegien"));
    assert.match((await page("/books?page=2")).body, /aria-current="page">2</);
    assert.match((await page("/books?page=9999")).body, /page 1\d of 1\d/);
    assert.match((await page("/books?q=zzzz")).body, /Nothing fits/);
    assert.match((await page("/books?q=&language=&subject=")).body, /books, page 1 of 1\d/);
    assert.match((await page("/books?q=%3Cscript%3E")).body, /value="&lt;script>"/);
    assert.match((await page("/books?subject=sea&page=2&q=ship")).body, /books|Nothing|One book/);
    // No text of a book has U+0000: a request that asks for it is wrong, not the catalogue.
    for (const path of ["/books?page=0", "/books?page=1&page=2", "/books?q=%00", "/books?language=xx"])
      assert.equal((await page(path)).status, 400, path);
  });

  it("keeps the filters in the links to other pages", async () => {
    const { body } = await page("/books?subject=novel&sort=year&page=2");
    assert.match(body, /href="\/books\?subject=novel&amp;sort=year&amp;page=3"|href="\/books\?subject=novel&sort=year&page=3"/);
  });

  it("sorts by the author, and by the year of each", async () => {
    const { body } = await page("/books?subject=poetry&sort=author");
    const authors = [...body.matchAll(/<p class="by"><a [^>]*>([^<]+)<\/a>/g)].map((match) => match[1]!);
    assert.ok(authors.length > 10);
    assert.deepEqual(authors, authors.toSorted());
    assert.ok(body.indexOf("The Iliad") < body.indexOf("The Odyssey"));
  });

  for (const [title, language, sorted] of [
    ["A Tale of Two Cities", "en", "tale of two cities"],
    ["An Ideal Husband", "en", "ideal husband"],
    ["The Iliad", "grc", "iliad"],
    ["Die Räuber", "de", "rauber"],
    ["L’Île mystérieuse", "fr", "ile mysterieuse"],
    ["L'Assommoir", "fr", "assommoir"],
    ["A la sombra", "es", "a la sombra"],
    ["“The Signal”", "en", "signal”"],
    ["A", "en", "a"],
    ["Another Country", "en", "another country"],
  ] as const)
    it(`sorts "${title}" under "${sorted}"`, () => assert.equal(toSortTitle(title, language), sorted));

  it("answers 304 for a page that did not change, while nobody is signed in", async () => {
    const client = visit();
    const etag = (await client.get("/books")).headers.get("etag")!;
    assert.equal((await client.get("/books", { headers: { "if-none-match": etag } })).status, 304);
  });

  it("has pages for what is not there, not allowed, or broken", async () => {
    for (const path of ["/nothing", "/books/no-such-book", "/authors/99999", "/covers/x.png", "/authors/x"]) {
      const reply = await page(path);
      assert.equal(reply.status, 404, path);
      assert.match(reply.body, /not on our shelves/);
    }
    const wrong = await visit().delete("/books");
    assert.deepEqual([wrong.status, wrong.headers.get("allow")], [405, "GET, HEAD, OPTIONS"]);
    assert.match(wrong.body, /does not take that/);
  });

  it("has a page for crashes that needs neither a database nor a user", async () => {
    const folder = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
    const views = { directories: [folder("../views")] };
    const broken = gable({
      mode: "test",
      session: { store: "memory" },
      static: folder("../static"),
      views,
      onError: createErrorHook(() => "test"),
    });
    broken.get("/broken", () => {
      throw new Error("a shelf");
    });
    const reply = await createTestClient(broken, { errors: "page" }).get("/broken", { headers: { accept: "text/html" } });
    assert.equal(reply.status, 500);
    assert.match(reply.body, /A shelf fell over/);
    await broken.close();
  });

  it("lists new books as an Atom feed, and all pages in a sitemap", async () => {
    const feed = await visit().get("/books.atom");
    assert.equal(feed.headers.get("content-type"), "application/atom+xml; charset=utf-8");
    assert.match(feed.body, /^<\?xml version="1\.0" encoding="utf-8"\?>\n<feed xmlns="http:\/\/www\.w3\.org\/2005\/Atom">/);
    assert.equal(feed.body.match(/<entry>/g)?.length, 20);
    const sitemap = await visit().get("/sitemap.xml");
    assert.equal(sitemap.headers.get("content-type"), "application/xml; charset=utf-8");
    assert.match(sitemap.body, /<url><loc>http:\/\/localhost\/books\/emma<\/loc><\/url>/);
  });

  it("exports all books as CSV", async () => {
    const reply = await visit().get("/books.csv");
    assert.deepEqual(
      [reply.headers.get("content-type"), reply.headers.get("content-disposition")],
      ["text/csv; charset=utf-8; header=present", 'attachment; filename="books.csv"'],
    );
    assert.equal(reply.body.split("\r\n").length, (await run(() => Book.count())) + 2);
    assert.match(reply.body, /\r\nWilhelm Meisters Lehrjahre,Johann Wolfgang von Goethe,1795,German,novel,/);
  });

  it("answers programs with JSON, which pages of other sites may read", async () => {
    const client = createTestClient(app, { errors: "page" });
    const list = await client.get("/api/books?q=whale", { headers: { origin: "https://elsewhere.example" } });
    assert.equal(list.headers.get("access-control-allow-origin"), "*");
    assert.equal(list.json<{ total: number }>().total, 1);
    const book = (await client.get("/api/books/moby-dick")).json<{ url: string; copies: number; free: number }>();
    assert.deepEqual([book.url, book.free], ["/books/moby-dick", book.copies]);
    assert.equal((await client.get("/api/authors/1")).json<{ books: unknown[] }>().books.length, 6);
    const missing = await client.get("/api/books/nope", { headers: { accept: "application/json" } });
    assert.deepEqual([missing.status, missing.json<{ code: string }>().code], [404, "E_NOT_FOUND"]);
  });

  it("serves its stylesheet with conditions", async () => {
    const client = visit();
    const css = await client.get("/static/app.css");
    assert.deepEqual([css.status, css.headers.get("content-type")], [200, "text/css; charset=utf-8"]);
    assert.equal((await client.get("/static/app.css", { headers: { "if-none-match": css.headers.get("etag")! } })).status, 304);
  });
});
