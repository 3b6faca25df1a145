/** Tasks on each database: transactions, workers, retries, delays, leases. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Application } from "gable";
import { gable } from "gable";
import { field as f, Model, transaction } from "gable/data";
import type { AppTasks, NewTask, WorkerOptions } from "gable/tasks";
import { databaseTasks, task, taskModel, TaskRejected, tasksPart } from "gable/tasks";
import { testTaskQueue } from "gable/testing";
import { databaseKinds } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";
import { countingTask, showingTask } from "./sample-tasks.ts";

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
const halfStepped = task("half-stepped", { transactional: true }, async ({ attempt, step, progress }) => {
  await progress("Write", {}, () => step("write", async () => void (await Effect.create({ number: attempt }))));
  if (attempt === 1) throw new Error("after the step");
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
const walked: string[] = [];
/** Fails once, between two items. */
const stepped = task("stepped", {}, async ({ attempt, step }) => {
  const loaded = await step("load", () => {
    walked.push(`load ${attempt}`);
    return { name: "two" };
  });
  await step("items", async ({ cursor = 0, advance }) => {
    for (let item = Number(cursor) + 1; item <= 4; item++) {
      walked.push(`item ${item}`);
      await advance(item);
      if (item === 2 && attempt === 1) throw new Error("in the middle");
    }
  });
  walked.push(`end ${loaded.name}`);
});
const counting = countingTask(walked);
const { showing, release } = showingTask();
const tasks = [record, failing, rejected, half, slow, endless, halfStepped, stepped, counting, showing];

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
      walked.length = 0;
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

    const skipLocks = name === "SQLite" ? "SQLite has no locks of rows" : false;
    it("waits for tasks that another transaction has locked, and does not take them for missing", { skip: skipLocks }, async () => {
      for (const number of [1, 2, 3]) await record.enqueue({ number });
      const locked = Promise.withResolvers<void>();
      const locking = transaction(async () => {
        await TaskRow.all().lock("update");
        locked.resolve();
        await sleep(200);
      });
      await locked.promise;
      // PostgreSQL locks only what a claim takes: there, another worker has these tasks.
      assert.equal(await own.runAll(), name === "PostgreSQL" ? 0 : 3);
      await locking;
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
        assert.equal(await own.cancel(unknown), "ended");
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

    it("asks a running task to stop, also from another process, and marks it as cancelled when it has", async () => {
      const other = databaseTasks(app.database(), TaskRow);
      for (const cancel of [(id: string) => own.cancel(id), (id: string) => other.cancel(id, now())]) {
        seen = undefined;
        const { id } = await endless.enqueue(undefined, { uniqueKey: "one" });
        const worker = own.startWorker(options);
        while ((await states())[0] !== "running") await sleep(5);
        assert.equal(await cancel(id), "asked");
        while ((await states())[0] === "running") await sleep(5);
        await worker.stop();
        assert.equal((seen as { code: string }).code, "E_TASK_CANCELLED");
        assert.equal((await states())[0], "cancelled");
        assert.equal(await cancel(id), "ended");
      }
    });

    it("cancels a task that was asked to stop when its worker has died, and when it fails", async () => {
      const { id } = await record.enqueue({ number: 1 });
      const queue = databaseTasks(app.database(), TaskRow);
      const claim = { names: ["record"], count: 1, now: now(), leaseUntil: now() + 60_000, token: "gone" };
      await queue.claim(claim);
      assert.equal(await own.cancel(id), "asked");
      clockMs = 61_000;
      assert.equal(await own.runAll(options), 0);
      assert.deepEqual(await states(), ["cancelled"]);
      assert.equal(await own.retry(id), true);
      await queue.claim({ ...claim, now: now() });
      await queue.cancel(id, now());
      await queue.settle({ id, token: "gone" }, { state: "queued", now: now(), isFree: true });
      assert.deepEqual(await states(), ["cancelled"]);
    });

    it("adds tasks that come at the same time together, and gives an error only to the task that has it", async () => {
      const queue = databaseTasks(app.database(), TaskRow);
      const toTask = (id: string): NewTask => {
        const common = { name: "record", queue: "default", priority: 0, input: '{"number":1}', attemptsMax: 1 };
        return { ...common, id, dueAt: now(), createdAt: now() };
      };
      const ids = ["1", "2", "3", "2"].map((last) => `0190d2a4-7c1e-7000-8000-00000000000${last}`);
      const added = await Promise.allSettled(ids.map((id) => queue.add([toTask(id)])));
      assert.deepEqual(
        added.map(({ status }) => status),
        ["fulfilled", "fulfilled", "fulfilled", "rejected"],
      );
      assert.equal(await TaskRow.all().count(), 3);
    });

    it("runs tasks that wait for a queue which the application no longer uses", async () => {
      await record.enqueue({ number: 5 });
      assert.equal(await TaskRow.all().update({ state: "outbox" }), 1);
      await own.runAll(options);
      assert.deepEqual(await numbers(), [5]);
    });

    it("aborts a task whose lease another worker has", async () => {
      const { id } = await endless.enqueue();
      const worker = own.startWorker(options);
      while ((await states())[0] !== "running") await sleep(5);
      await TaskRow.where({ id }).update({ token: "another" });
      while (seen === undefined) await sleep(5);
      await worker.stop();
      assert.equal((seen as { code: string }).code, "E_TASK_CANCELLED");
      assert.deepEqual(await states(), ["running"]);
    });

    it("returns the task that holds a unique key, in transactions as well", async () => {
      const first = await record.enqueue({ number: 1 }, { uniqueKey: "a" });
      assert.equal(first.created, true);
      await transaction(async () => {
        assert.deepEqual(await record.enqueue({ number: 2 }, { uniqueKey: "a" }), { id: first.id, created: false });
        // The transaction is as good as new.
        assert.equal((await record.enqueue({ number: 3 }, { uniqueKey: "b" })).created, true);
      });
      await own.runAll();
      assert.deepEqual(await numbers(), [1, 3]);
      assert.equal((await record.enqueue({ number: 4 }, { uniqueKey: "a" })).created, true);
    });

    it("does not queue a task again whose key another one holds", async () => {
      const { id } = await rejected.enqueue(undefined, { uniqueKey: "a" });
      await own.runAll();
      const { id: holder } = await rejected.enqueue(undefined, { uniqueKey: "a" });
      await assert.rejects(own.retry(id), {
        code: "E_TASK_KEY_HELD",
        message: `The task ${holder} with the unique key "a" waits or runs.`,
      });
      assert.equal(await own.cancel(holder), "cancelled");
      assert.equal(await own.retry(id), true);
      assert.equal((await rejected.enqueue(undefined, { uniqueKey: "a" })).created, false);
    });

    it("does finished steps once, and goes on at the cursor, however the attempt ended", async () => {
      await stepped.enqueue();
      assert.equal(await own.runAll(options), 1);
      clockMs = 20_000;
      assert.equal(await own.runAll(options), 1);
      assert.deepEqual(walked, ["load 1", "item 1", "item 2", "item 3", "item 4", "end two"]);
      assert.deepEqual([await states(), (await TaskRow.all().first())!.steps], [["done"], null]);
    });

    it("repeats the steps of a transactional task, whose work was rolled back, and leaves its row to the worker", async () => {
      const queue = own.queue;
      const { save } = queue;
      let saves = 0;
      queue.save = (...given) => (saves++, save.apply(queue, given));
      await halfStepped.enqueue();
      await own.runAll(options);
      clockMs = 20_000;
      await own.runAll(options);
      queue.save = save;
      assert.deepEqual([await numbers(), await states(), saves], [[2], ["done"], 0]);
    });

    it("stops a loop at its next cursor when the worker stops, without the cost of an attempt", async () => {
      await counting.enqueue();
      const worker = own.startWorker({ ...options, times: { ...fast, stopMs: 60_000 } });
      while (walked.length < 3) await sleep(5);
      await worker.stop();
      const [listed] = await own.list();
      assert.deepEqual([listed!.state, listed!.attempts], ["queued", 0]);
      const before = walked.length;
      const next = own.startWorker(options);
      while (walked.length < before + 3) await sleep(5);
      await next.stop();
      assert.deepEqual(
        walked,
        walked.map((_, index) => String(index + 1)),
        "no item twice, none left out",
      );
    });

    it("counts the tasks of each queue", async () => {
      await record.enqueue({ number: 1 });
      await rejected.enqueue();
      await own.runAll(options);
      await TaskRow.all().update({ startedAt: new Date(5_000), finishedAt: new Date(now()) });
      await TaskRow.where({ state: "done" }).update({ finishedAt: new Date(5_250) });
      await record.enqueue({ number: 2 }, { delaySeconds: 600 });
      for (const number of [3, 4]) await record.enqueue({ number });
      await TaskRow.where({ state: "queued", dueAt: { lte: new Date(now()) } }).update({ dueAt: new Date(now() - 90_000) });
      const queues = await own.stats();
      const plain = { queue: "default", waiting: 2, later: 1, running: 0, failed: 1, p50Ms: 250, p95Ms: 250 };
      assert.deepEqual(
        queues.map(({ oldestSeconds, ...stats }) => [stats, oldestSeconds! >= 90 && oldestSeconds! < 600]),
        [[plain, true]],
      );
      const [failed] = await own.list({ state: "failed" });
      assert.deepEqual([await own.discard(failed!.id), await own.discard(failed!.id), await own.discard("no id")], [true, false, false]);
      assert.equal(await own.discard((await own.list({ state: "done" }))[0]!.id), false);
    });

    it("shows the progress of a running task", async () => {
      await showing.enqueue();
      const worker = own.startWorker(options);
      while ((await own.list())[0]!.progress === null) await sleep(5);
      assert.deepEqual((await own.list())[0]!.progress, { label: "Import", done: 1, total: 3, note: "first" });
      release();
      while ((await states())[0] !== "done") await sleep(5);
      await worker.stop();
      assert.deepEqual((await own.list())[0]!.progress, { label: "Import", done: 3, total: 3, note: "third" });
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
