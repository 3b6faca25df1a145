/** Staying signed in, and the second factor of readers. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, it } from "node:test";
import type { TestClient } from "gable/testing";
import { openLibrary, password, toEmail, visit } from "./open-library.ts";

openLibrary();

const stepMs = 30_000;

/** Returns what an authenticator app shows for a key, so many steps of 30 seconds from now (RFC 6238). */
function codeOf(key: string, stepsAhead = 0): string {
  const bits = [...key].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / stepMs) + stepsAhead));
  const mac = createHmac("sha1", Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2))))
    .update(counter)
    .digest();
  return String((mac.readUInt32BE(mac.at(-1)! & 15) & 0x7fff_ffff) % 1_000_000).padStart(6, "0");
}

/** Signs in with the form of the page. */
async function logIn(client: TestClient, more: Readonly<Record<string, string>> = {}) {
  return client.post("/account/login", { form: { email: toEmail("reader"), password, ...more } });
}

/** Returns a visitor who has only the cookie that keeps a browser signed in, as after the end of its session. */
function comeBack(before: TestClient): TestClient {
  const client = visit();
  const cookie = [...before.cookies].find(([name]) => name.endsWith("remember"));
  if (cookie !== undefined) client.setCookie(...cookie);
  return client;
}

describe("the sign-in of readers", () => {
  it("is remembered when the box is checked, until they sign out", async () => {
    const [kept, other] = [visit(), visit()];
    assert.match((await kept.get("/account/login")).body, /type="checkbox"[^>]*name="remember"|name="remember"[^>]*type="checkbox"/);
    await logIn(kept, { remember: "true" });
    await logIn(other);
    assert.equal((await comeBack(other).get("/loans")).status, 303);
    const back = comeBack(kept);
    assert.equal((await back.get("/loans")).status, 200);
    // What a stranger at an open laptop must not do asks for the password first.
    assert.match((await back.get("/account/two-factor")).headers.get("location")!, /^\/account\/confirm\?/);
    await back.post("/account/logout");
    assert.equal((await comeBack(back).get("/loans")).status, 303);
  });

  it("asks for a code of the app, or a recovery code, once a reader has turned it on", async () => {
    const client = visit();
    await logIn(client);
    assert.match((await client.get("/account")).body, /href="\/account\/two-factor">Two-factor sign-in<[^]*href="\/account\/sessions"/);
    const page = (await client.get("/account/two-factor")).body;
    const key = /otpauth:[^"]*[?]secret=([A-Z2-7]{32})&amp;issuer=The%20Reading%20Room/.exec(page)![1]!;
    assert.equal((await client.post("/account/two-factor", { form: { code: "000 000" } })).status, 422);
    const codes = (await client.post("/account/two-factor", { form: { code: codeOf(key) } })).body;
    const [recovery] = /(?:[a-z0-9]{4}-){3}[a-z0-9]{4}/i.exec(codes) ?? assert.fail(codes);
    await client.post("/account/logout");

    const next = visit();
    const first = await next.post("/account/login?next=/books/emma", { form: { email: toEmail("reader"), password } });
    assert.match(first.headers.get("location")!, /^\/account\/login\/code/);
    // The password is not enough.
    assert.equal((await next.get("/loans")).status, 303);
    const asked = await first.follow();
    assert.match(asked.body, /Type your code[^]*class="bottom"/);
    assert.equal((await next.post(asked.path, { form: { code: "000000" } })).status, 422);
    const done = await next.post("/account/login/code?next=/books/emma", { form: { code: codeOf(key, 1) } });
    assert.deepEqual([done.status, done.headers.get("location")], [303, "/books/emma"]);
    assert.equal((await next.get("/loans")).status, 200);

    const lost = visit();
    await logIn(lost);
    assert.equal((await lost.post("/account/login/code", { form: { code: recovery } })).headers.get("location"), "/loans");
    await lost.post("/account/two-factor/off");
    assert.equal((await logIn(visit())).headers.get("location"), "/loans");
  });
});
