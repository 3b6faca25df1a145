/**
 * Processes that look after schedules are killed while they enqueue. Each time of the schedule is enqueued once.
 * `GABLE_FAULTS=long npm run faults -- kill-schedulers` is the long form: 1,000 times on each database.
 */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { databaseKinds } from "../data/databases.ts";
import { openQueue } from "../tasks/queue-place.ts";
import { Effect, TaskRow, tickTasks } from "../tasks/process-tasks.ts";

const tickCount = process.env["GABLE_FAULTS"] === "long" ? 1_000 : 12;
const processesAtOnce = 3;
/** One process dies at each third time. */
const ticksEachKill = 3;
const minuteMs = 60_000;
const start = Date.parse("2026-01-05T03:00Z");
const program = fileURLToPath(new URL("../tasks/scheduler-process.ts", import.meta.url));
const register = new URL("../../scripts/source.mjs", import.meta.url).href;

/** What a process answers. */
interface Answer {
  readonly time: number;
  readonly hasSeen: boolean;
}

async function startScheduler(url: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--import", register, program, url], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const [first] = (await Promise.race([once(child, "message"), once(child, "exit")])) as unknown[];
  assert.equal(first, "started");
  return child;
}

/** Shows the time to a process. Resolves with whether it has seen to it. */
async function show(child: ChildProcess, time: number): Promise<boolean> {
  const answered = once(child, "message") as Promise<[Answer]>;
  child.send(time);
  const [answer] = await answered;
  assert.equal(answer.time, time);
  return answer.hasSeen;
}

/** Shows the time to a process that is killed meanwhile, at any point of its work. */
async function showAndKill(child: ChildProcess, time: number): Promise<void> {
  const ended = once(child, "exit");
  child.send(time);
  await wait(Math.random() * 12);
  child.kill("SIGKILL");
  await ended;
}

for (const { name, skip, place } of databaseKinds)
  describe(`schedulers on ${name} that are killed`, { skip }, () => {
    it(`enqueue each of ${tickCount} times once`, async (test) => {
      const { tasks: own, url, close } = await openQueue(place, [Effect, TaskRow], { tasks: tickTasks });
      const children: ChildProcess[] = [];
      test.after(async () => {
        for (const child of children) child.kill("SIGKILL");
        await close();
      });
      children.push(...(await Promise.all(Array.from({ length: processesAtOnce }, () => startScheduler(url)))));
      for (let tick = 0; tick < tickCount; tick++) {
        const time = start + tick * minuteMs;
        if (tick % ticksEachKill === 0) {
          // The one that asks first dies; the others begin while it works, or after its end.
          const killed = showAndKill(children.shift()!, time);
          if (Math.random() < 0.5) await killed;
          const seen = await Promise.all(children.map((child) => show(child, time)));
          await killed;
          assert.ok(seen.includes(true), `nobody has seen to time ${tick}`);
          children.push(await startScheduler(url));
        } else {
          const seen = await Promise.all(children.map((child) => show(child, time)));
          assert.ok(seen.includes(true), `nobody has seen to time ${tick}`);
        }
      }
      const times = (await TaskRow.orderBy("dueAt")).map(({ dueAt }) => (dueAt.getTime() - start) / minuteMs);
      assert.deepEqual(
        times,
        Array.from({ length: tickCount }, (_, tick) => tick),
      );
      assert.equal(await own.runAll(), tickCount);
      assert.equal(await Effect.all().count(), tickCount);
    });
  });
