/** The project that `npm create gable` makes, in production and on TLS: every kind of reply has the headers that protect it. */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { createProject } from "../../create-gable/src/project.ts";
import { createCertificate } from "../http/tls-certificate.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const register = new URL("../../scripts/source.mjs", import.meta.url).href;

/** Serves the project, with a route that fails and one that gives JSON. */
const program = `
import app from "./app.ts";
import { readFileSync } from "node:fs";
app.get("/fails", () => { throw new Error("no"); });
app.get("/json", () => ({ a: 1 }));
const { port } = await app.listen({ port: 0, quiet: true, https: { key: readFileSync("key.pem", "utf8"), cert: readFileSync("cert.pem", "utf8") } });
console.log("port " + port);
`;

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe("a new project on TLS", () => {
  const folder = mkdtempSync(join(tmpdir(), "gable-new-project-"));
  let server: ChildProcess;
  let port = 0;
  before(async () => {
    await createProject({
      folder,
      template: "full",
      database: "sqlite",
      accounts: true,
      packageManager: "npm",
      force: true,
      node: { kind: "current" },
    });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const { key, cert } = createCertificate();
    writeFileSync(join(folder, "key.pem"), key);
    writeFileSync(join(folder, "cert.pem"), cert);
    writeFileSync(join(folder, "serve.mjs"), program);
    const env = {
      ...process.env,
      GABLE_MODE: "production",
      HOSTS: "localhost",
      ORIGIN: "https://localhost",
      MAIL_URL: "memory:",
      SECRET_KEYS: "u5Zk2Qm8Xr1Wd7Tn4Yb9Gc3Hf6Js0Lp-aVeKoRiPtMxQ",
    };
    const options = { cwd: folder, env };
    const migrated = spawnSync(process.execPath, ["--import", register, join(root, "bin/gable.mjs"), "db", "migrate"], {
      ...options,
      encoding: "utf8",
    });
    assert.equal(migrated.status, 0, migrated.stdout + migrated.stderr);
    server = spawn(process.execPath, ["--import", register, "serve.mjs"], { ...options, stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    for await (const chunk of server.stdout!) {
      text += String(chunk);
      const found = /^port (\d+)$/m.exec(text);
      if (found !== null) {
        port = Number(found[1]);
        break;
      }
    }
    assert.notEqual(port, 0, text);
  });
  after(async () => {
    if (server?.exitCode === null) {
      server.kill();
      await once(server, "exit");
    }
    rmSync(folder, { recursive: true });
  });

  async function send(path: string, { method = "GET", headers = {}, body = "" } = {}): Promise<Answer> {
    const sent = request({ host: "127.0.0.1", port, path, method, headers: { host: "localhost", ...headers }, rejectUnauthorized: false });
    sent.end(body);
    const [reply] = (await once(sent, "response")) as [AsyncIterable<Buffer> & { statusCode: number; headers: IncomingHttpHeaders }];
    let text = "";
    for await (const chunk of reply) text += chunk.toString("utf8");
    return { status: reply.statusCode, headers: reply.headers, body: text };
  }

  const page = { accept: "text/html" };
  const post = { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin" };
  const kinds: ReadonlyArray<readonly [what: string, path: string, status: number, isHtml: boolean, options?: Parameters<typeof send>[1]]> =
    [
      ["a page", "/", 200, true],
      ["a page with rows", "/notes", 200, true],
      ["a page for HEAD", "/", 200, true, { method: "HEAD" }],
      ["a page that is missing", "/none", 404, true, { headers: page }],
      ["a page that fails", "/fails", 500, true, { headers: page }],
      ["a form with errors", "/notes", 422, true, { method: "POST", headers: post, body: "title=" }],
      ["a refused method", "/", 405, true, { method: "DELETE", headers: { ...page, "sec-fetch-site": "same-origin" } }],
      ["a request of another site", "/notes", 403, true, { method: "POST", headers: { ...post, ...page, "sec-fetch-site": "cross-site" } }],
      ["an error as JSON", "/none", 404, false, { headers: { accept: "application/json" } }],
      ["a failure as JSON", "/fails", 500, false, { headers: { accept: "application/json" } }],
      ["JSON", "/json", 200, false],
      ["a static file", "/static/app.css", 200, false],
      ["a picture", "/static/favicon.svg", 200, false],
      ["a static file that is missing", "/static/none.css", 404, true, { headers: page }],
      ["a health check", "/up", 200, false],
    ];
  for (const [what, path, status, isHtml, options] of kinds)
    it(`protects ${what}: ${status}`, async () => {
      const { status: actual, headers, body } = await send(path, options);
      assert.equal(actual, status, body);
      assertProtected(headers, isHtml);
    });

  it("protects redirects, and its cookies", async () => {
    const saved = await send("/notes", { method: "POST", headers: post, body: "author=Ada&text=A+note" });
    assert.equal(saved.status, 303, saved.body);
    assertProtected(saved.headers, isPage(saved.headers));
    const cookies = saved.headers["set-cookie"] ?? [];
    assert.ok(cookies.length > 0);
    for (const cookie of cookies) for (const part of [/; Secure/, /; HttpOnly/, /; SameSite=(?:Lax|Strict)/]) assert.match(cookie, part);
    const slash = await send("/notes/");
    assert.ok([301, 308].includes(slash.status), String(slash.status));
    assertProtected(slash.headers, isPage(slash.headers));
  });

  it("has no unsafe source, and a new nonce in each page that uses one", async () => {
    const policies = [];
    for (const path of ["/fails", "/fails", "/", "/notes"]) {
      const policy = String((await send(path, { headers: page })).headers["content-security-policy"]);
      assert.doesNotMatch(policy, /unsafe-(?:inline|eval)|\*/);
      policies.push(policy);
    }
    if (/nonce-/.test(policies[0]!)) assert.notEqual(policies[0], policies[1]);
  });
});

function isPage({ "content-type": type = "" }: IncomingHttpHeaders): boolean {
  return type.startsWith("text/html");
}

/** Checks the headers that each reply has, and those of pages. */
function assertProtected(headers: IncomingHttpHeaders, isHtml: boolean): void {
  assert.equal(isPage(headers), isHtml, String(headers["content-type"]));
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.equal(headers["referrer-policy"], "same-origin");
  assert.equal(headers["cross-origin-resource-policy"], "same-origin");
  assert.equal(headers["strict-transport-security"], "max-age=31536000");
  assert.ok(headers["cache-control"]);
  for (const name of ["server", "x-powered-by", "x-xss-protection"]) assert.equal(headers[name], undefined);
  const policy = String(headers["content-security-policy"]);
  if (!isHtml) {
    assert.equal(policy, "default-src 'none'; frame-ancestors 'none'");
    return;
  }
  for (const part of [
    /^default-src 'none';/,
    /script-src 'self'/,
    /frame-ancestors 'none'/,
    /base-uri 'none'/,
    /object-src 'none'/,
    /form-action 'self'/,
    /upgrade-insecure-requests/,
  ])
    assert.match(policy, part);
  assert.equal(headers["x-frame-options"], "DENY");
  assert.equal(headers["cross-origin-opener-policy"], "same-origin");
  assert.equal(headers["permissions-policy"], "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()");
}
