/** The throttle by client, and hashes that are replaced at the login. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openSite, password, register } from "./site.ts";

describe("the throttle", () => {
  it("allows a client 50 attempts in 10 minutes, at whatever accounts", async (test) => {
    const site = await openSite(test, { foreignHashes: [{ prefix: "plain$", verify: () => false }] });
    const started = performance.now();
    const attempt = async (index: number): Promise<number> =>
      (await site.visit().post("/account/login", { form: { email: `eve${index}@example.com`, password } })).status;
    let allowed = 0;
    while (allowed < 100 && (await attempt(allowed)) === 422) allowed++;
    // One more attempt comes back every 12 seconds, and hashing takes its time on a busy machine.
    const returned = Math.ceil((performance.now() - started) / 12_000);
    assert.ok(allowed >= 50 && allowed <= 50 + returned, `${allowed} attempts were allowed, and ${returned} came back meanwhile`);
  });
});

describe("the throttle of a client with IPv6", () => {
  /** Tries until the throttle answers, each time from another address. Returns how many tries it allowed. */
  async function countAllowed(test: Parameters<typeof openSite>[0], addressOf: (index: number) => string): Promise<number> {
    const hashes = { foreignHashes: [{ prefix: "plain$", verify: () => false }] };
    const { app } = await openSite(test, hashes, { proxies: { trust: ["loopback"] } });
    const running = await app.listen({ port: 0, quiet: true, signals: false });
    try {
      for (let index = 0; index < 60; index++) {
        const headers = { "x-forwarded-for": addressOf(index), "sec-fetch-site": "same-origin" };
        const body = new URLSearchParams({ email: `eve${index}@example.com` });
        const { status } = await fetch(`${running.url}/account/password/forgot`, { method: "POST", headers, body });
        assert.ok(status === 200 || status === 429, String(status));
        if (status === 429) return index;
      }
      return 60;
    } finally {
      await running.stop();
    }
  }

  it("counts all addresses of its network together, and those of other networks apart", async (test) => {
    assert.equal(await countAllowed(test, (index) => `2001:db8:1:2::${(index + 1).toString(16)}`), 5);
    assert.equal(await countAllowed(test, (index) => `2001:db8:1:${(index + 1).toString(16)}::1`), 60);
    assert.equal(await countAllowed(test, (index) => `192.0.2.${index + 1}`), 60);
  });
});

describe("a hash of another system", () => {
  it("is checked, and replaced at the login", async (test) => {
    const site = await openSite(test, { foreignHashes: [{ prefix: "plain$", verify: (tried, hash) => hash === `plain$${tried}` }] });
    await register(site);
    const mine = { email: "ann@example.com" };
    await site.run(() => site.User.where(mine).update({ password: `plain$${password}` }));
    await site.signIn();
    const user = await site.run(() => site.User.where(mine).first());
    assert.match(user!.password, /^\$(?:argon2id|scrypt)\$/);
    await site.signIn();
  });
});
