/** `npm run bench -- data`: the same work by the bare driver, by Gable and by others, on PostgreSQL, SQLite, MariaDB, and MySQL where there is one. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { createConnection } from "mysql2/promise";
import type { BenchLine, BenchOptions } from "../report.ts";
import { mariadbTables, mysqlTables, postgresTables, sqliteTables } from "./fixture.ts";
import { withPostgres } from "./servers.ts";
import type { Measured } from "./subject.ts";

const program = fileURLToPath(new URL("./subject.ts", import.meta.url));
const tests = ["get", "twenty", "list", "aggregate", "update", "insert", "many"] as const;
const titles: Readonly<Record<(typeof tests)[number], string>> = {
  get: "one row by key",
  twenty: "20 rows by key concurrently",
  list: "100 rows with their authors",
  aggregate: "50 groups of 100,000 rows",
  update: "20 rows read and changed in a transaction",
  insert: "one new row",
  many: "1,000 new rows",
};
const rounds = 3;
const subjects = {
  PostgreSQL: ["bare-pg", "gable", "kysely", "drizzle", "knex", "typeorm", "mikro-orm"],
  SQLite: ["bare-sqlite", "gable"],
  MariaDB: ["bare-mysql", "gable"],
  MySQL: ["bare-mysql", "gable"],
} as const;

function run(name: string, url: string, wanted: "read" | "count" | number): unknown {
  const child = spawnSync(
    "taskset",
    ["-c", "1", process.execPath, "--disable-warning=ExperimentalWarning", program, name, url, String(wanted)],
    {
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, NODE_ENV: "production" },
    },
  );
  if (child.status !== 0) throw new Error(`${name} failed: ${child.stderr}`);
  return JSON.parse(child.stdout);
}

/** A database on a MariaDB or MySQL server. */
async function withDatabase(server: string, tables: readonly string[], work: (url: string) => void): Promise<void> {
  const url = new URL(server);
  const name = `gable_bench_${process.pid}`;
  const client = await createConnection(url.href.replace(/^mariadb:/, "mysql:"));
  try {
    for (const sql of [`CREATE DATABASE ${name}`, `USE ${name}`, ...tables]) await client.query(sql);
    url.pathname = `/${name}`;
    work(url.href);
  } finally {
    await client.query(`DROP DATABASE ${name}`);
    await client.end();
  }
}

function withSqlite(work: (url: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "gable-bench-"));
  const path = join(folder, "bench.db");
  const database = new DatabaseSync(path);
  for (const sql of sqliteTables) database.exec(sql);
  database.close();
  work(`sqlite:${path}`);
  rmSync(folder, { recursive: true });
}

/** All subjects read the same; then each is timed, in turns. */
function measure(kind: keyof typeof subjects, url: string, { seconds, subjects: wanted, tests: only }: BenchOptions): BenchLine[] {
  const names = subjects[kind].filter((name) => wanted.length === 0 || wanted.includes(name));
  const [first, ...others] = names.map((name) => run(name, url, "read"));
  for (const [index, other] of others.entries()) assert.deepEqual(other, first, `${names[index + 1]} reads something else`);
  const counts = kind === "PostgreSQL" ? names.map((name) => run(name, url, "count") as Record<string, number>) : [];
  // In turns, so that what disturbs the machine disturbs all; of each the best round counts.
  const best = new Map(names.map((name) => [name, {} as Record<string, Measured>]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const own = best.get(name)!;
      for (const [test, { cpuUs, timeUs }] of Object.entries(run(name, url, seconds / rounds) as Record<string, Measured>))
        own[test] = { cpuUs: Math.min(own[test]?.cpuUs ?? Infinity, cpuUs), timeUs: Math.min(own[test]?.timeUs ?? Infinity, timeUs) };
    }
  }
  const bare = best.get(names.find((name) => name.startsWith("bare")) ?? names[0]!)!;
  return tests
    .filter((test) => only.length === 0 || only.includes(test))
    .flatMap((test) =>
      names.map((name, index) => {
        const { cpuUs, timeUs } = best.get(name)![test]!;
        const statements = counts[index]?.[test];
        return {
          test: `${titles[test]}, ${kind}`,
          subject: name,
          cpuUs,
          ratio: cpuUs / bare[test]!.cpuUs,
          timeUs,
          ...(statements === undefined ? {} : { statements }),
        };
      }),
    );
}

/** Runs the benchmark. */
export async function benchData(options: BenchOptions): Promise<BenchLine[]> {
  const lines: BenchLine[] = [];
  withSqlite((url) => lines.push(...measure("SQLite", url, options)));
  await withPostgres(postgresTables, (url) => void lines.push(...measure("PostgreSQL", url, options)));
  const mariadb = process.env["GABLE_TEST_MARIADB_URL"] ?? "mariadb://root@127.0.0.1:3306/";
  await withDatabase(mariadb, mariadbTables, (url) => lines.push(...measure("MariaDB", url, options)));
  const mysql = process.env["GABLE_TEST_MYSQL_URL"] ?? "";
  if (mysql !== "") await withDatabase(mysql, mysqlTables, (url) => lines.push(...measure("MySQL", url, options)));
  return lines;
}
