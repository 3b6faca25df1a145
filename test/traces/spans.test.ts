/** gable({ traces: true }): the spans of requests, as an SDK of OpenTelemetry gets them. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import type { GableOptions } from "gable";
import { gable, GableError, get, post, stream } from "gable";
import { cache } from "gable/cache";
import { field as f, Model } from "gable/data";
import { memoryMail, sendMail } from "gable/mail";
import { parseTraceParent } from "../../src/traces/trace-parent.ts";
import { skipPostgres, placePostgres } from "../data/databases.ts";
import { base, exporter, names, placeIn, placeOf, spanOf, spans, until, withApp } from "./exported-spans.ts";

class Book extends Model("books", { id: f.id(), title: f.text({ max: 50 }) }) {}

class Shelf extends Model("shelves", { id: f.id(), name: f.text({ max: 50, unique: true }) }) {}

const folder = mkdtempSync(join(tmpdir(), "gable-spans-"));
writeFileSync(join(folder, "book.html"), "<h1>{{ title }}</h1>");
after(() => rmSync(folder, { recursive: true }));

const secretKeys = ["5f0d8a7c2b9e4f61a3c8d7e6b5f40912837465afbecd1029384756afcbed0123"];
/** Attributes of a span without the id, which differs each time. */
function attributesOf({ attributes }: ReadableSpan): object {
  const { "gable.request.id": id, ...rest } = attributes;
  assert.match(String(id), /^[0-9a-f]{32}$/);
  return rest;
}

const common = { "http.request.method": "GET", "url.scheme": "http", "network.protocol.version": "1.1" };

describe("spans of requests", () => {
  it("has a span for a request, with one for its query and one for its template", async () => {
    const show = get("/books/:id", async ({ params, view }) => {
      const book = await Book.get(Number(params.id));
      return view("book.html" as never, { title: book.title } as never);
    });
    const options = { routes: [show], models: [Book], database: "sqlite::memory:", views: { directories: [folder] } };
    await withApp(options, async (app) => {
      await app.database().createTables();
      await Book.create({ title: "Emma" });
      exporter.reset();
      assert.equal(await (await app.request("/books/1?token=hidden")).text(), "<h1>Emma</h1>");
    });
    assert.deepEqual(names(), ["SELECT", "render book.html", "GET /books/:id"]);
    const [query, render, request] = spans() as [ReadableSpan, ReadableSpan, ReadableSpan]; // As the names say.
    assert.deepEqual(attributesOf(request), {
      ...common,
      "http.route": "/books/:id",
      "http.response.status_code": 200,
      "url.path": "/books/1",
    });
    assert.deepEqual([request.kind, query.kind, render.kind], [SpanKind.SERVER, SpanKind.CLIENT, SpanKind.INTERNAL]);
    assert.equal(request.parentSpanContext, undefined);
    for (const child of [query, render]) {
      assert.equal(child.parentSpanContext?.spanId, request.spanContext().spanId);
      assert.equal(child.spanContext().traceId, request.spanContext().traceId);
    }
    const { "db.query.text": sql, ...rest } = query.attributes;
    assert.match(String(sql), /WHERE.*\?/s);
    assert.deepEqual(rest, { "db.system.name": "sqlite", "db.operation.name": "SELECT", "gable.database": "default" });
    assert.deepEqual(render.attributes, { "gable.view": "book.html" });
    assert.equal(request.status.code, SpanStatusCode.UNSET);
    assert.equal(JSON.stringify(spans().map(({ attributes }) => attributes)).includes("hidden"), false);
  });

  it("hides the token of a path", async () => {
    await withApp({ routes: [get("/reset/:token", () => "reset")] }, async (app) => {
      exporter.reset();
      assert.equal((await app.request("/reset/tok3n")).status, 200);
    });
    const [request] = spans() as [ReadableSpan]; // There is one.
    assert.equal(request.attributes["url.path"], "/reset/[secret]");
    assert.doesNotMatch(JSON.stringify([request.name, request.attributes]), /tok3n/);
  });

  it("names PostgreSQL as the conventions do", { skip: skipPostgres }, async () => {
    const place = await placePostgres();
    const count = get("/", async () => String(await Book.count()));
    try {
      await withApp({ routes: [count], models: [Book], database: place.url }, async (app) => {
        await app.database().createTables();
        exporter.reset();
        assert.equal((await app.request("/")).status, 200);
      });
      const [query, request] = spans();
      assert.equal(query?.attributes["db.system.name"], "postgresql");
      assert.equal(query.parentSpanContext?.spanId, request?.spanContext().spanId);
    } finally {
      await place.remove();
    }
  });

  it("has a span for a statement that fails, with its error", async () => {
    const add = get("/add", async () => {
      await Shelf.create({ name: "one" });
      await Shelf.create({ name: "one" });
      return null;
    });
    await withApp({ routes: [add], models: [Shelf], database: "sqlite::memory:" }, async (app) => {
      await app.database().createTables();
      exporter.reset();
      assert.equal((await app.request("/add")).status, 422);
    });
    assert.deepEqual(names(), ["INSERT", "INSERT", "GET /add"]);
    const [stored, refused] = spans() as [ReadableSpan, ReadableSpan]; // As the names say.
    assert.deepEqual([stored.status.code, refused.status.code], [SpanStatusCode.UNSET, SpanStatusCode.ERROR]);
    assert.equal(refused.attributes["error.type"], "E_CONSTRAINT");
    assert.equal(refused.attributes["db.query.text"], stored.attributes["db.query.text"]);
  });

  it("is active in the handler, so that other spans are inside it", async () => {
    const own = get("/", async () => {
      await Promise.resolve();
      trace.getTracer("own").startSpan("own").end();
      return "done";
    });
    await withApp({ routes: [own] }, (app) => app.request("/"));
    const [inner, request] = spans();
    assert.deepEqual(names(), ["own", "GET /"]);
    assert.equal(inner?.parentSpanContext?.spanId, request?.spanContext().spanId);
  });

  it("has spans for mail and the cache", async () => {
    const route = post("/", async () => {
      await cache.remember("hidden-key", { ttlSeconds: 60 }, () => 1);
      await sendMail({ to: "hidden@example.com", subject: "hidden", text: "hidden" });
      return "done";
    });
    await withApp({ routes: [route], cache: true, mail: { transport: memoryMail(), from: "shop@example.com" } }, (app) =>
      app.request("/", { method: "POST", body: new URLSearchParams({ password: "hidden" }) }),
    );
    assert.deepEqual(names(), ["read cache", "send mail", "POST /"]);
    assert.deepEqual(spans()[0]?.attributes, { "gable.cache.outcome": "miss" });
    assert.deepEqual(spans()[1]?.attributes, { "gable.mail.recipients": 1 });
    assert.equal(JSON.stringify(spans().map(({ attributes, events }) => [attributes, events])).includes("hidden"), false);
  });

  const broken = new TypeError("broken lock");
  const guards: ReadonlyArray<
    readonly [name: string, guard: () => boolean | object, outcome: string, type: string | undefined, status: SpanStatusCode]
  > = [
    ["passes", (): boolean => true, "passed", undefined, SpanStatusCode.UNSET],
    ["refuses", (): boolean => false, "refused", undefined, SpanStatusCode.UNSET],
    [
      "denies",
      (): never => {
        throw new GableError("E_ACCESS_DENIED", "Not you.");
      },
      "threw",
      "E_ACCESS_DENIED",
      SpanStatusCode.UNSET,
    ],
    [
      "breaks",
      (): never => {
        throw broken;
      },
      "threw",
      "TypeError",
      SpanStatusCode.ERROR,
    ],
  ];
  for (const [name, guard, outcome, type, status] of guards)
    it(`has a span for a guard that ${name}`, async () => {
      const named = Object.defineProperty(guard, "name", { value: name });
      await withApp({ routes: [get("/", { guard: named }, () => "open")] }, (app) => app.request("/"));
      assert.deepEqual(names(), [`guard ${name}`, "GET /"]);
      const [check, request] = spans() as [ReadableSpan, ReadableSpan]; // As the names say.
      assert.deepEqual(check.attributes, {
        "gable.guard": name,
        "gable.guard.outcome": outcome,
        ...(type !== undefined && { "error.type": type }),
      });
      assert.deepEqual([check.kind, check.status.code], [SpanKind.INTERNAL, status]);
      assert.deepEqual(placeOf(check), placeIn(request));
      assert.equal(request.status.code, status);
      assert.equal(check.events.length, status === SpanStatusCode.ERROR ? 1 : 0);
    });

  it("has a span for a guard without a name", async () => {
    await withApp({ routes: [get("/", { guard: () => true }, () => "open")] }, (app) => app.request("/"));
    assert.deepEqual(spanOf("guard").attributes, { "gable.guard.outcome": "passed" });
  });

  it("records what a handler throws, without the secrets of the application", async () => {
    const route = get("/", () => {
      throw new TypeError(`broken by ${secretKeys[0]}`);
    });
    await withApp({ routes: [route], secretKeys }, (app) => app.request("/"));
    const [request] = spans() as [ReadableSpan]; // The only one.
    assert.deepEqual([request.status.code, request.attributes["error.type"]], [SpanStatusCode.ERROR, "TypeError"]);
    assert.equal(request.attributes["http.response.status_code"], 500);
    const [event] = request.events;
    assert.equal(event?.name, "exception");
    assert.match(String(event.attributes?.["exception.message"]), /^broken by (?!5f0d8a7c)/);
    assert.match(String(event.attributes?.["exception.stacktrace"]), /spans\.test\.ts/);
    assert.equal(JSON.stringify(event).includes(secretKeys[0]!), false);
  });

  it("has the path of a 404, which is not an error", async () => {
    await withApp({ routes: [get("/", () => "Hello")] }, (app) => app.request("/nowhere"));
    const [request] = spans() as [ReadableSpan]; // The only one.
    assert.equal(request.name, "GET");
    assert.deepEqual(attributesOf(request), { ...common, "url.path": "/nowhere", "http.response.status_code": 404 });
    assert.deepEqual([request.status.code, request.events], [SpanStatusCode.UNSET, []]);
  });

  it("has no span for a method that a client made up", async () => {
    await withApp({ routes: [get("/", () => "Hello")] }, (app) => app.request("/", { method: "BREW" }));
    assert.deepEqual(names(), []);
  });

  it("lasts as long as a stream, whose work is inside it", async () => {
    const route = get("/", () =>
      stream(
        (async function* () {
          yield "one";
          await new Promise((resolve) => setTimeout(resolve, 1));
          trace.getTracer("own").startSpan("late").end();
          yield "two";
        })(),
      ),
    );
    await withApp({ routes: [route] }, async (app) => {
      const running = await app.listen({ port: 0, quiet: true });
      const reply = await fetch(`http://127.0.0.1:${running.port}/`);
      assert.equal(await reply.text(), "onetwo");
      await running.stop({ graceMs: 100, idleMs: 0 });
    });
    assert.deepEqual(names(), ["late", "GET /"]);
    assert.equal(spans()[0]?.parentSpanContext?.spanId, spans()[1]?.spanContext().spanId);
  });

  for (const engine of ["gable", "node"] as const)
    it(`ends when the client leaves (${engine})`, async () => {
      let hasEnded = false;
      const route = get("/", ({ signal }) =>
        stream(
          (async function* () {
            try {
              yield "one";
              await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
            } finally {
              hasEnded = true;
            }
          })(),
        ),
      );
      await withApp({ routes: [route] }, async (app) => {
        const running = await app.listen({ port: 0, quiet: true, engine });
        const client = connect(running.port, "127.0.0.1", () => client.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
        client.once("data", () => client.destroy());
        await until(() => spans().length > 0 && hasEnded);
        await running.stop({ graceMs: 100, idleMs: 0 });
      });
      assert.deepEqual(names(), ["GET /"]);
      assert.deepEqual([spans()[0]?.attributes["error.type"], spans()[0]?.status.code], ["E_CLIENT_GONE", SpanStatusCode.UNSET]);
    });

  it("has none for an application without the option, in the same process", async () => {
    const ask = (): GableOptions => ({
      routes: [get("/", async () => String(await Book.count()))],
      models: [Book],
      database: "sqlite::memory:",
    });
    await withApp(ask(), async (traced) => {
      await traced.database().createTables();
      exporter.reset();
      await withApp({ ...ask(), traces: false }, async (plain) => {
        await plain.database().createTables();
        assert.equal((await plain.request("/")).status, 200);
      });
      assert.deepEqual(names(), []);
      assert.equal((await traced.request("/")).status, 200);
    });
    assert.deepEqual(names(), ["SELECT", "GET /"]);
  });
});

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";
const valid = `00-${traceId}-${spanId}-01`;

describe("traceparent", () => {
  const fields: ReadonlyArray<readonly [field: string, flags: number | undefined]> = [
    [valid, 1],
    [`00-${traceId}-${spanId}-00`, 0],
    [`00-${traceId}-${spanId}-03`, 1],
    [`01-${traceId}-${spanId}-01`, 1],
    [`01-${traceId}-${spanId}-01-more`, 1],
    [`01-${traceId}-${spanId}-01more`, undefined],
    [`00-${traceId}-${spanId}-01-more`, undefined],
    [`ff-${traceId}-${spanId}-01`, undefined],
    [`00-${"0".repeat(32)}-${spanId}-01`, undefined],
    [`00-${traceId}-${"0".repeat(16)}-01`, undefined],
    [`00-${traceId.toUpperCase()}-${spanId}-01`, undefined],
    [`00-${traceId.slice(1)}-${spanId}-01`, undefined],
    [`00-${traceId}0-${spanId}-01`, undefined],
    [`00-${traceId}-${spanId}`, undefined],
    [`00-${traceId}-${spanId}-0g`, undefined],
    [`${valid}, ${valid}`, undefined],
    [` ${valid}`, undefined],
    ["", undefined],
  ];
  for (const [field, flags] of fields)
    it(`${flags === undefined ? "refuses" : "takes"} ${JSON.stringify(field)}`, () =>
      assert.deepEqual(parseTraceParent(field), flags === undefined ? undefined : { traceId, spanId, traceFlags: flags }));

  /** Which trace a request belongs to: that of the field only when the peer is a trusted proxy, and the field is in order. */
  const requests: ReadonlyArray<readonly [name: string, options: GableOptions, headers: Record<string, string>, isTaken: boolean]> = [
    ["a trusted proxy", { proxies: { trust: ["loopback"] } }, { traceparent: valid }, true],
    ["another peer", { proxies: { trust: ["10.0.0.0/8"] } }, { traceparent: valid }, false],
    ["no proxies", {}, { traceparent: valid }, false],
    ["a malformed field", { proxies: { trust: ["loopback"] } }, { traceparent: `${valid}x` }, false],
    ["no field", { proxies: { trust: ["loopback"] } }, {}, false],
    ["unreadable proxies", { proxies: { trust: ["loopback"] } }, { traceparent: valid, "x-forwarded-for": "?" }, false],
  ];
  for (const [name, options, headers, isTaken] of requests)
    it(`${isTaken ? "continues a trace" : "starts a new trace"}: ${name}`, async () => {
      await withApp({ ...options, routes: [get("/", () => "Hello")] }, async (app) => {
        const running = await app.listen({ port: 0, quiet: true });
        await (await fetch(`http://127.0.0.1:${running.port}/`, { headers: { ...headers, tracestate: "vendor=1" } })).text();
        await running.stop({ graceMs: 100, idleMs: 0 });
      });
      const [request] = spans() as [ReadableSpan]; // The only one.
      assert.equal(spans().length, 1);
      assert.equal(request.spanContext().traceId === traceId, isTaken);
      assert.equal(request.parentSpanContext?.spanId, isTaken ? spanId : undefined);
      assert.equal(request.spanContext().traceState?.get("vendor"), isTaken ? "1" : undefined);
    });
});

describe("the option traces", () => {
  for (const value of ["yes", 1, {}, null])
    it(`refuses ${JSON.stringify(value)}`, () =>
      assert.throws(() => gable({ ...base, traces: value as never }), { code: "E_OPTION_INVALID", message: /option "traces"/ }));

  const root = new URL("../..", import.meta.url).pathname;
  const run = (program: string): string => {
    const hook = `import { registerHooks } from "node:module";
registerHooks({ resolve: (name, context, next) => { if (name.startsWith("@opentelemetry/")) throw new Error("Cannot find package"); return next(name, context); } });`;
    const toImport = `data:text/javascript,${encodeURIComponent(hook)}`;
    const words = ["--import", toImport, "--import", "./scripts/source.mjs", "--input-type=module", "--eval", program];
    return execFileSync(process.execPath, words, { cwd: root, encoding: "utf8" });
  };

  it("says how to install the package at start", () =>
    assert.match(
      run(`import { gable } from "gable"; await gable({ traces: true }).start().catch(({ code, fix }) => console.log(code, fix));`),
      /^E_TRACES_PACKAGE .*npm install @opentelemetry\/api/,
    ));

  it("needs no package while it is off", () =>
    assert.equal(
      run(
        `import { gable } from "gable"; const app = gable({ traces: false }); await app.start(); await app.close(); console.log("started");`,
      ),
      "started\n",
    ));
});
