/** The process for tasks of a supervisor: killed, broken, reloaded, stopped, and left behind. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { Database } from "gable/data";
import { createDatabase } from "gable/data";
import type { SuperviseOptions } from "gable/server";
import { parseExposition } from "../../metrics/parse-exposition.ts";
import { Effect, metricsToken, TaskRow } from "./tasks-app.ts";
import type { Supervised } from "./supervised.ts";
import { fetchOnce, isAlive, skipSupervisor, startSupervisorProcess, supervising, until } from "./supervised.ts";

const app = fileURLToPath(new URL("./tasks-app.ts", import.meta.url));

describe("the process for tasks", { skip: skipSupervisor }, () => {
  const folders: string[] = [];
  let folder: string;
  let database: Database;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "gable-supervised-tasks-"));
    folders.push(folder);
    await database?.close();
    database = await createDatabase({ url: `sqlite:${folder}/app.db`, models: [Effect, TaskRow] });
    await database.createTables();
  });
  after(async () => {
    await database.close();
    for (const each of folders) await rm(each, { recursive: true, force: true });
  });

  const options = (env: Readonly<Record<string, string>> = {}): Partial<SuperviseOptions> => ({
    app,
    workers: 1,
    tasks: true,
    env: { TASKS_FOLDER: folder, ...env },
  });
  const pidOf = ({ supervisor }: Supervised): number | undefined =>
    supervisor.status.workers.find(({ role, state }) => role === "tasks" && state === "ready")?.pid;
  const find = (number: number): Promise<Effect | undefined> => Effect.find({ number });
  const states = async (): Promise<unknown[]> => (await TaskRow.orderBy("id")).map(({ state, attempts }) => [state, attempts]);
  /** Enqueues a task by a request, and waits until it has begun. Returns who ran it, and the worker that answered. */
  async function run(port: number, path: string): Promise<{ effect: Effect; workerPid: number }> {
    const { status, text } = await fetchOnce(port, path);
    assert.equal(status, 200, text);
    const number = Number(path.split("/").at(-1));
    await until(async () => (await find(number)) !== undefined, `the task of ${path} runs`);
    return { effect: (await find(number))!, workerPid: (JSON.parse(text) as { pid: number }).pid }; // What the route returns.
  }

  it("runs all tasks of the workers, and is replaced when it is killed", () =>
    supervising(options(), async (supervised) => {
      await until(() => pidOf(supervised) !== undefined, "the process for tasks is ready");
      const first = pidOf(supervised)!;
      const { effect, workerPid } = await run(supervised.port, "/record/1");
      assert.equal(effect.pid, first);
      assert.notEqual(workerPid, first);
      process.kill(first, "SIGKILL");
      await until(() => (pidOf(supervised) ?? first) !== first, "it is replaced");
      assert.equal((await run(supervised.port, "/record/2")).effect.pid, pidOf(supervised));
      assert.equal(supervised.pids().length, 2);
      process.kill(pidOf(supervised)!, "SIGTERM");
      await until(() => supervised.events.some(({ message }) => message === "The process for tasks is replaced"), "a replacement comes");
    }));

  it("gets the time that a running task needs at a reload, and the next one has the new code", () =>
    supervising(options(), async (supervised) => {
      const { effect } = await run(supervised.port, "/waiting/1");
      await supervised.deploy("second");
      assert.equal(await supervised.supervisor.reload(), undefined);
      assert.deepEqual([(await run(supervised.port, "/record/2")).effect.deploy, effect.deploy], ["second", "ok"]);
      assert.ok(isAlive(effect.pid), "the old process still has its task");
      await writeFile(`${folder}/go`, "");
      await until(() => !isAlive(effect.pid), "the old process ends");
      assert.deepEqual(await states(), [
        ["done", 1],
        ["done", 1],
      ]);
    }));

  it("gives a task back that takes longer than a stop allows, without the cost of an attempt", () =>
    supervising({ ...options(), stopGraceMs: 4_500 }, async ({ port, supervisor }) => {
      await run(port, "/waiting/1");
      assert.equal((await supervisor.stop()).exitCode, 0);
      assert.deepEqual(await states(), [["queued", 0]]);
    }));

  for (const [queue, expected] of [
    ["in the database is shown once", [["default", 1]]],
    ["in the memory of each worker is not shown", []],
  ] as const)
    it(`a queue ${queue} in the metrics of two workers`, () => {
      const { env, ...others } = options(expected.length === 0 ? { TASKS_QUEUE: "memory" } : {});
      return supervising({ ...others, env: { ...env! }, workers: 2 }, async ({ port, pids }) => {
        await until(() => pids().length >= 2, "two workers are ready");
        await run(port, "/waiting/1");
        const headers = { authorization: `Bearer ${metricsToken}`, connection: "close" };
        const metrics = parseExposition(await (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).text());
        assert.ok(metrics.sum("gable_workers_answered") >= 2);
        assert.deepEqual(
          metrics.find("gable_tasks_running").map(({ labels, value }) => [labels["queue"], value]),
          expected,
        );
        await writeFile(`${folder}/go`, "");
      });
    });

  it("ends with a supervisor that is killed, and gives its task back", async () => {
    const { child, port, events, exited } = await startSupervisorProcess(options());
    try {
      const { effect, workerPid } = await run(port, "/waiting/1");
      // The log may come later than the effect.
      await until(
        () => events().some(({ message, pid }) => message === "The process for tasks is ready" && pid === effect.pid),
        "the log names the process",
      );
      child.kill("SIGKILL");
      await exited;
      await until(() => !isAlive(effect.pid) && !isAlive(workerPid), "no process is left");
      assert.deepEqual(await states(), [["queued", 0]]);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("ends the supervisor when it cannot start five times", () =>
    supervising(options(), async (supervised) => {
      await until(() => pidOf(supervised) !== undefined, "the process for tasks is ready");
      await supervised.deploy("broken tasks");
      process.kill(pidOf(supervised)!, "SIGKILL");
      const { exitCode, failure } = await supervised.supervisor.ended;
      assert.deepEqual([exitCode, failure?.message], [1, "the process for tasks is broken"]);
    }));

  const inWorkers: ReadonlyArray<readonly [why: string, change: () => Partial<SuperviseOptions>]> = [
    ["supervise() has no option tasks", () => ({ ...options(), tasks: false })],
    ["the queue is in the memory of a worker", () => options({ TASKS_QUEUE: "memory" })],
  ];
  for (const [why, change] of inWorkers)
    it(`does not exist when ${why}: the worker runs the tasks`, () =>
      supervising(change(), async (supervised) => {
        const { effect, workerPid } = await run(supervised.port, "/record/1");
        assert.equal(effect.pid, workerPid);
        assert.ok(supervised.supervisor.status.workers.every(({ role }) => role === "web"));
      }));

  it("does not exist where GABLE_TASKS is off: the tasks wait", () =>
    supervising(options({ GABLE_TASKS: "off" }), async ({ port, supervisor }) => {
      await fetchOnce(port, "/record/1");
      assert.deepEqual(await states(), [["queued", 0]]);
      assert.ok(supervisor.status.workers.every(({ role }) => role === "web"));
    }));
});
