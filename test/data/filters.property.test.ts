/** Generated filters on generated rows: each database finds exactly the rows that a plain evaluation in memory finds. */
import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { Model } from "../../src/data/model.ts";
import { and, not, or } from "../../src/data/tree/filter.ts";
import { field as f } from "../../src/data/schema/field.ts";
import { belongsTo, hasMany } from "../../src/data/schema/relation.ts";
import { describeOnDatabases } from "./databases.ts";

class Node extends Model("nodes", {
  id: f.id(),
  text: f.text({ null: true, blank: true }),
  word: f.text({ blank: true }),
  int: f.int({ null: true }),
  count: f.int(),
  price: f.decimal({ digits: 6, scale: 2, null: true }),
  big: f.bigint({ null: true }),
  isGood: f.boolean({ null: true }),
  moment: f.datetime({ null: true }),
  parent: () => belongsTo(Node, { null: true, onDelete: "set null" }),
  children: () => hasMany(Node, { by: "parent" }),
}) {}

type Value = string | number | bigint | boolean | Date | null;
interface Plain {
  readonly id: number;
  readonly parentId: number | null;
  readonly [name: string]: Value;
}

const texts = ["", "a", "A", "ab", "%", "_", "\\", "a%b", "ä", "Ä", "é", "'", '"', "ß", "\u{1F600}", "a_c", "b"];
const moments = ["2026-03-29T00:30:00.000Z", "2026-03-29T01:30:00.000Z", "2026-10-25T00:30:00.000Z", "2025-12-31T23:59:59.999Z"].map(
  (text) => new Date(text),
);
const pools: Readonly<Record<string, readonly Value[]>> = {
  text: [null, ...texts],
  word: texts,
  int: [null, -1, 0, 1, 2, 3],
  count: [0, 1, 2, 3],
  price: [null, "0.00", "0.10", "0.20", "9.99", "-1.50"],
  big: [null, 0n, 2n ** 53n + 1n, 2n ** 53n, -(2n ** 60n)],
  isGood: [null, true, false],
  moment: [null, ...moments],
};

/** Orders values as the database does: texts by their code points, decimals as numbers. */
function order(name: string, one: Value, other: Value): number {
  const key = (value: Value): number | bigint | string =>
    value instanceof Date
      ? value.getTime()
      : name === "price"
        ? Number(value)
        : typeof value === "boolean"
          ? Number(value)
          : (value as number);
  const [first, second] = [key(one), key(other)];
  return first < second ? -1 : first > second ? 1 : 0;
}

type Test = (row: Plain, rows: readonly Plain[]) => boolean;
interface Case {
  readonly filter: object;
  readonly test: Test;
}

const isSame = (name: string, one: Value, other: Value): boolean =>
  one === null || other === null ? one === other : order(name, one, other) === 0;

/** A condition of one field, with what it means. */
const leaf: fc.Arbitrary<Case> = fc.constantFrom(...Object.keys(pools)).chain((name) => {
  const value = fc.constantFrom(...pools[name]!);
  const given = value.filter((each) => each !== null);
  const make = (filter: unknown, test: (own: Value) => boolean): Case => ({
    filter: { [name]: filter },
    test: (row) => test(row[name] ?? null),
  });
  const kinds: Array<fc.Arbitrary<Case>> = [
    value.map((each) => make(each, (own) => isSame(name, own, each))),
    value.map((each) => make({ ne: each }, (own) => !isSame(name, own, each))),
    fc.array(value, { maxLength: 3 }).map((list) => make({ in: list }, (own) => list.some((each) => isSame(name, own, each)))),
    fc.array(value, { maxLength: 3 }).map((list) => make({ notIn: list }, (own) => !list.some((each) => isSame(name, own, each)))),
    fc.boolean().map((isNull) => make({ isNull }, (own) => (own === null) === isNull)),
  ];
  // Databases order texts by their own rules.
  if (name !== "isGood" && name !== "text" && name !== "word")
    kinds.push(
      given.map((each) => make({ gt: each }, (own) => own !== null && order(name, own, each) > 0)),
      given.map((each) => make({ lte: each }, (own) => own !== null && order(name, own, each) <= 0)),
      fc
        .tuple(given, given)
        .map((pair) => make({ between: pair }, (own) => own !== null && order(name, own, pair[0]) >= 0 && order(name, own, pair[1]) <= 0)),
    );
  if (name === "text" || name === "word")
    kinds.push(
      given.map((each) => make({ contains: each }, (own) => own !== null && String(own).includes(String(each)))),
      given.map((each) => make({ startsWith: each }, (own) => own !== null && String(own).startsWith(String(each)))),
      given.map((each) => make({ endsWith: each }, (own) => own !== null && String(own).endsWith(String(each)))),
      given.map((each) =>
        make({ icontains: each }, (own) => own !== null && String(own).toLowerCase().includes(String(each).toLowerCase())),
      ),
      given.map((each) => make({ ieq: each }, (own) => own !== null && String(own).toLowerCase() === String(each).toLowerCase())),
    );
  if (name === "moment")
    kinds.push(fc.integer({ min: 0, max: 23 }).map((hour) => make({ hour }, (own) => own instanceof Date && own.getUTCHours() === hour)));
  return fc.oneof(...kinds);
});

const { tree } = fc.letrec<{ tree: Case }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", maxDepth: 4 },
    leaf,
    fc.tuple(tie("tree"), tie("tree")).map(([one, other]): Case => ({
      filter: { [and]: [one.filter, other.filter] },
      test: (row, rows) => one.test(row, rows) && other.test(row, rows),
    })),
    fc.tuple(tie("tree"), tie("tree")).map(([one, other]): Case => ({
      filter: { [or]: [one.filter, other.filter] },
      test: (row, rows) => one.test(row, rows) || other.test(row, rows),
    })),
    tie("tree").map((one): Case => ({ filter: { [not]: one.filter }, test: (row, rows) => !one.test(row, rows) })),
    tie("tree").map((one): Case => ({
      filter: { parent: one.filter },
      test: (row, rows) => {
        const parent = rows.find(({ id }) => id === row.parentId);
        return parent !== undefined && one.test(parent, rows);
      },
    })),
    fc.tuple(fc.constantFrom("some", "none", "every"), tie("tree")).map(([word, one]): Case => ({
      filter: { children: { [word]: one.filter } },
      test: (row, rows) => {
        const found = rows.filter(({ parentId }) => parentId === row.id).map((child) => one.test(child, rows));
        return word === "some" ? found.includes(true) : word === "none" ? !found.includes(true) : !found.includes(false);
      },
    })),
  ),
}));

const runs = Number(process.env["GABLE_TEST_FILTERS"] ?? 1_000);

describeOnDatabases("generated filters", [Node], () => {
  it(`find the same rows as an evaluation in memory, ${runs} times`, async () => {
    // A fixed set of rows, so that a failure can be repeated.
    const made = fc.sample(fc.record(Object.fromEntries(Object.entries(pools).map(([name, pool]) => [name, fc.constantFrom(...pool)]))), {
      numRuns: 60,
      seed: 7,
    });
    const rows: Plain[] = made.map((values, index) => ({
      ...values,
      id: index + 1,
      parentId: index % 4 === 0 ? null : ((index * 7) % 20) + 1,
    }));
    await Node.createMany(rows.map(({ parentId: _parentId, ...values }) => values) as never);
    for (const { id, parentId } of rows) if (parentId !== null) await Node.where({ id }).update({ parent: parentId });
    await fc.assert(
      fc.asyncProperty(tree, async ({ filter, test }) => {
        const expected = rows.filter((row) => test(row, rows)).map(({ id }) => id);
        const found = (await Node.where(filter as never).pluck("id")).sort((a, b) => a - b);
        assert.deepEqual(found, expected);
        assert.equal((await Node.exclude(filter as never).pluck("id")).length, rows.length - expected.length);
      }),
      { numRuns: runs },
    );
  });
});
