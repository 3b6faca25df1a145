/** gable({ traces: true }): the spans of tasks, and how they belong to what enqueued them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Application, GableOptions } from "gable";
import { gable, get } from "gable";
import { transaction } from "gable/data";
import type { MemoryTaskQueue, TaskQueue } from "gable/tasks";
import { memoryTasks, schedule, task, taskModel, TaskRejected, tasksPart } from "gable/tasks";
import { record, string, unknown } from "valibot";
import { base, isServer, names, placeIn, placeOf, spanOf, spans, withApp } from "./exported-spans.ts";

const TaskRow = taskModel();

const seen: unknown[] = [];
const plain = task("plain", {}, () => undefined);
const keep = task("keep", { input: record(string(), unknown()) }, ({ input }) => void seen.push(input));
const rejected = task("rejected", {}, () => {
  throw new TaskRejected("never");
});

/** A queue in memory as others write them: only with the methods of the interface, and JSON in its own form. */
function customQueue(): TaskQueue {
  const kept = memoryTasks();
  const rewrite = (input: string): string => {
    const value: unknown = JSON.parse(input);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return input;
    return JSON.stringify(Object.fromEntries(Object.entries(value).toReversed()), undefined, 1);
  };
  return {
    add: (tasks) => kept.add(tasks.map((each) => ({ ...each, input: rewrite(each.input) }))),
    findHolder: (name, key) => kept.findHolder(name, key),
    claim: (request) => kept.claim(request),
    renew: (leases, until) => kept.renew(leases, until),
    save: (lease, notes) => kept.save(lease, notes),
    findCancelled: (leases) => kept.findCancelled(leases),
    settle: (lease, outcome) => kept.settle(lease, outcome),
    sweep: (request) => kept.sweep(request),
  };
}

/** Sends one request to an application whose handler does some work, and runs all tasks afterwards. */
async function enqueueAndRun(app: Application): Promise<void> {
  assert.equal((await app.request("/enqueue")).status, 200);
  await app.part(tasksPart).runAll();
}

const routes = (work: () => Promise<unknown>): NonNullable<GableOptions["routes"]> => [
  get("/enqueue", async () => {
    await work();
    return "enqueued";
  }),
];

const database = { models: [TaskRow], database: "sqlite::memory:" };

/** The queues, and whether the task is enqueued in a transaction. */
const places: ReadonlyArray<readonly [name: string, options: () => GableOptions, isInTransaction: boolean]> = [
  ["in memory", () => ({ tasks: { tasks: [keep], run: "record", queue: memoryTasks() } }), false],
  ["in the database", () => ({ ...database, tasks: { tasks: [keep], run: "record", queue: "database" } }), false],
  ["in the database, in a transaction", () => ({ ...database, tasks: { tasks: [keep], run: "record", queue: "database" } }), true],
  ["of an application", () => ({ tasks: { tasks: [keep], run: "record", queue: customQueue() } }), false],
  ["of an application, from the outbox", () => ({ ...database, tasks: { tasks: [keep], run: "record", queue: customQueue() } }), true],
];

describe("spans of tasks", () => {
  for (const [name, options, isInTransaction] of places)
    it(`continue the trace of the request that enqueued them: a queue ${name}`, async () => {
      seen.length = 0;
      const enqueue = (): Promise<unknown> => keep.enqueue({ photo: 7, "gable.task": 1 });
      const work = isInTransaction ? () => transaction(enqueue) : enqueue;
      await withApp({ ...options(), routes: routes(work) }, async (app) => {
        if (options().models !== undefined) await app.database().createTables();
        await enqueueAndRun(app);
      });
      assert.deepEqual(seen, [{ photo: 7, "gable.task": 1 }]);
      const [request, send, run] = [spanOf("GET /enqueue"), spanOf("send keep"), spanOf("process keep")];
      assert.deepEqual(placeOf(send), placeIn(request));
      assert.deepEqual(placeOf(run), placeIn(send));
      assert.deepEqual(run.links[0]?.context.spanId, send.spanContext().spanId);
      assert.equal(run.links.length, 1);
      assert.equal(run.parentSpanContext?.isRemote, true);
    });

  it("have the attributes of messages", async () => {
    await withApp({ routes: routes(() => plain.enqueue()), tasks: { tasks: [plain], queue: memoryTasks() } }, enqueueAndRun);
    const [send, run] = [spanOf("send plain"), spanOf("process plain")];
    const id = send.attributes["gable.task.id"];
    assert.match(String(id), /^[0-9a-f-]{36}$/);
    const common = {
      "messaging.system": "gable",
      "messaging.destination.name": "plain",
      "messaging.message.id": id,
      "gable.task": "plain",
      "gable.task.id": id,
      "gable.task.queue": "default",
    };
    assert.deepEqual(send.attributes, { ...common, "messaging.operation.name": "send", "messaging.operation.type": "send" });
    assert.deepEqual(run.attributes, {
      ...common,
      "messaging.operation.name": "process",
      "messaging.operation.type": "process",
      "gable.task.attempt": 1,
      "gable.task.outcome": "done",
    });
    assert.deepEqual([send.kind, run.kind], [SpanKind.PRODUCER, SpanKind.CONSUMER]);
  });

  it("record what a task throws", async () => {
    const work = (): Promise<unknown> => rejected.enqueue().catch(() => undefined);
    await withApp({ routes: routes(work), tasks: { tasks: [rejected], run: "inline", queue: memoryTasks() } }, (app) =>
      app.request("/enqueue"),
    );
    assert.deepEqual(names(), ["process rejected", "send rejected", "GET /enqueue"]);
    const run = spanOf("process rejected");
    assert.deepEqual([run.attributes["gable.task.outcome"], run.status.code], ["failed", SpanStatusCode.ERROR]);
    assert.equal(run.events[0]?.attributes?.["exception.message"], "never");
    assert.equal(spanOf("GET /enqueue").status.code, SpanStatusCode.UNSET);
  });

  it("record that a queue does not take a task", async () => {
    const full: MemoryTaskQueue = memoryTasks();
    full.add = () => Promise.reject(new RangeError("full"));
    await withApp({ routes: routes(() => plain.enqueue().catch(() => undefined)), tasks: { tasks: [plain], queue: full } }, (app) =>
      app.request("/enqueue"),
    );
    const send = spanOf("send plain");
    assert.deepEqual([send.attributes["error.type"], send.status.code], ["RangeError", SpanStatusCode.ERROR]);
  });

  it("have one span for each attempt, all in the same trace", async () => {
    let attempts = 0;
    const twice = task("twice", {}, () => {
      if (attempts++ === 0) throw new RangeError("once");
    });
    await withApp({ routes: routes(() => twice.enqueue()), tasks: { tasks: [twice], queue: memoryTasks() } }, async (app) => {
      await enqueueAndRun(app);
      await app.part(tasksPart).runAll({ now: () => Date.now() + 3_600_000 });
    });
    const runs = spans().filter(({ name }) => name === "process twice");
    assert.deepEqual(
      runs.map(({ attributes }) => [attributes["gable.task.attempt"], attributes["gable.task.outcome"]]),
      [
        [1, "queued"],
        [2, "done"],
      ],
    );
    for (const run of runs) assert.deepEqual(placeOf(run), placeIn(spanOf("send twice")));
  });

  it("are in one trace when a task enqueues another one", async () => {
    const first = task("first", {}, () => plain.enqueue());
    await withApp({ routes: routes(() => first.enqueue()), tasks: { tasks: [first, plain], queue: memoryTasks() } }, enqueueAndRun);
    assert.deepEqual(placeOf(spanOf("send plain")), placeIn(spanOf("process first")));
    assert.deepEqual(placeOf(spanOf("process plain")), placeIn(spanOf("send plain")));
    assert.equal(spanOf("process plain").spanContext().traceId, spans().find(isServer)?.spanContext().traceId);
  });

  it("start a new trace with a link when the task waits for its time", async () => {
    const work = (): Promise<unknown> => plain.enqueue(undefined, { delaySeconds: 60 });
    await withApp({ routes: routes(work), tasks: { tasks: [plain], queue: memoryTasks() } }, async (app) => {
      await app.request("/enqueue");
      await app.part(tasksPart).runAll({ now: () => Date.now() + 61_000 });
    });
    const [send, run] = [spanOf("send plain"), spanOf("process plain")];
    assert.equal(run.parentSpanContext, undefined);
    assert.notEqual(run.spanContext().traceId, send.spanContext().traceId);
    assert.deepEqual(
      run.links.map(({ context }) => [context.traceId, context.spanId]),
      [[send.spanContext().traceId, send.spanContext().spanId]],
    );
  });

  it("start a new trace when no request and no task has enqueued the task", async () => {
    await withApp({ tasks: { tasks: [plain], queue: memoryTasks() } }, async (app) => {
      await trace.getTracer("other").startActiveSpan("other", async (span) => {
        await plain.enqueue();
        span.end();
      });
      await app.part(tasksPart).runAll();
    });
    assert.deepEqual(names(), ["other", "process plain"]);
    assert.deepEqual([spanOf("process plain").parentSpanContext, spanOf("process plain").links], [undefined, []]);
  });

  it("start a new trace for a task of a schedule", async () => {
    const every = schedule("every-minute", "* * * * *", keep, { input: { "gable.task": 1, traceParent: "none" } });
    seen.length = 0;
    await withApp({ tasks: { tasks: [keep, every], run: "worker", queue: memoryTasks() } }, async () => {
      for (let count = 0; count < 500 && seen.length === 0; count++) await new Promise((resolve) => setTimeout(resolve, 10));
    });
    assert.deepEqual(seen, [{ "gable.task": 1, traceParent: "none" }]);
    assert.deepEqual(names(), ["process keep"]);
    assert.deepEqual([spanOf("process keep").parentSpanContext, spanOf("process keep").links], [undefined, []]);
  });

  it("start a new trace for a task that a request enqueues for another application", async () => {
    const other = gable({ ...base, tasks: { tasks: [plain], queue: memoryTasks() } });
    await other.start();
    const tasks = other.part(tasksPart);
    await withApp({ routes: routes(() => tasks.enqueue(plain, undefined)) }, (app) => app.request("/enqueue"));
    await tasks.runAll();
    await other.close();
    assert.deepEqual(names(), ["GET /enqueue", "process plain"]);
    assert.deepEqual([spanOf("process plain").parentSpanContext, spanOf("process plain").links], [undefined, []]);
  });

  it("are none for a task that an application without traces has enqueued in a request of another one", async () => {
    const queue = memoryTasks();
    const plainApp = gable({ ...base, traces: false, routes: routes(() => keep.enqueue({})), tasks: { tasks: [keep], queue } });
    await plainApp.start();
    await withApp({ routes: routes(async () => plainApp.request("/enqueue")) }, (app) => app.request("/enqueue"));
    await plainApp.part(tasksPart).runAll();
    await plainApp.close();
    assert.deepEqual(names(), ["GET /enqueue"]);
    assert.deepEqual(
      queue.tasks.map(({ input }) => input),
      ["{}"],
    );
  });
});

describe("the input of a traced task", () => {
  const inputs: ReadonlyArray<readonly [name: string, input: Record<string, unknown>]> = [
    ["a plain one", { photo: 7 }],
    ["an empty one", {}],
    ["one that looks like what is stored", { "gable.task": 1, traceParent: null, isDelayed: false, input: { photo: 7 } }],
    ["one with the mark in a string", { text: '{"gable.task":1}' }],
  ];
  for (const [name, input] of inputs)
    for (const traces of [true, false])
      it(`is shown as it was enqueued ${traces ? "with" : "without"} traces: ${name}`, async () => {
        seen.length = 0;
        const queue = memoryTasks();
        const options: GableOptions = { traces, routes: routes(() => keep.enqueue(input)), tasks: { tasks: [keep], run: "record", queue } };
        await withApp(options, async (app) => {
          await app.request("/enqueue");
          const tasks = app.part(tasksPart);
          assert.deepEqual(await tasks.enqueued("keep"), [input]);
          assert.deepEqual(JSON.parse((await tasks.list())[0]!.input), input);
          assert.deepEqual(JSON.parse(queue.tasks[0]!.input), input);
          await tasks.runAll();
        });
        assert.deepEqual(seen, [input]);
      });

  it("is stored as it is without traces", async () => {
    const queue = memoryTasks();
    const stored: string[] = [];
    const watched = {
      ...customQueue(),
      add: (tasks: Parameters<TaskQueue["add"]>[0]) => {
        stored.push(...tasks.map(({ input }) => input));
        return queue.add(tasks);
      },
    };
    await withApp(
      { traces: false, routes: routes(() => keep.enqueue({ photo: 7 })), tasks: { tasks: [keep], run: "record", queue: watched } },
      (app) => app.request("/enqueue"),
    );
    assert.deepEqual(stored, ['{"photo":7}']);
  });

  it("fails its task if the queue has lost a part of it", async () => {
    const queue = memoryTasks();
    const cut: TaskQueue = {
      ...customQueue(),
      add: (tasks) => queue.add(tasks.map((each) => ({ ...each, input: each.input.slice(0, 60) }))),
      claim: (request) => queue.claim(request),
      settle: (lease, outcome) => queue.settle(lease, outcome),
    };
    await withApp({ routes: routes(() => keep.enqueue({ photo: 7 })), tasks: { tasks: [keep], run: "record", queue: cut } }, enqueueAndRun);
    assert.deepEqual(spanOf("process keep").attributes["error.type"], "SyntaxError");
    assert.equal(queue.tasks[0]?.error?.includes("JSON"), true);
  });
});
