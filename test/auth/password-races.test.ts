/** Two requests about one password at the same time: whoever only knows the old one gets nothing once it has changed. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { manageAccounts } from "gable/auth";
import type { RateStore } from "gable/security";
import { memoryRates } from "gable/security";
import type { Site } from "./site.ts";
import { openSite, password, register, sessionCookie, waitForMails, lastLink } from "./site.ts";

const newPassword = "brand-new-secret-5";

/** A place where work waits until it may go on. */
function createGate() {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const pass = async (): Promise<void> => {
    reached.resolve();
    await opened.promise;
  };
  return { reached: reached.promise, open: opened.resolve, pass };
}

/** Sets a new password of Ann, as staff or a link does. */
async function setNewPassword({ app }: Site): Promise<void> {
  const accounts = manageAccounts(app);
  await accounts.setPassword((await accounts.findByEmail("ann@example.com"))!, newPassword);
}

/** Signs Ann in at another device. Returns the status. */
async function signIn({ visit }: Site, typed: string): Promise<number> {
  return (await visit().post("/account/login", { form: { email: "ann@example.com", password: typed } })).status;
}

describe("a password that changes while an older request is answered", () => {
  for (const remember of [false, true])
    it(`is not replaced by a login with the old one${remember ? " that is to be remembered" : ""}`, async (test) => {
      const gate = createGate();
      const verify = async (typed: string): Promise<boolean> => {
        await gate.pass();
        return typed === password;
      };
      const site = await openSite(test, { foreignHashes: [{ prefix: "slow$", verify }], ...(remember && { remember: {} }) });
      await register(site);
      await site.run(() => site.User.where({ email: "ann@example.com" }).update({ password: "slow$1" }));
      const visitor = site.visit();
      const form = { email: "ann@example.com", password, ...(remember && { remember: "on" }) };
      const login = visitor.post("/account/login", { form });
      await gate.reached;
      await setNewPassword(site);
      gate.open();
      assert.notEqual((await login).status, 303);
      assert.equal((await visitor.get("/maybe")).json<{ email: string | null }>().email, null);
      assert.deepEqual([await signIn(site, newPassword), await signIn(site, password)], [303, 422]);
    });

  for (const remember of [false, true])
    it(`ends the session of a login that was checked with the old one${remember ? ", and forgets its browser" : ""}`, async (test) => {
      const gate = createGate();
      const rates = memoryRates();
      // The password has been checked by then, and the session has not begun.
      const store: RateStore = {
        take: (key, rule, nowUs) => rates.take(key, rule, nowUs),
        reset: async (key) => {
          await gate.pass();
          await rates.reset(key);
        },
        deleteExpired: () => 0,
      };
      const site = await openSite(test, remember ? { remember: {} } : {}, { rateLimits: { store } });
      await register(site);
      const visitor = site.visit();
      const form = { email: "ann@example.com", password, ...(remember && { remember: "on" }) };
      const login = visitor.post("/account/login", { form });
      await gate.reached;
      await setNewPassword(site);
      // The clock goes on: the session begins later than the change.
      await wait(5);
      gate.open();
      assert.equal((await login).status, 303);
      assert.equal((await visitor.get("/maybe")).json<{ email: string | null }>().email, null);
    });

  it("is not replaced by a change that knows the old one", async (test) => {
    const gate = createGate();
    const checkPassword = async (typed: string): Promise<undefined> => {
      if (typed.startsWith("slow")) await gate.pass();
    };
    const site = await openSite(test, { checkPassword });
    const client = await register(site);
    const change = client.post("/account/password", { form: { current: password, password: "slow-other-secret-7" } });
    await gate.reached;
    await setNewPassword(site);
    gate.open();
    assert.equal((await change).status, 422);
    assert.equal((await client.get("/maybe")).json<{ email: string | null }>().email, null);
    assert.deepEqual([await signIn(site, newPassword), await signIn(site, "slow-other-secret-7")], [303, 422]);
  });

  it("cannot be reset by a session that somebody else has planted", async (test) => {
    const site = await openSite(test);
    const owner = await register(site);
    const planted = sessionCookie(owner);
    await site.visit().post("/account/password/forgot", { form: { email: "ann@example.com" } });
    await waitForMails(site, 1);
    assert.equal((await owner.get(await lastLink(site))).status, 303);
    assert.notEqual(sessionCookie(owner), planted);
    const other = site.visit();
    const reply = await other.post("/account/password/reset", { form: { password: newPassword }, headers: { cookie: planted } });
    assert.notEqual(reply.status, 303);
    assert.equal((await owner.post("/account/password/reset", { form: { password: newPassword } })).status, 303);
  });
});
