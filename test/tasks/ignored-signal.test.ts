/** Tasks that go on although their signal has aborted: they lose their place, and what they do later changes no row of the queue. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, beforeEach, describe, it } from "node:test";
import { field as f, Model } from "gable/data";
import type { AppTasks, ListedTask, TaskQueue } from "gable/tasks";
import { task, taskModel } from "gable/tasks";
import { databaseKinds } from "../data/databases.ts";
import { clearTasks, openQueue } from "./queue-place.ts";

class Effect extends Model("task_effects", { id: f.id(), number: f.int() }) {}
const TaskRow = taskModel();
/** The worker asks much more often than it gives up: asking again must not prolong the wait. */
const times = { pollMs: 5, renewMs: 5, sweepMs: 600_000, stopMs: 200, graceMs: 200 };

/** An attempt that ends when the test says so. */
interface Attempt {
  readonly signal: AbortSignal;
  readonly end: (error?: Error) => void;
  /** What became of what it did at its end. */
  late?: unknown;
}

const attempts: Attempt[] = [];
const ended: Array<Promise<unknown>> = [];

/** Starts an attempt that ignores its signal until the test ends it. */
function hold(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => attempts.push({ signal, end: (error) => (error === undefined ? resolve() : reject(error)) }));
}

/** Notes how work that nobody waits for has ended. */
function note<Result>(work: Promise<Result>): Promise<Result> {
  ended.push(work.catch((error: unknown) => error));
  return work;
}

const deaf = task("deaf", { attemptsMax: 2 }, ({ signal, step, attempt }) =>
  note(
    (async () => {
      await hold(signal);
      await step("late", () => attempt);
    })(),
  ),
);
/** Shows how far it is all the time, also when it has lost its task. */
const chatty = task("chatty", {}, ({ signal, progress }) =>
  note(
    progress("Work", { total: 1_000_000 }, async (bar) => {
      let isOver = false;
      const over = hold(signal).finally(() => (isOver = true));
      // Its error is that of the work, which comes later.
      over.catch(() => undefined);
      while (!isOver) {
        bar.step();
        await sleep(5);
      }
      await over;
    }),
  ),
);
const deafWriter = task("deaf-writer", { transactional: true, attemptsMax: 1 }, ({ signal }) =>
  note(
    (async () => {
      await Effect.create({ number: 1 });
      await hold(signal);
      await Effect.create({ number: 2 });
    })(),
  ),
);
const slow = task("slow", { timeoutSeconds: 0.02, attemptsMax: 2 }, ({ signal }) => note(hold(signal)));
let others = 0;
const other = task("other", {}, () => void others++);
const tasks = [deaf, chatty, slow, other];

const places = [{ name: "memory", skip: false as const, place: undefined }, ...databaseKinds];

for (const { name, skip, place } of places)
  describe(`a task that ignores its signal, with the queue in ${name},`, { skip }, () => {
    let own: AppTasks;
    let queue: TaskQueue;
    let close: () => Promise<void> = async () => undefined;
    before(async () => {
      const found = place === undefined ? tasks : [...tasks, deafWriter];
      ({ tasks: own, close } = await openQueue(place, [TaskRow, Effect], { tasks: found, concurrency: 1 }));
      queue = own.queue;
    });
    after(() => close());
    beforeEach(async () => {
      await clearTasks(own);
      attempts.length = 0;
      ended.length = 0;
      others = 0;
    });

    const find = async (id: string): Promise<ListedTask> => (await own.list()).find((listed) => listed.id === id)!;
    const until = async (isSo: () => unknown): Promise<void> => {
      while (!(await isSo())) await sleep(5);
    };
    /** The lease ends, as it does when a worker cannot reach its queue for a minute. */
    const endLeases = (): Promise<number> => queue.sweep({ now: Date.now() + 61_000, doneBefore: 0, failedBefore: 0, rowsMax: 10 });

    it("is cancelled in time, leaves its place, and changes nothing later", async () => {
      const { id } = await deaf.enqueue();
      const worker = own.startWorker({ times });
      await until(() => attempts.length === 1);
      assert.equal(await own.cancel(id), "asked");
      await until(async () => (await find(id)).state === "cancelled");
      assert.equal(attempts[0]!.signal.aborted, true);
      await other.enqueue();
      await until(() => others === 1);
      const before = await find(id);
      attempts[0]!.end();
      assert.equal(((await ended[0]) as { code: string }).code, "E_TASK_CANCELLED");
      await worker.stop();
      assert.deepEqual(await find(id), before);
    });

    it("runs again after its timeout, and its first attempt ends nothing", async () => {
      const { id } = await slow.enqueue();
      const worker = own.startWorker({ times });
      await until(async () => (await find(id)).error !== null);
      const before = await find(id);
      assert.deepEqual([before.state, before.attempts, before.error], ["queued", 1, 'The task "slow" took longer than 0.02 s.']);
      attempts[0]!.end();
      await ended[0];
      await worker.stop();
      assert.deepEqual(await find(id), before);
    });

    it("loses its place when another worker has the task, although it shows progress all the time", async () => {
      const { id } = await chatty.enqueue();
      const worker = own.startWorker({ times: { ...times, graceMs: 3_000 } });
      await until(async () => (await find(id)).progress !== null);
      // The worker may renew its lease at the same time.
      await until(endLeases);
      const now = Date.now();
      const lease = { id, token: "another" };
      await queue.claim({ names: ["chatty"], count: 1, now: now + 61_000, leaseUntil: now + 120_000, token: lease.token });
      await until(() => attempts[0]!.signal.aborted);
      await other.enqueue();
      await until(() => others === 1);
      await queue.settle(lease, { state: "done", now });
      const before = await find(id);
      attempts[0]!.end(new Error("late"));
      assert.equal(((await ended[0]) as Error).message, "late");
      await worker.stop();
      assert.deepEqual([await find(id), before.state, before.error], [before, "done", null]);
    });

    for (const how of ["success", "an error"] as const)
      it(`does not disturb its next attempt in the same process when it ends later, with ${how}`, async () => {
        const { id } = await deaf.enqueue();
        const worker = own.startWorker({ concurrency: 2, times: { ...times, renewMs: 600_000 } });
        await until(() => attempts.length === 1);
        await endLeases();
        await until(() => attempts.length === 2);
        assert.deepEqual(
          attempts.map(({ signal }) => signal.aborted),
          [true, false],
        );
        attempts[0]!.end(how === "success" ? undefined : new Error("late"));
        await ended[0];
        // The worker still knows the new attempt: it would ask it to stop.
        await sleep(50);
        assert.deepEqual([(await find(id)).state, attempts[1]!.signal.aborted], ["running", false]);
        await own.cancel(id);
        await until(() => attempts[1]!.signal.aborted);
        attempts[1]!.end();
        await until(async () => (await find(id)).state === "cancelled");
        await worker.stop();
      });

    if (place !== undefined)
      it("writes nothing after its transaction was rolled back", async () => {
        const { id } = await deafWriter.enqueue();
        // Without polls: SQLite has one writer, and the task has a transaction.
        const worker = own.startWorker({ times: { ...times, renewMs: 600_000 } });
        await until(() => attempts.length === 1);
        await worker.stop();
        attempts[0]!.end();
        assert.ok((await ended[0]) instanceof Error, "its late statement fails");
        assert.deepEqual([await Effect.all().count(), (await find(id)).state], [0, "queued"]);
      });
  });
