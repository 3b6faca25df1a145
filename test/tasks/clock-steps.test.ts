/** The clock of a machine is set forward or back by an hour: nothing runs twice, and nothing piles up. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Application } from "gable";
import { cacheModel, createCache, databaseCache } from "gable/cache";
import type { AppTasks, TaskQueue, WorkerOptions } from "gable/tasks";
import { databaseTasks, memoryTasks, schedule, task, taskModel } from "gable/tasks";
import { Scheduler } from "../../src/tasks/scheduler.ts";
import { databaseKinds } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";
import { clearTasks, openQueue } from "./queue-place.ts";

const TaskRow = taskModel();
const CacheEntry = cacheModel();
const hourMs = 3_600_000;
const steps = [
  ["forward", hourMs],
  ["back", -hourMs],
] as const;
/** No worker waits long enough to take a task from one that lives, however slow the machine is. */
const times = { pollMs: 10, renewMs: 20, sweepMs: 10, unchangedMs: 600_000, stopMs: 1_000 };
const sweepsToSee = 5;

const runs: number[] = [];
let release: () => void = () => undefined;
const holding = task("holding", {}, async ({ attempt }) => {
  runs.push(attempt);
  await new Promise<void>((resolve) => (release = resolve));
});
const failing = task("failing", {}, ({ attempt }) => {
  runs.push(attempt);
  if (attempt === 1) throw new Error("once");
});
const tasks = [holding, failing];

const places = [
  { name: "memory", skip: false as const, place: undefined },
  ...databaseKinds.map(({ name, skip, place }) => ({ name, skip, place })),
];

for (const { name, skip, place } of places)
  describe(`a clock that is set, with the queue in ${name},`, { skip }, () => {
    let app: Application;
    let own: AppTasks;
    let queue: TaskQueue;
    let close: () => Promise<void> = async () => undefined;
    let clockMs = 0;
    const now = (): number => Date.now() + clockMs;
    const options: WorkerOptions = { now, times };
    before(async () => {
      ({ app, tasks: own, close } = await openQueue(place, [TaskRow, CacheEntry], { tasks }));
      queue = place === undefined ? own.queue : databaseTasks(app.database(), TaskRow);
    });
    after(() => close());
    beforeEach(async () => {
      await clearTasks(own);
      runs.length = 0;
      clockMs = 0;
    });

    const findTask = async () => (await own.list())[0]!;
    const untilRunning = async (): Promise<void> => {
      while (runs.length === 0) await sleep(5);
    };

    /** Waits until the workers have looked for leases that have ended, and for tasks. */
    async function seeSweeps(): Promise<void> {
      const used = own.queue;
      const { sweep } = used;
      let left = sweepsToSee;
      used.sweep = async (request) => {
        try {
          return await sweep.call(used, request);
        } finally {
          left--;
        }
      };
      while (left > 0) await sleep(5);
      used.sweep = sweep;
    }

    for (const [direction, stepMs] of steps) {
      it(`${direction}, does not repeat a task that runs in the same process`, async () => {
        await holding.enqueue();
        const worker = own.startWorker(options);
        await untilRunning();
        clockMs = stepMs;
        await seeSweeps();
        const { state, attempts } = await findTask();
        release();
        await worker.stop();
        assert.deepEqual([state, attempts, runs], ["running", 1, [1]]);
        assert.equal((await findTask()).state, "done");
        assert.ok((await own.stats())[0]!.p50Ms! >= 0);
      });

      it(`${direction}, does not repeat a task that runs on another machine`, async () => {
        await holding.enqueue();
        const there = own.startWorker({ times });
        await untilRunning();
        const here = own.startWorker(options);
        clockMs = stepMs;
        await seeSweeps();
        const { state, attempts } = await findTask();
        release();
        await Promise.all([there.stop(), here.stop()]);
        assert.deepEqual([state, attempts, runs], ["running", 1, [1]]);
      });

      it(`${direction}, lets a task of a worker that died run again`, async () => {
        await failing.enqueue();
        clockMs = stepMs;
        const claim = { names: ["failing"], count: 1, now: Math.max(now(), Date.now()), token: "gone" };
        await queue.claim({ ...claim, leaseUntil: now() + 60_000 });
        clockMs = 0;
        const worker = own.startWorker({ now, times: { ...times, unchangedMs: 50 } });
        while ((await findTask()).state !== "done") await sleep(5);
        await worker.stop();
        assert.deepEqual([(await findTask()).attempts, runs], [2, [2]]);
      });

      it(`${direction}, runs a task that waits for its next attempt once`, async () => {
        await failing.enqueue();
        assert.equal(await own.runAll(options), 1);
        clockMs = stepMs;
        assert.equal(await own.runAll(options), stepMs > 0 ? 1 : 0);
        clockMs = 20_000;
        assert.equal(await own.runAll(options), stepMs > 0 ? 0 : 1);
        assert.deepEqual([(await findTask()).state, runs], ["done", [1, 2]]);
      });

      it(`${direction}, keeps a unique key of a task that waits, and of one that runs`, async () => {
        const { id } = await holding.enqueue(undefined, { uniqueKey: "one" });
        const add = async () => {
          const createdAt = now();
          const plain = { name: "holding", queue: "default", priority: 0, input: "null", attemptsMax: 5 };
          const other = "0190d2a4-7c1e-7000-8000-000000000001";
          return (await queue.add([{ ...plain, id: other, dueAt: createdAt, createdAt, uniqueKey: "one" }]))[0];
        };
        clockMs = stepMs;
        assert.deepEqual(await add(), { id, created: false });
        clockMs = 0;
        const worker = own.startWorker(options);
        await untilRunning();
        clockMs = stepMs;
        await seeSweeps();
        assert.deepEqual(await add(), { id, created: false });
        release();
        await worker.stop();
      });

      it(`${direction}, gives each time of a schedule once, and none of those that it skips`, async () => {
        const start = Date.parse("2026-01-05T03:00Z");
        const often = schedule(`often-${direction}`, "* * * * *", failing);
        const settings = { queue, schedules: [often], logger: silentLogger, lookMs: 1_000_000, onAdded: () => undefined };
        const schedulers = [1, 2].map(() => new Scheduler({ ...settings, now: () => start + clockMs }));
        const look = async (minute: number, offsetMs: number): Promise<void> => {
          clockMs = minute * 60_000 + offsetMs;
          for (const scheduler of schedulers) await scheduler.look();
        };
        // Two minutes before the clock is set, three while it is wrong, and four when it is right again.
        for (const minute of [0, 1]) await look(minute, 0);
        for (const minute of [2, 3, 4]) await look(minute, stepMs);
        for (const minute of [5, 6, 7, 8]) await look(minute, 0);
        const minutes = (await own.list({ state: "queued" })).map(({ dueAt }) => (dueAt - start) / 60_000);
        const wrong = [2, 3, 4].map((minute) => minute + stepMs / 60_000);
        const order = (list: number[]): number[] => list.toSorted((one, other) => one - other);
        assert.deepEqual(order(minutes), order([0, 1, 5, 6, 7, 8, ...wrong]));
      });

      if (place !== undefined)
        it(`${direction}, lets at most one more process compute a cached value`, async (test) => {
          const date = Date.now;
          test.after(() => (Date.now = date));
          const caches = Array.from({ length: 10 }, () => createCache({ store: databaseCache(app.database(), CacheEntry) }));
          let computed = 0;
          let finish: () => void = () => undefined;
          const finished = new Promise<void>((resolve) => (finish = resolve));
          const read = (cache: (typeof caches)[0]): Promise<number> =>
            cache.remember(`clock ${direction}`, { ttlSeconds: 86_400 }, async () => {
              computed++;
              await finished;
              return 1;
            });
          const reads = [read(caches[0]!)];
          while (computed === 0) await sleep(5);
          Date.now = () => date() + stepMs;
          for (const cache of caches.slice(1)) reads.push(read(cache));
          await sleep(200);
          finish();
          assert.deepEqual(new Set(await Promise.all(reads)), new Set([1]));
          assert.ok(computed <= 2, `${computed} processes computed it`);
        });
    }
  });

describe("a schedule through the change of clocks", () => {
  /** Zone, expression, the first minute that is looked at, how many hours, and the times in UTC. */
  const rows: ReadonlyArray<readonly [zone: string, expression: string, from: string, hours: number, ticks: readonly string[]]> = [
    ["Europe/Berlin", "30 2 * * *", "2026-03-28T12:00Z", 36, ["2026-03-29T01:00Z"]],
    [
      "Europe/Berlin",
      "30 * * * *",
      "2026-03-28T23:45Z",
      3,
      ["2026-03-29T00:30Z", "2026-03-29T01:00Z", "2026-03-29T01:30Z", "2026-03-29T02:30Z"],
    ],
    ["Europe/Berlin", "30 2 * * *", "2026-10-24T12:00Z", 36, ["2026-10-25T00:30Z"]],
    ["Europe/Berlin", "0 * * * *", "2026-10-24T23:30Z", 3, ["2026-10-25T00:00Z", "2026-10-25T02:00Z"]],
    ["America/New_York", "30 2 * * *", "2026-03-07T12:00Z", 36, ["2026-03-08T07:00Z"]],
    ["America/New_York", "30 1 * * *", "2026-10-31T12:00Z", 36, ["2026-11-01T05:30Z"]],
  ];
  for (const [timeZone, expression, from, hours, ticks] of rows)
    it(`enqueues ${ticks.length} tasks for ${expression} in ${timeZone} from ${from}`, async () => {
      const queue = memoryTasks();
      const often = schedule("often", expression, failing, { timeZone });
      let nowMs = Date.parse(from);
      const settings = { queue, schedules: [often], logger: silentLogger, lookMs: 1_000_000, onAdded: () => undefined };
      const scheduler = new Scheduler({ ...settings, now: () => nowMs });
      for (const end = nowMs + hours * hourMs; nowMs <= end; nowMs += 30_000) await scheduler.look();
      assert.deepEqual(
        queue.tasks.map(({ dueAt }) => new Date(dueAt).toISOString()),
        ticks.map((tick) => new Date(tick).toISOString()),
      );
    });
});
