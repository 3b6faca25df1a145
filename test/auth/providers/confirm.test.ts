/** The guard sudo for users of providers: they sign in at the provider again. Time travels; nothing waits. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, it } from "node:test";
import { manageAccounts } from "gable/auth";
import type { TestReply } from "gable/testing";
import { email, leave, openProviderSite, password, who } from "./provider-site.ts";
import { openRealProvider } from "./real-provider.ts";
import { openTestProvider } from "./test-provider.ts";

const start = Date.UTC(2026, 4, 1, 12);
const later = start + 1_000_000;
const confirmAt = "/account/confirm/example?next=%2Fsecret";

/** Ann's account, made by the provider or with a password and linked. 1,000 seconds later, `sudo()` asks. */
async function open(test: TestContext, { hasPassword = false, hasMail = false } = {}) {
  test.mock.timers.enable({ apis: ["Date"], now: start });
  const provider = await openTestProvider();
  test.after(() => provider.close());
  provider.behavior.claims = { email, email_verified: true };
  const site = await openProviderSite(test, provider.issuer, { hasMail });
  if (hasPassword) {
    await manageAccounts(site.app).create({ email, password });
    await site.client.post("/account/login", { form: { email, password } });
    await site.client.get(provider.visit(await leave(site.client, "/account/providers/example")));
  } else await site.client.get(provider.visit(await leave(site.client)));
  assert.equal((await site.client.get("/secret")).status, 200);
  test.mock.timers.setTime(later);
  return { ...site, provider };
}

type Opened = Awaited<ReturnType<typeof open>>;

async function assertUnconfirmed({ client }: Opened, reply: TestReply, status: number, code: string): Promise<void> {
  assert.equal(reply.status, status, reply.body);
  assert.match(reply.body, new RegExp(code));
  assert.match(reply.body, /href="\/account\/providers"/);
  assert.equal((await client.get("/secret")).status, 303);
}

describe("sudo() for an account that a provider created", () => {
  it("leads to the provider and back, and counts for 900 seconds", async (test) => {
    const site = await open(test);
    const { client, provider } = site;
    assert.equal((await client.get("/secret")).headers.get("location"), "/account/confirm?next=%2Fsecret");
    const page = await client.get("/account/confirm?next=%2Fsecret");
    assert.ok(page.body.includes(`action="${confirmAt}"><button type="submit">Confirm with Example`), page.body);
    assert.match(page.body, /Your account has no password\. Sign in again with your provider\./);
    assert.doesNotMatch(page.body, /type="password"/);
    assert.ok(page.headers.get("content-security-policy")?.includes(`form-action 'self' ${provider.issuer}`));
    const address = await leave(client, confirmAt);
    const { searchParams } = new URL(address);
    assert.deepEqual([searchParams.get("prompt"), searchParams.get("max_age")], ["login", "0"]);
    const before = [...client.cookies].join();
    const reply = await client.get(provider.visit(address, { auth_time: later / 1000 }));
    assert.equal(reply.headers.get("location"), "/secret", reply.body);
    assert.notEqual([...client.cookies].join(), before);
    for (const [ms, status] of [
      [900_000, 200],
      [900_001, 303],
    ] as const) {
      test.mock.timers.setTime(later + ms);
      assert.equal((await client.get("/secret")).status, status, `${ms} ms later`);
    }
  });

  it("does not ask for a password when a form was sent", async (test) => {
    const { client } = await open(test);
    const reply = await client.post("/secret");
    assert.equal(reply.status, 403);
    assert.match(reply.body, /<h1>Confirm that it is you first<[^]*href="\/account\/confirm">Confirm that it is you</);
    const wrong = await client.post("/account/confirm", { form: { current: password } });
    assert.equal(wrong.status, 422);
    assert.match(wrong.body, /Confirm with Example/);
    assert.doesNotMatch(wrong.body, /type="password"/);
  });

  for (const [what, claims, isTaken] of [
    ["no auth_time", {}, true],
    ["an auth_time 60 seconds before the click", { auth_time: later / 1000 - 60 }, true],
    ["an auth_time 61 seconds before the click", { auth_time: later / 1000 - 61 }, false],
    ["an auth_time that is a string", { auth_time: String(later / 1000) }, false],
    ["an auth_time that is null", { auth_time: null }, false],
  ] as const)
    it(`${isTaken ? "takes" : "refuses"} ${what}`, async (test) => {
      const site = await open(test);
      const reply = await site.client.get(site.provider.visit(await leave(site.client, confirmAt), claims));
      if (!isTaken) return assertUnconfirmed(site, reply, 502, "E_PROVIDER_ANSWER");
      assert.equal(reply.headers.get("location"), "/secret", reply.body);
      assert.equal((await site.client.get("/secret")).status, 200);
    });

  it("lets an old auth_time sign in: only a confirmation must be new", async (test) => {
    const site = await open(test);
    await site.client.post("/account/logout");
    await site.client.get(site.provider.visit(await leave(site.client), { auth_time: start / 1000 - 86_400 }));
    assert.equal(await who(site), email);
  });

  it("refuses an identity of nobody, and one of another account", async (test) => {
    const site = await open(test);
    const visitor = site.visit();
    await visitor.get(site.provider.visit(await leave(visitor), { sub: "u2", email: "bob@example.com" }));
    for (const sub of ["u2", "u3"]) {
      const reply = await site.client.get(site.provider.visit(await leave(site.client, confirmAt), { sub }));
      await assertUnconfirmed(site, reply, 403, "E_PROVIDER_ACCOUNT");
      assert.equal(await who(site), email);
    }
    assert.equal(await site.run(() => site.Identity.count()), 2);
  });

  it("refuses the answer after the user has changed", async (test) => {
    const site = await open(test);
    const back = site.provider.visit(await leave(site.client, confirmAt));
    await manageAccounts(site.app).create({ email: "bob@example.com", password });
    const bob = await manageAccounts(site.app).getByEmail("bob@example.com");
    await site.client.signIn(bob);
    test.mock.timers.setTime(later + 300_000);
    const reply = await site.client.get(back);
    assert.equal(reply.status, 400);
    assert.match(reply.body, /E_PROVIDER_STATE/);
  });

  it("needs somebody who is signed in, and a provider that exists", async (test) => {
    const { client, visit } = await open(test);
    assert.equal((await visit().post(confirmAt)).status, 401);
    assert.equal((await client.post("/account/confirm/other")).status, 404);
  });

  for (const [hasMail, hasProvider, text] of [
    [true, true, "Your account has no password. Sign in again with your provider, or set a password by mail."],
    [
      true,
      false,
      "Your account has no password, and this site no longer offers the provider that you signed in with. Set a password by mail.",
    ],
    [
      false,
      false,
      "Your account has no password, and this site no longer offers the provider that you signed in with. Ask the people who run this site for a password.",
    ],
  ] as const)
    it(`says what to do ${hasMail ? "with" : "without"} mail and ${hasProvider ? "with" : "without"} the provider`, async (test) => {
      const { client, run, Identity } = await open(test, { hasMail });
      if (!hasProvider) await run(() => Identity.all().update({ issuer: "https://old.example" }));
      const { body } = await client.get("/account/confirm");
      assert.ok(body.includes(`<p>${text}</p>`), body);
      assert.equal(body.includes('href="/account/password/forgot">Set a password<'), hasMail);
      assert.equal(body.includes("Confirm with Example"), hasProvider);
    });

  it("asks for the password once there is one", async (test) => {
    const { client, app } = await open(test);
    await manageAccounts(app).setPassword(await manageAccounts(app).getByEmail(email), password);
    await client.post("/account/login", { form: { email, password } });
    assert.match((await client.get("/account/confirm")).body, /type="password"[^]*Confirm with Example/);
  });
});

describe("sudo() for an account with a password", () => {
  it("takes the password and each linked provider", async (test) => {
    const { client, provider } = await open(test, { hasPassword: true });
    const { body } = await client.get("/account/confirm?next=/secret");
    assert.match(body, /<h1>Confirm your password<[^]*type="password"[^]*Confirm with Example/);
    assert.match((await client.post("/secret")).body, /<h1>Confirm your password first</);
    await client.get(provider.visit(await leave(client, confirmAt)));
    assert.equal((await client.get("/secret")).status, 200);
    test.mock.timers.setTime(later + 1_000_000);
    assert.equal((await client.post("/account/confirm?next=/secret", { form: { current: password } })).status, 303);
    assert.equal((await client.get("/secret")).status, 200);
  });

  it("offers no provider that is not linked", async (test) => {
    const { client, run, Identity } = await open(test, { hasPassword: true });
    await run(() => Identity.all().delete());
    assert.doesNotMatch((await client.get("/account/confirm")).body, /Confirm with/);
  });
});

describe("sudo() with the package oidc-provider", () => {
  it("makes the visitor sign in again, also as somebody else, who confirms nothing", async (test) => {
    const provider = await openRealProvider(test);
    const site = await openProviderSite(test, provider.issuer);
    const browser = provider.openBrowser();
    await site.client.get((await browser.visit(await leave(site.client))).back);
    const { back, asked } = await browser.visit(await leave(site.client, confirmAt));
    assert.deepEqual(asked, ["login"]);
    const reply = await site.client.get(back);
    assert.equal(reply.headers.get("location"), "/secret", reply.body + site.logged.join());
    const other = await provider.openBrowser().visit(await leave(site.client, confirmAt), { login: "u2" });
    const refused = await site.client.get(other.back);
    assert.equal(refused.status, 403);
    assert.match(refused.body, /E_PROVIDER_ACCOUNT/);
  });
});

describe("the first password of an account that a provider created", () => {
  const first = "/account/password/first";
  const chosen = "two-quiet-rivers";

  it("is set after a new sign-in, and works from then on", async (test) => {
    const site = await open(test);
    const { client, provider } = site;
    for (const path of ["/account/password", first]) assert.equal((await client.get(path)).status, 303, path);
    assert.equal((await client.get("/account/password")).headers.get("location"), first);
    assert.equal((await client.get(first)).headers.get("location"), `/account/confirm?next=${encodeURIComponent(first)}`);
    assert.equal((await client.post(first, { form: { password: chosen } })).status, 403);
    const address = await leave(client, `/account/confirm/example?next=${encodeURIComponent(first)}`);
    const back = await client.get(provider.visit(address, { auth_time: later / 1000 }));
    assert.equal(back.headers.get("location"), first);
    for (const [password, message] of [
      ["short", /at least 8/i],
      [email, /password/],
    ] as const) {
      const refused = await client.post(first, { form: { password } });
      assert.equal(refused.status, 422);
      assert.match(refused.body, message);
    }
    assert.equal((await client.post(first, { form: { password: chosen } })).status, 303);
    const other = site.visit();
    assert.equal((await other.post("/account/login", { form: { email, password: chosen } })).status, 303);
    assert.equal(await who({ client: other }), email);
  });

  it("is set once: who has a password must type it", async (test) => {
    const site = await open(test, { hasPassword: true });
    await site.client.post("/account/confirm", { form: { current: password } });
    for (const reply of [await site.client.get(first), await site.client.post(first, { form: { password: chosen } })])
      assert.equal(reply.headers.get("location"), "/account/password");
    assert.equal((await site.client.get("/account/password")).status, 200);
    assert.equal((await site.visit().post("/account/login", { form: { email, password: chosen } })).status, 422);
  });

  it("comes before a new address, which needs it", async (test) => {
    const { client } = await open(test, { hasMail: true });
    const sent = { form: { current: chosen, email: "new@example.com" } };
    for (const reply of [await client.get("/account/email"), await client.post("/account/email", sent)])
      assert.equal(reply.headers.get("location"), first);
  });
});
