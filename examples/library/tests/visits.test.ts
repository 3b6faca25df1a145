/** Visits of readers, each in a transaction that is rolled back: an empty library with the books that a test makes. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BrowserPage } from "gable/testing";
import {
  countQueries,
  create,
  createMany,
  createTestClient,
  expectAccessible,
  fakeFetch,
  outbox,
  queries,
  skipWithoutBrowser,
  tasks,
  testDatabase,
  testLeaks,
  time,
  withBrowser,
} from "gable/testing";
import app from "../app.ts";
import { remindOverdue } from "../loans/reminders.ts";
import { Loan, Subject } from "../models.ts";
import { migrationsFolder } from "../setup.ts";
import { authorFactory, bookFactory, readerFactory } from "./factories.ts";

testLeaks();
testDatabase(app, { folder: migrationsFolder });
const visit = () => createTestClient(app);

describe("a reader", () => {
  it("finds a book by a link, takes it home and gives it back", async () => {
    const [book, reader] = [await bookFactory.create({ title: "Emma" }), await readerFactory.create()];
    const client = visit();
    await client.signIn(reader);
    assert.equal(await client.session.findUserId(), String(reader.id));
    const shown = await (await client.get("/books")).link("Emma").follow();
    assert.equal(shown.text("h1"), "Emma");
    assert.equal(shown.attribute("[data-copies]", "data-free"), "2");
    const taken = await shown.form(`/books/${book.slug}/borrow`).submit();
    assert.deepEqual(
      (await client.flash()).map(({ level }) => level),
      ["success"],
    );
    const home = await taken.follow();
    assert.match(home.text(".message"), /^Emma is yours until /);
    assert.equal(home.viewProps("books/show.html").free, 1);
    const loan = (await Loan.where({ reader: reader.id }).first())!;
    const back = await (await home.form(`/loans/${loan.id}/return`).submit()).follow();
    assert.deepEqual([back.text("h1"), back.all(".plain a")], ["My books", ["Emma"]]);
  });

  it("is a visitor after signing out, and after 15 days without a visit", async () => {
    const client = visit();
    await client.signIn(await readerFactory.create());
    assert.equal((await client.get("/loans")).status, 200);
    await time.travel({ days: 15 }, async () => assert.equal((await client.get("/loans")).status, 303));
    await client.signOut();
    assert.deepEqual([(await client.get("/loans")).status, await client.session.findUserId()], [303, null]);
  });

  it("gets a mail for each overdue book, and no other server hears of it", async () => {
    const none = fakeFetch({});
    const reader = await readerFactory.create({ email: "ada@example.com" });
    for (const title of ["Emma", "Villette"]) {
      const book = await bookFactory.create({ title });
      await create(Loan, { book: book.id, reader: reader.id, dueOn: "2020-01-31" });
    }
    await remindOverdue.enqueue();
    await tasks.runAll();
    assert.deepEqual(tasks.enqueued("remind-reader").length, 2);
    assert.deepEqual(
      outbox()
        .map(({ subject }) => subject)
        .sort(),
      ["Please bring back Emma", "Please bring back Villette"],
    );
    assert.deepEqual(none.requests, []);
  });
});

describe("a page", () => {
  it("sends as many queries for one book as for twenty", async () => {
    const author = await authorFactory.create();
    await bookFactory.create({ author: author.id });
    await visit().get("/books");
    const one = await countQueries(() => visit().get("/books"));
    await bookFactory.createMany(19, { author: author.id });
    assert.equal(await countQueries(() => visit().get("/books")), one);
    const reply = await visit().get("/books");
    assert.equal(reply.timing.queryCount, one);
    for (const { sql } of await queries(() => visit().get("/books"))) assert.match(sql, /^SELECT /);
  });

  it("offers the subjects that books have", async () => {
    const subjects = await createMany(Subject, 2);
    const book = await bookFactory.create();
    await book.subjects.add(subjects);
    const page = await visit().get(`/books/${book.slug}`);
    for (const { name } of subjects) assert.equal((await page.link(name).follow()).status, 200);
  });

  it("can be read as JSON by pages of other sites, and has a length without a body", async () => {
    const book = await bookFactory.create({ title: "Emma" });
    const other = visit().withHeaders({ origin: "https://reviews.example", "sec-fetch-site": "cross-site" });
    const reply = await other.get(`/api/books/${book.slug}`);
    assert.equal(reply.headers.get("access-control-allow-origin"), "*");
    const { title, free } = reply.json() as { title: string; free: number };
    assert.deepEqual([title, free], ["Emma", 2]);
    assert.deepEqual([(await visit().head("/books")).status, (await visit().head("/books")).body], [200, ""]);
  });

  it("shows nothing that a cookie of somebody else would change", async () => {
    const client = visit();
    client.setCookie("theme", "dark");
    await client.get("/");
    assert.deepEqual([...client.cookies.keys()], ["theme"]);
  });

  it("is accessible", { skip: skipWithoutBrowser() }, () =>
    withBrowser(app, async (page: BrowserPage) => {
      await page.goto("/");
      await expectAccessible(page);
    }),
  );
});

describe("the stream of a book", () => {
  for (const transport of ["memory", "socket"] as const)
    it(`follows its free copies: ${transport}`, async () => {
      const client = createTestClient(app, { transport });
      const book = await bookFactory.create({ copies: 3 });
      const copies = await client.liveEvents(`/books/${book.slug}/copies`);
      assert.deepEqual((await copies.next()).json(), { free: 3, copies: 3 });
      await copies.close();
      await assert.rejects(client.liveEvents("/books/none/copies"), /answered 404/);
      await client.close();
    });
});
