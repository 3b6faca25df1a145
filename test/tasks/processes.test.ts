/** Workers in several processes, some of which die. */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Application } from "gable";
import { gable } from "gable";
import { transaction } from "gable/data";
import type { AppTasks } from "gable/tasks";
import { tasksPart } from "gable/tasks";
import { databaseKinds } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";
import { Effect, TaskRow, tasks } from "./process-tasks.ts";

const file = new URL("./worker-process.ts", import.meta.url).pathname;
const register = new URL("../../scripts/source.mjs", import.meta.url).href;

function startProcess(url: string, kind: "once" | "until killed"): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, ["--import", register, file, url, kind], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output };
}

for (const { name, skip, place } of databaseKinds)
  describe(`workers in processes on ${name}`, { skip }, () => {
    const [record, stuck] = tasks;
    let app: Application;
    let own: AppTasks;
    let placed: Awaited<ReturnType<typeof place>>;
    before(async () => {
      placed = await place();
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
      await placed.remove();
    });
    beforeEach(async () => {
      await TaskRow.all().delete();
      await Effect.all().delete();
    });

    it("run each of 1,000 tasks exactly once", async () => {
      await transaction(async () => {
        for (let number = 0; number < 1_000; number++) await record.enqueue({ number });
      });
      const workers = Array.from({ length: 4 }, () => startProcess(placed.url, "once"));
      const codes = await Promise.all(workers.map(async ({ child }) => (await once(child, "close"))[0] as unknown));
      assert.deepEqual(codes, [0, 0, 0, 0]);
      const numbers = (await Effect.orderBy("number")).map(({ number }) => number);
      assert.deepEqual(
        numbers,
        Array.from({ length: 1_000 }, (_, number) => number),
      );
      assert.equal(
        workers.reduce((sum, { output }) => sum + Number(output()), 0),
        1_000,
      );
      assert.equal(await TaskRow.where({ state: "done" }).count(), 1_000);
    });

    it("run a task again when its worker was killed and the lease has ended, and not before", async () => {
      await stuck.enqueue();
      const { child } = startProcess(placed.url, "until killed");
      while ((await Effect.all().count()) === 0) await sleep(20);
      child.kill("SIGKILL");
      await once(child, "close");
      const claimedAt = (await TaskRow.all().first())!.startedAt!.getTime();
      assert.equal(await own.runAll({ now: () => claimedAt + 59_999 }), 0);
      assert.equal(await own.runAll({ now: () => claimedAt + 60_000 }), 1);
      const [listed] = await own.list();
      assert.deepEqual([listed!.state, listed!.attempts], ["done", 2]);
    });
  });
