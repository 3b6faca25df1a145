/** `gable models`: text, JSON, graph and exit codes. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { createTestProject } from "./project.ts";

const project = createTestProject({
  "app.ts": `import { gable } from "gable";
import { belongsTo, field as f, hasMany, manyToMany, Model } from "gable/data";
class Author extends Model("authors", { id: f.id(), name: f.text({ max: 200, unique: true }), books: () => hasMany(Book, { by: "author" }) }) {}
class Profile extends Model("profiles", { id: f.id(), author: () => belongsTo(Author, { unique: true }) }) {}
class Tag extends Model("tags", { id: f.id(), books: () => manyToMany(Book) }) {}
class Book extends Model("books", {
  id: f.id(),
  title: f.text({ max: 200, index: true }),
  pages: f.int({ null: true }),
  shelf: f.text({ max: 20, default: "a", column: "shelf_name" }),
  author: () => belongsTo(Author),
  editor: () => belongsTo(Author, { null: true }),
  tags: () => manyToMany(Tag),
}, { uniques: [{ on: ["title", "author"] }], indexes: [{ on: ["pages", "title"] }] }) {}
export default gable({ models: [Author, Profile, Tag, Book], database: "sqlite:var/app.db" });
`,
  "plain.ts": `import { gable } from "gable";\nexport default gable({ routes: [] });\n`,
});
after(() => project.remove());

const book = `Book, table books
FIELD     COLUMN      TYPE  NULL  KEY      OPTIONAL
id        id          id    -     primary  yes
title     title       text  -     index    -
pages     pages       int   yes   -        yes
shelf     shelf_name  text  -     -        yes
authorId  author_id   id    -     index    -
editorId  editor_id   id    yes   index    yes
RELATION  KIND        MODEL   BY          ON DELETE
author    belongsTo   Author  authorId    restrict
editor    belongsTo   Author  editorId    restrict
tags      manyToMany  Tag     books_tags  -
INDEX                         KIND    FIELDS
books_title_author_id_unique  unique  title, authorId
books_title_index             index   title
books_author_id_index         index   authorId
books_editor_id_index         index   editorId
books_pages_title_index       index   pages, title
`;

describe("gable models", () => {
  it("names models that no class extends by their exports, in a list by their tables", async () => {
    const tables = `import { gable } from "gable";
import { accountTokenModel } from "gable/auth";
import { field as f, Model } from "gable/data";
import { sessionModel } from "gable/session";
class Book extends Model("books", { id: f.id() }) {}
const [Session, AccountToken, line] = [sessionModel(), accountTokenModel(), Model("order_lines", { id: f.id() })];
`;
    project.write({
      "record.ts": `${tables}export default gable({ models: { Volume: Book, Session, AccountToken }, database: "sqlite:var/app.db" });\n`,
      "list.ts": `${tables}export default gable({ models: [Book, Session, line], database: "sqlite:var/app.db" });\n`,
    });
    const named = async (app: string) =>
      ((await project.json("models", "--app", app)).data as { models: Array<{ name: string }> }).models.map(({ name }) => name);
    assert.deepEqual(await named("record.ts"), ["Book", "Session", "AccountToken"]);
    assert.deepEqual(await named("list.ts"), ["Book", "Sessions", "OrderLines"]);
    assert.match((await project.run("models", "AccountToken", "--app", "record.ts")).out, /^AccountToken, table gable_account_tokens\n/);
  });

  it("prints fields, relations and indexes of one model, or of all", async () => {
    assert.deepEqual(await project.run("models", "Book"), { code: 0, out: book, error: "" });
    const { out } = await project.run("models");
    assert.deepEqual(out.match(/^\w+, table \w+$/gm), [
      "Author, table authors",
      "Profile, table profiles",
      "Tag, table tags",
      "Book, table books",
    ]);
    assert.ok(out.endsWith(`\n\n${book}`));
  });

  it("prints a graph for Mermaid, with one line for each relation", async () => {
    const { code, out } = await project.run("models", "--graph", "mermaid");
    const lines = out.split("\n");
    assert.deepEqual([code, lines[0]], [0, "erDiagram"]);
    assert.deepEqual(
      lines.filter((line) => line.includes("--")),
      ["  Profile |o--|| Author : author", "  Tag }o--o{ Book : books", "  Book }o--|| Author : author", "  Book }o--o| Author : editor"],
    );
    assert.deepEqual(lines.slice(lines.indexOf("  Profile {"), lines.indexOf("  Tag {")), [
      "  Profile {",
      "    id id PK",
      "    id authorId FK, UK",
      "  }",
    ]);
    assert.doesNotMatch((await project.run("models", "Book", "--graph", "mermaid")).out, /Author/);
  });

  it("gives the same facts as JSON", async () => {
    const { ok, data } = await project.json("models", "Author", "Profile");
    const { models } = data as { models: ReadonlyArray<{ name: string; fields: object[]; relations: object[]; indexes: object[] }> }; // What the command prints.
    assert.equal(ok, true);
    assert.deepEqual(
      models.map(({ name }) => name),
      ["Author", "Profile"],
    );
    assert.deepEqual(models[1]!.fields[1], {
      name: "authorId",
      column: "author_id",
      type: "id",
      isNullable: false,
      isPrimary: false,
      isUnique: true,
      isIndexed: false,
      isOptional: false,
      relation: "author",
    });
    assert.deepEqual(models[0]!.relations, [
      { name: "books", kind: "hasMany", target: "Book", fields: [], isNullable: false, onDelete: null, table: null },
    ]);
    assert.deepEqual(models[0]!.indexes, [{ name: "authors_name_unique", kind: "unique", fields: ["name"] }]);
    assert.match(((await project.json("models", "--graph", "mermaid")).data as { graph: string }).graph, /^erDiagram\n/);
  });

  const wrong: ReadonlyArray<readonly [words: readonly string[], code: number, message: RegExp]> = [
    [["Boook"], 2, /No model has the name "Boook"\.\n {2}fix: Write "Book"\./],
    [["Warehouse"], 2, /fix: Use one of: Author, Profile, Tag, Book\./],
    [["--graph", "dot"], 2, /--graph <text>. argument .dot. is invalid\. Use mermaid\./],
    [["--app", "plain.ts"], 1, /E_DATABASE_MISSING: This application has no models/],
  ];
  for (const [words, expected, message] of wrong)
    it(`refuses ${words.join(" ")}`, async () => {
      const { code, out, error } = await project.run("models", ...words);
      assert.match(error, message);
      assert.deepEqual([code, out], [expected, ""]);
    });
});
