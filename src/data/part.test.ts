/** An application with models: its databases open and close with it. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { createDatabase, createDatabases, field as f, Model, onCommit, transactional, withoutScope } from "../data.ts";
import { gable, get, post } from "../index.ts";
import { createTestClient } from "../testing.ts";
import { testDatabase } from "../testing/test-database.ts";
import type { Logger, Route } from "../index.ts";
import { silentLogger } from "../../test/silent-logger.ts";
import type { Application } from "../app/gable.ts";
import type { GableOptions } from "../app/options.ts";

class Note extends Model("app_notes", { id: f.id(), text: f.text({ max: 50 }) }) {}
class Line extends Model("app_lines", { id: f.id(), text: f.text({ max: 50 }) }, { database: "logs" }) {}

const makeRoutes = (): Route[] => [
  get("/notes", () => Note.orderBy("id").pluck("text")),
  get("/copies", () => Note.orderBy("id").on("replica").pluck("text")),
  post("/notes", { json: Note.schema({ for: "create" }) }, async ({ json }) => {
    await Note.create(json);
    return Note.where().on("replica").pluck("text");
  }),
];

describe("gable({ models })", () => {
  let folder: string;
  let app: Application | undefined;
  const url = (name: string): string => `sqlite:${join(folder, name)}.db`;
  const make = (options: GableOptions): Application => (app = gable({ mode: "test", routes: makeRoutes(), models: [Note], ...options }));
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "gable-app-"));
  });
  afterEach(async () => {
    await app?.close();
    await rm(folder, { recursive: true });
  });

  it("opens the database when it starts, and closes it", async () => {
    const made = make({ database: url("a") });
    assert.throws(() => made.database(), {
      code: "E_DATABASE_MISSING",
      message: "The application has not started: it has no open database.",
      fix: "Await app.start() first.",
    });
    await made.start();
    await made.database().createTables();
    const client = createTestClient(made);
    assert.deepEqual((await client.post("/notes", { json: { text: "one" } })).json(), ["one"]);
    assert.deepEqual((await client.get("/notes")).json(), ["one"]);
    assert.throws(() => made.database("other"), { code: "E_DATABASE_UNKNOWN" });
    await made.close();
    await assert.rejects(Note.count(), { code: "E_DATABASE_MISSING" });
    // A repeated call returns it again.
    assert.deepEqual((await client.get("/notes")).json(), ["one"]);
  });

  const failure = new Error("no mail");
  const throwFailure = (): never => {
    throw failure;
  };
  for (const [what, change] of [
    ["a failed callback", () => Promise.reject(failure)],
    ["a callback that throws", throwFailure],
  ] as const)
    it(`writes the error of ${what} after a commit to its log, with the id of the request`, async () => {
      const lines: unknown[] = [];
      const logger = { ...silentLogger, error: (facts: object | string, message?: string) => void lines.push([facts, message]) };
      const save = post("/save", { use: [transactional()] }, async ({ requestId }) => {
        await Note.create({ text: "one" });
        onCommit(change);
        return { requestId };
      });
      const made = make({ mode: "development", database: url("a"), logger, routes: [save] });
      const { url: address } = await made.listen({ port: 0, quiet: true });
      const reply = await fetch(`${address}/save`, { method: "POST" });
      const { requestId } = (await reply.json()) as { requestId: string }; // What the route answers.
      assert.deepEqual(lines, [[{ requestId, error: failure }, "A callback after a commit failed: no mail"]]);
    });

  it("creates missing tables at start in development, and reports what it cannot create", async () => {
    const told: unknown[] = [];
    const ignore = (): void => undefined;
    const logger: Logger = {
      debug: ignore,
      info: (facts, message) => void told.push([facts, message]),
      warn: (facts, message) => void told.push([facts, message]),
      error: ignore,
      child: () => logger,
    };
    const start = async (models: NonNullable<GableOptions["models"]>, mode: "development" | "test"): Promise<void> => {
      const made = gable({ mode, logger, models, database: url("s"), routes: makeRoutes() });
      await made.start();
      if (mode === "development") assert.deepEqual((await createTestClient(made).get("/notes")).json(), []);
      await made.close();
    };
    await start([Note], "test");
    assert.deepEqual(told, []);
    await start([Note], "development");
    assert.deepEqual(told.splice(0), [
      [{ database: "default", made: ['Create the table "app_notes"'] }, "Created tables for models, because there are no migrations yet."],
    ]);
    await start([Note], "development");
    assert.deepEqual(told, []);
    class Longer extends Model("app_notes", { id: f.id(), text: f.int() }) {}
    const made = gable({ mode: "development", logger, models: [Longer], database: url("s") });
    await made.start();
    await made.close();
    assert.deepEqual(told, [
      [
        {
          database: "default",
          left: ['In the table "app_notes", column text differs from the model.'],
          fix: "Write a migration: makeMigration() of gable/migrations.",
        },
        "Tables differ from the models, and were left unchanged.",
      ],
    ]);
  });

  it("runs unsafe methods in a transaction, and rolls it back for a reply above 399", async () => {
    const events: string[] = [];
    const use = [transactional({ timeoutMs: 10_000 })];
    const write = async (text: string): Promise<void> => {
      onCommit(() => void events.push(`${text} is stored`));
      await Note.create({ text });
    };
    const routes = [
      get("/notes", () => Note.orderBy("id").pluck("text")),
      post("/good", { use }, async () => {
        await write("good");
        return "done";
      }),
      post("/thrown", { use }, async () => {
        await write("thrown");
        throw new Error("no");
      }),
      post("/refused", { use }, async () => {
        await write("refused");
        return new Response("no", { status: 409 });
      }),
      post("/wrong", { use }, async () => {
        await write("wrong");
        await Note.create({ text: "x".repeat(51) });
        return "never";
      }),
      get("/read", { use }, async () => {
        await write("read");
        return new Response("no", { status: 400 });
      }),
    ];
    const made = gable({ mode: "test", logger: silentLogger, routes, models: [Note], database: url("t") });
    app = made;
    await made.start();
    await made.database().createTables();
    const client = createTestClient(made, { errors: "page" });
    const statuses: number[] = [];
    for (const path of ["/good", "/thrown", "/refused", "/wrong"]) statuses.push((await client.post(path, {})).status);
    statuses.push((await client.get("/read")).status);
    assert.deepEqual(statuses, [200, 500, 409, 422, 400]);
    assert.deepEqual((await client.get("/notes")).json(), ["good", "read"]);
    assert.deepEqual(events, ["good is stored", "read is stored"]);
  });

  it("closes the database when its server stops, after the last request", async () => {
    const { promise: started, resolve: start } = Promise.withResolvers<void>();
    const slow = get("/slow", async () => {
      start();
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { count: await Note.count() };
    });
    const made = make({ database: { url: url("a"), rowsMax: 1 }, routes: [...makeRoutes(), slow], logger: silentLogger });
    const running = await made.listen({ port: 0 });
    await made.database().createTables();
    await Note.createMany([{ text: "one" }, { text: "two" }]);
    assert.equal((await fetch(`${running.url}/notes`)).status, 500);
    const last = fetch(`${running.url}/slow`);
    await started;
    await running.stop();
    assert.deepEqual(await (await last).json(), { count: 2 });
    await assert.rejects(Note.count(), { code: "E_DATABASE_MISSING" });
  });

  it("is ready when the database answers", async () => {
    const made = make({ database: url("a") });
    assert.equal((await made.request("/ready")).status, 200);
    const database = made.database();
    await database.close();
    await new Promise((resolve) => setTimeout(resolve, 1_010));
    const reply = await made.request("/ready");
    assert.deepEqual([reply.status, await reply.text()], [503, "not ready: database\n"]);
  });

  it("reads the address from the environment, and defaults to a file below the working directory", async () => {
    const before = process.cwd();
    process.chdir(folder);
    const { DATABASE_URL: known } = process.env;
    try {
      delete process.env["DATABASE_URL"];
      await make({}).start();
      await app!.database().createTables();
      await app!.close();
      const file = await createDatabase({ url: "sqlite:var/app.db", models: [Note], bind: false });
      assert.equal(await file.run(() => Note.count()), 0);
      await file.close();
      process.env["DATABASE_URL"] = url("b");
      await make({}).start();
      await assert.rejects(Note.count(), { code: "E_MIGRATION_PENDING", message: /has no table "/ });
    } finally {
      process.chdir(before);
      if (known === undefined) delete process.env["DATABASE_URL"];
      else process.env["DATABASE_URL"] = known;
    }
  });

  it("opens several databases, and lets a request read its own writes", async () => {
    const databases = { default: { url: url("a") }, replica: { url: url("b"), of: "default" }, logs: { url: url("c") } };
    const copies = await createDatabase({ url: url("b"), models: [Note], bind: false });
    await copies.createTables();
    await copies.run(() => Note.create({ text: "old" }));
    await copies.close();
    const first = await createDatabases({ models: [Note, Line], databases });
    await first.createTables();
    await first.close();
    const made = make({ databases, models: [Note, Line] });
    const client = createTestClient(made);
    assert.deepEqual((await client.get("/copies")).json(), ["old"]);
    assert.deepEqual((await client.post("/notes", { json: { text: "new" } })).json(), ["new"]);
    assert.deepEqual((await client.get("/copies")).json(), ["old"]);
    assert.equal(made.database("logs").models[0], Line);
  });

  it("writes to its log why work leaves the scopes of models", async () => {
    const told: unknown[] = [];
    const logger = { ...silentLogger, info: (facts: unknown, message?: string) => void told.push([facts, message]) };
    const made = make({ database: url("a"), logger });
    await made.start();
    withoutScope("monthly report", () => undefined);
    await made.close();
    withoutScope("later", () => undefined);
    assert.deepEqual(told, [[{ reason: "monthly report" }, "Work left the scopes of models."]]);
  });

  it("reports a failed start, and can start after a correction", async () => {
    assert.throws(() => make({ database: url("a"), databases: { default: { url: url("a") } } }), { code: "E_OPTION_INVALID" });
    const { rm, writeFile } = await import("node:fs/promises");
    await writeFile(join(folder, "none"), "a file where a folder is needed");
    const made = make({ database: `sqlite:${join(folder, "none/a.db")}` });
    await assert.rejects(made.start(), { code: "E_DATABASE_OPEN" });
    await assert.rejects(made.request("/notes"), { code: "E_DATABASE_OPEN" });
    await rm(join(folder, "none"));
    await made.start();
    await assert.rejects(Note.count(), { code: "E_MIGRATION_PENDING", message: /has no table "/ });
    assert.throws(() => gable({ mode: "test" }).database(), {
      message: "The application has no option models: it has no open database.",
      fix: "Pass models to gable().",
    });
  });
});

describe("testDatabase() of an application", () => {
  const app = gable({ mode: "test", models: [Note], database: "sqlite::memory:" });
  testDatabase(app);
  for (const round of [1, 2])
    it(`creates the tables, and rolls back the writes of a test, round ${round}`, async () => {
      assert.equal(await Note.count(), 0);
      await Note.create({ text: "written" });
      assert.equal(await Note.count(), 1);
    });
});
