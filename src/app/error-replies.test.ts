import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gable, GableError, get, middleware, post } from "gable";
import type { GableOptions, RouteOptions } from "gable";
import { createTestClient } from "gable/testing";
import { silentLogger } from "../../test/silent-logger.ts";
import { createLogger } from "../log/create-logger.ts";

const create = (options: GableOptions): ReturnType<typeof gable> => gable({ mode: "production", logger: silentLogger, ...options });
const refusing: NonNullable<RouteOptions["json"]> = {
  "~standard": { version: 1, vendor: "test", validate: () => ({ issues: [{ message: "No.", path: ["a"] }] }) },
};

describe("the form of an error", () => {
  const use = [middleware((_context, next) => next())];
  for (const [name, options] of [
    ["without middleware", { json: refusing }],
    ["with middleware", { json: refusing, use }],
  ] as const)
    it(`is a problem for a route that takes JSON, ${name}`, async () => {
      const app = create({ routes: [post("/x", options, () => "ok")] });
      const init = { method: "POST", body: "{}", headers: { "content-type": "application/json", accept: "*/*" } };
      const reply = await app.request("/x", init);
      assert.deepEqual([reply.status, reply.headers.get("content-type")], [422, "application/problem+json"]);
    });

  const page = "text/html; charset=utf-8";
  const problem = "application/problem+json";
  for (const [accept, expected] of [
    ["application/json, text/plain, */*", problem],
    ["application/json;charset=utf-8", problem],
    ["application/json; charset=UTF-8, */*", problem],
    ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", page],
    ["*/*", page],
    ["text/html, application/json", page],
    ["application/json;q=0.5, */*", page],
    ["application/*, text/*;q=0.9", problem],
  ] as const)
    it(`for Accept: ${accept} is ${expected}`, async () => {
      const reply = await create({}).request("/missing", { headers: { accept } });
      assert.deepEqual([reply.status, reply.headers.get("content-type")], [404, expected]);
    });
});

describe("an error of the program", () => {
  const createRoutes = (): NonNullable<GableOptions["routes"]> => [
    get("/coded", () => {
      throw new GableError("E_VIEW_NOT_FOUND", "There is no view secret.html.");
    }),
    get("/plain", () => {
      throw new Error("password hunter2");
    }),
    get("/busy", () => {
      throw new GableError("E_DATABASE_TIMEOUT", "The pool of db.internal is empty.", { status: 503 });
    }),
  ];
  for (const accept of ["text/html", "application/json"])
    for (const [path, status] of [
      ["/coded", 500],
      ["/plain", 500],
      ["/busy", 503],
    ] as const)
      it(`shows only E_INTERNAL and the request id in production: ${path} as ${accept}`, async () => {
        const reply = await create({ routes: createRoutes() }).request(path, { headers: { accept } });
        const body = await reply.text();
        assert.equal(reply.status, status);
        assert.ok(body.includes("E_INTERNAL") && body.includes(reply.headers.get("x-request-id")!), body);
        assert.doesNotMatch(body, /E_VIEW|E_DATABASE|secret|hunter2|db\.internal/);
      });

  it("gives onError a message and a code that are safe to show", async () => {
    const reports: unknown[] = [];
    const app = create({ routes: createRoutes(), onError: ({ message, code, status }) => void reports.push([status, code, message]) });
    for (const path of ["/plain", "/coded", "/missing"]) await app.request(path);
    assert.deepEqual(reports, [
      [500, "E_INTERNAL", "Internal Server Error"],
      [500, "E_INTERNAL", "Internal Server Error"],
      [404, "E_ROUTE_NOT_FOUND", "No route matches GET /missing."],
    ]);
  });

  it("is one block in the log of development, with the route, its place and the fix", async () => {
    const lines: string[] = [];
    const app = gable({
      mode: "development",
      logger: createLogger("development", (line) => lines.push(line)),
      routes: [
        ...createRoutes(),
        get("/thrown/:id", () => {
          // oxlint-disable-next-line no-throw-literal -- what the test is about
          throw { reason: "none", password: "x" };
        }),
        post("/save", () => "ok"),
      ],
    });
    const client = createTestClient(app, { errors: "page" });
    await client.get("/thrown/5?a=1");
    const [block = ""] = lines.splice(0);
    for (const part of [
      /^error The handler threw \{"reason":"none","password":"\[secret\]"\}, which is not an Error\.$/m,
      /^ {6}requestId: \S+$/m,
      /^ {6}code: E_INTERNAL$/m,
      /^ {6}method: GET$/m,
      /^ {6}path: \/thrown\/5$/m,
      /^ {6}route: GET "\/thrown\/:id"$/m,
      /^ {6}place: .*error-replies\.test\.ts:\d+$/m,
      /^ {6}fix: /m,
    ])
      assert.match(block, part);
    await app.request("/save", { method: "POST", headers: { origin: "https://evil.test" } });
    const refusal = lines.join("\n");
    for (const part of [/POST \/save came from another site/, /from: https:\/\/evil\.test/, /fix: .*trustedOrigins/])
      assert.match(refusal, part);
    await client.close();
  });
});

describe("what a handler throws after the client has left", () => {
  const left = new GableError("E_BODY_INCOMPLETE", "The client has left.");
  const named = Object.assign(new Error("stopped"), { name: "AbortError" });
  for (const [name, reason, thrown, code] of [
    ["the reason", left, left, "E_BODY_INCOMPLETE"],
    ["an AbortError", left, named, "E_BODY_INCOMPLETE"],
    ["another error", left, new Error("broken"), "E_INTERNAL"],
    ["an object that is named like one", left, { name: "AbortError" }, "E_INTERNAL"],
    ["a reason of the program", named, named, "E_INTERNAL"],
    ["an AbortError without the end of the client", undefined, named, "E_INTERNAL"],
  ] as const)
    it(`is logged as ${code}: ${name}`, async () => {
      const codes: unknown[] = [];
      const note = (facts: unknown): void => void codes.push((facts as { code?: unknown }).code); // Facts of errors have codes.
      const logger = { ...silentLogger, debug: note, error: note, child: () => logger };
      const gone = new AbortController();
      const app = create({
        logger,
        routes: [
          get("/", () => {
            if (reason !== undefined) gone.abort(reason);
            throw thrown;
          }),
        ],
      });
      await app.fetch(new Request("http://localhost/", { signal: gone.signal }));
      assert.deepEqual(codes, [code]);
    });
});

describe("the line of the log about an error", () => {
  for (const [status, level] of [
    [400, "debug"],
    [404, "debug"],
    [499, "debug"],
    [500, "error"],
    [503, "error"],
  ] as const)
    it(`has the level ${level} for a reply with ${status}`, async () => {
      const lines: unknown[] = [];
      const note = (name: string) => (facts: unknown) => void lines.push([name, (facts as { status?: unknown }).status]); // As above.
      const logger = { ...silentLogger, debug: note("debug"), error: note("error"), child: () => logger };
      const fail = (): never => {
        throw new GableError("E_INTERNAL", "It failed.", { status });
      };
      await create({ logger, routes: [get("/", fail)] }).request("/");
      assert.deepEqual(lines, [[level, status]]);
    });
});

describe("context.request", () => {
  for (const [name, body, code] of [
    ["JSON", '{"a":', "E_JSON_MALFORMED"],
    ["JSON that is empty", "", "E_JSON_MALFORMED"],
    ["JSON with __proto__", '{"__proto__":1}', "E_JSON_KEY_FORBIDDEN"],
  ] as const)
    it(`answers 400 for malformed ${name}`, async () => {
      const app = create({ routes: [post("/", async ({ request }) => ({ read: await request.json() }))] });
      const reply = await app.request("/", { method: "POST", body, headers: { accept: "application/json" } });
      const problem = (await reply.json()) as { code: string; detail: string };
      assert.deepEqual([reply.status, problem.code], [400, code]);
    });

  it("answers 400 for a malformed form", async () => {
    const app = create({ routes: [post("/", async ({ request }) => [...(await request.formData()).keys()])] });
    const headers = { accept: "application/json", "content-type": "multipart/form-data; boundary=x" };
    const reply = await app.request("/", { method: "POST", body: "no form", headers });
    assert.deepEqual([reply.status, ((await reply.json()) as { code: string }).code], [400, "E_MULTIPART_MALFORMED"]);
    const good = await app.request("/", { method: "POST", body: new URLSearchParams({ a: "1" }) });
    assert.deepEqual(await good.json(), ["a"]);
    for (const [init, code] of [
      [{}, "E_FORM_MALFORMED"],
      [{ body: "a=1", headers: { "content-type": "text/plain" } }, "E_FORM_MALFORMED"],
      [{ body: "{}", headers: { "content-type": "application/json" } }, "E_FORM_MALFORMED"],
    ] as const) {
      const refused = await app.request("/", {
        method: "POST",
        ...init,
        headers: { accept: "application/json", ...("headers" in init && init.headers) },
      });
      assert.deepEqual([refused.status, ((await refused.json()) as { code: string }).code], [400, code], JSON.stringify(init));
    }
  });

  it("answers 500 for a form that the program reads a second time", async () => {
    const codes: unknown[] = [];
    const app = create({
      onError: ({ error }) => void codes.push((error as { code?: unknown }).code),
      routes: [
        post("/read", async ({ request }) => (await request.text(), [...(await request.formData()).keys()])),
        post("/locked", async ({ request }) => (request.body!.getReader(), [...(await request.formData()).keys()])),
      ],
    });
    for (const path of ["/read", "/locked"])
      assert.equal((await app.request(path, { method: "POST", body: new URLSearchParams({ a: "1" }) })).status, 500, path);
    assert.deepEqual(codes, ["E_BODY_USED", "E_BODY_USED"]);
  });
});
