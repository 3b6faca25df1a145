/** The free copies of a book, as its open page gets them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { transaction } from "gable/data";
import app from "../app.ts";
import { lend, takeBack } from "../loans/lending.ts";
import { Author, Book, Reader } from "../models.ts";
import { openLibrary, run, toEmail, visit, visitAs } from "./open-library.ts";

openLibrary();

/** Reads the events of a book, one after the other. */
async function openCopies(slug: string) {
  const controller = new AbortController();
  const request = new Request(`http://localhost/books/${slug}/copies`, { signal: controller.signal });
  const reply = await app.fetch(request);
  assert.deepEqual([reply.status, reply.headers.get("content-type")], [200, "text/event-stream"]);
  const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    /** Returns the copies of the next event; undefined when the stream ends. */
    async next(): Promise<unknown> {
      for (;;) {
        const event = /event: copies\ndata: (.*)\n\n/.exec(text);
        if (event !== null) {
          text = text.slice(event.index + event[0].length);
          return JSON.parse(event[1]!) as unknown;
        }
        const { done, value } = await reader.read();
        if (done) return undefined;
        text += value;
      }
    },
    close: async () => {
      controller.abort();
      await reader.cancel().catch(() => undefined);
    },
  };
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
    assert.deepEqual(await watched.next(), { free: 3, copies: 3 });
    const client = await visitAs("reader");
    const page = (await (await client.post("/books/watched/borrow")).follow()).body;
    assert.deepEqual(await watched.next(), { free: 2, copies: 3 });
    const back = /action="(\/loans\/\d+\/return)"/.exec(page)![1]!;
    await client.post(back);
    assert.deepEqual(await watched.next(), { free: 3, copies: 3 });
    // It is back already: nothing changes, and nothing is sent.
    await client.post(back);
    await client.post("/books/watched/borrow");
    assert.deepEqual(await watched.next(), { free: 2, copies: 3 });
    await watched.close();
  });

  it("are sent after the commit, and not when the loan is rolled back or refused", async () => {
    const book = await prepare("rolled-back");
    const [first, second] = [await readerOf("reader"), await readerOf("other reader")];
    const watched = await openCopies("rolled-back");
    assert.deepEqual(await watched.next(), { free: 3, copies: 3 });
    const undone = run(() =>
      transaction(async () => {
        await lend(book.id, first.id);
        throw new Error("undone");
      }),
    );
    await assert.rejects(undone, /undone/);
    // An event for what was undone would come before these.
    const loan = await run(() => lend(book.id, second.id));
    assert.deepEqual(await watched.next(), { free: 2, copies: 3 });
    await assert.rejects(
      run(() => lend(book.id, second.id)),
      /at home/,
    );
    await run(() => takeBack(loan));
    assert.deepEqual(await watched.next(), { free: 3, copies: 3 });
    await watched.close();
  });

  it("follow the staff, and end with the book", async () => {
    const book = await prepare("counted");
    const [staff, watched, other] = [await visitAs("staff"), await openCopies("counted"), await openCopies("emma")];
    assert.deepEqual(await watched.next(), { free: 3, copies: 3 });
    const form = { title: "Counted", author: String(book.authorId), year: "1900", language: "en", description: "A book." };
    await staff.post("/staff/books/counted", { form: { ...form, slug: "counted", copies: "5" } });
    assert.deepEqual(await watched.next(), { free: 5, copies: 5 });
    await staff.post("/staff/books/counted/delete");
    assert.equal(await watched.next(), undefined);
    assert.equal((await visit().get("/books/counted/copies")).status, 404);
    await other.close();
  });
});
