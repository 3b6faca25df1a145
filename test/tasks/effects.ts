/** What tasks have written after workers were disturbed. */
import assert from "node:assert/strict";
import { Effect, TaskRow } from "./process-tasks.ts";

/**
 * Checks that all tasks are done, that each number from 0 was written, and that even numbers, which transactional tasks write, are there
 * once. Returns how many effects outside of a transaction were written again.
 */
export async function assertEffects(taskCount: number): Promise<number> {
  const states = await TaskRow.all()
    .groupBy((row) => [row.state])
    .values((row) => ({ state: row.state, count: row.count() }));
  assert.deepEqual(states, [{ state: "done", count: taskCount }]);
  const numbers = await Effect.orderBy("number").pluck("number");
  const expected = Array.from({ length: taskCount }, (_, number) => number);
  assert.deepEqual([...new Set(numbers)], expected);
  const isEven = (number: number): boolean => number % 2 === 0;
  assert.deepEqual(numbers.filter(isEven), expected.filter(isEven));
  return numbers.length - taskCount;
}
