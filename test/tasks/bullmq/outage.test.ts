/** A queue in BullMQ whose Redis is away, is the wrong one, or comes back. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "node:test";
import { gable } from "gable";
import { field as f } from "gable/data";
import { bullmqQueue, task, tasksPart } from "gable/tasks";
import { createClient } from "redis";
import { canStartRedis, findFreePort, startRedis, stopRedis } from "../../session/redis-server.ts";
import { skipRedis } from "../../session/redis.ts";
import { silentLogger } from "../../silent-logger.ts";

const seen: number[] = [];
const note = task("note", { input: { number: f.int() } }, ({ input }) => void seen.push(input.number));
const skip = skipRedis === false && canStartRedis() ? false : "no redis-server here";
const toUrl = (port: number): string => `redis://127.0.0.1:${port}`;

describe("bullmqQueue() and its Redis", { skip }, () => {
  it("fails while Redis is away, and loses nothing when it is back", async () => {
    const folder = mkdtempSync(join(tmpdir(), "gable-bullmq-"));
    const port = await findFreePort();
    const start = (): ReturnType<typeof startRedis> =>
      startRedis(port, ["--appendonly", "yes", "--appendfsync", "always", "--dir", folder]);
    let server = await start();
    const queue = bullmqQueue({ url: toUrl(port) });
    const app = gable({ mode: "test", logger: silentLogger, tasks: { tasks: [note], queue, run: "elsewhere" } });
    await app.start();
    const own = app.part(tasksPart);
    try {
      seen.length = 0;
      const enqueued: number[] = [];
      const worker = own.startWorker({ times: { pollMs: 20 } });
      for (const outage of [1, 2]) {
        for (let number = outage * 100; number < outage * 100 + 20; number++) {
          // None runs when Redis dies: it would run again only after its lease.
          await note.enqueue({ number }, { delaySeconds: 2 });
          enqueued.push(number);
        }
        await stopRedis(server);
        // A queue that the process has not used before fails as well, and does not wait.
        for (const name of ["default", `another ${outage}`])
          await assert.rejects(queue.add([{ ...plain(name), dueAt: Date.now(), createdAt: Date.now() }]), {
            code: "E_REDIS_COMMAND",
            status: 503,
          });
        await assert.rejects(queue.claim({ names: ["note"], count: 1, now: 0, leaseUntil: Date.now() + 60_000, token: "a" }), {
          code: "E_REDIS_COMMAND",
        });
        await assert.rejects(own.stats(), { code: "E_REDIS_COMMAND" });
        server = await start();
        // The client connects again by itself.
        while (!(await own.stats().catch(() => undefined))) await sleep(20);
      }
      while (new Set(seen).size < enqueued.length) await sleep(20);
      await worker.stop();
      assert.deepEqual(
        seen.toSorted((one, other) => one - other),
        enqueued,
      );
    } finally {
      await stopRedis(server);
      await app.close();
      rmSync(folder, { recursive: true });
    }
  });

  it("closes after what runs, opens no connection afterwards, and can be opened again", async () => {
    const port = await findFreePort();
    const server = await startRedis(port);
    const queue = bullmqQueue({ url: toUrl(port) });
    try {
      await queue.add([{ ...plain("default"), dueAt: Date.now(), createdAt: Date.now() }]);
      const sweeping = queue.sweep({ now: Date.now(), doneBefore: 0, failedBefore: 0, rowsMax: 10 });
      await queue.close!();
      assert.equal(await sweeping, 0);
      const client = createClient({ url: toUrl(port) });
      await client.connect();
      const clients = String(await client.sendCommand(["CLIENT", "LIST"]))
        .trim()
        .split("\n");
      await client.close();
      assert.equal(clients.length, 1, "only the one that asks");
      await assert.rejects(queue.stats(Date.now()), { code: "E_REDIS_COMMAND", message: "bullmqQueue() is closed." });
      await queue.open!();
      assert.equal((await queue.stats(Date.now()))[0]!.waiting, 1);
    } finally {
      await queue.close!();
      await stopRedis(server);
    }
  });

  it("fails the start when nothing answers at the address", async () => {
    const port = await findFreePort();
    const queue = bullmqQueue({ url: `redis://user:secret@127.0.0.1:${port}` });
    const app = gable({ mode: "test", logger: silentLogger, tasks: { tasks: [note], queue, run: "elsewhere" } });
    await assert.rejects(app.start(), (error: Error & { code: string }) => {
      assert.equal(error.code, "E_REDIS_CONNECT");
      assert.match(error.message, new RegExp(`^Cannot connect to Redis at redis://127\\.0\\.0\\.1:${port}: `));
      return !error.message.includes("secret");
    });
    await app.close();
  });

  it("refuses a Redis that deletes keys when its memory is full, and takes one without a limit", async () => {
    for (const [memory, policy, isRefused] of [
      ["64mb", "allkeys-lru", true],
      ["64mb", "volatile-ttl", true],
      ["64mb", "noeviction", false],
      ["0", "allkeys-lru", false],
    ] as const) {
      const port = await findFreePort();
      const server = await startRedis(port, ["--maxmemory", memory, "--maxmemory-policy", policy]);
      const queue = bullmqQueue({ url: toUrl(port) });
      try {
        if (!isRefused) await queue.open!();
        else
          await assert.rejects(queue.open!(), {
            code: "E_TASK_STORE",
            message: `Redis at redis://127.0.0.1:${port} deletes keys when its memory is full: its maxmemory-policy is ${policy}.`,
            fix: "Set maxmemory-policy to noeviction, or use another Redis for tasks than for the cache.",
          });
      } finally {
        await queue.close!();
        await stopRedis(server);
      }
    }
  });

  it("refuses a transactional task at the start", async () => {
    const port = await findFreePort();
    const server = await startRedis(port);
    const half = task("half", { transactional: true }, () => undefined);
    const app = gable({
      mode: "test",
      logger: silentLogger,
      tasks: { tasks: [half], queue: bullmqQueue({ url: toUrl(port) }), run: "worker" },
    });
    try {
      await assert.rejects(app.start(), {
        code: "E_TASK_STORE",
        message: 'The task "half" is transactional, and its queue has no transactions.',
      });
    } finally {
      await app.close();
      await stopRedis(server);
    }
  });
});

describe("bullmqQueue()", () => {
  const wrong: ReadonlyArray<readonly [options: object, message: RegExp]> = [
    [{}, /"url" is undefined; it must be an address such as "redis:\/\/localhost:6379"/],
    [{ url: "http://user:secret@localhost" }, /"url" is "\(hidden\)"/],
    [{ url: "redis://localhost", prefix: 7 }, /"prefix" is 7/],
    [{ url: "redis://localhost", doneSeconds: 3_599 }, /"doneSeconds" is 3599; it must be a whole number from 3600 to 604800/],
    [{ url: "redis://localhost", doneSeconds: 604_801 }, /"doneSeconds" is 604801; it must be a whole number from 3600 to 604800/],
    [{ url: "redis://localhost", prefx: "a" }, /bullmqQueue\(\) has no option "prefx"/],
  ];
  for (const [options, message] of wrong)
    it(`refuses ${JSON.stringify(options)}`, () =>
      // The wrong options are the point of the test.
      assert.throws(() => bullmqQueue(options as Parameters<typeof bullmqQueue>[0]), message));
});

function plain(queue: string): { id: string; name: string; queue: string; priority: number; input: string; attemptsMax: number } {
  return { id: "0190d2a4-7c1e-7000-8000-00000000000a", name: "note", queue, priority: 0, input: '{"number":0}', attemptsMax: 5 };
}
