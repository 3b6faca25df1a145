import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { outbox, tasks } from "gable/testing";
import app from "../app.ts";
import { addDays, lend, LoanRefused } from "../loans/lending.ts";
import { remindOverdue } from "../loans/reminders.ts";
import { Book, Loan, Reader } from "../models.ts";
import { settings } from "../settings.ts";
import { openLibrary, run, toEmail, visitAs, waitForMails } from "./open-library.ts";

openLibrary();

const bookOf = (slug: string) => run(() => Book.get({ slug }));
const openLoans = (slug: string) => run(() => Loan.where({ book: { slug }, returnedAt: null }).count());

describe("loans", () => {
  it("are made and ended on the page of the book, with a message each time", async () => {
    const client = await visitAs("reader");
    const taken = await client.post("/books/emma/borrow");
    assert.deepEqual([taken.status, taken.headers.get("location")], [303, "/books/emma"]);
    const shown = (await taken.follow()).body;
    assert.match(shown, /class="message message-success">Emma is yours until \d+ \w+ 20\d\d\./);
    assert.match(shown, /You have it at home/);
    assert.doesNotMatch((await client.get("/books/emma")).body, /is yours until/);
    assert.match((await client.get("/loans")).body, /One book at home\.[^]*Give back Emma/);
    const back = /action="(\/loans\/\d+\/return)"/.exec(shown)![1]!;
    assert.equal((await client.post(back)).headers.get("location"), "/loans");
    const list = (await client.get("/loans")).body;
    assert.match(list, /Thank you for Emma\.[^]*No book at home\.[^]*Read before/);
    assert.equal((await client.post(back)).status, 303);
    assert.equal((await client.post("/loans/99999/return")).status, 404);
  });

  it("lead to the page of the book when their address is opened", async () => {
    const client = await visitAs("reader");
    assert.equal((await client.get("/books/emma/borrow")).headers.get("location"), "/books/emma");
    assert.equal((await client.get("/loans/1/return")).headers.get("location"), "/loans");
  });

  it("lend a reader one copy of a book", async () => {
    const client = await visitAs("reader");
    await run(() => Book.where({ slug: "persuasion" }).update({ copies: 5 }));
    await client.post("/books/persuasion/borrow");
    assert.match((await (await client.post("/books/persuasion/borrow")).follow()).body, /You have this book at home\./);
    assert.equal(await openLoans("persuasion"), 1);
    await run(() => Loan.where({ returnedAt: null }).update({ returnedAt: new Date() }));
  });

  it("lend as many books as a reader may have, and no more", async () => {
    const client = await visitAs("reader");
    const slugs = await run(() =>
      Book.where()
        .orderBy("id")
        .limit(settings.loansMax + 1)
        .pluck("slug"),
    );
    for (const slug of slugs) await client.post(`/books/${slug}/borrow`);
    assert.equal(await run(() => Loan.where({ reader: { email: toEmail("reader") }, returnedAt: null }).count()), settings.loansMax);
    assert.equal(await openLoans(slugs.at(-1)!), 0);
    const other = await visitAs("other reader");
    assert.equal((await other.post(`/books/${slugs.at(-1)}/borrow`)).status, 303);
    assert.equal(await openLoans(slugs.at(-1)!), 1);
    await run(() => Loan.where({ returnedAt: null }).update({ returnedAt: new Date() }));
  });

  it("give the last copy to one of two readers who ask at the same time", async () => {
    await run(() => Book.where({ slug: "villette" }).update({ copies: 1 }));
    for (let round = 0; round < 5; round++) {
      const clients = [await visitAs("reader"), await visitAs("other reader")];
      const pages = await Promise.all(clients.map(async (client) => (await (await client.post("/books/villette/borrow")).follow()).body));
      assert.deepEqual(
        [/Villette is yours/, /role="alert"><p class="message message-error">All copies are lent\./].map(
          (text) => pages.filter((page) => text.test(page)).length,
        ),
        [1, 1],
      );
      assert.equal(await openLoans("villette"), 1);
      await run(() => Loan.where({ returnedAt: null }).update({ returnedAt: new Date() }));
    }
  });

  it("count the books of a reader who asks for several at the same time", async () => {
    const reader = await run(() => Reader.get({ email: toEmail("reader") }));
    const ids = await run(() =>
      Book.where()
        .orderBy("id")
        .limit(settings.loansMax + 3)
        .pluck("id"),
    );
    const results = await run(() => Promise.allSettled(ids.map((id) => lend(id, reader.id))));
    assert.equal(results.filter(({ status }) => status === "fulfilled").length, settings.loansMax);
    for (const result of results) if (result.status === "rejected") assert.ok(result.reason instanceof LoanRefused, String(result.reason));
    await run(() => Loan.where({ returnedAt: null }).update({ returnedAt: new Date() }));
  });

  it("belong to their reader: others cannot end them, but the staff can", async () => {
    const client = await visitAs("reader");
    await client.post("/books/emma/borrow");
    const { id } = await run(async () => (await Loan.where({ returnedAt: null }).first())!);
    assert.equal((await (await visitAs("other reader")).post(`/loans/${id}/return`)).status, 404);
    assert.equal(await openLoans("emma"), 1);
    assert.equal((await (await visitAs("staff")).post(`/loans/${id}/return`)).status, 303);
    assert.equal(await openLoans("emma"), 0);
  });
});

describe("reminders", () => {
  it("go to readers of overdue books, once a week", async () => {
    const [emma, iliad] = [await bookOf("emma"), await bookOf("the-iliad")];
    await run(async () => {
      const reader = await Reader.get({ email: toEmail("reader") });
      const late = { reader: reader.id, dueOn: addDays(new Date(), -1) };
      await Loan.create({ ...late, book: emma.id });
      await Loan.create({ reader: reader.id, book: iliad.id, dueOn: addDays(new Date(), 0) });
      await Loan.create({ ...late, book: iliad.id, returnedAt: new Date() });
    });
    const staff = await visitAs("staff");
    const sent = await (await staff.post("/staff/reminders")).follow();
    assert.match(sent.body, /Readers with overdue books get a mail\./);
    assert.equal((await tasks.enqueued("remind-overdue")).length, 1);
    await tasks.runAll();
    await tasks.runAll();
    await waitForMails(1);
    const [mail] = outbox(app);
    assert.equal(mail!.subject, "Please bring back Emma");
    assert.match(mail!.text, /Dear A reader,\n\nEmma was due on \d+ \w+ 20\d\d\.[^]*http:\/\/localhost\/loans/);
    assert.match(String(mail!.html), /<b>Emma<\/b> was due/);
    await run(() => remindOverdue.enqueue());
    await tasks.runAll();
    await tasks.runAll();
    await waitForMails(1);
    await run(() => Loan.where({ book: emma.id, returnedAt: null }).update({ remindedAt: new Date(Date.now() - 8 * 86_400_000) }));
    await run(() => remindOverdue.enqueue());
    await tasks.runAll();
    await tasks.runAll();
    await waitForMails(2);
  });
});
