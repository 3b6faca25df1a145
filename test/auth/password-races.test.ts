/** Two requests about one password at the same time: whoever only knows the old one gets nothing once it has changed. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { manageAccounts } from "gable/auth";
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
      const accounts = manageAccounts(site.app);
      await accounts.setPassword((await accounts.findByEmail("ann@example.com"))!, newPassword);
      gate.open();
      assert.notEqual((await login).status, 303);
      assert.equal((await visitor.get("/maybe")).json<{ email: string | null }>().email, null);
      const sign = async (typed: string): Promise<number> =>
        (await site.visit().post("/account/login", { form: { email: "ann@example.com", password: typed } })).status;
      assert.deepEqual([await sign(newPassword), await sign(password)], [303, 422]);
    });

  it("ends the session of a login that was checked with the old one", async (test) => {
    const site = await openSite(test);
    await register(site);
    const accounts = manageAccounts(site.app);
    const visitor = site.visit();
    // The account is read before the change, and the session begins after it.
    const login = visitor.post("/account/login", { form: { email: "ann@example.com", password } });
    const user = (await accounts.findByEmail("ann@example.com"))!;
    const [reply] = await Promise.all([login, accounts.setPassword(user, newPassword)]);
    assert.ok([303, 422].includes(reply.status), reply.body);
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
    const accounts = manageAccounts(site.app);
    await accounts.setPassword((await accounts.findByEmail("ann@example.com"))!, newPassword);
    gate.open();
    assert.equal((await change).status, 422);
    assert.equal((await client.get("/maybe")).json<{ email: string | null }>().email, null);
    const sign = async (typed: string): Promise<number> =>
      (await site.visit().post("/account/login", { form: { email: "ann@example.com", password: typed } })).status;
    assert.deepEqual([await sign(newPassword), await sign("slow-other-secret-7")], [303, 422]);
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
