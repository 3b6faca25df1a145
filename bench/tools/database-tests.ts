/** What 1,000 tests with a database cost: `gable test` in a project with 10 files of 100 tests, each rolled back by `testDatabase()`. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createDatabase, sql } from "gable/data";
import type { BenchLine } from "../report.ts";

const files = 10;
const testsPerFile = 100;
const postgresUrl = process.env["GABLE_TEST_POSTGRES_URL"] ?? "postgres://postgres@127.0.0.1:5432/postgres";

const app = `import { gable, get } from "gable";
import { belongsTo, field as f, Model } from "gable/data";
export class Author extends Model("authors", { id: f.id(), name: f.text({ max: 100 }) }) {}
export class Book extends Model("books", { id: f.id(), title: f.text({ max: 200 }), author: () => belongsTo(Author) }) {}
export default gable({ models: { Author, Book }, database: process.env["BENCH_URL"]!,
  routes: [get("/books", async () => ({ titles: (await Book.orderBy("id")).map(({ title }) => title) }))] });
`;
const tests = `import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClient, testDatabase } from "gable/testing";
import app, { Author, Book } from "../app.ts";
testDatabase(app, { tables: "models" });
for (let index = 0; index < ${testsPerFile}; index++)
  test("lists the books " + index, async () => {
    const author = await Author.create({ name: "Ann" });
    await Book.create({ title: "First", author });
    await Book.create({ title: "Second", author });
    const reply = await createTestClient(app).get("/books");
    assert.deepEqual(reply.json(), { titles: ["First", "Second"] });
  });
`;

/** Measures on SQLite and on PostgreSQL. `program` is the source of a file that runs the built command line. */
export async function benchDatabaseTests(program: string): Promise<BenchLine[]> {
  const folder = mkdtempSync(join(tmpdir(), "gable-bench-"));
  try {
    mkdirSync(join(folder, "tests"));
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(fileURLToPath(new URL("../../", import.meta.url)), join(folder, "node_modules/gable"));
    writeFileSync(join(folder, "gable.mjs"), program);
    writeFileSync(join(folder, "package.json"), '{ "name": "bench", "type": "module" }');
    writeFileSync(join(folder, "app.ts"), app);
    for (let file = 0; file < files; file++) writeFileSync(join(folder, `tests/books-${file}.test.ts`), tests);
    const sqlite = measure(folder, "sqlite:var/bench.db", "SQLite");
    return [sqlite, await withPostgres((url) => measure(folder, url, "PostgreSQL"))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The CPU time is that of the command and of all processes that it has started, for each test; the shell knows both. */
function measure(folder: string, url: string, subject: string): BenchLine {
  const { NODE_TEST_CONTEXT: _runner, GABLE_MODE: _mode, ...environment } = process.env;
  const options = { cwd: folder, env: { ...environment, BENCH_URL: url }, encoding: "utf8" } as const;
  const startedAt = performance.now();
  const text = execFileSync("sh", ["-c", '"$0" gable.mjs test --quiet && times', process.execPath], options);
  const ms = performance.now() - startedAt;
  // The second line is about the children of the shell.
  const times = [
    ...text
      .trim()
      .split("\n")
      .at(-1)!
      .matchAll(/(\d+)m([\d.]+)s/g),
  ];
  const seconds = times.reduce((sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest), 0);
  const count = files * testsPerFile;
  return { test: `gable test, ${count} tests with a database`, subject, ms, cpuUs: (seconds * 1e6) / count };
}

async function withPostgres(work: (url: string) => BenchLine): Promise<BenchLine> {
  const server = await createDatabase({ url: postgresUrl, models: [], bind: false });
  const name = `gable_bench_${process.pid}`;
  try {
    await server.query(sql`CREATE DATABASE ${sql.identifier(name)}`);
    const url = new URL(postgresUrl);
    url.pathname = `/${name}`;
    return work(url.href);
  } finally {
    await server.query(sql`DROP DATABASE IF EXISTS ${sql.identifier(name)}`);
    await server.close();
  }
}
