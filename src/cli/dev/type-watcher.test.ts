import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readProblems, toShownProblems } from "./type-watcher.ts";

describe("readProblems()", () => {
  it("reads file, line, code and all lines of the message", () => {
    const text = [
      "blog/routes.ts(12,7): error TS2322: Type 'string' is not assignable to type 'number'.",
      "  The types differ.",
      "a (1).ts(3,1): error TS2304: Cannot find name 'x'.",
      "error TS18003: No inputs were found.",
      "",
    ].join("\r\n");
    assert.deepEqual(readProblems(text), [
      { place: "blog/routes.ts:12", text: "TS2322: Type 'string' is not assignable to type 'number'.\n  The types differ." },
      { place: "a (1).ts:3", text: "TS2304: Cannot find name 'x'." },
      { place: "tsconfig.json", text: "TS18003: No inputs were found." },
    ]);
  });

  it("finds nothing in an empty output", () => assert.deepEqual(readProblems(""), []));
});

describe("toShownProblems()", () => {
  for (const [count, length, last] of [
    [0, 0, undefined],
    [20, 20, "a.ts:20"],
    [21, 21, "and 1 more"],
    [42, 21, "and 22 more"],
  ] as const)
    it(`lists ${count} errors`, () => {
      const shown = toShownProblems(Array.from({ length: count }, (_, index) => ({ place: `a.ts:${index + 1}`, text: "TS1: x" })));
      assert.equal(shown.length, length);
      assert.equal(shown.at(-1)?.place, last);
    });
});
