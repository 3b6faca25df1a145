/** Ways into values of JSON: places in lists, from the start and from the end, in rows of every kind. */
import assert from "node:assert/strict";
import { it } from "node:test";
import type { Filter } from "../../src/data.ts";
import { field as f, Model } from "../../src/data.ts";
import { describeOnDatabases } from "./databases.ts";

class Sheet extends Model("path_sheets", { id: f.id(), data: f.json<unknown>({ null: true }) }) {}

const values: readonly unknown[] = [
  { a: 1 },
  [1, 2],
  "s",
  { a: [5, { b: [6, 7] }] },
  { a: { b: 8 } },
  [[3, 4, 5], [1]],
  [],
  { a: [] },
  null,
  { a: [[]] },
  [9],
  // Keys that look like places.
  { "0": 1, "1": "one", a: { "0": "zero" } },
  { "": "empty", "a.b": 1, 'q"uote': 2, "back\\slash": 3, "ü 🦊": 4, last: 5, $: 6, "*": 7, constructor: 8 },
];
type Path = ReadonlyArray<string | number>;
const paths: readonly Path[] = [
  [0],
  [-1],
  [1],
  [-2],
  [2],
  [-3],
  ["a", 0],
  ["a", -1],
  ["a", 1, "b", -1],
  ["a", -1, "b", 0],
  [0, 0],
  [0, -1],
  [-1, -1],
  ["a", 0, 0],
  ["0"],
  ["1"],
  ["a", "0"],
  ["a", "1"],
  [""],
  ["a.b"],
  ['q"uote'],
  ["back\\slash"],
  ["ü 🦊"],
  ["last"],
  ["$"],
  ["*"],
  ["constructor"],
  [2_147_483_647],
  [-2_147_483_647],
];

/** What JavaScript finds. */
function follow(value: unknown, path: Path): unknown {
  let found = value;
  for (const step of path) {
    if (typeof step === "number") found = Array.isArray(found) ? found.at(step) : undefined;
    else
      found =
        typeof found === "object" && found !== null && !Array.isArray(found) && Object.hasOwn(found, step)
          ? (found as Record<string, unknown>)[step] // An object.
          : undefined;
  }
  return found;
}

describeOnDatabases("paths in JSON values", [Sheet], (open) => {
  for (const path of paths)
    it(`read the same as JavaScript: ${JSON.stringify(path)}`, async () => {
      await Sheet.createMany(values.map((data) => ({ data })));
      const rows = await Sheet.orderBy("id").values((sheet) => ({ text: sheet.data.at(...path) }));
      const plain = (text: string | null): unknown => (text === null ? null : text.replaceAll(" ", ""));
      const expected = values.map((value) => {
        const found = follow(value, path) ?? null;
        return found === null || typeof found === "string" ? found : JSON.stringify(found);
      });
      assert.deepEqual(
        rows.map(({ text }) => plain(text)),
        expected,
      );
      const there = values.flatMap((value, index) => (follow(value, path) === undefined ? [] : [index + 1]));
      assert.deepEqual(
        await Sheet.where({ data: { path, exists: true } } as Filter<typeof Sheet>)
          .orderBy("id")
          .pluck("id"),
        there,
      );
      const sevens = values.flatMap((value, index) => (follow(value, path) === 7 ? [index + 1] : []));
      assert.deepEqual(
        await Sheet.where({ data: { path, eq: 7 } } as Filter<typeof Sheet>)
          .orderBy("id")
          .pluck("id"),
        sevens,
      );
    });

  it("find keys that begin with a minus sign, or refuse them on MariaDB, which does not find them", async () => {
    await Sheet.createMany([{ data: { "--color": "red", "-1": "minus" } }, { data: ["red", "minus"] }]);
    const finds: ReadonlyArray<() => PromiseLike<number>> = [
      () => Sheet.where({ data: { hasKey: "--color" } }).count(),
      () => Sheet.where({ data: { path: ["--color"], eq: "red" } }).count(),
      () => Sheet.where({ data: { path: ["-1"], exists: true } }).count(),
      () => Sheet.where((sheet) => sheet.data.at("-1").eq("minus")).count(),
    ];
    for (const find of finds) {
      if (open().kind !== "MariaDB") assert.equal(await find(), 1);
      else await assert.rejects(async () => find(), { code: "E_FILTER_VALUE", message: /MariaDB finds no keys that begin with "-"/ });
    }
  });

  for (const step of [2_147_483_648, -2_147_483_648, 1.5, Number.NaN, "\0", "\ud800"])
    it(`refuse ${JSON.stringify(step)}, which no list and no object has`, () => {
      assert.throws(() => Sheet.where({ data: { path: [step], exists: true } }), { code: "E_FILTER_VALUE" });
      assert.throws(() => Sheet.where((sheet) => sheet.data.at(step).eq("x")), { code: "E_EXPRESSION_ARGUMENT" });
    });

  it("read numbers of many digits as they were stored", async () => {
    const numbers = [
      1e21,
      1e22,
      1e23,
      -1e23,
      1.5e25,
      1.234_567_890_123_456_7e30,
      2 ** 70,
      2 ** 64,
      2 ** 53,
      1e300,
      Number.MAX_VALUE,
      5e-324,
      1e-7,
    ];
    await Sheet.createMany(numbers.map((size) => ({ data: { size } })));
    assert.deepEqual(
      (await Sheet.orderBy("id")).map(({ data }) => (data as { size: number }).size), // As stored above.
      numbers,
    );
  });
});
