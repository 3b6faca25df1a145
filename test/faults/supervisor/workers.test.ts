/** Faults of workers: killed, stalled, crashing, throwing. Each has a long form for `npm run faults`. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { availableParallelism } from "node:os";
import { describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { LostRequest } from "./load.ts";
import { countFailed, startLoad } from "./load.ts";
import { fetchOnce, isAlive, isLong, skipSupervisor, startSupervisorProcess, supervising, throwingAppFile, until } from "./supervised.ts";

/** A worker that was killed, and when. */
interface Kill {
  readonly pid: number;
  readonly atMs: number;
}

/**
 * Whether a request may be lost: the killed worker had it, or it came on a kept connection of that worker. A new connection may
 * have been in that worker if it was open before the kill.
 */
function wasInKilled({ outcome, worker, startedMs }: LostRequest, kills: readonly Kill[]): boolean {
  return kills.some(({ pid, atMs }) =>
    worker === undefined ? startedMs <= atMs : pid === worker && (startedMs <= atMs || outcome === "idleReset"),
  );
}

describe("a worker that is killed", { skip: skipSupervisor }, () => {
  it("costs at most the requests that it had, and is replaced", async (test) => {
    const connections = isLong ? 64 : 16;
    await supervising({ workers: isLong ? 4 : 2 }, async ({ port, pids, supervisor }) => {
      const wanted = isLong ? 4 : 2;
      await until(() => pids().length === wanted, "all workers are ready");
      const load = startLoad(port, { connections });
      const kills: Kill[] = [];
      for (let count = 0; count < (isLong ? 200 : 2); count++) {
        await wait(isLong ? 1000 + Math.random() * 4000 : 300);
        const [victim] = pids();
        kills.push({ pid: victim!, atMs: performance.now() });
        process.kill(victim!, "SIGKILL");
        await until(() => !supervisor.status.workers.some(({ pid }) => pid === victim), "the supervisor has noticed");
        await until(() => pids().length === wanted, "the replacement is ready");
      }
      await wait(200);
      const counts = await load.stop();
      test.diagnostic(JSON.stringify({ fault: "kill", kills: kills.length, ...counts }));
      assert.deepEqual([counts.wrongBody, counts.refused, counts.serverError, counts.timeout], [0, 0, 0, 0], JSON.stringify(counts));
      assert.ok(counts.ok > 50);
      for (const lost of load.lost) assert.ok(wasInKilled(lost, kills), JSON.stringify({ lost, kills }));
      // Each connection has one request at a time.
      assert.ok(load.lost.length <= kills.length * connections, JSON.stringify(counts));
    });
  });

  it("keeps connections that come while no worker is ready", async () => {
    await supervising({ workers: 1 }, async ({ port, pids }) => {
      const [victim] = pids();
      process.kill(victim!, "SIGKILL");
      await until(() => !isAlive(victim!), "the worker has ended");
      const { text } = await fetchOnce(port, "/pid");
      assert.match(text, /^[0-9]+ ok$/);
      assert.notEqual(text, `${victim} ok`);
    });
  });

  it("leaves its connections to another worker, which closes those without a byte", async () => {
    await supervising({ workers: 1 }, async ({ port, pids }) => {
      const [victim] = pids();
      process.kill(victim!, "SIGSTOP");
      const silent = connect(port, "127.0.0.1");
      await once(silent, "connect");
      const asked = fetchOnce(port, "/pid");
      // Both are sent to the process that stands still, or wait for it.
      await wait(300);
      process.kill(victim!, "SIGKILL");
      assert.match((await asked).text, /^[0-9]+ ok$/);
      const startedMs = performance.now();
      await once(silent.resume(), "close");
      assert.ok(performance.now() - startedMs < 8_000, "closed sooner than connections that were with one worker");
    });
  });
});

describe("a worker whose channel closes before it ends", { skip: skipSupervisor }, () => {
  it("gets no connection: they wait for its replacement", async () => {
    await supervising({ workers: 1 }, async ({ port, pids, events }) => {
      const [before] = pids();
      const blocked = fetchOnce(port, "/disconnect/1500");
      await wait(500);
      const replies = await Promise.all([fetchOnce(port, "/pid"), fetchOnce(port, "/pid")]);
      for (const { text } of replies) assert.match(text, /^[0-9]+ ok$/);
      assert.ok(replies.every(({ text }) => text !== `${before} ok`));
      await blocked;
      assert.deepEqual(
        events.filter(({ message }) => message === "A worker has died").map(({ pid }) => pid),
        [before],
      );
    });
  });
});

describe("many workers", { skip: skipSupervisor }, () => {
  it("start a few at a time, so that the machine keeps answering", async () => {
    await supervising({ workers: 2 * availableParallelism() + 4 }, async ({ pids, supervisor }) => {
      let most = 0;
      await until(() => {
        most = Math.max(most, pids("starting").length);
        return pids().length === 2 * availableParallelism() + 4;
      }, "all workers are ready");
      assert.ok(most >= 1 && most <= Math.max(2, availableParallelism()), `${most} started at a time`);
      await supervisor.reload();
      await until(() => pids().length >= 2 * availableParallelism() + 4, "all workers of the next generation are ready");
    });
  });
});

describe("a crash loop", { skip: skipSupervisor }, () => {
  for (const how of isLong ? ["throw", "exit"] : ["throw"]) {
    it(`ends the supervisor after five tries, with the last error: ${how}`, async () => {
      await supervising({ workers: 1 }, async ({ supervisor, deploy, pids, events }) => {
        await deploy(how);
        process.kill(pids()[0]!, "SIGKILL");
        const { exitCode, failure } = await supervisor.ended;
        assert.equal(exitCode, 1);
        assert.match(failure!.message, how === "throw" ? /this deploy is broken/ : /exit code 3/);
        assert.equal(events.filter(({ message }) => message === "A worker has died").length, 6, "the first one, and five tries");
      });
    });
  }

  it("fails the start when no worker can start", async () => {
    await assert.rejects(
      supervising({ env: { DEPLOY_FILE: new URL("deploys/throw", import.meta.url).pathname } }, async () => assert.fail("it has started")),
      { code: "E_WORKERS_FAILED", message: "No worker could start: this deploy is broken" },
    );
  });
});

describe("an event loop that stands still", { skip: skipSupervisor }, () => {
  it("ends its worker after stallMs, and fails no request of others", async (test) => {
    const stallMs = isLong ? 10_000 : 4000;
    await supervising({ workers: 2, stallMs }, async ({ port, pids, events }) => {
      await until(() => pids().length === 2, "both workers are ready");
      const load = startLoad(port, { connections: isLong ? 64 : 16, timeoutMs: 60_000 });
      await wait(300);
      const startedMs = performance.now();
      const spinning = fetchOnce(port, "/spin");
      const isKilled = (message: string): boolean => message === "A worker gives no sign of life and is killed";
      await until(() => events.some(({ message }) => isKilled(message)), "the worker is killed");
      const kill = { pid: events.find(({ message }) => isKilled(message))!.pid!, atMs: performance.now() };
      assert.equal((await spinning).status, 0);
      await until(() => pids().length === 2, "the replacement is ready");
      // Those that the killed worker had not taken over, and all new ones, are served.
      for (let count = 0; count < 10; count++) assert.equal((await fetchOnce(port, `/echo/${count}`)).text, String(count));
      const counts = await load.stop();
      test.diagnostic(JSON.stringify({ fault: "stall", killedMs: Math.round(kill.atMs - startedMs), ...counts }));
      for (const lost of load.lost) assert.ok(wasInKilled(lost, [kill]), JSON.stringify({ lost, kill }));
      assert.deepEqual([counts.wrongBody, counts.refused, counts.serverError, counts.timeout], [0, 0, 0, 0], JSON.stringify(counts));
    });
  });

  it("is reported with its request before the worker is killed", async () => {
    const { child, port, events, exited } = await startSupervisorProcess({ workers: 1, stallMs: isLong ? 10_000 : 4000 });
    try {
      void fetchOnce(port, "/spin");
      const find = (text: string): Record<string, unknown> | undefined => events().find(({ message }) => message === text);
      await until(() => find("A worker gives no sign of life and is killed") !== undefined, "the worker is killed");
      const report = find("The event loop stands still");
      assert.deepEqual([report?.["level"], report?.["request"]], [50, "GET /spin"]);
      assert.ok(Number(report?.["stalledMs"]) >= 1000);
    } finally {
      child.kill("SIGTERM");
      await exited;
    }
  });

  it("does not end a worker that works for less than that", async () => {
    await supervising({ workers: 1, stallMs: 20_000 }, async ({ port, pids }) => {
      const before = pids();
      assert.equal((await fetchOnce(port, `/block/${isLong ? 3000 : 1200}`)).text, "done");
      assert.deepEqual(pids(), before);
    });
  });
});

/** A path for each place in which a program can throw before the reply. */
const failingPaths = [
  "/throw",
  "/throw-later",
  "/throw-value",
  "/throw-guard",
  "/throw-middleware",
  "/throw-middleware-after",
  "/throw-before-reply",
  "/throw-on-error",
  "/throw-result",
  "/throw-rate",
  "/throw-property",
  "/throw-early",
  "/throw-around",
];

describe("exceptions", { skip: skipSupervisor }, () => {
  it("inside requests fail those requests and nothing else", async () => {
    await supervising({ app: throwingAppFile, workers: 1 }, async ({ port, pids }) => {
      const before = pids();
      const load = startLoad(port, { connections: 4 });
      for (let round = 0; round < (isLong ? 200 : 3); round++) {
        for (const path of failingPaths) assert.equal((await fetchOnce(port, path)).status, 500, path);
        assert.equal((await fetchOnce(port, "/ready")).status, 503);
        assert.equal((await fetchOnce(port, "/throw-inside")).status, 0, "a cut reply never looks complete");
        assert.equal((await fetchOnce(port, "/throw-after")).text, "answered");
      }
      assert.equal(countFailed(await load.stop()), 0);
      assert.deepEqual(pids(), before);
    });
  });

  for (const path of ["/reject", "/throw-uncaught"]) {
    it(`that nobody catches replace the worker in order: ${path}`, async () => {
      await supervising({ workers: 1 }, async ({ port, pids, events }) => {
        const [before] = pids();
        const load = startLoad(port, { connections: 4 });
        assert.equal((await fetchOnce(port, path)).text, "answered");
        await until(() => events.some(({ message }) => message === "A worker is replaced"), "the worker asks to be replaced");
        await until(() => pids().length === 1 && pids()[0] !== before, "the replacement serves");
        await wait(100);
        const counts = await load.stop();
        assert.equal(countFailed(counts), 0, JSON.stringify(counts));
        await until(() => !isAlive(before!), "the worker has ended");
      });
    });
  }
});

describe("a worker that has done enough", { skip: skipSupervisor }, () => {
  for (const [name, options] of [
    ["requestsMax", { requestsMax: 50 }],
    ["rssBytesMax", { rssBytesMax: 1 }],
  ] as const) {
    it(`is replaced without a failed request: ${name}`, async () => {
      await supervising({ workers: 1, ...options }, async ({ port, pids, events }) => {
        const [before] = pids();
        const load = startLoad(port, { connections: 4 });
        await until(() => events.some(({ reason }) => String(reason).includes(name)), "the worker is replaced");
        await until(() => pids().some((pid) => pid !== before), "the replacement serves");
        assert.equal(countFailed(await load.stop()), 0);
      });
    });
  }

  it("is not replaced without these limits", async () => {
    await supervising({ workers: 1 }, async ({ port, pids, events, supervisor }) => {
      const [before] = pids();
      const requests = (): number => supervisor.status.workers[0]!.requests;
      // The worker has told its requests and its memory twice.
      for (const count of [1, 2]) {
        await fetchOnce(port, "/pid");
        await until(() => requests() >= count && supervisor.status.workers[0]!.rssBytes > 1, "the worker tells what it does");
      }
      assert.deepEqual([pids(), events.filter(({ reason }) => reason !== undefined)], [[before], []]);
    });
  });
});
