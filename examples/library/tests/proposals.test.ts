import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { describe, it } from "node:test";
import { Author, Book, Loan, Proposal, Subject } from "../models.ts";
import { settings } from "../settings.ts";
import { openLibrary, run, toEmail, visit, visitAs } from "./open-library.ts";

openLibrary();

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]);
const good = { title: "The Sorrows", author: "Somebody", year: "1901", language: "en", reason: "It is worth reading again." };

/** Returns the keys of the covers that are stored; without uploads that wait for their form. */
async function listCovers(): Promise<string[]> {
  const entries = await readdir(settings.mediaFolder, { recursive: true, withFileTypes: true });
  const keys = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(settings.mediaFolder, join(parentPath, name)));
  return keys.filter((key) => /^(?:covers|proposals)\//.test(key)).toSorted();
}
const countCovers = async (): Promise<number> => (await listCovers()).length;

describe("proposals", () => {
  it("answer 422 with messages, and keep what was typed", async () => {
    const client = await visitAs("reader");
    const reply = await client.post("/proposals/new", { form: { ...good, title: "", year: "2999", reason: 'short "' } });
    assert.equal(reply.status, 422);
    for (const part of ["There are 3 problems", "This year has not come yet.", 'value="Somebody"', '>short "', 'value="en" selected'])
      assert.ok(reply.body.includes(part), part);
    assert.equal(reply.body.match(/aria-invalid="true"/g)?.length, 3);
    assert.equal((await client.get(reply.path)).status, 200);
    assert.equal(await run(() => Proposal.count()), 0);
  });

  it("are stored with their cover, and shown after a redirect", async () => {
    const [client, covers] = [await visitAs("reader"), await countCovers()];
    const files = { cover: { name: "../../evil.png", type: "image/png", content: png } };
    const reply = await client.post("/proposals/new", { form: good, files });
    assert.equal(reply.status, 303, reply.body);
    const shown = await reply.follow();
    assert.match(shown.body, /Thank you for proposing The Sorrows\./);
    // The address is signed: without its signature, the file is nobody's.
    const cover = /src="(\/media\/proposals\/[^"]+)"/.exec(shown.body)![1]!.replaceAll("&amp;", "&");
    const image = await visit().get(cover);
    assert.deepEqual([image.status, image.headers.get("content-type"), [...image.bytes]], [200, "image/png", [...png]]);
    assert.equal(image.headers.get("content-security-policy"), "sandbox; default-src 'none'");
    assert.equal((await client.get(new URL(cover, "http://localhost").pathname)).status, 403);
    assert.equal((await visit().get(cover, { headers: { "if-none-match": image.headers.get("etag")! } })).status, 304);
    assert.equal(await countCovers(), covers + 1);
    assert.match((await client.get("/proposals")).body, /The Sorrows[^]*Waiting/);
  });

  it("reject covers that are not images, or too large, and keep no file of them", async () => {
    const client = await visitAs("reader");
    const covers = await countCovers();
    const send = (content: string | Uint8Array) =>
      client.post("/proposals/new", { form: good, files: { cover: { name: "a.png", content } } });
    const fake = await send("<script>");
    assert.equal(fake.status, 422);
    assert.match(fake.body, /value="The Sorrows"/);
    const large = new Uint8Array(2 * 1_048_576 + 1);
    large.set(png);
    const refused = await send(large);
    assert.deepEqual([refused.status, refused.body.includes('value="The Sorrows"')], [422, true]);
    assert.equal(await countCovers(), covers);
    assert.equal((await send(large.subarray(0, 2 * 1_048_576))).status, 303);
    assert.equal(await countCovers(), covers + 1);
  });

  it("are seen by their reader only", async () => {
    const { id } = await run(async () => (await Proposal.where().first())!);
    assert.equal((await (await visitAs("reader")).get(`/proposals/${id}`)).status, 200);
    assert.equal((await (await visitAs("other reader")).get(`/proposals/${id}`)).status, 404);
    assert.doesNotMatch((await (await visitAs("other reader")).get("/proposals")).body, /The Sorrows/);
  });

  it("become books when the staff accepts them", async () => {
    const staff = await visitAs("staff");
    const { id, cover } = await run(async () => (await Proposal.where({ status: "open" }).orderBy("id").first())!);
    const path = `/staff/proposals/${id}/accept`;
    assert.match((await staff.get(path)).body, /value="The Sorrows"[^]*value="Somebody"[^]*value="1901"/);
    const { title, author, year, language } = good;
    const wrong = await staff.post(path, { form: { title, author, year, language, copies: "0", description: "" } });
    assert.equal(wrong.status, 422);
    assert.equal(await run(() => Author.where({ name: "Somebody" }).exists()), false);
    const subject = await run(async () => (await Subject.where().first())!);
    const covers = await listCovers();
    const accepted = await staff.post(path, {
      form: { title, author, year, language, copies: "2", description: "A sad story.", subjects: String(subject.id) },
    });
    assert.equal(accepted.headers.get("location"), "/books/the-sorrows", accepted.body);
    const book = await run(async () => Book.where({ slug: "the-sorrows" }).with({ author: true, subjects: true }).first());
    assert.deepEqual(
      [book!.author.name, book!.copies, book!.cover, book!.sortTitle, book!.subjects.length],
      ["Somebody", 2, book!.cover, "sorrows", 1],
    );
    // The book has a copy, which everybody may see; the proposal keeps its own file.
    assert.match(book!.cover!, /^covers\/[0-9a-f-]+\.png$/);
    const image = await visit().get(/src="(\/media\/covers\/[^"]+)"/.exec((await visit().get("/books/the-sorrows")).body)![1]!);
    assert.deepEqual([image.status, [...image.bytes]], [200, [...png]]);
    assert.deepEqual(
      [book!.cover!, cover!].filter((key) => !covers.includes(key) && key !== cover),
      [book!.cover],
    );
    assert.deepEqual(await listCovers(), [...covers, book!.cover!].toSorted());

    // The counts of the first page were cached.
    assert.match((await visit().get("/")).body, new RegExp(`${await run(() => Book.count())} books that`));
    assert.match((await (await visitAs("reader")).get(`/proposals/${id}`)).body, /In the catalogue[^]*Open the book/);
    assert.equal((await staff.get(path)).status, 404);
  });

  it("are declined with an answer that their reader sees", async () => {
    const staff = await visitAs("staff");
    const { id } = await run(async () => (await Proposal.where({ status: "open" }).first())!);
    const declined = await staff.post(`/staff/proposals/${id}/decline`, { form: { answer: "We have it under another title." } });
    assert.equal(declined.headers.get("location"), "/staff");
    assert.match((await (await visitAs("reader")).get(`/proposals/${id}`)).body, /Declined[^]*We have it under another title\./);
  });
});

describe("books of the staff", () => {
  it("are added, changed and deleted", async () => {
    const staff = await visitAs("staff");
    const author = await run(async () => (await Author.where().first())!);
    const facts = { title: "Über Bücher", author: String(author.id), year: "-20", language: "de", description: "A test.", copies: "1" };
    const added = await staff.post("/staff/books/new", { form: { ...facts, slug: "" } });
    assert.equal(added.headers.get("location"), "/books/uber-bucher", added.body);
    assert.match((await visit().get("/books?q=uber+bucher")).body, /One book/);
    assert.match((await visit().get("/books/uber-bucher")).body, /20 BC/);
    const covers = await countCovers();
    const files = { cover: { name: "a.png", type: "image/png", content: png } };
    const taken = await staff.post("/staff/books/new", { form: { ...facts, slug: "emma" }, files });
    assert.deepEqual([taken.status, /taken/.test(taken.body)], [422, true]);
    assert.equal(await countCovers(), covers);
    const page = await staff.get("/staff/books/uber-bucher");
    assert.match(page.body, /value="Über Bücher"[^]*value="-20"/);
    const changed = await staff.post("/staff/books/uber-bucher", { form: { ...facts, title: "Von Büchern", slug: "von-buchern" } });
    assert.equal(changed.headers.get("location"), "/books/von-buchern", changed.body);
    assert.match((await visit().get("/books?q=von+buchern")).body, /One book/);
    assert.match((await staff.get("/staff/books/von-buchern/delete")).body, /It leaves the catalogue for good/);
    const deleted = await staff.post("/staff/books/von-buchern/delete");
    assert.equal(deleted.headers.get("location"), "/books");
    assert.equal((await visit().get("/books/von-buchern")).status, 404);
  });

  it("keep one cover: it is stored, replaced, removed, and deleted with the book", async () => {
    const staff = await visitAs("staff");
    const before = await listCovers();
    const added = async () => (await listCovers()).filter((key) => !before.includes(key));
    const author = await run(async () => (await Author.where().first())!);
    const form = { title: "Covered", author: String(author.id), year: "1900", language: "en", description: "A test.", copies: "1" };
    const send = (path: string, more: object, content?: Uint8Array) =>
      staff.post(path, { form: { ...form, ...more }, ...(content && { files: { cover: { name: "a.png", type: "image/png", content } } }) });
    // Another field is wrong: the file is kept, and does not have to be chosen again.
    const refused = await send("/staff/books/new", { slug: "covered", copies: "0" }, png);
    assert.equal(refused.status, 422);
    const kept = /name="cover.stored" value="([^"]+)"/.exec(refused.body)![1]!;
    assert.deepEqual(await added(), []);
    assert.equal((await send("/staff/books/new", { slug: "covered", "cover.stored": kept })).status, 303);
    const [first, ...more] = await added();
    assert.deepEqual([first, more], [(await run(() => Book.get({ slug: "covered" }))).cover, []]);
    assert.match((await visit().get("/books/covered")).body, new RegExp(`<img class="cover" src="/media/${first!}"`));
    // A form without a file leaves it; a new file replaces it; the box removes it.
    await send("/staff/books/covered", { slug: "covered" });
    assert.deepEqual(await added(), [first]);
    await send("/staff/books/covered", { slug: "covered" }, new Uint8Array([...png, 1]));
    const [second, ...others] = await added();
    assert.deepEqual([second === first, others], [false, []]);
    assert.equal((await visit().get(`/media/${first}`)).status, 404);
    const box = /name="(cover\.[a-z]+)"[^>]*type="checkbox"|type="checkbox"[^>]*name="(cover\.[a-z]+)"/.exec(
      (await staff.get("/staff/books/covered")).body,
    )!;
    await send("/staff/books/covered", { slug: "covered", [box[1] ?? box[2]!]: "on" });
    assert.deepEqual([await added(), (await run(() => Book.get({ slug: "covered" }))).cover], [[], null]);
    assert.match((await visit().get("/books/covered")).body, /class="front tone-/);
    await send("/staff/books/covered", { slug: "covered" }, png);
    assert.equal((await added()).length, 1);
    assert.equal((await staff.post("/staff/books/covered/delete")).status, 303);
    assert.deepEqual(await added(), []);
  });

  it("stay when somebody has borrowed them", async () => {
    const [staff, reader] = [await visitAs("staff"), await visitAs("reader")];
    await reader.post("/books/emma/borrow");
    const kept = await staff.post("/staff/books/emma/delete");
    assert.deepEqual([kept.status, /cannot be deleted/.test(kept.body)], [409, true]);
    assert.ok(await run(() => Loan.where({ reader: { email: toEmail("reader") } }).exists()));
  });
});
