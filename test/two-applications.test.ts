/** Two applications in one process, with the same models and opposite options, behave as if each were the only one. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Application, GableOptions, Logger } from "gable";
import { definePart, gable, get, post } from "gable";
import { field as f, Model, onCommit, transaction, withoutScope } from "gable/data";

class Note extends Model("two_notes", { id: f.id(), text: f.text({ max: 50 }) }) {}
class Line extends Model("two_lines", { id: f.id(), text: f.text({ max: 50 }) }, { database: "logs" }) {}

const counter = definePart({
  name: "counter",
  properties: { requests: (_context, instance: { count: number }) => ++instance.count },
  start: () => ({ count: 0 }),
});

interface Running {
  readonly name: string;
  readonly app: Application;
  readonly lines: string[];
}

/** Lets the other application run in between. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

function create(name: string, folder: string, options: GableOptions): Running {
  const lines: string[] = [];
  const log = (facts: string | object, message = ""): void =>
    void lines.push(typeof facts === "string" ? facts : `${message} ${JSON.stringify(facts)}`);
  const logger: Logger = { debug: () => undefined, info: log, warn: log, error: log, child: () => logger };
  const app = gable({
    mode: "test",
    logger,
    models: [Note, Line],
    databases: { default: { url: `sqlite:${join(folder, name)}.db` }, logs: { url: `sqlite:${join(folder, name)}-logs.db` } },
    parts: [counter],
    routes: [
      post("/notes", async ({ headers }) => {
        const text = headers.get("x-text")!;
        const events: string[] = [];
        await transaction(async () => {
          await Note.create({ text });
          await pause();
          onCommit(() => void events.push(text));
        });
        await Line.create({ text: `wrote ${text}` });
        await pause();
        return { notes: await Note.orderBy("id").pluck("text"), lines: await Line.where().count(), events };
      }),
      get("/scopes", async () => {
        await pause();
        return { count: await withoutScope(`a report of ${name}`, async () => Note.where().count()) };
      }),
      get("/count", (context) => ({ requests: (context as never as { requests: number }).requests })),
      get("/fails", async ({ log: own }) => {
        await pause();
        own.warn(`a warning of ${name}`);
        throw new Error(`a failure of ${name}`);
      }),
    ],
    ...options,
  });
  return { name, app, lines };
}

describe("two applications in one process", () => {
  let folder: string;
  let both: Running[];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "gable-two-"));
    both = [
      create("one", folder, { locale: "en" }),
      create("other", folder, { locale: "de", trailingSlash: "strict", basePath: "/app", health: false }),
    ];
    await Promise.all(both.map(({ app }) => app.start()));
    for (const { app } of both) for (const name of ["default", "logs"]) await app.database(name).createTables();
  });
  after(async () => {
    await Promise.all(both.map(({ app }) => app.close()));
    await rm(folder, { recursive: true });
  });
  const send = (index: number, path: string, init: RequestInit = {}): Promise<Response> =>
    both[index]!.app.request((index === 0 ? "" : "/app") + path, init);

  it("write to and read from their own databases, interleaved", async () => {
    const requests = Array.from({ length: 20 }, async (_, number) => {
      const index = number % 2;
      const reply = await send(index, "/notes", { method: "POST", headers: { "x-text": `${both[index]!.name} ${number}` } });
      const { notes, lines, events } = (await reply.json()) as { notes: string[]; lines: number; events: string[] };
      assert.equal(reply.status, 200);
      for (const text of notes) assert.ok(text.startsWith(`${both[index]!.name} `), text);
      assert.ok(notes.includes(`${both[index]!.name} ${number}`));
      assert.ok(lines <= 10);
      assert.deepEqual(events, [`${both[index]!.name} ${number}`]);
    });
    await Promise.all(requests);
    for (const { app } of both) assert.equal(await app.database().run(() => Note.where().count()), 10);
    await assert.rejects(async () => Note.where().count(), { code: "E_DATABASE_AMBIGUOUS" });
  });

  it("log to their own loggers", async () => {
    for (const { lines } of both) lines.length = 0;
    await Promise.all([send(0, "/scopes"), send(1, "/scopes"), send(0, "/fails"), send(1, "/fails")]);
    for (const { name, lines } of both) {
      const text = lines.join("\n");
      for (const expected of [`a report of ${name}`, `a warning of ${name}`, `a failure of ${name}`])
        assert.ok(text.includes(expected), text);
      const foreign = name === "one" ? "of other" : "of one";
      assert.ok(!text.includes(foreign), text);
      assert.equal(lines.filter((line) => line.includes("a report of")).length, 1);
    }
  });

  it("count in their own parts, and keep their own options", async () => {
    await Promise.all([send(0, "/count"), send(0, "/count"), send(1, "/count")]);
    assert.deepEqual(await (await send(0, "/count")).json(), { requests: 3 });
    assert.deepEqual(await (await send(1, "/count")).json(), { requests: 2 });
    assert.equal((await send(0, "/count/")).status, 308);
    assert.equal((await send(1, "/count/")).status, 404);
    assert.equal((await both[0]!.app.request("/up")).status, 200);
    assert.equal((await both[1]!.app.request("/up")).status, 404);
  });

  it("let one stop while the other goes on", async () => {
    const [, other] = both as [Running, Running];
    await other.app.close();
    assert.equal((await send(0, "/scopes")).status, 200);
    // Of one application left, models find its databases everywhere.
    assert.equal(await Note.where().count(), 10);
    await other.app.start();
    assert.equal((await send(1, "/scopes")).status, 200);
  });
});
