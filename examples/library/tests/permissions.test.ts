/** What the group of the staff may do, and accounts with some of its permissions. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { manageAccounts } from "gable/auth";
import app from "../app.ts";
import { addDays } from "../loans/lending.ts";
import { Book, Loan, Proposal, Reader } from "../models.ts";
import { librarians } from "../readers/accounts.ts";
import { prepareStaff } from "../setup.ts";
import { openLibrary, run, toEmail, visitAs } from "./open-library.ts";

openLibrary();

type Permission = (typeof librarians.permissions)[number];

/** What pages show to those who may do something, by the permission. */
const shown: ReadonlyArray<readonly [permission: Permission, path: string, mark: RegExp]> = [
  ["desk.open", "/books", /<a href="\/staff">Desk<\/a>/],
  ["books.add", "/staff", /Add a book/],
  ["books.change", "/books/emma", /Edit this book/],
  ["books.delete", "/books/emma", /Delete it/],
  ["proposals.change", "/staff", /aria-label="Decline The Sorrows"/],
  ["loans.change", "/staff", /Remind readers of overdue books[^]*Take back Emma/],
];

/** Pages that need a permission in addition to the desk. */
const pages: ReadonlyArray<readonly [path: string, needed: readonly Permission[]]> = [
  ["/staff", []],
  ["/staff/books/new", ["books.add"]],
  ["/staff/books/emma", ["books.change"]],
  ["/staff/books/emma/delete", ["books.delete"]],
  ["/staff/proposals/1/decline", ["proposals.change"]],
  ["/staff/proposals/1/accept", ["proposals.change", "books.add"]],
];

/** Gives a reader exactly these permissions, and opens a page. */
async function openWith(names: readonly Permission[], path: string) {
  const { permissions } = manageAccounts(app);
  const user = await run(() => Reader.get({ email: toEmail("other reader") }));
  await permissions.revoke({ user }, librarians.permissions);
  await permissions.grant({ user }, names);
  return (await visitAs("other reader")).get(path);
}

describe("permissions of the staff", () => {
  it("belong to the group, and are given once however often the library is prepared", async () => {
    const user = await run(() => Reader.get({ email: toEmail("staff") }));
    await prepareStaff(app);
    assert.deepEqual(await manageAccounts(app).permissions.list(user), [...librarians.permissions].sort());
  });

  it("end with the next request after somebody leaves the group", async () => {
    const { permissions } = manageAccounts(app);
    const user = await run(() => Reader.get({ email: toEmail("staff") }));
    const client = await visitAs("staff");
    assert.equal((await client.get("/staff")).status, 200);
    await permissions.removeFromGroup(user, librarians.name);
    assert.equal((await client.get("/staff")).status, 403);
    assert.doesNotMatch((await client.get("/books")).body, /Desk/);
    await permissions.addToGroup(user, librarians.name);
    assert.equal((await client.get("/staff")).status, 200);
  });

  it("decide one by one what pages offer", async () => {
    await run(async () => {
      const [reader, emma] = await Promise.all([Reader.get({ email: toEmail("reader") }), Book.get({ slug: "emma" })]);
      await Loan.create({ reader: reader.id, book: emma.id, dueOn: addDays(new Date(), 1) });
      const values = { title: "The Sorrows", author: "Somebody", year: 1901, language: "en", reason: "It is worth reading." } as const;
      await Proposal.create({ ...values, reader: reader.id });
    });
    for (const [permission, path, mark] of shown) {
      const desk = path === "/staff" ? (["desk.open"] as const) : [];
      assert.match((await openWith([...desk, permission], path)).body, mark, permission);
      const others = librarians.permissions.filter((each) => each !== permission);
      assert.doesNotMatch((await openWith(others, path)).body, mark, permission);
    }
  });

  it("decide one by one which pages open, and none opens without the desk", async () => {
    for (const [path, needed] of pages) {
      assert.equal((await openWith(["desk.open", ...needed], path)).status, 200, path);
      for (const missing of ["desk.open", ...needed] as const) {
        const others = librarians.permissions.filter((each) => each !== missing);
        assert.equal((await openWith(others, path)).status, 403, `${path} without ${missing}`);
      }
    }
  });
});
