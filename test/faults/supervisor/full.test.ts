/** An application with a database and tasks under load: reloaded, killed, badly deployed and stopped. No task that was promised is lost. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { setTimeout as wait } from "node:timers/promises";
import { createDatabase } from "gable/data";
import type { SupervisorEvent } from "gable/server";
import { fetchOnce, isLong, skipSupervisor, supervising, until } from "./supervised.ts";
import { Effect, TaskRow } from "./tasks-app.ts";

const app = fileURLToPath(new URL("./tasks-app.ts", import.meta.url));
const clients = isLong ? 16 : 4;
/** Most tasks at a time in one process: those of a killed process may run again. */
const concurrency = 10;

describe("a whole application under load", { skip: skipSupervisor }, () => {
  it("runs every task whose request was answered: reload, killed worker, killed tasks, bad deploy, stop", async (test) => {
    const folder = await mkdtemp(join(tmpdir(), "gable-full-"));
    const database = await createDatabase({ url: `sqlite:${folder}/app.db`, models: [Effect, TaskRow] });
    await database.createTables();
    const answered = new Set<number>();
    const counts: Record<string, { answered: number; failed: string[] }> = {};
    let [next, isOver, phase, kills] = [1, false, "", 0];
    const noted: string[] = [];
    const run = async (port: number): Promise<void> => {
      while (!isOver) {
        const [number, startedIn, killsBefore] = [next++, phase, kills];
        const { status, text } = await fetchOnce(port, `/record/${number}`);
        // A request that began before the kill may have been in the killed worker. Another worker ends its connection a second later.
        const count = (counts[kills === killsBefore ? startedIn : "killed worker"] ??= { answered: 0, failed: [] });
        if (status === 200) answered.add(number);
        if (status === 200) count.answered++;
        else count.failed.push(`${status} ${text}`);
        await wait(10);
      }
    };
    try {
      const onEvent = ({ level, message }: SupervisorEvent): void => void (level !== "info" && noted.push(`${phase}: ${message}`));
      await supervising({ app, workers: 2, tasks: true, env: { TASKS_FOLDER: folder }, onEvent }, async ({ supervisor, port, deploy }) => {
        const find = (role: string): number | undefined =>
          supervisor.status.workers.find((worker) => worker.role === role && worker.state === "ready")?.pid;
        const isWhole = (): boolean => supervisor.status.workers.filter(({ state }) => state === "ready").length === 3;
        await until(isWhole, "two workers and the process for tasks are ready");
        const load = Promise.all(Array.from({ length: clients }, () => run(port)));
        const kill = async (role: string): Promise<void> => {
          const pid = find(role)!;
          if (role === "web") kills++;
          process.kill(pid, "SIGKILL");
          await until(
            () => !supervisor.status.workers.some((worker) => worker.pid === pid) && isWhole(),
            `the ${role} process is replaced`,
          );
        };
        const phases: Readonly<Record<string, () => Promise<unknown>>> = {
          calm: () => wait(300),
          reload: async () => assert.equal(await supervisor.reload(), undefined),
          "killed worker": () => kill("web"),
          "killed tasks": () => kill("tasks"),
          "bad deploy": async () => {
            await deploy("throw");
            assert.match((await supervisor.reload())!.message, /this deploy is broken/);
            await deploy("ok");
          },
        };
        for (let round = 0; round < (isLong ? 20 : 1); round++)
          for (const [name, work] of Object.entries(phases)) {
            phase = name;
            await work();
            await wait(200);
          }
        isOver = true;
        await load;
        assert.equal((await supervisor.stop()).exitCode, 0);
      });
      test.diagnostic(JSON.stringify({ fault: "whole application", ...counts }));
      for (const [name, { failed }] of Object.entries(counts)) {
        // Each client has one request at a time. Its next one may reach the dead worker, too: the kernel closes one socket after the other.
        const mayFail = name === "killed worker" ? 2 * clients * (isLong ? 20 : 1) : 0;
        const what = `${failed.slice(0, 5).join(", ")}; events: ${noted.join(", ")}`;
        assert.ok(failed.length <= mayFail, `${name}: ${failed.length} failed: ${what}`);
      }
      // What the stop has left in the queue runs in the next process.
      const left = await TaskRow.where({ state: { ne: "done" } });
      const done = new Map<number, number>();
      for (const { number } of await Effect.where()) done.set(number, (done.get(number) ?? 0) + 1);
      const waiting = new Set(left.map(({ input }) => Number(/"number":(\d+)/.exec(input ?? "")?.[1])));
      const lost = [...answered].filter((number) => !done.has(number) && !waiting.has(number));
      assert.deepEqual(lost, []);
      const repeats = [...done.values()].reduce((sum, count) => sum + count - 1, 0);
      assert.ok(repeats <= concurrency * (isLong ? 40 : 2), `${repeats} tasks ran again`);
      assert.ok(answered.size > 20, `${answered.size} requests were answered`);
    } finally {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
