/** gable({ traces: true }): the requests that an application sends with fetch(). */
import assert from "node:assert/strict";
import type { IncomingHttpHeaders, Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { GableOptions } from "gable";
import { gable, get } from "gable";
import { memoryTasks, task } from "gable/tasks";
import { parseTraceParent } from "../../src/traces/trace-parent.ts";
import { base, exporter, names, placeIn, placeOf, spanOf, spans, until, withApp } from "./exported-spans.ts";

/** What the other server has got. */
const received: Array<{ readonly method: string; readonly url: string; readonly headers: IncomingHttpHeaders }> = [];
let server: Server;
let origin: string;

before(async () => {
  server = createServer(({ method = "", url = "", headers }, reply) => {
    received.push({ method, url, headers });
    if (url === "/hang") return;
    if (url === "/redirect") reply.writeHead(302, { location: "/last" });
    if (url === "/missing") reply.statusCode = 404;
    if (url === "/large") return void reply.end("x".repeat(5_000_000));
    if (url !== "/early") return void reply.end("Hello");
    reply.writeEarlyHints({ link: "</style.css>; rel=preload" });
    setTimeout(() => reply.end("Hello"), 20);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // It listens on a port, so its address is an object.
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => void received.splice(0));

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const foreign = `00-${traceId}-00f067aa0ba902b7-01`;

/** Runs work in a handler of an application with traces. */
async function inRequest(work: () => Promise<unknown>, options: GableOptions = {}): Promise<void> {
  const route = get("/own", async () => {
    await work();
    return "done";
  });
  await withApp({ ...options, routes: [route] }, async (app) => assert.equal((await app.request("/own")).status, 200));
}

const attributes = (path: string): object => ({
  "http.request.method": "GET",
  "server.address": "127.0.0.1",
  "server.port": Number(new URL(origin).port),
  "url.full": origin + path,
});

/** The span that the other server was told. */
const sentTo = (index = 0): { readonly traceId: string | undefined; readonly parentId: string | undefined } => {
  const told = parseTraceParent(String(received[index]?.headers["traceparent"]));
  return { traceId: told?.traceId, parentId: told?.spanId };
};

describe("spans of outgoing requests", () => {
  it("makes a span inside that of the request, and passes its trace on", async () => {
    await inRequest(async () => (await fetch(`${origin}/books?token=hidden#part`)).text());
    assert.deepEqual(names(), ["GET", "GET /own"]);
    const sent = spanOf("GET");
    assert.deepEqual(sent.attributes, { ...attributes("/books"), "http.response.status_code": 200 });
    assert.deepEqual([sent.kind, sent.status.code], [SpanKind.CLIENT, SpanStatusCode.UNSET]);
    assert.deepEqual(placeOf(sent), placeIn(spanOf("GET /own")));
    assert.deepEqual(sentTo(), placeIn(sent));
    assert.equal(received[0]?.headers["tracestate"], undefined);
  });

  it("has spans of requests that run at the same time, each told its own", async () => {
    const paths = ["/1", "/2", "/3"];
    await inRequest(() => Promise.all(paths.map(async (path) => (await fetch(origin + path)).text())));
    const byPath = spans().filter(({ name }) => name === "GET");
    assert.deepEqual(byPath.map((span) => span.attributes["url.full"]).sort(), paths.map((path) => origin + path).sort());
    for (const [index, { url }] of received.entries())
      assert.deepEqual(sentTo(index), placeIn(byPath.find((span) => span.attributes["url.full"] === origin + url)!));
  });

  it("has a span for each request of a redirect", async () => {
    await inRequest(async () => (await fetch(`${origin}/redirect`)).text());
    assert.deepEqual(
      spans().map(({ attributes: { "url.full": url, "http.response.status_code": status } }) => [url, status]),
      [
        [`${origin}/redirect`, 302],
        [`${origin}/last`, 200],
        [undefined, 200],
      ],
    );
    assert.notEqual(sentTo(0).parentId, sentTo(1).parentId);
  });

  it("takes the status of the reply, not that of early hints", async () => {
    await inRequest(async () => (await fetch(`${origin}/early`)).text());
    assert.equal(spanOf("GET").attributes["http.response.status_code"], 200);
  });

  it("ends a span when the headers of the reply are there, even if nobody reads the body", async () => {
    await inRequest(() => fetch(`${origin}/large`));
    assert.deepEqual(names(), ["GET", "GET /own"]);
  });

  it("marks a reply of 400 and above as an error", async () => {
    await inRequest(async () => (await fetch(`${origin}/missing`)).text());
    const sent = spanOf("GET");
    assert.equal(sent.status.code, SpanStatusCode.ERROR);
    assert.deepEqual(sent.attributes, { ...attributes("/missing"), "http.response.status_code": 404, "error.type": "404" });
    assert.equal(spanOf("GET /own").status.code, SpanStatusCode.UNSET);
  });

  it("names methods that the conventions do not know", async () => {
    await inRequest(async () => (await fetch(`${origin}/`, { method: "PROPFIND" })).text());
    const { attributes: found } = spanOf("HTTP");
    assert.deepEqual([found["http.request.method"], found["http.request.method_original"]], ["_OTHER", "PROPFIND"]);
  });

  const aborts: ReadonlyArray<readonly [how: string, abort: (controller: AbortController) => void, type: string]> = [
    ["without a reason", (controller) => controller.abort(), "AbortError"],
    ["with a reason", (controller) => controller.abort(new RangeError("enough")), "RangeError"],
    ["with a string", (controller) => controller.abort("enough"), "_OTHER"],
  ];
  for (const [how, abort, type] of aborts)
    it(`ends the span of a request that is aborted ${how}`, async () => {
      await inRequest(async () => {
        const controller = new AbortController();
        const reply = fetch(`${origin}/hang`, { signal: controller.signal }).catch(() => undefined);
        await until(() => received.length === 1);
        abort(controller);
        await reply;
      });
      const sent = spanOf("GET");
      assert.deepEqual(sent.attributes, { ...attributes("/hang"), "error.type": type });
      assert.equal(sent.status.code, SpanStatusCode.ERROR);
    });

  it("makes no span of a request that was aborted before it began", async () => {
    await inRequest(() => fetch(`${origin}/`, { signal: AbortSignal.abort() }).catch(() => undefined));
    assert.deepEqual(names(), ["GET /own"]);
  });

  it("has the code of an error of the network", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    // As above.
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    await inRequest(() => fetch(`http://127.0.0.1:${port}/`).catch(() => undefined));
    assert.equal(spanOf("GET").attributes["error.type"], "ECONNREFUSED");
  });

  it("writes addresses of IPv6 without brackets", async () => {
    // The attributes are there before it connects, and no server is needed.
    await inRequest(() => fetch("http://[::1]:9998/").catch(() => undefined));
    const { attributes: found } = spanOf("GET");
    assert.deepEqual([found["server.address"], found["server.port"]], ["::1", 9998]);
  });

  it("removes the secrets of the application from the address", async () => {
    const key = "5f0d8a7c2b9e4f61a3c8d7e6b5f40912837465afbecd1029384756afcbed0123";
    await inRequest(async () => (await fetch(`${origin}/keys/${key}`)).text(), { secretKeys: [key] });
    assert.equal(received[0]?.url, `/keys/${key}`);
    assert.match(String(spanOf("GET").attributes["url.full"]), /\/keys\//);
    assert.equal(JSON.stringify(spanOf("GET").attributes).includes(key), false);
  });

  it("keeps a traceparent that the code has set", async () => {
    await inRequest(async () => (await fetch(`${origin}/`, { headers: { TraceParent: foreign } })).text());
    assert.equal(received[0]?.headers["traceparent"], foreign);
    assert.deepEqual(placeOf(spanOf("GET")), placeIn(spanOf("GET /own")));
  });

  it("keeps the traceparent of the active span, and makes a span all the same", async () => {
    let own = "";
    await inRequest(async () => {
      const { traceId: id, spanId } = trace.getActiveSpan()!.spanContext();
      own = `00-${id}-${spanId}-01`;
      await (await fetch(`${origin}/`, { headers: { traceparent: own } })).text();
    });
    assert.equal(received[0]?.headers["traceparent"], own);
    assert.deepEqual(names(), ["GET", "GET /own"]);
  });

  it("makes no second span of a request that another package has made a span of", async () => {
    await inRequest(async () => {
      const other = trace.getTracer("other").startSpan("other");
      const { traceId: id, spanId } = other.spanContext();
      await (await fetch(`${origin}/`, { headers: { traceparent: `00-${id}-${spanId}-01` } })).text();
      other.end();
    });
    assert.deepEqual(names(), ["other", "GET /own"]);
    assert.deepEqual(sentTo(), placeIn(spanOf("other")));
  });

  it("passes tracestate on with the trace of a trusted proxy", async () => {
    const route = get("/own", async () => (await fetch(`${origin}/`)).text());
    await withApp({ routes: [route], proxies: { trust: ["loopback"] } }, async (app) => {
      const running = await app.listen({ port: 0, quiet: true });
      const headers = { traceparent: foreign, tracestate: "vendor=1" };
      await (await fetch(`http://127.0.0.1:${running.port}/own`, { headers })).text();
      await running.stop({ graceMs: 100, idleMs: 0 });
    });
    assert.equal(sentTo().traceId, traceId);
    assert.equal(received[0]?.headers["tracestate"], "vendor=1");
  });

  it("makes nothing of a request outside of any span of the application", async () => {
    await withApp({}, async () => {
      await (await fetch(`${origin}/`)).text();
      await trace.getTracer("other").startActiveSpan("other", async (span) => {
        await (await fetch(`${origin}/`)).text();
        span.end();
      });
    });
    assert.deepEqual(names(), ["other"]);
    assert.deepEqual(
      received.map(({ headers }) => headers["traceparent"]),
      [undefined, undefined],
    );
  });

  it("makes nothing of a request that the code sends outside of its span", async () => {
    await inRequest(() => context.with(ROOT_CONTEXT, async () => (await fetch(`${origin}/`)).text()));
    assert.deepEqual(names(), ["GET /own"]);
    assert.equal(received[0]?.headers["traceparent"], undefined);
  });

  it("has a span inside that of a task", async () => {
    const ask = task("ask", {}, async () => (await fetch(`${origin}/`)).text());
    await inRequest(() => ask.enqueue(), { tasks: { tasks: [ask], run: "inline", queue: memoryTasks() } });
    assert.deepEqual(names(), ["GET", "process ask", "send ask", "GET /own"]);
    assert.deepEqual(placeOf(spanOf("GET")), placeIn(spanOf("process ask")));
    assert.deepEqual(sentTo(), placeIn(spanOf("GET")));
  });

  it("makes each span once when two applications in the process have traces, and none for one without", async () => {
    const passes = (): boolean => true;
    const ask = (path: string) => get("/own", { guard: passes }, async () => (await fetch(origin + path)).text());
    await withApp({ routes: [ask("/one")] }, (one) =>
      withApp({ routes: [ask("/two")] }, (two) =>
        withApp({ routes: [ask("/three")], traces: false }, async (three) => {
          for (const app of [one, two, three]) assert.equal((await app.request("/own")).status, 200);
        }),
      ),
    );
    assert.deepEqual(names(), ["guard passes", "GET", "GET /own", "guard passes", "GET", "GET /own"]);
    for (const [index, place] of [1, 4].entries()) assert.deepEqual(sentTo(index), placeIn(spans()[place]!));
    assert.equal(received[2]?.headers["traceparent"], undefined);
  });

  it("gives a request to the inner one of two applications", async () => {
    const inner = gable({ ...base, routes: [get("/inner", async () => (await fetch(`${origin}/`)).text())] });
    await inner.start();
    await inRequest(() => inner.request("/inner"));
    await inner.close();
    assert.deepEqual(names(), ["GET", "GET /inner", "GET /own"]);
    assert.deepEqual(placeOf(spanOf("GET")), placeIn(spanOf("GET /inner")));
  });

  it("makes no spans after the application has stopped", async () => {
    let again: () => Promise<unknown> = () => Promise.resolve();
    await inRequest(async () => {
      const own = context.active();
      again = () => context.with(own, async () => (await fetch(`${origin}/`)).text());
    });
    exporter.reset();
    await again();
    assert.deepEqual(names(), []);
    assert.equal(received[0]?.headers["traceparent"], undefined);
  });
});
