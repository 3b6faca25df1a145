/** A database on the PostgreSQL server, for one run. */
import pg from "pg";

const serverUrl = process.env["GABLE_TEST_POSTGRES_URL"] ?? "postgres://postgres@127.0.0.1:5432/postgres";

async function runOnServer(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const sql of statements) await client.query(sql);
  await client.end();
}

/** Makes a database by some statements, and drops it after the work. */
export async function withPostgres<Result>(
  statements: readonly string[],
  work: (url: string) => Promise<Result> | Result,
  purpose = "data",
): Promise<Result> {
  const name = `gable_bench_${process.pid}_${purpose}`;
  await runOnServer(serverUrl, [`CREATE DATABASE ${name}`]);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  try {
    await runOnServer(url.href, statements);
    return await work(url.href);
  } finally {
    await runOnServer(serverUrl, [`DROP DATABASE ${name} WITH (FORCE)`]);
  }
}
