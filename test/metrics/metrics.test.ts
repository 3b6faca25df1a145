/** gable({ metrics }): what is counted, what the endpoint replies, and who may read it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { describe, it } from "node:test";
import type { Application, GableOptions, RunningApp } from "gable";
import { definePart, gable, GableError, get, group, middleware, post, socket, stream, text } from "gable";
import { field as f, Model, transaction } from "gable/data";
import { WebSocket } from "ws";
import { placePostgres, skipPostgres } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";
import type { Exposition } from "./parse-exposition.ts";
import { parseExposition } from "./parse-exposition.ts";

const token = "b5de3ef0a8fc4d2d9e0f8a6f31c7d9aa";
const authorization = `Bearer ${token}`;

const createApp = (options: GableOptions): Application => gable({ mode: "test", logger: silentLogger, metrics: { token }, ...options });

async function scrape(app: Pick<Application, "request">): Promise<Exposition> {
  const reply = await app.request("/metrics", { headers: { authorization } });
  assert.equal(reply.status, 200);
  return parseExposition(await reply.text());
}

/** Runs work with an application that listens, and stops it. */
async function listening(
  app: Application,
  work: (running: RunningApp) => Promise<void>,
  engine: "gable" | "node" = "gable",
): Promise<void> {
  const running = await app.listen({ port: 0, quiet: true, engine });
  try {
    await work(running);
  } finally {
    await running.stop({ graceMs: 100, idleMs: 0 });
  }
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let count = 0; count < 500; count++) {
    if (await condition()) return;
    await wait(10);
  }
  assert.fail("this did not happen in time");
}

describe("/metrics", () => {
  it("replies in the text format of Prometheus, and is never cached", async () => {
    const app = createApp({ routes: [get("/", () => "Hello")] });
    await app.request("/");
    const reply = await app.request("/metrics", { headers: { authorization } });
    assert.equal(reply.status, 200);
    assert.equal(reply.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assert.equal(reply.headers.get("cache-control"), "no-store");
    const { families } = parseExposition(await reply.text());
    assert.deepEqual(
      [...families.values()].map(({ name, type }) => `${type} ${name}`),
      [
        "counter http_requests_total",
        "histogram http_request_duration_seconds",
        "gauge http_requests_in_flight",
        "gauge http_connections_open",
        "counter process_cpu_user_seconds_total",
        "counter process_cpu_system_seconds_total",
        "counter process_cpu_seconds_total",
        "gauge process_resident_memory_bytes",
        "gauge process_start_time_seconds",
        "gauge nodejs_heap_size_total_bytes",
        "gauge nodejs_heap_size_used_bytes",
        "gauge nodejs_external_memory_bytes",
        "gauge nodejs_eventloop_lag_mean_seconds",
        "gauge nodejs_eventloop_lag_p50_seconds",
        "gauge nodejs_eventloop_lag_p99_seconds",
        "gauge nodejs_eventloop_lag_max_seconds",
        "gauge gable_workers_asked",
        "gauge gable_workers_answered",
      ],
    );
    await app.close();
  });

  const wrong = 'Bearer realm="metrics", error="invalid_token"';
  const rows: ReadonlyArray<readonly [what: string, field: string | undefined, status: number, challenge: string | null]> = [
    ["the token", authorization, 200, null],
    ["the scheme in lower case", `bearer ${token}`, 200, null],
    ["no field", undefined, 401, 'Bearer realm="metrics"'],
    ["an empty token", "Bearer ", 401, 'Bearer realm="metrics"'],
    ["another scheme", `Basic ${token}`, 401, 'Bearer realm="metrics"'],
    ["the token without a scheme", token, 401, 'Bearer realm="metrics"'],
    ["two tokens", `${authorization}, ${authorization}`, 401, 'Bearer realm="metrics"'],
    ["another token of the same length", `Bearer ${token.slice(0, -1)}b`, 401, wrong],
    ["the start of the token", `Bearer ${token.slice(0, -1)}`, 401, wrong],
    ["a longer token", `${authorization}a`, 401, wrong],
    ["the token in upper case", `Bearer ${token.toUpperCase()}`, 401, wrong],
  ];
  for (const [what, field, status, challenge] of rows)
    it(`answers ${status} for ${what}`, async () => {
      const app = createApp({});
      const reply = await app.request("/metrics", field === undefined ? {} : { headers: { authorization: field } });
      assert.equal(reply.status, status);
      assert.equal(reply.headers.get("www-authenticate"), challenge);
      assert.equal(reply.headers.get("cache-control"), "no-store");
      if (status === 401) assert.doesNotMatch(await reply.text(), /http_|process_/);
      await app.close();
    });

  it("answers HEAD without a body, and 405 for other methods", async () => {
    const app = createApp({});
    const head = await app.request("/metrics", { method: "HEAD", headers: { authorization } });
    assert.deepEqual([head.status, await head.text()], [200, ""]);
    const sent = await app.request("/metrics", { method: "POST", headers: { authorization } });
    assert.deepEqual([sent.status, sent.headers.get("allow")], [405, "GET, HEAD"]);
    await app.close();
  });

  it("answers whatever host was asked for, at the path of the option", async () => {
    const app = createApp({ hosts: ["shop.example"], metrics: { token, path: "/internal/metrics" } });
    const reply = await app.fetch(new Request("http://10.0.0.7:3000/internal/metrics", { headers: { authorization } }));
    assert.equal(reply.status, 200);
    assert.equal((await app.request("/metrics", { headers: { authorization } })).status, 404);
    await app.close();
  });
});

describe("gable({ metrics })", () => {
  const rule = "it must be a string of at least 32 visible ASCII characters, without spaces.";
  const rows: ReadonlyArray<readonly [metrics: unknown, message: string]> = [
    [true, 'gable(): option "metrics" is true; it must be an object with a token.'],
    [{}, `gable() metrics: option "token" is not a string; ${rule}`],
    [{ token: undefined }, `gable() metrics: option "token" is not a string; ${rule}`],
    [{ token: token.slice(1) }, `gable() metrics: option "token" has 31 characters; ${rule}`],
    [{ token: `${token} x` }, `gable() metrics: option "token" has spaces, or characters that are not ASCII; ${rule}`],
    [{ token: `${token}ä` }, `gable() metrics: option "token" has spaces, or characters that are not ASCII; ${rule}`],
    [{ token, path: "metrics" }, 'gable() metrics: option "path" is "metrics"; it must be a path such as "/metrics".'],
    [{ token, path: "/" }, 'gable() metrics: option "path" is "/"; it must be a path such as "/metrics".'],
    [{ token, paths: "/x" }, 'gable() metrics has no option "paths".'],
  ];
  for (const [metrics, message] of rows)
    it(`rejects ${JSON.stringify(metrics)}`, () => {
      assert.throws(
        () => createApp({ metrics: metrics as never }),
        (error: GableError) => {
          assert.equal(error.message, message);
          assert.doesNotMatch(error.message, /b5de3ef0/);
          return true;
        },
      );
    });

  it("removes the token from what the application shows", async () => {
    const app = createApp({
      mode: "development",
      routes: [
        get("/", () => {
          throw new Error(`failed with ${token}`);
        }),
      ],
    });
    const reply = await app.request("/", { headers: { accept: "text/html" } });
    assert.equal(reply.status, 500);
    assert.ok(!(await reply.text()).includes(token));
    await app.close();
  });

  it("counts requests by method, whole pattern and status", async () => {
    const app = createApp({
      basePath: "/shop",
      routes: [
        group("/books", [get("/:id(int)", ({ params }) => ({ id: params.id })), post("/", () => null)]),
        get("/boom", () => {
          throw new Error("at once");
        }),
      ],
    });
    for (const id of [1, 2, 3]) await app.request(`/shop/books/${id}`);
    await app.request("/shop/books/1", { method: "HEAD" });
    await app.request("/shop/boom");
    await app.request("/shop/nowhere");
    await app.request("/shop/books/1", { method: "DELETE" });
    await app.request("/up");
    const metrics = await scrape(app);
    const counts = metrics
      .find("http_requests_total")
      .map(({ labels: { method, route, status }, value }) => `${method} ${route} ${status} ${value}`);
    assert.deepEqual(counts.toSorted(), [
      "DELETE unmatched 405 1",
      "GET /shop/books/:id(int) 200 3",
      "GET /shop/boom 500 1",
      "GET early 200 1",
      "GET unmatched 404 1",
      "HEAD /shop/books/:id(int) 200 1",
    ]);
    assert.equal(metrics.sum("http_request_duration_seconds_count"), 8);
    await app.close();
  });

  it("escapes patterns in labels", async () => {
    const pattern = String.raw`/files/:name([a-z]+\.["]?txt)`;
    const app = createApp({ routes: [get(pattern, ({ params }) => String(params))] });
    await app.request("/files/a.txt");
    const reply = await app.request("/metrics", { headers: { authorization } });
    const body = await reply.text();
    assert.ok(body.includes(String.raw`route="/files/:name([a-z]+\\.[\"]?txt)"`));
    assert.equal(parseExposition(body).sum("http_requests_total", { route: pattern, status: "200" }), 1);
    await app.close();
  });

  it("has as many series after 10,000 different paths as after one of each kind", async () => {
    const app = createApp({ routes: [get("/books/:slug", () => "book"), get("/files/*path", () => "file")] });
    const ask = (count: number): Promise<unknown> =>
      Promise.all([`/books/b${count}`, `/files/${count}/x`, `/x${count}`, `/${count}/y?z=${count}`].map((path) => app.request(path)));
    await ask(0);
    await scrape(app);
    const count = async (): Promise<number> =>
      [...(await scrape(app)).families.values()].reduce((sum, { samples }) => sum + samples.length, 0);
    const before = await count();
    for (let step = 1; step <= 2_500; step++) await ask(step);
    assert.equal(await count(), before);
    assert.equal((await scrape(app)).sum("http_requests_total", { route: "unmatched" }), 5_002);
    await app.close();
  });

  it("has no series of methods that the application does not know", async () => {
    const app = createApp({ routes: [get("/books", () => "books")] });
    for (const method of ["DELETE", "PROPFIND", "X1", "X2"]) await app.request("/books", { method });
    const [series] = [(await scrape(app)).families.get("http_requests_total")!.samples];
    assert.deepEqual(
      series.map(({ labels }) => labels["method"]),
      ["DELETE"],
    );
    await app.close();
  });

  it("puts durations into buckets, and adds up their seconds", async () => {
    const app = createApp({
      routes: [
        get("/wait/:ms(int)", async ({ params }) => {
          await wait(params.ms);
          return "done";
        }),
      ],
    });
    const startedMs = performance.now();
    for (const ms of [0, 30, 300]) await app.request(`/wait/${ms}`);
    const seconds = (performance.now() - startedMs) / 1000;
    const metrics = await scrape(app);
    const route = "/wait/:ms(int)";
    const upTo = (le: string): number => metrics.sum("http_request_duration_seconds_bucket", { route, le });
    assert.equal(upTo("+Inf"), 3);
    assert.ok(upTo("0.025") <= 1);
    assert.ok(upTo("0.25") <= 2);
    const sum = metrics.sum("http_request_duration_seconds_sum", { route });
    assert.ok(sum >= 0.329 && sum <= seconds, `${sum} s of ${seconds} s`);
    await app.close();
  });

  it("counts errors by code, also those that a middleware sees", async () => {
    const app = createApp({
      routes: [
        group(
          "/shop",
          [
            get("/sold-out", () => {
              throw new GableError("E_STOCK_EMPTY", "Nothing is left.", { status: 409 });
            }),
          ],
          { use: [middleware(async (_context, next) => next())] },
        ),
        get("/many/:code", ({ params }) => {
          throw new GableError(`E_${params.code}`, "One of many.", { status: 400 });
        }),
      ],
    });
    await app.request("/shop/sold-out");
    await app.request("/nowhere");
    for (let count = 0; count < 300; count++) await app.request(`/many/${count}`);
    const metrics = await scrape(app);
    assert.equal(metrics.sum("gable_errors_total", { code: "E_STOCK_EMPTY" }), 1);
    assert.equal(metrics.sum("gable_errors_total", { code: "E_ROUTE_NOT_FOUND" }), 1);
    assert.equal(metrics.sum("gable_errors_total", { code: "other" }), 101);
    assert.equal(metrics.sum("gable_errors_total"), 302);
    await app.close();
  });

  for (const engine of ["gable", "node"] as const) {
    it(`counts open connections, and requests until their reply is sent, with the engine ${engine}`, async () => {
      const gate = Promise.withResolvers<void>();
      async function* pieces(): AsyncGenerator<string> {
        yield "first";
        await gate.promise;
      }
      const app = createApp({ routes: [get("/stream", () => stream(pieces()))] });
      await listening(
        app,
        async ({ url }) => {
          const reply = await fetch(`${url}/stream`);
          const during = await scrape(app);
          assert.equal(during.sum("http_requests_in_flight", { worker: "1" }), 2);
          assert.equal(during.sum("http_connections_open", { worker: "1" }), 1);
          assert.equal(during.sum("http_requests_total", { route: "/stream" }), 0);
          gate.resolve();
          await reply.text();
          await until(async () => (await scrape(app)).sum("http_requests_total", { route: "/stream", status: "200" }) === 1);
          assert.equal((await scrape(app)).sum("http_requests_in_flight"), 1);
        },
        engine,
      );
    });

    it(`counts a request whose client leaves, with the engine ${engine}`, async () => {
      const app = createApp({
        routes: [
          get("/slow", async ({ signal }) => {
            await wait(10_000, undefined, { signal });
            return "done";
          }),
        ],
      });
      await listening(
        app,
        async ({ url }) => {
          await assert.rejects(fetch(`${url}/slow`, { signal: AbortSignal.timeout(100) }));
          await until(async () => (await scrape(app)).sum("http_requests_total", { route: "/slow" }) === 1);
          assert.equal((await scrape(app)).sum("http_requests_in_flight"), 1);
        },
        engine,
      );
    });

    it(`counts a late reply with the status that the server has sent, with the engine ${engine}`, async () => {
      const late = get("/late", { limits: { handlerMs: 100 } }, async ({ signal }) => {
        await once(signal, "abort");
        return "late";
      });
      const app = createApp({ routes: [late, get("/soon", { limits: { handlerMs: 5_000 } }, async () => (await wait(10), "soon"))] });
      await listening(
        app,
        async ({ url }) => {
          assert.equal((await fetch(`${url}/late`)).status, 503);
          assert.equal((await fetch(`${url}/soon`)).status, 200);
          await until(async () => (await scrape(app)).sum("http_requests_total", { route: "/late" }) === 1);
          const metrics = await scrape(app);
          assert.equal(metrics.sum("http_requests_total", { route: "/late", status: "503" }), 1);
          assert.equal(metrics.sum("http_requests_total", { route: "/soon", status: "200" }), 1);
        },
        engine,
      );
    });

    it(`counts WebSockets and event streams when they open, with the engine ${engine}`, async () => {
      async function* events(): AsyncGenerator<{ data: string }> {
        yield { data: "one" };
        await new Promise(() => undefined);
      }
      const app = createApp({ routes: [get("/events", ({ reply }) => reply.events(events())), socket("/socket", {})] });
      await listening(
        app,
        async ({ url }) => {
          const stop = new AbortController();
          await fetch(`${url}/events`, { signal: stop.signal });
          const client = new WebSocket(`${url.replace("http", "ws")}/socket`);
          await new Promise((resolve) => client.once("open", resolve));
          const metrics = await scrape(app);
          assert.equal(metrics.sum("http_requests_total", { route: "/events", status: "200" }), 1);
          assert.equal(metrics.sum("http_requests_total", { route: "/socket", status: "101" }), 1);
          assert.equal(metrics.sum("http_requests_in_flight"), 1);
          client.terminate();
          stop.abort();
        },
        engine,
      );
    });
  }

  it("shows the delay of the event loop since the last scrape", async () => {
    const app = createApp({
      routes: [
        get("/block", () => {
          const end = performance.now() + 200;
          while (performance.now() < end);
          return "done";
        }),
      ],
    });
    await app.start();
    // More than once: a machine that stands still is measured, too.
    const findLag = async (): Promise<number> => {
      await wait(50);
      return (await scrape(app)).sum("nodejs_eventloop_lag_max_seconds");
    };
    await until(async () => {
      await app.request("/block");
      return (await findLag()) >= 0.15;
    });
    await until(async () => (await findLag()) < 0.15);
    await app.close();
  });

  it("shows what the process uses", async () => {
    const app = createApp({});
    const metrics = await scrape(app);
    assert.ok(Math.abs(metrics.sum("process_start_time_seconds") - performance.timeOrigin / 1000) < 1);
    assert.ok(metrics.sum("process_resident_memory_bytes") > 10_000_000);
    assert.ok(metrics.sum("nodejs_heap_size_used_bytes") < metrics.sum("nodejs_heap_size_total_bytes"));
    assert.ok(metrics.sum("process_cpu_seconds_total") > 0);
    await app.close();
  });

  it("shows the connections of each database", { skip: skipPostgres }, async () => {
    const place = await placePostgres();
    class Book extends Model("books", { id: f.id() }) {}
    class Log extends Model("logs", { id: f.id() }, { database: "log" }) {}
    const app = createApp({
      models: [Book, Log],
      databases: { default: { url: place.url, poolMax: 2 }, log: { url: "sqlite::memory:" } },
    });
    await app.start();
    const database = app.database();
    const gate = Promise.withResolvers<void>();
    const works = [1, 2, 3].map(() => transaction(() => gate.promise, { database }));
    await until(async () => (await scrape(app)).sum("database_pool_connections_busy", { database: "default" }) === 2);
    const metrics = await scrape(app);
    const read = (name: string): number[] => ["default", "log"].map((each) => metrics.sum(`database_pool_${name}`, { database: each }));
    assert.deepEqual(read("connections"), [2, 1]);
    assert.deepEqual(read("connections_busy"), [2, 0]);
    assert.deepEqual(read("connections_max"), [2, 1]);
    assert.deepEqual(read("waiting"), [1, 0]);
    gate.resolve();
    await Promise.all(works);
    assert.equal((await scrape(app)).sum("database_pool_connections_busy", { database: "default" }), 0);
    await app.close();
    await place.remove();
  });

  it("counts each application of a process on its own", async () => {
    const [first, second] = [createApp({ routes: [get("/a", () => "a")] }), createApp({ routes: [get("/b", () => "b")] })];
    await first.request("/a");
    await second.request("/b");
    assert.deepEqual(
      (await scrape(first)).find("http_requests_total").map(({ labels }) => labels["route"]),
      ["/a"],
    );
    assert.deepEqual(
      (await scrape(second)).find("http_requests_total").map(({ labels }) => labels["route"]),
      ["/b"],
    );
    await first.close();
    await second.close();
  });

  it("counts what parts answer early apart from addresses without a route", async () => {
    const closed = definePart({
      name: "closed",
      start: () => ({ early: ({ path }: { path: string }) => (path === "/closed" ? text("closed", { status: 503 }) : undefined) }),
    });
    const app = createApp({ parts: [closed] });
    await app.request("/closed");
    const [sample] = (await scrape(app)).find("http_requests_total");
    assert.deepEqual(sample?.labels, { method: "GET", route: "early", status: "503" });
    await app.close();
  });
});

describe("an application without the option metrics", () => {
  it("loads none of its code, and adds nothing to a reply", () => {
    const program = `
      import { registerHooks } from "node:module";
      const loaded = [];
      registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
      const { gable, get } = await import("gable");
      const app = gable({ mode: "test", routes: [get("/", () => "Hello")] });
      await app.start();
      const headers = { get: () => null, has: () => false, all: () => [], *[Symbol.iterator]() {} };
      const { signal } = new AbortController();
      const raw = { method: "GET", scheme: "http", authority: "localhost", path: "/", queryString: "", headers, signal, remote: { address: "", port: 0 } };
      const reply = await app.listener(raw);
      console.log(JSON.stringify({ loaded: loaded.filter((url) => /src\\/metrics\\//.test(url)).map((url) => url.replace(/.*src/, "src")), settled: typeof reply.onSettled }));
      await app.close();
    `;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--import", "./scripts/source.mjs", "-e", program], {
      encoding: "utf8",
      env: { ...process.env, NODE_TEST_CONTEXT: undefined },
    });
    assert.deepEqual(JSON.parse(stdout || stderr), { loaded: ["src/metrics/part.ts"], settled: "undefined" });
  });

  it("answers 404 at /metrics", async () => {
    const app = gable({ mode: "test", logger: silentLogger });
    assert.equal((await app.request("/metrics", { headers: { authorization } })).status, 404);
    await app.close();
  });
});
