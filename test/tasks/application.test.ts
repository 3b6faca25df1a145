/** Tasks of applications: options, inputs, tests without a worker, two applications in one process. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "node:test";
import type { Application, GableOptions, StandardSchema } from "gable";
import { definePart, gable, get } from "gable";
import { field as f, Model, transaction } from "gable/data";
import { cache, cachePart } from "gable/cache";
import type { MailTransport } from "gable/mail";
import { memoryMail, sendMail } from "gable/mail";
import type { Step, TaskQueue } from "gable/tasks";
import { memoryTasks, task, taskModel, tasksPart } from "gable/tasks";
import { testTaskQueue } from "gable/testing";
import { retryDelayMs } from "../../src/tasks/retry-delay.ts";
import { silentLogger } from "../silent-logger.ts";

testTaskQueue("memory", () => ({ queue: memoryTasks() }));

class Note extends Model("task_notes", { id: f.id(), text: f.text({ max: 50 }) }) {}
const TaskRow = taskModel();
const seen: unknown[] = [];
const note = task("note", { input: { text: f.text({ max: 50 }) } }, ({ input }) => void seen.push(input.text));
const write = task("write", { input: { text: f.text({ max: 50 }) } }, async ({ input }) => void (await Note.create(input)));
const plain = task("plain", {}, () => void seen.push("plain"));
/** A schema that accepts everything. */
const anything = {
  "~standard": { version: 1, vendor: "own", validate: (value: unknown) => ({ value }) },
} as const satisfies StandardSchema<unknown>;
const big = task("big", { input: anything }, () => undefined);

async function withApp(options: GableOptions, work: (app: Application) => Promise<void>): Promise<void> {
  const app = gable({ mode: "test", logger: silentLogger, ...options });
  await app.start();
  seen.length = 0;
  try {
    await work(app);
  } finally {
    await app.close();
  }
}

describe("gable({ tasks })", () => {
  it("records tasks in tests, and runs them on demand", () =>
    withApp({ tasks: [note, plain], routes: [get("/", async () => note.enqueue({ text: "a" }))] }, async (app) => {
      assert.equal((await app.request("/")).status, 200);
      await note.enqueue({ text: "b" });
      const tasks = app.part(tasksPart);
      assert.deepEqual(await tasks.enqueued("note"), [{ text: "a" }, { text: "b" }]);
      assert.deepEqual([seen.length, await tasks.runAll(), seen], [0, 2, ["a", "b"]]);
    }));

  it("runs tasks inline, and those of a transaction after its commit", () =>
    withApp({ tasks: { tasks: { note, other: 7 }, run: "inline" }, models: [Note], database: "sqlite::memory:" }, async () => {
      await note.enqueue({ text: "now" });
      assert.deepEqual(seen, ["now"]);
      await transaction(async () => {
        await note.enqueue({ text: "after" });
        assert.deepEqual(seen, ["now"]);
      });
      assert.deepEqual(seen, ["now", "after"]);
      await assert.rejects(
        transaction(async () => {
          await note.enqueue({ text: "never" });
          throw new Error("no");
        }),
        /no/,
      );
      assert.deepEqual(seen, ["now", "after"]);
    }));

  it("runs tasks in the process outside of tests", () =>
    withApp({ mode: "development", tasks: { tasks: [plain], queue: memoryTasks() } }, async () => {
      await plain.enqueue();
      while (seen.length === 0) await sleep(5);
      assert.deepEqual(seen, ["plain"]);
    }));

  it("keeps the tasks and the databases of two applications apart", async () => {
    const options = (): GableOptions => ({
      models: [Note, TaskRow],
      database: "sqlite::memory:",
      tasks: { tasks: [write], queue: "database", run: "elsewhere" },
      routes: [get("/:text", async ({ params }) => write.enqueue({ text: params.text }))],
    });
    await withApp(options(), async (first) => {
      await withApp(options(), async (second) => {
        for (const app of [first, second]) await app.database().createTables();
        await first.request("/one");
        await second.request("/two");
        await assert.rejects(write.enqueue({ text: "three" }), { code: "E_TASK_MISSING" });
        for (const app of [first, second]) assert.equal(await app.part(tasksPart).runAll(), 1);
        const texts = [first, second].map((app) => app.database().run(async () => (await Note.all()).map(({ text }) => text)));
        assert.deepEqual(await Promise.all(texts), [["one"], ["two"]]);
      });
    });
  });

  it("starts its worker when the parts of the application have started", async () => {
    const queue = memoryTasks();
    let isOpen = false;
    const opened: boolean[] = [];
    const look = task("look", {}, () => void opened.push(isOpen));
    const own = definePart({
      name: "own",
      start: async () => {
        await sleep(20);
        isOpen = true;
        return {};
      },
    });
    await withApp({ tasks: { tasks: [look], run: "elsewhere", queue } }, async () => void (await look.enqueue()));
    await withApp({ tasks: { tasks: [look], run: "worker", queue }, parts: [own] }, async () => {
      for (let round = 0; round < 200 && opened.length === 0; round++) await sleep(10);
      assert.deepEqual(opened, [true]);
    });
  });

  it("lets a task send mail, cache and enqueue with its own application, when two run", async () => {
    const notify = task("notify", { input: { to: f.email() } }, async ({ input }) => {
      await cache.increment("sent", { ttlSeconds: 60 });
      await sendMail({ to: input.to, subject: "Due", text: "Bring it back." });
      await plain.enqueue();
    });
    const transports = [memoryMail(), memoryMail()];
    const options = (transport: MailTransport): GableOptions => ({
      tasks: [notify, plain],
      cache: true,
      mail: { transport, from: "site@example.com" },
    });
    await withApp(options(transports[0]!), async (first) => {
      await withApp(options(transports[1]!), async (second) => {
        const run = async (app: Application, to: string): Promise<void> => {
          await app.part(tasksPart).enqueue(notify, { to });
          assert.equal(await app.part(tasksPart).runAll(), 2);
        };
        await Promise.all([run(first, "ann@example.com"), run(second, "ben@example.com")]);
        const sentTo = transports.map(({ messages }) => messages.map(({ to }) => to[0]!.address));
        assert.deepEqual(sentTo, [["ann@example.com"], ["ben@example.com"]]);
        for (const app of [first, second]) assert.equal(await app.part(cachePart).cache.increment("sent", { ttlSeconds: 60 }), 2);
      });
    });
  });

  const wrong: ReadonlyArray<readonly [options: object, code: string, message: RegExp]> = [
    [{ tasks: 7 }, "E_OPTION_INVALID", /option "tasks" is 7/],
    [{ tasks: { tasks: 7 } }, "E_OPTION_INVALID", /option "tasks" is 7/],
    [{ tasks: { tasks: [], runs: "worker" } }, "E_OPTION_UNKNOWN", /no option "runs"/],
    [{ tasks: { tasks: [], run: "now" } }, "E_OPTION_INVALID", /option "run" is "now"/],
    [{ tasks: { tasks: [], queue: {} } }, "E_OPTION_INVALID", /option "queue"/],
    [{ tasks: { tasks: [], queues: [] } }, "E_OPTION_INVALID", /option "queues"/],
    [{ tasks: { tasks: [], concurrency: 0 } }, "E_OPTION_INVALID", /option "concurrency" is 0/],
    [{ tasks: { tasks: [], concurrency: 1_001 } }, "E_OPTION_INVALID", /option "concurrency" is 1001/],
    [{ tasks: [7] }, "E_OPTION_INVALID", /a list of tasks/],
    [{ tasks: [plain, task("plain", {}, () => 1)] }, "E_TASK_DUPLICATE", /Two tasks are named "plain": .*application\.test\.ts/],
    [{ tasks: { tasks: [plain], queue: "database" } }, "E_TASK_STORE", /no model has the table gable_tasks/],
  ];
  for (const [options, code, message] of wrong)
    it(`refuses ${JSON.stringify(options)}: ${code}`, async () => {
      await assert.rejects(async () => gable({ mode: "test", logger: silentLogger, ...options }).start(), { code, message });
    });
});

describe("task()", () => {
  const wrong: ReadonlyArray<readonly [name: string, options: object, part: RegExp]> = [
    ["", {}, /"name"/],
    ["a b", {}, /"name"/],
    ["x".repeat(101), {}, /"name"/],
    ["x", { queue: "" }, /"queue"/],
    ["x", { queue: "x".repeat(51) }, /"queue"/],
    ["x", { attemptsMax: 0 }, /"attemptsMax" is 0/],
    ["x", { attemptsMax: 101 }, /"attemptsMax" is 101/],
    ["x", { priority: 101 }, /"priority" is 101/],
    ["x", { priority: -101 }, /"priority" is -101/],
    ["x", { priority: 0.5 }, /"priority" is 0.5/],
    ["x", { timeoutSeconds: 0 }, /"timeoutSeconds" is 0/],
    ["x", { timeoutSeconds: 86_401 }, /"timeoutSeconds" is 86401/],
    ["x", { transactional: 1 }, /"transactional" is 1/],
    ["x", { input: "text" }, /"input" is "text"/],
    ["x", { input: { data: f.json<unknown>() } }, /"input.data" is .*Standard Schema/],
    ["x", { retries: 3 }, /no option "retries"/],
  ];
  for (const [name, options, message] of wrong)
    it(`refuses ${JSON.stringify(name.slice(0, 3))} with ${JSON.stringify(options).slice(0, 40)}`, () =>
      assert.throws(() => task(name, options, () => undefined), { message }));

  it("accepts every option at its limit", () => {
    task("x".repeat(100), { queue: "x".repeat(50), attemptsMax: 100, priority: 100, timeoutSeconds: 86_400 }, () => undefined);
    task("x", { attemptsMax: 1, priority: -100 }, () => undefined);
  });
});

describe("a queue with connections", () => {
  /** A queue that notes what is called. */
  function connectedTasks(fails = false): { readonly queue: TaskQueue; readonly calls: string[] } {
    const calls: string[] = [];
    const queue = Object.assign(memoryTasks(), {
      open: async () => {
        calls.push("open");
        if (fails) throw new Error("nobody answers at redis://a.test");
      },
      close: async () => void calls.push("close"),
    });
    const { claim, settle } = queue;
    queue.claim = async (request) => {
      const claimed = await claim.call(queue, request);
      if (claimed.length > 0) calls.push("claim");
      return claimed;
    };
    queue.settle = async (...settled) => {
      calls.push("settle");
      return settle.apply(queue, settled);
    };
    return { queue, calls };
  }

  it("is opened before it is used, and closed when the last task has ended", async () => {
    const { queue, calls } = connectedTasks();
    let [begin, end]: [() => void, () => void] = [() => undefined, () => undefined];
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const ended = new Promise<void>((resolve) => (end = resolve));
    const slow = task("slow", {}, () => (begin(), ended));
    await withApp({ tasks: { tasks: [slow], queue, run: "worker" } }, async () => {
      await slow.enqueue();
      await begun;
      setTimeout(end, 50);
    });
    assert.deepEqual(calls, ["open", "claim", "settle", "close"]);
  });

  it("fails the start when it cannot be opened", async () => {
    const { queue, calls } = connectedTasks(true);
    const app = gable({ mode: "test", logger: silentLogger, tasks: { tasks: [plain], queue, run: "worker" } });
    await assert.rejects(app.start(), /nobody answers at redis/);
    await app.close();
    assert.deepEqual(calls, ["open"]);
    await assert.rejects(plain.enqueue(), { code: "E_TASK_MISSING" });
  });

  it("is not opened by an application whose other options are wrong", async () => {
    const { queue, calls } = connectedTasks();
    const write = task("write-twice", { transactional: true }, () => undefined);
    await assert.rejects(gable({ mode: "test", logger: silentLogger, tasks: { tasks: [write], queue, run: "worker" } }).start(), {
      code: "E_TASK_STORE",
    });
    assert.deepEqual(calls, []);
  });
});

describe("a transactional task in a queue without transactions", () => {
  const write = task("write-once", { transactional: true }, () => undefined);
  for (const [run, isRefused] of [
    ["worker", true],
    ["inline", false],
    ["record", false],
  ] as const)
    it(`${isRefused ? "is refused at the start" : "is accepted"} with run: "${run}"`, async () => {
      const app = gable({ mode: "test", logger: silentLogger, tasks: { tasks: [write], queue: memoryTasks(), run } });
      if (isRefused) await assert.rejects(app.start(), { code: "E_TASK_STORE", message: /"write-once" is transactional/ });
      else await app.start();
      await app.close();
    });
});

describe("enqueue()", () => {
  it("accepts 65,536 bytes of JSON, and refuses one more", () =>
    withApp({ tasks: [big] }, async () => {
      const fill = (bytes: number): { data: unknown } => ({ data: "x".repeat(bytes - '{"data":""}'.length) });
      await big.enqueue(fill(65_536));
      await assert.rejects(big.enqueue(fill(65_537)), { code: "E_TASK_INPUT", message: /65537 bytes of JSON, and the maximum is 65536/ });
    }));

  it("refuses what JSON would change", () =>
    withApp({ tasks: [big] }, async () => {
      for (const data of [
        new Date(),
        1n,
        Number.NaN,
        Infinity,
        new Map(),
        () => 1,
        [undefined],
        { [Symbol("x")]: 1 },
        { deep: [new Date()] },
        Symbol("x"),
      ])
        await assert.rejects(big.enqueue({ data }), { code: "E_TASK_INPUT" });
    }));

  it("refuses input that the fields refuse, and input for a task without", () =>
    withApp({ tasks: [note, plain] }, async () => {
      await note.enqueue({ text: "x".repeat(50) });
      await assert.rejects(note.enqueue({ text: "x".repeat(51) }), { code: "E_TASK_INPUT", message: /text/ });
      // @ts-expect-error the task takes no input
      await assert.rejects(plain.enqueue({ text: "x" }), { code: "E_TASK_INPUT", message: /takes no input/ });
    }));

  it("refuses options beyond their limits, and tasks of no application", () =>
    withApp({ tasks: [plain] }, async () => {
      await plain.enqueue(undefined, { delaySeconds: 31_536_000, priority: -100 });
      for (const options of [{ delaySeconds: 31_536_001 }, { delaySeconds: -1 }, { delaySeconds: Number.NaN }, { priority: 101 }])
        await assert.rejects(plain.enqueue(undefined, options), { code: "E_OPTION_INVALID" });
      await assert.rejects(plain.enqueue(undefined, { delay: 1 } as object), { code: "E_OPTION_UNKNOWN" });
      await assert.rejects(note.enqueue({ text: "x" }), { code: "E_TASK_UNKNOWN" });
    }));

  it("needs an application with tasks that runs", () => assert.rejects(plain.enqueue(), { code: "E_TASK_MISSING" }));
});

describe("stats() of a queue in memory", () => {
  it("counts the tasks of each queue, and the durations of those that are done", async () => {
    const queue = memoryTasks();
    const now = 1_000_000_000;
    const add = (name: string, dueAt: number): Promise<unknown> =>
      queue.add([{ id: `${name} ${dueAt}`, name, queue: name, priority: 0, input: "null", attemptsMax: 1, dueAt, createdAt: now }]);
    const run = async (state: "done" | "failed", ms: number): Promise<void> => {
      const [claimed] = await queue.claim({ names: ["a"], count: 1, now, leaseUntil: now + 1, token: "one" });
      await queue.settle({ id: claimed!.id, token: "one" }, { state, now: now + ms });
    };
    for (let ms = 1; ms <= 20; ms++) {
      await add("a", now - ms);
      await run("done", ms);
    }
    await add("a", now);
    await run("failed", 0);
    await add("b", now - 7_000);
    await add("b", now + 1);
    const none = { p50Ms: null, p95Ms: null, failed: 0, running: 0 };
    assert.deepEqual(await queue.stats(now), [
      { queue: "a", waiting: 0, oldestSeconds: null, later: 0, running: 0, failed: 1, p50Ms: 10, p95Ms: 19 },
      { queue: "b", waiting: 1, oldestSeconds: 7, later: 1, ...none },
    ]);
    assert.equal((await queue.stats(now + 86_400_000))[0]!.failed, 1);
    assert.equal((await queue.stats(now + 86_400_001))[0]!.failed, 0);
  });
});

describe("unique keys", () => {
  it("have from 1 to 200 characters", () =>
    withApp({ tasks: [plain] }, async () => {
      await plain.enqueue(undefined, { uniqueKey: "x".repeat(200) });
      for (const uniqueKey of ["", "x".repeat(201), "a\u0000b", "\ud800", "a\udbff", 7 as never])
        await assert.rejects(plain.enqueue(undefined, { uniqueKey }), { code: "E_OPTION_INVALID", message: /"uniqueKey"/ });
    }));

  it("are taken from the first enqueue() of a transaction, until its rollback, in a queue that knows no transactions", () =>
    withApp({ tasks: [plain], models: [Note], database: "sqlite::memory:" }, async (app) => {
      const enqueueTwice = (): Promise<boolean[]> =>
        transaction(async () => {
          const added = [await plain.enqueue(undefined, { uniqueKey: "a" }), await plain.enqueue(undefined, { uniqueKey: "a" })];
          assert.equal(added[0]!.id === added[1]!.id, true);
          return added.map(({ created }) => created);
        });
      await assert.rejects(
        transaction(async () => (await enqueueTwice(), Promise.reject(new Error("no")))),
        /no/,
      );
      assert.deepEqual(await enqueueTwice(), [true, false]);
      assert.equal((await plain.enqueue(undefined, { uniqueKey: "a" })).created, false);
      assert.equal(await app.part(tasksPart).runAll(), 1);
      const together = await transaction(() =>
        Promise.all([plain.enqueue(undefined, { uniqueKey: "b" }), plain.enqueue(undefined, { uniqueKey: "b" })]),
      );
      assert.deepEqual([together.map(({ created }) => created), together[0]!.id === together[1]!.id], [[true, false], true]);
      // A task without a key has nothing to do with the key "null".
      await transaction(async () => {
        await plain.enqueue(undefined, { uniqueKey: "null" });
        await transaction(async () => (await plain.enqueue(), Promise.reject(new Error("no")))).catch(() => undefined);
        assert.equal((await plain.enqueue(undefined, { uniqueKey: "null" })).created, false);
      });
      assert.equal(await app.part(tasksPart).runAll(), 2);
    }));
});

describe("step()", () => {
  const wrong: ReadonlyArray<readonly [title: string, work: (step: Step) => Promise<unknown>, message: RegExp]> = [
    ["a name twice", async (step) => (await step("a", () => 1), step("a", () => 2)), /Two of its steps are named "a"/],
    ["an empty name", (step) => step("", () => 1), /The name of a step is ""/],
    ["a long name", (step) => step("x".repeat(101), () => 1), /must have 1 to 100 characters/],
    ["a result that JSON would change", (step) => step("a", () => new Date()), /The step "a" cannot be kept: result is/],
    ["too large a result", (step) => step("a", () => "x".repeat(65_536)), /the maximum is 65536/],
    ["a cursor that is NaN", (step) => step("a", ({ advance }) => advance(Number.NaN)), /The cursor of the step "a" is NaN/],
    ["a cursor that is an object", (step) => step("a", ({ advance }) => advance({} as never)), /must be a string or a number/],
  ];
  for (const [title, work, message] of wrong)
    it(`refuses ${title}`, async () => {
      const failures: unknown[] = [];
      const stepping = task("stepping", {}, ({ step }) => work(step));
      await withApp({ tasks: [stepping] }, async (app) => {
        await stepping.enqueue();
        await app.part(tasksPart).runAll({ onFailure: (_name, error) => failures.push(error) });
      });
      assert.equal((failures[0] as { code: string }).code, "E_TASK_STEP");
      assert.match((failures[0] as Error).message, message);
    });

  it("keeps steps of exactly 64 KiB, and accepts names of 100 characters", async () => {
    const name = "x".repeat(100);
    const empty = JSON.stringify([[name, { isDone: true, result: "" }]]).length;
    const seenSteps: number[] = [];
    const stepping = task("stepping", {}, async ({ step }) => {
      seenSteps.push((await step(name, () => "y".repeat(65_536 - empty))).length);
    });
    await withApp({ tasks: [stepping] }, async (app) => {
      await stepping.enqueue();
      await app.part(tasksPart).runAll();
      assert.equal((await app.part(tasksPart).list())[0]!.state, "done");
    });
    assert.deepEqual(seenSteps, [65_536 - empty]);
  });

  it("writes cursors at most once a second", async () => {
    const queue = memoryTasks();
    let saves = 0;
    const save = queue.save.bind(queue);
    queue.save = (...given) => (saves++, save(...given));
    const walking = task("walking", {}, ({ step }) =>
      step("a", async ({ advance }) => {
        for (let item = 0; item < 10_000; item++) await advance(item);
      }),
    );
    const startedAt = performance.now();
    await withApp({ tasks: { tasks: [walking], queue } }, async (app) => {
      await walking.enqueue();
      await app.part(tasksPart).runAll();
    });
    assert.ok(saves >= 1 && saves <= 1 + (performance.now() - startedAt) / 1_000, `${saves} writes`);
  });
});

describe("retryDelayMs()", () => {
  it("doubles from 15 seconds up to an hour, 20 % shorter or longer", () => {
    const middle = [1, 2, 3, 8, 9, 100].map((attempt) => retryDelayMs(attempt, 0.5));
    assert.deepEqual(middle, [15_000, 30_000, 60_000, 1_920_000, 3_600_000, 3_600_000]);
    assert.deepEqual([retryDelayMs(1, 0), retryDelayMs(1, 1)], [12_000, 18_000]);
  });
});
