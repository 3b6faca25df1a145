/**
 * Processes that run tasks are killed at any time. No task is lost, and what transactional tasks write is there once.
 * `GABLE_FAULTS=long npm run faults -- kill-workers` is the long form: 1,000 kills and 100,000 tasks on each database.
 */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { transaction } from "gable/data";
import { databaseKinds } from "../data/databases.ts";
import { openQueue } from "../tasks/queue-place.ts";
import { assertEffects } from "../tasks/effects.ts";
import { Effect, TaskRow, tasks } from "../tasks/process-tasks.ts";

const isLong = process.env["GABLE_FAULTS"] === "long";
const [taskCount, killCount] = isLong ? [100_000, 1_000] : [800, 8];
const workersAtOnce = 4;
/** Most tasks at a time in one worker, as worker-process.ts sets it. */
const concurrency = 5;
const rounds = killCount / workersAtOnce;
const tasksEachRound = taskCount / rounds;
/** By then, each lease of a dead worker has ended, and each pause after a failed attempt. */
const laterMs = 3_600_000;
/** A database may be rolling back what a dead worker did, so that an attempt after it fails, too. */
const lastRuns = 4;
const program = fileURLToPath(new URL("../tasks/worker-process.ts", import.meta.url));
const register = new URL("../../scripts/source.mjs", import.meta.url).href;
const [record, , keep] = tasks;

/** Starts a worker, and kills it while it works. */
async function workUntilKilled(url: string): Promise<void> {
  const child: ChildProcess = spawn(process.execPath, ["--import", register, program, url, "until killed"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  await Promise.race([once(child.stdout!, "data"), ended]);
  assert.equal(child.exitCode, null, "a worker has ended by itself");
  await wait(Math.random() * 150);
  child.kill("SIGKILL");
  await ended;
}

for (const { name, skip, place } of databaseKinds)
  describe(`workers on ${name} that are killed ${killCount} times`, { skip }, () => {
    it(`lose none of ${taskCount} tasks, and write exactly once in a transaction`, async (test) => {
      const { tasks: own, url, close } = await openQueue(place, [Effect, TaskRow], { tasks });
      test.after(async () => {
        await close();
      });
      for (let round = 0; round < rounds; round++) {
        await transaction(async () => {
          for (let index = 0; index < tasksEachRound; index++) {
            const number = round * tasksEachRound + index;
            // Even numbers are written in a transaction, odd ones may be written again by the next attempt.
            await (number % 2 === 0 ? keep : record).enqueue({ number });
          }
        });
        await Promise.all(Array.from({ length: workersAtOnce }, () => workUntilKilled(url)));
      }
      const interrupted = await TaskRow.where({ state: "running" }).count();
      for (let run = 1; run <= lastRuns; run++) await own.runAll({ now: () => Date.now() + run * laterMs });

      assert.ok(interrupted > 0, "no worker was killed while it worked");
      const repeats = await assertEffects(taskCount);
      assert.ok(repeats <= killCount * concurrency, `${repeats} repeats after ${killCount} kills`);
      test.diagnostic(`${repeats} effects outside of a transaction were written again`);
    });
  });
