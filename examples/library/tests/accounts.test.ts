import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { outbox } from "gable/testing";
import app from "../app.ts";
import { Reader } from "../models.ts";
import { openLibrary, password, run, toEmail, visit, visitAs, waitForMails } from "./open-library.ts";

openLibrary();

/** Returns the path of the link in the last mail. */
const linkOfLastMail = (): string => new URL(/http\S+/.exec(outbox(app).at(-1)!.text)![0]).pathname;

describe("accounts of readers", () => {
  it("are made, confirmed by mail, and used", async () => {
    const client = visit();
    const form = { email: "New@Example.com", name: "Somebody New", password: "a long password" };
    const sent = await (await client.get("/account/register")).form("post").fill(form).submit();
    assert.deepEqual([sent.status, /We have sent you a link/.test(sent.body)], [200, true]);
    await waitForMails(1);
    const early = await client.post("/account/login", { form });
    assert.deepEqual([early.status, /E-mail or password is wrong/.test(early.body)], [422, true]);
    const link = linkOfLastMail();
    const confirmed = await (await client.get(link)).form("post").submit("Confirm this address");
    assert.equal(confirmed.headers.get("location"), "/account/login");
    const login = await client.post("/account/login?next=/books/emma", { form });
    assert.deepEqual([login.status, login.headers.get("location")], [303, "/books/emma"]);
    assert.match((await login.follow()).body, /<a class="who" href="\/account">Somebody New<\/a>/);
  });

  it("answer a wrong form with its errors and what was typed, on the address of the form", async () => {
    const client = visit();
    const wrong = await client.post("/account/register", { form: { email: "nobody", name: "Somebody", password: "short" } });
    assert.equal(wrong.status, 422);
    for (const part of ["There are 2 problems", 'value="Somebody"', 'aria-invalid="true"']) assert.ok(wrong.body.includes(part), part);
    assert.ok(!wrong.body.includes("short"));
    assert.equal((await client.get(wrong.path)).status, 200);
  });

  it("get a new password by mail, which ends other sessions", async () => {
    const [before, client] = [outbox(app).length, visit()];
    const other = await visitAs("other reader");
    assert.equal((await other.get("/loans")).status, 200);
    await client.post("/account/password/forgot", { form: { email: toEmail("other reader") } });
    await waitForMails(before + 1);
    const opened = await client.get(linkOfLastMail());
    assert.equal(opened.status, 303);
    assert.match((await opened.follow()).body, /Set a new password/);
    const changed = await client.post("/account/password/reset", { form: { password: "another long one" } });
    assert.equal(changed.status, 303, changed.body);
    assert.equal((await other.get("/loans")).status, 303);
    const login = { email: toEmail("other reader"), password: "another long one" };
    assert.equal((await visit().post("/account/login", { form: login })).status, 303);
    assert.equal((await visit().post("/account/login", { form: { ...login, password } })).status, 422);
  });

  it("change their address once the new one is confirmed", async () => {
    const [before, client] = [outbox(app).length, await visitAs("reader")];
    await client.post("/account/email", { form: { current: password, email: "moved@example.com" } });
    await waitForMails(before + 2);
    const toNew = outbox(app)
      .slice(before)
      .find(({ text }) => /http/.test(text))!;
    await client.post(new URL(/http\S+/.exec(toNew.text)![0]).pathname);
    assert.ok(await run(() => Reader.where({ email: "moved@example.com" }).exists()));
    await run(() => Reader.where({ email: "moved@example.com" }).update({ email: toEmail("reader") }));
  });

  it("change their name, and sign out", async () => {
    const client = await visitAs("reader");
    assert.equal((await client.post("/account", { form: { name: "" } })).status, 422);
    const saved = await client.post("/account", { form: { name: "A <b>bold</b> reader" } });
    assert.equal(saved.status, 303);
    const page = (await saved.follow()).body;
    assert.match(page, /Your name is saved\./);
    assert.match(page, /A &lt;b>bold&lt;\/b> reader|A &lt;b&gt;bold&lt;\/b&gt; reader/);
    // The form has no field for it.
    await client.post("/account", { form: { name: "A reader", isStaff: "true" } });
    assert.equal((await run(() => Reader.get({ email: toEmail("reader") }))).isStaff, false);
    assert.equal((await client.post("/account/logout")).status, 303);
    assert.equal((await client.get("/account")).status, 303);
  });
});
