/** The throttle by client, and hashes that are replaced at the login. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openSite, password, register } from "./site.ts";

describe("the throttle", () => {
  it("allows a client 50 attempts in 10 minutes, at whatever accounts", async (test) => {
    const site = await openSite(test, { foreignHashes: [{ prefix: "plain$", verify: () => false }] });
    for (let index = 0; index <= 50; index++) {
      const reply = await site.visit().post("/account/login", { form: { email: `eve${index}@example.com`, password } });
      assert.equal(reply.status, index < 50 ? 422 : 429, `attempt ${index + 1}`);
    }
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
