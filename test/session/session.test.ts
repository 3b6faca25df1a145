/** Sessions as a visitor and a handler see them, the same for every store. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Application } from "gable";
import { gable, get, post, text } from "gable";
import { sessionPart } from "gable/session";
import type { TestClient } from "gable/testing";
import { createTestClient } from "gable/testing";
import { z } from "zod";
import { silentLogger } from "../silent-logger.ts";
import { sessionPlaces } from "./places.ts";

/** Creates the routes: a route belongs to one application. */
const createRoutes = () => [
  get("/idle", () => "untouched"),
  get("/find/:key", async ({ session, params }) => ({ value: (await session.find(params.key)) ?? null })),
  post("/set/:key/:value", ({ session, params }) => {
    session.set(params.key, params.value);
    return null;
  }),
  post("/delete/:key", ({ session, params }) => {
    session.delete(params.key);
    return null;
  }),
  post("/count", async ({ session }) => ({ count: await session.update("count", (count) => ((count as number | undefined) ?? 0) + 1) })),
  post("/mixed", async ({ session }) => {
    session.set("a", 1);
    const seen: unknown[] = [await session.find("a")];
    await session.update("a", (value) => Number(value) + 1);
    seen.push(await session.find("a"));
    session.delete("a");
    seen.push((await session.find("a")) ?? null);
    await session.update("a", (value) => (value === undefined ? "new" : "old"));
    seen.push(await session.find("a"));
    return seen;
  }),
  post("/login/:user", ({ session, params }) => {
    session.rotate({ userId: params.user });
    return null;
  }),
  post("/key/:what", { json: z.object({ key: z.unknown() }) }, async ({ session, params, json }) => {
    const key = json.key as string; // What JavaScript callers may pass.
    if (params.what === "set") session.set(key, "v");
    else if (params.what === "update") await session.update(key, () => "v");
    else if (params.what === "delete") session.delete(key);
    else if (params.what === "rotate") session.rotate({ userId: key });
    else return { value: (await session.find(key)) ?? null };
    return null;
  }),
  post("/keys/:count(int)", ({ session, params }) => {
    for (let index = 0; index < params.count; index++) session.set(`k${index}`, 1);
    return null;
  }),
  post("/nobody", ({ session }) => {
    session.rotate({ userId: null });
    return null;
  }),
  post("/hand-over/:user", async ({ session, params }) => {
    const count = await session.update("count", (value) => ((value as number | undefined) ?? 0) + 1);
    session.set("kept", "yes");
    session.rotate({ userId: params.user });
    return { count, seen: (await session.find("a")) ?? null, isNew: await session.update("b", (value) => value === undefined) };
  }),
  post("/rotate", ({ session }) => {
    session.rotate();
    return null;
  }),
  get("/user", async ({ session }) => ({ user: await session.findUserId() })),
  post("/end", ({ session }) => {
    session.end();
    return null;
  }),
  post("/end-and-set", ({ session }) => {
    session.end();
    session.set("after", 1);
    return null;
  }),
  post("/fail/:what/:status(int)", ({ session, params }) => {
    if (params.what === "end") session.end();
    else session.set("failed", true);
    return text("failed", { status: params.status });
  }),
  post("/throw", ({ session }) => {
    session.set("failed", true);
    throw new Error("broken");
  }),
  post("/large/:bytes(int)", ({ session, params }) => {
    session.set("large", "x".repeat(params.bytes));
    return null;
  }),
];

for (const { name, skip, isStored, open } of sessionPlaces) {
  describe(`context.session, ${name}`, { skip }, () => {
    let app: Application;
    let remove: () => Promise<void>;
    let client: TestClient;
    before(async () => ({ app, remove } = await open(createRoutes())));
    after(() => remove());
    const visit = (): TestClient => createTestClient(app, { errors: "page" });
    const find = async (by: TestClient, key: string): Promise<unknown> => (await by.get(`/find/${key}`)).json<{ value: unknown }>().value;

    it("costs a page nothing that does not touch it", async () => {
      client = visit();
      await client.post("/set/a/1");
      const reply = await client.get("/idle");
      assert.deepEqual([reply.headers.get("set-cookie"), reply.headers.get("vary")], [null, null]);
      assert.equal(reply.headers.get("cache-control"), "private, no-cache");
    });

    it("stores and sends nothing before something is set", async () => {
      client = visit();
      const reply = await client.get("/find/a");
      assert.equal(reply.headers.get("set-cookie"), null);
      assert.deepEqual([reply.headers.get("cache-control"), reply.headers.get("vary")], ["private, no-cache", "Cookie"]);
      assert.equal((await client.post("/delete/a")).headers.get("set-cookie"), null);
      assert.equal((await client.post("/rotate")).headers.get("set-cookie"), null);
    });

    it("makes replies personal for visitors with a session, and when a request changes it", async () => {
      client = visit();
      const headers = async (method: string, path: string): Promise<Array<string | null>> => {
        const reply = await client.request(method, path);
        return [reply.headers.get("cache-control"), reply.headers.get("vary")];
      };
      assert.deepEqual(await headers("GET", "/find/a"), ["private, no-cache", "Cookie"]);
      assert.deepEqual(await headers("POST", "/delete/a"), ["no-store", "Cookie"]);
      assert.deepEqual(await headers("POST", "/set/a/1"), ["no-store", "Cookie"]);
      assert.deepEqual(await headers("GET", "/find/a"), ["no-store", "Cookie"]);
      assert.deepEqual(await headers("GET", "/find/b"), ["no-store", "Cookie"]);
    });

    it("keeps values between requests, also under names of Object", async () => {
      client = visit();
      for (const key of ["cart", "constructor", "toString", "__proto__", "é"]) {
        assert.equal(await find(client, encodeURIComponent(key)), null);
        await client.post(`/set/${encodeURIComponent(key)}/v-${encodeURIComponent(key)}`);
      }
      for (const key of ["cart", "constructor", "toString", "__proto__", "é"])
        assert.equal(await find(client, encodeURIComponent(key)), `v-${key}`);
      await client.post("/delete/cart");
      assert.equal(await find(client, "cart"), null);
      assert.equal(await find(client, "toString"), "v-toString");
    });

    it("sees its own changes", async () => {
      assert.deepEqual((await visit().post("/mixed")).json(), [1, 2, null, "new"]);
    });

    it("updates from what is stored", async () => {
      client = visit();
      for (const count of [1, 2, 3]) assert.deepEqual((await client.post("/count")).json(), { count });
    });

    it("sends its cookie once, HttpOnly, for 14 days", async () => {
      client = visit();
      const lines = (await client.post("/set/a/1")).headers.getSetCookie();
      assert.equal(lines.length, 1);
      assert.match(lines[0]!, /^session=[\w.-]+; Path=\/; Max-Age=1209600; HttpOnly; SameSite=Lax$/);
      assert.equal((await client.post("/set/a/2")).headers.getSetCookie().length, isStored ? 0 : 1);
    });

    it("stores nothing when the status is 500 or above, and something below", async () => {
      client = visit();
      await client.post("/set/a/1");
      await client.post("/fail/set/500");
      await client.post("/fail/set/503");
      await client.post("/throw");
      assert.equal(await find(client, "failed"), null);
      await client.post("/fail/set/499");
      assert.equal(await find(client, "failed"), true);
    });

    it("ends at any status", async () => {
      client = visit();
      await client.post("/set/a/1");
      const reply = await client.post("/fail/end/500");
      assert.match(reply.headers.get("set-cookie")!, /^session=; Path=\/; Max-Age=0/);
      assert.equal(await find(client, "a"), null);
    });

    it("starts again after its end, also in the same request", async () => {
      client = visit();
      await client.post("/set/before/1");
      const lines = (await client.post("/end-and-set")).headers.getSetCookie();
      assert.equal(lines.length, 1);
      assert.deepEqual([await find(client, "before"), await find(client, "after")], [null, 1]);
    });

    it("belongs to the user of the last rotation", async () => {
      client = visit();
      await client.post("/set/a/1");
      assert.deepEqual((await client.get("/user")).json(), { user: null });
      await client.post("/login/7");
      assert.deepEqual((await client.get("/user")).json(), { user: "7" });
      await client.post("/rotate");
      assert.deepEqual([(await client.get("/user")).json(), await find(client, "a")], [{ user: "7" }, "1"]);
      assert.deepEqual((await visit().get("/user")).json(), { user: null });
    });

    for (const [path, keeps] of [
      ["/login/7", true],
      ["/rotate", true],
      ["/login/8", false],
      ["/nobody", false],
    ] as const)
      it(`${keeps ? "keeps" : "deletes"} the values of user 7 at ${path}`, async () => {
        client = visit();
        await client.post("/set/a/1");
        await client.post("/login/7");
        assert.equal(await find(client, "a"), "1", "a visitor keeps values when signing in");
        const before = client.cookies.get("session")!;
        await client.post(path);
        assert.equal(await find(client, "a"), keeps ? "1" : null);
        assert.notEqual(client.cookies.get("session"), before);
        const old = visit();
        plant(old, before);
        if (isStored) assert.equal(await find(old, "a"), null);
      });

    it("begins a new one for another user, with what the same request has set", async () => {
      client = visit();
      await client.post("/set/a/1");
      await client.post("/set/b/1");
      await client.post("/count");
      await client.post("/login/7");
      const { headers, json } = await client.post("/hand-over/8").then((reply) => ({ headers: reply.headers, json: reply.json() }));
      assert.deepEqual(json, { count: 2, seen: null, isNew: true });
      assert.equal(headers.getSetCookie().length, 1);
      assert.deepEqual([await find(client, "a"), await find(client, "kept"), await find(client, "count")], [null, "yes", 1]);
      assert.deepEqual((await client.get("/user")).json(), { user: "8" });
    });

    it("answers a cookie of before the login as anonymous", async () => {
      client = visit();
      await client.post("/set/a/1");
      const thief = visit();
      plant(thief, client.cookies.get("session")!);
      await client.post("/login/7");
      assert.notEqual(client.cookies.get("session"), thief.cookies.get("session"));
      assert.deepEqual((await thief.get("/user")).json(), { user: null });
      if (isStored) assert.equal(await find(thief, "a"), null);
    });

    it("never adopts an id or a value of a client", async () => {
      for (const planted of ["A".repeat(43), "x", "", `e1.AAAAAAAA.0.${"A".repeat(60)}`, "A".repeat(4_000)]) {
        client = visit();
        plant(client, planted);
        assert.equal(await find(client, "a"), null);
        await client.post("/set/a/1");
        assert.notEqual(client.cookies.get("session"), planted);
        assert.equal(await find(client, "a"), "1");
      }
    });

    it("refuses more than the store takes, and takes what is at the limit", async () => {
      // The JSON of the value has two quotes. A cookie has times around it.
      const most = isStored ? 65_536 - '""'.length : await findLargest(visit);
      assert.equal((await visit().post(`/large/${most}`)).status, 204);
      assert.equal((await visit().post(`/large/${most + 1}`)).status, 500);
      await assert.rejects(createTestClient(app).post(`/large/${most + 1}`), { code: "E_SESSION_TOO_LARGE" });
    });

    for (const [what, key, isKey, isUser] of [
      ["of no characters", "", true, false],
      ["of 255 characters", "\u{1f600}".repeat(127) + "x", true, true],
      ["of 256 characters", "\u{1f600}".repeat(128), false, false],
      ["of a megabyte", "x".repeat(1_000_000), false, false],
      ["with NUL", "a\0b", true, false],
      ["with a lone surrogate", "a\ud800", false, false],
      ["with the other one", "\udc00a", false, false],
      ["that is a number", 7, false, false],
      ["that is a list", ["a"], false, false],
    ] as const)
      it(`${isKey ? "takes" : "refuses"} a key ${what}`, async () => {
        const raw = createTestClient(app);
        const send = (what: string) => raw.post(`/key/${what}`, { json: { key } });
        const invalid = { code: "E_OPTION_INVALID" };
        for (const isFirst of [true, false]) {
          if (!isFirst) await raw.post("/set/other/1");
          for (const what of ["set", "update"]) {
            if (isKey) await send(what);
            else await assert.rejects(send(what), invalid);
            if (typeof key !== "string") await assert.rejects(send("find"), invalid);
            else assert.deepEqual((await send("find")).json(), { value: isKey ? "v" : null });
          }
          if (typeof key !== "string") await assert.rejects(send("delete"), invalid);
          else await send("delete");
          if (typeof key === "string") assert.deepEqual((await send("find")).json(), { value: null });
        }
        if (!isUser) return assert.rejects(send("rotate"), invalid);
        await send("rotate");
        assert.deepEqual((await raw.get("/user")).json(), { user: key });
      });

    it("takes 1,000 keys, and not one more", { skip: !isStored && "a cookie holds fewer" }, async () => {
      const raw = createTestClient(app);
      await raw.post("/keys/1000");
      await raw.post("/keys/1000");
      await assert.rejects(raw.post("/keys/1001"), { code: "E_SESSION_TOO_LARGE" });
    });

    for (const [what, fits, exceeds] of [
      ["quotes, which the store may escape again", { a: Array(10).fill("a") }, { a: [...Array(9).fill("a"), "ab"] }],
      ["bytes, not characters", { a: "\u00e9".repeat(19) + "x" }, { a: "\u00e9".repeat(20) }],
      ["all values together", { a: "x".repeat(18), b: "x".repeat(19) }, { a: "x".repeat(18), b: "x".repeat(20) }],
    ] as const)
      it(`counts the bytes of JSON for bytesMax: ${what}`, async () => {
        const store = post("/store", { json: z.record(z.string(), z.unknown()) }, ({ session, json }) => {
          for (const [key, value] of Object.entries(json)) session.set(key, value);
          return null;
        });
        const small = await open([store], { bytesMax: 41 });
        try {
          const by = createTestClient(small.app);
          assert.equal((await by.post("/store", { json: fits })).status, 204);
          // A session that exists is checked in the same way.
          for (const each of [by, createTestClient(small.app)])
            await assert.rejects(each.post("/store", { json: exceeds }), {
              code: "E_SESSION_TOO_LARGE",
              message: "The session has 42 bytes; at most 41 are stored.",
            });
        } finally {
          await small.remove();
        }
      });

    it(isStored ? "ends all sessions of a user, except one" : "cannot list sessions in cookies", async () => {
      if (!isStored)
        return assert.throws(() => app.part(sessionPart).directory, {
          code: "E_SESSION_STORE",
          message: "Sessions in cookies cannot be listed.",
        });
      const { directory } = app.part(sessionPart);
      const clients = [visit(), visit(), visit()];
      for (const each of clients) await each.post("/login/many");
      const listed = await directory.listForUser("many", Date.now());
      assert.equal(listed.length, 3);
      assert.equal(await directory.deleteForUser("many", { except: listed[0]!.key }), 2);
      const users = await Promise.all(clients.map(async (each) => (await each.get("/user")).json<{ user: string | null }>().user));
      assert.deepEqual(users.sort(), ["many", null, null].sort());
    });
  });
}

describe("the cookie of a session over https", () => {
  for (const store of ["cookie", "memory"] as const)
    it(`has the prefix __Host- when it is set, changed and deleted (${store})`, async () => {
      const app = gable({ mode: "test", logger: silentLogger, session: { store }, routes: createRoutes() });
      const send = async (path: string, cookie = ""): Promise<string[]> =>
        (
          await app.fetch(new Request(`https://localhost${path}`, { method: "POST", headers: { cookie, origin: "https://localhost" } }))
        ).headers.getSetCookie();
      const [first = ""] = await send("/set/a/1");
      assert.match(first, /^__Host-session=[\w.-]+; Path=\/; Max-Age=1209600; Secure; HttpOnly; SameSite=Lax$/);
      const cookie = first.split(";")[0]!;
      const [rotated = ""] = await send("/rotate", cookie);
      assert.match(rotated, /^__Host-session=[\w.-]+; /);
      assert.notEqual(rotated.split(";")[0], cookie);
      assert.match(
        (await send("/end", rotated.split(";")[0])).join("\n"),
        /^__Host-session=; Path=\/; Max-Age=0; Secure; HttpOnly; SameSite=Lax$/,
      );
      if (store === "cookie")
        assert.match((await send("/set/b/1", "__Host-session=forged")).join("\n"), /^__Host-session=[\w.-]{20,}; [^\n]*$/);
    });

  for (const store of ["cookie", "memory"] as const)
    it(`makes replies personal, and is sent again when a session lives longer (${store})`, async (test) => {
      const session = { store, idleSeconds: 1_000 };
      const app = gable({ mode: "test", logger: silentLogger, session, routes: createRoutes() });
      const send = (method: string, path: string, cookie = ""): Promise<Response> =>
        app.fetch(new Request(`https://localhost${path}`, { method, headers: { cookie, origin: "https://localhost" } }));
      test.mock.timers.enable({ apis: ["Date"], now: 1_800_000_000_000 });
      const cookie = (await send("POST", "/set/a/1")).headers.getSetCookie()[0]!.split(";")[0]!;
      const { headers } = await send("GET", "/find/a", cookie);
      assert.deepEqual([headers.get("cache-control"), headers.getSetCookie()], ["no-store", []]);
      test.mock.timers.setTime(1_800_000_000_000 + 100_000);
      const again = (await send("GET", "/find/a", cookie)).headers.getSetCookie().join("\n");
      assert.match(again, /^__Host-session=[\w.-]+; Path=\/; Max-Age=1000; Secure; HttpOnly; SameSite=Lax$/);
      if (store === "memory") assert.equal(again.split(";")[0], cookie);
    });
});

/** Gives a client another cookie, as a thief or an old tab would have it. */
function plant(client: TestClient, value: string): void {
  client.setCookie("session", value);
}

/** The largest value that a cookie takes. */
async function findLargest(visit: () => TestClient): Promise<number> {
  let [low, high] = [1, 4_000];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if ((await visit().post(`/large/${middle}`)).status === 204) low = middle;
    else high = middle;
  }
  const value = (await visit().post(`/large/${low}`)).headers.getSetCookie()[0]!.split(";")[0]!.slice("session=".length);
  // One byte more of text would be 3,801, as the carrier counts them.
  assert.equal(value.length, 3_797);
  return low;
}
