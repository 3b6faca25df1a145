/** The gauges of the queues of tasks in `/metrics`. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gable } from "gable";
import { memoryTasks, task } from "gable/tasks";
import { QueueGauges } from "../../src/metrics/queue-gauges.ts";
import { silentLogger } from "../silent-logger.ts";
import { parseExposition } from "./parse-exposition.ts";

const token = "b5de3ef0a8fc4d2d9e0f8a6f31c7d9aa";
const names = ["gable_tasks_waiting", "gable_tasks_running", "gable_tasks_oldest_seconds"];

type Queue = ReturnType<typeof memoryTasks>;
type Lines = Array<readonly [labels: Readonly<Record<string, string>>, value: number]>;

async function readGauges(queue: Queue): Promise<Lines[]> {
  const nothing = task("nothing", {}, () => undefined);
  const tasks = { tasks: [nothing], queue, run: "record" as const };
  const app = gable({ mode: "test", logger: silentLogger, metrics: { token }, tasks });
  const reply = await app.request("/metrics", { headers: { authorization: `Bearer ${token}` } });
  assert.equal(reply.status, 200);
  const metrics = parseExposition(await reply.text());
  await app.close();
  return names.map((name) => metrics.find(name).map(({ labels, value }) => [labels, value] as const));
}

async function fill(queue: Queue): Promise<Queue> {
  const now = Date.now();
  const common = { name: "nothing", priority: 0, input: "null", attemptsMax: 1, createdAt: now };
  await queue.add([
    { ...common, id: "1", queue: "mail", dueAt: now },
    { ...common, id: "2", queue: "default", dueAt: now - 7_000_000 },
    { ...common, id: "3", queue: "default", dueAt: now },
  ]);
  await queue.claim({ names: ["nothing"], queues: ["mail"], count: 1, now, leaseUntil: now + 60_000, token: "one" });
  return queue;
}

describe("/metrics of an application with tasks", () => {
  it("shows what waits and runs in each queue, without a worker", async () => {
    const [waiting, running, oldest] = await readGauges(await fill(memoryTasks()));
    assert.deepEqual(waiting, [
      [{ queue: "default" }, 2],
      [{ queue: "mail" }, 0],
    ]);
    assert.deepEqual(running, [
      [{ queue: "default" }, 0],
      [{ queue: "mail" }, 1],
    ]);
    assert.deepEqual(oldest![1], [{ queue: "mail" }, 0]);
    assert.ok(oldest![0]![1] >= 7_000 && oldest![0]![1] < 7_600);
  });

  const faults: ReadonlyArray<readonly [what: string, stats: Queue["stats"]]> = [
    ["fails", () => Promise.reject(new Error("The database is missing."))],
    ["never answers", () => new Promise(() => undefined)],
  ];
  for (const [what, stats] of faults)
    it(`replies without the gauges when the queue ${what}`, async () => {
      const queue = await fill(memoryTasks());
      queue.stats = stats;
      assert.deepEqual(await readGauges(queue), [[], [], []]);
    });

  it("asks a silent queue again after 30 seconds, and not before", async () => {
    let [nowMs, asked] = [0, 0];
    const tasks = { stats: () => (asked++, new Promise<never>(() => undefined)) };
    const gauges = new QueueGauges({ tasks, logger: silentLogger, now: () => nowMs });
    for (const [ms, expected] of [
      [0, 1],
      [30_000, 1],
      [30_001, 2],
      [60_001, 2],
    ] as const) {
      nowMs = ms;
      assert.deepEqual(await gauges.read(), { gable_tasks_waiting: {}, gable_tasks_running: {}, gable_tasks_oldest_seconds: {} });
      assert.equal(asked, expected, `after ${ms} ms`);
    }
  });

  it("logs once that the queue fails, until it answers again", async () => {
    let isAway = true;
    const warnings: unknown[] = [];
    const tasks = { stats: async () => (isAway ? Promise.reject(new Error("away")) : []) };
    const gauges = new QueueGauges({ tasks, logger: { warn: (facts: unknown) => void warnings.push(facts) } });
    for (const [next, expected] of [
      [true, 1],
      [true, 1],
      [false, 1],
      [true, 2],
    ] as const) {
      isAway = next;
      await gauges.read();
      assert.equal(warnings.length, expected);
    }
  });
});
