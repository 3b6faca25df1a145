/** Metrics of several workers: each scrape reaches one of them, and shows the sums of all, also of those that have ended. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { describe, it } from "node:test";
import type { Exposition } from "../../metrics/parse-exposition.ts";
import { parseExposition } from "../../metrics/parse-exposition.ts";
import { fetchOnce, skipSupervisor, supervising, until } from "./supervised.ts";

const app = fileURLToPath(new URL("./metrics-app.ts", import.meta.url));
const authorization = "Bearer b5de3ef0a8fc4d2d9e0f8a6f31c7d9aa";

async function scrape(port: number): Promise<Exposition> {
  const reply = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { authorization, connection: "close" } });
  assert.equal(reply.status, 200);
  return parseExposition(await reply.text());
}

/** Asks on new connections until each worker has answered some requests. Returns how many each has answered. */
async function askAll(port: number, workers: number, countMin = 20): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let count = 0; count < countMin || counts.size < workers; count++) {
    const { text } = await fetchOnce(port, "/pid");
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}

const sumOf = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((sum, count) => sum + count, 0);
const countPids = (metrics: Exposition): number => metrics.sum("http_requests_total", { route: "/pid", status: "200" });
/** The reply of a request is sent before it is counted: a scrape may come between. */
async function scrapeUntil(port: number, condition: (metrics: Exposition) => boolean, what: string): Promise<Exposition> {
  let metrics = await scrape(port);
  await until(async () => condition(metrics) || condition((metrics = await scrape(port))), what);
  return metrics;
}

describe("metrics of supervised workers", { skip: skipSupervisor }, () => {
  it("adds up counters and histograms, and shows the gauges of each worker", async () => {
    await supervising({ app }, async ({ port, pids }) => {
      await until(() => pids().length === 2, "two workers are ready");
      const asked = sumOf(await askAll(port, 2));
      const metrics = await scrapeUntil(port, (each) => countPids(each) === asked, "all requests are counted");
      assert.equal(metrics.find("http_requests_total", { route: "/pid" }).length, 1);
      assert.equal(metrics.sum("http_request_duration_seconds_count", { route: "/pid" }), asked);
      for (const name of ["process_resident_memory_bytes", "nodejs_heap_size_used_bytes", "http_connections_open"])
        assert.deepEqual(
          metrics
            .find(name)
            .map(({ labels }) => labels["worker"])
            .toSorted(),
          ["1", "2"],
        );
      assert.equal(metrics.find("process_cpu_seconds_total").length, 1);
      assert.equal(metrics.sum("gable_workers_asked"), 2);
      assert.equal(metrics.sum("gable_workers_answered"), 2);
      assert.equal(metrics.find("gable_worker_restarts_total").length, 4);
      assert.equal(metrics.sum("gable_worker_restarts_total"), 0);
    });
  });

  it("never lets a counter fall when a worker is killed, and counts the restart", async () => {
    await supervising({ app }, async ({ port, pids }) => {
      await until(() => pids().length === 2, "two workers are ready");
      const asked = sumOf(await askAll(port, 2));
      await scrapeUntil(port, (each) => countPids(each) === asked, "all requests are counted");
      const [killed] = pids();
      process.kill(killed!, "SIGKILL");
      await until(() => pids().length === 2 && !pids().includes(killed!), "a new worker is ready");
      const metrics = await scrape(port);
      assert.equal(countPids(metrics), asked);
      assert.equal(metrics.sum("gable_workers_answered"), 2);
      assert.deepEqual(
        metrics
          .find("process_resident_memory_bytes")
          .map(({ labels }) => labels["worker"])
          .toSorted(),
        ["1", "2"],
      );
      assert.equal(metrics.sum("gable_worker_restarts_total", { role: "web", reason: "died" }), 1);
    });
  });

  it("keeps what drained workers have counted, without a scrape before", async () => {
    await supervising({ app }, async ({ supervisor, port, pids }) => {
      await until(() => pids().length === 2, "two workers are ready");
      const old = pids();
      const asked = sumOf(await askAll(port, 2));
      assert.equal(await supervisor.reload(), undefined);
      await until(
        () => pids().length === 2 && old.every((pid) => supervisor.status.workers.every((worker) => worker.pid !== pid)),
        "the reload is over",
      );
      const metrics = await scrape(port);
      assert.equal(countPids(metrics), asked);
      assert.equal(metrics.sum("gable_worker_restarts_total"), 0);
    });
  });

  it("leaves out the gauges of a worker that does not answer within a second, and keeps its last counters", async () => {
    await supervising({ app }, async ({ port, pids }) => {
      await until(() => pids().length === 2, "two workers are ready");
      const asked = sumOf(await askAll(port, 2));
      await scrapeUntil(port, (each) => countPids(each) === asked, "all requests are counted");
      let metrics: Exposition | undefined;
      // Scrapes may reach the blocked worker, and wait for it. On a busy machine, all of them may: then it is blocked once more.
      await until(async () => {
        const blocked = fetchOnce(port, "/block/4000");
        await until(async () => {
          const answer = await Promise.race([scrape(port), blocked.then(() => undefined)]);
          if (answer?.sum("gable_workers_answered") !== 1) return answer === undefined;
          metrics = answer;
          return true;
        }, "a scrape reaches the other worker, or the block ends");
        await blocked;
        return metrics !== undefined;
      }, "a scrape reaches the other worker");
      assert.ok(metrics !== undefined);
      assert.equal(metrics.sum("gable_workers_asked"), 2);
      assert.equal(metrics.find("process_resident_memory_bytes").length, 1);
      assert.equal(countPids(metrics), asked);
      await scrapeUntil(port, (each) => each.sum("gable_workers_answered") === 2, "both workers answer again");
    });
  });
});
