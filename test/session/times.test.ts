/** How long sessions live, and what a clock that is wrong does to them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import type { SessionOptions } from "gable";
import { gable, get, html, post, stream, text } from "gable";
import type { SessionStore } from "gable/session";
import { memorySessions, sessionModel, sessionPart } from "gable/session";
import { createTestClient } from "gable/testing";
import { silentLogger } from "../silent-logger.ts";
import { sessionPlaces } from "./places.ts";

const createRoutes = () => [
  get("/find", async ({ session }) => ({ value: (await session.find("a")) ?? null })),
  post("/set", ({ session }) => {
    session.set("a", 1);
    return null;
  }),
  post("/login", ({ session }) => {
    session.rotate({ userId: "7" });
    return null;
  }),
];

const start = 1_800_000_000_000;
const [hour, day, year] = [3_600_000, 86_400_000, 365 * 86_400_000];

for (const { name, skip, open } of sessionPlaces) {
  describe(`the life of sessions, ${name}`, { skip }, () => {
    const run = async (
      test: TestContext,
      session: SessionOptions,
      steps: ReadonlyArray<[at: number, step: "find" | "set" | "login", found?: number | null]>,
    ): Promise<void> => {
      const { app, remove } = await open(createRoutes(), session);
      try {
        test.mock.timers.enable({ apis: ["Date"], now: start });
        const client = createTestClient(app);
        for (const [at, step, found] of steps) {
          test.mock.timers.setTime(start + at);
          if (step !== "find") await client.post(`/${step}`);
          else assert.deepEqual((await client.get("/find")).json(), { value: found }, `at ${at}`);
        }
      } finally {
        test.mock.timers.reset();
        await remove();
      }
    };

    it("ends after its absolute time, however much it is used", (test) =>
      run(test, { absoluteSeconds: 100 }, [
        [0, "set"],
        [50_000, "set"],
        [99_999, "find", 1],
        [100_000, "find", null],
      ]));

    it("ends after a time without requests, and lives on with them", (test) =>
      run(test, { idleSeconds: 100 }, [
        [0, "set"],
        [90_000, "find", 1],
        [180_000, "find", 1],
        [279_999, "find", 1],
        [379_998, "find", 1],
        [479_998, "find", null],
      ]));

    it("begins a full life when somebody signs in", (test) =>
      run(test, { absoluteSeconds: 100 }, [
        [0, "set"],
        [90_000, "login"],
        [189_999, "find", 1],
        [190_000, "find", null],
      ]));

    it("does not live again when a clock of a year ahead is put right", (test) =>
      run(test, {}, [
        [0, "set"],
        [year, "find", null],
        [1_000, "find", null],
      ]));

    it("does not live longer when it began under a clock of a year ahead", (test) =>
      run(test, {}, [
        [year, "set"],
        [year + 1, "find", 1],
        [1_000, "find", null],
      ]));

    it("takes no longer life from a clock that is put back by an hour", (test) =>
      run(test, { absoluteSeconds: 2 * 86_400 }, [
        [0, "set"],
        [day, "find", 1],
        [day - hour, "set"],
        [2 * day - 1, "find", 1],
        [2 * day, "find", null],
        [2 * day - hour, "find", null],
      ]));

    it("outlives a clock that differs by some minutes", (test) =>
      run(test, {}, [
        [300_000, "set"],
        [0, "find", 1],
        [-1, "find", null],
      ]));
  });
}

describe("gable({ session })", () => {
  const refused: ReadonlyArray<[title: string, session: unknown, code: string]> = [
    ["no object", true, "E_OPTION_INVALID"],
    ["null", null, "E_OPTION_INVALID"],
    ["an unknown option", { ttl: 1 }, "E_OPTION_UNKNOWN"],
    ["an unknown store", { store: "file" }, "E_OPTION_INVALID"],
    ["a store without read()", { store: {} }, "E_OPTION_INVALID"],
    ["a time of 0", { absoluteSeconds: 0 }, "E_OPTION_INVALID"],
    ["a time above 400 days", { absoluteSeconds: 400 * 86_400 + 1 }, "E_OPTION_INVALID"],
    ["an idle time of 0", { idleSeconds: 0 }, "E_OPTION_INVALID"],
    ["a size of 0", { bytesMax: 0 }, "E_OPTION_INVALID"],
  ];
  for (const [title, session, code] of refused)
    it(`refuses ${title}`, () => assert.throws(() => gable({ session: session as SessionOptions }), { code })); // Wrong on purpose.

  it("names the option when it is not an object", () => {
    for (const session of [null, true, 7, "memory"])
      assert.throws(() => gable({ session: session as never }), {
        code: "E_OPTION_INVALID",
        message: `gable(): option "session" is ${JSON.stringify(session)}; it must be an object, such as {}.`,
      });
  });

  for (const session of [
    { absoluteSeconds: 400 * 86_400 },
    { absoluteSeconds: 1 },
    { idleSeconds: 400 * 86_400 },
    { idleSeconds: 1 },
    { idleSeconds: null },
    { bytesMax: 1 },
  ])
    it(`takes ${JSON.stringify(session)}`, () => assert.doesNotThrow(() => gable({ session })));

  it("explains itself when it is missing", async () => {
    const app = gable({
      mode: "test",
      logger: silentLogger,
      routes: [get("/s", ({ session }) => session.find("a") as Promise<string[] | null>), get("/f", ({ flash }) => [...flash.take()])],
    });
    for (const path of ["/s", "/f"])
      await assert.rejects(createTestClient(app).get(path), { code: "E_CONTEXT_UNAVAILABLE", fix: /gable\(\{ session: \{\} \}\)/ });
  });

  it("refuses the database as a store when no model has its table", async () => {
    const app = gable({ mode: "test", logger: silentLogger, session: { store: "database" } });
    await assert.rejects(app.start(), { code: "E_SESSION_STORE", fix: /sessionModel\(\)/ });
  });

  it("uses the database by default when a model has its table", async () => {
    const Session = sessionModel();
    const app = gable({
      mode: "test",
      logger: silentLogger,
      session: {},
      models: [Session],
      database: "sqlite::memory:",
      routes: createRoutes(),
    });
    await app.start();
    await app.database().createTables();
    await createTestClient(app).post("/set");
    assert.equal(await app.database().run(() => Session.where().count()), 1);
    await app.close();
  });

  it("needs keys in production, and starts without sessions there", async () => {
    const options = { mode: "production", logger: silentLogger } as const;
    await assert.rejects(gable({ ...options, session: {} }).start(), {
      code: "E_SECRET_KEYS_MISSING",
      message: "The option session is set, and gable() got no secretKeys, which production needs.",
    });
    const app = gable(options);
    await app.start();
    await app.close();
  });

  it("deletes expired sessions, all of them, and no others", async (test) => {
    const store = memorySessions();
    const app = gable({ mode: "test", logger: silentLogger, session: { store, absoluteSeconds: 10 }, routes: createRoutes() });
    await app.start();
    test.mock.timers.enable({ apis: ["Date"], now: start });
    for (let count = 0; count < 1_001; count++)
      await store.create(`k${count}`, { values: {}, userId: null, createdAt: 0, seenAt: 0, expiresAt: start });
    const client = createTestClient(app);
    await client.post("/set");
    assert.equal(await app.part(sessionPart).deleteExpired(), 1_001);
    assert.deepEqual((await client.get("/find")).json(), { value: 1 });
    test.mock.timers.reset();
    await app.close();
  });

  it("opens its store at the start, closes it at the stop, and deletes expired sessions every hour", async (test) => {
    const calls: string[] = [];
    const inner = memorySessions();
    const store: SessionStore = {
      create: (key, record) => inner.create(key, record),
      read: (key, now) => inner.read(key, now),
      patch: (key, changes, now) => inner.patch(key, changes, now),
      delete: (key) => inner.delete(key),
      deleteExpired: async () => (calls.push("expired"), 0),
      open: async () => void calls.push("open"),
      close: async () => void calls.push("close"),
    };
    test.mock.timers.enable({ apis: ["setTimeout"] });
    const app = gable({ mode: "test", logger: silentLogger, session: { store } });
    await app.start();
    for (let hours = 0; hours < 3; hours++) test.mock.timers.tick(hour);
    await app.close();
    test.mock.timers.tick(10 * hour);
    assert.deepEqual(calls, ["open", "expired", "expired", "expired", "close"]);
  });
});

describe("a session after the reply has begun", () => {
  it("refuses to be changed or first read", async () => {
    const errors: unknown[] = [];
    const attempt = async (work: () => unknown): Promise<void> => {
      try {
        await work();
      } catch (error) {
        errors.push((error as { code?: string }).code);
      }
    };
    const app = gable({
      mode: "test",
      logger: silentLogger,
      session: {},
      routes: [
        get("/", ({ session }) => {
          async function* body(): AsyncGenerator<string> {
            await attempt(() => session.set("a" as never, 1 as never));
            await attempt(() => session.delete("a" as never));
            await attempt(() => session.rotate());
            await attempt(() => session.end());
            await attempt(() => session.update("a" as never, () => 1 as never));
            await attempt(() => session.find("a" as never));
            yield "done";
          }
          return stream(body(), { type: "text/plain" });
        }),
        get("/late", (context) => {
          async function* body(): AsyncGenerator<string> {
            await attempt(() => context.session);
            await attempt(() => context.flash);
            yield "done";
          }
          return stream(body(), { type: "text/plain" });
        }),
      ],
    });
    await createTestClient(app).get("/");
    assert.deepEqual(
      errors.splice(0),
      Array.from({ length: 6 }, () => "E_SESSION_SEALED"),
    );
    await createTestClient(app).get("/late");
    assert.deepEqual(errors, ["E_HEAD_SENT", "E_HEAD_SENT"]);
  });
});

describe("values of a session", () => {
  const app = gable({
    mode: "test",
    logger: silentLogger,
    session: { store: "memory" },
    routes: [
      post("/date", ({ session }) => {
        session.set("a" as never, new Date() as never);
        return null;
      }),
      post("/promise", async ({ session }) => ({ a: await session.update("a" as never, () => Promise.resolve(1) as never) })),
      post("/changed", async ({ session }) => {
        session.set("list" as never, [1] as never);
        const list = (await session.find("list" as never)) as number[];
        list.push(2);
        return (await session.find("list" as never)) as number[];
      }),
    ],
  });

  it("are values of JSON", async () => {
    for (const path of ["/date", "/promise"]) await assert.rejects(createTestClient(app).post(path), { code: "E_SESSION_VALUE" });
  });

  it("do not change when what was read is changed", async () => {
    assert.deepEqual((await createTestClient(app).post("/changed")).json(), [1]);
  });
});

describe("a session that other requests change all the time", () => {
  it("gives up with 503 after 50 attempts", async () => {
    const inner = memorySessions();
    let attempts = 0;
    const store: SessionStore = {
      create: (key, record) => inner.create(key, record),
      read: (key, now) => inner.read(key, now),
      patch: async () => (attempts++, "changed"),
      delete: (key) => inner.delete(key),
      deleteExpired: async () => 0,
    };
    const app = gable({ mode: "test", logger: silentLogger, session: { store }, routes: createRoutes() });
    const client = createTestClient(app);
    await client.post("/set");
    await assert.rejects(client.post("/set"), { code: "E_SESSION_CONFLICT", status: 503 });
    assert.equal(attempts, 50);
  });
});

describe("flash()", () => {
  const app = gable({
    mode: "test",
    logger: silentLogger,
    session: {},
    routes: [
      post("/add/:level/:text", ({ flash, params }) => {
        flash(params.level as "info", params.text);
        return null;
      }),
      post("/long/:count(int)", ({ flash, params }) => {
        flash("info", "x".repeat(params.count));
        return null;
      }),
      post("/fail", ({ flash }) => {
        flash("error", "lost");
        throw new Error("broken");
      }),
      post("/status/:status(int)", ({ flash, params }) => {
        flash("error", "x");
        return text("x", { status: params.status });
      }),
      get("/take", ({ flash }) => flash.take().map(({ level, text }) => `${level}: ${text}`)),
      get("/peek", ({ flash }) => [...flash.toJSON()]),
      get("/page", ({ flash }) => html`<main>${flash.render()}</main>`),
      get("/both", ({ flash }) => {
        flash("info", "now");
        const taken = flash.take().length;
        flash("info", "later");
        return { taken };
      }),
      get("/none", () => "x"),
      get("/rendered/:status(int)", ({ flash, params }) => {
        flash("info", "own");
        return text(String(flash.take().length), { status: params.status });
      }),
      get("/broken", ({ flash }) => {
        flash.take();
        throw new Error("broken");
      }),
      get("/late", ({ beforeReply, flash }) => {
        beforeReply(() => {
          throw new Error("late");
        });
        return String(flash.take().length);
      }),
    ],
  });
  const visit = (): ReturnType<typeof createTestClient> => createTestClient(app);

  it("keeps messages until a page takes them, once", async () => {
    const client = visit();
    await client.post("/add/success/Saved.");
    await client.post("/add/error/Broken;%20%22ü%22");
    await client.get("/none");
    assert.deepEqual((await client.get("/take")).json(), ["success: Saved.", 'error: Broken; "ü"']);
    assert.deepEqual((await client.get("/take")).json(), []);
  });

  it("shows messages of the same request, and keeps those that come after", async () => {
    const client = visit();
    await client.post("/add/info/before");
    assert.deepEqual((await client.get("/both")).json(), { taken: 2 });
    assert.deepEqual((await client.get("/take")).json(), ["info: later"]);
  });

  it("renders errors as an alert, apart from the others, and escapes them", async () => {
    const client = visit();
    assert.equal((await client.get("/page")).body, "<main></main>");
    await client.post("/add/success/%3Cb%3E");
    await client.post("/add/error/No");
    assert.equal(
      (await client.get("/page")).body,
      '<main><div class="messages" role="alert"><p class="message message-error">No</p></div>' +
        '<div class="messages" role="status"><p class="message message-success">&lt;b&gt;</p></div></main>',
    );
  });

  it("makes pages with messages personal, and others depend on cookies only", async () => {
    const client = visit();
    const headers = async (path: string): Promise<Array<string | null>> => {
      const reply = await client.get(path);
      return [reply.headers.get("cache-control"), reply.headers.get("vary")];
    };
    assert.deepEqual(await headers("/page"), ["private, no-cache", "Cookie"]);
    await client.post("/add/info/x");
    assert.deepEqual(await headers("/peek"), ["no-store", "Cookie"]);
    assert.deepEqual(await headers("/page"), ["no-store", "Cookie"]);
  });

  it("stores nothing when the request fails", async () => {
    const client = visit();
    await assert.rejects(client.post("/fail"), /broken/);
    assert.deepEqual((await client.get("/take")).json(), []);
    for (const [status, kept] of [
      [499, ["error: x"]],
      [500, []],
      [503, []],
    ] as const) {
      const other = createTestClient(app, { errors: "page" });
      await other.post(`/status/${status}`);
      assert.deepEqual((await other.get("/take")).json(), kept, String(status));
    }
  });

  const unseen: ReadonlyArray<readonly [method: "GET" | "HEAD", path: string, status: number, left: readonly string[]]> = [
    ["HEAD", "/take", 200, ["info: x"]],
    ["HEAD", "/page", 200, ["info: x"]],
    // The GET after it adds its own messages again.
    ["HEAD", "/rendered/200", 200, ["info: x"]],
    ["HEAD", "/rendered/304", 304, ["info: x"]],
    ["GET", "/rendered/200", 200, []],
    ["GET", "/rendered/404", 404, []],
    ["GET", "/rendered/304", 304, ["info: x", "info: own"]],
    ["GET", "/rendered/412", 412, ["info: x", "info: own"]],
    ["GET", "/rendered/503", 503, ["info: x"]],
    ["GET", "/broken", 500, ["info: x"]],
    ["GET", "/late", 500, ["info: x"]],
  ];
  for (const [method, path, status, left] of unseen)
    it(`${left.length > 0 ? "keeps" : "forgets"} a message that ${method} ${path} takes`, async () => {
      const client = createTestClient(app, { errors: "page" });
      await client.post("/add/info/x");
      assert.equal((await (method === "HEAD" ? client.head(path) : client.get(path))).status, status);
      assert.deepEqual((await client.get("/take")).json(), left);
    });

  it("forgets a message that was taken, with the attributes of its cookie", async () => {
    const client = visit();
    await client.post("/add/info/x");
    assert.deepEqual((await client.get("/take")).json(), ["info: x"]);
    assert.equal(client.cookies.get("flash"), undefined);
    const send = async (method: string, path: string, cookie = ""): Promise<string> => {
      const headers = { cookie, origin: "https://localhost" };
      return (await app.fetch(new Request(`https://localhost${path}`, { method, headers }))).headers.getSetCookie().join("\n");
    };
    const set = await send("POST", "/add/info/x");
    assert.match(set, /^__Host-flash=v1[\w.-]+; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
    assert.equal(await send("GET", "/take", set.split(";")[0]), "__Host-flash=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax");
  });

  it("takes 2,048 bytes and refuses one character more", async () => {
    const text = "x".repeat(Math.floor(((2_048 - 58) * 3) / 4) - '[["info",""]]'.length);
    const client = visit();
    const cookie = (await client.post(`/long/${text.length}`)).headers.getSetCookie()[0]!;
    const value = cookie.slice("flash=".length, cookie.indexOf(";"));
    assert.ok(value.length <= 2_048 && value.length > 2_044, String(value.length));
    await assert.rejects(client.post(`/long/${text.length + 1}`), { code: "E_FLASH_TOO_LONG" });
  });

  it("drops the oldest messages that nobody has looked at when new ones need their room", async () => {
    const client = visit();
    for (let index = 0; index < 5; index++) await client.post(`/add/info/${index}${"x".repeat(500)}`);
    const kept = (await client.get("/take")).json<string[]>().map((each) => each.slice(0, 7));
    assert.deepEqual(kept, ["info: 3", "info: 4"]);
  });

  it("rejects other levels and values that are not strings", async () => {
    await assert.rejects(visit().post("/add/danger/x"), { code: "E_OPTION_INVALID" });
  });

  it("ignores a cookie that it did not sign", async () => {
    const forged = createTestClient(app, { headers: { cookie: "flash=v1.AAAAAAAA.0.W1siaW5mbyIsIngiXV0.AAAA" } });
    assert.deepEqual((await forged.get("/take")).json(), []);
  });
});
