/** Values that the database computes for columns: the same on every database, within the limits of their columns. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { field as f, Model } from "../../src/data.ts";
import { describeOnDatabases } from "./databases.ts";

class Sum extends Model("computed_sums", {
  id: f.id(),
  name: f.text({ max: 3 }),
  whole: f.int(),
  big: f.bigint(),
  price: f.decimal({ digits: 6, scale: 2 }),
  ratio: f.float(),
  flag: f.boolean(),
  token: f.uuid(),
  made: f.datetime({ null: true }),
  day: f.date({ null: true }),
}) {}

const row = { name: "abc", whole: 5, big: 9_007_199_254_740_993n, price: "1.05", ratio: 0.5, flag: true };
const token = "0190163d-8694-739b-aea5-966c26f8ad91";
type Change = Parameters<ReturnType<typeof Sum.where<typeof Sum>>["update"]>[0];

/** Changes, and what they store; undefined where the value is out of the limits of its column. */
const changes: ReadonlyArray<readonly [name: string, change: Change, stored: unknown]> = [
  ["a number at the limit", { whole: (sum) => sum.whole.add(2_147_483_642) }, 2_147_483_647],
  ["a number above the limit", { whole: (sum) => sum.whole.add(2_147_483_643) }, undefined],
  ["a number below the limit", { whole: (sum) => sum.whole.sub(2_147_483_654) }, undefined],
  ["half a number", { whole: (sum) => sum.whole.mul(0.5) }, 3],
  ["half a negative number", { whole: (sum) => sum.whole.mul(-0.5) }, -3],
  ["a 64-bit integer", { big: (sum) => sum.big.add(1n) }, 9_007_199_254_740_994n],
  ["a 64-bit integer out of range", { big: (sum) => sum.big.mul(sum.big) }, undefined],
  ["a decimal, rounded", { price: (sum) => sum.price.add("0.005") }, "1.06"],
  ["a product, rounded", { price: (sum) => sum.price.mul("1.1") }, "1.16"],
  ["a decimal at the limit", { price: (sum) => sum.price.add("9998.94") }, "9999.99"],
  ["a decimal above the limit", { price: (sum) => sum.price.add("9998.95") }, undefined],
  ["a string at the limit", { name: (sum) => sum.name.substring(2).concat("🦊") }, "bc🦊"],
  ["a string above the limit", { name: (sum) => sum.name.concat("d") }, undefined],
];

describeOnDatabases("computed values", [Sum], () => {
  for (const [name, change, stored] of changes)
    it(`store or refuse ${name}`, async () => {
      const { id } = await Sum.create({ ...row, token });
      const [field] = Object.keys(change) as [keyof typeof row]; // Each change has one.
      if (stored === undefined) await assert.rejects(Sum.where({ id }).update(change), { code: "E_VALIDATION", status: 422 });
      else await Sum.where({ id }).update(change);
      assert.deepEqual((await Sum.get(id))[field], stored ?? row[field]);
    });

  it("refuse results out of range", async () => {
    await Sum.create({ ...row, token });
    await assert.rejects(async () => Sum.where().values((sum) => ({ found: sum.big.mul(sum.big) })), {
      code: "E_CONSTRAINT",
      message: "The database refused a value: a computed number is out of range.",
    });
  });

  it("have the smallest and the largest of each type", async () => {
    await Sum.createMany([
      { ...row, token },
      { ...row, flag: false, token: "ffffffff-ffff-4fff-bfff-ffffffffffff" },
    ]);
    const [found] = await Sum.where()
      .groupBy((sum) => [sum.name])
      .values((sum) => ({ least: sum.token.min(), most: sum.token.max(), every: sum.flag.min(), some: sum.flag.max({ distinct: true }) }));
    assert.deepEqual(found, { least: token, most: "ffffffff-ffff-4fff-bfff-ffffffffffff", every: false, some: true });
  });

  it("and conditions accept only values that every database stores", async () => {
    for (const made of ["+010000-01-01T00:00:00.000Z", "0000-12-31T23:59:59.999Z"].map((text) => new Date(text))) {
      await assert.rejects(Sum.create({ ...row, token, made }), {
        code: "E_VALIDATION",
        message: "Sum cannot be stored: made: Give a date and time in the years 1 to 9999.",
      });
      assert.throws(() => Sum.where({ made: { lt: made } }), { code: "E_FILTER_VALUE" });
    }
    for (const made of ["9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00.000Z"].map((text) => new Date(text))) {
      const { id } = await Sum.create({ ...row, token, made });
      assert.equal(await Sum.where({ id, made }).count(), 1);
    }
    for (const big of [2n ** 63n, -(2n ** 63n) - 1n]) assert.throws(() => Sum.where({ big: { gt: big } }), { code: "E_FILTER_VALUE" });
    for (const big of [2n ** 63n - 1n, -(2n ** 63n)]) assert.equal(await Sum.where({ big }).count(), 0);
    assert.throws(() => Sum.where({ day: "2026-02-30" }), { code: "E_FILTER_VALUE", status: 400 });
  });
});
