/** Sign-in with a real provider: the package oidc-provider, which checks what the application sends. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { email, leave, openProviderSite, who } from "./provider-site.ts";
import { openRealProvider } from "./real-provider.ts";

const basic = "client_secret_basic";
const inBody = "client_secret_post";

describe("sign-in with the package oidc-provider", () => {
  for (const [what, options, expected] of [
    ["authenticates with a head", { authentication: basic }, "/token Basic"],
    ["authenticates in the body", { authentication: inBody }, "/token no head"],
    ["prefers the head when the provider lists both", { authentication: basic, listed: [inBody, basic] }, "/token Basic"],
  ] as const)
    it(`${what}, and finds the account again`, async (test) => {
      const provider = await openRealProvider(test, options);
      const site = await openProviderSite(test, provider.issuer);
      const browser = provider.openBrowser();
      const address = await leave(site.client, "/account/login/example?next=/who");
      const { back, asked } = await browser.visit(address);
      assert.deepEqual(asked, ["login", "consent"]);
      const reply = await site.client.get(back);
      assert.equal(reply.headers.get("location"), "/who", reply.body + site.logged.join());
      assert.equal(await who(site), email);
      assert.deepEqual(
        provider.requests.filter((request) => request.startsWith("/token")),
        [expected],
      );
      await site.client.post("/account/logout");
      const again = await browser.visit(await leave(site.client));
      assert.deepEqual(again.asked, []);
      await site.client.get(again.back);
      assert.equal(await who(site), email);
      assert.deepEqual(await site.run(async () => [await site.User.count(), await site.Identity.count()]), [1, 1]);
    });

  for (const [hasClaimsInToken, count] of [
    [true, 0],
    [false, 1],
  ] as const)
    it(`asks for the user info ${count} times when the ID token has ${hasClaimsInToken ? "the" : "no"} address`, async (test) => {
      const provider = await openRealProvider(test, { hasClaimsInToken });
      const site = await openProviderSite(test, provider.issuer);
      const { back } = await provider.openBrowser().visit(await leave(site.client));
      assert.equal((await site.client.get(back)).status, 303);
      assert.equal(await who(site), email);
      assert.equal(provider.requests.filter((request) => request === "/me").length, count);
    });

  it("is refused without the verifier of the code: another browser has it", async (test) => {
    const provider = await openRealProvider(test);
    const site = await openProviderSite(test, provider.issuer);
    const [mine, other] = [await leave(site.client), new URL(await leave(site.visit()))];
    // The thief sends the state of the victim with a code that belongs to another verifier.
    for (const name of ["state", "nonce"]) other.searchParams.set(name, new URL(mine).searchParams.get(name)!);
    const { back } = await provider.openBrowser().visit(other.href);
    const reply = await site.client.get(back);
    assert.equal(reply.status, 502);
    assert.match(reply.body, /E_PROVIDER_ANSWER/);
    assert.match(site.logged.join(), /invalid_grant/);
    assert.equal(await who(site), null);
  });

  it("says that the visitor declined, and lets the visitor start again", async (test) => {
    const provider = await openRealProvider(test);
    const site = await openProviderSite(test, provider.issuer);
    const browser = provider.openBrowser();
    const { back, asked } = await browser.visit(await leave(site.client), { consent: "decline" });
    assert.deepEqual(asked, ["login", "consent"]);
    const reply = await site.client.get(back);
    assert.equal(reply.status, 403);
    assert.match(reply.body, /E_PROVIDER_DENIED/);
    assert.match(reply.body, /href="\/account\/login"/);
    assert.equal(await who(site), null);
    assert.deepEqual(await site.run(async () => [await site.User.count(), await site.Identity.count()]), [0, 0]);
    const again = await browser.visit(await leave(site.client));
    assert.deepEqual(again.asked, ["consent"]);
    await site.client.get(again.back);
    assert.equal(await who(site), email);
  });
});
