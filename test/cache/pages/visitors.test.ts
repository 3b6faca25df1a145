/** Stored replies and visitors who differ: nobody gets a reply that was made for somebody else. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:http";
import { json } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import type { Application, Context, GableOptions } from "gable";
import { gable, get, html, middleware, post, text } from "gable";
import { cache, cachePart } from "gable/cache";
import { z } from "zod";
import { silentLogger } from "../../silent-logger.ts";
import type { OpenStore } from "./stores.ts";
import { storeKinds } from "./stores.ts";

const query = z.object({ a: z.string().default(""), b: z.string().default("") });
const stored = { storeSeconds: 60, tags: ["pages"] };

let runs = 0;
const createRoutes = (): NonNullable<GableOptions["routes"]> => [
  get("/host", { cache: stored }, ({ absoluteUrl }) => text(`${++runs} ${absoluteUrl("/")}`)),
  get("/query", { query, cache: stored }, ({ query: { a, b } }) => text(`${++runs} ${a} ${b}`)),
  get("/any", { query: z.looseObject({ none: z.null().default(null) }), cache: stored }, () => text(`${++runs}`)),
  get("/plain", { cache: stored }, ({ method }) => text(`${++runs} ${method}`)),
  get("/language", { cache: { ...stored, vary: ["Accept-Language"] } }, ({ headers }) => text(headers.get("accept-language") ?? "none")),
  get("/user", { cache: stored }, ({ cookies }) => text(`${++runs} ${cookies.get("user") ?? "nobody"}`)),
  get("/sometimes", { query, cache: stored }, (context) =>
    text(context.query.a === "" ? `${++runs}` : (context.cookies.get("user") ?? "")),
  ),
  get("/nonce", { cache: { ...stored, etag: true } }, () => html`<script>1</script><p>${++runs}</p>`),
  get("/tag", { cache: { ...stored, etag: true } }, () => html`<p>${"x".repeat(2_000)}${++runs}</p>`),
  get("/slow", { cache: stored }, async () => {
    const before = slowText;
    slowBegun.resolve();
    await new Promise((resolve) => setTimeout(resolve, 20));
    return before;
  }),
  get("/guarded", { guard: () => isOpen, cache: stored }, () => text(`${++runs}`)),
  get("/middleware", { use: [middleware(async (_context, next) => stamp(await next()))], cache: stored }, () => text("x")),
];
/** Ends after the client has left; whoever sees that has less to show. */
async function left(signal?: AbortSignal): Promise<string> {
  await new Promise((resolve) => setImmediate(resolve));
  return signal?.aborted === true ? "cut short" : "whole";
}
let slowText = "";
let slowBegun = Promise.withResolvers<void>();
let isOpen = true;
let stamps = 0;

function stamp<Reply extends { readonly headers: { set(name: string, value: string): unknown } }>(reply: Reply): Reply {
  reply.headers.set("x-stamp", String(++stamps));
  return reply;
}

for (const { name, skip, open } of storeKinds)
  describe(`visitors of replies in ${name}`, { skip }, () => {
    let opened: OpenStore;
    let app: Application;
    before(async () => {
      opened = await open();
      app = gable({ mode: "test", logger: silentLogger, cache: { store: opened.store }, compression: true, routes: createRoutes() });
      await app.start();
    });
    after(async () => {
      await app.close();
      await opened.remove();
    });
    const send = (path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Response> =>
      app.request(path, { headers, method });
    const read = async (path: string, headers: Record<string, string> = {}, method = "GET"): Promise<string> =>
      (await send(path, headers, method)).text();

    it("keeps hosts apart", async () => {
      const [one, other] = [await read("/host", { host: "a.localhost" }), await read("/host", { host: "b.localhost" })];
      assert.match(one, /a\.localhost/);
      assert.match(other, /b\.localhost/);
      assert.equal(await read("/host", { host: "A.localhost" }), one);
      // Nobody trusts these fields here: they change nothing, for nobody.
      assert.equal(await read("/host", { host: "b.localhost", "x-forwarded-host": "evil.example", forwarded: "host=evil.example" }), other);
    });

    it("reads the query in any order, and only the names that are declared", async () => {
      const first = await read("/query?a=1&b=2");
      for (const same of ["?b=2&a=1", "?a=1&b=2&utm_source=evil", "?a=%31&b=2", "?c=3&b=2&a=1"])
        assert.equal(await read(`/query${same}`), first);
      const others = ["?a=2&b=1", "?a=12", "?a=1", "?b=2", "?a=1%26b%3D2", "?a=1+b=2"];
      const bodies = await Promise.all(others.map((other) => read(`/query${other}`)));
      assert.equal(new Set([first, ...bodies]).size, others.length + 1);
      assert.equal((await send("/query?a=1&a=2")).status, 400);
    });

    it("reads a query without declared names in any order, too, and with values that are null", async () => {
      const first = await read("/any?a=1&b=2");
      assert.equal(await read("/any?a=1&b=2"), first);
      assert.equal(await read("/any?b=2&a=1"), first);
      assert.notEqual(await read("/any?a=2&b=1"), first);
    });

    it("keeps GET and HEAD apart", async () => {
      const head = await send("/plain", {}, "HEAD");
      assert.deepEqual([head.status, await head.text()], [200, ""]);
      assert.match(await read("/plain"), /GET$/);
      assert.equal(await read("/plain", {}, "HEAD"), "");
      assert.match(await read("/plain"), /GET$/);
    });

    it("sends a range of no stored reply", async () => {
      const whole = await read("/plain");
      for (const headers of [{ range: "bytes=0-0" }, { range: "bytes=-1", "if-range": '"x"' }]) {
        const response = await send("/plain", headers);
        assert.deepEqual([response.status, await response.text()], [200, whole]);
      }
    });

    it("keeps values of a declared field apart, and says Vary", async () => {
      for (const language of ["de", "en", "none", "de"]) {
        const response = await send("/language", language === "none" ? {} : { "accept-language": language });
        assert.deepEqual([await response.text(), response.headers.get("vary")], [language, "Accept-Language"]);
      }
    });

    it("makes a page that reads cookies for each visitor", async () => {
      const users = ["ann", "bob", "nobody", "ann"];
      const bodies = await Promise.all(
        users.flatMap((user) => Array.from({ length: 5 }, () => read("/user", user === "nobody" ? {} : { cookie: `user=${user}` }))),
      );
      bodies.forEach((body, index) => assert.match(body, new RegExp(` ${users[Math.floor(index / 5)]}$`)));
    });

    it("makes a page for each visitor that only reads cookies at some addresses", async () => {
      assert.equal(await read("/sometimes", { cookie: "user=ann" }), await read("/sometimes", { cookie: "user=bob" }));
      assert.equal(await read("/sometimes?a=1", { cookie: "user=ann" }), "ann");
      assert.equal(await read("/sometimes?a=1", { cookie: "user=bob" }), "bob");
    });

    it("gives each reply a new nonce, in the page and in the policy", async () => {
      const nonces = new Set<string>();
      const numbers = new Set<string>();
      for (let round = 0; round < 3; round++) {
        const response = await send("/nonce");
        const [, nonce, number] = /<script nonce="([^"]+)">1<\/script><p>(\d+)</.exec(await response.text())!;
        assert.ok(response.headers.get("content-security-policy")!.includes(`'nonce-${nonce}'`));
        assert.equal(response.headers.get("etag"), null);
        nonces.add(nonce!);
        numbers.add(number!);
      }
      assert.deepEqual([nonces.size, numbers.size], [3, 1]);
    });

    it("answers conditions and compresses", async () => {
      const first = await send("/tag");
      const etag = first.headers.get("etag")!;
      const same = await send("/tag", { "if-none-match": etag });
      assert.deepEqual([same.status, await same.text()], [304, ""]);
      assert.equal((await send("/tag", { "if-none-match": '"other"' })).status, 200);
      const zipped = await send("/tag", { "accept-encoding": "gzip" });
      assert.deepEqual([zipped.headers.get("content-encoding"), zipped.headers.get("vary")], ["gzip", "Accept-Encoding"]);
      assert.equal(await read("/tag"), await first.text());
    });

    it("never uses a stored reply for a request with Authorization", async () => {
      const whole = await read("/plain");
      const own = await send("/plain", { authorization: "Bearer x" });
      assert.notEqual(await own.text(), whole);
      assert.equal(own.headers.get("cache-control"), "no-store");
      assert.equal(await read("/plain"), whole);
    });

    it("asks guards and middleware each time", async () => {
      isOpen = true;
      await read("/guarded");
      isOpen = false;
      assert.equal((await send("/guarded")).status, 403);
      const [one, other] = [await send("/middleware"), await send("/middleware")];
      assert.notEqual(one.headers.get("x-stamp"), other.headers.get("x-stamp"));
    });

    it("drops replies by tag", async () => {
      const before = await read("/plain");
      assert.equal(await read("/plain"), before);
      await app.part(cachePart).cache.invalidate({ tags: ["pages"] });
      assert.notEqual(await read("/plain"), before);
    });

    it("makes a new reply for those who ask after invalidate(), although one is being made", async () => {
      const own = app.part(cachePart).cache;
      await own.invalidate({ tags: ["pages"] });
      slowText = "old";
      slowBegun = Promise.withResolvers();
      const first = read("/slow");
      await slowBegun.promise;
      slowText = "new";
      await own.invalidate({ tags: ["pages"] });
      const later = [read("/slow"), read("/slow")];
      assert.deepEqual(await Promise.all([first, ...later, read("/slow")]), ["old", "new", "new", "new"]);
    });

    it("makes a reply once for 1,000 parallel requests", async () => {
      await app.part(cachePart).cache.invalidate({ tags: ["pages"] });
      const count = runs;
      const bodies = await Promise.all(Array.from({ length: 1_000 }, () => read("/plain")));
      assert.deepEqual([new Set(bodies).size, runs - count], [1, 1]);
    });
  });

describe("cache: { storeSeconds }", () => {
  const create = (options: GableOptions): Application => gable({ mode: "test", logger: silentLogger, ...options });

  it("is refused at start where it cannot work", () => {
    assert.throws(() => create({ routes: [get("/", { cache: stored }, () => "x")] }), {
      code: "E_CACHE_MISSING",
      message: /GET "\/" has cache\.storeSeconds/,
    });
    assert.throws(() => post("/", { cache: stored }, () => "x"), { code: "E_OPTION_INVALID", message: /GET and HEAD only/ });
    assert.throws(() => get("/", { form: query, cache: stored }, () => "x"), { code: "E_OPTION_INVALID", message: /form or json/ });
    for (const storeSeconds of [0, -1, Number.NaN, Infinity, 365 * 86_400 + 1])
      assert.throws(() => get("/", { cache: { storeSeconds } }, () => "x"), { code: "E_OPTION_INVALID", message: /storeSeconds/ });
    for (const vary of [["Cookie"], ["AUTHORIZATION"], ["*"], ["a b"], Array(9).fill("x") as string[]])
      assert.throws(() => get("/", { cache: { storeSeconds: 1, vary } }, () => "x"), { code: "E_OPTION_INVALID", message: /vary/ });
    for (const cache of [{ tags: ["a"] }, { vary: ["accept"] }])
      assert.throws(() => create({ cache: true, routes: [get("/", { cache }, () => "x")] }), {
        code: "E_OPTION_INVALID",
        message: /GET "\/" cache: option "storeSeconds" is undefined; it must be a number of seconds where tags or vary are given/,
      });
    for (const tags of [[""], ["x".repeat(101)], Array(17).fill("x") as string[]])
      assert.throws(() => get("/", { cache: { storeSeconds: 1, tags } }, () => "x"), { code: "E_OPTION_INVALID", message: /tags/ });
    const tags = Array.from({ length: 16 }, (_, index) => `${index}`.padEnd(100, "x"));
    const vary = Array.from({ length: 8 }, (_, index) => `x-${index}`);
    create({ cache: true, routes: [get("/", { cache: { storeSeconds: 365 * 86_400, tags, vary } }, () => "at every limit")] });
  });

  it("lets another request make the reply when the client of the first one leaves", async () => {
    let calls = 0;
    const handle = async ({ signal }: { readonly signal: AbortSignal }): Promise<string> => {
      const call = ++calls;
      await new Promise((resolve) => setTimeout(resolve, 20));
      signal.throwIfAborted();
      return `call ${call}`;
    };
    const app = create({ cache: true, routes: [get("/", { cache: stored }, handle)] });
    const leaving = new AbortController();
    const first = app.request("/", { signal: leaving.signal }).catch(() => undefined);
    const others = Array.from({ length: 20 }, async () => (await app.request("/")).text());
    leaving.abort(new Error("left"));
    assert.deepEqual([new Set(await Promise.all(others)), calls], [new Set(["call 2"]), 2]);
    await first;
    await app.close();
  });

  const cut: ReadonlyArray<readonly [what: string, handler: (context: Context) => Promise<string>, calls: number]> = [
    ["stores no reply of a handler that could see that its client has left", async ({ signal }) => left(signal), 2],
    ["stores no reply of a handler that passes its context on", async (context) => left(context.signal), 2],
    ["stores the reply of a handler that could not see that its client has left", async () => left(), 1],
  ];
  for (const [what, handler, wanted] of cut)
    it(what, async () => {
      let calls = 0;
      const app = create({ cache: true, routes: [get("/", { cache: stored }, (context) => (calls++, handler(context)))] });
      const leaving = new AbortController();
      const first = app.request("/", { signal: leaving.signal }).catch(() => undefined);
      leaving.abort(new Error("left"));
      await first;
      assert.deepEqual([await (await app.request("/")).text(), calls], ["whole", wanted]);
      await app.close();
    });

  it("keeps lines of a declared field apart", async () => {
    const cached = { ...stored, vary: ["X-Own"] };
    const app = create({ cache: true, routes: [get("/", { cache: cached }, ({ headers }) => ({ lines: headers.all("x-own") }))] });
    const { url } = await app.listen({ port: 0 });
    for (const lines of [[], [""], ["a, b"], ["a", "b"], ["a", "b", ""], ["a, b"]]) {
      const [reply] = (await once(request(url, { headers: { "x-own": lines } }).end(), "response")) as [IncomingMessage];
      assert.deepEqual(await json(reply), { lines });
    }
    await app.close();
  });

  it("stores at most 1,000 replies of a route", async () => {
    let calls = 0;
    const app = create({ cache: true, routes: [get("/:id", { cache: stored }, () => `${++calls}`)] });
    for (let id = 0; id < 1_001; id++) await app.request(`/${id}`);
    await app.request("/1000");
    assert.equal(calls, 1_001);
    await app.request("/0");
    assert.equal(calls, 1_002);
    await app.close();
  });

  it("stores nothing in development, and says why a reply would not be stored", async () => {
    const lines: string[] = [];
    const logger = { ...silentLogger, debug: (_facts: object | string, message = "") => void lines.push(message) };
    let calls = 0;
    const routesOfSite = [get("/a", { cache: stored }, () => `${++calls}`), get("/b", { cache: stored }, ({ ip }) => ip)];
    const app = gable({ mode: "development", logger, cache: true, routes: routesOfSite });
    for (const path of ["/a", "/a", "/b"]) await app.request(path);
    assert.equal(calls, 2);
    assert.deepEqual(
      lines.filter((line) => line.includes("not stored")),
      ['The reply of GET "/b" is not stored: context.ip was read.'],
    );
    await app.close();
  });

  it("goes on while the store does not answer", async () => {
    const away = () => Promise.reject(new Error("away"));
    const app = create({
      cache: { store: { read: away, write: away, delete: away, increment: away } },
      routes: [get("/", { cache: stored }, () => "x")],
    });
    assert.equal(await (await app.request("/")).text(), "x");
    await assert.rejects(cache.invalidate({ tags: ["pages"] }), /away/);
    await app.close();
  });
});
