/** Columns of lists, spans of time and addresses, and conditions about whole values of JSON: the same on every database. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { Where } from "../../src/data.ts";
import { belongsTo, createDatabase, field as f, hasMany, Model, not, transaction } from "../../src/data.ts";
import { defineFactory } from "../../src/testing.ts";
import { describeOnDatabases } from "./databases.ts";

class Owner extends Model("list_owners", { id: f.id(), name: f.text({ max: 20 }), posts: () => hasMany(Post) }) {}
class Post extends Model(
  "list_posts",
  {
    id: f.id(),
    name: f.text({ max: 20 }),
    tags: f.array(f.text({ max: 5, blank: true }), { max: 4, default: () => [] }),
    marks: f.array(f.int({ min: 0 }), { null: true, min: 1 }),
    prices: f.array(f.decimal({ digits: 6, scale: 2 }), { null: true }),
    kinds: f.array(f.choice({ a: "A", b: "B" }), { null: true }),
    meta: f.json<unknown>({ null: true }),
    span: f.duration({ null: true, min: 0 }),
    address: f.ip({ null: true }),
    made: f.datetime({ null: true }),
    owner: () => belongsTo(Owner, { null: true }),
  },
  { checks: { fewTags: (post) => post.tags.length().lt(4) } },
) {}

describeOnDatabases("columns of lists", [Owner, Post], () => {
  const names = async (filter: Where<typeof Post>): Promise<string[]> => Post.where(filter).orderBy("name").pluck("name");
  beforeEach(async () => {
    await Post.createMany([
      { name: "a", tags: ["x", "y"], marks: [1, 2], prices: ["1.50"], kinds: ["a"] },
      { name: "b", tags: [], marks: null },
      { name: "c", tags: ["y", "Y", 'q"'], marks: [2], prices: ["2.00", "1.5"], kinds: ["b", "a"] },
      { name: "d", tags: ["%"], marks: [3] },
    ]);
  });

  it("can be filtered by an item, all or any of several items, or emptiness", async () => {
    assert.deepEqual(await names({ tags: { has: "y" } }), ["a", "c"]);
    assert.deepEqual(await names({ tags: { has: "Y" } }), ["c"]);
    assert.deepEqual(await names({ tags: { has: 'q"' } }), ["c"]);
    assert.deepEqual(await names({ tags: { hasAll: ["x", "y"] } }), ["a"]);
    assert.deepEqual(await names({ tags: { hasAll: ["y", "y"] } }), ["a", "c"]);
    assert.deepEqual(await names({ tags: { hasAll: [] } }), ["a", "b", "c", "d"]);
    assert.deepEqual(await names({ tags: { hasAny: ["x", "%"] } }), ["a", "d"]);
    assert.deepEqual(await names({ tags: { hasAny: [] } }), []);
    assert.deepEqual(await names({ tags: { isEmpty: true } }), ["b"]);
    assert.deepEqual(await names({ tags: { isEmpty: false } }), ["a", "c", "d"]);
    assert.deepEqual(await names({ tags: ["x", "y"] }), ["a"]);
    assert.deepEqual(await names({ tags: { ne: ["x", "y"] } }), ["b", "c", "d"]);
    assert.deepEqual(await names({ marks: null }), ["b"]);
    assert.deepEqual(await names({ marks: { has: 2 } }), ["a", "c"]);
    assert.deepEqual(await names({ prices: { hasAll: ["1.5", "02.000"] } }), ["c"]);
    assert.deepEqual(await names({ prices: { has: "-0.0" } }), []);
    assert.deepEqual(await names({ kinds: { has: "a" } }), ["a", "c"]);
    await assert.rejects(Post.create({ name: "x", tags: "y" as never }, { validate: false }), { code: "E_VALUE_TYPE" });
  });

  it("have exact complements", async () => {
    assert.deepEqual(await names({ [not]: { marks: { has: 2 } } }), ["b", "d"]);
    assert.deepEqual(await names({ [not]: { marks: { hasAny: [2] } } }), ["b", "d"]);
    assert.deepEqual(await names({ [not]: { marks: { isEmpty: false } } }), ["b"]);
  });

  it("can be filtered in callbacks", async () => {
    assert.deepEqual(
      await Post.where((post) => post.tags.has("y"))
        .orderBy("name")
        .pluck("name"),
      ["a", "c"],
    );
    assert.deepEqual(
      await Post.where((post) => post.tags.hasAny(["x"]).or(post.tags.isEmpty()))
        .orderBy("name")
        .pluck("name"),
      ["a", "b"],
    );
    assert.deepEqual(await Post.where((post) => post.tags.hasAll(["x", "y"])).pluck("name"), ["a"]);
    assert.deepEqual(await Post.where((post) => post.tags.length().gt(2)).pluck("name"), ["c"]);
    assert.deepEqual(await Post.orderBy("name").values((post) => ({ count: post.tags.length() })), [
      { count: 2 },
      { count: 0 },
      { count: 3 },
      { count: 1 },
    ]);
  });

  it("are written as a whole, and detect changed items", async () => {
    const [post] = await Post.orderBy("name");
    post!.tags = ["x", "y"];
    await post!.save();
    post!.tags.push("z");
    await post!.save();
    assert.deepEqual((await Post.get(post!.id)).tags, ["x", "y", "z"]);
    await Post.where({ name: "b" }).update({ tags: ["n"], kinds: ["b"] });
    assert.deepEqual((await Post.get({ name: "b" })).kinds, ["b"]);
    await assert.rejects(Post.where({ name: "b" }).update({ tags: ["a", "b", "c", "d"] }), { code: "E_VALIDATION" });
    const many = await Post.createMany(Array.from({ length: 123 }, (_, index) => ({ name: `m${index}`, tags: [String(index)] })));
    assert.deepEqual((await Post.get(many[122]!.id)).tags, ["122"]);
  });

  it("are validated item by item", async () => {
    const errors = async (values: object): Promise<unknown> => Post.validate({ name: "x", ...values });
    assert.deepEqual(await errors({ tags: "x" }), { tags: ["Give a list."] });
    assert.deepEqual(await errors({ tags: ["a", "bbbbbb"] }), { tags: ["Number 2: Use at most 5 characters. You typed 6."] });
    assert.deepEqual(await errors({ tags: [null] }), { tags: ["Number 1: This is needed."] });
    assert.deepEqual(await errors({ tags: ["1", "2", "3", "4"] }), {});
    assert.deepEqual(await errors({ tags: ["1", "2", "3", "4", "5"] }), { tags: ["Give at most 4. These are 5."] });
    assert.deepEqual(await errors({ marks: [] }), { marks: ["Give at least 1. These are 0."] });
    assert.deepEqual(await errors({ marks: [1, -1] }), { marks: ["Number 2: Give at least 0."] });
    assert.deepEqual(await errors({ kinds: ["c"] }), { kinds: ["Number 1: Choose one of: A, B."] });
    await assert.rejects(async () => Post.where({ tags: { has: 1 as never } }), { code: "E_FILTER_VALUE" });
    await assert.rejects(async () => Post.where({ tags: { hasAll: "x" as never } }), { code: "E_FILTER_VALUE" });
    await assert.rejects(async () => Post.where({ tags: { hasAny: [null as never] } }), { code: "E_FILTER_VALUE" });
    await assert.rejects(async () => Post.where({ tags: { isEmpty: "yes" as never } }), { code: "E_FILTER_VALUE" });
    await assert.rejects(async () => Post.where({ tags: { contains: "x" } as never }), { code: "E_FILTER_UNKNOWN" });
  });

  it("appear in JSON, in schemas, and in rows of factories", async () => {
    const [post] = await Post.orderBy("name");
    assert.deepEqual((JSON.parse(JSON.stringify(post)) as { tags: unknown }).tags, ["x", "y"]);
    const { properties } = Post.schema({ for: "create", pick: ["tags", "marks", "kinds", "span", "address"] }).toJsonSchema() as {
      properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    };
    assert.deepEqual(properties["tags"], { type: "array", items: { type: "string", maxLength: 5 }, maxItems: 4, title: "Tags" });
    assert.deepEqual(properties["marks"]!["items"], { type: "integer", minimum: 0, maximum: 2_147_483_647 });
    assert.deepEqual(properties["kinds"]!["items"], { type: "string", enum: ["a", "b"] });
    assert.deepEqual(properties["span"], { type: ["integer", "null"], minimum: 0, maximum: Number.MAX_SAFE_INTEGER, title: "Span" });
    assert.deepEqual(properties["address"]!["type"], ["string", "null"]);
    const made = await defineFactory(Post, { marks: () => [1] }).create();
    assert.deepEqual([made.tags, made.marks], [[], [1]]);
  });
});

describeOnDatabases("conditions of whole values of JSON", [Owner, Post], () => {
  const find = async (filter: object): Promise<string[]> =>
    Post.where(filter as never)
      .orderBy("name")
      .pluck("name");
  beforeEach(async () => {
    const metas: unknown[] = [{ a: 1, b: [1, { c: "x" }] }, { b: [], a: "1" }, [1, 2, 3], "text", 5, null, { a: { d: null } }, [[1]]];
    await Post.createMany(metas.map((meta, index) => ({ name: `p${index}`, meta })));
  });

  it("compare the whole value, in any order of keys", async () => {
    assert.deepEqual(await find({ meta: { equals: { b: [1, { c: "x" }], a: 1 } } }), ["p0"]);
    assert.deepEqual(await find({ meta: { equals: [1, 2, 3] } }), ["p2"]);
    assert.deepEqual(await find({ meta: { equals: [3, 2, 1] } }), []);
    assert.deepEqual(await find({ meta: { equals: "text" } }), ["p3"]);
    assert.deepEqual(await find({ meta: { equals: "Text" } }), []);
    assert.deepEqual(await find({ meta: { equals: 5 } }), ["p4"]);
    assert.deepEqual(await find({ meta: { equals: "5" } }), []);
  });

  it("test for contained values of the same kind", async () => {
    assert.deepEqual(await find({ meta: { contains: { a: 1 } } }), ["p0"]);
    assert.deepEqual(await find({ meta: { contains: { b: [{ c: "x" }] } } }), ["p0"]);
    assert.deepEqual(await find({ meta: { contains: { b: [] } } }), ["p0", "p1"]);
    assert.deepEqual(await find({ meta: { contains: {} } }), ["p0", "p1", "p6"]);
    assert.deepEqual(await find({ meta: { contains: [3, 1] } }), ["p2"]);
    assert.deepEqual(await find({ meta: { contains: [] } }), ["p2", "p7"]);
    assert.deepEqual(await find({ meta: { contains: 1 } }), []);
    assert.deepEqual(await find({ meta: { contains: { a: { d: null } } } }), ["p6"]);
  });

  it("test for keys", async () => {
    assert.deepEqual(await find({ meta: { hasKey: "a" } }), ["p0", "p1", "p6"]);
    assert.deepEqual(await find({ meta: { hasKey: "b", contains: { a: "1" } } }), ["p1"]);
    assert.deepEqual(await find({ meta: { hasKey: "text" } }), []);
    assert.deepEqual(await find({ [not]: { meta: { hasKey: "a" } } }), ["p2", "p3", "p4", "p5", "p7"]);
    assert.deepEqual(await find({ [not]: { meta: { contains: {} } } }), ["p2", "p3", "p4", "p5", "p7"]);
  });

  it("can be written in callbacks", async () => {
    assert.deepEqual(
      await Post.where((post) => post.meta.equals(5).or(post.meta.contains([1, 2])))
        .orderBy("name")
        .pluck("name"),
      ["p2", "p4"],
    );
    assert.equal(await Post.where((post) => post.meta.hasKey("a").not()).count(), 5);
  });

  it("are rejected if they are invalid", async () => {
    const refused = (meta: object, code: string): Promise<void> => assert.rejects(async () => Post.where({ meta } as never), { code });
    await refused({ equals: undefined }, "E_FILTER_UNDEFINED");
    await refused({ equals: new Map() }, "E_FILTER_VALUE");
    await refused({ hasKey: 1 }, "E_FILTER_VALUE");
    await refused({ equals: 1, gt: 2 }, "E_FILTER_UNKNOWN");
    await refused({ path: ["a"], equals: 1 }, "E_FILTER_UNKNOWN");
  });
});

describeOnDatabases("conditions on time and numbers of rows", [Owner, Post], () => {
  it("match a period up to now", async () => {
    const ago = (ms: number): Date => new Date(Date.now() - ms);
    await Post.createMany([
      { name: "new", made: ago(1_000) },
      { name: "old", made: ago(86_400_000 * 2) },
      { name: "later", made: ago(-60_000) },
      { name: "never" },
    ]);
    assert.deepEqual(await Post.where({ made: { within: "1h" } }).pluck("name"), ["new"]);
    assert.deepEqual((await Post.where({ made: { within: "3d" } }).pluck("name")).sort(), ["new", "old"]);
    assert.deepEqual((await Post.exclude({ made: { within: "3d" } }).pluck("name")).sort(), ["later", "never"]);
    await assert.rejects(async () => Post.where({ made: { within: "soon" as never } }), {
      code: "E_FILTER_VALUE",
      fix: 'Write a number with s, m, h, d or w, such as "30d".',
    });
  });

  it("match the number of rows of a relation", async () => {
    const [none, one, two] = await Owner.createMany([{ name: "none" }, { name: "one" }, { name: "two" }]);
    await Post.createMany([
      { name: "a", owner: one! },
      { name: "b", owner: two! },
      { name: "c", owner: two! },
    ]);
    const names = async (count: unknown): Promise<string[]> =>
      Owner.where({ posts: { count } } as never)
        .orderBy("name")
        .pluck("name");
    assert.deepEqual(await names(0), [none!.name]);
    assert.deepEqual(await names({ gte: 1 }), ["one", "two"]);
    assert.deepEqual(await names({ gt: 0, lt: 2 }), ["one"]);
    assert.deepEqual(await Owner.where({ posts: { some: { name: "b" }, count: 2 } }).pluck("name"), ["two"]);
    assert.deepEqual(
      await Post.where({ owner: { posts: { count: 2 } } })
        .orderBy("name")
        .pluck("name"),
      ["b", "c"],
    );
    await assert.rejects(names("2"), { code: "E_FILTER_VALUE" });
    await assert.rejects(async () => Owner.where({ posts: { any: {} } as never }), { fix: "Use one of: some, none, every, count." });
  });

  it("store durations and IP addresses", async () => {
    await Post.createMany([
      { name: "a", span: 1_500, address: "::ffff:192.0.2.1" },
      { name: "b", span: 86_400_000, address: "2001:DB8::1" },
    ]);
    assert.deepEqual(await Post.where({ span: { gt: 2_000 } }).pluck("name"), ["b"]);
    assert.deepEqual(await Post.where({ address: "192.0.2.1" }).pluck("name"), ["a"]);
    assert.deepEqual(await Post.where({ address: { in: ["2001:0db8:0::0001"] } }).pluck("address"), ["2001:db8::1"]);
    assert.deepEqual(await Post.where().aggregate((post) => ({ all: post.span.sum() })), { all: 86_401_500 });
    await transaction(() => Post.where({ name: "a" }).update({ span: (post) => post.span.add(500) }));
    assert.equal((await Post.get({ name: "a" })).span, 2_000);
    assert.deepEqual(await Post.validate({ name: "x", span: 1.5, address: "300.1.1.1" }), {
      span: ["Give a whole number of milliseconds."],
      address: ["Give an address such as 192.0.2.1 or 2001:db8::1."],
    });
    assert.deepEqual(await Post.validate({ name: "x", span: -1 }), { span: ["Give at least 0."] });
    await assert.rejects(async () => Post.where({ address: "nowhere" }), { code: "E_FILTER_VALUE", status: 400 });
  });
});

describe("definitions of lists", () => {
  it("are rejected for unsupported item types", async () => {
    class Wrong extends Model("list_wrong", {
      id: f.id(),
      one: f.array("text" as never),
      two: f.array(f.json()),
      three: f.array(f.text({ null: true }) as never),
      four: f.array(f.decimal({ digits: 0, scale: 2 })),
      five: f.array(f.text(), { max: 0 }),
    }) {}
    await assert.rejects(createDatabase({ url: "sqlite::memory:", models: [Wrong], bind: false }), (error: Error) => {
      for (const part of [
        'Wrong.one: a list is of "text" (E_FIELD_INVALID)',
        "Wrong.two: a list is of the type json (E_FIELD_INVALID)",
        'Wrong.three: an item of a list has no option "null" (E_FIELD_OPTION)',
        "Wrong.four: digits is 0 and scale 2 (E_FIELD_OPTION_VALUE)",
        "Wrong.five: max is 0 (E_FIELD_OPTION_VALUE)",
      ])
        assert.ok(error.message.includes(part), `${part} is not in ${error.message}`);
      return true;
    });
  });
});
