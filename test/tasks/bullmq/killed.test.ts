/** Processes that die while tasks are in BullMQ, or on their way there. */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { after, describe, it } from "node:test";
import { createDatabase, transaction } from "gable/data";
import { gable } from "gable";
import { bullmqQueue, tasksPart } from "gable/tasks";
import { createClient } from "redis";
import { databaseKinds } from "../../data/databases.ts";
import { createPrefix, redisUrl, removeKeys, skipRedis } from "../../session/redis.ts";
import { silentLogger } from "../../silent-logger.ts";
import { Effect, record, TaskRow } from "./outbox-tasks.ts";

const register = new URL("../../../scripts/source.mjs", import.meta.url).href;
const prefixes: string[] = [];

after(async () => {
  for (const prefix of prefixes) await removeKeys(prefix);
});

function newPrefix(): string {
  const prefix = createPrefix();
  prefixes.push(prefix);
  return prefix;
}

async function startProcess(file: URL, ...args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--import", register, file.pathname, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit").then(([code]) => assert.fail(`${file.pathname} ended with ${String(code)}.`));
  // Later it ends because the test kills it.
  ended.catch(() => undefined);
  await Promise.race([once(child.stdout, "data"), ended]);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
  child.kill("SIGKILL");
  await ended;
}

describe("workers of BullMQ that are killed", { skip: skipRedis }, () => {
  it("lose none of 400 tasks, and repeat only what ran when they died", async () => {
    const prefix = newPrefix();
    const queue = bullmqQueue({ url: redisUrl, prefix });
    const client = createClient({ url: redisUrl });
    await client.connect();
    const plain = { name: "note", queue: "default", priority: 0, input: "null", attemptsMax: 50 };
    const ids = Array.from({ length: 400 }, () => randomUUID());
    await queue.add(ids.map((id) => ({ ...plain, id, dueAt: Date.now(), createdAt: Date.now() })));
    const start = (): Promise<ChildProcess> => startProcess(new URL("./killed-worker.ts", import.meta.url), redisUrl, prefix);
    const workers = await Promise.all([start(), start()]);
    let kills = 0;
    const countDone = async (): Promise<number> => (await queue.list!({ state: "done", limit: 1_000 })).length;
    try {
      while ((await countDone()) < ids.length) {
        if (kills >= 6) {
          await sleep(100);
          continue;
        }
        await sleep(150);
        const index = kills++ % workers.length;
        await kill(workers[index]!);
        workers[index] = await start();
      }
    } finally {
      await Promise.all(workers.map(kill));
    }
    const runs = await client.hGetAll(`${prefix}runs`);
    assert.deepEqual(Object.keys(runs).toSorted(), ids.toSorted());
    const repeats = Object.values(runs).reduce((sum, count) => sum + Number(count) - 1, 0);
    assert.ok(repeats <= kills * 5, `${repeats} repeats after ${kills} kills`);
    const [stats] = await queue.stats!(Date.now());
    assert.deepEqual([stats!.waiting, stats!.later, stats!.running, stats!.failed], [0, 0, 0, 0]);
    await client.close();
    await queue.close!();
  });
});

for (const { name, skip, place } of databaseKinds)
  describe(`the outbox of ${name} for BullMQ`, { skip: skipRedis === false ? skip : skipRedis }, () => {
    it("loses nothing when a process dies between commit and delivery, and nothing of a rollback arrives", async () => {
      const prefix = newPrefix();
      const placed = await place();
      const database = await createDatabase({ url: placed.url, models: [Effect, TaskRow], bind: false });
      await database.createTables();
      const child = await startProcess(new URL("./outbox-process.ts", import.meta.url), placed.url, redisUrl, prefix);
      await kill(child);
      const left = await database.run(() => TaskRow.where({ state: "outbox" }).count());
      assert.equal(left, 3);
      assert.equal(await removeKeys(`${prefix}tasks:default:`), 0, "nothing has arrived");
      // A minute later, other processes move what is left.
      await database.run(() => TaskRow.all().update({ createdAt: new Date(Date.now() - 61_000) }));
      const queue = bullmqQueue({ url: redisUrl, prefix });
      const app = gable({
        mode: "test",
        logger: silentLogger,
        database: placed.url,
        models: [Effect, TaskRow],
        tasks: { tasks: [record], queue, run: "elsewhere" },
      });
      await app.start();
      while ((await database.run(() => TaskRow.all().count())) > 0) await sleep(20);
      await assert.rejects(
        transaction(
          async () => {
            await record.enqueue({ number: 9 });
            throw new Error("no");
          },
          { database: app.database() },
        ),
        /no/,
      );
      assert.equal(await app.part(tasksPart).runAll(), 3);
      const numbers = (await database.run(async () => Effect.orderBy("number"))).map(({ number }) => number);
      assert.deepEqual(numbers, [1, 2, 3]);
      await app.close();
      await database.close();
      await placed.remove();
    });
  });
