/** What a structure looks like on a server, in the server's own words: it is made beside the tables, read, and taken away. */
import { randomBytes } from "node:crypto";
import type { State } from "../../schema/table-state.ts";
import type { LiveSchema } from "./live-schema.ts";
import { readLiveSchema } from "./live-schema.ts";
import { Session } from "./session.ts";
import type { TableWriter } from "../../sql/table-writer.ts";

/** What the database would have if it were made of a structure alone. */
export async function readExpectedSchema(session: Session, writer: TableWriter, state: State): Promise<LiveSchema> {
  const statements = writer.createAll(state);
  const read = { sqlite: readInMemory, postgres: readInSchema, mariadb: readInDatabase, mysql: readInDatabase }[session.dialect.name];
  return read(session, statements);
}

async function readInMemory(session: Session, statements: readonly string[]): Promise<LiveSchema> {
  const { createNodeSqlite } = await import("../../driver/node-sqlite.ts");
  const driver = createNodeSqlite({ path: ":memory:" });
  try {
    const connection = await driver.acquire({ write: true });
    const scratch = new Session(session.database, connection);
    for (const sql of statements) await scratch.run(sql);
    const schema = await readLiveSchema(scratch);
    connection.release();
    return schema;
  } finally {
    await driver.close();
  }
}

/** In a schema of its own, in a transaction that is rolled back. */
async function readInSchema(session: Session, statements: readonly string[]): Promise<LiveSchema> {
  const name = session.dialect.quote(`gable_scratch_${randomBytes(6).toString("hex")}`);
  await session.run("BEGIN");
  try {
    const [row] = await session.read("SELECT current_setting('search_path') AS path");
    await session.run(`CREATE SCHEMA ${name}`);
    // Types and functions of extensions stay in reach.
    await session.run(`SET LOCAL search_path = ${name}, ${String(row!["path"])}`);
    for (const sql of statements) await session.run(sql);
    return await readLiveSchema(session);
  } finally {
    await session.run("ROLLBACK");
  }
}

/** In a database of its own, since definitions are not part of transactions there. */
async function readInDatabase(session: Session, statements: readonly string[]): Promise<LiveSchema> {
  const [row] = await session.read("SELECT database() AS name");
  const name = session.dialect.quote(`gable_scratch_${randomBytes(6).toString("hex")}`);
  await session.run(`CREATE DATABASE ${name}`);
  try {
    await session.run(`USE ${name}`);
    for (const sql of statements) await session.run(sql);
    return await readLiveSchema(session);
  } finally {
    await session.run(`USE ${session.dialect.quote(String(row!["name"]))}`);
    await session.run(`DROP DATABASE ${name}`);
  }
}
