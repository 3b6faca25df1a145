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
