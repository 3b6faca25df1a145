/** The way back, when it is at the limit and longer: no request of a visitor is a 500. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openProviderSite } from "./providers/provider-site.ts";
import { openTestProvider } from "./providers/test-provider.ts";
import { openSite, password, register } from "./site.ts";

const encodedMax = 6_000;
const providerMax = 1_500;
/** Longest query that a server takes, with the path and `next=`. */
const targetMax = 8_100;
const locationOf = (reply: { headers: Headers }): string | null => reply.headers.get("location");

describe("the way back", () => {
  for (const [what, path, isKept] of [
    ["at the limit", `/in?${"a".repeat(encodedMax - "%2Fin%3F".length)}`, true],
    ["above it", `/in?${"a".repeat(encodedMax - "%2Fin%3F".length + 1)}`, false],
    ["at the limit once it is encoded", `/in?${"%22".repeat((encodedMax - "%2Fin%3F".length) / 5 - 1)}`, true],
    ["above it once it is encoded", `/in?${"%22".repeat(encodedMax / 5)}`, false],
    ["as long as a server takes", `/in?${"%22".repeat(2_700)}`, false],
  ] as const)
    it(`leads to the login and back: ${what}`, async (test) => {
      const site = await openSite(test);
      await register(site);
      const client = site.visit();
      const login = locationOf(await client.get(path));
      assert.equal(login, isKept ? `/account/login?next=${encodeURIComponent(path)}` : "/account/login");
      const reply = await client.post(login!, { form: { email: "ann@example.com", password } });
      assert.deepEqual([reply.status, locationOf(reply)], [303, isKept ? path : "/"]);
    });

  for (const [method, path] of [
    ["GET", "/account/login"],
    ["POST", "/account/login"],
    ["GET", "/account/login/code"],
    ["POST", "/account/login/code"],
    ["POST", "/account/login/example"],
    ["GET", "/account/confirm"],
    ["POST", "/account/confirm"],
    ["GET", "/account/confirm/code"],
    ["POST", "/account/confirm/example"],
    ["GET", "/account/register"],
    ["POST", "/account/register"],
  ] as const)
    for (const store of ["cookie", "memory"] as const)
      it(`is never too long for ${method} ${path}, with sessions in the store ${store}`, async (test) => {
        const provider = await openTestProvider();
        test.after(() => provider.close());
        const { visit } = await openProviderSite(test, provider.issuer, {
          store,
          accounts: { remember: {}, twoFactor: { issuer: "Shelf" } },
        });
        const [visitor, user] = [visit(), visit()];
        assert.equal((await user.post("/account/register", { form: { email: "ann@example.com", password } })).status, 303);
        const form = { email: "bob@example.com", password, current: password, code: "000000" };
        for (const next of [
          "/a".repeat(targetMax / 2),
          `/${"%E2%82%AC".repeat(850)}`,
          `/${"%22".repeat(2_600)}`,
          `/${"a".repeat(providerMax)}`,
        ])
          for (const client of [visitor, user]) {
            const reply = await client.request(method, `${path}?next=${next}`, method === "POST" ? { form } : {});
            assert.ok(reply.status < 500, `${reply.status} ${reply.body}`);
          }
      });

  for (const [length, isKept] of [
    [providerMax, true],
    [providerMax + 1, false],
  ] as const)
    it(`${isKept ? "leads" : "does not lead"} back from a provider with ${length} bytes`, async (test) => {
      const provider = await openTestProvider();
      test.after(() => provider.close());
      provider.behavior.claims = { email: "ann@example.com", email_verified: true };
      const { client } = await openProviderSite(test, provider.issuer, { store: "cookie" });
      const next = `/${"a".repeat(length - 1)}`;
      const away = locationOf(await client.post(`/account/login/example?next=${next}`));
      assert.equal(locationOf(await client.get(provider.visit(away!))), isKept ? next : "/");
    });
});
