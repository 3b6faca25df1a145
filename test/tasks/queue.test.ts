/** Tasks on each database: transactions, workers, retries, delays, leases. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Application } from "gable";
import { gable } from "gable";
import { field as f, Model, transaction } from "gable/data";
import type { AppTasks, WorkerOptions } from "gable/tasks";
import { databaseTasks, task, taskModel, TaskRejected, tasksPart } from "gable/tasks";
import { testTaskQueue } from "gable/testing";
import { databaseKinds } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";

class Effect extends Model("task_effects", { id: f.id(), number: f.int() }) {}
const TaskRow = taskModel();
const fast = { pollMs: 20, renewMs: 50, sweepMs: 50, stopMs: 100 };

const record = task("record", { input: { number: f.int() } }, async ({ input }) => {
  await Effect.create({ number: input.number });
});
const attempts: number[] = [];
const failing = task("failing", { attemptsMax: 3 }, ({ attempt }) => {
  attempts.push(attempt);
  throw new Error(`no ${attempt}`);
});
const rejected = task("rejected", {}, () => {
  throw new TaskRejected("The photo does not exist.");
});
const half = task("half", { transactional: true, attemptsMax: 2 }, async ({ attempt }) => {
  await Effect.create({ number: attempt });
  if (attempt === 1) throw new Error("after the write");
});
let seen: unknown;
const slow = task("slow", { timeoutSeconds: 0.05, attemptsMax: 1 }, async ({ signal }) => {
  await sleep(10_000, undefined, { signal }).catch(() => undefined);
  seen = signal.reason;
  throw signal.reason;
});
const endless = task("endless", {}, async ({ signal }) => {
  await sleep(60_000, undefined, { signal }).catch(() => undefined);
  seen = signal.reason;
  throw signal.reason;
});
const tasks = [record, failing, rejected, half, slow, endless];

for (const { name, skip, place } of databaseKinds)
  describe(`tasks on ${name}`, { skip }, () => {
    let app: Application;
    let own: AppTasks;
    let remove: () => Promise<void>;
    let clockMs = 0;
    const now = (): number => Date.now() + clockMs;
    const options: WorkerOptions = { now, times: fast };
    before(async () => {
      const placed = await place();
      remove = placed.remove;
      app = gable({
        mode: "test",
        logger: silentLogger,
        database: placed.url,
        models: [Effect, TaskRow],
        tasks: { tasks, queue: "database", run: "elsewhere" },
      });
      await app.start();
      await app.database().createTables();
      own = app.part(tasksPart);
    });
    after(async () => {
      await app.close();
      await remove();
    });
    beforeEach(async () => {
      await TaskRow.all().delete();
      await Effect.all().delete();
      attempts.length = 0;
      clockMs = 0;
      seen = undefined;
    });
    testTaskQueue(name, () => ({ queue: databaseTasks(app.database(), TaskRow) }));

    const numbers = async (): Promise<number[]> => (await Effect.orderBy("number")).map(({ number }) => number);
    const states = async (): Promise<string[]> => (await own.list()).map(({ state }) => state);

    it("adds a task with its transaction, and none when it is rolled back", async () => {
      await transaction(async () => {
        await record.enqueue({ number: 1 });
        assert.equal(await own.runAll(), 0);
      });
      const failed = transaction(async () => {
        await record.enqueue({ number: 2 });
        throw new Error("no");
      });
      await assert.rejects(failed, /no/);
      assert.equal(await own.runAll(), 1);
      assert.deepEqual(await numbers(), [1]);
      assert.deepEqual(await states(), ["done"]);
    });

    it("runs the most urgent task first, then the oldest", async () => {
      await record.enqueue({ number: 1 }, { priority: -100 });
      await record.enqueue({ number: 2 });
      await record.enqueue({ number: 3 }, { priority: 100 });
      await own.runAll({ ...options, concurrency: 1 });
      assert.deepEqual(
        (await Effect.orderBy("id")).map(({ number }) => number),
        [3, 2, 1],
      );
    });

    it("runs a delayed task when its time has come, and not before", async () => {
      await record.enqueue({ number: 1 }, { delaySeconds: 60 });
      clockMs = 59_000;
      assert.equal(await own.runAll(options), 0);
      clockMs = 60_000;
      assert.equal(await own.runAll(options), 1);
    });

    it("retries with growing delays, and fails after the last attempt", async () => {
      await failing.enqueue();
      for (const [leastMs, mostMs] of [
        [12_000, 18_000],
        [24_000, 36_000],
      ] as const) {
        const before = now();
        assert.equal(await own.runAll(options), 1);
        const delayMs = (await own.list())[0]!.dueAt - before;
        assert.ok(delayMs >= leastMs && delayMs <= mostMs + 1_000, `the delay is ${delayMs} ms`);
        assert.equal(await own.runAll(options), 0);
        clockMs += mostMs + 1_000;
      }
      assert.equal(await own.runAll(options), 1);
      const [listed] = await own.list();
      assert.deepEqual([listed!.state, listed!.error, listed!.attempts, attempts], ["failed", "no 3", 3, [1, 2, 3]]);
      assert.equal(await own.retry(listed!.id), true);
      assert.equal(await own.runAll(), 1);
      for (const unknown of ["00000000-0000-7000-8000-000000000000", "no id"]) {
        assert.equal(await own.retry(unknown), false);
        assert.equal(await own.cancel(unknown), false);
      }
    });

    it("fails a rejected task without a retry", async () => {
      await rejected.enqueue();
      await own.runAll(options);
      const [listed] = await own.list();
      assert.deepEqual([listed!.state, listed!.error, listed!.attempts], ["failed", "The photo does not exist.", 1]);
    });

    it("commits the effects of a transactional task with its end", async () => {
      await half.enqueue();
      await own.runAll(options);
      assert.deepEqual(await numbers(), []);
      clockMs = 20_000;
      await own.runAll(options);
      assert.deepEqual([await numbers(), await states()], [[2], ["done"]]);
    });

    it("aborts a task that takes too long", async () => {
      await slow.enqueue();
      await own.runAll(options);
      const [listed] = await own.list();
      assert.deepEqual([listed!.state, listed!.error], ["failed", 'The task "slow" took longer than 0.05 s.']);
      assert.equal((seen as { code: string }).code, "E_TASK_TIMEOUT");
    });

    it("aborts a running task that another process cancels, and leaves it cancelled", async () => {
      const { id } = await endless.enqueue();
      const worker = own.startWorker(options);
      while ((await states())[0] !== "running") await sleep(5);
      await TaskRow.where({ id }).update({ state: "cancelled", token: null });
      while (seen === undefined) await sleep(5);
      await worker.stop();
      assert.equal((seen as { code: string }).code, "E_TASK_CANCELLED");
      assert.deepEqual(await states(), ["cancelled"]);
    });

    it("gives a task back when its worker stops, without the cost of an attempt", async () => {
      await endless.enqueue();
      const worker = own.startWorker(options);
      while ((await states())[0] !== "running") await sleep(5);
      await worker.stop();
      const [listed] = await own.list();
      assert.deepEqual([listed!.state, listed!.attempts, (seen as { code: string }).code], ["queued", 0, "E_TASK_STOPPED"]);
    });

    it("leaves tasks without code in the queue", async () => {
      const { id } = await record.enqueue({ number: 1 });
      await TaskRow.where({ id }).update({ name: "of-another-release" });
      assert.equal(await own.runAll(options), 0);
      assert.deepEqual(await states(), ["queued"]);
    });
  });
