/** Events on node:diagnostics_channel: which ones there are, what they tell, and that nobody pays for them who does not listen. */
import assert from "node:assert/strict";
import { channel as openChannel, subscribe, unsubscribe } from "node:diagnostics_channel";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { Application, GableOptions } from "gable";
import { gable, GableError, get, group, html, page, post, redirect, socket, stream } from "gable";
import type { CacheStore } from "gable/cache";
import { cache, memoryCache } from "gable/cache";
import { field as f, Model } from "gable/data";
import { memoryMail, sendMail } from "gable/mail";
import { memoryTasks, task, TaskRejected, tasksPart } from "gable/tasks";
import { silentLogger } from "../silent-logger.ts";

class Book extends Model("books", { id: f.id(), title: f.text({ max: 50 }) }) {}

const folder = mkdtempSync(join(tmpdir(), "gable-events-"));
writeFileSync(join(folder, "book.html"), "<h1>{{ title }}</h1>");
writeFileSync(join(folder, "late.html"), "<h1>{{ title }}</h1>");
writeFileSync(join(folder, "note.txt"), "Read {{ title }}.");
after(() => rmSync(folder, { recursive: true }));

const failure = new Error("no paper");
const refusing = { ...memoryMail(), send: (): Promise<void> => Promise.reject(failure) };
const plain = task("plain", {}, () => undefined);
const rejected = task("rejected", {}, () => {
  throw new TaskRejected("never");
});
const retried = task("retried", {}, () => {
  throw failure;
});

const passes = async (): Promise<boolean> => true;
const refuses = (): boolean => false;
const replies = (): object => redirect("/login");
const denies = (): never => {
  throw new GableError("E_ACCESS_DENIED", "Not you.");
};

/** Values with a time become "ms", so that tables can hold the rest; ids become "id". */
function toRow(event: object): object {
  const row: Record<string, unknown> = { ...event };
  if (typeof row["durationMs"] === "number" && row["durationMs"] >= 0) row["durationMs"] = "ms";
  for (const name of ["requestId", "taskId"]) if (typeof row[name] === "string" && row[name] !== "") row[name] = "id";
  if (row["error"] instanceof Error) row["error"] = row["error"] instanceof GableError ? row["error"].code : row["error"].message;
  return row;
}

/** Collects the events of a channel while some work runs. */
async function collect(name: string, work: () => Promise<unknown>): Promise<object[]> {
  const events: object[] = [];
  const note = (event: unknown): void => void events.push(toRow(event as object)); // Events are objects.
  subscribe(name, note);
  try {
    await work();
  } finally {
    unsubscribe(name, note);
  }
  return events;
}

const createRoutes = (): NonNullable<GableOptions["routes"]> => [
  get("/books/:id(int)", ({ params, view }) => view("book.html" as never, { title: `Book ${params.id}` } as never)),
  get("/late", ({ view }) => view("late.html" as never, { title: Promise.resolve("Late") } as never)),
  get("/note", ({ view }) => view("note.txt" as never, { title: "Emma" } as never)),
  get("/markup", () => html`<p>Hello</p>`),
  get("/broken", () => {
    throw failure;
  }),
  get("/broken-page", () => page(html`<p>${Promise.reject(failure)}</p>`, { buffer: true })),
  get("/broken-view", () => html`<p>${Promise.reject(failure)}</p>`),
  post("/books", () => "made"),
  get("/stream", () =>
    stream(
      (async function* () {
        yield "one";
        yield "two";
      })(),
    ),
  ),
  socket("/chat", {}, {}),
  group("/rooms", [get("/:id", { guard: [() => true, refuses, passes] }, () => "open")], { guard: passes }),
  get("/replies", { guard: replies }, () => "open"),
  get("/denies", { guard: denies }, () => "open"),
];

async function withApp(options: GableOptions, work: (app: Application) => Promise<unknown>): Promise<void> {
  const app = gable({ mode: "test", logger: silentLogger, views: { directories: [folder] }, routes: createRoutes(), ...options });
  await app.start();
  try {
    await work(app);
  } finally {
    await app.close();
  }
}

const readAll = (path: string, init?: RequestInit) => async (app: Application) => (await app.request(path, init)).text();
const start = { requestId: "id", method: "GET" };
const finish = { ...start, status: 200, durationMs: "ms", hasClientLeft: false, error: undefined };

const check = { route: "/rooms/:id", outcome: "passed", durationMs: "ms", error: undefined };

/** One row for each thing that happens: the channel, the work, and its events. */
/** A store whose values are stale. It keeps no numbers. */
const readStale: CacheStore["read"] = async (keys) => keys.map((key) => (key.startsWith("v:") ? "1000 []\n1" : undefined));

const rows: ReadonlyArray<
  readonly [name: string, channel: string, work: (app: Application) => Promise<unknown>, events: readonly object[], options?: GableOptions]
> = [
  ["a request starts", "gable.request.start", readAll("/books/7?token=secret"), [{ ...start, path: "/books/7" }]],
  [
    "a reply is sent",
    "gable.request.finish",
    readAll("/books/7?token=secret"),
    [{ ...finish, path: "/books/7", route: "/books/:id(int)" }],
  ],
  [
    "no route matches",
    "gable.request.finish",
    readAll("/nowhere"),
    [{ ...finish, path: "/nowhere", route: undefined, status: 404, error: "E_ROUTE_NOT_FOUND" }],
  ],
  [
    "no route has the method",
    "gable.request.finish",
    readAll("/books/7", { method: "DELETE" }),
    [{ ...finish, method: "DELETE", path: "/books/7", route: undefined, status: 405, error: "E_METHOD_NOT_ALLOWED" }],
  ],
  [
    "a handler throws",
    "gable.request.finish",
    readAll("/broken"),
    [{ ...finish, path: "/broken", route: "/broken", status: 500, error: "no paper" }],
  ],
  [
    "another site sends a form",
    "gable.request.finish",
    readAll("/books", { method: "POST", headers: { origin: "https://other.example" } }),
    [{ ...finish, method: "POST", path: "/books", route: "/books", status: 403, error: "E_REQUEST_CROSS_SITE" }],
  ],
  ["a stream ends", "gable.request.finish", readAll("/stream"), [{ ...finish, path: "/stream", route: "/stream" }]],
  [
    "guards of a group and of its route pass and refuse",
    "gable.guard.check",
    readAll("/rooms/1"),
    [
      { ...check, guard: "passes" },
      { ...check, guard: undefined },
      { ...check, guard: "refuses", outcome: "refused" },
    ],
  ],
  [
    "guards have their names in development, too",
    "gable.guard.check",
    readAll("/rooms/1"),
    [
      { ...check, guard: "passes" },
      { ...check, guard: undefined },
      { ...check, guard: "refuses", outcome: "refused" },
    ],
    { mode: "development" },
  ],
  ["a guard replies", "gable.guard.check", readAll("/replies"), [{ ...check, route: "/replies", guard: "replies", outcome: "replied" }]],
  [
    "a guard throws",
    "gable.guard.check",
    readAll("/denies"),
    [{ ...check, route: "/denies", guard: "denies", outcome: "threw", error: "E_ACCESS_DENIED" }],
  ],
  ["a template is rendered", "gable.view.render", readAll("/books/7"), [{ view: "book.html", durationMs: "ms", error: undefined }]],
  ["a template waits", "gable.view.render", readAll("/late"), [{ view: "late.html", durationMs: "ms", error: undefined }]],
  ["text is rendered", "gable.view.render", readAll("/note"), [{ view: "note.txt", durationMs: "ms", error: undefined }]],
  ["markup is rendered", "gable.view.render", readAll("/markup"), [{ view: undefined, durationMs: "ms", error: undefined }]],
  [
    "a value of markup fails",
    "gable.view.render",
    async (app) => readAll("/broken-view")(app).catch(() => undefined),
    [{ view: undefined, durationMs: "ms", error: "no paper" }],
  ],
  ["a whole page fails", "gable.view.render", readAll("/broken-page"), [{ view: undefined, durationMs: "ms", error: "no paper" }]],
  [
    "a task is done",
    "gable.task.start",
    async (app) => plain.enqueue().then(() => app.part(tasksPart).runAll()),
    [{ task: "plain", taskId: "id", attempt: 1 }],
    { tasks: [plain] },
  ],
  ...(
    [
      [plain, "done", undefined],
      [rejected, "failed", "never"],
      [retried, "queued", "no paper"],
    ] as const
  ).map(
    ([one, outcome, error]) =>
      [
        `a task is ${outcome}`,
        "gable.task.finish",
        async () => {
          await one.enqueue().catch(() => undefined);
        },
        [{ task: one.name, taskId: "id", attempt: 1, outcome, error, durationMs: "ms" }],
        { tasks: { tasks: [one], run: "inline", queue: memoryTasks() } },
      ] as const,
  ),
  [
    "a message is sent",
    "gable.mail.send",
    async () => sendMail({ to: ["a@example.com", "b@example.com"], bcc: "c@example.com", subject: "Hello", text: "Hi" }),
    [{ recipientCount: 3, durationMs: "ms", error: undefined }],
    { mail: { transport: memoryMail(), from: "shop@example.com" } },
  ],
  [
    "a message is refused",
    "gable.mail.send",
    async () => sendMail({ to: "a@example.com", subject: "Hello", text: "Hi" }).catch(() => undefined),
    [{ recipientCount: 1, durationMs: "ms", error: "no paper" }],
    { mail: { transport: refusing, from: "shop@example.com" } },
  ],
  [
    "a cache is read",
    "gable.cache.read",
    async () => {
      await cache.remember("secret-key", { ttlSeconds: 60 }, () => 1);
      await cache.remember("secret-key", { ttlSeconds: 60 }, () => 2);
      await cache.find("other-key");
    },
    [
      { outcome: "miss", durationMs: "ms" },
      { outcome: "hit", durationMs: "ms" },
      { outcome: "miss", durationMs: "ms" },
    ],
    { cache: true },
  ],
  [
    "a stale value is shown",
    "gable.cache.read",
    async () => cache.find("key"),
    [{ outcome: "stale", durationMs: "ms" }],
    { cache: { store: { ...memoryCache(), read: readStale } } },
  ],
];

describe("events on node:diagnostics_channel", () => {
  for (const [name, channel, work, events, options = {}] of rows)
    it(`${channel}: ${name}`, () => withApp(options, async (app) => assert.deepEqual(await collect(channel, () => work(app)), events)));

  it("makes no event while nobody listens", async () => {
    const made: string[] = [];
    for (const name of new Set(rows.map(([, name]) => name))) Object.assign(openChannel(name), { publish: () => void made.push(name) });
    const check = async (): Promise<void> => {
      for (const [, , work, , options = {}] of rows) await withApp(options, work);
    };
    await check();
    assert.deepEqual(made, []);
    // The same work is seen where somebody listens, so the counter counts.
    const ignore = (): void => undefined;
    for (const [, name] of rows) subscribe(name, ignore);
    await check();
    for (const [, name] of rows) unsubscribe(name, ignore);
    for (const name of new Set(rows.map(([, name]) => name))) delete (openChannel(name) as { publish?: unknown }).publish;
    assert.deepEqual(new Set(made), new Set(rows.map(([, name]) => name)));
  });

  it("gable.data.query has no parameters, unless the database says so", async () => {
    for (const [logParameters, expected] of [
      [false, undefined],
      [true, ["Emma"]],
    ] as const) {
      const seen: unknown[] = [];
      const note = (event: unknown): void => void seen.push((event as { parameters?: unknown }).parameters); // That is what it may have.
      await withApp({ models: [Book], database: { url: "sqlite::memory:", logParameters } }, async (app) => {
        await app.database().createTables();
        subscribe("gable.data.query", note);
        await Book.where({ title: "Emma" });
        unsubscribe("gable.data.query", note);
      });
      assert.deepEqual(seen, [expected]);
    }
  });
});

for (const engine of ["gable", "node"] as const)
  describe(`events of the server (${engine})`, () => {
    const refused: ReadonlyArray<readonly [bytes: string, code: string]> = [
      ["GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "E_HOST_MALFORMED"],
      ["TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", "E_METHOD_TRACE"],
      ["PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n", "E_METHOD_UNKNOWN"],
    ];

    it("tells which connections it refuses", () =>
      withApp({}, async (app) => {
        const running = await app.listen({ port: 0, quiet: true, engine });
        try {
          for (const [bytes, code] of refused) {
            const events = await collect("gable.connection.refused", () => talk(running.port, bytes));
            assert.deepEqual(events, [{ code, address: "127.0.0.1" }]);
          }
        } finally {
          await running.stop({ graceMs: 100, idleMs: 0 });
        }
      }));

    it("tells that a client has left in the middle of a reply", async () => {
      let send: () => void = () => undefined;
      const endless = get("/endless", ({ signal }) =>
        stream(
          (async function* () {
            while (!signal.aborted) {
              yield "more";
              await new Promise<void>((resolve) => {
                send = resolve;
                signal.addEventListener("abort", () => resolve(), { once: true });
              });
            }
          })(),
        ),
      );
      await withApp({ routes: [endless] }, async (app) => {
        const running = await app.listen({ port: 0, quiet: true, engine });
        try {
          const events = await collect("gable.request.finish", async () => {
            const done = new Promise((resolve) => subscribe("gable.request.finish", resolve));
            const client = connect(running.port, "127.0.0.1", () => client.write("GET /endless HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
            client.once("data", () => client.destroy());
            await done;
          });
          assert.deepEqual(events, [{ ...finish, path: "/endless", route: "/endless", hasClientLeft: true }]);
        } finally {
          send();
          await running.stop({ graceMs: 100, idleMs: 0 });
        }
      });
    });
  });

/** Sends bytes and waits until the server has answered and closed, or has answered. */
function talk(port: number, bytes: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const client = connect(port, "127.0.0.1", () => client.write(bytes));
    client.once("data", () => {
      client.destroy();
      resolve();
    });
    client.once("error", reject);
  });
}
