/** Whatever a task throws, its outcome is stored with a reason, and its worker goes on. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gable } from "gable";
import { field as f } from "gable/data";
import type { TaskQueue } from "gable/tasks";
import { bullmqQueue, memoryTasks, task, taskModel, TaskRejected, tasksPart } from "gable/tasks";
import { createLogger } from "../../src/log/create-logger.ts";
import { databaseKinds } from "../data/databases.ts";
import { createPrefix, redisUrl, removeKeys, skipRedis } from "../session/redis.ts";
import { thrownValues } from "../thrown-values.ts";

const half = "\ud800";
const values = [
  ...thrownValues,
  ["a rejection that is cut inside a character", () => new TaskRejected(`${"x".repeat(3_999)}😀`), "x".repeat(3_999)],
  ["a rejection of the longest text", () => new TaskRejected(`${"x".repeat(3_998)}😀`), `${"x".repeat(3_998)}😀`],
  ["an error of a NUL", () => new Error("\u0000"), "Error"],
  ["an error with a NUL", () => new Error("a\u0000b"), "ab"],
] as const;
const throwing = task("throwing", { input: { index: f.int() }, attemptsMax: 1 }, ({ input }) => {
  throw values[input.index]![1]();
});
const showing = task("showing", {}, async ({ progress, step }) => {
  await progress(`${"x".repeat(199)}😀`, {}, () => step("half", () => half));
});

interface Place {
  readonly queue: TaskQueue | "database";
  readonly url?: string;
  readonly remove: () => Promise<unknown>;
}

const places: ReadonlyArray<{ readonly name: string; readonly skip: string | false; readonly open: () => Promise<Place> }> = [
  { name: "memory", skip: false, open: async () => ({ queue: memoryTasks(), remove: async () => undefined }) },
  ...databaseKinds.map(({ name, skip, place }) => ({
    name,
    skip,
    open: async (): Promise<Place> => ({ queue: "database", ...(await place()) }),
  })),
  {
    name: "BullMQ",
    skip: skipRedis,
    open: async () => {
      const prefix = createPrefix();
      return { queue: bullmqQueue({ url: redisUrl, prefix }), remove: () => removeKeys(prefix) };
    },
  },
];

for (const { name, skip, open } of places)
  describe(`a task that throws, with its queue in ${name}`, { skip }, () => {
    it("fails with a reason for each value, and the next one runs", async () => {
      const { queue, url, remove } = await open();
      const lines: string[] = [];
      const app = gable({
        mode: "test",
        logger: createLogger("production", (line) => lines.push(line)),
        ...(url !== undefined && { database: url, models: [taskModel()] }),
        tasks: { tasks: [throwing, showing], queue, run: "elsewhere" },
      });
      await app.start();
      if (url !== undefined) await app.database().createTables();
      const own = app.part(tasksPart);
      for (const index of values.keys()) await throwing.enqueue({ index });
      await showing.enqueue();
      await own.runAll();
      const stored = await own.list({ name: "throwing" });
      const outcomes = stored.map(({ input, state, error }) => [(JSON.parse(input) as { index: number }).index, state, error] as const);
      assert.deepEqual(
        outcomes.toSorted((one, other) => one[0] - other[0]),
        values.map(([, , text], index) => [index, "failed", text]),
      );
      const [shown] = await own.list({ name: "showing" });
      assert.deepEqual([shown!.state, shown!.progress?.label], ["done", "x".repeat(199)]);
      assert.equal(lines.filter((line) => line.includes("could not be stored")).length, 0);
      assert.equal(await own.runAll(), 0);
      await app.close();
      await remove();
    });
  });
