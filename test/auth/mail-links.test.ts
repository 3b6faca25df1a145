/** Links in mails: confirmation, forgotten passwords, changes of password and address. */
import assert from "node:assert/strict";
import { request } from "node:http";
import { describe, it } from "node:test";
import { lastLink, openSite, password, register, waitForMails } from "./site.ts";

const newPassword = "quiet-lantern-88";

describe("confirmation before the first login", () => {
  it("answers known and unknown addresses with the same bytes, and mails the owner", async (test) => {
    const site = await openSite(test, { verifyEmail: "before" });
    const send = (email: string) => site.visit().post("/account/register", { form: { email, password } });
    const first = await send("ann@example.com");
    await waitForMails(site, 1);
    const second = await send("ann@example.com");
    await waitForMails(site, 2);
    assert.deepEqual([first.status, second.status, second.body], [200, 200, first.body]);
    assert.deepEqual(site.mails.messages.map(({ subject }) => subject).toReversed(), [
      "Confirm your e-mail address",
      "You have an account already",
    ]);
    assert.equal(await site.run(() => site.User.count()), 1);
  });

  it("lets nobody sign in before, and everybody after", async (test) => {
    const site = await openSite(test, { verifyEmail: "before" });
    await site.visit().post("/account/register", { form: { email: "ann@example.com", password } });
    const refused = await site.visit().post("/account/login", { form: { email: "ann@example.com", password } });
    assert.deepEqual([refused.status, /E-mail or password is wrong/.test(refused.body)], [422, true]);
    const path = await lastLink(site);
    const scanner = site.visit();
    for (let time = 0; time < 3; time++) assert.equal((await scanner.get(path)).status, 200);
    assert.equal((await site.visit().post(path)).headers.get("location"), "/account/login");
    await site.signIn();
    assert.equal((await site.visit().post(path)).status, 410);
  });
});

describe("a forgotten password", () => {
  it("is answered with the same bytes for known, unknown and inactive addresses", async (test) => {
    const site = await openSite(test);
    await register(site);
    await register(site, "bob@example.com");
    await site.run(() => site.User.where({ email: "bob@example.com" }).update({ active: false }));
    const bodies = [];
    for (const email of ["ann@example.com", "eve@example.com", "bob@example.com"])
      bodies.push((await site.visit().post("/account/password/forgot", { form: { email } })).body);
    assert.deepEqual([bodies[1], bodies[2]], [bodies[0], bodies[0]]);
    await waitForMails(site, 1);
    assert.deepEqual(
      site.mails.messages.flatMap(({ to }) => to.map(({ address }) => address)),
      ["ann@example.com"],
    );
  });

  it("is reset once, ends all sessions, and notifies the owner", async (test) => {
    const site = await openSite(test);
    const other = await register(site);
    await site.visit().post("/account/password/forgot", { form: { email: "ann@example.com" } });
    const path = await lastLink(site);
    const [client, late] = [site.visit(), site.visit()];
    for (const each of [client, late]) {
      const opened = await each.get(path);
      assert.deepEqual([opened.status, opened.headers.get("location")], [303, "/account/password/reset"]);
      assert.equal((await each.get("/account/password/reset")).status, 200);
    }
    assert.equal((await client.post("/account/password/reset", { form: { password: "password1" } })).status, 422);
    assert.equal(
      (await client.post("/account/password/reset", { form: { password: newPassword } })).headers.get("location"),
      "/account/login",
    );
    assert.equal((await late.post("/account/password/reset", { form: { password: "third-choice-99" } })).status, 410);
    assert.deepEqual((await other.get("/maybe")).json(), { email: null });
    await waitForMails(site, 2);
    assert.equal(site.mails.messages[0]?.subject, "Your password was changed");
    const login = (tried: string) => site.visit().post("/account/login", { form: { email: "ann@example.com", password: tried } });
    assert.deepEqual([(await login(password)).status, (await login(newPassword)).status], [422, 303]);
  });

  it("is set by one of two requests at the same time", async (test) => {
    const site = await openSite(test);
    await register(site);
    await site.visit().post("/account/password/forgot", { form: { email: "ann@example.com" } });
    const path = await lastLink(site);
    const clients = [site.visit(), site.visit()];
    for (const client of clients) await client.get(path);
    const replies = await Promise.all(clients.map((client) => client.post("/account/password/reset", { form: { password: newPassword } })));
    assert.deepEqual(replies.map(({ status }) => status).toSorted(), [303, 410]);
  });

  for (const [seconds, status] of [
    [3_599, 200],
    [3_601, 410],
  ] as const) {
    it(`answers ${status} after ${seconds} seconds`, async (test) => {
      const site = await openSite(test);
      await register(site);
      await site.visit().post("/account/password/forgot", { form: { email: "ann@example.com" } });
      const client = site.visit();
      await client.get(await lastLink(site));
      const realNow = Date.now;
      test.after(() => void (Date.now = realNow));
      Date.now = () => realNow() + seconds * 1_000;
      assert.equal((await client.get("/account/password/reset")).status, status);
    });
  }

  it("stores no secret", async (test) => {
    const site = await openSite(test);
    await register(site);
    await site.visit().post("/account/password/forgot", { form: { email: "ann@example.com" } });
    const secret = (await lastLink(site)).split("/").at(-1)!;
    assert.equal(Buffer.from(secret, "base64url").length, 32);
    const { createHash } = await import("node:crypto");
    const rows = await site.app.database().query((await import("gable/data")).sql`SELECT * FROM gable_account_tokens`);
    const text = JSON.stringify(rows);
    assert.deepEqual([text.includes(secret), text.includes(createHash("sha256").update(secret).digest("hex"))], [false, true]);
  });

  it("mails links with the configured origin under a foreign host", async (test) => {
    const site = await openSite(test, { verifyEmail: "after" });
    // Over a socket: fetch() would not send this Host.
    const running = await site.app.listen({ port: 0, quiet: true, signals: false });
    test.after(() => running.stop());
    const headers = {
      host: "evil.example",
      "x-forwarded-host": "evil.example",
      "sec-fetch-site": "same-origin",
      "content-type": "application/x-www-form-urlencoded",
    };
    const send = (path: string, form: Record<string, string>): Promise<number> =>
      new Promise((resolve, reject) => {
        const sent = request({ port: running.port, path, method: "POST", headers }, (reply) => {
          reply.resume();
          resolve(reply.statusCode!);
        });
        sent.on("error", reject).end(new URLSearchParams(form).toString());
      });
    // The host is one of the site's own, so the requests reach their handlers.
    assert.equal(await send("/account/register", { email: "ann@example.com", password }), 303);
    assert.equal(await send("/account/password/forgot", { email: "ann@example.com" }), 200);
    await waitForMails(site, 2);
    for (const message of site.mails.messages) {
      assert.equal(JSON.stringify(message).includes("evil.example"), false);
      assert.match(message.text ?? "", /https:\/\/shelf\.example\/account\//);
    }
  });

  it("sends five mails an hour to a mailbox, and refuses the sixth", async (test) => {
    const site = await openSite(test);
    for (const expected of [200, 200, 200, 200, 200, 429])
      assert.equal((await site.visit().post("/account/password/forgot", { form: { email: "eve@example.com" } })).status, expected);
  });

  it("has no route without mail", async (test) => {
    const site = await openSite(test, {}, { hasMail: false });
    for (const path of ["/account/password/forgot", "/account/verify/x", "/account/password/reset"])
      assert.equal((await site.visit().get(path)).status, 404);
    assert.doesNotMatch((await site.visit().get("/account/login")).body, /Forgotten/);
  });
});

for (const store of ["memory", "database", "cookie"] as const) {
  describe(`a change of the password, sessions in "${store}"`, () => {
    it("asks for the current one, ends other sessions and keeps this one", async (test) => {
      const site = await openSite(test, {}, { store });
      const other = await register(site);
      const client = await site.signIn();
      const wrong = await client.post("/account/password", { form: { current: "wrong-wrong-1", password: newPassword } });
      assert.deepEqual([wrong.status, /This is not your password/.test(wrong.body)], [422, true]);
      assert.equal((await client.post("/account/password", { form: { current: password, password: "password1" } })).status, 422);
      assert.equal((await client.post("/account/password", { form: { current: password, password: newPassword } })).status, 303);
      assert.deepEqual((await client.get("/maybe")).json(), { email: "ann@example.com" });
      assert.deepEqual((await other.get("/maybe")).json(), { email: null });
    });
  });
}

describe("a change of the address", () => {
  it("counts when the new address has confirmed, tells the old one, and voids links to it", async (test) => {
    const site = await openSite(test);
    const client = await register(site);
    await client.post("/account/password/forgot", { form: { email: "ann@example.com" } });
    const reset = await lastLink(site);
    assert.equal((await client.post("/account/email", { form: { current: "wrong-wrong-1", email: "new@example.com" } })).status, 422);
    assert.equal((await client.post("/account/email", { form: { current: password, email: "NEW@example.com" } })).status, 200);
    await waitForMails(site, 3);
    const [told, asked] = site.mails.messages; // The last one first.
    assert.deepEqual([asked?.to[0]?.address, told?.to[0]?.address], ["new@example.com", "ann@example.com"]);
    assert.deepEqual((await client.get("/in")).json(), { email: "ann@example.com" });
    const path = /https:\/\/shelf\.example(\S+)/.exec(asked?.text ?? "")![1]!;
    assert.equal((await client.post(path)).status, 303);
    assert.deepEqual((await client.get("/verified")).json(), { email: "new@example.com" });
    const visitor = site.visit();
    await visitor.get(reset);
    assert.equal((await visitor.get("/account/password/reset")).status, 410);
    await site.signIn("new@example.com");
  });

  it("does not say that another account has the address", async (test) => {
    const site = await openSite(test);
    await register(site, "bob@example.com");
    const client = await register(site);
    const send = (email: string) => client.post("/account/email", { form: { current: password, email } });
    const taken = await send("bob@example.com");
    // The old address gets the same notice in both cases, and the account with the address gets nothing.
    await waitForMails(site, 1);
    const [notice] = site.mails.messages;
    assert.deepEqual([notice!.to[0]!.address, notice!.subject], ["ann@example.com", "Your e-mail address is about to change"]);
    assert.deepEqual([taken.status, taken.body], [200, (await send("new@example.com")).body]);
    await waitForMails(site, 3);
    assert.deepEqual(site.mails.messages.map(({ to }) => to[0]!.address).sort(), ["ann@example.com", "ann@example.com", "new@example.com"]);
  });

  it("gives an address that two accounts confirm at the same time to one of them", async (test) => {
    const site = await openSite(test);
    const clients = [await register(site, "ann@example.com"), await register(site, "bob@example.com")];
    for (const [index, client] of clients.entries()) {
      await client.post("/account/email", { form: { current: password, email: "new@example.com" } });
      await waitForMails(site, 2 * (index + 1));
    }
    const links = site.mails.messages
      .filter(({ to }) => to[0]!.address === "new@example.com")
      .map(({ text }) => /example(\/\S+)/.exec(text ?? "")![1]!);
    const replies = await Promise.all(links.map((link) => site.visit().post(link)));
    assert.deepEqual(replies.map(({ status }) => status).sort(), [303, 410]);
    const emails = (await site.run(async () => await site.User.where({}))).map(({ email }) => email);
    assert.equal(emails.filter((email) => email === "new@example.com").length, 1);
  });
});
