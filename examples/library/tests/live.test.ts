/** The free copies of a book, as its open page gets them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { transaction } from "gable/data";
import type { TestEvents } from "gable/testing";
import { lend, takeBack } from "../loans/lending.ts";
import { Author, Book, Reader } from "../models.ts";
import { openLibrary, run, toEmail, visit, visitAs } from "./open-library.ts";

openLibrary();

/** Opens the events of a book, as its page does. */
const openCopies = (slug: string): Promise<TestEvents> => visit().liveEvents(`/books/${slug}/copies`);

/** Returns the copies of the next event. */
async function nextOf(watched: TestEvents): Promise<unknown> {
  const copies = await watched.next();
  assert.equal(copies.event, "copies");
  return copies.json();
}

const readerOf = (role: "reader" | "other reader") => run(() => Reader.get({ email: toEmail(role) }));

async function prepare(slug: string): Promise<Book> {
  const author = await run(async () => (await Author.where().first())!);
  const facts = { title: slug, year: 1900, language: "en", description: "A book." } as const;
  return run(() => Book.create({ ...facts, slug, copies: 3, author: author.id }));
}

describe("the free copies of a book", () => {
  it("are sent when somebody begins to watch, borrows and gives back", async () => {
    await prepare("watched");
    const watched = await openCopies("watched");
    assert.deepEqual(await nextOf(watched), { free: 3, copies: 3 });
    const client = await visitAs("reader");
    const page = (await (await client.post("/books/watched/borrow")).follow()).body;
    assert.deepEqual(await nextOf(watched), { free: 2, copies: 3 });
    const back = /action="(\/loans\/\d+\/return)"/.exec(page)![1]!;
    await client.post(back);
    assert.deepEqual(await nextOf(watched), { free: 3, copies: 3 });
    // It is back already: nothing changes, and nothing is sent.
    await client.post(back);
    await client.post("/books/watched/borrow");
    assert.deepEqual(await nextOf(watched), { free: 2, copies: 3 });
    await watched.close();
  });

  it("are sent after the commit, and not when the loan is rolled back or refused", async () => {
    const book = await prepare("rolled-back");
    const [first, second] = [await readerOf("reader"), await readerOf("other reader")];
    const watched = await openCopies("rolled-back");
    assert.deepEqual(await nextOf(watched), { free: 3, copies: 3 });
    const undone = run(() =>
      transaction(async () => {
        await lend(book.id, first.id);
        throw new Error("undone");
      }),
    );
    await assert.rejects(undone, /undone/);
    // An event for what was undone would come before these.
    const loan = await run(() => lend(book.id, second.id));
    assert.deepEqual(await nextOf(watched), { free: 2, copies: 3 });
    await assert.rejects(
      run(() => lend(book.id, second.id)),
      /at home/,
    );
    await run(() => takeBack(loan));
    assert.deepEqual(await nextOf(watched), { free: 3, copies: 3 });
    await watched.close();
  });

  it("follow the staff, and end with the book", async () => {
    const book = await prepare("counted");
    const [staff, watched, other] = [await visitAs("staff"), await openCopies("counted"), await openCopies("emma")];
    assert.deepEqual(await nextOf(watched), { free: 3, copies: 3 });
    const form = { title: "Counted", author: String(book.authorId), year: "1900", language: "en", description: "A book." };
    await staff.post("/staff/books/counted", { form: { ...form, slug: "counted", copies: "5" } });
    assert.deepEqual(await nextOf(watched), { free: 5, copies: 5 });
    await staff.post("/staff/books/counted/delete");
    assert.deepEqual(await watched.ended(), []);
    assert.equal((await visit().get("/books/counted/copies")).status, 404);
    await other.close();
  });
});
