/** The end of a supervisor: in order, forced, by signals, and killed. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { serve } from "gable/server";
import { countFailed, startLoad } from "./load.ts";
import { fetchOnce, fullAppFile, isAlive, isLong, skipSupervisor, startSupervisorProcess, supervising, until } from "./supervised.ts";

describe("a stop", { skip: skipSupervisor }, () => {
  it("answers every request that was received, and exits with 0", async (test) => {
    for (let round = 0; round < (isLong ? 50 : 2); round++) {
      await supervising({ workers: 1, stopIdleMs: 1000 }, async ({ port, supervisor }) => {
        const load = startLoad(port, { connections: 16, paths: ["/echo/NONCE", "/slow/100/NONCE"] });
        await wait(300);
        const ending = supervisor.stop();
        const stopping = load.stop();
        const [{ exitCode }, counts] = await Promise.all([ending, stopping]);
        test.diagnostic(JSON.stringify({ fault: "stop", ...counts }));
        assert.equal(exitCode, 0);
        // What is refused was never received: the listener is closed.
        assert.equal(countFailed(counts) - counts.refused, 0, JSON.stringify(counts));
      });
    }
  });

  it("is forced by a second call, and then exits with 1", async () => {
    await supervising({ workers: 1 }, async ({ port, supervisor, pids }) => {
      const workers = pids();
      const slow = fetchOnce(port, "/slow/20000/x");
      await wait(200);
      void supervisor.stop();
      await wait(50);
      assert.equal((await supervisor.stop()).exitCode, 1);
      assert.equal((await slow).status, 0);
      assert.ok(workers.every((pid) => !isAlive(pid)));
    });
  });

  it("ends requests that take longer than stopGraceMs", async () => {
    await supervising({ workers: 1, stopGraceMs: 300 }, async ({ port, supervisor }) => {
      const slow = fetchOnce(port, "/slow/20000/x");
      await wait(200);
      await supervisor.stop();
      assert.equal((await slow).status, 0);
    });
  });

  it("does not wait for a worker that blocks while it starts", async () => {
    await supervising({ workers: 2, bootMs: 300_000, stopGraceMs: 200_000 }, async ({ pids, deploy, hanging, supervisor }) => {
      await until(() => pids().length === 2, "both workers are ready");
      await deploy("hang");
      process.kill(pids()[0]!, "SIGKILL");
      await until(() => pids("starting").includes(hanging() ?? 0), "its replacement is starting");
      const starting = hanging()!;
      process.kill(starting, "SIGSTOP");
      assert.equal((await supervisor.stop()).exitCode, 0);
      assert.equal(isAlive(starting), false);
    });
  });

  it("is not ready and keeps accepting for stopDelayMs", async () => {
    await supervising({ app: fullAppFile, workers: 1, stopDelayMs: 2000 }, async ({ port, supervisor }) => {
      assert.equal((await fetchOnce(port, "/ready")).status, 200);
      const ending = supervisor.stop();
      await until(async () => (await fetchOnce(port, "/ready")).status === 503, "it says that it is not ready");
      assert.equal((await fetchOnce(port, "/up")).status, 200);
      assert.equal((await fetchOnce(port, "/echo/late")).text, "late");
      assert.equal((await ending).exitCode, 0);
      assert.equal((await fetchOnce(port, "/echo/later")).text, "ECONNREFUSED");
    });
  });
});

describe("signals of a supervisor", { skip: skipSupervisor }, () => {
  it("TERM ends in order with 0, and HUP, TTIN, TTOU and USR2 do what they say", async () => {
    const { child, port, events, workers, exited } = await startSupervisorProcess({ workers: 1 });
    const has = (message: string): boolean => events().some((event) => event["message"] === message);
    child.kill("SIGTTIN");
    await until(() => workers().length === 2, "a second worker is ready");
    child.kill("SIGTTOU");
    await until(() => events().filter(({ message }) => message === "The number of workers changes").length === 2, "one worker less");
    child.kill("SIGUSR2");
    await until(() => has("Status"), "the status line");
    child.kill("SIGHUP");
    await until(() => has("The new generation serves"), "the reload");
    assert.match((await fetchOnce(port, "/pid")).text, /^[0-9]+ ok$/);
    child.kill("SIGTERM");
    assert.equal(await exited, 0);
    assert.ok(workers().every((pid) => !isAlive(pid)));
  });

  it("a second INT forces the end with 1, and QUIT ends immediately", async () => {
    for (const signals of [["SIGINT", "SIGINT"], ["SIGQUIT"]] as const) {
      const { child, port, workers, exited } = await startSupervisorProcess({ workers: 1 });
      const slow = fetchOnce(port, "/slow/20000/x");
      await wait(200);
      for (const signal of signals) {
        child.kill(signal);
        await wait(100);
      }
      assert.equal(await exited, 1);
      assert.equal((await slow).status, 0);
      await until(() => workers().every((pid) => !isAlive(pid)), "no worker is left");
    }
  });
});

describe("a supervisor that is killed", { skip: skipSupervisor }, () => {
  it("leaves no worker after 5 s, not even one whose event loop stands still, and the port is free", async () => {
    const { child, port, workers, exited } = await startSupervisorProcess({ workers: 2 });
    await until(() => workers().length === 2, "both workers are ready");
    const slow = fetchOnce(port, "/slow/500/x");
    if (isLong) void fetchOnce(port, "/spin");
    const idle = connect(port, "127.0.0.1");
    idle.on("error", () => undefined);
    await wait(200);
    child.kill("SIGKILL");
    await exited;
    assert.equal((await slow).text, "x", "the request that ran is answered");
    await until(() => workers().every((pid) => !isAlive(pid)), "all workers have ended", isLong ? 25_000 : 60_000);
    idle.destroy();
    const next = await serve(() => ({ status: 200, headers: [], body: "free" }), { port });
    await next.stop();
  });
});
