import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PendingChanges } from "./pending-changes.ts";

const stored = { a: "1", b: "2" };
const more = (by: number) => (text: string | undefined) => String(Number(text ?? 0) + by);

describe("PendingChanges", () => {
  for (const [name, change, expected, textOfA, isKnown] of [
    ["nothing", () => undefined, { set: {}, delete: [], expected: {} }, "1", false],
    ["a set", (changes) => changes.set("a", "5"), { set: { a: "5" }, delete: [], expected: {} }, "5", true],
    ["a delete", (changes) => changes.delete("a"), { set: {}, delete: ["a"], expected: {} }, undefined, true],
    ["an update", (changes) => changes.update("a", more(3), stored), { set: { a: "4" }, delete: [], expected: { a: "1" } }, "4", false],
    [
      "two updates",
      (changes) => (changes.update("a", more(3), stored), changes.update("a", more(10), stored)),
      { set: { a: "14" }, delete: [], expected: { a: "1" } },
      "14",
      false,
    ],
    [
      "an update of a set",
      (changes) => (changes.set("a", "5"), changes.update("a", more(3), stored)),
      { set: { a: "8" }, delete: [], expected: {} },
      "8",
      true,
    ],
    [
      "an update of a delete",
      (changes) => (changes.delete("a"), changes.update("a", more(3), stored)),
      { set: { a: "3" }, delete: [], expected: {} },
      "3",
      true,
    ],
    [
      "a set of an update",
      (changes) => (changes.update("a", more(3), stored), changes.set("a", "9")),
      { set: { a: "9" }, delete: [], expected: {} },
      "9",
      true,
    ],
    [
      "an update of what is not stored",
      (changes) => changes.update("toString", more(3), stored),
      { set: { toString: "3" }, delete: [], expected: { toString: null } },
      "1",
      false,
    ],
  ] as ReadonlyArray<readonly [string, (changes: PendingChanges) => unknown, object, string | undefined, boolean]>)
    it(`makes of ${name} what a store changes`, () => {
      const changes = new PendingChanges();
      change(changes);
      assert.deepEqual(changes.toChanges(stored), expected);
      assert.deepEqual([changes.textOf("a", stored), changes.textOf("b", stored), changes.isKnown("a")], [textOfA, "2", isKnown]);
      assert.equal(changes.isEmpty, name === "nothing");
      changes.clear();
      assert.equal(changes.isEmpty, true);
    });

  it("computes an update again from what is stored later", () => {
    const changes = new PendingChanges();
    assert.equal(changes.update("a", more(3), stored), "4");
    assert.equal(changes.update("a", more(10), stored), "14");
    assert.deepEqual(changes.toChanges({ a: "100" }), { set: { a: "113" }, delete: [], expected: { a: "100" } });
  });
});
