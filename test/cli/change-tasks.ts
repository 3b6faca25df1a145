/** What the commands for tasks do, whatever keeps the queue. */
import assert from "node:assert/strict";
import type { NewTask } from "gable/tasks";
import type { TestProject } from "./project.ts";

/** Adds tasks as the application would. Returns their ids. */
export type AddTasks = (...tasks: ReadonlyArray<Pick<NewTask, "name" | "queue"> & Partial<NewTask>>) => Promise<string[]>;

/** Runs, lists, retries, cancels and discards tasks. `stats` is what the table of figures looks like meanwhile. */
export async function changeTasks(project: TestProject, add: AddTasks, stats: RegExp): Promise<void> {
  const run = (...words: readonly string[]): ReturnType<TestProject["run"]> => project.run(...words, "--mode", "production");
  const [mailId, brokenId, parkedId] = await add(
    { name: "mail", queue: "mail" },
    { name: "broken", queue: "default" },
    { name: "of-another-release", queue: "default" },
  );
  assert.equal((await run("worker", "--once", "--queues", "mail")).out, "Ran 1 task.\n");
  assert.equal((await run("worker", "--once")).out, "Ran 1 task.\n");
  const { data } = JSON.parse((await run("tasks", "list", "--json")).out) as {
    data: { tasks: ReadonlyArray<{ id: string; state: string; error: string | null }> };
  }; // What the command prints.
  const shown = new Map(data.tasks.map(({ id, state, error }) => [id, [state, error]]));
  assert.deepEqual(shown.get(mailId!), ["done", null]);
  assert.deepEqual(shown.get(brokenId!), ["failed", "The file does not exist."]);
  assert.deepEqual(shown.get(parkedId!), ["parked", null]);
  assert.match((await run("tasks", "list", "--state", "failed")).out, new RegExp(`^ID.*\n${brokenId}`));
  assert.equal((await run("tasks", "retry", brokenId!)).out, `Queued ${brokenId} again.\n`);
  assert.equal((await run("tasks", "cancel", brokenId!)).out, `Cancelled ${brokenId}.\n`);
  assert.match((await run("tasks", "stats")).out, stats);
  assert.match((await run("tasks", "cancel", brokenId!)).error, /No queued or running task has the id/);
  assert.equal((await run("tasks", "discard", brokenId!, "--yes")).out, `Deleted ${brokenId}.\n`);
  assert.match((await run("tasks", "discard", brokenId!, "--yes")).error, /No failed or cancelled task has the id/);
  assert.match((await run("tasks", "retry", "no-id")).error, /No failed or cancelled task has the id/);
}
