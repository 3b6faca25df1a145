import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Application } from "gable";
import type { Database } from "gable/data";
import { checkMigrations } from "gable/migrations";
import { assertQueries, createTestClient } from "gable/testing";
import { createLibrary } from "./app.ts";
import { migrationsFolder, openLibraryDatabase } from "./database.ts";
import * as models from "./models.ts";
import { Book, Loan, Proposal } from "./models.ts";

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]);
const good = { title: "The Sorrows", author: "Somebody", year: "1901", language: "en", reason: "It is worth reading again." };
let dataFolder = "";
let app: Application;
let database: Database;

before(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "gable-library-"));
  database = await openLibraryDatabase(dataFolder);
  app = await createLibrary({ dataFolder, mode: "test" });
});
after(async () => {
  await database.close();
  await rm(dataFolder, { recursive: true, force: true });
});

const page = (path: string) => createTestClient(app, { errors: "page", headers: { accept: "text/html" } }).get(path);

describe("the catalogue", () => {
  it("has at least 200 books with all their facts", async () => {
    const books = await Book.where().with({ author: true, subjects: true });
    assert.ok(books.length >= 200);
    for (const book of books) {
      assert.ok(
        Number.isInteger(book.year) && book.subjects.length > 0 && book.description.endsWith(".") && book.author.born < book.author.died,
        book.title,
      );
    }
  });

  it("has tables that its migrations made, as its models say", async () => {
    assert.deepEqual(await checkMigrations({ models, folder: migrationsFolder }), []);
  });

  it("is filled once", async () => {
    const count = await Book.count();
    await database.close();
    database = await openLibraryDatabase(dataFolder);
    assert.equal(await Book.count(), count);
  });

  it("is asked few questions, however many books a page shows", async () => {
    await assertQueries(5, () => page("/books"));
    await assertQueries(7, () => page("/books/emma"));
  });

  it("shows the first page, lists, books and authors", async () => {
    assert.match((await page("/")).body, /26\d books that belong to everyone/);
    assert.match((await page("/books")).body, /books, page 1 of 1\d/);
    assert.match((await page("/books/emma")).body, /<h1>Emma<\/h1>/);
    assert.match((await page("/authors/1")).body, /<h1>Jane Austen<\/h1>/);
  });

  it("shows the card of a book alone", async () => {
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
    assert.match((await page("/books?q=%3Cscript%3E")).body, /value="&lt;script>"/);
    assert.equal((await page("/books?page=0")).status, 400);
    assert.equal((await page("/books?page=1&page=2")).status, 400);
    // No text of a book has such a character: a request that asks for it is wrong, not the catalogue.
    assert.equal((await page("/books?q=%00")).status, 400);
  });

  it("sorts by the author, and by the year of each", async () => {
    const { body } = await page("/books?subject=poetry&sort=author");
    const authors = [...body.matchAll(/<p class="by"><a [^>]*>([^<]+)<\/a>/g)].map((match) => match[1]!);
    assert.ok(authors.length > 10);
    assert.deepEqual(authors, authors.toSorted());
    assert.ok(body.indexOf("The Iliad") < body.indexOf("The Odyssey"));
  });

  it("answers 304 for a page that did not change", async () => {
    const client = createTestClient(app);
    const etag = (await client.get("/books")).headers.get("etag")!;
    assert.equal((await client.get("/books", { headers: { "if-none-match": etag } })).status, 304);
  });

  it("has pages for what is not there, not allowed, or broken", async () => {
    for (const path of ["/nothing", "/books/no-such-book", "/authors/99999", "/proposals/99999", "/covers/x.png", "/authors/x"]) {
      const reply = await page(path);
      assert.equal(reply.status, 404, path);
      assert.match(reply.body, /not on our shelves/);
    }
    const wrong = await createTestClient(app, { errors: "page" }).delete("/books", { headers: { accept: "text/html" } });
    assert.deepEqual([wrong.status, wrong.headers.get("allow")], [405, "GET, HEAD, OPTIONS"]);
    assert.match(wrong.body, /does not take that/);
    const broken = await createLibrary({ dataFolder, mode: "test", routes: [] });
    broken.get("/broken", () => {
      throw new Error("a shelf");
    });
    const reply = await createTestClient(broken, { errors: "page" }).get("/broken", { headers: { accept: "text/html" } });
    assert.equal(reply.status, 500);
    assert.match(reply.body, /A shelf fell over/);
  });

  it("lists proposals as an Atom feed, and all pages in a sitemap", async () => {
    const client = createTestClient(app);
    assert.match(
      (await client.get("/proposals.atom")).body,
      /^<\?xml version="1\.0" encoding="utf-8"\?>\n<feed xmlns="http:\/\/www\.w3\.org\/2005\/Atom">/,
    );
    const sent = await client.post("/proposals", { form: { ...good, title: "Feeds & <Feeding>" } });
    assert.equal(sent.status, 303);
    const feed = await client.get("/proposals.atom");
    assert.equal(feed.headers.get("content-type"), "application/atom+xml; charset=utf-8");
    assert.match(feed.body, /<title>Feeds &amp; &lt;Feeding&gt;<\/title>\n<id>http:\/\/localhost\/proposals\/1<\/id>/);
    const sitemap = await client.get("/sitemap.xml");
    assert.equal(sitemap.headers.get("content-type"), "application/xml; charset=utf-8");
    assert.match(sitemap.body, /<url><loc>http:\/\/localhost\/books\/emma<\/loc><\/url>/);
  });

  it("exports all books as CSV", async () => {
    const reply = await createTestClient(app).get("/books.csv");
    assert.deepEqual(
      [reply.headers.get("content-type"), reply.headers.get("content-disposition")],
      ["text/csv; charset=utf-8; header=present", 'attachment; filename="books.csv"'],
    );
    assert.equal(reply.body.split("\r\n").length, (await Book.count()) + 2);
    assert.match(reply.body, /\r\nWilhelm Meisters Lehrjahre,Johann Wolfgang von Goethe,1795,German,novel,/);
  });

  it("serves its stylesheet with conditions", async () => {
    const client = createTestClient(app);
    const css = await client.get("/static/app.css");
    assert.deepEqual([css.status, css.headers.get("content-type")], [200, "text/css; charset=utf-8"]);
    assert.equal((await client.get("/static/app.css", { headers: { "if-none-match": css.headers.get("etag")! } })).status, 304);
  });
});

describe("proposals", () => {
  it("answer 422 with messages, and keep what was typed", async () => {
    const reply = await createTestClient(app).post("/proposals", { form: { ...good, title: "", year: "soon", reason: 'short "' } });
    assert.equal(reply.status, 422);
    for (const part of [
      "Please look at 3 fields again",
      "Give the title of the book.",
      "Give the year as a number.",
      'value="Somebody"',
      "short &quot;".replace("&quot;", '"'),
      'value="en" selected',
      'aria-invalid="true"',
    ]) {
      assert.ok(reply.body.includes(part), part);
    }
  });

  it("are kept on disk with their cover, and shown after a redirect", async () => {
    const client = createTestClient(app);
    const reply = await client.post("/proposals", {
      form: good,
      files: { cover: { name: "../../evil.png", type: "image/png", content: png } },
    });
    assert.equal(reply.status, 303);
    const shown = await reply.follow();
    assert.match(shown.body, /Thank you: The Sorrows/);
    const cover = /src="(\/covers\/[^"]+)"/.exec(shown.body)![1]!;
    const image = await client.get(cover);
    assert.deepEqual([image.status, image.headers.get("content-type"), [...image.bytes]], [200, "image/png", [...png]]);
    assert.equal((await client.get(cover, { headers: { "if-none-match": image.headers.get("etag")! } })).status, 304);
    assert.deepEqual((await readdir(join(dataFolder, "covers"))).length, 1);
  });

  it("refuse covers that are no images, or too large, and keep no file of them", async () => {
    const client = createTestClient(app);
    const files = (await readdir(join(dataFolder, "covers"))).length;
    const fake = await client.post("/proposals", {
      form: good,
      files: { cover: { name: "a.png", type: "image/png", content: "<script>" } },
    });
    assert.equal(fake.status, 422);
    assert.match(fake.body, /not what its type says/);
    const large = new Uint8Array(2 * 1_048_576 + 1);
    large.set(png);
    assert.match(
      (await client.post("/proposals", { form: good, files: { cover: { name: "a.png", content: large } } })).body,
      /at most 2 MB/,
    );
    assert.equal(
      (await client.post("/proposals", { form: good, files: { cover: { name: "a.png", content: large.subarray(0, 2 * 1_048_576) } } }))
        .status,
      303,
    );
    assert.equal((await readdir(join(dataFolder, "covers"))).length, files + 1);
  });

  it("come by JSON as well", async () => {
    const client = createTestClient(app, { errors: "page" });
    const made = await client.post("/api/proposals", { json: { ...good, year: 1850 } });
    assert.equal(made.status, 201);
    assert.equal(made.headers.get("location"), `/proposals/${made.json<{ id: number }>().id}`);
    const failed = await client.post("/api/proposals", { json: { ...good, language: "english" } });
    assert.equal(failed.status, 422);
    assert.deepEqual(
      failed.json<{ errors: Array<{ path: string; message: string }> }>().errors.map(({ path, message }) => [path, message]),
      [["language", "Choose a language."]],
    );
    assert.equal(
      (await client.post("/api/proposals", { body: JSON.stringify(good), headers: { "content-type": "text/plain" } })).status,
      415,
    );
    assert.deepEqual((await client.get("/api/proposals")).json<Array<{ id: number }>>()[0]!.id, made.json<{ id: number }>().id);
    assert.equal((await client.get("/api/books?q=whale")).json<{ total: number }>().total, 1);
    assert.equal((await client.get("/api/books/moby-dick")).json<{ url: string }>().url, "/books/moby-dick");
    assert.equal((await client.get("/api/authors/1")).json<{ books: unknown[] }>().books.length, 6);
    assert.equal(
      (await client.get("/api/books/nope", { headers: { accept: "application/json" } })).json<{ code: string }>().code,
      "E_NOT_FOUND",
    );
  });

  it("survive a restart", async () => {
    const earlier = (await createTestClient(app).get("/api/proposals")).json<unknown[]>();
    await database.close();
    database = await openLibraryDatabase(dataFolder);
    assert.deepEqual((await createTestClient(app).get("/api/proposals")).json(), earlier);
    assert.ok(earlier.length > 0);
  });

  it("keep every one of many at once", async () => {
    const client = createTestClient(app);
    const earlier = await Proposal.count();
    const replies = await Promise.all(Array.from({ length: 20 }, () => client.post("/proposals", { form: good })));
    assert.equal(new Set(replies.map((reply) => reply.headers.get("location"))).size, 20);
    assert.equal(await Proposal.count(), earlier + 20);
  });

  it("are refused from other sites", async () => {
    const response = await app.request("/proposals", {
      method: "POST",
      body: new URLSearchParams(good),
      headers: { "sec-fetch-site": "cross-site" },
    });
    assert.equal(response.status, 403);
  });
});

describe("loans", () => {
  it("are made and ended on the page of the book", async () => {
    const client = createTestClient(app);
    assert.match((await client.get("/books/emma")).body, /<button>Borrow<\/button>/);
    const taken = await client.post("/books/emma/loans", { form: { reader: "A reader" } });
    assert.deepEqual([taken.status, taken.headers.get("location")], [303, "/books/emma"]);
    const shown = await client.get("/books/emma");
    assert.match(shown.body, /Taken home on 20\d\d-\d\d-\d\d\./);
    const back = /action="(\/loans\/\d+\/return)"/.exec(shown.body)![1]!;
    assert.equal((await client.post(back, { form: {} })).headers.get("location"), "/books/emma");
    assert.match((await client.get("/books/emma")).body, /<button>Borrow<\/button>/);
    assert.equal((await client.post("/loans/99999/return", { form: {}, errors: "page" } as never)).status, 404);
  });

  it("say what is missing", async () => {
    const reply = await createTestClient(app).post("/books/persuasion/loans", { form: { reader: "" } });
    assert.equal(reply.status, 422);
    assert.match(reply.body, /<p class="error" id="reader-error">/);
  });

  it("give a book to one of many who ask at once", async () => {
    const client = createTestClient(app);
    const replies = await Promise.all(
      Array.from({ length: 8 }, (_, index) => client.post("/books/villette/loans", { form: { reader: `Reader ${index}` } })),
    );
    assert.deepEqual(replies.map(({ status }) => status).toSorted(), [303, ...Array.from({ length: 7 }, () => 422)]);
    const refused = replies.find(({ status }) => status === 422)!;
    assert.match(refused.body, /role="alert">This book is lent already\./);
    assert.equal(await Loan.where({ book: { slug: "villette" } }).count(), 1);
  });
});
