/** The application object: results, input, middleware, guards, errors, and what cannot be lost. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { runInNewContext } from "node:vm";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import type { GableOptions, Logger } from "gable";
import {
  badRequest,
  checkConditions,
  del,
  forbidden,
  gable,
  get,
  group,
  html,
  json,
  middleware,
  mount,
  notFound,
  page,
  patch,
  post,
  problem,
  put,
  redirect,
  resource,
  stream,
  text,
  tooManyRequests,
} from "gable";
import { createTestClient } from "gable/testing";
import { silentLogger } from "../../test/silent-logger.ts";

const make = (options: GableOptions = {}) => gable({ mode: "test", logger: silentLogger, ...options });
const client = (app: ReturnType<typeof make>) => createTestClient(app, { errors: "page" });

describe("results", () => {
  async function* rows(): AsyncGenerator<object | string> {
    yield { a: 1 };
    yield "b\n";
    yield { a: 2n };
  }

  const results: Array<[string, () => unknown, number, string | null, string]> = [
    ["Html", () => html`<p>${"<"}</p>`, 200, "text/html; charset=utf-8", "<p>&lt;</p>"],
    ["a string is text, never HTML", () => "<b>", 200, "text/plain; charset=utf-8", "<b>"],
    [
      "an object",
      () => ({ a: 1, when: new Date(0), big: 5n }),
      200,
      "application/json",
      '{"a":1,"when":"1970-01-01T00:00:00.000Z","big":"5"}',
    ],
    ["an array", () => [1], 200, "application/json", "[1]"],
    ["null", () => null, 204, null, ""],
    ["bytes", () => new Uint8Array([65]), 200, "application/octet-stream", "A"],
    ["a promise", async () => ({ ok: true }), 200, "application/json", '{"ok":true}'],
    [
      "what can be awaited, such as a query",
      // oxlint-disable-next-line unicorn/no-thenable -- what the test is about
      () => ({ then: (take: (value: unknown) => void) => take([{ a: 1 }]) }),
      200,
      "application/json",
      '[{"a":1}]',
    ],
    ["an async iterable", () => rows(), 200, "text/plain; charset=utf-8", '{"a":1}\nb\n{"a":"2"}\n'],
    ["a Response", () => new Response("x", { status: 418, headers: { "x-a": "b", "content-type": "text/x" } }), 418, "text/x", "x"],
    ["an empty Response", () => new Response(null, { status: 204 }), 204, null, ""],
    ["json()", () => json({ a: 1 }, { status: 201, headers: { "x-a": "b" } }), 201, "application/json", '{"a":1}'],
    ["text()", () => text("x", { status: 202 }), 202, "text/plain; charset=utf-8", "x"],
    ["page()", () => page(html`x`, { status: 203 }), 203, "text/html; charset=utf-8", "x"],
    [
      "problem()",
      () => problem({ status: 409, code: "E_STOCK_EMPTY", title: "Out of stock", extra: { left: 2 } }),
      409,
      "application/problem+json",
      '{"left":2,"type":"about:blank","title":"Out of stock","status":409,"code":"E_STOCK_EMPTY"}',
    ],
    ["stream()", () => stream(rows() as AsyncIterable<string>, { type: "text/csv", name: "a.csv" }), 200, "text/csv", ""],
  ];
  for (const [name, handler, status, type_, body] of results) {
    it(name, async () => {
      const app = make();
      app.get("/", handler as () => object);
      if (name === "stream()") return;
      const reply = await client(app).get("/");
      assert.deepEqual([reply.status, reply.headers.get("content-type"), reply.body], [status, type_, body]);
    });
  }

  it("names the route of a handler that returns nothing", async () => {
    const app = make();
    app.get("/nothing", (() => undefined) as never);
    app.get("/number", (() => 5) as never);
    const tests = createTestClient(app);
    await assert.rejects(tests.get("/nothing"), {
      code: "E_ROUTE_RESULT",
      message: 'The handler of GET "/nothing" returned undefined; did it forget to return?',
    });
    await assert.rejects(tests.get("/number"), { code: "E_ROUTE_RESULT", message: 'The handler of GET "/number" returned 5.' });
  });

  for (const [what, value, status] of [
    ["notFound()", notFound("No such book."), 404],
    ["tooManyRequests()", tooManyRequests(), 429],
    ["an error", new TypeError("broken"), 500],
    ["an error of another realm", runInNewContext("new Error('broken')"), 500],
  ] as ReadonlyArray<readonly [string, object, number]>)
    for (const place of ["handler", "async handler", "middleware", "page that is stored"])
      it(`answers ${status} to ${what} that is returned, as if it was thrown: ${place}`, async () => {
        const app = make({ cache: true });
        const handler = (): object => (place === "async handler" ? Promise.resolve(value) : value);
        const stored = place === "page that is stored" ? { cache: { storeSeconds: 60 } } : {};
        app.get("/", place === "middleware" ? { use: [(() => value) as never] } : stored, handler);
        for (let count = 0; count < 2; count++) assert.equal((await client(app).get("/")).status, status);
        await app.close();
      });

  it("adds status and fields of context.reply to plain values", async () => {
    const app = make();
    app.get("/", ({ reply }) => {
      reply.status = 201;
      reply.headers.set("x-a", "b");
      return { ok: true };
    });
    const reply = await client(app).get("/");
    assert.deepEqual([reply.status, reply.headers.get("x-a")], [201, "b"]);
  });

  for (const [name, result, status] of [
    ["null", () => null, 201],
    ["an empty Response", () => new Response(null, { status: 204 }), 201],
    ["a redirect", () => redirect("/next"), 303],
    ["an empty reply with a status", () => new Response(null, { status: 404 }), 404],
    ["text with a status", () => text("x", { status: 202 }), 202],
  ] as const)
    it(`gives ${name} the status ${status} where context.reply says 201`, async () => {
      const app = make();
      app.get("/", ({ reply }) => {
        reply.status = 201;
        return result();
      });
      assert.equal((await client(app).get("/")).status, status);
    });

  it("redirects within the own origin", async () => {
    const app = make();
    app.get("/", () => redirect("/next?a=b"));
    app.get("/next", ({ query }) => ({ a: query.get("a") }));
    app.get("/evil", () => redirect("//evil.test"));
    app.post("/back", ({ redirectBack }) => redirectBack({ fallback: "/fallback" }));
    const reply = await client(app).get("/");
    assert.deepEqual([reply.status, reply.headers.get("location")], [303, "/next?a=b"]);
    assert.deepEqual((await reply.follow()).json(), { a: "b" });
    await assert.rejects(createTestClient(app).get("/evil"), { code: "E_REDIRECT_UNSAFE" });
  });

  it("goes back to the own origin alone", async () => {
    const app = make();
    app.post("/back", (context) => context.redirectBack({ fallback: "/fallback" }));
    const back = async (referer: string): Promise<string | null> =>
      (await client(app).post("/back", { headers: { referer } })).headers.get("location");
    assert.equal(await back("http://localhost/list?page=2"), "/list?page=2");
    assert.equal(await back("http://localhost.evil.test/x"), "/fallback");
    assert.equal(await back("http://localhost//evil.test"), "/fallback");
  });
});

describe("routes", () => {
  it("answer 404, 405 with Allow, HEAD and OPTIONS", async () => {
    const app = make();
    app.get("/a", () => "get");
    app.post("/a", () => "post");
    app.delete("/b/:x(int)", () => null);
    const tests = client(app);
    assert.equal((await tests.get("/nope")).status, 404);
    const wrong = await tests.put("/a");
    assert.deepEqual([wrong.status, wrong.headers.get("allow")], [405, "GET, HEAD, OPTIONS, POST"]);
    assert.equal((await tests.get("/b/7")).headers.get("allow"), "DELETE, OPTIONS");
    assert.equal((await tests.get("/b/x")).status, 404);
    const options = await tests.request("OPTIONS", "/a");
    assert.deepEqual([options.status, options.headers.get("allow")], [204, "GET, HEAD, OPTIONS, POST"]);
    const head = await tests.head("/a");
    assert.deepEqual([head.status, head.body, head.headers.get("content-length")], [200, "", "3"]);
    assert.match(wrong.body, /Method Not Allowed/);
    assert.equal(
      (await tests.put("/a", { headers: { accept: "application/json" } })).json<{ code: string }>().code,
      "E_METHOD_NOT_ALLOWED",
    );
    assert.equal(
      (await tests.get("/nope", { headers: { accept: "application/json" } })).json<{ code: string }>().code,
      "E_ROUTE_NOT_FOUND",
    );
  });

  it("redirect to the other form of a trailing slash, with the query, for reads alone", async () => {
    const app = make({ routes: [get("/a", () => "x"), get("/b/", () => "y"), post("/c", () => "z")] });
    const tests = client(app);
    const reply = await tests.get("/a/?q=1");
    assert.deepEqual([reply.status, reply.headers.get("location")], [308, "/a?q=1"]);
    assert.equal((await tests.get("/b")).headers.get("location"), "/b/");
    assert.equal((await tests.post("/c/")).status, 404);
    assert.equal((await tests.get("//a")).status, 404);
    const strict = client(make({ routes: [get("/a", () => "x")], trailingSlash: "strict" }));
    assert.equal((await strict.get("/a/")).status, 404);
  });

  it("fail at start for duplicates, naming both places", () => {
    assert.throws(
      () => make({ routes: [get("/a/:x", () => ""), get("/a/:y", () => "")] }),
      ({ code, message }: { code: string; message: string }) =>
        code === "E_ROUTE_DUPLICATE" &&
        /^GET "\/a\/:y" is defined twice: .*application\.test\.ts:\d+ and .*application\.test\.ts:\d+\.$/.test(message),
    );
  });

  it("fail at start for wrong use", () => {
    const bad: Array<[() => unknown, string]> = [
      [() => get("/a", { gaurd: () => true } as never, () => ""), "E_OPTION_UNKNOWN"],
      [() => get("/a", "x" as never), "E_OPTION_INVALID"],
      [() => get(5 as never, () => ""), "E_OPTION_INVALID"],
      [() => get("/a", { limits: { headMs: 5 } } as never, () => ""), "E_LIMIT_INVALID"],
      [() => get("/a", { json: {} } as never, () => ""), "E_OPTION_INVALID"],
      [() => get("/a", { security: { crossSite: { allow: " " } } }, () => ""), "E_OPTION_INVALID"],
      [() => make({ routes: [get("/a/:x(y+y+)", () => "")] }), "E_PATTERN_NOT_LINEAR"],
      [() => make({ routes: [get("a", () => "")] }), "E_PATTERN_MALFORMED"],
      [() => make({ routes: [get("/:a(nope)", () => "")] }), "E_CONVERTER_UNKNOWN"],
      [() => make({ route: [] } as never), "E_OPTION_UNKNOWN"],
      [() => make({ mode: "prod" as never }), "E_OPTION_INVALID"],
      [() => make({ hosts: ["a b"] }), "E_OPTION_INVALID"],
      [() => make({ origin: "example.com" }), "E_OPTION_INVALID"],
      [() => make({ proxies: { trust: ["10.0.0.0/99"] } }), "E_PROXY_LIST"],
      [() => make({ security: { csp: { scriptSrc: ["'unsafe-inline'"] } } }), "E_CSP_UNSAFE"],
      [() => group("a", [get("/", () => "")]), "E_GROUP_PREFIX"],
      [() => group("/a/", [get("/", () => "")]), "E_GROUP_PREFIX"],
      [() => group("/:x", [get("/", () => "")] as never), "E_GROUP_PREFIX"],
    ];
    for (const [run, code] of bad) assert.throws(run, { code }, code);
    const route = get("/a", () => "");
    assert.throws(() => make({ routes: [route, group("/b", [route])] }), { code: "E_ROUTE_BOUND_TWICE" });
  });

  it("close when the application has started", async () => {
    const app = make();
    app.get("/", () => "x");
    await app.request("/");
    assert.throws(() => app.get("/late", () => "x"), { code: "E_APP_STARTED" });
  });

  it("group with prefixes, options and types, and give typed URLs", async () => {
    const seen: string[] = [];
    const layer = (name: string) =>
      middleware(async (_context, next) => {
        seen.push(name);
        const reply = await next();
        reply.headers.append("x-layers", name);
        return reply;
      });
    const loadTeam = middleware<{ team: { name: string } }>((context, next) =>
      next({ team: { name: String((context.params as { team: string }).team).toUpperCase() } }),
    );
    const team = group("/teams/:team(slug)", {
      use: [layer("outer"), loadTeam] as const,
      guard: ({ headers }) => headers.get("x-guest") === null,
    });
    const showProject = team.get("/projects/:id(int)", { use: [layer("inner")] as const, name: "project" }, ({ params, team: loaded }) => ({
      ...params,
      loaded: loaded.name,
    }));
    const home = team.get("/", () => "home");
    const app = make({ routes: [{ team, showProject, home, other: 5 }], basePath: "/base" });
    assert.equal(showProject.url({ team: "red", id: 7 }, { a: 1 }), "/base/teams/red/projects/7?a=1");
    assert.equal(home.url({ team: "red" }), "/base/teams/red");
    const tests = client(app);
    const reply = await tests.get("/base/teams/red/projects/7");
    assert.deepEqual(reply.json(), { team: "red", id: 7, loaded: "RED" });
    assert.deepEqual(seen, ["outer", "inner"]);
    assert.equal(reply.headers.get("x-layers"), "inner, outer");
    assert.equal((await tests.get("/base/teams/red", { headers: { "x-guest": "1" } })).status, 403);
    assert.deepEqual(
      app.routes.map(({ method, name, binding }) => [method, name, binding?.pattern]),
      [
        ["GET", "project", "/base/teams/:team(slug)/projects/:id(int)"],
        ["GET", undefined, "/base/teams/:team(slug)"],
      ],
    );
    assert.match(app.routes[0]!.place!.file, /application\.test\.ts$/);
  });

  it("keep the prefix and the guard of a group that is not in the list", async () => {
    const team = group("/team", { guard: ({ headers }) => headers.has("x-member") });
    const show = team.get("/show", () => "shown");
    const app = make({ routes: [{ show }, show] });
    const tests = client(app);
    assert.deepEqual(
      [(await tests.get("/team/show", { headers: { "x-member": "1" } })).body, (await tests.get("/show")).status],
      ["shown", 404],
    );
    assert.equal((await tests.get("/team/show")).status, 403);
    assert.equal(app.routes.length, 1);
  });

  it("show a middleware the reply of an error, never a throw", async () => {
    const statuses: number[] = [];
    const watch = middleware(async (_context, next) => {
      const reply = await next();
      statuses.push(reply.status);
      return reply;
    });
    const app = make({
      routes: [
        group(
          "/g",
          [
            get("/a", () => {
              throw notFound("Gone fishing.");
            }),
            get("/b", async () => {
              throw new Error("x");
            }),
          ],
          { use: [watch] },
        ),
      ],
    });
    const tests = client(app);
    assert.equal((await tests.get("/g/a")).status, 404);
    assert.equal((await tests.get("/g/b")).status, 500);
    assert.deepEqual(statuses, [404, 500]);
  });

  it("let guards answer", async () => {
    const app = make({
      routes: [
        get("/no", { guard: () => false }, () => "x"),
        get("/yes", { guard: [() => true, async () => true] }, () => "x"),
        get("/to", { guard: () => redirect("/login") }, () => "x"),
        get(
          "/thrown",
          {
            guard: () => {
              throw forbidden("Members only.");
            },
          },
          () => "x",
        ),
      ],
    });
    const tests = client(app);
    assert.deepEqual([(await tests.get("/no")).status, (await tests.get("/yes")).status, (await tests.get("/to")).status], [403, 200, 303]);
    assert.match((await tests.get("/thrown")).body, /Members only\./);
  });

  it("never reach a guarded handler by another spelling", async () => {
    const app = make({
      routes: [
        get("/admin/secret", { guard: () => false }, () => "SECRET"),
        get("/admin/:x", { guard: () => false }, () => "SECRET"),
        get("/*rest", ({ params }) => `rest ${params.rest}`),
      ],
    });
    const tests = client(app);
    const spellings = [
      "/admin/secret",
      "/admin/%73ecret",
      "/%61dmin/secret",
      "/admin/secret?x",
      "/ADMIN/secret",
      "//admin/secret",
      "/admin//secret",
      "/admin/secret/",
      "/admin/secret;x",
      "/admin%2Fsecret",
      "/admin/%2573ecret",
      "/admin\\secret",
      "/admin/secret%20",
      "/admin/secret%09x",
      "/./admin/secret",
      "/x/../admin/secret",
      "/admin/secret#x",
      "/admin/SECRET",
    ];
    for (const path of spellings) assert.doesNotMatch((await tests.get(path)).body, /SECRET$/, path);
  });

  it("map resources onto a plain class", async () => {
    class Posts {
      name = "posts";
      index(): object {
        return { list: this.name };
      }
      show({ params }: { params: { id: string } }): object {
        return { id: params.id };
      }
      create(): object {
        return { created: true };
      }
      update({ params, form }: { params: { id: string }; form: { data: { title: string } } }): object {
        return { id: params.id, title: form.data.title };
      }
      destroy(): null {
        return null;
      }
    }
    const posts = resource("/posts", Posts, {
      actions: { update: { form: z.object({ title: z.string(), _method: z.string().optional() }) } },
    });
    const tests = client(make({ routes: [posts] }));
    assert.equal(posts.actions.show!.url({ id: "7" }), "/posts/7");
    assert.deepEqual((await tests.get("/posts")).json(), { list: "posts" });
    assert.deepEqual((await tests.get("/posts/7")).json(), { id: "7" });
    assert.deepEqual((await tests.post("/posts")).json(), { created: true });
    assert.deepEqual((await tests.patch("/posts/7", { form: { title: "a" } })).json(), { id: "7", title: "a" });
    assert.equal((await tests.delete("/posts/7")).status, 204);
    assert.equal((await tests.post("/posts/7", { form: { _method: "DELETE" } })).status, 204);
    assert.deepEqual((await tests.post("/posts/7", { form: { _method: "put", title: "b" } })).json(), { id: "7", title: "b" });
    assert.equal((await tests.post("/posts/7?_method=DELETE", { form: { a: "b" } })).status, 405);
    assert.equal((await tests.get("/posts/7/edit")).status, 404);
    assert.throws(() => resource("/x", Posts, { only: ["edit"] }), { code: "E_OPTION_INVALID" });
    assert.throws(() => resource("/x", class {}), { code: "E_OPTION_INVALID" });
  });

  it("mount another application behind the own checks", async () => {
    const app = make({
      routes: [
        mount("/old", async (request) => new Response(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`)),
        put("/p", () => ""),
        patch("/p", () => ""),
        del("/p", () => ""),
      ],
    });
    const tests = client(app);
    assert.equal((await tests.post("/old/a/b?c", { body: "x" })).body, "POST /a/b x");
    assert.equal((await tests.get("/old")).body, "GET / ");
    assert.equal((await app.request("/old/x", { method: "POST", headers: { origin: "http://evil.test" } })).status, 403);
  });
});

describe("input", () => {
  const schemas = {
    zod: { book: z.object({ title: z.string().min(2), pages: z.coerce.number().int() }), list: z.object({ tag: z.array(z.string()) }) },
    valibot: {
      book: v.object({
        title: v.pipe(v.string(), v.minLength(2)),
        pages: v.pipe(v.union([v.string(), v.number()]), v.transform(Number), v.integer()),
      }),
      list: v.object({ tag: v.array(v.string()) }),
    },
    arktype: { book: type({ title: "string >= 2", pages: "string.integer.parse | number.integer" }), list: type({ tag: "string[]" }) },
  };
  for (const [name, { book, list }] of Object.entries(schemas)) {
    it(`takes JSON, forms and queries by ${name}`, async () => {
      const schema = book as typeof schemas.zod.book;
      const app = make({
        routes: [
          post("/json", { json: schema }, ({ json: body }) => ({ title: body.title.toUpperCase(), pages: body.pages + 1 })),
          post("/form", { form: schema }, ({ form }) =>
            form.valid
              ? { title: form.data.title, pages: form.data.pages }
              : json({ errors: form.errors().map(({ field }) => field), values: form.values }, { status: form.status }),
          ),
          get("/query", { query: schema }, ({ query }) => ({ pages: query.pages })),
          get("/list", { query: list as typeof schemas.zod.list }, ({ query }) => query.tag),
        ],
      });
      const tests = client(app);
      assert.deepEqual((await tests.post("/json", { json: { title: "ab", pages: 4 } })).json(), { title: "AB", pages: 5 });
      const failed = await tests.post("/json", { json: { title: "a", pages: 4 } });
      assert.equal(failed.status, 422);
      const problem_ = failed.json<{ code: string; errors: Array<{ path: string; message: string }> }>();
      assert.deepEqual([problem_.code, problem_.errors.map(({ path }) => path)], ["E_INPUT_INVALID", ["title"]]);
      assert.ok(problem_.errors[0]!.message.length > 5);
      assert.deepEqual((await tests.post("/form", { form: { title: "ab", pages: "4" } })).json(), { title: "ab", pages: 4 });
      const shown = await tests.post("/form", { form: { title: "a", pages: "4" } });
      assert.deepEqual([shown.status, shown.json()], [422, { errors: ["title"], values: { title: "a", pages: "4" } }]);
      assert.deepEqual((await tests.get("/query?title=ab&pages=7")).json(), { pages: 7 });
      const bad = await tests.get("/query?title=ab&title=cd&pages=7", { headers: { accept: "application/json" } });
      assert.deepEqual([bad.status, bad.json<{ code: string }>().code], [400, "E_QUERY_INVALID"]);
      assert.deepEqual((await tests.get("/list?tag=a")).json(), ["a"]);
      assert.deepEqual((await tests.get("/list?tag=a&tag=b")).json(), ["a", "b"]);
    });
  }

  const anything = z.any();
  const jsonApp = make({ routes: [post("/", { json: anything }, ({ json: body }) => ({ body }))] });
  const spellings: Array<[string | null, boolean]> = [
    ["application/json", true],
    ["Application/JSON", true],
    ["application/json", true],
    ["application/json;charset=UTF8", true],
    ['application/json; charset="utf-8"', true],
    ["application/problem+json", true],
    ["application/json ; a=b", true],
    ["application/json;", true],
    ["application/json; charset=utf-8; charset=utf-8", false],
    ["text/plain", false],
    ["text/json", false],
    ["application/x-json", false],
    ["application/jsonx", false],
    ["application", false],
    ["", false],
    [null, false],
    ["application/json, text/plain", false],
    ["application/x-www-form-urlencoded", false],
    ["multipart/form-data; boundary=x", false],
    ["application/ json", false],
    ["application/json;;", true],
    ["text/plain; application/json", false],
    ["*/*", false],
    ["application/*", false],
    ["+json", false],
    ["application/+json", true],
    ["image/svg+xml", false],
    ["application/json charset=utf-8", false],
    ["application/json; =x", false],
  ];
  for (const [contentType, isTaken] of spellings) {
    it(`${isTaken ? "takes" : "refuses"} JSON as ${JSON.stringify(contentType)}`, async () => {
      const init: RequestInit = {
        method: "POST",
        body: new TextEncoder().encode("[1]"),
        headers: contentType === null ? {} : { "content-type": contentType },
      };
      const response = await jsonApp.request("/", init);
      assert.equal(response.status, isTaken ? 200 : 415);
      if (!isTaken) assert.equal(((await response.json()) as { code: string }).code, "E_BODY_TYPE");
    });
  }

  it("answers 400, 413 and 415 for bodies that cannot be read", async () => {
    const tests = client(jsonApp);
    const send = async (body: string | Uint8Array, headers = {}): Promise<string> => {
      const reply = await tests.post("/", { body, headers: { "content-type": "application/json", ...headers } });
      return `${reply.status} ${reply.json<{ code: string }>().code}`;
    };
    assert.equal(await send("{"), "400 E_JSON_MALFORMED");
    assert.equal(await send('{"__proto__":1}'), "400 E_JSON_KEY_FORBIDDEN");
    assert.equal(await send("[".repeat(65)), "400 E_JSON_DEPTH");
    assert.equal(await send("1", { "content-encoding": "gzip" }), "415 E_BODY_ENCODING");
    assert.equal(await send(`"${"x".repeat(1_048_576)}"`), "413 E_BODY_TOO_LARGE");
    assert.equal(
      (await tests.post("/", { body: `"${"x".repeat(1_048_574)}"`, headers: { "content-type": "application/json" } })).status,
      200,
    );
  });

  it("limits bodies by route", async () => {
    const app = make({ routes: [post("/", { json: anything, limits: { bodyBytesMax: 4 } }, () => "ok")], limits: { bodyBytesMax: 10 } });
    const tests = client(app);
    assert.equal((await tests.post("/", { json: 1234 })).status, 200);
    assert.equal((await tests.post("/", { json: 12345 })).status, 413);
  });

  it("keeps the limit of the application for a route with another limit", async () => {
    const app = make({ routes: [post("/", { json: anything, limits: { handlerMs: 60_000 } }, () => "ok")], limits: { bodyBytesMax: 4 } });
    assert.equal((await client(app).post("/", { json: 1234 })).status, 200);
    assert.equal((await client(app).post("/", { json: 12345 })).status, 413);
    const stream = new Blob(["12345"]).stream();
    const init = { method: "POST", body: stream, duplex: "half", headers: { "content-type": "application/json" } };
    assert.equal((await app.request("/", init as RequestInit)).status, 413);
  });

  it("reads forms with files: checked by content, 415 when not declared, 422 when wrong", async () => {
    const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
    const app = make({
      routes: [
        post(
          "/",
          {
            form: z.object({ title: z.string() }),
            files: { cover: { bytesMax: 200_000, accept: ["image/png", "text/plain"], required: true } },
          },
          async ({ form }) => {
            if (!form.valid)
              return json(
                form.errors().map(({ field: path, code, message }) => ({ path, code, message })),
                { status: form.status },
              );
            const cover = form.files.get("cover")!;
            return {
              title: form.data.title,
              name: cover.fileName,
              type: cover.type,
              size: cover.sizeBytes,
              bytes: (await cover.bytes()).length,
              names: [...form.files.keys()],
            };
          },
        ),
      ],
    });
    const tests = client(app);
    const send = (content: Uint8Array | string, claimed: string) =>
      tests.post("/", {
        form: { title: "t" },
        files: { cover: { name: "../c.png", type: claimed, content } },
      });
    assert.deepEqual((await send(png, "text/html")).json(), {
      title: "t",
      name: "../c.png",
      type: "image/png",
      size: 11,
      bytes: 11,
      names: ["cover"],
    });
    const large = new Uint8Array(200_000).fill(7);
    large.set(png);
    assert.equal((await send(large, "image/png")).json<{ bytes: number }>().bytes, 200_000);
    const over = await send(new Uint8Array(200_001), "image/png");
    assert.deepEqual(
      [over.status, over.json()],
      [422, [{ path: "cover", code: "file_large", message: "Choose a file of at most 196 kB." }]],
    );
    assert.deepEqual((await send("<html>", "image/png")).json(), [
      { path: "cover", code: "file_type", message: "The file is not what its type says." },
    ]);
    assert.deepEqual((await send("<html>", "text/html")).json(), [
      { path: "cover", code: "file_type", message: "Choose a file of one of these types: image/png, text/plain." },
    ]);
    assert.deepEqual((await tests.post("/", { form: { title: "t" }, files: {} })).json(), [
      { path: "cover", code: "required", message: "Choose a file." },
    ]);
    assert.equal((await tests.post("/", { json: {} })).status, 415);
    const other = await tests.post("/", { form: { title: "t" }, files: { other: { name: "x", content: "x" } } });
    assert.ok(other.status === 415 && other.body.includes("E_UPLOAD_NOT_DECLARED"), other.body);
    const urlencoded = await tests.post("/", { form: { title: "t" } });
    assert.equal(urlencoded.status, 422);
  });

  it("answers forms off the grammar with their code", async () => {
    const app = make({ routes: [post("/", { form: anything }, ({ form }) => ({ count: Object.keys(form.values).length }))] });
    const tests = client(app);
    const send = async (body: string | Uint8Array, contentType: string): Promise<string> => {
      const reply = await tests.post("/", { body, headers: { "content-type": contentType, accept: "application/json" } });
      return reply.status === 200 ? "200" : `${reply.status} ${reply.json<{ code: string }>().code}`;
    };
    const urlencoded = "application/x-www-form-urlencoded";
    const many = (count: number): string => Array.from({ length: count }, (_, index) => `f${index}=1`).join("&");
    assert.equal(await send(many(1000), urlencoded), "200");
    assert.equal(await send(many(1001), urlencoded), "413 E_FORM_TOO_LARGE");
    assert.equal(await send(new Uint8Array([0x61, 0x3d, 0xff]), urlencoded), "400 E_FORM_MALFORMED");
    assert.equal(await send("x", "multipart/form-data; boundary=B"), "400 E_MULTIPART_MALFORMED");
    assert.equal(await send("x", "multipart/form-data"), "400 E_MULTIPART_MALFORMED");
    assert.equal(await send("x", "text/plain; charset=latin1"), "415 E_BODY_TYPE");
  });

  it("answers forms and JSON in other charsets than UTF-8 with the name of the charset", async () => {
    const app = make({ routes: [post("/form", { form: anything }, () => "ok"), post("/json", { json: anything }, () => "ok")] });
    const tests = client(app);
    const bodies = [
      ["/form", "application/x-www-form-urlencoded", "a=1"],
      ["/form", "multipart/form-data; boundary=B", '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--B--\r\n'],
      ["/json", "application/json", "1"],
      ["/json", "application/problem+json", "{}"],
    ] as const;
    for (const [path, type, body] of bodies) {
      const send = (charset: string) =>
        tests.post(path, { body, headers: { "content-type": `${type}${charset}`, accept: "application/json" } });
      for (const charset of ["", "; charset=utf-8", "; charset=UTF8", '; charset="utf-8"', "; charset=us-ascii"])
        assert.equal((await send(charset)).status, 200, type + charset);
      for (const charset of ["iso-8859-1", "latin1", "windows-1252", "utf-16", "utf-8x"]) {
        const reply = await send(`; charset=${charset}`);
        const { code, detail } = reply.json<{ code: string; detail: string }>();
        assert.deepEqual([reply.status, code], [400, "E_BODY_ENCODING"], type + charset);
        assert.ok(detail.includes(`names the charset "${charset}"`), detail);
      }
    }
  });

  it("checks declared answers outside production", async () => {
    const routes = () => [get("/", { returns: z.object({ a: z.string() }) }, () => ({ a: 1 }))];
    await assert.rejects(createTestClient(make({ routes: routes() })).get("/"), { code: "E_ROUTE_RESULT" });
    assert.equal((await make({ mode: "production", routes: routes() }).request("/")).status, 200);
  });

  it("reads a body once, by the context or by a web-standard request", async () => {
    const app = make();
    app.post("/text", async ({ request }) => ({ text: await request.text(), isRequest: request instanceof Request }));
    app.post("/twice", async ({ request }) => {
      const copy = request.clone();
      return { first: await request.text(), second: await copy.text() };
    });
    app.post("/used", { json: anything }, async ({ request }) => ({ text: await request.text() }));
    const tests = client(app);
    assert.deepEqual((await tests.post("/text", { body: "x" })).json(), { text: "x", isRequest: true });
    assert.deepEqual((await tests.post("/twice", { body: "x" })).json(), { first: "x", second: "x" });
    await assert.rejects(createTestClient(app).post("/used", { json: 1 }), { code: "E_BODY_USED" });
  });
});

describe("the host of the option origin", () => {
  const rows: ReadonlyArray<[mode: "development" | "test" | "production", hosts: string[] | undefined, url: string, status: number]> = [
    ["development", undefined, "https://shop.test/", 200],
    ["test", undefined, "https://shop.test/", 200],
    ["test", undefined, "http://localhost/", 200],
    ["test", undefined, "https://www.shop.test/", 400],
    ["test", ["other.test"], "https://shop.test/", 200],
    ["test", ["other.test"], "https://other.test/", 200],
    ["production", ["other.test"], "https://shop.test/", 400],
    ["production", ["shop.test"], "https://shop.test/", 200],
    ["production", undefined, "https://shop.test/", 400],
  ];
  for (const [mode, hosts, url, status] of rows)
    it(`answers ${status} to ${url} in the mode ${mode}, with hosts ${JSON.stringify(hosts)}`, async () => {
      const app = make({ mode, origin: "https://shop.test", ...(hosts !== undefined && { hosts }), routes: [get("/", () => "x")] });
      assert.equal((await app.fetch(new Request(url))).status, status);
      await app.close();
    });

  for (const transport of ["memory", "socket"] as const)
    it(`reaches the application from a test client, and from app.request() (${transport})`, async () => {
      const app = make({ origin: "http://shop.test:8080", routes: [get("/", ({ url }) => url.href)] });
      const client = createTestClient(app, { transport });
      try {
        assert.equal((await client.get("/")).body, "http://shop.test:8080/");
        assert.equal(await (await app.request("/")).text(), "http://shop.test:8080/");
      } finally {
        await client.close();
      }
    });

  it("names another host in its error, in quotes, and not in production", async () => {
    const ask = async (mode: "test" | "production"): Promise<string> => {
      const app = make({ mode, origin: "https://shop.test", routes: [get("/", () => "x")] });
      return (await app.fetch(new Request("http://evil.test/", { headers: { accept: "application/json" } }))).text();
    };
    assert.match(await ask("test"), /The host \\"evil\.test\\" is not one of the application\./);
    assert.doesNotMatch(await ask("production"), /evil/);
  });
});

describe("context", () => {
  it("gives lazy facts of the request", async () => {
    const app = make({ origin: "https://shop.test", hosts: ["shop.test"] });
    app.get("/a/:x", (context) => ({
      url: context.url.href,
      path: context.path,
      method: context.method,
      params: context.params,
      q: context.query.getAll("q"),
      ip: context.ip,
      scheme: context.scheme,
      absolute: context.absoluteUrl("/y"),
      cookie: context.cookies.get("c"),
      has: context.cookies.has("d"),
      route: context.route?.pattern,
      aborted: context.signal.aborted,
    }));
    const reply = await client(app).get("/a/%7e%62?q=1&q=2", { headers: { cookie: "c=%41" } });
    assert.deepEqual(reply.json(), {
      url: "https://shop.test/a/%7e%62?q=1&q=2",
      path: "/a/~b",
      method: "GET",
      params: { x: "~b" },
      q: ["1", "2"],
      ip: "127.0.0.1",
      scheme: "https",
      absolute: "https://shop.test/y",
      cookie: "A",
      has: false,
      route: "/a/:x",
      aborted: false,
    });
    assert.match(reply.headers.get("x-request-id")!, /^[0-9a-f]{32}$/);
  });

  it("explains parts that are not enabled", async () => {
    const app = make();
    for (const part of ["session", "user", "form", "json"] as const) app.get(`/${part}`, (context) => ({ part: context[part] }));
    for (const part of ["session", "user", "form", "json"])
      await assert.rejects(createTestClient(app).get(`/${part}`), {
        code: "E_CONTEXT_UNAVAILABLE",
        message: `context.${part} was read, and it is not enabled for this route.`,
      });
  });

  it("sets and deletes cookies, and makes the reply personal", async () => {
    const app = make();
    app.get("/set", { cache: { maxAgeSeconds: 60 } }, ({ cookies }) => {
      cookies.set("a", "1", { maxAgeSeconds: 60 });
      return "x";
    });
    app.get("/delete", ({ cookies }) => {
      cookies.delete("a");
      return "x";
    });
    app.get("/bad", ({ cookies }) => {
      cookies.set("a b", "1");
      return "x";
    });
    const tests = client(app);
    const reply = await tests.get("/set");
    assert.deepEqual(reply.headers.getSetCookie(), ["a=1; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"]);
    assert.deepEqual([reply.headers.get("cache-control"), reply.headers.get("vary")], ["no-store", "Cookie"]);
    assert.equal(tests.cookies.get("a"), "1");
    await tests.get("/delete");
    assert.equal(tests.cookies.has("a"), false);
    await assert.rejects(createTestClient(app).get("/bad"), { code: "E_COOKIE_NAME" });
    const production = make({ mode: "production" });
    production.get("/", ({ cookies }) => {
      cookies.set("a", "1");
      return "x";
    });
    assert.match((await production.request("/")).headers.get("set-cookie")!, /; Secure/);
  });
});

describe("caching", () => {
  it("is private unless proven public", async () => {
    const app = make({
      routes: [
        get("/plain", () => "x"),
        get("/public", { cache: { public: true, maxAgeSeconds: 60 } }, () => "x"),
        get("/own", { cache: { public: true } }, () => text("x", { headers: { "cache-control": "no-store" } })),
        get("/private", { cache: { public: true } }, ({ cookies }) => {
          cookies.set("a", "b");
          return "x";
        }),
        get("/error", { cache: { public: true, maxAgeSeconds: 60 } }, () => {
          throw notFound();
        }),
      ],
    });
    const tests = client(app);
    const cacheControl = async (path: string, headers = {}): Promise<string | null> =>
      (await tests.get(path, { headers })).headers.get("cache-control");
    assert.equal(await cacheControl("/plain"), "private, no-cache");
    assert.equal(await cacheControl("/plain", { authorization: "Bearer x" }), "no-store");
    assert.equal(await cacheControl("/public"), "public, max-age=60");
    assert.equal(await cacheControl("/own"), "no-store");
    assert.equal(await cacheControl("/error"), "no-store");
    await assert.rejects(createTestClient(app).get("/private"), { code: "E_OPTION_INVALID" });
    const production = make({
      mode: "production",
      routes: [
        get("/private", { cache: { public: true } }, ({ cookies }) => {
          cookies.set("a", "b");
          return "x";
        }),
      ],
    });
    assert.equal((await production.request("/private")).headers.get("cache-control"), "no-store");
  });

  it("gives tags that are the first 12 bytes of the SHA-256 of the body", async () => {
    const cache = { etag: true };
    const bytes = new TextEncoder().encode("b\u00fc");
    const app = make({
      routes: [
        get("/text", { cache }, () => text("b\u00fc")),
        get("/other", { cache }, () => text("other")),
        get("/empty", { cache }, () => text("")),
        get("/bytes", { cache }, () => bytes),
      ],
    });
    const tagOf = async (path: string): Promise<string | null> => (await client(app).get(path)).headers.get("etag");
    const expected = (body: string): string => `"${createHash("sha256").update(body).digest().subarray(0, 12).toString("base64url")}"`;
    assert.deepEqual(
      await Promise.all(["/text", "/other", "/empty", "/bytes"].map(tagOf)),
      ["b\u00fc", "other", "", "b\u00fc"].map(expected),
    );
  });

  it("gives tags from the bytes, and 304 for them", async () => {
    const app = make({ routes: [get("/", { cache: { etag: true, maxAgeSeconds: 60, public: true } }, () => html`<p>x</p>`)] });
    const tests = client(app);
    const etag = (await tests.get("/")).headers.get("etag")!;
    const reply = await tests.get("/", { headers: { "if-none-match": `W/${etag}` } });
    assert.deepEqual(
      [reply.status, reply.body, reply.headers.get("etag"), reply.headers.get("cache-control")],
      [304, "", etag, "public, max-age=60"],
    );
    assert.equal((await tests.get("/", { headers: { "if-none-match": '"other"' } })).status, 200);
    assert.equal((await tests.get("/", { headers: { "if-match": '"other"' } })).status, 412);
  });

  it("checks conditions before the work", async () => {
    let worked = 0;
    const app = make();
    const lastModified = new Date("2026-01-01T00:00:00Z");
    app.get("/", (context) => {
      const early = checkConditions(context, { etag: '"v1"', lastModified });
      if (early) return early;
      worked++;
      return "body";
    });
    const tests = client(app);
    const full = await tests.get("/");
    assert.deepEqual([full.headers.get("etag"), full.headers.get("last-modified")], ['"v1"', "Thu, 01 Jan 2026 00:00:00 GMT"]);
    assert.equal((await tests.get("/", { headers: { "if-none-match": '"v1"' } })).status, 304);
    assert.equal((await tests.get("/", { headers: { "if-unmodified-since": "Wed, 31 Dec 2025 00:00:00 GMT" } })).status, 412);
    assert.equal(worked, 1);
  });
});

describe("errors", () => {
  it("show code and id alone in production, as a page or as a problem", async () => {
    const lines: object[] = [];
    const logger: Logger = { ...silentLogger, error: (facts) => lines.push(facts as object), child: () => logger };
    const app = make({ mode: "production", logger });
    app.get("/", () => {
      throw new Error("the secret");
    });
    app.get("/limit", () => {
      throw tooManyRequests("Slow down.", { retryAfterSeconds: 5 });
    });
    app.get("/bad", () => {
      throw badRequest("Bad & worse", { details: { field: "x" } });
    });
    const response = await app.request("/", { headers: { accept: "text/html" } });
    const body = await response.text();
    assert.equal(response.status, 500);
    assert.doesNotMatch(body, /the secret/);
    assert.match(body, /E_INTERNAL/);
    assert.ok(body.includes(response.headers.get("x-request-id")!));
    const problem_ = (await (await app.request("/", { headers: { accept: "application/json" } })).json()) as Record<string, unknown>;
    assert.deepEqual([problem_["code"], problem_["title"], problem_["detail"]], ["E_INTERNAL", "Something went wrong", undefined]);
    assert.equal((lines[0] as { error: Error }).error.message, "the secret");
    const limited = await app.request("/limit");
    assert.deepEqual([limited.status, limited.headers.get("retry-after")], [429, "5"]);
    assert.match(await (await app.request("/bad")).text(), /Bad &amp; worse/);
    assert.equal(((await (await app.request("/bad", { headers: { accept: "application/json" } })).json()) as { field: string }).field, "x");
  });

  it("may be answered by onError", async () => {
    const app = make({ onError: ({ status }) => (status === 404 ? html`<p>own</p>` : undefined) });
    const reply = await client(app).get("/nope");
    assert.deepEqual([reply.status, reply.body], [404, "<p>own</p>"]);
    const failing = make({
      onError: () => {
        throw new Error("worse");
      },
    });
    assert.equal((await client(failing).get("/nope")).status, 404);
    const broken = make({ onError: () => page(html`<p>${Promise.reject(new Error("worse"))}</p>`, { buffer: true }) });
    const page_ = await client(broken).get("/nope");
    assert.equal(page_.status, 404);
    assert.match(page_.body, /Not Found/);
  });

  it("are logged once, and once more if onError fails", async () => {
    const lines: string[] = [];
    const logger: Logger = {
      ...silentLogger,
      error: (_facts: unknown, text?: string) => void lines.push(String(text)),
      child: () => logger,
    };
    const routes = () => [
      get("/", () => {
        throw new Error("planned");
      }),
    ];
    await client(make({ logger, routes: routes(), onError: () => undefined })).get("/");
    assert.equal(lines.filter((line) => line === "onError failed.").length, 0);
    const before = lines.length;
    const onError = (): never => {
      throw new Error("worse");
    };
    await client(make({ logger, routes: routes(), onError })).get("/");
    assert.equal(before, 1);
    assert.equal(lines.filter((line) => line === "onError failed.").length, 1);
  });
});

describe("protections", () => {
  it("answer known hosts alone", async () => {
    const app = make({
      mode: "production",
      hosts: ["shop.test", ".cdn.test", "other.test:8080"],
      routes: [get("/", ({ url }) => url.host)],
    });
    const status = async (host: string): Promise<number> => (await app.fetch(new Request(`http://${host}/`))).status;
    for (const host of ["shop.test", "SHOP.test", "shop.test:8080", "a.cdn.test", "cdn.test", "other.test:8080"])
      assert.equal(await status(host), 200, host);
    for (const host of ["evil.test", "shop.test.evil.test", "xshop.test", "evilcdn.test", "localhost", "127.0.0.1", "other.test"])
      assert.equal(await status(host), 400, host);
    const body = await (await app.fetch(new Request("http://evil.test/", { headers: { accept: "application/json" } }))).text();
    assert.match(body, /E_HOST_UNKNOWN/);
    assert.doesNotMatch(body, /evil/);
    assert.equal((await app.fetch(new Request("http://evil.test/up"))).status, 200);
    const open = make({ mode: "production", routes: [get("/", () => "x")] });
    assert.equal((await open.fetch(new Request("http://localhost:3000/"))).status, 200);
    assert.equal((await open.fetch(new Request("http://shop.test/"))).status, 400);
    await assert.rejects(open.listen({ port: 0, host: "0.0.0.0", quiet: true }), { code: "E_HOSTS_MISSING" });
  });

  it("send security headers on every reply, those of errors included", async () => {
    const app = make({
      mode: "production",
      routes: [
        get("/html", () => html`x`),
        get("/nonce", ({ nonce }) => html`<script nonce="${nonce}"></script>`),
        get("/json", () => ({})),
        get("/csp", { security: { csp: { imgSrc: ["https://img.test"], frameAncestors: ["'self'"] } } }, () => html`x`),
      ],
    });
    const page_ = await app.request("/html");
    assert.equal(
      page_.headers.get("content-security-policy"),
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; media-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
    );
    assert.deepEqual(
      [
        page_.headers.get("x-frame-options"),
        page_.headers.get("cross-origin-opener-policy"),
        page_.headers.get("strict-transport-security"),
      ],
      ["DENY", "same-origin", null],
    );
    for (const path of ["/html", "/json", "/nope"]) {
      const { headers } = await app.request(path);
      assert.deepEqual(
        [
          headers.get("x-content-type-options"),
          headers.get("referrer-policy"),
          headers.get("cross-origin-resource-policy"),
          headers.get("server"),
        ],
        ["nosniff", "same-origin", "same-origin", null],
      );
    }
    assert.equal((await app.request("/json")).headers.get("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
    const nonce = await app.request("/nonce");
    const used = /nonce="([^"]+)"/.exec(await nonce.text())![1]!;
    assert.ok(nonce.headers.get("content-security-policy")!.includes(`script-src 'self' 'nonce-${used}'`));
    assert.notEqual(/nonce="([^"]+)"/.exec(await (await app.request("/nonce")).text())![1], used);
    const own = (await app.request("/csp")).headers;
    assert.match(own.get("content-security-policy")!, /img-src https:\/\/img\.test;/);
    assert.equal(own.get("x-frame-options"), null);
    const secure = await app.fetch(new Request("https://localhost/html"));
    assert.equal(secure.headers.get("strict-transport-security"), "max-age=31536000");
    assert.match(secure.headers.get("content-security-policy")!, /upgrade-insecure-requests/);
  });

  it("give way to what a handler sets itself, and follow the type that it sets", async () => {
    const app = make({
      routes: [
        get("/own", ({ nonce, reply }) => {
          reply.headers.set("content-security-policy", `default-src 'self' 'nonce-${nonce}'`);
          return html`x`;
        }),
        get("/typed", () => text("<p>x</p>", { headers: { "content-type": "Text/HTML; charset=utf-8" } })),
      ],
    });
    assert.match((await app.request("/own")).headers.get("content-security-policy")!, /^default-src 'self' 'nonce-[^']+'$/);
    assert.equal((await app.request("/typed")).headers.get("x-frame-options"), "DENY");
  });

  it("name requests; a trusted proxy may name them", async () => {
    const app = make({
      proxies: { trust: ["10.0.0.0/8"] },
      routes: [get("/", ({ ip, scheme, requestId }) => ({ ip, scheme, requestId }))],
    });
    const reply = await client(app).get("/", { headers: { "x-request-id": "mine", "x-forwarded-for": "1.2.3.4" } });
    assert.notEqual(reply.json<{ requestId: string }>().requestId, "mine");
    assert.equal(reply.headers.get("x-request-id"), reply.json<{ requestId: string }>().requestId);
  });

  it("answer health endpoints", async () => {
    let isReady = true;
    const app = make({ health: { checks: { database: () => isReady } } });
    assert.deepEqual([(await app.request("/up")).status, (await app.request("/ready")).status], [200, 200]);
    isReady = false;
    const other = make({
      health: {
        checks: {
          database: () => false,
          slow: () => {
            throw new Error("x");
          },
        },
      },
    });
    const reply = await other.request("/ready");
    assert.deepEqual([reply.status, await reply.text()], [503, "not ready: database, slow\n"]);
    assert.equal((await make({ health: false }).request("/up")).status, 404);
  });
});
