/** `npm run bench -- web`: a page for signed-in users, and the form on it, in Gable and in other frameworks. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parse } from "parse5";
import { withPostgres } from "../data/servers.ts";
import type { LoadRequest } from "../http/load.ts";
import { startProgram, stopProgram, waitForPort } from "../process.ts";
import type { BenchLine, BenchOptions } from "../report.ts";
import type { TurnServer } from "../turns.ts";
import { measureInTurns } from "../turns.ts";

const folder = fileURLToPath(new URL("./servers/", import.meta.url));
const subjects = ["gable", "fastify", "express", "nest", "adonis"] as const;
const turns = 5;
const firstPort = 22_200;
const connections = 32;

/** A running server, and what its signed-in visitor sends. */
interface Server extends TurnServer {
  readonly requests: Readonly<Record<"page" | "form", LoadRequest>>;
}

const titles = { page: "GET of a page with a form", form: "POST of the form, which stores a row" } as const;

/** Runs the benchmark. */
export async function benchWeb(options: BenchOptions): Promise<BenchLine[]> {
  const names = subjects.filter((name) => options.subjects.length === 0 || options.subjects.includes(name));
  return withServers(names, [], (servers) =>
    (["page", "form"] as const)
      .filter((test) => options.tests.length === 0 || options.tests.includes(test))
      .flatMap((test) => measure(test, servers, options.seconds)),
  );
}

/** Starts the servers one after the other, each with its own database. */
async function withServers<Result>(
  [name, ...others]: readonly string[],
  started: readonly Server[],
  work: (servers: readonly Server[]) => Result,
): Promise<Result> {
  if (name === undefined) return work(started);
  const port = firstPort + started.length;
  const command = [process.execPath, `${folder}${name}.ts`];
  const start = async (url: string): Promise<Result> => {
    const environment = { BENCH_DATABASE: url };
    if (name === "gable") createTables(command, environment);
    const child = startProgram({ command, environment }, port);
    try {
      if (!(await waitForPort(port))) throw new Error(`${name} did not start`);
      const requests = await enter(name, port);
      return await withServers(others, [...started, { name, port, child, requests }], work);
    } finally {
      await stopProgram(child);
    }
  };
  return withPostgres([], start, name);
}

/** In production, Gable creates no tables. */
function createTables([file, ...args]: readonly string[], environment: Readonly<Record<string, string>>): void {
  const env = { ...process.env, GABLE_MODE: "development", ...environment };
  const { status, stderr } = spawnSync(file!, [...args, "--tables"], { env, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

/** Signs in, reads the page and sends its form once: each server must store a row and show its user. */
async function enter(name: string, port: number): Promise<Server["requests"]> {
  const origin = `http://127.0.0.1:${port}`;
  const signedIn = await fetch(`${origin}/enter`, { redirect: "manual" });
  assert.equal(signedIn.status, 303, name);
  const cookie = signedIn.headers
    .getSetCookie()
    .map((line) => line.split(";")[0]!)
    .join("; ");
  // express-session sends the reply before it has stored the session.
  await setTimeout(200);
  const page = await fetch(`${origin}/notes/new`, { headers: { cookie } });
  const text = await page.text();
  assert.equal(page.status, 200, text);
  parse(text);
  assert.ok(text.includes("Signed in as Ada &lt;Lovelace"), `${name} does not show the user: ${text}`);
  for (const field of ["content-security-policy", "x-content-type-options"])
    assert.ok(page.headers.has(field), `${name} sends no ${field}`);
  const token = /name=["']_csrf["'] value=["']([^"']+)["']/.exec(text)?.[1];
  const body = new URLSearchParams({ text: "A note with some words.", ...(token !== undefined && { _csrf: token }) }).toString();
  const headers = { cookie, "content-type": "application/x-www-form-urlencoded", origin };
  const post = async (sent: Readonly<Record<string, string>>, sentBody: string): Promise<number> =>
    (await fetch(`${origin}/notes`, { method: "POST", redirect: "manual", headers: sent, body: sentBody })).status;
  assert.equal(await post(headers, body), 303, name);
  // AdonisJS sends the visitor back, with 302 instead of the 303 of a saved form.
  const refused = name === "adonis" ? 302 : 403;
  assert.equal(await post({ ...headers, origin: "http://elsewhere.example" }, "text=a"), refused, `${name} takes forms of other sites`);
  return {
    page: { method: "GET", path: "/notes/new", connections, headers: { cookie } },
    form: { method: "POST", path: "/notes", connections, headers, body },
  };
}

/** The best of the others is who all are compared with. */
function measure(test: keyof typeof titles, servers: readonly Server[], seconds: number): BenchLine[] {
  const middles = measureInTurns(servers, ({ requests }) => requests[test], { turns, seconds });
  const best = Math.min(...middles.filter(({ subject }) => subject !== "gable").map(({ cpuUs }) => cpuUs));
  return middles.map((line) => ({ test: titles[test], ...line, ...(Number.isFinite(best) && { ratio: line.cpuUs / best }) }));
}
