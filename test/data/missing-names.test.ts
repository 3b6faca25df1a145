/** Names that a database does not have: reports say which name of the models is nearest, on each database. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { field as f, Model, sql } from "../../src/data.ts";
import { createErrorReport } from "../../src/development.ts";
import { describeOnDatabases } from "./databases.ts";

class Book extends Model("named_books", { id: f.id(), title: f.text({ max: 20 }), pages: f.int({ default: 0 }) }) {}

const make = "or create it by a migration: npx gable db make.";

describeOnDatabases("names that a database does not have", [Book], (open) => {
  const statements: ReadonlyArray<readonly [name: string, run: () => unknown, fix: string]> = [
    ["a condition", () => Book.where(() => sql`titel = ${"x"}`), `Write "title" instead of "titel", ${make}`],
    ["a condition with a table", () => Book.where(() => sql`named_books.titel = ${"x"}`), `Write "title" instead of "titel", ${make}`],
    ["count", () => Book.where(() => sql`titel = ${"x"}`).count(), `Write "title" instead of "titel", ${make}`],
    ["update", () => Book.where(() => sql`pagez > ${1}`).update({ pages: 2 }), `Write "pages" instead of "pagez", ${make}`],
    ["delete", () => Book.where(() => sql`pagez > ${1}`).delete(), `Write "pages" instead of "pagez", ${make}`],
    ["values", () => Book.all().values(() => ({ size: sql<number>`pagez + 1` })), `Write "pages" instead of "pagez", ${make}`],
    ["select", () => open().database.query(sql`SELECT titel FROM named_books`), `Write "title" instead of "titel", ${make}`],
    ["insert", () => open().database.query(sql`INSERT INTO named_books (titel) VALUES ('x')`), `Write "title" instead of "titel", ${make}`],
    ["a table", () => open().database.query(sql`SELECT title FROM named_book`), `Write "named_books" instead of "named_book", ${make}`],
    ["a name like no other", () => open().database.query(sql`SELECT xxxxxxxxxxxx FROM named_books`), `Correct the name, ${make}`],
    [
      "a function",
      () => Book.where((book) => sql`lengt(${book.title}) > 3`),
      'Correct the name "lengt", or use a function that this database has.',
    ],
  ];
  for (const [name, run, fix] of statements)
    it(`are corrected in ${name}`, async () => {
      const error = await Promise.resolve()
        .then(run)
        .then(
          () => undefined,
          (reason: unknown) => reason,
        );
      assert.ok(error instanceof Error);
      assert.equal(createErrorReport(error).fix, fix);
    });
});
