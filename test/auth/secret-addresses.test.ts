/** Pages whose address holds a secret send `Referrer-Policy: no-referrer`, whatever they answer. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TestClient } from "gable/testing";
import type { Site } from "./site.ts";
import { lastLink, openSite, password, register, waitForMails } from "./site.ts";

const newPassword = "quiet-lantern-88";
const wrong = "x".repeat(43);
const resetPage = "/account/password/reset";

/** What a row works with: a visitor who has an account, and the path of a link. */
interface Opened {
  readonly client: TestClient;
  readonly path: string;
}
type Send = (opened: Opened) => Promise<Awaited<ReturnType<TestClient["get"]>>>;

async function openVerification(site: Site): Promise<Opened> {
  const client = await register(site);
  return { client, path: await lastLink(site) };
}

async function openReset(site: Site): Promise<Opened> {
  const client = await register(site);
  await waitForMails(site, 1);
  await client.post("/account/password/forgot", { form: { email: "ann@example.com" } });
  await waitForMails(site, 2);
  const visitor = site.visit();
  return { client: visitor, path: await lastLink(site) };
}

async function openChange(site: Site): Promise<Opened> {
  const client = await register(site);
  await waitForMails(site, 1);
  await client.post("/account/email", { form: { current: password, email: "new@example.com" } });
  await waitForMails(site, 3);
  const asked = site.mails.messages.find(({ to }) => to[0]?.address === "new@example.com");
  return { client, path: /https:\/\/shelf\.example(\S+)/.exec(asked?.text ?? "")![1]! };
}

const get: Send = ({ client, path }) => client.get(path);
const send: Send = ({ client, path }) => client.post(path);
const getAnother: Send = ({ client, path }) => client.get(path.replace(/[^/]+$/, wrong));
const sendAnother: Send = ({ client, path }) => client.post(path.replace(/[^/]+$/, wrong));
const sendTwice: Send = async (opened) => (await send(opened), send(opened));
const sendAgain: Send = async (opened) => (await send(opened), get(opened));
const showReset: Send = async (opened) => (await get(opened), opened.client.get(resetPage));
const setReset =
  (chosen: string): Send =>
  async (opened) => (await get(opened), opened.client.post(resetPage, { form: { password: chosen } }));
const setTwice: Send = async (opened) => (await setReset(newPassword)(opened), opened.client.post(resetPage, { form: { password } }));

const rows: ReadonlyArray<readonly [name: string, open: (site: Site) => Promise<Opened>, send: Send, status: number]> = [
  ["the button that confirms an address", openVerification, get, 200],
  ["a confirmed address", openVerification, send, 303],
  ["a used link to confirm an address", openVerification, sendAgain, 410],
  ["a second confirmation", openVerification, sendTwice, 410],
  ["an unknown link", openVerification, getAnother, 410],
  ["an unknown confirmation", openVerification, sendAnother, 410],
  ["the button that changes an address", openChange, get, 200],
  ["a changed address", openChange, send, 303],
  ["a used link to change an address", openChange, sendAgain, 410],
  ["the link for a new password", openReset, get, 303],
  ["an unknown link for a new password", openReset, getAnother, 303],
  ["the page after it", openReset, showReset, 200],
  ["the page after it without a link", openReset, ({ client }) => client.get(resetPage), 410],
  ["a form with errors", openReset, setReset("short"), 422],
  ["a password that is too common", openReset, setReset("password1"), 422],
  ["a new password", openReset, setReset(newPassword), 303],
  ["a second new password", openReset, setTwice, 410],
];

describe("an address with a secret", () => {
  for (const [name, open, step, status] of rows)
    it(`is sent to no other page by ${name} (${status})`, async (test) => {
      const site = await openSite(test, { verifyEmail: "after" });
      const reply = await step(await open(site));
      assert.deepEqual([reply.status, reply.headers.get("referrer-policy")], [status, "no-referrer"]);
      assert.match(reply.headers.get("cache-control") ?? "", /^(?:private, )?no-store\b/);
    });

  it("leaves all other pages as they are", async (test) => {
    const site = await openSite(test);
    for (const path of ["/account/login", "/account/register", "/account/password/forgot"])
      assert.equal((await site.visit().get(path)).headers.get("referrer-policy"), "same-origin", path);
  });

  it("answers programs in the same way", async (test) => {
    const site = await openSite(test);
    const reply = await site.visit().get(`/account/verify/${wrong}`, { headers: { accept: "application/json" } });
    assert.deepEqual([reply.status, reply.headers.get("referrer-policy")], [410, "no-referrer"]);
  });

  it("has a row for each route with a token", async (test) => {
    const { app } = await openSite(test, { verifyEmail: "after" });
    const found = app
      .describe()
      .routes.map(({ path }) => path)
      .filter((pattern) => /:(?:token|code|secret)\b/.test(pattern));
    assert.deepEqual([...new Set(found)].toSorted(), ["/account/password/reset/:token", "/account/verify/:token"]);
  });
});
