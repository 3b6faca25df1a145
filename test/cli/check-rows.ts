/** Tests of checks by a table: applications that fail a check, and applications that pass it. */
import assert from "node:assert/strict";
import { it } from "node:test";
import type { GableOptions } from "gable";
import type { Problem } from "../../src/cli/built-in.ts";

/** A check: its id, applications that fail it, the messages that they get, and applications that pass it. */
export type CheckRow = readonly [id: string, failing: readonly GableOptions[], message: RegExp, passing: readonly GableOptions[]];

/** Registers a test for each application. Routes belong to one application: `makeRows` makes new ones for each test. */
export function testRows(makeRows: () => readonly CheckRow[], findingsOf: (options: GableOptions) => readonly Problem[]): void {
  for (const [index, [id, failing, message, passing]] of makeRows().entries()) {
    for (const [number] of failing.entries())
      it(`${id} fails for case ${number + 1}, with a way out`, () => {
        const found = findingsOf(makeRows()[index]![1][number]!).filter((problem) => problem.id === id);
        assert.ok(found.length > 0, id);
        for (const problem of found) assert.match(problem.message, message);
        assert.ok(found.every(({ fix }) => fix !== undefined && fix !== ""));
      });
    for (const [number] of passing.entries())
      it(`${id} passes for case ${number + 1}`, () => {
        assert.deepEqual(
          findingsOf(makeRows()[index]![3][number]!).filter((problem) => problem.id === id),
          [],
        );
      });
  }
}
