/** Queries that one database would refuse, and another one answer with any row: refused everywhere, before anything changes. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { field as f, Model, transaction, when } from "../../src/data.ts";
import { describeOnDatabases } from "./databases.ts";

class Entry extends Model("entries", { id: f.id(), name: f.text({ max: 9 }), n: f.int({ null: true }) }) {}

const groups = () => Entry.where({ n: { gt: 0 } }).groupBy((entry) => [entry.name]);
const large = () => groups().having((entry) => entry.count().gt(1));
const plain = () => Entry.where({ n: { gt: 0 } });

const refused: Readonly<Record<string, () => PromiseLike<unknown>>> = {
  "delete() of groups": () => large().delete(),
  "delete() of all groups": () => groups().delete(),
  "delete() of groups with values": () =>
    large()
      .values((entry) => ({ name: entry.name }))
      .delete(),
  "update() of groups": () => large().update({ name: "z" }),
  "purge() of groups": () => large().purge(),
  "previewDelete() of groups": () => large().previewDelete(),
  "rows of groups": () => groups(),
  "the first row of groups": () => groups().first(),
  "count() of groups without values": () => groups().count(),
  "exists() of groups without values": () => groups().exists(),
  "annotate() of groups": () => groups().annotate((entry) => ({ twice: entry.n.mul(2) })),
  "having() without groups and values": () => plain().having((entry) => entry.count().gt(1)),
  "count() with having() alone": () =>
    plain()
      .having((entry) => entry.count().gt(9))
      .count(),
  "an order of groups by any row": () =>
    groups()
      .values((entry) => ({ name: entry.name }))
      .orderBy("id"),
  "values before groups": () =>
    plain()
      .values((entry) => ({ n: entry.n }))
      .groupBy((entry) => [entry.name]),
  "an order of distinct values by another one": () =>
    plain()
      .values((entry) => ({ n: entry.n }))
      .distinct()
      .orderBy("id"),
  "an order of a distinct column by another one": () => plain().distinct().orderBy("id").pluck("n"),
  "lock() with count()": () => transaction(() => plain().lock("update").count()),
  "lock() with an aggregate": () =>
    transaction(() =>
      plain()
        .lock("update")
        .values((entry) => ({ sum: entry.n.sum() })),
    ),
  "lock() of groups": () =>
    transaction(() =>
      groups()
        .values((entry) => ({ name: entry.name }))
        .lock("update"),
    ),
  "lock() of distinct rows": () => transaction(() => plain().distinct().lock("update")),
};

describeOnDatabases("queries", [Entry], (open) => {
  const fill = async (): Promise<void> => {
    await Entry.createMany([
      { name: "a", n: 1 },
      { name: "a", n: 2 },
      { name: "b", n: 3 },
      { name: "c", n: 3 },
    ]);
  };

  for (const [what, run] of Object.entries(refused))
    it(`refuse ${what}`, async () => {
      await fill();
      await assert.rejects(
        async () => run(),
        (error: Error & { code?: string }) => /^E_(?:QUERY_FORM|GROUP_EXPRESSION)$/.test(error.code ?? "") || assert.fail(error),
      );
      assert.deepEqual(await Entry.orderBy("id").pluck("name"), ["a", "a", "b", "c"]);
    });

  it("read groups, and order them by keys and aggregates", async () => {
    await fill();
    const named = groups().values((entry) => ({ name: entry.name, count: entry.count() }));
    assert.deepEqual(await named.orderBy((entry) => [entry.count().desc(), entry.name.desc()]), [
      { name: "a", count: 2 },
      { name: "c", count: 1 },
      { name: "b", count: 1 },
    ]);
    assert.equal(await named.count(), 3);
    assert.deepEqual(await large().values((entry) => ({ name: entry.name })), [{ name: "a" }]);
    assert.deepEqual(await plain().distinct().orderBy("-n").pluck("n"), [3, 2, 1]);
    assert.deepEqual(
      await plain()
        .values((entry) => ({ more: entry.n.add(1) }))
        .distinct()
        .orderBy((entry) => [entry.n.add(1).asc()]),
      [{ more: 2 }, { more: 3 }, { more: 4 }],
    );
  });

  it("are ordered by the names of values", async () => {
    await fill();
    const named = groups().values((entry) => ({ key: entry.name, count: entry.count() }));
    assert.deepEqual(await named.orderBy("-count", "-key"), [
      { key: "a", count: 2 },
      { key: "c", count: 1 },
      { key: "b", count: 1 },
    ]);
    const negative = plain().values((entry) => ({ negative: entry.n.mul(-1) }));
    assert.deepEqual(
      (await negative.orderBy("negative")).map((value) => value.negative),
      [-3, -3, -2, -1],
    );
    assert.deepEqual(await negative.distinct().orderBy("-negative"), [{ negative: -1 }, { negative: -2 }, { negative: -3 }]);
    assert.throws(() => named.orderBy("other" as never), { code: "E_FIELD_UNKNOWN" });
  });

  it("use a key with a value in orders, conditions and computed values", async () => {
    await fill();
    const more = Entry.where().groupBy((entry) => [entry.n.add(1)]);
    assert.deepEqual(await more.values((entry) => ({ more: entry.n.add(1) })).orderBy((entry) => [entry.n.add(1).desc()]), [
      { more: 4 },
      { more: 3 },
      { more: 2 },
    ]);
    // MariaDB and MySQL know the keys of groups only by their text.
    if (open().kind !== "SQLite" && open().kind !== "PostgreSQL") return;
    assert.deepEqual(
      await more.values((entry) => ({ twice: entry.n.add(1).mul(2), count: entry.count() })).orderBy((entry) => [entry.n.add(1).asc()]),
      [
        { twice: 4, count: 1 },
        { twice: 6, count: 1 },
        { twice: 8, count: 2 },
      ],
    );
    assert.deepEqual(await more.having((entry) => entry.n.add(1).gt(3)).values((entry) => ({ count: entry.count() })), [{ count: 2 }]);
    const kinds = Entry.where().groupBy((entry) => [when(entry.n.gt(2), "large").else("small")]);
    assert.deepEqual(
      await kinds
        .values((entry) => ({ kind: when(entry.n.gt(2), "large").else("small").concat("!"), count: entry.count() }))
        .orderBy((entry) => [when(entry.n.gt(2), "large").else("small").asc()]),
      [
        { kind: "large!", count: 2 },
        { kind: "small!", count: 2 },
      ],
    );
  });
});
