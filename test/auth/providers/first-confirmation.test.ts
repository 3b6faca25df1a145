/** A reset link that confirms an address for the first time: what was added by whoever knew the old password goes. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, it } from "node:test";
import type { AccountsOptions } from "gable/auth";
import { manageAccounts } from "gable/auth";
import { changeHeld } from "../../../src/auth/held-account.ts";
import { accountsPart } from "../../../src/auth/part.ts";
import { toCode } from "../../../src/auth/two-factor/totp.ts";
import { lastLink, waitForMails } from "../site.ts";
import { email, leave, openProviderSite, password, who } from "./provider-site.ts";
import { openTestProvider } from "./test-provider.ts";

const newPassword = "brand-new-secret-5";

/** An account with an identity, a second factor, an API token and a remembered browser, all made in one session. */
async function open(test: TestContext, verifyEmail: AccountsOptions["verifyEmail"] & string) {
  const provider = await openTestProvider();
  test.after(() => provider.close());
  provider.behavior.claims = { sub: "first" };
  const accounts = { verifyEmail, remember: {}, twoFactor: { issuer: "Shelf" }, tokens: { scopes: ["read"] } };
  const site = await openProviderSite(test, provider.issuer, { hasMail: true, accounts });
  const { client, mails } = site;
  await client.post("/account/register", { form: { email, password } });
  if (verifyEmail !== "never") await waitForMails(site, 1);
  return {
    ...site,
    confirmAddress: async () => assert.equal((await client.post(await lastLink(site))).status, 303),
    addAll: async (): Promise<{ token: string }> => {
      assert.equal((await client.post("/account/login", { form: { email, password, remember: "true" } })).status, 303);
      const linked = await client.get(provider.visit(await leave(client, "/account/providers/example")));
      assert.equal(linked.headers.get("location"), "/account/providers", linked.body);
      const made = await client.post("/account/tokens", { form: { name: "Program", scopes: "read" } });
      const secret = /shows: ([A-Z2-7 ]+)</.exec((await client.get("/account/two-factor")).body)![1]!.replaceAll(" ", "");
      const code = toCode(secret, Math.floor(Date.now() / 30_000));
      assert.match((await client.post("/account/two-factor", { form: { code } })).body, /Your recovery codes/);
      return { token: /gable_\w+/.exec(made.body)![0] };
    },
    /** Sets a new password by mail, as the owner of the mailbox. Returns the notice. */
    reset: async (): Promise<string> => {
      const owner = site.visit();
      const count = mails.messages.length;
      await owner.post("/account/password/forgot", { form: { email } });
      await waitForMails(site, count + 1);
      await owner.get(await lastLink(site));
      assert.equal((await owner.post("/account/password/reset", { form: { password: newPassword } })).status, 303);
      await waitForMails(site, count + 2);
      return mails.messages[0]!.text!;
    },
    /** What still opens the account. */
    findWays: async (token: string) => {
      const byIdentity = site.visit();
      const start = await byIdentity.post("/account/login/example", { form: { remember: "" } });
      await byIdentity.get(provider.visit(start.headers.get("location")!));
      const byPassword = site.visit();
      const { headers } = await byPassword.post("/account/login", { form: { email, password: newPassword } });
      return {
        session: await who({ client }),
        token: (await site.visit().withToken(token).get("/api")).status,
        identities: await site.run(() => site.Identity.count()),
        // With a second factor, both lead to its question.
        identity: (await byIdentity.get("/account/login/code")).status === 200 ? "code" : await who({ client: byIdentity }),
        next: headers.get("location"),
      };
    },
  };
}

describe("a new password by mail", () => {
  for (const verifyEmail of ["after", "never"] as const)
    it(`removes what was added before the address was ever confirmed, with verifyEmail "${verifyEmail}"`, async (test) => {
      const site = await open(test, verifyEmail);
      await site.client.post("/account/logout");
      const { token } = await site.addAll();
      await settle(site);
      assert.match(await site.reset(), /Your address was not confirmed before, so two-factor sign-in, API tokens and linked providers/);
      const left = await site.findWays(token);
      assert.deepEqual(left, { session: null, token: 401, identities: 0, identity: null, next: "/" });
      assert.ok((await manageAccounts(site.app).getByEmail(email)).emailVerifiedAt !== null);
    });

  for (const verifyEmail of ["after", "before"] as const)
    it(`keeps second factor, identities and tokens of a confirmed address, with verifyEmail "${verifyEmail}"`, async (test) => {
      const site = await open(test, verifyEmail);
      await site.confirmAddress();
      await site.client.post("/account/logout");
      const { token } = await site.addAll();
      await settle(site);
      assert.doesNotMatch(await site.reset(), /removed/);
      const left = await site.findWays(token);
      assert.deepEqual(left, { session: null, token: 200, identities: 1, identity: "code", next: "/account/login/code?next=%2F" });
    });

  it("removes nothing more once the address is confirmed", async (test) => {
    const site = await open(test, "never");
    assert.doesNotMatch(await site.reset(), /removed/);
    const { client } = site;
    await client.post("/account/login", { form: { email, password: newPassword } });
    await client.post("/account/tokens", { form: { name: "Program", scopes: "read" } });
    assert.doesNotMatch(await site.reset(), /removed/);
    assert.equal((await manageAccounts(site.app).listTokens(await manageAccounts(site.app).getByEmail(email))).length, 1);
  });

  it("stops changes of requests that began before it", async (test) => {
    const site = await open(test, "never");
    const service = site.app.part(accountsPart);
    const user = (await service.findById("1"))!;
    assert.equal(await site.run(() => changeHeld(service, user, async () => "changed")), "changed");
    await site.reset();
    const late = site.run(() => changeHeld(service, user, async () => assert.fail("It ran.")));
    await assert.rejects(late, { code: "E_LOGIN_REQUIRED", message: "You were signed out. Sign in again." });
  });
});

/** Waits for the notices of the new identity and of the second factor. */
async function settle(site: Parameters<typeof waitForMails>[0] & { readonly run: unknown }): Promise<void> {
  const count = (): number => site.mails.messages.filter(({ subject }) => /was turned on|was linked/.test(subject)).length;
  for (let tries = 0; count() < 2 && tries < 500; tries++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(count(), 2);
}

describe("the notice of a linked provider", () => {
  for (const [how, isVerified, isMailed] of [
    ["on the page of providers", false, true],
    ["by an address that both sides have verified", true, true],
    ["again", false, false],
  ] as const)
    it(`is ${isMailed ? "" : "not "}mailed after it is linked ${how}`, async (test) => {
      const provider = await openTestProvider();
      test.after(() => provider.close());
      provider.behavior.claims = { email, email_verified: isVerified };
      const site = await openProviderSite(test, provider.issuer, { hasMail: true });
      await manageAccounts(site.app).create({ email, password });
      const link = async (): Promise<void> => {
        if (!isVerified) await site.client.post("/account/login", { form: { email, password } });
        const path = isVerified ? "/account/login/example" : "/account/providers/example";
        assert.equal((await site.client.get(provider.visit(await leave(site.client, path)))).status, 303);
      };
      await link();
      await waitForMails(site, 1);
      const [{ to, subject, text } = assert.fail()] = site.mails.messages;
      assert.deepEqual([JSON.stringify(to).includes(email), subject], [true, "A provider was linked to your account"]);
      assert.match(text!, /^Example was linked to your account.*unlink it.*\n\nhttps:\/\/shelf\.example\/account\/password\/forgot\n$/s);
      if (isMailed) return;
      await link();
      await new Promise((resolve) => setTimeout(resolve, 50));
      await waitForMails(site, 1);
    });
});
