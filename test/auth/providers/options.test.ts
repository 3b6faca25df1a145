/** Sign-in with a provider, together with the other options of accounts. */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { AccountsOptions } from "gable/auth";
import { manageAccounts } from "gable/auth";
import type { TestClient } from "gable/testing";
import { toCode } from "../../../src/auth/two-factor/totp.ts";
import { lastLink } from "../site.ts";
import type { ProviderSiteOptions } from "./provider-site.ts";
import { email, leave, openProviderSite, password, who } from "./provider-site.ts";
import { openTestProvider } from "./test-provider.ts";

async function open(
  test: TestContext,
  accounts: Omit<AccountsOptions, "user">,
  settings: Pick<ProviderSiteOptions, "hasMail" | "views"> = {},
) {
  const provider = await openTestProvider();
  test.after(() => provider.close());
  provider.behavior.claims = { email, email_verified: true };
  return { provider, ...(await openProviderSite(test, provider.issuer, { accounts, ...settings })) };
}

/** Makes a folder of views with a page of accounts and a small layout. */
function copyPage(test: TestContext, page: string): string {
  const views = mkdtempSync(join(tmpdir(), "gable-provider-"));
  test.after(() => rmSync(views, { recursive: true }));
  mkdirSync(join(views, "accounts"));
  copyFileSync(fileURLToPath(new URL(`../../../${page}`, import.meta.url)), join(views, "accounts/page.html"));
  const blocks = "{% block search %}{% endblock %}{% block content %}{% endblock %}";
  const head = '<!doctype html><html lang="en"><title>{{ title }}</title>';
  writeFileSync(join(views, "layout.html"), `{% props title: string %}\n${head}\n${blocks}</html>\n`);
  return views;
}

const findCookie = ({ cookies }: TestClient, end: string) => [...cookies].find(([name]) => name.endsWith(end));

describe("a sign-in with a provider", () => {
  const start = Date.UTC(2026, 4, 1, 12);
  const codeNow = (secret: string): string => toCode(secret, Math.floor(Date.now() / 30_000));

  /** Ann has a linked provider and two-factor sign-in. */
  async function openEnrolled(test: TestContext) {
    test.mock.timers.enable({ apis: ["Date"], now: start });
    const site = await open(test, { remember: {}, twoFactor: { issuer: "Shelf" } });
    await manageAccounts(site.app).create({ email, password });
    await site.client.post("/account/login", { form: { email, password } });
    await site.client.get(site.provider.visit(await leave(site.client, "/account/providers/example")));
    const { body } = await site.client.get("/account/two-factor");
    const secret = /shows: ((?:[A-Z2-7]{4} ?){8})/.exec(body)![1]!.replaceAll(" ", "");
    assert.equal((await site.client.post("/account/two-factor", { form: { code: codeNow(secret) } })).status, 200);
    test.mock.timers.setTime(start + 60_000);
    return { ...site, client: site.visit(), secret };
  }

  for (const [form, isRemembered] of [
    [{}, false],
    [{ remember: "false" }, false],
    [{ remember: "perhaps" }, false],
    [{ remember: "true" }, true],
  ] as const) {
    const what = `${isRemembered ? "remembers" : "does not remember"} the browser with ${JSON.stringify(form)}`;
    const begin = async (client: TestClient): Promise<string> => {
      const reply = await client.post("/account/login/example?next=/who", { form });
      assert.equal(reply.status, 303, reply.body);
      return reply.headers.get("location")!;
    };

    it(`asks for the code of a user with two-factor sign-in, and ${what}`, async (test) => {
      const site = await openEnrolled(test);
      const { client, secret } = site;
      const first = await client.get(site.provider.visit(await begin(client)));
      assert.equal(first.headers.get("location"), "/account/login/code?next=%2Fwho");
      assert.equal(await who(site), null);
      assert.equal((await client.get("/secret")).headers.get("location"), "/account/login?next=%2Fsecret");
      assert.equal(findCookie(client, "remember"), undefined);
      const between = findCookie(client, "session")!;
      const wrong = await client.post("/account/login/code", { form: { code: "no code" } });
      assert.deepEqual([wrong.status, await who(site)], [422, null]);
      const done = await client.post("/account/login/code?next=/who", { form: { code: codeNow(secret) } });
      assert.equal(done.headers.get("location"), "/who", done.body);
      assert.equal(await who(site), email);
      assert.equal(findCookie(client, "remember") !== undefined, isRemembered);
      const thief = site.visit();
      thief.setCookie(...between);
      assert.equal(await who({ client: thief }), null);
    });

    it(what, async (test) => {
      const site = await open(test, { remember: {} });
      await site.client.get(site.provider.visit(await begin(site.client)));
      assert.equal(await who(site), email);
      assert.equal(findCookie(site.client, "remember") !== undefined, isRemembered);
    });
  }

  for (const [what, page] of [
    ["the plain page", undefined],
    ["the view of new projects", "create-gable/templates/full/views/accounts/page.html"],
    ["the view of the library", "examples/library/views/accounts/page.html"],
  ] as const)
    for (const remember of [true, false])
      it(`takes the checkbox of ${what}, ${remember ? "checked" : "not checked"}, whatever else is in the form`, async (test) => {
        const site = await open(test, { remember: {} }, page === undefined ? {} : { views: copyPage(test, page) });
        const shown = await site.client.get("/account/login?next=/who");
        assert.equal(shown.body.match(/type="checkbox"/g)?.length, 1);
        const reply = await shown.form("login-form").fill({ email: "no address", remember }).submit("Sign in with Example");
        assert.equal(reply.status, 303, reply.body);
        const back = await site.client.get(site.provider.visit(reply.headers.get("location")!));
        assert.equal(back.headers.get("location"), "/who", back.body);
        assert.equal(await who(site), email);
        assert.equal(findCookie(site.client, "remember") !== undefined, remember);
      });

  it("ignores the wish to be remembered on a site without the option", async (test) => {
    const site = await open(test, {});
    const reply = await site.client.post("/account/login/example", { form: { remember: "true" } });
    await site.client.get(site.provider.visit(reply.headers.get("location")!));
    assert.equal(await who(site), email);
    assert.equal(findCookie(site.client, "remember"), undefined);
  });
});

describe("verifyEmail with a provider", () => {
  const claims = {
    verified: { email, email_verified: true },
    unverified: { email, email_verified: false },
    absent: { email },
  };
  type Account = "new" | "confirmed" | "unconfirmed" | "linked" | "linked, unconfirmed";
  /** Who is signed in: Ann, or nobody. "made" is Ann with a new account whose address counts as confirmed. */
  const rows: ReadonlyArray<readonly [Account, string, verified: string, unverified: string, absent: string]> = [
    ["new", "before", "made", "nobody", "nobody"],
    ["new", "after", "made", "nobody", "nobody"],
    ["new", "never", "made", "nobody", "nobody"],
    ["confirmed", "before", "Ann", "nobody", "nobody"],
    ["confirmed", "after", "Ann", "nobody", "nobody"],
    ["confirmed", "never", "Ann", "nobody", "nobody"],
    ["unconfirmed", "before", "nobody", "nobody", "nobody"],
    ["unconfirmed", "after", "nobody", "nobody", "nobody"],
    ["unconfirmed", "never", "nobody", "nobody", "nobody"],
    ["linked", "before", "Ann", "Ann", "Ann"],
    ["linked", "after", "Ann", "Ann", "Ann"],
    ["linked", "never", "Ann", "Ann", "Ann"],
    ["linked, unconfirmed", "before", "nobody", "nobody", "nobody"],
    ["linked, unconfirmed", "after", "Ann", "Ann", "Ann"],
    ["linked, unconfirmed", "never", "Ann", "Ann", "Ann"],
  ];
  for (const [account, verifyEmail, ...expected] of rows)
    for (const [index, said] of (["verified", "unverified", "absent"] as const).entries())
      it(`"${verifyEmail}", ${account} account, ${said} address: ${expected[index]}`, async (test) => {
        // The option is one of the three names.
        const site = await open(test, { verifyEmail: verifyEmail as "before" }, { hasMail: true });
        const { provider, app, client, run, User, Identity } = site;
        if (account !== "new") await manageAccounts(app).create({ email, password });
        if (account.startsWith("linked")) {
          await client.post("/account/login", { form: { email, password } });
          await client.get(provider.visit(await leave(client, "/account/providers/example")));
          assert.equal(await run(() => Identity.count()), 1);
          await client.post("/account/logout");
        }
        if (account.endsWith("unconfirmed")) await run(() => User.where({ email }).update({ emailVerifiedAt: null }));
        provider.behavior.claims = { ...claims[said] };
        const reply = await client.get(provider.visit(await leave(client)));
        assert.equal(await who(site), expected[index] === "nobody" ? null : email);
        const users = await run(async () => User.all());
        assert.equal(users.length, account === "new" && expected[index] === "nobody" ? 0 : 1);
        if (expected[index] === "made") assert.ok(users[0]!.emailVerifiedAt !== null);
        if (account.endsWith("unconfirmed")) assert.equal(users[0]!.emailVerifiedAt, null);
        if (expected[index] !== "nobody") return;
        assert.equal(reply.status, 403);
        assert.match(reply.body, /E_PROVIDER_ACCOUNT/);
        assert.equal(await run(() => Identity.count()), account.startsWith("linked") ? 1 : 0);
        if (account === "linked, unconfirmed") assert.match(reply.body, /Confirm the e-mail address[^]*href="\/account\/password\/forgot"/);
      });

  it("opens a linked account after its address was confirmed by mail", async (test) => {
    const site = await open(test, { verifyEmail: "before" }, { hasMail: true });
    const { provider, client, run, User } = site;
    await client.get(provider.visit(await leave(client)));
    await client.post("/account/logout");
    await run(() => User.where({ email }).update({ emailVerifiedAt: null }));
    assert.equal((await client.get(provider.visit(await leave(client)))).status, 403);
    await client.post("/account/password/forgot", { form: { email } });
    await client.get(await lastLink(site));
    assert.equal((await client.post("/account/password/reset", { form: { password } })).status, 303);
    await client.get(provider.visit(await leave(client)));
    assert.equal(await who(site), email);
  });
});
