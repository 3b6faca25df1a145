/** One test per public class of attack. A fixed security bug adds a case here. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { gable, json, redirect } from "gable";
import type { RunningApp } from "gable";
import { z } from "zod";
import { exchange } from "./http/wire-client.ts";
import { silentLogger } from "./silent-logger.ts";

const host = "Host: 127.0.0.1";
let running: RunningApp;

before(async () => {
  const app = gable({ mode: "test", logger: silentLogger, limits: { drainMs: 100 } });
  app.get("/", () => "ok");
  app.get("/ip", ({ ip, scheme, url, headers }) => ({ ip, scheme, host: url.host, spoof: headers.get("x-forwarded-for") }));
  app.get("/header", ({ query, reply }) => {
    reply.headers.set("x-echo", query.get("value") ?? "");
    return "ok";
  });
  app.get("/go", ({ query }) => redirect(query.get("to") ?? "/"));
  app.get("/me", ({ cookies }) => {
    cookies.set("seen", "1");
    return "personal";
  });
  app.post("/json", { json: z.object({ a: z.string() }) }, ({ json: body }) => body);
  app.post("/form", { form: z.object({ a: z.string() }), files: { f: { bytesMax: 1_000_000 } } }, ({ form }) =>
    json({ valid: form.valid }, { status: form.status }),
  );
  app.post("/echo", async ({ request }) => ({ length: (await request.arrayBuffer()).byteLength }));
  app.get("/admin", { guard: () => false }, () => "SECRET");
  app.get("/:page", () => "page");
  running = await app.listen({ port: 0 });
});
after(() => running.stop({ graceMs: 0 }));

const send = (...pieces: string[]) => exchange(running.port, { pieces, pauseMs: 5 });
const descriptors = (): number => readdirSync("/proc/self/fd").length;

describe("known attacks", () => {
  it("framing that two readers see differently (CVE-2022-32213, -32215, -35256, CVE-2023-30589, CVE-2024-27982, CVE-2025-23167, CVE-2021-41136)", async () => {
    const inner = "GET /admin HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    const framings = [
      "Transfer-Encoding: chunked\r\nContent-Length: 5",
      "Transfer-Encoding: chunked, identity",
      "Transfer-Encoding:\x0bchunked",
      "Transfer-Encoding: xchunked",
      "Transfer-Encoding\r\n : chunked",
      "Content-Length: 5\r\nContent-Length: 6",
      "Content-Length: 5, 5",
      "Content-Length: +5",
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
      "X: y\rTransfer-Encoding: chunked",
      "X: y\nTransfer-Encoding: chunked",
    ];
    for (const method of ["GET", "POST", "DELETE", "OPTIONS", "HEAD"]) {
      for (const framing of framings) {
        const answer = await send(`${method} /echo HTTP/1.1\r\n${host}\r\n${framing}\r\n\r\n0\r\n\r\n${inner}`);
        assert.equal(answer.statuses.length, 1, `${method} ${JSON.stringify(framing)}: ${answer.text}`);
        assert.equal(answer.isClosed, true);
        assert.doesNotMatch(answer.text, /SECRET/);
      }
    }
    for (const ending of ["\n", "\r", "\r\r", "\n\r", "\r\r\n"]) {
      const answer = await send(`GET / HTTP/1.1${ending}${host}${ending}${ending}${inner}`);
      assert.ok(answer.statuses.length <= 1, JSON.stringify(ending));
      assert.doesNotMatch(answer.text, /SECRET/);
    }
  });

  it("chunk extensions without end, and short bodies (CVE-2024-22019)", async () => {
    const started = process.memoryUsage().rss;
    const answer = await send(
      `POST /echo HTTP/1.1\r\n${host}\r\nTransfer-Encoding: chunked\r\n\r\n1;`,
      ..."a".repeat(200).match(/.{1,10}/g)!,
      "a".repeat(60_000),
    );
    assert.deepEqual(answer.statuses, [400]);
    assert.ok(process.memoryUsage().rss - started < 50_000_000);
    const cut = await exchange(running.port, {
      pieces: [`POST /echo HTTP/1.1\r\n${host}\r\nContent-Length: 10\r\n\r\nabc`],
      halfClose: true,
      quietMs: 300,
    });
    assert.deepEqual(cut.statuses, [400]);
    assert.doesNotMatch(cut.text, /"length":3/);
  });

  it("twins of names, repeated fields, prototype keys (CVE-2026-3902, CVE-2024-45614, CVE-2025-14550, CVE-2026-21710)", async () => {
    const answer = await send(`GET /ip HTTP/1.1\r\n${host}\r\nX_Forwarded_For: 6.6.6.6\r\n__proto__: x\r\nconstructor: y\r\n\r\n`);
    assert.equal((JSON.parse(answer.body) as { spoof: null }).spoof, null);
    const many = await send(`GET / HTTP/1.1\r\n${host}\r\n${`X-A: ${"b".repeat(150)}\r\n`.repeat(98)}\r\n`);
    assert.deepEqual(many.statuses, [200]);
    assert.deepEqual(Object.keys(Object.prototype), []);
    assert.equal(({} as Record<string, unknown>)["a"], undefined);
  });

  it("header injection (CVE-2021-32052, CVE-2026-53878, CVE-2025-48432)", async () => {
    for (const value of ["%0d%0aSet-Cookie:a=b", "%0a", "%00", "%C4%8A", "a%0d%0a%0d%0a<script>", "%E2%80%A8", "%E5%98%8A"]) {
      const answer = await send(`GET /header?value=${value} HTTP/1.1\r\n${host}\r\n\r\n`);
      assert.deepEqual(answer.statuses, [500], value);
      assert.doesNotMatch(answer.text, /set-cookie/i);
    }
  });

  it("limits bypassed by the type or the coding (CVE-2025-32442, CVE-2026-25223, CVE-2026-5766, CVE-2026-33034, CVE-2025-61919)", async () => {
    for (const path of ["/json", "/form", "/echo"]) {
      const type = path === "/json" ? "application/json" : path === "/form" ? "application/x-www-form-urlencoded" : "text/plain";
      const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
      const limit = path === "/form" ? 2_048_576 : 1_048_576;
      const answer = await send(
        `POST ${path} HTTP/1.1\r\n${host}\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`,
        ...Array.from({ length: 1 + Math.ceil(limit / 65_536) }, () => chunk),
      );
      assert.deepEqual(answer.statuses, [413], path);
    }
    const typed = await send(`POST /json HTTP/1.1\r\n${host}\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\n{"b":1}`);
    assert.deepEqual(typed.statuses, [415]);
  });

  it("multipart bodies that are cut or stretched leave nothing behind (CVE-2023-24580, CVE-2025-61770, -61771, -61772, CVE-2025-47935, -47944, CVE-2025-59466)", async () => {
    const part = `--B\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n${"x".repeat(100_000)}`;
    const head = (length: number): string =>
      `POST /form HTTP/1.1\r\n${host}\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: ${length}\r\n\r\n`;
    await send(head(part.length) + part);
    await wait(50);
    const base = descriptors();
    for (let cut = 0; cut < 40; cut++) {
      const body = part.slice(0, 10 + Math.floor((part.length / 40) * cut));
      const truncated = await exchange(running.port, { pieces: [head(body.length) + body], quietMs: 300 });
      assert.deepEqual(truncated.statuses, [400]);
      await exchange(running.port, { pieces: [head(part.length + 100) + body], halfClose: true, quietMs: 20 });
    }
    await wait(200);
    assert.ok(descriptors() <= base + 2, `${descriptors()} descriptors, ${base} before`);
    const deep = "[".repeat(100_000);
    assert.deepEqual(
      (await send(`POST /json HTTP/1.1\r\n${host}\r\nContent-Type: application/json\r\nContent-Length: ${deep.length}\r\n\r\n${deep}`))
        .statuses,
      [400],
    );
  });

  it("guards bypassed by spelling, and internal fields (CVE-2025-29927, CVE-2025-27610, CVE-2026-34786)", async () => {
    for (const target of [
      "/admin",
      "/%61dmin",
      "/admin/",
      "//admin",
      "/./admin",
      "/x/../admin",
      "/admin%2f",
      "/admin;x",
      "/ADMIN",
      "/admin%20",
      "http://127.0.0.1/admin",
      "/admin?x#y",
      "/%2561dmin",
      "/admin\\",
      "/admin%5c",
    ]) {
      const answer = await send(`GET ${target} HTTP/1.1\r\n${host}\r\nX-Gable-Guard: off\r\nX-Middleware-Subrequest: admin\r\n\r\n`);
      assert.doesNotMatch(answer.text, /SECRET/, target);
    }
  });

  it("open redirects, forged hosts and forged forwarding (CVE-2018-14574, CVE-2017-7233, CVE-2026-3635, CVE-2019-12781)", async () => {
    for (const target of ["//evil.test", "/%5Cevil.test", "https:evil.test", "/%09/evil.test", "%2F%2Fevil.test"]) {
      const answer = await send(`GET /go?to=${target} HTTP/1.1\r\n${host}\r\n\r\n`);
      assert.deepEqual(answer.statuses, [500], target);
    }
    const answer = await send(
      `GET /ip HTTP/1.1\r\n${host}\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.test\r\nForwarded: for=7.7.7.7\r\nX-Real-IP: 8.8.8.8\r\n\r\n`,
    );
    assert.deepEqual(JSON.parse(answer.body), { ip: "127.0.0.1", scheme: "http", host: "127.0.0.1", spoof: "6.6.6.6" });
  });

  it("caches that leak, and ranges that cost (CVE-2026-6907, -8404, -35193, -48587, -48588, CVE-2026-34826)", async () => {
    const personal = await send(`GET /me HTTP/1.1\r\n${host}\r\n\r\n`);
    assert.match(personal.text, /cache-control: no-store\r\n/);
    assert.match(personal.text, /vary: Cookie\r\n/);
    assert.match((await send(`GET / HTTP/1.1\r\n${host}\r\n\r\n`)).text, /cache-control: private, no-cache\r\n/);
  });
});
