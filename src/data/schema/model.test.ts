import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Author, Book, Line, Order, Part, Profile } from "../../../test/data/library-models.ts";
import { Tag } from "../../../test/data/tag-model.ts";
import { mailAddress } from "./check-value.ts";
import { field as f } from "./field.ts";
import { Model } from "../model.ts";
import { momentPatterns } from "./read-text.ts";
import { toConstraintName, toLabel, toPlural, toSnakeCase } from "./names.ts";

describe("what is known of a model", () => {
  it("has the fields in their order, with the keys of relations", () => {
    assert.deepEqual(
      [...Book.$meta.fields.values()].map(({ name, column, type, widget }) => [name, column, type, widget]),
      [
        ["id", "id", "id", "hidden"],
        ["title", "title", "text", "text"],
        ["slug", "slug", "slug", "text"],
        ["price", "price", "decimal", "number"],
        ["pages", "pages", "int", "number"],
        ["meta", "meta", "json", "textarea"],
        ["secretNote", "secret_note", "text", "textarea"],
        ["version", "version", "int", "number"],
        ["authorId", "author_id", "id", "select"],
        ["created", "created", "datetime", "datetime"],
        ["updated", "updated", "datetime", "datetime"],
      ],
    );
    const facts = Object.fromEntries(
      [...Book.$meta.fields].map(([name, { hasDefault, isEditable, isUnique, isNullable }]) => [
        name,
        [hasDefault, isEditable, isUnique, isNullable],
      ]),
    );
    assert.deepEqual(facts, {
      id: [true, false, true, false],
      title: [false, true, false, false],
      slug: [true, true, true, false],
      price: [false, true, false, false],
      pages: [true, true, false, false],
      meta: [false, true, false, false],
      secretNote: [true, true, false, true],
      version: [true, false, false, false],
      authorId: [false, true, false, false],
      created: [true, false, false, false],
      updated: [true, false, false, false],
    });
    const { label, help, relation } = Book.$meta.fields.get("authorId")!;
    assert.deepEqual([label, help, relation], ["Author", "Who wrote it", "author"]);
    assert.equal(Author.$meta.fields.get("name")!.label, "Full name");
  });

  it("has the relations of every kind, and where they lead back", () => {
    const shown = (model: typeof Author | typeof Book): unknown[] =>
      [...model.$meta.relations.values()].map(({ name, kind, target, fields, by, onDelete, isNullable, table }) => [
        name,
        kind,
        target.name,
        fields,
        by,
        onDelete,
        isNullable,
        table,
      ]);
    assert.deepEqual(shown(Author), [
      ["mentor", "belongsTo", "Author", ["mentorId"], "", "set null", true, ""],
      ["pupils", "hasMany", "Author", [], "mentor", "restrict", false, ""],
      ["books", "hasMany", "Book", [], "author", "restrict", false, ""],
      ["profile", "hasOne", "Profile", [], "author", "restrict", true, ""],
    ]);
    assert.deepEqual(shown(Book), [
      ["author", "belongsTo", "Author", ["authorId"], "", "cascade", false, ""],
      ["tags", "manyToMany", "Tag", [], "books", "restrict", false, "books_tags"],
    ]);
    assert.equal(Tag.$meta.relations.get("books")!.table, "books_tags");
    assert.deepEqual(Part.$meta.relations.get("of")!.fields, ["orderNumber", "line"]);
    assert.equal(Order.$meta.relations.get("lines")!.by, "order");
    assert.deepEqual(Line.$meta.primary, ["orderNumber", "line"]);
    assert.equal(Profile.$meta.fields.get("authorId")!.isUnique, true);
  });

  it("has names, keys and options", () => {
    const { name, table, label, labelPlural, display, orderBy, search, version, primary } = Book.$meta;
    assert.deepEqual(
      { name, table, label, labelPlural, display, orderBy, search, version, primary },
      {
        name: "Book",
        table: "books",
        label: "book",
        labelPlural: "books",
        display: "title",
        orderBy: [],
        search: [],
        version: "version",
        primary: ["id"],
      },
    );
    assert.deepEqual([Author.$meta.orderBy, Author.$meta.search], [["name"], ["name"]]);
    const usual = { where: undefined, deferrable: undefined, areNullsDistinct: true };
    assert.deepEqual(Book.$meta.uniques, [
      { name: "books_slug_unique", fields: ["slug"], message: "This slug is taken.", ...usual },
      { name: "books_author_id_title_unique", fields: ["authorId", "title"], message: "This author has this title already", ...usual },
    ]);
    const plain = {
      message: "",
      where: undefined,
      expression: undefined,
      isUnique: false,
      descending: [],
      method: "",
      included: [],
    };
    assert.deepEqual(Book.$meta.indexes, [
      { name: "books_author_id_index", fields: ["authorId"], ...plain },
      { name: "books_author_id_created_index", fields: ["authorId", "created"], ...plain },
    ]);
  });

  it("is frozen, and made once for each class", () => {
    assert.equal(Book.$meta, Book.$meta);
    assert.ok(Object.isFrozen(Book.$meta) && Object.isFrozen(Book.$meta.fields.get("title")) && Object.isFrozen(Book.$fields.title));
    class Novel extends Book {}
    assert.equal(Novel.$meta.name, "Novel");
    assert.equal(Book.$meta.name, "Book");
  });

  it("keeps getters of the class", () => assert.equal(Object.assign(new Author(), { name: "Ada Lovelace" }).initials, "AL"));
});

describe("names", () => {
  it("are made of other names", () => {
    assert.deepEqual(["publishedAt", "HTMLPage", "a1B", "isbn10"].map(toSnakeCase), ["published_at", "html_page", "a1_b", "isbn10"]);
    assert.deepEqual(["publishedAt", "name"].map(toLabel), ["Published at", "Name"]);
    assert.deepEqual(["book", "story", "box", "day", "class"].map(toPlural), ["books", "stories", "boxes", "days", "classes"]);
  });
  it("of constraints have at most 63 bytes, and stay different", () => {
    assert.equal(toConstraintName("a".repeat(56), "unique"), `${"a".repeat(56)}_unique`);
    const [one, other] = [toConstraintName("a".repeat(57), "unique"), toConstraintName("a".repeat(58), "unique")];
    assert.match(one, /^a{54}_[0-9a-f]{8}$/);
    assert.equal(one.length, 63);
    assert.notEqual(one, other);
    assert.match(toConstraintName("é".repeat(40)), /^é{27}_[0-9a-f]{8}$/);
    assert.match(toConstraintName(`x${"é".repeat(40)}`), /^xé{26}_[0-9a-f]{8}$/);
  });
});

const good = { title: "T", price: "1.5", meta: { lang: "en" }, authorId: 1 };

describe("validate()", () => {
  it("gives messages by field", async () => {
    assert.deepEqual(await Book.validate(good), {});
    assert.deepEqual(await Book.validate({ ...good, title: "", price: "x", pages: 0 }), {
      title: ["This is needed."],
      price: ['Give a number such as "12.50".'],
      pages: ["Give at least 1."],
    });
    assert.deepEqual(await Book.validate({ title: "  " }), {
      title: ["Title is blank"],
      price: ["This is needed."],
      meta: ["This is needed."],
      authorId: ["This is needed."],
    });
  });
  it("checks the row if all its fields are valid", async () => {
    assert.deepEqual(await Book.validate({ ...good, pages: 5001 }), { pages: ["Too long"] });
    assert.deepEqual(await Book.validate({ ...good, pages: 5000 }), {});
    assert.deepEqual(await Book.validate({ ...good, pages: 5001, title: "" }), { title: ["This is needed."] });
  });
  it("accepts a part of a row", async () => {
    assert.deepEqual(await Book.validate({ pages: 3 }, { isPartial: true }), {});
    assert.deepEqual(await Book.validate({ pages: -3, title: null }, { isPartial: true }), {
      title: ["This is needed."],
      pages: ["Give at least 1."],
    });
  });
  it("waits for checks, and joins them", async () => {
    class Thing extends Model("things", {
      id: f.id(),
      a: f.text({
        validate: [async (text) => (text.includes("x") ? "no x" : undefined), (text) => (text.length > 2 ? "short, please" : undefined)],
      }),
    }) {}
    assert.deepEqual(await Thing.validate({ a: "xxx" }), { a: ["no x", "short, please"] });
    assert.deepEqual(await Thing.validate({ a: "ab" }), {});
  });
  it("takes an undefined value as one that is not given", async () => {
    assert.deepEqual(await Book.validate({ title: undefined }, { isPartial: true }), {});
    assert.deepEqual(await Book.validate({ ...good, pages: undefined }), {});
    assert.deepEqual(await Book.validate({ ...good, title: undefined }), { title: ["This is needed."] });
  });
  it("rejects names that are not fields, and values that are not an object", async () => {
    await assert.rejects(Book.validate({ titel: "x" }), {
      code: "E_FIELD_UNKNOWN",
      message: 'Book has no field "titel".',
      fix: 'Write "title".',
    });
    await assert.rejects(Book.validate(JSON.parse('{"__proto__": 1}')), { code: "E_FIELD_UNKNOWN" });
    for (const wrong of [undefined, null, [], "x"]) await assert.rejects(Book.validate(wrong as never), { code: "E_VALUE_TYPE" });
  });
});

describe("schema()", () => {
  const check = async (schema: ReturnType<typeof Book.schema>, value: unknown): Promise<unknown> => schema["~standard"].validate(value);

  it("accepts what a form may send, and returns it in its stored form", async () => {
    const schema = Book.schema({ for: "create" });
    assert.deepEqual(
      schema.fields.map(({ name }) => name),
      ["title", "slug", "price", "pages", "meta", "authorId"],
    );
    assert.deepEqual(await check(schema, good), { value: { ...good, price: "1.50" } });
    assert.deepEqual(await check(schema, { ...good, version: 3, title: undefined, x: 1 }), {
      issues: [
        { message: "The model has no such field.", path: ["version"] },
        { message: "The model has no such field.", path: ["x"] },
        { message: "This is needed.", path: ["title"] },
      ],
    });
    assert.deepEqual(await check(schema, { ...good, pages: 6000 }), { issues: [{ message: "Too long", path: ["pages"] }] });
    for (const value of [null, [], "x"]) assert.deepEqual(await check(schema, value), { issues: [{ message: "Give an object." }] });
  });
  it("of an update requires nothing", async () => {
    const schema = Book.schema({ for: "update", omit: ["slug"] });
    assert.deepEqual(await check(schema, {}), { value: {} });
    assert.deepEqual(await check(schema, { pages: 2, slug: "x" }), {
      issues: [{ message: "The model has no such field.", path: ["slug"] }],
    });
  });
  it("for reading has no secret fields", () => {
    const names = Book.schema({ for: "read" }).fields.map(({ name }) => name);
    assert.ok(names.includes("version") && names.includes("created") && !names.includes("secretNote"));
    // @ts-expect-error a secret field cannot be read
    assert.throws(() => Book.schema({ for: "read", pick: ["secretNote"] }), { code: "E_FIELD_SECRET" });
    assert.deepEqual(
      Book.schema({ for: "create", pick: ["secretNote", "title"] }).fields.map(({ name }) => name),
      ["secretNote", "title"],
    );
    // @ts-expect-error no field has this name
    assert.throws(() => Book.schema({ for: "create", omit: ["nope"] }), { code: "E_FIELD_UNKNOWN" });
  });
  it("is available as JSON Schema", () => {
    assert.deepEqual(Author.schema({ for: "create" }).toJsonSchema(), {
      type: "object",
      properties: {
        name: { type: "string", minLength: 1, maxLength: 100, title: "Full name", description: "As printed on the cover" },
        email: { type: ["string", "null"], format: "email", pattern: mailAddress.source, maxLength: 254, title: "Email" },
        status: { type: "string", enum: ["active", "retired"], title: "Status" },
        mentorId: { type: ["integer", "null"], minimum: 1, maximum: Number.MAX_SAFE_INTEGER, title: "Mentor" },
      },
      required: ["name"],
      additionalProperties: false,
    });
    const { properties } = Book.schema({ for: "read" }).toJsonSchema() as { properties: Record<string, unknown> };
    assert.deepEqual(properties["price"], {
      type: "string",
      pattern: String.raw`^[-+]?(?=[0-9])0*[0-9]{0,6}(\.[0-9]{1,2}0*)?$`,
      title: "Price",
    });
    assert.deepEqual(properties["pages"], { type: "integer", minimum: 1, maximum: 2_147_483_647, title: "Pages" });
    assert.deepEqual(properties["meta"], { title: "Meta", not: { type: "null" } });
    assert.deepEqual(properties["created"], {
      type: "string",
      format: "date-time",
      pattern: momentPatterns.milliseconds,
      title: "Created",
    });
  });
});
