import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { field as f } from "../../schema/field.ts";
import { belongsTo, hasMany, manyToMany } from "../../schema/relation.ts";
import { Model } from "../../model.ts";
import type { State } from "../../schema/table-state.ts";
import { applyAll } from "./apply.ts";
import { diffStates } from "./diff.ts";
import { describeOperation } from "./inverse.ts";
import { describeModels } from "../../sql/model-state.ts";
import { compareNames } from "./similar.ts";
import { hashState, isSame, toTableData } from "./table-data.ts";

class Author extends Model("authors", { id: f.id(), name: f.text({ max: 100 }), books: () => hasMany(Book) }) {}
class Book extends Model(
  "books",
  {
    id: f.id(),
    title: f.text({ max: 200 }),
    slug: f.slug({ unique: true }),
    price: f.decimal({ digits: 8, scale: 2 }),
    pages: f.int({ index: true }),
    status: f.choice({ draft: "Draft", done: "Done" }),
    old: f.text({ retired: true }),
    author: () => belongsTo(Author, { onDelete: "cascade" }),
    tags: () => manyToMany(Tag),
  },
  {
    checks: { positive: (book) => book.pages.gt(0), listed: (book) => book.status.in(["draft", "done"]) },
    uniques: [{ on: ["author", "title"], where: (book) => book.status.eq("done") }],
    comment: "What can be read",
  },
) {}
class Tag extends Model("tags", { id: f.id(), name: f.text({ max: 50, comment: "One word" }), books: () => manyToMany(Book) }) {}

const describeAll = (from: State, to: State, answers = {}): string[] => diffStates(from, to, answers).operations.map(describeOperation);
const models = describeModels([Author, Book, Tag]);

/** The structure with another table. */
function changed(name: string, change: (data: ReturnType<typeof toTableData>) => object): State {
  const data = { ...toTableData(models.get(name)!) };
  const next = { ...data, ...change(data) };
  return new Map(models).set(name, {
    ...models.get(name)!,
    columns: new Map(Object.entries(next.columns)),
    indexes: new Map(Object.entries(next.indexes ?? {})),
    uniques: new Map(Object.entries(next.uniques ?? {})),
    checks: new Map(Object.entries(next.checks ?? {})),
    foreignKeys: new Map(Object.entries(next.foreignKeys ?? {})),
    primary: next.primary,
    comment: next.comment ?? "",
  });
}

describe("describeModels()", () => {
  it("says what a database needs to know, as plain data", () => {
    assert.deepEqual(toTableData(models.get("books")!), {
      columns: {
        id: { type: "id" },
        title: { type: "text", max: 200 },
        slug: { type: "text", max: 50 },
        price: { type: "decimal", digits: 8, scale: 2 },
        pages: { type: "int" },
        status: { type: "choice", choices: ["draft", "done"] },
        old: { type: "text", null: true },
        author_id: { type: "id" },
      },
      primary: ["id"],
      uniques: {
        books_slug_unique: { columns: ["slug"] },
        books_author_id_title_unique: { columns: ["author_id", "title"], where: ["eq", "status", { text: "done" }] },
      },
      indexes: { books_pages_index: { columns: ["pages"] }, books_author_id_index: { columns: ["author_id"] } },
      checks: {
        books_positive_check: ["gt", "pages", 0],
        books_listed_check: ["in", "status", [{ text: "draft" }, { text: "done" }]],
      },
      foreignKeys: { books_author_foreign: { columns: ["author_id"], table: "authors", references: ["id"], onDelete: "cascade" } },
      comment: "What can be read",
    });
    assert.deepEqual([...models.keys()], ["authors", "books", "tags", "books_tags"]);
    assert.deepEqual(models.get("books_tags")!.primary, ["book_id", "tag_id"]);
    assert.equal(models.get("tags")!.columns.get("name")!.comment, "One word");
  });

  it("gives the same hash for the same structure, in whatever order", () => {
    assert.equal(hashState(models), hashState(describeModels([Tag, Book, Author])));
    assert.match(hashState(models), /^[0-9a-f]{12}$/);
    assert.notEqual(hashState(models), hashState(describeModels([Author, Book, Tag].slice(0, 1))));
  });
});

describe("diffStates()", () => {
  it("finds nothing between equal structures", () => {
    assert.deepEqual(diffStates(models, describeModels([Tag, Author, Book])), { operations: [], questions: [], unused: [] });
  });

  it("makes each table after those that it refers to, and drops them the other way round", () => {
    assert.deepEqual(describeAll(new Map(), models), [
      'Create the table "authors"',
      'Create the table "books"',
      'Create the table "tags"',
      'Create the table "books_tags"',
    ]);
    assert.deepEqual(describeAll(models, new Map()), [
      'Drop the table "books_tags" with its rows',
      'Drop the table "tags" with its rows',
      'Drop the table "books" with its rows',
      'Drop the table "authors" with its rows',
    ]);
  });

  it("adds the keys of tables that refer to each other when both are there", () => {
    class Left extends Model("lefts", { id: f.id(), right: () => belongsTo(Right, { null: true }) }) {}
    class Right extends Model("rights", { id: f.id(), left: () => belongsTo(Left, { null: true }) }) {}
    const circle = describeModels([Left, Right]);
    const { operations } = diffStates(new Map(), circle);
    assert.deepEqual(operations.map(describeOperation), [
      'Create the table "rights"',
      'Create the table "lefts"',
      'Add the foreign key "rights_left_foreign" of "rights"',
    ]);
    assert.equal(hashState(applyAll(new Map(), operations)), hashState(circle));
    assert.deepEqual(describeAll(circle, new Map()), [
      'Drop the constraint "rights_left_foreign" of "rights"',
      'Drop the table "lefts" with its rows',
      'Drop the table "rights" with its rows',
    ]);
  });

  it("finds every kind of change", () => {
    const to = changed("books", ({ columns, uniques, checks, foreignKeys }) => ({
      columns: {
        ...columns,
        title: { ...columns["title"]!, max: 300 },
        price: { ...columns["price"]!, null: true },
        isbn: { type: "text", max: 17, null: true },
        status: { type: "choice", choices: ["draft", "done", "gone"], comment: "Where it stands" },
      },
      uniques: { ...uniques, books_isbn_unique: { columns: ["isbn"] } },
      checks: { books_positive_check: ["gt", "pages", 1], books_listed_check: checks!["books_listed_check"] },
      indexes: {},
      foreignKeys: { books_author_foreign: { ...foreignKeys!["books_author_foreign"], onDelete: "restrict" } },
      comment: "",
    }));
    assert.deepEqual(describeAll(models, to), [
      'Drop the constraint "books_author_foreign" of "books"',
      'Drop the index "books_pages_index" of "books"',
      'Drop the index "books_author_id_index" of "books"',
      'Drop the constraint "books_positive_check" of "books"',
      'Change the column "title" of "books"',
      'Change the column "price" of "books"',
      'Change the column "status" of "books"',
      'Comment on "books", column "status"',
      'Add the column "isbn" to "books"',
      'Comment on "books"',
      'Add the unique key "books_isbn_unique" of "books"',
      'Add the check "books_positive_check" of "books"',
      'Add the foreign key "books_author_foreign" of "books"',
    ]);
    const { operations } = diffStates(models, to);
    assert.equal(hashState(applyAll(models, operations)), hashState(to));
  });

  it("renames what is the same under another name", () => {
    const to = changed("books", ({ indexes, checks }) => ({
      indexes: { pages_by_number: indexes!["books_pages_index"], books_author_id_index: indexes!["books_author_id_index"] },
      checks: { above_zero: checks!["books_positive_check"], books_listed_check: checks!["books_listed_check"] },
    }));
    assert.deepEqual(describeAll(models, to), [
      'Rename the index "books_pages_index" of "books" to "pages_by_number"',
      'Rename the constraint "books_positive_check" of "books" to "above_zero"',
    ]);
  });
});

describe("questions", () => {
  const renamed = changed("books", ({ columns }) => {
    const { title, ...rest } = columns;
    return { columns: { ...rest, heading: title }, uniques: {} };
  });

  it("are asked about what may be a rename, with the flags that answer", () => {
    const { questions, operations } = diffStates(models, renamed);
    assert.equal(questions.length, 2);
    assert.deepEqual(questions[0], {
      kind: "renameColumn",
      subject: "books.title",
      candidate: "heading",
      text: 'Was the column books.title renamed to "heading"?',
      flags: ["--rename books.title:heading", "--not-rename books.title:heading"],
    });
    assert.ok(!operations.some(({ kind }) => kind === "renameColumn"));
  });

  it("are answered by renames, and by what is none", () => {
    const yes = diffStates(models, renamed, { renames: ["books.title:heading"] });
    assert.deepEqual(yes.questions, []);
    assert.ok(yes.operations.map(describeOperation).includes('Rename the column "title" of "books" to "heading"'));
    const no = diffStates(models, renamed, { notRenames: ["books.title:heading"], fills: { "books.heading": { text: "" } } });
    assert.deepEqual(no.questions, []);
    const done = no.operations.map(describeOperation);
    assert.ok(done.includes('Add the column "heading" to "books"') && done.includes('Drop the column "title" of "books" with its values'));
  });

  it("are answered by the model itself, which says what a column was", () => {
    const { operations, questions } = diffStates(models, renamed, {}, new Map([["books.heading", "title"]]));
    assert.deepEqual(questions, []);
    assert.equal(operations.filter(({ kind }) => kind === "renameColumn").length, 1);
  });

  it("are asked about tables that have most of their columns in common", () => {
    const { books: _books, ...rest } = Object.fromEntries(models);
    const volumes = new Map(Object.entries({ ...rest, volumes: models.get("books")! }));
    const state: State = new Map([...volumes].filter(([name]) => name !== "books_tags"));
    const { questions } = diffStates(models, state);
    assert.deepEqual(
      questions.map(({ kind, subject, candidate, flags }) => ({ kind, subject, candidate, flag: flags[0] })),
      [{ kind: "renameTable", subject: "books", candidate: "volumes", flag: "--rename books:volumes" }],
    );
    const { operations } = diffStates(models, state, { renames: ["books:volumes"] });
    assert.equal(operations[0]!.kind, "renameTable");
    assert.equal(hashState(applyAll(models, operations)), hashState(state));
  });

  it("are asked about values that rows need, that do not fit, and that no database can turn into others", () => {
    const to = changed("books", ({ columns }) => ({
      columns: {
        ...columns,
        isbn: { type: "text", max: 17 },
        old: { type: "text" },
        slug: { type: "text", max: 10 },
        status: { type: "choice", choices: ["draft"] },
        price: { type: "decimal", digits: 5, scale: 2 },
        pages: { type: "uuid" },
      },
      checks: {},
      uniques: { books_slug_unique: { columns: ["slug"] } },
    }));
    const { questions } = diffStates(models, to);
    assert.deepEqual(
      questions.map(({ flags }) => flags.join(" ")),
      [
        "--shorten books.slug --recreate books.slug",
        "--shorten books.price --recreate books.price",
        "--recreate books.pages",
        "--shorten books.status --recreate books.status",
        "--default books.old=VALUE",
        "--default books.isbn=VALUE",
      ],
    );
    const answers = {
      shortens: ["books.slug", "books.price", "books.status"],
      recreates: ["books.pages"],
      fills: {
        "books.old": { text: "?" },
        "books.isbn": { text: "none" },
        "books.pages": { uuid: "0190163d-8694-739b-aea5-966c26f8ad91" },
      },
    };
    const { operations, questions: left } = diffStates(models, to, answers);
    assert.deepEqual(left, []);
    assert.ok(operations.some((each) => each.kind === "addColumn" && each.name === "isbn" && isSame(each.fill, { text: "none" })));
    assert.equal(hashState(applyAll(models, operations)), hashState(to));
  });

  it("have no answers to what nobody asked", () => {
    assert.throws(() => diffStates(models, renamed, { renames: ["books.title:haeding"] }), {
      code: "E_MIGRATION_ANSWER",
      message: 'The answer "books.title:haeding" does not match anything that was dropped and added.',
    });
  });
});

describe("compareNames()", () => {
  it("is the similarity of Jaro and Winkler", () => {
    const round = (value: number): number => Math.round(value * 1_000) / 1_000;
    // Examples of Winkler (1990).
    assert.equal(round(compareNames("martha", "marhta")), 0.961);
    assert.equal(round(compareNames("dwayne", "duane")), 0.84);
    assert.equal(round(compareNames("dixon", "dicksonx")), 0.813);
    assert.equal(compareNames("title", "title"), 1);
    assert.equal(compareNames("abc", "xyz"), 0);
    assert.equal(compareNames("", ""), 1);
  });
});
