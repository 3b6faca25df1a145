/** `npm run bench -- requests`: whole requests that ask PostgreSQL, by Gable and by others, in one run on one machine. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { parseFragment, serialize } from "parse5";
import { fortuneTables } from "./common.ts";
import { postgresTables } from "../data/fixture.ts";
import { withPostgres } from "../data/servers.ts";
import type { LoadRequest } from "../http/load.ts";
import { startProgram, stopProgram, waitForPort } from "../process.ts";
import type { BenchLine, BenchOptions } from "../report.ts";
import type { TurnServer } from "../turns.ts";
import { measureInTurns } from "../turns.ts";

const folder = fileURLToPath(new URL("./servers/", import.meta.url));
/** The first is who the others are compared with. */
const subjects: Readonly<Record<string, string>> = {
  "fastify + pg": "fastify-pg.ts",
  gable: "gable.ts",
  "fastify + drizzle": "fastify-drizzle.ts",
  "express + typeorm": "express-typeorm.ts",
};
const tests: Readonly<Record<string, LoadRequest>> = {
  row: { method: "GET", path: "/books/42", connections: 64 },
  twenty: { method: "GET", path: "/twenty", connections: 64 },
  updates: { method: "GET", path: "/updates", connections: 16 },
  fortunes: { method: "GET", path: "/fortunes", connections: 64 },
};
const titles: Readonly<Record<string, string>> = {
  row: "one row by key as JSON",
  twenty: "20 rows by key as JSON",
  updates: "20 rows read and changed, as JSON",
  fortunes: "fortunes: rows, sorted, as a page",
};
const turns = 7;
const firstPort = 22_000;

/** Runs the benchmark. */
export async function benchRequests({ tests: only, subjects: wanted, seconds }: BenchOptions): Promise<BenchLine[]> {
  const lines: BenchLine[] = [];
  await withPostgres([...postgresTables, ...fortuneTables], async (url) => {
    const names = Object.keys(subjects).filter((name) => wanted.length === 0 || wanted.includes(name));
    const servers = names.map((name, index): TurnServer => {
      const port = firstPort + index;
      const command = [process.execPath, `${folder}${subjects[name]!}`];
      return { name, port, child: startProgram({ command, environment: { BENCH_DATABASE: url } }, port) };
    });
    try {
      for (const { name, port } of servers) if (!(await waitForPort(port))) throw new Error(`${name} did not start`);
      await verify(servers);
      for (const [test, load] of Object.entries(tests))
        if (only.length === 0 || only.includes(test)) lines.push(...measure(test, load, servers, seconds));
    } finally {
      for (const { child } of servers) await stopProgram(child);
    }
  });
  return lines;
}

/** All servers answer the same. */
async function verify(servers: readonly TurnServer[]): Promise<void> {
  const answers = await Promise.all(
    servers.map(async ({ port }) => {
      const read = async (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);
      const row = (await (await read("/books/42")).json()) as object;
      const twenty = (await (await read("/twenty")).json()) as object[];
      const updates = (await (await read("/updates")).json()) as object[];
      const page = serialize(parseFragment(await (await read("/fortunes")).text()));
      return { row, counts: [twenty.length, updates.length], keys: Object.keys(twenty[0]!), page };
    }),
  );
  for (const [index, answer] of answers.entries()) assert.deepEqual(answer, answers[0], `${servers[index]!.name} answers something else`);
}

function measure(test: string, load: LoadRequest, servers: readonly TurnServer[], seconds: number): BenchLine[] {
  const middles = measureInTurns(servers, () => load, { turns, seconds });
  return middles.map((line) => ({ test: titles[test]!, ...line, ratio: line.cpuUs / middles[0]!.cpuUs }));
}
