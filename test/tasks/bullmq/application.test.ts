/** An application whose tasks are in BullMQ: what people see and change, and what workers do. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, afterEach, beforeEach, describe, it } from "node:test";
import { Queue } from "bullmq";
import type { Application } from "gable";
import { gable } from "gable";
import { field as f } from "gable/data";
import type { AnyTask, AppTasks, NewTask, WorkerOptions } from "gable/tasks";
import { bullmqQueue, task, TaskRejected, tasksPart } from "gable/tasks";
import { createClient } from "redis";
import { createPrefix, redisUrl, removeKeys, skipRedis } from "../../session/redis.ts";
import { silentLogger } from "../../silent-logger.ts";
import { countingTask, showingTask } from "../sample-tasks.ts";

const options: WorkerOptions = { times: { pollMs: 20, renewMs: 50, sweepMs: 50, stopMs: 100 } };
const seen: string[] = [];
let reason: unknown;

const note = task("note", { input: { text: f.text({ max: 50 }) } }, ({ input }) => void seen.push(input.text));
const urgent = task("urgent", { priority: 100 }, () => void seen.push("urgent"));
const other = task("other", { queue: "images/large" }, () => void seen.push("other"));
const secret = task("secret", { input: { text: f.text({ max: 50 }) }, keepsInput: false }, ({ input }) => void seen.push(input.text));
const failing = task("failing", { attemptsMax: 2 }, ({ attempt }) => {
  throw new Error(`no ${attempt}`);
});
const rejected = task("rejected", {}, () => {
  throw new TaskRejected("The photo does not exist.");
});
const endless = task("endless", {}, async ({ signal }) => {
  await sleep(60_000, undefined, { signal }).catch(() => undefined);
  reason = signal.reason;
  throw signal.reason;
});
const counting = countingTask(seen);
const { showing, release } = showingTask();
const all = [note, urgent, other, secret, failing, rejected, endless, counting, showing];

describe("an application with bullmqQueue()", { skip: skipRedis }, () => {
  const prefixes: string[] = [];
  const apps: Application[] = [];
  let prefix = "";
  let own: AppTasks;
  const open = async (tasks: readonly AnyTask[] = all): Promise<AppTasks> => {
    const queue = bullmqQueue({ url: redisUrl, prefix });
    const app = gable({ mode: "test", logger: silentLogger, tasks: { tasks, queue, run: "elsewhere" } });
    await app.start();
    apps.push(app);
    return app.part(tasksPart);
  };
  beforeEach(async () => {
    prefix = createPrefix();
    prefixes.push(prefix);
    seen.length = 0;
    reason = undefined;
    own = await open();
  });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
  });
  after(async () => {
    for (const each of prefixes) await removeKeys(each);
  });
  const states = async (): Promise<string[]> => (await own.list()).map(({ state }) => state);
  const until = async (isReached: () => Promise<boolean>): Promise<void> => {
    while (!(await isReached())) await sleep(10);
  };
  /** Lets BullMQ itself look at a queue. */
  const withBullmq = async <Result>(work: (queue: Queue) => Promise<Result>): Promise<Result> => {
    const connection = createClient({ url: redisUrl });
    await connection.connect();
    const queue = new Queue("default", { connection: connection as never, prefix: `${prefix}tasks` }); // Its types know older versions.
    try {
      return await work(queue);
    } finally {
      await queue.close();
      await connection.close();
    }
  };

  it("runs the most urgent task of a queue first, whatever its name, and all queues", async () => {
    await note.enqueue({ text: "low" }, { priority: -100 });
    await note.enqueue({ text: "first" });
    await note.enqueue({ text: "second" });
    await urgent.enqueue();
    await other.enqueue();
    assert.equal(await own.runAll({ queues: ["default"], concurrency: 1 }), 4);
    assert.deepEqual(seen, ["urgent", "first", "second", "low"]);
    assert.equal(await own.runAll(), 1);
    const listed = (await own.list({ name: "other" }))[0]!;
    assert.deepEqual([listed.queue, listed.state, listed.attempts], ["images/large", "done", 1]);
  });

  it("runs a task of every queue, however full another one is", async () => {
    for (let number = 0; number < 30; number++) await note.enqueue({ text: String(number) });
    for (let number = 0; number < 5; number++) await other.enqueue();
    const claim = { names: own.names, count: 10, now: Date.now(), leaseUntil: Date.now() + 60_000, token: "one" };
    const claimed = await own.queue.claim(claim);
    assert.equal(claimed.length, 10);
    assert.equal(claimed.filter(({ name }) => name === "other").length, 5);
    assert.equal((await own.queue.claim({ ...claim, count: 100 })).length, 25);
  });

  it("retries with a growing delay, fails after the last attempt, and starts again on request", async () => {
    const before = Date.now();
    const { id } = await failing.enqueue();
    assert.equal(await own.runAll(), 1);
    const [waiting] = await own.list();
    assert.deepEqual([waiting!.state, waiting!.attempts, waiting!.error], ["queued", 1, "no 1"]);
    const delayMs = waiting!.dueAt - before;
    assert.ok(delayMs >= 12_000 && delayMs <= 20_000, `the delay is ${delayMs} ms`);
    assert.equal(await own.runAll(), 0);
    await withBullmq((queue) => queue.promoteJobs());
    assert.equal(await own.runAll(), 1);
    const [failed] = await own.list({ state: "failed" });
    assert.deepEqual([failed!.id, failed!.attempts, failed!.error, failed!.attemptsMax], [id, 2, "no 2", 2]);
    assert.ok(failed!.finishedAt! >= failed!.startedAt! && failed!.startedAt! >= before);
    assert.equal(await own.retry(id), true);
    assert.equal(await own.retry(id), false);
    const [again] = await own.list();
    assert.deepEqual([again!.state, again!.attempts, again!.error, again!.finishedAt, again!.startedAt], ["queued", 0, "no 2", null, null]);
    assert.equal(await own.runAll(), 1);
    assert.deepEqual((await own.list())[0]!.error, "no 1");
    for (const unknown of ["00000000-0000-7000-8000-000000000000", "no id"])
      assert.deepEqual([await own.retry(unknown), await own.cancel(unknown), await own.discard(unknown)], [false, "ended", false]);
  });

  it("cancels a queued task, also one for later, and queues it again", async () => {
    const { id } = await note.enqueue({ text: "a" }, { uniqueKey: "k" });
    const { id: later } = await note.enqueue({ text: "b" }, { delaySeconds: 600 });
    assert.deepEqual([await own.cancel(id), await own.cancel(later), await own.cancel(id)], ["cancelled", "cancelled", "ended"]);
    assert.deepEqual(await states(), ["cancelled", "cancelled"]);
    assert.equal(await own.runAll(), 0);
    const { id: holder } = await note.enqueue({ text: "c" }, { uniqueKey: "k" });
    await assert.rejects(own.retry(id), { code: "E_TASK_KEY_HELD", message: `The task ${holder} with the unique key "k" waits or runs.` });
    assert.equal(await own.discard(holder), false);
    assert.equal(await own.cancel(holder), "cancelled");
    assert.deepEqual([await own.discard(holder), await own.discard(holder)], [true, false]);
    assert.deepEqual([await own.retry(id), await own.retry(later)], [true, true]);
    assert.deepEqual(await note.enqueue({ text: "d" }, { uniqueKey: "k" }), { id, created: false });
    assert.equal(await own.runAll(), 2);
    assert.deepEqual(seen.toSorted(), ["a", "b"]);
    assert.equal(await own.discard(id), false);
  });

  it("takes a key back from a task that failed before it held the key again", async () => {
    const { id } = await rejected.enqueue(undefined, { uniqueKey: "k" });
    await own.runAll();
    const queue = bullmqQueue({ url: redisUrl, prefix });
    assert.equal(await queue.findHolder("rejected", "k"), undefined);
    // As if a process had died in retry(): the key is held, and the task has failed.
    const client = createClient({ url: redisUrl });
    await client.connect();
    await rejected.enqueue(undefined, { uniqueKey: "k" });
    const [key] = await client.keys(`${prefix}*:de:*`);
    await client.set(key!, id);
    assert.equal(await queue.findHolder("rejected", "k"), undefined);
    assert.equal((await rejected.enqueue(undefined, { uniqueKey: "k" })).created, true);
    await client.close();
    await queue.close?.();
  });

  it("asks a running task to stop, also from another process", async () => {
    const elsewhere = bullmqQueue({ url: redisUrl, prefix });
    for (const cancel of [(id: string) => own.cancel(id), (id: string) => elsewhere.cancel(id, Date.now())]) {
      reason = undefined;
      const { id } = await endless.enqueue();
      const worker = own.startWorker(options);
      await until(async () => (await states())[0] === "running");
      assert.equal(await cancel(id), "asked");
      await until(async () => (await states())[0] !== "running");
      await worker.stop();
      assert.equal((reason as { code: string }).code, "E_TASK_CANCELLED");
      const [listed] = await own.list();
      assert.deepEqual([listed!.state, listed!.cancelAt !== null, await cancel(id)], ["cancelled", true, "ended"]);
    }
    await elsewhere.close?.();
  });

  it("cancels a task that was asked to stop when its worker has died, and when it fails", async () => {
    const { id } = await note.enqueue({ text: "a" }, { uniqueKey: "k" });
    const claim = { names: ["note"], count: 1, now: Date.now(), leaseUntil: Date.now() + 300, token: "gone" };
    assert.equal((await own.queue.claim(claim)).length, 1);
    assert.equal(await own.cancel(id), "asked");
    await sleep(400);
    assert.equal(await own.cancel(id), "asked");
    await until(async () => (await own.runAll(), (await states())[0] !== "running"));
    assert.deepEqual([await states(), seen], [["cancelled"], []]);
    assert.equal(await own.retry(id), true);
    await own.queue.claim({ ...claim, leaseUntil: Date.now() + 60_000 });
    await own.cancel(id);
    assert.equal(await own.queue.settle({ id, token: "gone" }, { state: "queued", now: Date.now(), isFree: true }), true);
    assert.deepEqual(await states(), ["cancelled"]);
  });

  it("goes on at the cursor in another worker, without the cost of an attempt", async () => {
    await counting.enqueue();
    const worker = own.startWorker({ ...options, times: { ...options.times, stopMs: 60_000 } });
    await until(async () => seen.length >= 3);
    await worker.stop();
    const [listed] = await own.list();
    assert.deepEqual([listed!.state, listed!.attempts], ["queued", 0]);
    const before = seen.length;
    const next = (await open()).startWorker(options);
    await until(async () => seen.length >= before + 3);
    await next.stop();
    assert.deepEqual(
      seen,
      seen.map((_, index) => String(index + 1)),
    );
  });

  it("gives a task back when its worker stops, without the cost of an attempt", async () => {
    await endless.enqueue();
    const worker = own.startWorker(options);
    await until(async () => (await states())[0] === "running");
    await worker.stop();
    const [listed] = await own.list();
    assert.deepEqual([listed!.state, listed!.attempts, (reason as { code: string }).code], ["queued", 0, "E_TASK_STOPPED"]);
  });

  it("shows the progress of a task", async () => {
    await showing.enqueue();
    const worker = own.startWorker(options);
    await until(async () => (await own.list())[0]!.progress !== null);
    assert.deepEqual((await own.list())[0]!.progress, { label: "Import", done: 1, total: 3, note: "first" });
    release();
    await until(async () => (await states())[0] === "done");
    await worker.stop();
    assert.deepEqual((await own.list())[0]!.progress, { label: "Import", done: 3, total: 3, note: "third" });
  });

  it("leaves tasks without code in the queue, runs what comes after them, and costs them no attempt", async () => {
    for (let number = 0; number < 25; number++) await urgent.enqueue();
    await note.enqueue({ text: "a" });
    const old = await open([note]);
    const worker = old.startWorker(options);
    await until(async () => seen.length > 0);
    await sleep(100);
    await worker.stop();
    assert.deepEqual(seen, ["a"]);
    const parked = await own.list({ name: "urgent" });
    assert.deepEqual(
      parked.map(({ state, attempts, startedAt }) => [state, attempts, startedAt]),
      Array.from({ length: 25 }, () => ["queued", 0, null]),
    );
    // They rest, and they wait nevertheless.
    const [{ waiting, later, oldestSeconds } = assert.fail()] = await own.stats();
    assert.deepEqual([waiting, later, typeof oldestSeconds], [25, 0, "number"]);
    await until(async () => (await own.runAll(), seen.length === 26));
    assert.ok((await own.list({ name: "urgent" })).every(({ state, attempts }) => state === "done" && attempts === 1));
  });

  it("counts the tasks of each queue", async () => {
    await note.enqueue({ text: "a" });
    await rejected.enqueue();
    await own.runAll();
    await note.enqueue({ text: "later" }, { delaySeconds: 600 });
    await endless.enqueue(undefined, { priority: 50 });
    await own.queue.claim({ names: ["endless"], count: 1, now: Date.now(), leaseUntil: Date.now() + 60_000, token: "one" });
    const old: Pick<NewTask, "dueAt" | "createdAt"> = { dueAt: Date.now() - 90_000, createdAt: Date.now() - 90_000 };
    const plain = { name: "note", queue: "default", input: '{"text":"b"}', attemptsMax: 5 };
    await own.queue.add([
      { ...plain, ...old, id: "0190d2a4-7c1e-7000-8000-00000000000a", priority: -7 },
      { ...plain, dueAt: Date.now() - 100, createdAt: Date.now(), id: "0190d2a4-7c1e-7000-8000-00000000000b", priority: 7 },
    ]);
    await other.enqueue();
    await own.cancel((await other.enqueue()).id);
    const [plainQueue, images, ...more] = await own.stats();
    const { oldestSeconds, p50Ms, p95Ms, ...counts } = plainQueue!;
    assert.deepEqual(counts, { queue: "default", waiting: 2, later: 1, running: 1, failed: 1 });
    assert.ok(oldestSeconds! >= 90 && oldestSeconds! < 120, String(oldestSeconds));
    assert.ok(p50Ms !== null && p50Ms <= p95Ms!);
    assert.deepEqual([images!.queue, images!.waiting, images!.oldestSeconds, images!.p50Ms, more], ["images/large", 1, 0, null, []]);
  });

  it("lists the latest tasks first, by state and by name, across pages", async () => {
    const texts = Array.from({ length: 230 }, (_, number) => String(number));
    await own.queue.add(
      texts.map((text, number) => ({
        id: `0190d2a4-7c1e-7000-8000-${String(number).padStart(12, "0")}`,
        name: number % 2 === 0 ? "note" : "secret",
        queue: "default",
        priority: 3,
        input: JSON.stringify({ text }),
        attemptsMax: 5,
        dueAt: 1_700_000_000_000 + number,
        createdAt: 1_700_000_000_000 + number,
      })),
    );
    const found = await own.list({ limit: 230 });
    assert.deepEqual(
      found.map(({ input }) => JSON.parse(input) as unknown),
      texts.toReversed().map((text) => ({ text })),
    );
    assert.deepEqual(
      [found[0]!.priority, found[0]!.uniqueKey, found[0]!.dueAt, found[0]!.createdAt],
      [3, null, 1_700_000_000_229, 1_700_000_000_229],
    );
    assert.equal((await own.list({ name: "secret", limit: 3 })).length, 3);
    assert.equal((await own.list({ name: "secret", state: "queued", limit: 1_000 })).length, 115);
    assert.deepEqual(await own.list({ state: "failed" }), []);
  });

  it("forgets the input of a task that is done, also when a process died before it could", async () => {
    await secret.enqueue({ text: "password" });
    await own.runAll();
    assert.deepEqual(
      (await own.list()).map(({ input, state }) => [input, state]),
      [["null", "done"]],
    );
    const { id } = await note.enqueue({ text: "left" });
    const client = createClient({ url: redisUrl });
    await client.connect();
    await client.sAdd(`${prefix}tasks:forget`, [`default\n${id}`, "default\ngone"]);
    await own.queue.sweep({ now: Date.now(), doneBefore: 0, failedBefore: 0, rowsMax: 10 });
    assert.equal((await own.list({ state: "queued" }))[0]!.input, '{"text":"left"}', "it has not run yet");
    assert.deepEqual(await client.sMembers(`${prefix}tasks:forget`), [`default\n${id}`]);
    await own.runAll();
    await own.queue.sweep({ now: Date.now(), doneBefore: 0, failedBefore: 0, rowsMax: 10 });
    assert.deepEqual(
      (await own.list()).map(({ input }) => input),
      ["null", "null"],
    );
    assert.equal(await client.exists(`${prefix}tasks:forget`), 0);
    await client.close();
  });

  it("keeps tasks that are done for doneSeconds, and remembers those that it adds once for longer", async () => {
    const short = bullmqQueue({ url: redisUrl, prefix, doneSeconds: 3_600 });
    const long = bullmqQueue({ url: redisUrl, prefix });
    const createdAt = Date.now() - 3_700_000;
    const plain = { name: "note", queue: "default", input: '{"text":"a"}', attemptsMax: 1, priority: 0, createdAt, dueAt: createdAt };
    const tick = { ...plain, id: "0190d2a4-7c1e-7000-8000-00000000000a", isOnce: true };
    await own.queue.add([tick, { ...plain, id: "0190d2a4-7c1e-7000-8000-00000000000b" }]);
    await own.cancel(tick.id);
    await own.runAll();
    const client = createClient({ url: redisUrl });
    await client.connect();
    const key = `${prefix}tasks:default:completed`;
    for (const { value } of await client.zRangeWithScores(key, 0, -1)) {
      await client.zAdd(key, { value, score: createdAt });
      await client.hSet(`${prefix}tasks:default:${value}`, "finishedOn", createdAt);
    }
    await client.close();
    const request = { now: Date.now(), doneBefore: Date.now() - 604_800_000, failedBefore: 0, rowsMax: 10 };
    assert.equal(await long.sweep(request), 0);
    assert.equal(await short.sweep(request), 2);
    assert.deepEqual([await states(), await own.queue.add([tick])], [[], [{ id: tick.id, created: false }]]);
    for (const queue of [short, long]) await queue.close!();
  });

  it("gives BullMQ a queue that its own tools understand", async () => {
    await note.enqueue({ text: "a" }, { priority: 99 });
    await note.enqueue({ text: "b" }, { delaySeconds: 600 });
    const counts = await withBullmq((queue) => queue.getJobCounts("prioritized", "delayed", "active", "completed"));
    assert.deepEqual(counts, { prioritized: 1, delayed: 1, active: 0, completed: 0 });
    await withBullmq((queue) => queue.pause());
    assert.equal(await own.runAll(), 0);
    await withBullmq((queue) => queue.resume());
    assert.equal(await own.runAll(), 1);
  });
});
