/** The servers of data: a database of PostgreSQL for one run, and what their processes use. */
import { readFileSync } from "node:fs";
import pg from "pg";
import { createClient } from "redis";

const serverUrl = process.env["GABLE_TEST_POSTGRES_URL"] ?? "postgres://postgres@127.0.0.1:5432/postgres";

/** Address of Redis. */
export const redisUrl = process.env["GABLE_TEST_REDIS_URL"] ?? "redis://127.0.0.1:6379";

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

/** Id of the process that all connections of PostgreSQL come from; undefined if it is not of this machine. */
export async function findPostgresPid(url: string): Promise<number | undefined> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    const fields = readFileSync(`/proc/${rows[0]!.pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    return Number(fields[1]);
  } catch {
    return undefined;
  } finally {
    await client.end();
  }
}

/** Memory of each process of PostgreSQL that serves a connection to a database, with its share of common memory; empty elsewhere. */
export async function readConnectionBytes(url: string): Promise<number[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    return rows.map(({ pid }) => Number(/^Pss: +([0-9]+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))![1]) * 1_024);
  } catch {
    return [];
  } finally {
    await client.end();
  }
}

/** Id of the process of Redis; undefined if it is not of this machine. */
export async function findRedisPid(): Promise<number | undefined> {
  const client = createClient({ url: redisUrl });
  await client.connect();
  try {
    const pid = Number(/process_id:([0-9]+)/.exec(String(await client.info("server")))?.[1]);
    readFileSync(`/proc/${pid}/stat`);
    return pid;
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}
