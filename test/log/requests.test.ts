/** Lines of requests, ids of requests, and errors that nobody caught: in a process that serves. */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { createTestClient } from "gable/testing";
import { gable, get } from "gable";
import { silentLogger } from "../silent-logger.ts";

const register = fileURLToPath(new URL("../../scripts/source.mjs", import.meta.url));
const program = `
  import { gable, get, html, stream } from "gable";
  import { sql } from "gable/data";
  const app = gable({
    models: [], database: "sqlite::memory:", secretKeys: ["u5Zk2Qm8Xr1Wd7Tn4Yb9Gc3Hf6Js0Lp-aVeKoRiPtMxQ"],
    proxies: { trust: ["127.0.0.1"] },
    ...JSON.parse(process.env.OPTIONS ?? "{}"),
    routes: [
      get("/json/:id", () => ({ hello: "wörld" })),
      get("/rows", async () => { await app.database().query(sql\`select 1 as a\`); await app.database().query(sql\`select 2 as a\`); return "rows"; }),
      get("/stream", () => stream((async function* () { yield "a"; yield "b"; })())),
      get("/fails", () => { throw new Error("planned"); }),
      get("/slow", () => new Promise((resolve) => setTimeout(() => resolve("slow"), 300))),
      get("/floats/:id", async () => { await null; void Promise.reject(new Error("floating")); return "ok"; }),
      get("/timer", () => { setTimeout(() => { throw new Error("late"); }, 1); return "ok"; }),
    ],
  });
  const { url } = await app.listen({ port: 0, quiet: true });
  process.send({ url });
`;

interface Site {
  readonly child: ChildProcess;
  readonly url: string;
  /** Ends the process by SIGTERM, and returns its lines. */
  stop(): Promise<readonly Line[]>;
  /** Waits until it ends by itself. */
  readonly ended: Promise<{ readonly code: number | null; readonly lines: readonly Line[] }>;
}

interface Line {
  readonly level: number;
  readonly message: string;
  readonly [name: string]: unknown;
}

const children: ChildProcess[] = [];
after(() => {
  for (const child of children) child.kill("SIGKILL");
});

/** Starts the program, and waits for its address. */
async function start(options: object = {}, output: "pipe" | number = "pipe", mode = "production"): Promise<Site> {
  const child = spawn(process.execPath, ["--import", register, "--input-type=module", "--eval", program], {
    stdio: ["ignore", output, "pipe", "ipc"],
    env: {
      ...process.env,
      NODE_OPTIONS: "",
      NODE_TEST_CONTEXT: undefined,
      GABLE_MODE: mode,
      GABLE_LOG: undefined,
      OPTIONS: JSON.stringify(options),
    },
  });
  children.push(child);
  let [text, errors] = ["", ""];
  child.stdout?.on("data", (chunk) => (text += String(chunk)));
  child.stderr?.on("data", (chunk) => (errors += String(chunk)));
  const ended = new Promise<{ code: number | null; lines: readonly Line[] }>((resolve) =>
    child.once("close", (code) => resolve({ code, lines: toLines(mode === "production" ? text : errors) })),
  );
  const url = await new Promise<string>((resolve, reject) => {
    child.once("message", (message) => resolve((message as { url: string }).url)); // The program sends nothing else.
    child.once("exit", () => reject(new Error(errors)));
  });
  const stop = async (): Promise<readonly Line[]> => {
    child.kill("SIGTERM");
    const { code, lines } = await ended;
    assert.equal(code, 0, errors);
    return lines;
  };
  return { child, url, ended, stop };
}

function toLines(text: string): Line[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Line);
}

const ofRequests = (lines: readonly Line[]): readonly Line[] => lines.filter((line) => "status" in line && "ip" in line);

describe("requests of an application that serves in production", () => {
  it("write one line each: with the pattern of the route, without the query string", async () => {
    const { url, stop } = await start();
    for (const path of ["/json/7?secret=1", "/rows", "/stream", "/missing%22x", "/fails"])
      await (await fetch(url + path, { headers: { "x-request-id": "given-1" } })).text();
    const askedMs = performance.now();
    await fetch(`${url}/json/8`, { method: "HEAD" });
    const waitedMs = performance.now() - askedMs;
    const lines = ofRequests(await stop());
    const shown = lines.map(({ time, ms, requestId, ...rest }) => {
      assert.equal(typeof time, "number");
      assert.ok(typeof ms === "number" && ms >= 0);
      assert.match(String(requestId), /^(?:given-1|[0-9a-f]{32})$/);
      return rest;
    });
    const common = { level: 30, method: "GET", ip: "127.0.0.1", queries: 0 };
    assert.deepEqual(shown[0], { ...common, route: "/json/:id", path: "/json/7", status: 200, bytes: 18, message: "GET /json/7 200" });
    assert.deepEqual(shown[1], { ...common, route: "/rows", path: "/rows", status: 200, bytes: 4, queries: 2, message: "GET /rows 200" });
    assert.deepEqual(shown[2], { ...common, route: "/stream", path: "/stream", status: 200, message: "GET /stream 200" });
    assert.deepEqual(
      { ...shown[3], bytes: 0 },
      { ...common, path: "/missing%22x", status: 404, bytes: 0, message: "GET /missing%22x 404" },
    );
    assert.deepEqual(
      { ...shown[4], bytes: 0 },
      { ...common, route: "/fails", path: "/fails", status: 500, bytes: 0, message: "GET /fails 500" },
    );
    assert.deepEqual(shown[5], {
      ...common,
      method: "HEAD",
      route: "/json/:id",
      path: "/json/8",
      status: 200,
      bytes: 0,
      message: "HEAD /json/8 200",
    });
    assert.equal(shown.length, 6);
    assert.ok(Number(lines[5]!["ms"]) <= waitedMs + 1, `${String(lines[5]!["ms"])} ms of ${waitedMs}`);
  });

  for (const [name, options, mode, expected] of [
    ["no lines with log: { requests: false }", { log: { requests: false } }, "production", 0],
    ["no lines with log: 'warn'", { log: "warn" }, "production", 0],
    ["no lines with a level for gable.requests", { log: { "gable.requests": "warn" } }, "production", 0],
  ] as const)
    it(`write ${name}`, async () => {
      const { url, stop } = await start(options, "pipe", mode);
      await (await fetch(`${url}/json/1`)).text();
      assert.equal(ofRequests(await stop()).length, expected);
    });

  it("are answered when the disk of the log is full", { skip: !existsSync("/dev/full") && "there is no /dev/full" }, async () => {
    const full = openSync("/dev/full", "w");
    const { url, child, ended } = await start({}, full);
    for (let count = 0; count < 20; count++) assert.equal((await (await fetch(`${url}/rows`)).text()) satisfies string, "rows");
    child.kill("SIGTERM");
    assert.equal((await ended).code, 0);
    closeSync(full);
  });
});

describe("an error that nobody caught", () => {
  for (const [path, route, kind] of [
    ["/floats/7", "GET /floats/:id", "A rejection that nobody caught: floating"],
    ["/timer", "GET /timer", "An error that nobody caught: late"],
  ] as const)
    it(`of ${path} writes a fatal line with the route, and ends the process in order with exit code 1`, async () => {
      const { url, ended } = await start();
      const slow = fetch(`${url}/slow`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await (await fetch(url + path)).text();
      assert.equal(await (await slow).text(), "slow");
      const { code, lines } = await ended;
      assert.equal(code, 1);
      const fatal = lines.find(({ level }) => level === 60)!;
      assert.deepEqual([fatal["route"], fatal.message, fatal["path"]], [route, kind, path]);
      assert.match(String((fatal["error"] as { stack: string }).stack), /floating|late/);
    });
});

describe("the id of a request", () => {
  const app = gable({
    mode: "test",
    logger: silentLogger,
    proxies: { trust: ["127.0.0.1"] },
    routes: [get("/", ({ requestId }) => requestId)],
  });
  const running = app.listen({ port: 0 });
  after(async () => (await running).stop());
  const ask = async (id: string): Promise<string> => {
    const reply = await fetch((await running).url, { headers: { "x-request-id": id } });
    const text = await reply.text();
    assert.equal(reply.headers.get("x-request-id"), text);
    return text;
  };

  for (const [id, isTaken] of [
    ["a", true],
    ["Abc-1.2_3", true],
    ["x".repeat(64), true],
    ["x".repeat(65), false],
    ["", false],
    ["a b", false],
    ["a/b", false],
    ['a"b', false],
    ["a;b", false],
    ["a:b", false],
    ["é", false],
  ] as const)
    it(`${JSON.stringify(id)} of a trusted proxy is ${isTaken ? "taken over" : "replaced"}`, async () => {
      const found = await ask(id);
      if (isTaken) assert.equal(found, id);
      else assert.match(found, /^[0-9a-f]{32}$/);
    });

  it("of anybody else is 16 random bytes, and differs for each request", async () => {
    const found = new Set<string>();
    const routes = [get("/", ({ requestId }) => requestId)];
    const client = createTestClient(gable({ mode: "test", logger: silentLogger, routes }));
    for (let count = 0; count < 600; count++) found.add((await client.get("/", { headers: { "x-request-id": "mine" } })).body);
    assert.equal(found.size, 600);
    for (const id of found) assert.match(id, /^[0-9a-f]{32}$/);
  });
});
