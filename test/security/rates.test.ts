/** Rate limits: the stores by one contract, the options of routes, and several processes. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, describe, it } from "node:test";
import type { Application, GableOptions, Logger, RateOptions } from "gable";
import { gable, get, group, middleware, post } from "gable";
import type { Database } from "gable/data";
import { createDatabase } from "gable/data";
import type { RateStore } from "gable/security";
import { databaseRates, memoryRates, rateModel, redisRates } from "gable/security";
import { createTestClient, testRateStore } from "gable/testing";
import { databaseKinds } from "../data/databases.ts";
import { createPrefix, redisUrl, removeKeys, skipRedis } from "../session/redis.ts";
import { silentLogger } from "../silent-logger.ts";

testRateStore("memory", memoryRates);

/** Runs processes that send requests concurrently, and returns how many passed and were rejected in total. */
async function runProcesses(count: number, args: readonly string[]): Promise<{ passed: number; refused: number }> {
  const file = new URL("./rate-process.ts", import.meta.url).pathname;
  const register = new URL("../../scripts/source.mjs", import.meta.url).href;
  const outputs = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<string>((resolve, reject) => {
          const child = spawn(process.execPath, ["--import", register, file, ...args], { stdio: ["ignore", "pipe", "inherit"] });
          let output = "";
          child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
          child.once("error", reject);
          child.once("close", (status) => (status === 0 ? resolve(output) : reject(new Error(`The process ended with ${status}.`))));
        }),
    ),
  );
  const results = outputs.map((output) => JSON.parse(output) as { passed: number; refused: number }); // What rate-process.ts prints.
  return { passed: results.reduce((sum, { passed }) => sum + passed, 0), refused: results.reduce((sum, { refused }) => sum + refused, 0) };
}

const startUs = 1_800_000_000_000_000;

/** A store deletes keys from the microsecond at which they are paid off, and returns how many. Other keys must not be in it. */
async function assertDeletes(store: RateStore): Promise<void> {
  await store.deleteExpired(startUs * 2, 1_000);
  for (const key of ["a", "b", "c"]) await store.take(key, { intervalUs: 10, burstUs: 20 }, startUs);
  await store.take("kept", { intervalUs: 11, burstUs: 22 }, startUs);
  assert.equal(await store.deleteExpired(startUs + 9, 1_000), 0);
  const counts = [];
  for (let round = 0; round < 3; round++) counts.push(await store.deleteExpired(startUs + 10, 2));
  assert.deepEqual(counts, [2, 1, 0]);
  assert.equal((await store.take("kept", { intervalUs: 11, burstUs: 22 }, startUs)).paidAtUs, startUs + 22);
}

for (const { name, skip, place } of databaseKinds)
  describe(name, { skip }, () => {
    let database: Database;
    let placed: Awaited<ReturnType<typeof place>>;
    const Rate = rateModel();
    const statements: string[] = [];
    before(async () => {
      placed = await place();
      database = await createDatabase({ url: placed.url, models: [Rate], onStatement: ({ sql }) => void statements.push(sql) });
      await database.createTables();
    });
    after(async () => {
      await database.close();
      await placed.remove();
    });
    testRateStore(`database, ${name}`, () => databaseRates(database, Rate));

    it("deletes keys from the time at which they are paid off", () => assertDeletes(databaseRates(database, Rate)));

    it(
      "takes one statement for each request",
      { skip: name === "MySQL" && "MySQL has no RETURNING: it takes two, in a transaction" },
      async () => {
        statements.length = 0;
        for (let count = 0; count < 3; count++)
          await databaseRates(database, Rate).take("one", { intervalUs: 10, burstUs: 20 }, 1_800_000_000_000_000);
        assert.equal(statements.length, 3);
      },
    );

    it("lets exactly as many requests pass as the limit says, when four processes send 1,000 together", async () => {
      assert.deepEqual(await runProcesses(4, ["database", placed.url, "", "250", "100"]), { passed: 100, refused: 900 });
    });
  });

describe("Redis", { skip: skipRedis }, () => {
  const prefix = createPrefix();
  after(() => removeKeys(prefix));
  testRateStore("Redis", () => redisRates({ url: redisUrl, prefix }));

  it("lets exactly as many requests pass as the limit says, when four processes send 1,000 together", async () => {
    assert.deepEqual(await runProcesses(4, ["redis", redisUrl, prefix, "250", "100"]), { passed: 100, refused: 900 });
  });
});

describe("memoryRates()", () => {
  it("deletes keys from the time at which they are paid off", () => assertDeletes(memoryRates()));

  it("looks at twice as many keys as it may delete", async () => {
    for (const [kept, count] of [
      [1, 1],
      [2, 0],
    ] as const) {
      const store = memoryRates();
      for (let index = 0; index < kept; index++) await store.take(`kept${index}`, { intervalUs: 100, burstUs: 100 }, startUs);
      await store.take("old", { intervalUs: 10, burstUs: 10 }, startUs);
      assert.equal(await store.deleteExpired(startUs + 10, 1), count);
    }
  });

  it("forgets what is paid off by itself, every 1,000 requests", async () => {
    const store = memoryRates();
    for (let index = 0; index < 999; index++) await store.take(`k${index}`, { intervalUs: 10, burstUs: 10 }, startUs);
    await store.take("last", { intervalUs: 10, burstUs: 10 }, startUs + 10);
    assert.equal(await store.deleteExpired(startUs * 2, 5_000), 1);
  });

  it("forgets at most 2,000 keys by itself in one step", async () => {
    const store = memoryRates();
    for (let index = 0; index < 2_999; index++) await store.take(`k${index}`, { intervalUs: 10, burstUs: 10 }, startUs);
    await store.take("last", { intervalUs: 10, burstUs: 10 }, startUs + 10);
    assert.equal(await store.deleteExpired(startUs * 2, 5_000), 1_000);
  });

  for (const [owing, deleted] of [
    [3, 1],
    [4, 0],
  ] as const)
    it(`looks at no more than twice the keys that it may delete: 2 of them, after ${owing} that still owe`, async () => {
      const store = memoryRates();
      for (let index = 0; index < owing; index++) await store.take(`k${index}`, { intervalUs: 1_000, burstUs: 1_000 }, startUs);
      await store.take("paid", { intervalUs: 10, burstUs: 10 }, startUs);
      assert.equal(await store.deleteExpired(startUs + 10, 2), deleted);
    });

  it("holds 100,000 keys, and forgets those that came first", () => {
    const store = memoryRates();
    const rule = { intervalUs: 10, burstUs: 10 };
    const take = (key: string): boolean => (store.take(key, rule, 1_000) as { isAllowed: boolean }).isAllowed; // In memory, nothing waits.
    for (let index = 0; index < 100_000; index++) take(`k${index}`);
    assert.equal(take("k0"), false);
    take("one more");
    assert.deepEqual([take("k0"), take("k2")], [true, false]);
  });
});

const limit = (rate: Partial<RateOptions> = {}): { limits: { rate: RateOptions } } => ({
  limits: { rate: { requestsMax: 2, windowSeconds: 60, ...rate } },
});
const make = (options: GableOptions): Application => gable({ mode: "test", logger: silentLogger, ...options });
const statuses = async (app: Application, paths: readonly string[], headers: Record<string, string> = {}): Promise<number[]> => {
  const client = createTestClient(app, { errors: "page", headers });
  const found: number[] = [];
  for (const path of paths) found.push((await client.get(path)).status);
  return found;
};

describe("limits: { rate }", () => {
  it("answers 429 with Retry-After and the fields of rate limits", async () => {
    const app = make({ routes: [get("/", limit(), () => "x")] });
    const client = createTestClient(app, { errors: "page", headers: { accept: "application/json" } });
    const fields = ["ratelimit-policy", "ratelimit", "retry-after"] as const;
    const seen = [];
    for (let count = 0; count < 3; count++) {
      const reply = await client.get("/");
      seen.push([reply.status, ...fields.map((name) => reply.headers.get(name))]);
      if (count === 2) assert.equal(reply.json<{ code: string }>().code, "E_RATE_LIMITED");
    }
    assert.deepEqual(seen, [
      [200, '"default";q=2;w=60', '"default";r=1;t=30', null],
      [200, '"default";q=2;w=60', '"default";r=0;t=60', null],
      [429, '"default";q=2;w=60', '"default";r=0;t=60', "30"],
    ]);
  });

  it("counts each route, each group and the application on their own, and the innermost limit holds", async () => {
    const app = make({
      limits: { rate: { requestsMax: 3, windowSeconds: 60 } },
      routes: [
        get("/one", limit(), () => "x"),
        get("/other", limit(), () => "x"),
        get("/free", { limits: { rate: false } }, () => "x"),
        get("/plain", () => "x"),
        group("/group", [get("/a", () => "x"), get("/b", () => "x"), get("/own", limit({ requestsMax: 1 }), () => "x")], limit()),
      ],
    });
    assert.deepEqual(await statuses(app, ["/one", "/one", "/one", "/other"]), [200, 200, 429, 200]);
    assert.deepEqual(await statuses(app, ["/group/a", "/group/b", "/group/a", "/group/own", "/group/own"]), [200, 200, 429, 200, 429]);
    assert.deepEqual(
      await statuses(
        app,
        Array.from({ length: 5 }, () => "/free"),
      ),
      [200, 200, 200, 200, 200],
    );
    assert.deepEqual(await statuses(app, ["/plain", "/missing", "/plain", "/plain", "/missing", "/up"]), [200, 404, 200, 429, 429, 200]);
  });

  it("counts routes with the same name together", async () => {
    const app = make({ routes: [get("/a", limit({ name: "shared" }), () => "x"), get("/b", limit({ name: "shared" }), () => "x")] });
    assert.deepEqual(await statuses(app, ["/a", "/b", "/a", "/b"]), [200, 200, 429, 429]);
  });

  it("counts addresses apart, and all addresses of IPv6 with the same 64 bits together", async () => {
    const app = make({ proxies: { trust: ["unix", "0.0.0.0/0", "::/0"] }, routes: [get("/", limit({ requestsMax: 1 }), () => "x")] });
    await app.start();
    const running = await app.listen({ port: 0 });
    const from = async (ip: string): Promise<number> => (await fetch(running.url, { headers: { "x-forwarded-for": ip } })).status;
    const table: ReadonlyArray<[ip: string, status: number]> = [
      ["192.0.2.1", 200],
      ["192.0.2.1", 429],
      ["192.0.2.2", 200],
      ["::ffff:192.0.2.2", 429],
      ["2001:db8:1:2::1", 200],
      ["2001:db8:1:2:ffff::9", 429],
      ["2001:db8:1:3::1", 200],
    ];
    try {
      for (const [ip, status] of table) assert.equal(await from(ip), status, ip);
    } finally {
      await running.stop();
    }
  });

  it("counts users, and visitors without one by their address", async () => {
    const app = make({
      session: { store: "memory" },
      routes: [
        post("/login/:user", ({ session, params }) => {
          session.rotate({ userId: params.user });
          return null;
        }),
        get("/", limit({ requestsMax: 1, by: "user" }), () => "x"),
      ],
    });
    const visit = async (user?: string): Promise<number[]> => {
      const client = createTestClient(app, { errors: "page" });
      if (user !== undefined) await client.post(`/login/${user}`);
      return [(await client.get("/")).status, (await client.get("/")).status];
    };
    assert.deepEqual(
      [await visit("1"), await visit("1"), await visit("2"), await visit(), await visit()],
      [
        [200, 429],
        [429, 429],
        [200, 429],
        [200, 429],
        [429, 429],
      ],
    );
  });

  it("counts what a function returns", async () => {
    const app = make({
      routes: [get("/", limit({ requestsMax: 1, by: async ({ headers }) => headers.get("x-tenant") ?? "none" }), () => "x")],
    });
    assert.deepEqual(
      [await statuses(app, ["/", "/"], { "x-tenant": "a" }), await statuses(app, ["/"], { "x-tenant": "b" })],
      [[200, 429], [200]],
    );
    // Wrong on purpose.
    const wrong = make({ routes: [get("/", limit({ by: () => 7 as unknown as string }), () => "x")] });
    await assert.rejects(createTestClient(wrong).get("/"), { code: "E_OPTION_INVALID" });
  });

  it("runs before middleware, guards and the body", async () => {
    const seen: string[] = [];
    const app = make({
      routes: [
        post(
          "/",
          {
            ...limit({ requestsMax: 1 }),
            use: [middleware((_context, next) => (seen.push("middleware"), next()))],
            guard: () => (seen.push("guard"), true),
          },
          () => "x",
        ),
      ],
    });
    const client = createTestClient(app, { errors: "page" });
    await client.post("/");
    await client.post("/", { body: "x".repeat(100) });
    assert.deepEqual(seen, ["middleware", "guard"]);
  });

  it("lets requests pass while its store fails, or answers 503 when it guards something", async () => {
    const errors: unknown[] = [];
    const logger: Logger = {
      ...silentLogger,
      error: (facts: unknown) => void errors.push((facts as { code?: unknown }).code),
      child: () => logger,
    }; // Facts are an object here.
    const failing: ReadonlyArray<RateStore["take"]> = [
      () => Promise.reject(new Error("away")),
      () => {
        throw new Error("away");
      },
    ];
    for (const take of failing) {
      const store: RateStore = { take, reset: () => undefined, deleteExpired: () => 0 };
      const app = make({
        logger,
        rateLimits: { store },
        routes: [get("/pass", limit(), () => "x"), get("/refuse", limit({ whenStoreFails: "refuse" }), () => "x")],
      });
      assert.deepEqual(await statuses(app, ["/pass", "/refuse"]), [200, 503]);
      await app.close();
    }
    assert.deepEqual(errors.filter((code) => code === "E_RATE_STORE").length >= 4, true);
  });

  it("allows a request again at the end of the window, to the millisecond", async (t) => {
    t.mock.timers.enable({ apis: ["Date"], now: 1_800_000_000_000 });
    const app = make({ routes: [get("/", limit({ requestsMax: 1, windowSeconds: 1000 }), () => "x")] });
    assert.deepEqual(await statuses(app, ["/"]), [200]);
    t.mock.timers.tick(999_999);
    assert.deepEqual(await statuses(app, ["/"]), [429]);
    t.mock.timers.tick(1);
    assert.deepEqual(await statuses(app, ["/"]), [200]);
  });

  it("deletes once an hour what is paid off in a store, 1,000 rows at a time, until none is left", async (t) => {
    t.mock.timers.enable({ apis: ["Date", "setTimeout"], now: 1_800_000_000_000 });
    t.mock.method(Math, "random", () => 0.5);
    const counts = [1_000, 3, 0];
    const asked: Array<[nowUs: number, rowsMax: number]> = [];
    const deleteExpired: RateStore["deleteExpired"] = (nowUs, rowsMax) => (asked.push([nowUs, rowsMax]), counts.shift() ?? 0);
    const store: RateStore = { take: () => assert.fail(), reset: () => undefined, deleteExpired };
    const app = make({ rateLimits: { store } });
    await app.start();
    t.mock.timers.tick(1_799_999);
    assert.deepEqual(asked, []);
    t.mock.timers.tick(1);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    assert.deepEqual(
      asked,
      [1, 2, 3].map(() => [1_800_001_800_000_000, 1_000]),
    );
    t.mock.timers.tick(3_600_000);
    assert.equal(asked.length, 4);
    await app.close();
    t.mock.timers.tick(7_200_000);
    assert.equal(asked.length, 4);
  });

  const refused: ReadonlyArray<[title: string, rate: unknown, code: string]> = [
    ["a string", "10/m", "E_OPTION_INVALID"],
    ["an unknown option", { requestsMax: 1, windowSeconds: 1, per: 1 }, "E_OPTION_UNKNOWN"],
    ["no requests", { requestsMax: 0, windowSeconds: 1 }, "E_OPTION_INVALID"],
    ["more than 1,000,000 requests", { requestsMax: 1_000_001, windowSeconds: 1 }, "E_OPTION_INVALID"],
    ["no window", { requestsMax: 1 }, "E_OPTION_INVALID"],
    ["a window above 31 days", { requestsMax: 1, windowSeconds: 31 * 86_400 + 1 }, "E_OPTION_INVALID"],
    ["an unknown key", { requestsMax: 1, windowSeconds: 1, by: "cookie" }, "E_OPTION_INVALID"],
    ["a name with a quote", { requestsMax: 1, windowSeconds: 1, name: 'a"b' }, "E_OPTION_INVALID"],
    ["an unknown answer to failures", { requestsMax: 1, windowSeconds: 1, whenStoreFails: "wait" }, "E_OPTION_INVALID"],
  ];
  for (const [title, rate, code] of refused)
    it(`refuses ${title}, on a route, a group and an application`, () => {
      const limits = { rate: rate as RateOptions }; // Wrong on purpose.
      assert.throws(() => get("/", { limits }, () => "x"), { code });
      assert.throws(() => group("/g", { limits }), { code });
      assert.throws(() => gable({ limits }), { code });
    });

  it("takes what is at the limits", () =>
    assert.doesNotThrow(() => gable({ limits: { rate: { requestsMax: 1_000_000, windowSeconds: 31 * 86_400 } } })));
});

describe("gable({ rateLimits })", () => {
  it("rejects what is not a store", () => {
    for (const store of ["redis", {}, null])
      assert.throws(() => gable({ rateLimits: { store: store as "memory" } }), { code: "E_OPTION_INVALID" }); // Wrong on purpose.
    assert.throws(() => gable({ rateLimits: { stores: 1 } as object }), { code: "E_OPTION_UNKNOWN" });
  });

  it("rejects what is not an object", () => {
    for (const [rateLimits, shown] of [
      [null, "null"],
      [7, "7"],
      ["memory", '"memory"'],
    ])
      assert.throws(() => gable({ rateLimits } as object), {
        code: "E_OPTION_INVALID",
        message: `gable(): option "rateLimits" is ${shown}; it must be an object.`,
      });
  });

  it("refuses the database as a store when no model has its table", async () => {
    await assert.rejects(make({ rateLimits: { store: "database" } }).start(), { code: "E_RATE_STORE", fix: /rateModel\(\)/ });
  });

  it("uses the database by default when a model has its table", async () => {
    const Rate = rateModel();
    const app = make({ models: [Rate], database: "sqlite::memory:", routes: [get("/", limit(), () => "x")] });
    await app.start();
    await app.database().createTables();
    assert.deepEqual(await statuses(app, ["/", "/", "/"]), [200, 200, 429]);
    assert.equal(await app.database().run(() => Rate.where().count()), 1);
    await app.close();
  });
});

describe("context.rateLimits", () => {
  it("counts what a handler wants to limit, and forgets it", async () => {
    const app = make({
      routes: [
        get("/take", ({ rateLimits }) => rateLimits.take("login:a", { requestsMax: 2, windowSeconds: 10 })),
        get("/reset", async ({ rateLimits }) => {
          await rateLimits.reset("login:a");
          return null;
        }),
        get("/wrong", ({ rateLimits }) => rateLimits.take("x", { requestsMax: 0, windowSeconds: 10 })),
      ],
    });
    const client = createTestClient(app);
    const take = async (): Promise<unknown> => (await client.get("/take")).json();
    assert.deepEqual(await take(), { isAllowed: true, remaining: 1, retryAfterSeconds: 0, resetSeconds: 5 });
    assert.deepEqual(await take(), { isAllowed: true, remaining: 0, retryAfterSeconds: 5, resetSeconds: 10 });
    assert.deepEqual(await take(), { isAllowed: false, remaining: 0, retryAfterSeconds: 5, resetSeconds: 10 });
    await client.get("/reset");
    assert.deepEqual(await take(), { isAllowed: true, remaining: 1, retryAfterSeconds: 0, resetSeconds: 5 });
    await assert.rejects(client.get("/wrong"), { code: "E_OPTION_INVALID" });
  });
});
