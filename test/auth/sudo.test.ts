/** The guard sudo: who typed the password a short time ago may pass. Time travels; nothing waits. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, it } from "node:test";
import { gable, get, group, post } from "gable";
import { accountFields, defineAccounts } from "gable/auth";
import { Model } from "gable/data";
import { memorySessions, sessionModel } from "gable/session";
import type { TestClient } from "gable/testing";
import { createTestClient } from "gable/testing";
import { silentLogger } from "../silent-logger.ts";
import { openTokenSite } from "./token-site.ts";

const password = "correct-horse-41";
const start = Date.UTC(2026, 4, 1, 12);
const stores = ["memory", "database", "cookie"] as const;

/** Opens a site at a fixed time, with an account that has just signed in. */
async function open(test: TestContext, { store = "memory", user = true }: { store?: (typeof stores)[number]; user?: boolean } = {}) {
  test.mock.timers.enable({ apis: ["Date"], now: start });
  const User = class User extends Model("users", { ...accountFields() }) {};
  const accounts = defineAccounts({ user: User, registration: "open", verifyEmail: "never" });
  const { sudo } = accounts.guards;
  const app = gable({
    mode: "test",
    logger: silentLogger,
    database: "sqlite::memory:",
    models: [User, sessionModel()],
    session: { store: store === "memory" ? memorySessions() : store },
    accounts,
    routes: [
      group("/account", accounts.routes),
      get("/secret", { guard: sudo({ withinSeconds: 900 }) }, ({ user: { email } }) => ({ email })),
      post("/secret", { guard: sudo() }, () => ({ isDone: true })),
      get("/origin", ({ url: { origin } }) => ({ origin })),
      get("/strict", { guard: sudo({ withinSeconds: 1 }) }, () => ({ isDone: true })),
    ],
  });
  await app.start();
  test.after(async () => {
    test.mock.timers.reset();
    await app.close();
  });
  await app.database().createTables();
  const client = createTestClient(app, { errors: "page", headers: { accept: "text/html" } });
  if (user) assert.equal((await client.post("/account/register", { form: { email: "ann@example.com", password } })).status, 303);
  return { app, client, at: (seconds: number) => test.mock.timers.setTime(start + seconds * 1000) };
}

const confirm = (client: TestClient, current = password, next = "/secret") =>
  client.post(`/account/confirm?next=${encodeURIComponent(next)}`, { form: { current } });

describe("sudo at its limit", () => {
  for (const store of stores) {
    it(`counts sign-in and confirmation for 900 seconds, store "${store}"`, async (test) => {
      const { client, at } = await open(test, { store });
      const steps: ReadonlyArray<readonly [seconds: number, get: number, post: number]> = [
        [0, 200, 200],
        [900, 200, 200],
        [901, 303, 403],
      ];
      for (const [seconds, page, sent] of steps) {
        at(seconds);
        assert.deepEqual([(await client.get("/secret")).status, (await client.post("/secret")).status], [page, sent], `${seconds} s`);
      }
      at(2_000);
      assert.equal((await confirm(client)).headers.get("location"), "/secret");
      for (const [seconds, page, sent] of steps) {
        at(2_000 + seconds);
        assert.deepEqual([(await client.get("/secret")).status, (await client.post("/secret")).status], [page, sent], `${seconds} s later`);
      }
    });
  }

  it("takes the limit of each route", async (test) => {
    const { client, at } = await open(test);
    for (const [seconds, strict] of [
      [1, 200],
      [2, 303],
    ] as const) {
      at(seconds);
      assert.deepEqual([(await client.get("/strict")).status, (await client.get("/secret")).status], [strict, 200]);
    }
  });

  it("does not count a confirmation of a clock that was far ahead", async (test) => {
    const { client, at } = await open(test);
    at(86_400);
    await confirm(client);
    for (const [seconds, status] of [
      [86_400 - 300, 200],
      [86_400 - 301, 303],
    ] as const) {
      at(seconds);
      assert.equal((await client.get("/secret")).status, status, `${seconds} s`);
    }
  });

  it("counts a new sign-in, also after an older confirmation", async (test) => {
    const { client, at } = await open(test);
    await confirm(client);
    at(1_000);
    assert.equal((await client.get("/secret")).status, 303);
    await client.post("/account/logout");
    await client.post("/account/login", { form: { email: "ann@example.com", password } });
    assert.equal((await client.get("/secret")).status, 200);
  });
});

describe("what sudo answers", () => {
  const confirmPage = "/account/confirm?next=%2Fsecret%3Fa%3D1";

  it("leads pages to the question and back", async (test) => {
    const { client, at } = await open(test);
    at(901);
    const asked = await client.get("/secret?a=1");
    assert.deepEqual([asked.status, asked.headers.get("location")], [303, confirmPage]);
    assert.match((await client.get(confirmPage)).body, /<h1>Confirm your password<\/h1>[^]*type="password"/);
    const done = await client.post(confirmPage, { form: { current: password } });
    assert.deepEqual([done.status, done.headers.get("location")], [303, "/secret?a=1"]);
  });

  it("sends a visitor to the login, and does not let anybody confirm without one", async (test) => {
    const { client } = await open(test, { user: false });
    assert.equal((await client.get("/secret?a=1")).headers.get("location"), "/account/login?next=%2Fsecret%3Fa%3D1");
    assert.deepEqual([(await client.post("/secret")).status, (await confirm(client)).status], [401, 401]);
  });

  for (const [what, method, headers] of [
    ["a client of JSON that reads", "get", { accept: "application/json" }],
    ["a client of JSON that changes", "post", { accept: "application/json" }],
  ] as const) {
    it(`refuses ${what}, with the link`, async (test) => {
      const { client, at } = await open(test);
      at(901);
      const reply = await client[method]("/secret", { headers });
      const { code, confirmAt, detail } = reply.json<{ code: string; confirmAt: string; detail: string }>();
      assert.deepEqual([reply.status, code, confirmAt], [403, "E_CONFIRMATION_REQUIRED", "/account/confirm"]);
      assert.match(detail, /\/account\/confirm/);
    });
  }

  for (const [referer, link] of [
    [undefined, "/account/confirm"],
    ["ORIGIN/secret?a=1", confirmPage],
    ["https://evil.example/secret?a=1", "/account/confirm"],
    ["ORIGIN//evil.example", "/account/confirm"],
    ["not an address", "/account/confirm"],
  ] as const) {
    it(`shows a form that was sent from ${referer ?? "no page"} the link to ${link}`, async (test) => {
      const { client, at } = await open(test);
      at(901);
      const { origin } = (await client.get("/origin")).json<{ origin: string }>();
      const reply = await client.post("/secret", { headers: referer === undefined ? {} : { referer: referer.replace("ORIGIN", origin) } });
      assert.equal(reply.status, 403);
      assert.ok(reply.body.includes(`<a href="${link}">Confirm your password</a>`), reply.body);
    });
  }

  for (const next of ["//evil.example", "https://evil.example/", "/\\evil.example", ""]) {
    it(`leads to a path of the site with next=${next}`, async (test) => {
      const { client } = await open(test);
      assert.equal((await confirm(client, password, next)).headers.get("location"), "/");
    });
  }
});

describe("the confirmation", () => {
  it("refuses a wrong password, and is throttled together with the login", async (test) => {
    const { client, at } = await open(test);
    at(901);
    for (let attempt = 1; attempt <= 5; attempt++) {
      const reply = await confirm(client, "wrong-wrong-1");
      assert.equal(reply.status, 422, `attempt ${attempt}`);
      assert.match(reply.body, /This is not your password\./);
    }
    const refused = await confirm(client);
    assert.deepEqual([refused.status, Number(refused.headers.get("retry-after")) >= 1], [429, true]);
    assert.equal((await client.get("/secret")).status, 303);
    assert.equal((await client.post("/account/logout")).status, 303);
    assert.equal((await client.post("/account/login", { form: { email: "ann@example.com", password } })).status, 429);
  });

  it("gives the session a new id, and the old one is worth nothing", async (test) => {
    const { app, client, at } = await open(test);
    at(901);
    const old = [...client.cookies].map((pair) => pair.join("=")).join("; ");
    await confirm(client);
    const thief = createTestClient(app, { errors: "page", headers: { accept: "text/html", cookie: old } });
    assert.match((await thief.get("/secret")).headers.get("location") ?? "", /^\/account\/login/);
    assert.equal((await client.get("/secret")).status, 200);
  });
});

describe("sudo with API tokens", () => {
  for (const path of ["/read-then-sudo", "/sudo-first"]) {
    it(`never takes the session of one user for the token of another: ${path}`, async (test) => {
      const site = await openTokenSite(test);
      const bob = site.visit();
      assert.equal((await bob.post("/account/login", { form: { email: "bob@example.com", password } })).status, 303);
      for (const user of [site.ann, site.bob]) {
        const headers = { authorization: `Bearer ${await site.createToken(["posts:read"], user)}`, accept: "application/json" };
        const reply = await bob.get(path, { headers });
        assert.deepEqual([reply.status, reply.json<{ code: string }>().code], [403, "E_CONFIRMATION_REQUIRED"]);
      }
    });
  }
});

describe("options of sudo", () => {
  const { sudo } = defineAccounts({ user: class User extends Model("users", { ...accountFields() }) {} }).guards;

  for (const [what, options, code] of [
    ["a time of 0", { withinSeconds: 0 }, "E_OPTION_INVALID"],
    ["a time below 0", { withinSeconds: -1 }, "E_OPTION_INVALID"],
    ["half a second", { withinSeconds: 0.5 }, "E_OPTION_INVALID"],
    ["no end", { withinSeconds: Number.POSITIVE_INFINITY }, "E_OPTION_INVALID"],
    ["a text", { withinSeconds: "900" }, "E_OPTION_INVALID"],
    ["a number for all", 900, "E_OPTION_INVALID"],
    ["null", null, "E_OPTION_INVALID"],
    ["an unknown option", { seconds: 900 }, "E_OPTION_UNKNOWN"],
  ] as const) {
    it(`refuse ${what}`, () => {
      assert.throws(() => sudo(options as never), { code });
    });
  }
});
