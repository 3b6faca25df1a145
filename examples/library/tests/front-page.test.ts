/** The first page is stored whole: it is the same for everybody, and follows changes of books. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Author, Book } from "../models.ts";
import { openLibrary, run, visit, visitAs } from "./open-library.ts";

openLibrary();

const read = async (client = visit()): Promise<string> => (await client.get("/")).body;
const countOf = (page: string): number => Number(/(\d+) books that belong/.exec(page)![1]);

describe("the first page", () => {
  it("is the same for all visitors, and names none of them", async () => {
    const readers = [await visitAs("reader"), await visitAs("other reader"), await visitAs("staff")];
    const pages: string[] = [];
    for (const client of [...readers, visit(), ...readers.toReversed()]) pages.push(await read(client));
    for (const page of pages) assert.equal(page, pages[0]);
    assert.doesNotMatch(pages[0]!, /A (?:other )?reader|A staff|Desk|Sign out/);
  });

  it("leaves a message to the next page, and shows it to nobody else", async () => {
    const client = await visitAs("reader");
    await client.post("/books/emma/borrow");
    assert.doesNotMatch(await read(client), /Emma is yours/);
    assert.doesNotMatch(await read(), /Emma is yours/);
    assert.match((await client.get("/books/emma")).body, /Emma is yours/);
  });

  it("is stored until the staff changes a book", async () => {
    const staff = await visitAs("staff");
    const count = countOf(await read());
    // Nobody drops the page for a row that is written past the pages of the staff: so it is a stored one.
    const author = await run(async () => (await Author.where().first())!);
    const facts = { year: 1900, language: "en", description: "A book." } as const;
    await run(() => Book.create({ ...facts, slug: "silent", title: "Silent", author: author.id }));
    assert.equal(countOf(await read()), count);
    const form = { ...facts, year: "1900", title: "Loud", author: String(author.id), copies: "1", slug: "loud" };
    assert.equal((await staff.post("/staff/books/new", { form })).status, 303);
    assert.equal(countOf(await read()), count + 2);
    await run(() => Book.where({ slug: "silent" }).delete());
    assert.equal(countOf(await read()), count + 2);
    assert.equal((await staff.post("/staff/books/loud", { form: { ...form, title: "Louder" } })).status, 303);
    assert.equal(countOf(await read()), count + 1);
    assert.equal((await staff.post("/staff/books/loud/delete")).status, 303);
    assert.equal(countOf(await read()), count);
  });
});
