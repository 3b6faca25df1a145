/** Search for words, the same on every database. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { belongsTo, createDatabase, field as f, hasMany, Model } from "../../src/data.ts";
import { describeModels } from "../../src/data/sql/model-state.ts";
import { op } from "../../src/data/migrations/state/operation.ts";
import { describeOnDatabases } from "./databases.ts";

class Shelf extends Model("search_shelves", { id: f.id(), name: f.text({ max: 50 }), papers: () => hasMany(Paper) }) {}
class Paper extends Model(
  "search_papers",
  {
    id: f.id(),
    title: f.text({ max: 200 }),
    body: f.text({ null: true }),
    size: f.int({ default: 0 }),
    shelf: () => belongsTo(Shelf, { null: true, onDelete: "cascade" }),
  },
  { search: { index: ["title", "body"] }, orderBy: "id" },
) {}
class Plain extends Model(
  "search_plain",
  { id: f.id(), name: f.text({ max: 50 }), note: f.text({ null: true }) },
  { search: ["name", "note"], orderBy: "id" },
) {}
/** Its key is none that SQLite finds words by. */
class Keyed extends Model(
  "search_keyed",
  { code: f.text({ max: 20, primary: true }), name: f.text({ max: 50 }) },
  { search: { index: ["name"] } },
) {}
/** A column of words cannot have this name in SQLite. */
class Ranked extends Model(
  "search_ranked",
  { id: f.id(), rank: f.text({ max: 20 }), name: f.text({ max: 50 }) },
  { search: { index: ["rank", "name"] } },
) {}
class Mute extends Model("search_mute", { id: f.id(), name: f.text({ max: 50 }) }) {}

describeOnDatabases("search", [Shelf, Paper, Plain, Keyed, Ranked, Mute], () => {
  const titles = async (text: string): Promise<string[]> => (await Paper.search(text)).map(({ title }) => title);
  const sorted = async (text: string): Promise<string[]> => (await titles(text)).sort();
  beforeEach(async () => {
    const [shelf] = await Shelf.createMany([{ name: "top" }]);
    await Paper.createMany([
      { title: "Stars over the sea", body: "A starry night by the water.", shelf: shelf! },
      { title: "The sea", body: "Sea, sea, and again the sea: waves.", size: 5 },
      { title: "Öl und Wasser", body: null },
      { title: "naïve café-racer v2.0", body: "mail@example.com /var/log/x_y 3,14 it's" },
      { title: "Ünïcödé \u{1F600} 東京 tower" },
    ]);
  });

  it("supports columns with any name", async () => {
    await Ranked.createMany([
      { rank: "major general", name: "Ada" },
      { rank: "major", name: "Bob" },
    ]);
    assert.deepEqual(await Ranked.search("major gen").pluck("name"), ["Ada"]);
    assert.deepEqual(await Ranked.search("bob maj").pluck("name"), ["Bob"]);
  });

  it("finds rows with a word starting with each word of the string", async () => {
    assert.deepEqual(await sorted("sea"), ["Stars over the sea", "The sea"]);
    assert.deepEqual(await sorted("SEA star"), ["Stars over the sea"]);
    assert.deepEqual(await sorted("sta"), ["Stars over the sea"]);
    assert.deepEqual(await sorted("ars"), []);
    assert.deepEqual(await sorted("water waves"), []);
    assert.deepEqual(await sorted("wasser"), ["Öl und Wasser"]);
    assert.deepEqual(await sorted("öl"), ["Öl und Wasser"]);
    assert.deepEqual(await sorted("ol"), []);
    assert.deepEqual(await sorted("ÜNÏ"), ["Ünïcödé \u{1F600} 東京 tower"]);
    assert.deepEqual(await sorted("東京"), ["Ünïcödé \u{1F600} 東京 tower"]);
  });

  it("splits words at punctuation, and gives no character a special meaning", async () => {
    for (const text of ["example", "com", "log", "racer", "v2", "y", "14", "it s", "café racer"])
      assert.deepEqual(await sorted(text), ["naïve café-racer v2.0"], text);
    for (const text of [
      '"sea"',
      "sea*",
      "+sea -sta",
      "sea & !star",
      "'sea'",
      "sea:*",
      "NEAR(sea)",
      "sea) OR (1",
      "%sea_",
      "title:sea",
      "se\u0000a",
    ])
      await assert.doesNotReject(sorted(text), text);
    assert.deepEqual(await sorted("sea -star"), ["Stars over the sea"]);
    assert.deepEqual(await sorted("sea OR wasser"), []);
    assert.deepEqual(await sorted("the"), ["Stars over the sea", "The sea"]);
    assert.deepEqual(await sorted("the sea"), ["Stars over the sea", "The sea"]);
    assert.deepEqual(await sorted("a b"), ["Stars over the sea"]);
  });

  it("returns the best matches first, unless there is another order", async () => {
    assert.deepEqual(await titles("sea"), ["The sea", "Stars over the sea"]);
    assert.deepEqual(
      (await Paper.search("sea").orderBy("id")).map(({ title }) => title),
      ["Stars over the sea", "The sea"],
    );
    assert.deepEqual(
      (await Paper.orderBy("id").search("sea")).map(({ title }) => title),
      ["Stars over the sea", "The sea"],
    );
    const first = await Paper.search("sea").page({ size: 1 });
    const second = await Paper.search("sea").page({ size: 1, after: first.next! });
    assert.deepEqual([first.items[0]!.title, second.items[0]!.title, second.next], ["The sea", "Stars over the sea", undefined]);
  });

  it("returns equally good matches in the order of the model", async () => {
    const made = await Paper.createMany(Array.from({ length: 40 }, () => ({ title: "equal", body: "same" })));
    const keys = made.map(({ id }) => id);
    assert.deepEqual(await Paper.search("equal").pluck("id"), keys);
    assert.deepEqual(
      (await Paper.search("equal same").limit(10)).map(({ id }) => id),
      keys.slice(0, 10),
    );
  });

  it("works with filters, counts, values, relations and updates", async () => {
    assert.equal(await Paper.search("sea").count(), 2);
    assert.equal(
      await Paper.search("sea")
        .where({ size: { gt: 1 } })
        .count(),
      1,
    );
    assert.equal(await Paper.where({ size: 0 }).search("sea").exists(), true);
    assert.deepEqual(await Paper.search("tower").pluck("size"), [0]);
    const shelf = await Shelf.find({ name: "top" });
    assert.deepEqual(
      (await shelf!.papers.search("sea")).map(({ title }) => title),
      ["Stars over the sea"],
    );
    assert.deepEqual(
      (await Paper.orderBy("id").limit(1).search("sea")).map(({ title }) => title),
      ["Stars over the sea"],
    );
    assert.equal(await Paper.search("sea").update({ size: 9 }), 2);
    assert.deepEqual(await Paper.where({ size: 9 }).pluck("id"), await Paper.search("sea").orderBy("id").pluck("id"));
    assert.equal((await Paper.search("sea").with({ shelf: true })).length, 2);
    assert.equal(await Paper.search("sea").union(Paper.search("wasser")).count(), 3);
    assert.equal(await Paper.search("sea").delete(), 2);
    assert.deepEqual(await titles("sea"), []);
  });

  it("keeps up with changes of rows", async () => {
    const [paper] = await Paper.search("wasser");
    paper!.title = "Feuer";
    await paper!.save();
    assert.deepEqual(await titles("wasser"), []);
    assert.deepEqual(await titles("feuer"), ["Feuer"]);
    await Shelf.all().delete();
    assert.deepEqual(await titles("sea"), ["The sea"]);
    await paper!.delete();
    assert.deepEqual(await titles("feuer"), []);
  });

  it("finds words anywhere in the fields without an index", async () => {
    await Plain.createMany([
      { name: "One Two", note: "three" },
      { name: "two", note: null },
      { name: "50%_x", note: "One" },
    ]);
    const names = async (text: string): Promise<string[]> => (await Plain.search(text)).map(({ name }) => name);
    assert.deepEqual(await names("one"), ["One Two", "50%_x"]);
    assert.deepEqual(await names("wo THREE"), ["One Two"]);
    assert.deepEqual(await names("x 50"), ["50%_x"]);
    assert.deepEqual(await names("four"), []);
    await Keyed.createMany([
      { code: "a", name: "red rose" },
      { code: "b", name: "blue" },
    ]);
    assert.deepEqual(
      (await Keyed.search("ros").orderBy("code")).map(({ code }) => code),
      ["a"],
    );
    assert.deepEqual(
      (await Keyed.search("blue")).map(({ code }) => code),
      ["b"],
    );
  });

  it("finds nothing for a string without words, and ignores what exceeds the limits", async () => {
    for (const text of ["", "  ", "!?-", "\u{1F600}"]) assert.deepEqual(await titles(text), []);
    const many = Array.from({ length: 40 }, (_, index) => `w${index}`).join(" ");
    const kept = many.split(" ").slice(0, 32).join(" ");
    await Paper.create({ title: "many", body: kept });
    assert.deepEqual(await titles(kept), ["many"]);
    assert.deepEqual(await titles(many), ["many"]);
    await Paper.create({ title: "long", body: "x".repeat(64) });
    assert.deepEqual(await titles("x".repeat(65)), ["long"]);
    assert.deepEqual(await titles("x".repeat(63)), ["long"]);
  });

  it("rejects what it does not support", async () => {
    assert.throws(() => Mute.search("x"), {
      code: "E_SEARCH_FIELDS",
      message: "Mute has no fields to search.",
      fix: 'Name them in the options of the model: search: ["title"].',
    });
    assert.throws(() => Paper.search(undefined as never), { code: "E_FILTER_UNDEFINED" });
    assert.throws(() => Paper.search(5 as never), { code: "E_FILTER_VALUE", message: "search() got 5." });
  });
});

describe("models with search", () => {
  it("have it in their structure, and are rejected if a search field is not text", async () => {
    const state = describeModels([Shelf, Paper, Plain]);
    assert.deepEqual(
      [...state].map(([name, { search }]) => [name, search]),
      [
        ["search_shelves", []],
        ["search_papers", ["title", "body"]],
        ["search_plain", []],
      ],
    );
    assert.equal(Paper.$meta.hasSearchIndex, true);
    assert.deepEqual(Plain.$meta.search, ["name", "note"]);
    class Wrong extends Model("search_wrong", { id: f.id(), size: f.int() }, { search: { index: ["size"] } }) {}
    class Empty extends Model("search_empty", { id: f.id() }, { search: { index: [] } }) {}
    await assert.rejects(createDatabase({ url: "sqlite::memory:", models: [Wrong, Empty], bind: false }), {
      message: /Wrong\.size: the option search names it, but the field does not hold text .*Empty: the search has an index of no fields/s,
    });
    assert.throws(() => op.setSearch("books", ["a b"]), { code: "E_MIGRATION_OPERATION" });
    assert.throws(() => op.setSearch("books", "title" as never), { code: "E_MIGRATION_OPERATION" });
  });
});
