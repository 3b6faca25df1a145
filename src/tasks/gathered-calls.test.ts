import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GableError } from "../errors/gable-error.ts";
import { GatheredCalls } from "./gathered-calls.ts";

/** Runs lists of numbers, and throws for those with a 3. */
function createCalls(error: Error): { readonly calls: GatheredCalls<number, number>; readonly runs: number[][] } {
  const runs: number[][] = [];
  const calls = new GatheredCalls(async (items: readonly number[]) => {
    runs.push([...items]);
    if (items.includes(3)) throw error;
    return items.map((item) => item * 10);
  });
  return { calls, runs };
}

const settle = async ({ calls }: ReturnType<typeof createCalls>, items: readonly number[]): Promise<unknown[]> =>
  (await Promise.allSettled(items.map((item) => calls.call(item)))).map((end) => (end.status === "fulfilled" ? end.value : end.reason));

describe("gathered calls", () => {
  it("run together when they come at the same time, and separately otherwise", async () => {
    const made = createCalls(new Error("unused"));
    assert.deepEqual(await settle(made, [1, 2]), [10, 20]);
    assert.deepEqual(await settle(made, [4]), [40]);
    assert.deepEqual(made.runs, [[1, 2], [4]]);
  });

  it("are repeated one by one when one of them has a wrong value", async () => {
    const error = new GableError("E_VALIDATION", "wrong");
    const made = createCalls(error);
    assert.deepEqual(await settle(made, [1, 3, 5]), [10, error, 50]);
    assert.deepEqual(made.runs, [[1, 3, 5], [1], [3], [5]]);
  });

  it("give every other error to all, and repeat nothing", async () => {
    for (const error of [new Error("lost"), new GableError("E_DATABASE_GONE", "lost")]) {
      const made = createCalls(error);
      assert.deepEqual(await settle(made, [1, 3, 5]), [error, error, error]);
      assert.deepEqual(made.runs, [[1, 3, 5]]);
    }
  });
});
