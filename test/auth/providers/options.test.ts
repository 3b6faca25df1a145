/** Sign-in with a provider, together with the other options of accounts. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, it } from "node:test";
import type { AccountsOptions } from "gable/auth";
import { manageAccounts } from "gable/auth";
import type { TestClient } from "gable/testing";
import { toCode } from "../../../src/auth/two-factor/totp.ts";
import { email, leave, openProviderSite, password, who } from "./provider-site.ts";
import { openTestProvider } from "./test-provider.ts";

async function open(test: TestContext, accounts: Omit<AccountsOptions, "user">, { hasMail = false } = {}) {
  const provider = await openTestProvider();
  test.after(() => provider.close());
  provider.behavior.claims = { email, email_verified: true };
  return { provider, ...(await openProviderSite(test, provider.issuer, { accounts, hasMail })) };
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

  it("ignores the wish to be remembered on a site without the option", async (test) => {
    const site = await open(test, {});
    const reply = await site.client.post("/account/login/example", { form: { remember: "true" } });
    await site.client.get(site.provider.visit(reply.headers.get("location")!));
    assert.equal(await who(site), email);
    assert.equal(findCookie(site.client, "remember"), undefined);
  });
});
