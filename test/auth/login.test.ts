/** Login, logout, registration and guards, as a visitor sees them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { accountsPart } from "../../src/auth/part.ts";
import { createSecret, toCode } from "../../src/auth/two-factor/totp.ts";
import { createPasswordHasher } from "gable/auth";
import type { TestClient, TestReply } from "gable/testing";
import type { Site } from "./site.ts";
import { lastLink, openSite, password, register, sessionCookie, waitForMails } from "./site.ts";

describe("registration", () => {
  for (const verifyEmail of ["never", "after"] as const) {
    it(`signs in with verifyEmail "${verifyEmail}", and lowers the case of the address`, async (test) => {
      const site = await openSite(test, { verifyEmail });
      const client = site.visit();
      const reply = await client.post("/account/register", { form: { email: " Ann@EXAMPLE.com", password } });
      assert.deepEqual([reply.status, reply.headers.get("location")], [303, "/"]);
      assert.deepEqual((await client.get("/in")).json(), { email: "ann@example.com" });
      assert.equal((await client.get("/verified")).status, 403);
      await waitForMails(site, verifyEmail === "after" ? 1 : 0);
    });
  }

  it("refuses a known address and keeps its account", async (test) => {
    const site = await openSite(test);
    await register(site);
    const reply = await site.visit().post("/account/register", { form: { email: "ANN@example.com", password: "another-pass-77" } });
    assert.equal(reply.status, 422);
    assert.match(reply.body, /An account with this address exists\./);
    await site.signIn();
  });

  it("refuses passwords by the rules", async (test) => {
    const site = await openSite(test);
    for (const [bad, message] of [
      ["x7#kq!m", /at least 8 characters/],
      ["password1", /among the first/],
      ["ann.example", /too close/],
    ] as const) {
      const reply = await site.visit().post("/account/register", { form: { email: "ann.example@example.com", password: bad } });
      assert.equal(reply.status, 422);
      assert.match(reply.body, message);
    }
  });

  it("stores further fields, and never those that make an administrator", async (test) => {
    const { field } = await import("gable/forms");
    const site = await openSite(test, { registrationFields: { name: field.text({ max: 100 }) } });
    const form = { email: "ann@example.com", password, name: "Ann", isStaff: "true", isSuperuser: "true", active: "true" };
    assert.equal((await site.visit().post("/account/register", { form })).status, 303);
    const user = await site.run(() => site.User.where({ email: "ann@example.com" }).first());
    assert.deepEqual([user?.name, user?.isStaff, user?.isSuperuser], ["Ann", false, false]);
  });

  it("has no route while it is closed", async (test) => {
    const site = await openSite(test, { registration: "closed" });
    assert.equal((await site.visit().get("/account/register")).status, 404);
  });
});

describe("hashCost", () => {
  it("does not count in tests, whose hashes are weak elsewhere", async (test) => {
    const site = await openSite(test, { hashCost: 2 });
    await register(site);
    const read = async (): Promise<string> => (await site.run(() => site.User.where({ email: "ann@example.com" }).first()))!.password;
    const cheap = await read();
    assert.equal(createPasswordHasher().judge(cheap), "weak");
    // A hash from elsewhere is as good, and stays.
    const usual = await createPasswordHasher().hash(password);
    await site.run(() => site.User.where({ email: "ann@example.com" }).update({ password: usual }));
    await site.signIn();
    assert.equal(await read(), usual);
  });

  it("counts for new accounts, and for others at the next login", async (test) => {
    const site = await openSite(test, { hashCost: 2 }, { mode: "production", secretKeys: ["0123456789abcdefABCDEFghijklmnopqrstuvwxyz_"] });
    await register(site);
    const read = async (): Promise<string> => (await site.run(() => site.User.where({ email: "ann@example.com" }).first()))!.password;
    const [costly, cheap] = [createPasswordHasher({ cost: 2 }), createPasswordHasher()];
    assert.deepEqual([costly.judge(await read()), cheap.judge(await read())], ["current", "current"]);
    const hash = await cheap.hash(password);
    assert.equal(costly.judge(hash), "weak");
    await site.run(() => site.User.where({ email: "ann@example.com" }).update({ password: hash }));
    await site.signIn();
    assert.equal(costly.judge(await read()), "current");
  });
});

describe("login", () => {
  it("shows one message for a wrong password, an unknown address and an inactive account", async (test) => {
    const site = await openSite(test);
    await register(site);
    await register(site, "bob@example.com");
    await site.run(() => site.User.where({ email: "bob@example.com" }).update({ active: false }));
    const bodies = [];
    for (const [email, tried] of [
      ["ann@example.com", "wrong-wrong-1"],
      ["eve@example.com", password],
      ["bob@example.com", password],
    ] as const) {
      const reply = await site.visit().post("/account/login", { form: { email, password: tried } });
      assert.equal(reply.status, 422);
      bodies.push(reply.body.replaceAll(email, "ADDRESS"));
    }
    assert.match(bodies[0]!, /E-mail or password is wrong\./);
    assert.deepEqual([bodies[1], bodies[2]], [bodies[0], bodies[0]]);
  });

  for (const store of ["memory", "database", "cookie"] as const) {
    it(`gives the session a new id, store "${store}"`, async (test) => {
      const site = await openSite(test, {}, { store });
      await register(site);
      const client = await site.signIn();
      const before = sessionCookie(client);
      await client.post("/account/logout");
      assert.equal((await client.get("/maybe")).json<{ email: string | null }>().email, null);
      if (store !== "cookie") {
        const old = site.visit();
        assert.deepEqual((await old.get("/maybe", { headers: { cookie: before } })).json(), { email: null });
      }
    });
  }

  it("kills the id of the session before the login", async (test) => {
    const site = await openSite(test);
    await register(site);
    const first = await site.signIn();
    const planted = sessionCookie(first);
    assert.deepEqual((await site.visit().get("/maybe", { headers: { cookie: planted } })).json(), { email: "ann@example.com" });
    await site.run(() => site.User.where({ email: "ann@example.com" }).update({ sessionsValidFrom: new Date(Date.now() + 1) }));
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual((await first.get("/maybe")).json(), { email: null });
    assert.equal((await first.post("/account/login", { form: { email: "ann@example.com", password } })).status, 303);
    assert.notEqual(sessionCookie(first), planted);
    assert.deepEqual((await site.visit().get("/maybe", { headers: { cookie: planted } })).json(), { email: null });
    assert.deepEqual((await first.get("/maybe")).json(), { email: "ann@example.com" });
  });

  for (const [next, target] of [
    ["/in?a=1", "/in?a=1"],
    ["//evil.example", "/"],
    ["https://evil.example/", "/"],
    ["/\\evil.example", "/"],
    ["", "/"],
  ] as const) {
    it(`leads to ${target} with next=${next}`, async (test) => {
      const site = await openSite(test);
      await register(site);
      const reply = await site
        .visit()
        .post(`/account/login?next=${encodeURIComponent(next)}`, { form: { email: "ann@example.com", password } });
      assert.equal(reply.headers.get("location"), target);
    });
  }

  it("never matches an address that differs by Unicode case tricks", async (test) => {
    const site = await openSite(test);
    await register(site, "mike@kiosk.example");
    for (const email of ["mi\u212Ae@kiosk.example", "m\u0131ke@kiosk.example", "M\u0130KE@kiosk.example", "m\u00EFke@kiosk.example"]) {
      const reply = await site.visit().post("/account/login", { form: { email, password } });
      assert.equal(reply.status, 422, email);
    }
    // IDNA makes these one domain, in the DNS as well: the same mailbox.
    for (const same of ["MIKE@KIOSK.EXAMPLE", "mike@\u212Aiosk.example"]) await site.signIn(same);
  });
});

describe("the throttle", () => {
  for (const [email, who] of [
    ["ann@example.com", "a known account"],
    ["eve@example.com", "an unknown account"],
  ] as const) {
    it(`refuses the sixth attempt in a row at ${who}, whatever the password`, async (test) => {
      const site = await openSite(test);
      await register(site);
      for (let attempt = 1; attempt <= 5; attempt++)
        assert.equal(
          (await site.visit().post("/account/login", { form: { email, password: "wrong-wrong-1" } })).status,
          422,
          `attempt ${attempt}`,
        );
      const reply = await site.visit().post("/account/login", { form: { email, password } });
      assert.equal(reply.status, 429);
      const wait = Number(reply.headers.get("retry-after"));
      assert.ok(wait >= 1 && wait <= 12, String(wait));
      const asJson = await site.visit().post("/account/login", { form: { email, password }, headers: { accept: "application/json" } });
      assert.equal(asJson.json<{ code: string }>().code, "E_LOGIN_THROTTLED");
    });
  }

  it("forgets the failures after the right password", async (test) => {
    const site = await openSite(test);
    await register(site);
    for (let round = 0; round < 3; round++) {
      for (let attempt = 0; attempt < 4; attempt++)
        assert.equal(
          (await site.visit().post("/account/login", { form: { email: "ann@example.com", password: "wrong-wrong-1" } })).status,
          422,
        );
      await site.signIn();
    }
  });
});

/**
 * Status of each route for nobody, for somebody who has typed the password and not the code, a user, a user whom the cookie of a
 * remembered browser has signed in, and a user whose account was made inactive after the login.
 */
const roles = ["anonymous", "half signed in", "signed in", "remembered", "inactive"] as const;
type Statuses = readonly [anonymous: number, half: number, signedIn: number, remembered: number, inactive: number];
const table: ReadonlyArray<readonly [method: "get" | "post", path: string, statuses: Statuses]> = [
  ["get", "/account/login", [200, 200, 303, 303, 200]],
  ["post", "/account/login", [422, 422, 303, 303, 422]],
  ["get", "/account/logout", [200, 200, 200, 200, 200]],
  ["post", "/account/logout", [303, 303, 303, 303, 303]],
  ["get", "/account/register", [200, 200, 303, 303, 200]],
  ["post", "/account/register", [422, 422, 303, 303, 422]],
  ["get", "/account/verify/x", [410, 410, 410, 410, 410]],
  ["post", "/account/verify/x", [410, 410, 410, 410, 410]],
  ["get", "/account/password/forgot", [200, 200, 200, 200, 200]],
  ["post", "/account/password/forgot", [422, 422, 422, 422, 422]],
  ["get", "/account/password/reset/x", [303, 303, 303, 303, 303]],
  ["get", "/account/password/reset", [410, 410, 410, 410, 410]],
  ["post", "/account/password/reset", [410, 410, 410, 410, 410]],
  ["get", "/account/password", [303, 303, 200, 200, 303]],
  ["post", "/account/password", [401, 401, 422, 422, 401]],
  ["get", "/account/confirm", [303, 303, 200, 200, 303]],
  ["post", "/account/confirm", [401, 401, 422, 422, 401]],
  ["get", "/account/confirm/code", [303, 303, 303, 303, 303]],
  ["post", "/account/confirm/code", [401, 401, 303, 303, 401]],
  ["get", "/account/login/code", [303, 200, 303, 303, 303]],
  ["post", "/account/login/code", [303, 422, 303, 303, 303]],
  ["get", "/account/two-factor", [303, 303, 200, 303, 303]],
  ["post", "/account/two-factor", [401, 401, 422, 403, 401]],
  ["get", "/account/two-factor/codes", [303, 303, 303, 303, 303]],
  ["post", "/account/two-factor/codes", [401, 401, 303, 403, 401]],
  ["get", "/account/two-factor/off", [303, 303, 303, 303, 303]],
  ["post", "/account/two-factor/off", [401, 401, 303, 403, 401]],
  ["get", "/account/sessions", [303, 303, 200, 200, 303]],
  ["post", "/account/sessions", [401, 401, 422, 422, 401]],
  ["get", "/account/email", [303, 303, 200, 200, 303]],
  ["post", "/account/email", [401, 401, 422, 422, 401]],
  ["get", "/in", [303, 303, 200, 200, 303]],
  ["get", "/out", [200, 200, 303, 303, 200]],
  ["get", "/maybe", [200, 200, 200, 200, 200]],
  ["get", "/verified", [303, 303, 403, 403, 303]],
  ["get", "/awaited", [200, 200, 200, 200, 200]],
];

describe("every route", () => {
  for (const [column, role] of roles.entries()) {
    it(`answers ${role} visitors by the table`, async (test) => {
      const site = await openSite(test, { remember: {}, twoFactor: { issuer: "Shelf" } });
      await register(site);
      const ann = { email: "ann@example.com" };
      for (const [method, path, statuses] of table) {
        const client = site.visit();
        if (role === "half signed in") {
          const { codes, close } = await turnOnTwoFactor(site);
          assert.equal(codes.length, 10);
          assert.match((await logIn(client)).headers.get("location") ?? "", /^\/account\/login\/code/);
          const reply = await client[method](path, method === "post" ? { form: { email: "" } } : {});
          assert.equal(reply.status, statuses[column], `${method} ${path}`);
          await close();
          continue;
        }
        if (role !== "anonymous") assert.equal((await logIn(client, { remember: "true" })).status, 303);
        const [name, value] = [...client.cookies].find(([each]) => each.endsWith("remember")) ?? [];
        const visitor = role === "remembered" ? site.visit() : client;
        if (role === "remembered") visitor.setCookie(name!, value!);
        if (role === "inactive") await site.run(() => site.User.where(ann).update({ active: false }));
        const reply = await visitor[method](path, method === "post" ? { form: { email: "" } } : {});
        assert.equal(reply.status, statuses[column], `${method} ${path}`);
        await site.run(() => site.User.where(ann).update({ active: true }));
      }
    });
  }

  it("is in the table", async (test) => {
    const { app } = await openSite(test, { remember: {}, twoFactor: { issuer: "Shelf" } });
    const known = new Set(table.map(([method, path]) => `${method.toUpperCase()} ${path.replace(/\/x$/, "/:token")}`));
    for (const { method, binding } of app.routes)
      if (binding?.pattern.startsWith("/account") === true)
        assert.ok(known.has(`${method} ${binding.pattern}`), `${method} ${binding.pattern}`);
  });
});

/** Types the password of Ann. */
function logIn(client: TestClient, more: Readonly<Record<string, string>> = {}): Promise<TestReply> {
  return client.post("/account/login", { form: { email: "ann@example.com", password, ...more } });
}

/** Gives Ann a second factor, past the pages. */
async function turnOnTwoFactor({ app, run, User }: Site) {
  const { twoFactors } = app.part(accountsPart).parts;
  const ann = await run(() => User.where({ email: "ann@example.com" }).first());
  const [userId, secret] = [String(ann!.id), createSecret()];
  const codes = await run(() => twoFactors!.turnOn(userId, secret, toCode(secret, Math.floor(Date.now() / 30_000))));
  return { codes: codes!, close: () => run(() => twoFactors!.turnOff(userId)) };
}

describe("guards", () => {
  it("lead pages to the login with the way back, and answer others 401 and 403", async (test) => {
    const site = await openSite(test);
    assert.equal((await site.visit().get("/in?a=1&b=2")).headers.get("location"), "/account/login?next=%2Fin%3Fa%3D1%26b%3D2");
    const headers = { accept: "application/json" };
    const refused = await site.visit().get("/in", { headers });
    assert.deepEqual([refused.status, refused.json<{ code: string }>().code], [401, "E_LOGIN_REQUIRED"]);
    const expired = await site.visit().get("/account/verify/x", { headers });
    assert.deepEqual([expired.status, expired.json<{ code: string }>().code], [410, "E_LINK_EXPIRED"]);
    const client = await register(site);
    assert.equal((await client.get("/out", { headers })).json<{ code: string }>().code, "E_ACCESS_DENIED");
    assert.equal((await client.get("/verified", { headers })).json<{ code: string }>().code, "E_ACCESS_DENIED");
    assert.deepEqual((await client.get("/awaited")).json(), { email: "ann@example.com" });
  });

  it("let a confirmed user pass", async (test) => {
    const site = await openSite(test, { verifyEmail: "after" });
    const client = await register(site);
    const path = await lastLink(site);
    assert.match((await client.get(path)).body, /<button type="submit">Confirm this address/);
    assert.equal((await client.get("/verified")).status, 403);
    assert.equal((await client.post(path)).status, 303);
    assert.equal((await client.get("/verified")).status, 200);
  });
});
