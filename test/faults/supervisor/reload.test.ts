/** Reloads under load, good and bad ones. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { sendSupervisorCommand } from "gable/server";
import { countFailed, startLoad } from "./load.ts";
import { fetchOnce, isAlive, isLong, skipSupervisor, supervising, until } from "./supervised.ts";

describe("a reload", { skip: skipSupervisor }, () => {
  it("fails no request: short ones, streams, uploads", async (test) => {
    const LIMITS = JSON.stringify({ bodyBytesMax: 20_000_000 });
    const streamMs = isLong ? 5000 : 600;
    await supervising({ workers: 2, env: { LIMITS } }, async ({ port, pids, deploy, supervisor }) => {
      await until(() => pids().length === 2, "both workers are ready");
      const loads = [
        startLoad(port, { connections: 8 }),
        startLoad(port, { connections: 2, paths: [`/stream/${streamMs}/NONCE`, "/slow/300/NONCE"], pauseMs: 10 }),
        startLoad(port, { connections: 2, bodyBytes: 10_000_000, pauseMs: 20 }),
        startLoad(port, { connections: isLong ? 8 : 2, pauseMs: () => Math.random() * (isLong ? 30_000 : 1000) }),
      ];
      const before = pids();
      const reloads = isLong ? 100 : 2;
      for (let count = 1; count <= reloads; count++) {
        await deploy(`version-${count}`);
        assert.equal(await supervisor.reload(), undefined);
        assert.match((await fetchOnce(port, "/pid")).text, new RegExp(` version-${count}$`), "new connections go to the new generation");
        const generations = new Set(supervisor.status.workers.map(({ generation }) => generation));
        assert.ok(generations.size <= 2, `generations ${[...generations].join(", ")}`);
      }
      const all = await Promise.all(loads.map((load) => load.stop()));
      for (const counts of all) {
        test.diagnostic(JSON.stringify({ fault: "reload", reloads, ...counts }));
        assert.ok(counts.ok > 0);
        assert.equal(countFailed(counts), 0, JSON.stringify(counts));
        assert.equal(counts.idleReset, 0, "no idle connection is reset within its promise");
      }
      await until(() => before.every((pid) => !isAlive(pid)), "the first generation has ended", 100_000);
    });
  });

  const badDeploys: Readonly<Record<string, RegExp>> = {
    syntax: /Unexpected end of input|Unexpected token/,
    throw: /this deploy is broken/,
    exit: /exit code 3/,
    hang: /not ready/,
  };
  for (const [how, reason] of Object.entries(badDeploys)) {
    it(`that cannot start leaves the old generation serving: ${how}`, async () => {
      await supervising({ workers: 1, bootMs: isLong ? 60_000 : 10_000 }, async ({ port, pids, deploy, supervisor }) => {
        const before = pids();
        const load = startLoad(port, { connections: 4 });
        await deploy(how);
        const failure = await supervisor.reload();
        assert.match(failure!.message, reason);
        assert.equal(countFailed(await load.stop()), 0);
        assert.deepEqual(pids(), before);
        await deploy("ok");
        assert.equal(await supervisor.reload(), undefined, "the next deploy works");
      });
    });
  }

  it("ends a worker of the old generation that has not started yet", async () => {
    await supervising({ workers: 2, bootMs: 300_000 }, async ({ pids, deploy, hanging, supervisor }) => {
      await until(() => pids().length === 2, "both workers are ready");
      await deploy("hang");
      process.kill(pids()[0]!, "SIGKILL");
      await until(() => pids("starting").includes(hanging() ?? 0), "its replacement is starting");
      const starting = hanging()!;
      await deploy("version-1");
      assert.equal(await supervisor.reload(), undefined);
      await until(() => !isAlive(starting), "the worker that was starting has ended");
    });
  });

  it("is asked for at the control socket, and answers with the reason of a failure", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gable-control-"));
    const controlPath = join(folder, "control");
    await supervising({ workers: 1, controlPath }, async ({ deploy }) => {
      assert.equal((await sendSupervisorCommand(controlPath, "reload")).isDone, true);
      await deploy("throw");
      const { isDone, details } = await sendSupervisorCommand(controlPath, "reload");
      assert.equal(isDone, false);
      assert.match((details as { message: string }).message, /this deploy is broken/);
      const status = await sendSupervisorCommand(controlPath, "status");
      assert.equal((status.details as { generation: number }).generation, 2);
      assert.deepEqual((await sendSupervisorCommand(controlPath, "stop")).details, { exitCode: 0 });
    });
    await assert.rejects(sendSupervisorCommand(controlPath, "status"), { code: "E_SUPERVISOR_MISSING" });
    await rm(folder, { recursive: true });
  });
});
