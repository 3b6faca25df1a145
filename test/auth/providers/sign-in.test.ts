/** Sign-in with a provider: against a provider on this machine that also lies. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import type { TestContext } from "node:test";
import { describe, it } from "node:test";
import type { AccountsOptions, LoginKey, ProviderOptions } from "gable/auth";
import { accountFields, defineAccounts, manageAccounts } from "gable/auth";
import { Model } from "gable/data";
import type { TestReply } from "gable/testing";
import type { ProviderSiteOptions } from "./provider-site.ts";
import { clientSecret, email, leave, openProviderSite, password, who } from "./provider-site.ts";
import type { ProviderBehavior } from "./test-provider.ts";
import { openTestProvider } from "./test-provider.ts";

async function open(
  test: TestContext,
  options: Omit<AccountsOptions, "user"> = {},
  timeoutSeconds = 10,
  login: LoginKey = "email",
  store: ProviderSiteOptions["store"] = "memory",
) {
  const provider = await openTestProvider();
  test.after(() => provider.close());
  provider.behavior.claims = { email, email_verified: true };
  return {
    provider,
    ...(await openProviderSite(test, provider.issuer, { accounts: options, provider: { timeoutSeconds }, login, store })),
  };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** Goes to the provider and back. */
async function travel({ client, provider }: Opened, start = "/account/login/example"): Promise<TestReply> {
  return client.get(provider.visit(await leave(client, start)));
}

async function createUser({ app, User, run }: Opened, isVerified: boolean): Promise<void> {
  await manageAccounts(app).create({ email, password });
  await run(() => User.where({ email }).update({ emailVerifiedAt: isVerified ? new Date() : null }));
}

async function assertRefused(site: Opened, reply: TestReply, status: number, code: string): Promise<void> {
  assert.equal(reply.status, status, reply.body);
  assert.match(reply.body, new RegExp(`\\(${code}\\)`));
  assert.match(reply.body, /href="\/account\/login"/);
  assert.equal(await who(site), null);
  assert.equal(await site.run(() => site.Identity.count()), 0);
  assert.doesNotMatch(reply.body + site.logged.join(""), /very-secret|provider-token/);
}

describe("sign-in with a provider", () => {
  it("has a button, and lets its form lead to the provider", async (test) => {
    const { client, provider } = await open(test);
    const page = await client.get("/account/login?next=/who");
    assert.match(page.body, /action="\/account\/login\/example\?next=%2Fwho"><button type="submit">Sign in with Example/);
    assert.ok(page.headers.get("content-security-policy")?.includes(`form-action 'self' ${provider.issuer}`));
  });
  it("creates an account, signs in with a new session, and finds it again by its subject", async (test) => {
    const site = await open(test);
    const address = new URL(await leave(site.client, "/account/login/example?next=/who"));
    assert.equal(address.searchParams.get("code_challenge_method"), "S256");
    const before = [...site.client.cookies].join();
    const reply = await site.client.get(site.provider.visit(address.href));
    assert.equal(reply.headers.get("location"), "/who", reply.body);
    assert.notEqual([...site.client.cookies].join(), before);
    assert.equal(await who(site), email);
    await site.client.post("/account/logout");
    site.provider.behavior.claims = { email: "new@example.com", email_verified: false };
    await travel(site);
    assert.equal(await who(site), email);
    assert.equal(await site.run(() => site.User.count()), 1);
  });
  it("does not lead to another site afterwards", async (test) => {
    const reply = await travel(await open(test), "/account/login/example?next=//evil.example");
    assert.equal(reply.headers.get("location"), "/");
  });
  it("refuses a start from another site", async (test) => {
    const { client } = await open(test);
    const reply = await client.post("/account/login/example", {
      headers: { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
    });
    assert.equal(reply.status, 403);
  });
  it("links an account when both sides have verified the address", async (test) => {
    const site = await open(test, { registration: "closed" });
    await createUser(site, true);
    await travel(site);
    assert.equal(await who(site), email);
  });

  const refused: Record<string, { claims?: object; isVerified?: boolean; options?: Omit<AccountsOptions, "user"> }> = {
    "an account whose address is not verified": { isVerified: false },
    "an address that the provider has not verified": { isVerified: true, claims: { email, email_verified: false } },
    "an address whose verification is a string": { isVerified: true, claims: { email, email_verified: "true" } },
    "a sign-in without an address": { isVerified: true, claims: {} },
    "an address that no account can have": { claims: { email: "ann", email_verified: true } },
    "a new account while registration is closed": { options: { registration: "closed" } },
  };
  for (const [name, { claims, isVerified, options }] of Object.entries(refused))
    it(`refuses ${name}`, async (test) => {
      const site = await open(test, options);
      if (isVerified !== undefined) await createUser(site, isVerified);
      if (claims !== undefined) site.provider.behavior.claims = { ...claims };
      await assertRefused(site, await travel(site), 403, "E_PROVIDER_ACCOUNT");
    });

  it("refuses an inactive account", async (test) => {
    const site = await open(test);
    await createUser(site, true);
    await site.run(() => site.User.where({ email }).update({ active: false }));
    await assertRefused(site, await travel(site), 403, "E_PROVIDER_ACCOUNT");
  });

  const verified = { email, email_verified: true };
  const infos: Record<string, [claims: object, userInfo: object | undefined, expected: string | null]> = {
    "the ID token has both claims": [verified, { email: "other@example.com", email_verified: true }, email],
    "the ID token has no address": [{}, verified, email],
    "the ID token does not say whether it is verified": [{ email }, verified, email],
    "the ID token has no address, and the user info has another verified one": [
      {},
      { ...verified, email: "b@example.com" },
      "b@example.com",
    ],
    "only the user info says verified, without an address": [{ email }, { email_verified: true }, null],
    "neither has an address": [{}, {}, null],
    "there is no user info": [{}, undefined, null],
    "the user info is that of somebody else": [{}, { ...verified, sub: "u2" }, null],
  };
  for (const [name, [claims, userInfo, expected]] of Object.entries(infos))
    it(`signs in as ${expected ?? "nobody"} when ${name}`, async (test) => {
      const site = await open(test);
      Object.assign(site.provider.behavior, { claims, userInfo });
      assert.equal((await travel(site)).status, expected !== null ? 303 : name.includes("somebody") ? 502 : 403);
      assert.equal(await who(site), expected);
      assert.equal(await site.run(() => site.User.count()), expected === null ? 0 : 1);
    });

  const hostile: Record<string, [Partial<ProviderBehavior>, number, string]> = {
    "a wrong nonce": [{ claims: { nonce: "other" } }, 502, "E_PROVIDER_ANSWER"],
    "a wrong issuer in the ID token": [{ claims: { iss: "https://evil.example" } }, 502, "E_PROVIDER_ANSWER"],
    "a wrong iss in the address": [{ back: { iss: "https://evil.example" } }, 502, "E_PROVIDER_ANSWER"],
    "a lone surrogate in the subject": [{ claims: { sub: "\ud800" } }, 502, "E_PROVIDER_ANSWER"],
    "a control character in the subject": [{ claims: { sub: "a\u0000" } }, 502, "E_PROVIDER_ANSWER"],
    "a wrong audience": [{ claims: { aud: "other" } }, 502, "E_PROVIDER_ANSWER"],
    "an expired ID token": [{ claims: { exp: 1 } }, 502, "E_PROVIDER_ANSWER"],
    "an unsigned ID token": [{ isUnsigned: true }, 502, "E_PROVIDER_ANSWER"],
    "a signature with another key": [{ hasForeignKey: true }, 502, "E_PROVIDER_ANSWER"],
    "a code that the provider refuses": [{ refusesCode: true }, 502, "E_PROVIDER_ANSWER"],
    "a wrong state": [{ back: { state: "other" } }, 400, "E_PROVIDER_STATE"],
    "a visitor who declines": [{ back: { error: "access_denied" } }, 403, "E_PROVIDER_DENIED"],
  };
  for (const [name, [behavior, status, code]] of Object.entries(hostile))
    it(`refuses ${name}`, async (test) => {
      const site = await open(test);
      const { claims } = site.provider.behavior;
      Object.assign(site.provider.behavior, behavior, { claims: { ...claims, ...behavior.claims } });
      const reply = await travel(site);
      await assertRefused(site, reply, status, code);
      assert.equal(reply.headers.get("referrer-policy"), "no-referrer");
      assert.equal(await site.run(() => site.User.count()), 0);
    });

  it("refuses an answer that is sent again", async (test) => {
    const site = await open(test);
    const back = site.provider.visit(await leave(site.client));
    const taken = await site.client.get(back);
    assert.deepEqual([taken.status, taken.headers.get("referrer-policy")], [303, "no-referrer"]);
    const again = await site.client.get(back);
    assert.equal(again.status, 400);
    assert.match(again.body, /E_PROVIDER_STATE/);
  });
  for (const store of ["memory", "database", "cookie"] as const)
    for (const [what, behavior, claims] of [
      ["a code that the provider refused", { refusesCode: true }, {}],
      ["a provider that did not answer", { isSilent: true }, {}],
      ["a wrong ID token", {}, { aud: "other" }],
    ] as const)
      it(`refuses the right answer after ${what}, with the store "${store}"`, async (test) => {
        const site = await open(test, {}, 1, "email", store);
        const address = await leave(site.client);
        Object.assign(site.provider.behavior, behavior);
        assert.ok((await site.client.get(site.provider.visit(address, claims))).status >= 502);
        Object.assign(site.provider.behavior, { refusesCode: false, isSilent: false });
        await assertRefused(site, await site.client.get(site.provider.visit(address)), 400, "E_PROVIDER_STATE");
      });
  for (const [ms, isFresh] of [
    [600_000, true],
    [600_001, false],
    [-300_000, true],
    [-300_001, false],
  ] as const)
    it(`${isFresh ? "takes" : "refuses"} an answer ${ms} ms after the start`, async (test) => {
      const start = Date.UTC(2026, 4, 1, 12);
      test.mock.timers.enable({ apis: ["Date"], now: start });
      const site = await open(test);
      const back = site.provider.visit(await leave(site.client));
      test.mock.timers.setTime(start + ms);
      const reply = await site.client.get(back);
      if (!isFresh) return assertRefused(site, reply, 400, "E_PROVIDER_STATE");
      assert.equal(reply.status, 303, reply.body);
      assert.equal(await who(site), email);
    });
  it("gives up on a provider that does not answer, and on one that is down", async (test) => {
    const site = await open(test, {}, 1);
    site.provider.behavior.isSilent = true;
    await assertRefused(site, await travel(site), 503, "E_PROVIDER_UNREACHABLE");
    const down = await open(test);
    await down.provider.close();
    await assertRefused(down, await down.client.post("/account/login/example"), 503, "E_PROVIDER_UNREACHABLE");
  });
});

describe("the page of providers", () => {
  it("links and unlinks while signed in, whatever the address", async (test) => {
    const site = await open(test);
    await createUser(site, false);
    await site.client.post("/account/login", { form: { email, password } });
    site.provider.behavior.claims = { email: "other@example.com" };
    assert.equal((await travel(site, "/account/providers/example")).headers.get("location"), "/account/providers");
    const [row] = await site.run(async () => site.Identity.all());
    assert.match((await site.client.get("/account/providers")).body, /Unlink Example \(u1\)/);
    assert.equal((await site.client.post(`/account/providers/unlink/${row!.id}`)).status, 303);
    assert.equal(await site.run(() => site.Identity.count()), 0);
  });
  it("knows the label of a provider whose issuer has another / at the end in the options", async (test) => {
    const provider = await openTestProvider();
    test.after(() => provider.close());
    provider.behavior.claims = { email, email_verified: true };
    const site = await openProviderSite(test, provider.issuer, { provider: { issuer: `${provider.issuer}/` } });
    await site.client.get(provider.visit(await leave(site.client)));
    assert.match((await site.client.get("/account/providers")).body, /Unlink Example \(u1\)/);
    assert.match((await site.client.get("/account/confirm")).body, /Confirm with Example/);
  });
  it("refuses to unlink the last way in, and an identity of another account", async (test) => {
    const site = await open(test);
    await travel(site);
    const [row] = await site.run(async () => site.Identity.all());
    const reply = await site.client.post(`/account/providers/unlink/${row!.id}`);
    assert.equal(reply.status, 409);
    assert.match(reply.body, /E_IDENTITY_LAST/);
    await site.client.post("/account/logout");
    await manageAccounts(site.app).create({ email: "bob@example.com", password });
    await site.client.post("/account/login", { form: { email: "bob@example.com", password } });
    for (const id of [row!.id, row!.id + 1]) assert.equal((await site.client.post(`/account/providers/unlink/${id}`)).status, 404);
    assert.doesNotMatch((await site.client.get("/account/providers")).body, /is unlinked/);
    assert.equal(await site.run(() => site.Identity.count()), 1);
    const taken = await travel(site, "/account/providers/example");
    assert.equal(taken.status, 409);
    assert.match(taken.body, /E_IDENTITY_TAKEN[^]*href="\/account\/providers"/);
    assert.doesNotMatch(taken.body, /href="\/account\/login"/);
  });
});

describe("defineAccounts({ providers })", () => {
  const right: ProviderOptions = { issuer: "https://id.example", clientId: "a", clientSecret };
  const wrong: readonly object[] = [
    { issuer: "http://id.example" },
    { issuer: "id" },
    { clientId: "" },
    { clientSecret: "" },
    { scope: "email" },
    { label: "" },
    { origins: ["https://id.example/path"] },
    { issuer: `https://id.example/${"a".repeat(237)}` },
    { timeoutSeconds: 0 },
    { timeoutSeconds: 61 },
  ];
  const define = (provider: object): unknown =>
    // Wrong on purpose.
    defineAccounts({ user: Model("users", accountFields()), providers: { example: { ...right, ...provider } as ProviderOptions } });
  for (const provider of wrong)
    it(`refuses ${JSON.stringify(provider)}`, () =>
      assert.throws(
        () => define(provider),
        (error: Error & { code?: string }) => error.code === "E_OPTION_INVALID" && !error.message.includes(clientSecret),
      ));
  for (const provider of [
    {},
    { issuer: "http://127.0.0.1:4000" },
    { issuer: `https://id.example/${"a".repeat(236)}` },
    { timeoutSeconds: 1 },
    { timeoutSeconds: 60 },
  ])
    it(`takes ${JSON.stringify(provider)}`, () => assert.ok(define(provider)));

  for (const [name, isRight] of [
    ["a", true],
    [`a${"-".repeat(39)}`, true],
    [`a${"-".repeat(40)}`, false],
    ["", false],
    ["1a", false],
    ["A", false],
    ["a_b", false],
    // The page that asks for the second factor has this address.
    ["code", false],
    ["codes", true],
  ] as const)
    it(`${isRight ? "takes" : "refuses"} the name "${name}" of ${name.length} characters`, () => {
      const define = (): unknown => defineAccounts({ user: Model("users", accountFields()), providers: { [name]: right } });
      if (isRight) assert.ok(define());
      else assert.throws(define, { code: "E_OPTION_INVALID", message: /providers/ });
    });

  it("makes routes for names at the limit", async (test) => {
    const provider = await openTestProvider();
    test.after(() => provider.close());
    provider.behavior.claims = { email, email_verified: true };
    const name = `a${"-".repeat(39)}`;
    const accounts = { providers: { [name]: { issuer: provider.issuer, clientId: "shelf", clientSecret } } };
    const site = await openProviderSite(test, provider.issuer, { accounts });
    assert.match((await site.client.get("/account/login")).body, new RegExp(`Sign in with ${name}<`));
    const back = provider.visit(await leave(site.client, `/account/login/${name}`));
    assert.equal((await site.client.get(back)).status, 303);
    assert.equal(await who(site), email);
  });
});

describe("a project without openid-client", () => {
  it("says how to install it", () => {
    const hook = `import { registerHooks } from "node:module";
registerHooks({ resolve: (name, context, next) => { if (name === "openid-client") throw new Error("Cannot find package"); return next(name, context); } });`;
    const program = `import { OpenidProvider } from "./src/auth/providers/openid.ts";
await OpenidProvider.open({}).catch(({ code, fix }) => console.log(code, fix));`;
    const words = ["--import", `data:text/javascript,${encodeURIComponent(hook)}`, "--input-type=module", "--eval", program];
    const root = new URL("../../..", import.meta.url).pathname;
    const output = execFileSync(process.execPath, words, { cwd: root, encoding: "utf8" });
    assert.match(output, /^E_PROVIDER_PACKAGE .*npm install openid-client/);
  });
});

describe("sign-in with a provider, where accounts have user names", () => {
  it("makes no account, because nobody has chosen a name", async (test) => {
    const site = await open(test, {}, 10, "username");
    assert.equal((await travel(site)).status, 403);
    assert.equal(await site.run(() => site.User.count()), 0);
  });

  it("signs in to the account that has verified the same address", async (test) => {
    const site = await open(test, {}, 10, "username");
    await manageAccounts(site.app).create({ username: "ann", email, password });
    assert.equal((await travel(site)).status, 303);
    assert.equal(await who(site), email);
  });
});
