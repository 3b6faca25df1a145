/** Links that count once, asked for by HEAD and OPTIONS before a browser opens them: mail programs and scanners do. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TestClient, TestReply } from "gable/testing";
import { email, leave, openProviderSite, password, who } from "./providers/provider-site.ts";
import { openTestProvider } from "./providers/test-provider.ts";
import { lastLink, openSite, register } from "./site.ts";

const methods = ["HEAD", "OPTIONS"] as const;

async function look(client: TestClient, method: (typeof methods)[number], path: string): Promise<void> {
  const reply = await client.request(method, path);
  assert.ok(reply.status < 400, `${reply.status} ${reply.body}`);
  assert.deepEqual(reply.headers.getSetCookie(), []);
  if (method === "HEAD") assert.equal(reply.headers.get("referrer-policy"), "no-referrer");
}

const locationOf = (reply: TestReply): string | null => reply.headers.get("location");

for (const method of methods)
  describe(`${method} on a link that counts once`, () => {
    for (const [purpose, start, end] of [
      ["a sign-in", "/account/login/example?next=/who", "/who"],
      ["a confirmation", "/account/confirm/example?next=/secret", "/secret"],
      ["a provider to link", "/account/providers/example", "/account/providers"],
    ] as const)
      it(`leaves the answer of a provider to the browser: ${purpose}`, async (test) => {
        const provider = await openTestProvider();
        test.after(() => provider.close());
        provider.behavior.claims = { email, email_verified: true };
        const site = await openProviderSite(test, provider.issuer);
        if (purpose !== "a sign-in") await site.client.get(provider.visit(await leave(site.client)));
        const path = provider.visit(await leave(site.client, start));
        await look(site.client, method, path);
        if (purpose === "a sign-in") assert.equal(await who(site), null);
        assert.equal(locationOf(await site.client.get(path)), end);
        assert.equal(await who(site), email);
        assert.equal((await site.client.get(path)).status, 400);
      });

    it("leaves a link for a new password, and begins no session", async (test) => {
      const site = await openSite(test);
      await register(site);
      const client = site.visit();
      await client.post("/account/password/forgot", { form: { email } });
      const link = await lastLink(site);
      await look(client, method, link);
      assert.equal((await client.get("/account/password/reset")).status, 410);
      await client.get(link);
      await look(client, method, "/account/password/reset");
      assert.equal((await client.post("/account/password/reset", { form: { password: "other-horse-42" } })).status, 303);
    });

    it("leaves a link that confirms an address", async (test) => {
      const site = await openSite(test, { verifyEmail: "before" });
      const client = site.visit();
      await client.post("/account/register", { form: { email, password } });
      const link = await lastLink(site);
      await look(client, method, link);
      assert.equal(locationOf(await client.post(link)), "/account/login");
    });
  });

describe("a link for a new password that cannot be one", () => {
  for (const [what, token] of [
    ["too short", "a".repeat(42)],
    ["too long", "a".repeat(44)],
    ["too long for a session in a cookie", "%E2%82%AC".repeat(880)],
  ] as const)
    for (const store of ["cookie", "memory"] as const)
      it(`is not kept, and replaces an earlier one: ${what}, with sessions in the store ${store}`, async (test) => {
        const site = await openSite(test, {}, { store });
        await register(site);
        const client = site.visit();
        await client.post("/account/password/forgot", { form: { email } });
        await client.get(await lastLink(site));
        assert.equal((await client.get("/account/password/reset")).status, 200);
        assert.equal(locationOf(await client.get(`/account/password/reset/${token}`)), "/account/password/reset");
        assert.equal((await client.get("/account/password/reset")).status, 410);
      });
});
