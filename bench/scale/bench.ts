/** `npm run bench -- scale`: what each shared piece of an application costs in 1, 2 and 4 processes, by where it is. */
import { spawnSync } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createClient } from "redis";
import { findPostgresPid, findRedisPid, readConnectionBytes, redisUrl, withPostgres } from "../data/servers.ts";
import type { LoadRequest } from "../http/load.ts";
import { runLoad } from "../http/load.ts";
import { readCpuUs, startProgram, stopProgram, waitForPort } from "../process.ts";
import type { BenchLine, BenchOptions } from "../report.ts";

const port = 22_300;
const workerCounts = [1, 2, 4];
const stores = ["process", "database", "redis"] as const;
const connections = 32;
const fields = { origin: `http://127.0.0.1:${port}` };

/** A piece, and the stores that it can be in. */
interface Piece {
  readonly title: string;
  readonly method: LoadRequest["method"];
  readonly path: string;
  readonly stores: ReadonlyArray<(typeof stores)[number]>;
}

const pieces: Readonly<Record<string, Piece>> = {
  plain: { title: "nothing shared", method: "GET", path: "/plain", stores: ["process"] },
  session: { title: "a session is read", method: "GET", path: "/session", stores: ["database", "redis"] },
  begin: { title: "a session begins", method: "POST", path: "/session", stores: ["database", "redis"] },
  rate: { title: "a request is counted", method: "GET", path: "/rate", stores },
  cache: { title: "a cached value is read", method: "GET", path: "/cache", stores },
  task: { title: "a task is enqueued", method: "POST", path: "/task", stores: ["database", "redis"] },
  publish: { title: "a message is published", method: "POST", path: "/publish", stores },
};

/** What PostgreSQL needs for each connection that the processes have open at the end. */
const connectionTitle = "connections, and bytes of PostgreSQL for each";

/** Runs the benchmark: one server after the other, so that a process has the core for itself. */
export async function benchScale({ tests, seconds }: BenchOptions): Promise<BenchLine[]> {
  const lines: BenchLine[] = [];
  for (const store of stores)
    for (const workers of workerCounts)
      lines.push(...(await withPostgres([], (url) => measureServer({ url, store, workers, tests, seconds }))));
  const titles = [...Object.values(pieces).map(({ title }) => title), connectionTitle];
  return titles.flatMap((title) => lines.filter(({ test }) => test === title));
}

async function measureServer(options: {
  readonly url: string;
  readonly store: (typeof stores)[number];
  readonly workers: number;
  readonly tests: readonly string[];
  readonly seconds: number;
}): Promise<BenchLine[]> {
  const { url, store, workers, tests, seconds } = options;
  const run = `${process.pid}-${store}-${workers}`;
  const environment = { BENCH_DATABASE: url, BENCH_REDIS: redisUrl, BENCH_RUN: run, BENCH_STORE: store, BENCH_WORKERS: String(workers) };
  createTables(environment);
  const child = startProgram({ command: [process.execPath, fileURLToPath(new URL("./start.ts", import.meta.url))], environment }, port);
  try {
    if (!(await waitForPort(port))) throw new Error(`${workers} workers did not start.`);
    await waitForRest(child.pid!);
    const cookie = await startSession();
    const server = store === "redis" ? await findRedisPid() : await findPostgresPid(url);
    const lines: BenchLine[] = [];
    for (const [name, { title, method, path, stores: places }] of Object.entries(pieces)) {
      if (!places.includes(store) || (tests.length > 0 && !tests.includes(name))) continue;
      const request: LoadRequest = { method, path, connections, headers: method === "POST" ? fields : { ...fields, cookie } };
      const load = (): ReturnType<typeof runLoad> => runLoad(child.pid!, port, request, Math.max(2, Math.round(seconds / 2)));
      load();
      const before = server === undefined ? 0 : readCpuUs(server);
      const figures = load();
      const used = server === undefined ? 0 : readCpuUs(server) - before;
      const requests = figures.rps * Math.max(2, Math.round(seconds / 2));
      lines.push({
        test: title,
        subject: `${store}, ${workers} ${workers === 1 ? "process" : "processes"}`,
        ...figures,
        serverCpuUs: used / requests,
      });
    }
    const found = store === "database" ? await readConnectionBytes(url) : [];
    if (found.length > 0) {
      const bytes = Math.round(found.reduce((sum, each) => sum + each, 0) / found.length);
      lines.push({ test: connectionTitle, subject: `${workers} ${workers === 1 ? "process" : "processes"}: ${found.length}`, bytes });
    }
    return lines;
  } finally {
    await stopProgram(child);
    await removeKeys(`gable-bench-${run}:`);
  }
}

/** In production, Gable creates no tables. */
function createTables(environment: Readonly<Record<string, string>>): void {
  const app = fileURLToPath(new URL("./app.ts", import.meta.url));
  const env = { ...process.env, GABLE_MODE: "development", ...environment };
  const { status, stderr } = spawnSync(process.execPath, [app, "--tables"], { env, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

/** The first worker takes the port; the others still start. */
async function waitForRest(pid: number): Promise<void> {
  for (let before = readCpuUs(pid), used = Infinity; used > 30_000;) {
    await wait(500);
    used = readCpuUs(pid) - before;
    before += used;
  }
}

/** Returns the cookie of a session that has a value. */
async function startSession(): Promise<string> {
  const reply = await fetch(`${fields.origin}/session`, { method: "POST", headers: fields });
  if (!reply.ok) throw new Error(`The session was not stored: ${reply.status} ${await reply.text()}`);
  return reply.headers.getSetCookie()[0]!.split(";")[0]!;
}

async function removeKeys(prefix: string): Promise<void> {
  const client = createClient({ url: redisUrl });
  await client.connect();
  for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1_000 })) if (keys.length > 0) await client.unlink(keys);
  client.destroy();
}
