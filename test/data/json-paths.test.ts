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
];

/** What JavaScript finds. */
function follow(value: unknown, path: Path): unknown {
  let found = value;
  for (const step of path) {
    if (typeof step === "number") found = Array.isArray(found) ? found.at(step) : undefined;
    else
      found = typeof found === "object" && found !== null && !Array.isArray(found) ? (found as Record<string, unknown>)[step] : undefined; // An object.
  }
  return found;
}

describeOnDatabases("paths in JSON values", [Sheet], () => {
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
});
