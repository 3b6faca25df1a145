/** The server cuts all connections while a worker runs tasks: none is lost, and what transactional tasks write is there once. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "node:test";
import { isGableError } from "gable";
import { transaction } from "gable/data";
import { endMariadb, placeMariadb, placePostgres, runOnServer, skipMariadb, skipPostgres } from "../data/databases.ts";
import { openQueue } from "./queue-place.ts";
import { assertEffects } from "./effects.ts";
import { Effect, TaskRow, tasks } from "./process-tasks.ts";

const [record, , keep] = tasks;
const taskCount = 1_000;
/** Fewer than the attempts of a task. */
const cutCount = 4;
const concurrency = 5;
const servers = [
  {
    name: "PostgreSQL",
    skip: skipPostgres,
    place: placePostgres,
    endAll: (name: string) => runOnServer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`),
  },
  { name: "MariaDB", skip: skipMariadb, place: placeMariadb, endAll: endMariadb },
];

/** Counts the tasks that are not done. The end of a connection that was cut last may not be known yet. */
async function countLeft(tries = 20): Promise<number> {
  try {
    return await TaskRow.where({ state: { ne: "done" } }).count();
  } catch (error) {
    if (tries === 0 || !isGableError(error) || error.code !== "E_DATABASE_GONE") throw error;
    await sleep(50);
    return countLeft(tries - 1);
  }
}

for (const { name, skip, place, endAll } of servers)
  describe(`a worker whose connections ${name} cuts ${cutCount} times`, { skip }, () => {
    it(`loses none of ${taskCount} tasks, and writes exactly once in a transaction`, async (test) => {
      const { tasks: own, url, close } = await openQueue(place, [Effect, TaskRow], { tasks, concurrency });
      test.after(async () => {
        await close();
      });
      await transaction(async () => {
        // Even numbers are written in a transaction, odd ones may be written again by the next attempt.
        for (let number = 0; number < taskCount; number++) await (number % 2 === 0 ? keep : record).enqueue({ number });
      });
      let failures = 0;
      const worker = own.startWorker({ times: { pollMs: 20 }, onFailure: () => void failures++ });
      for (let cut = 0; cut < cutCount; cut++) {
        await sleep(100 + Math.random() * 50);
        await endAll(new URL(url).pathname.slice(1));
      }
      await worker.stop();
      const left = await countLeft();
      // The server may be rolling back what a cut connection did: until then, its rows are passed over, and it may lock many.
      const until = performance.now() + 300_000;
      for (let run = 1; performance.now() < until && (await TaskRow.where({ state: { ne: "done" } }).exists()); run++) {
        await own.runAll({ now: () => Date.now() + run * 3_600_000 });
        await sleep(100);
      }

      const repeats = await assertEffects(taskCount);
      assert.ok(repeats <= cutCount * concurrency, `${repeats} repeats after ${cutCount} cuts`);
      assert.ok(failures > 0 || left > 0, "no connection was cut while tasks ran");
    });
  });
