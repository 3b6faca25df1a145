import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { Connection, Driver } from "./contract.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import { createNodeSqlite } from "./node-sqlite.ts";
import { WriteLock } from "./write-lock.ts";

let folder = "";
let path = "";
const opened: Driver[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gable-sqlite-"));
  path = join(folder, "app.db");
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((driver) => driver.close()));
  rmSync(folder, { recursive: true, force: true });
});
function open(options: Partial<Parameters<typeof createNodeSqlite>[0]> = {}): Driver {
  const driver = createNodeSqlite({ path, ...options });
  opened.push(driver);
  return driver;
}
const exec = async (connection: Connection, sql: string, ...parameters: DriverValue[]) => connection.run({ sql, parameters, rows: "none" });
const rowsOf = async (connection: Connection, sql: string, ...parameters: DriverValue[]) =>
  (await connection.run({ sql, parameters, rows: "arrays" })).rows;

describe("SQLite on node:sqlite", () => {
  it("reads and writes in memory while the rows of a stream are used", async () => {
    const driver = open({ path: ":memory:", lockTimeoutMs: 50 });
    const writer = await driver.acquire({ write: true });
    await exec(writer, "CREATE TABLE t (id INTEGER) STRICT");
    await exec(writer, "INSERT INTO t VALUES (1), (2), (3)");
    writer.release();
    const stream = await driver.acquire({ write: false, isOwn: true });
    const seen: unknown[] = [];
    for await (const rows of stream.cursor({ sql: "SELECT id FROM t ORDER BY id", parameters: [], rows: "arrays" }, 2)) {
      const other = await driver.acquire({ write: true });
      await exec(other, "INSERT INTO t VALUES (4)");
      seen.push(rows, (await rowsOf(other, "SELECT count(*) FROM t"))[0]);
      other.release();
    }
    stream.release();
    assert.deepEqual(seen, [[[1], [2]], [4], [[3]], [5]]);
  });

  it("runs statements, and gives rows as arrays, changes and keys", async () => {
    const connection = await open().acquire({ write: true });
    await exec(connection, "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, word TEXT) STRICT");
    assert.deepEqual(await exec(connection, "INSERT INTO t (word) VALUES (?), (?)", "x", null), { rows: [], affected: 2, insertId: 2 });
    assert.deepEqual(await rowsOf(connection, "SELECT id, word FROM t ORDER BY id"), [
      [1, "x"],
      [2, null],
    ]);
    assert.deepEqual(
      (await connection.run({ sql: "SELECT id FROM t WHERE id = ?", parameters: [1n], rows: "arrays", readsBigInts: true })).rows,
      [[1n]],
    );
    connection.release();
  });

  it("configures the file", async () => {
    for (const [durability, synchronous] of [
      ["normal", 1],
      ["full", 2],
    ] as const) {
      const driver = createNodeSqlite({ path: join(folder, `${durability}.db`), durability });
      const connection = await driver.acquire({ write: true });
      const pragma = async (name: string): Promise<unknown> => (await rowsOf(connection, `PRAGMA ${name}`))[0]![0];
      assert.deepEqual(
        [
          await pragma("journal_mode"),
          await pragma("synchronous"),
          await pragma("foreign_keys"),
          await pragma("busy_timeout"),
          await pragma("trusted_schema"),
        ],
        ["wal", synchronous, 1, 0, 0],
      );
      connection.release();
      await driver.close();
    }
  });

  it("hides uncommitted changes from readers, and rejects their writes", async () => {
    const driver = open();
    const writer = await driver.acquire({ write: true });
    await exec(writer, "CREATE TABLE t (a INTEGER) STRICT");
    await exec(writer, "BEGIN IMMEDIATE");
    await exec(writer, "INSERT INTO t VALUES (1)");
    const reader = await driver.acquire({ write: false });
    assert.deepEqual(await rowsOf(reader, "SELECT * FROM t"), []);
    await exec(writer, "COMMIT");
    assert.deepEqual(await rowsOf(reader, "SELECT * FROM t"), [[1]]);
    await assert.rejects(async () => exec(reader, "INSERT INTO t VALUES (2)"), /readonly/);
    writer.release();
    reader.release();
  });

  it("rolls back an open transaction on release, and rejects later statements", async () => {
    const driver = open();
    const first = await driver.acquire({ write: true });
    await exec(first, "CREATE TABLE t (a INTEGER) STRICT");
    await exec(first, "BEGIN IMMEDIATE");
    await exec(first, "INSERT INTO t VALUES (1)");
    first.release(new Error("failed"));
    first.release();
    await assert.rejects(async () => exec(first, "SELECT 1"), { code: "E_CONNECTION_RELEASED" });
    const second = await driver.acquire({ write: true });
    assert.deepEqual(await rowsOf(second, "SELECT * FROM t"), []);
    second.release();
  });

  it("lets writers take turns in the order of their requests", async () => {
    const driver = open();
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3].map(async (number) => {
        const connection = await driver.acquire({ write: true });
        order.push(number);
        await new Promise((resolve) => setTimeout(resolve, 3));
        order.push(-number);
        connection.release();
      }),
    );
    assert.deepEqual(order, [1, -1, 2, -2, 3, -3]);
  });

  it("has one connection in memory, for readers as well", async () => {
    const driver = open({ path: ":memory:", lockTimeoutMs: 20 });
    const writer = await driver.acquire({ write: true });
    await exec(writer, "CREATE TABLE t (a INTEGER) STRICT");
    await assert.rejects(async () => driver.acquire({ write: false }), { code: "E_POOL_TIMEOUT", status: 503 });
    writer.release();
    const reader = await driver.acquire({ write: false });
    assert.deepEqual(await rowsOf(reader, "SELECT * FROM t"), []);
    reader.release();
  });

  it("waits for another process without stopping the event loop, and gives up in time", async () => {
    const driver = open({ lockTimeoutMs: 400 });
    const connection = await driver.acquire({ write: true });
    await exec(connection, "CREATE TABLE t (a INTEGER) STRICT");
    const script = `
      const { DatabaseSync } = require("node:sqlite");
      const database = new DatabaseSync(process.argv[1], { timeout: 5000 });
      database.exec("BEGIN IMMEDIATE; INSERT INTO t VALUES (1)");
      console.log("held");
      process.stdin.once("data", () => { database.exec("COMMIT"); process.exit(0); });`;
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "-e", script, path], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    await once(child.stdout, "data");
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await assert.rejects(exec(connection, "INSERT INTO t VALUES (2)"), { code: "E_LOCK_TIMEOUT", status: 503 });
    assert.ok(ticks > 20, `the event loop went on ${ticks} times`);
    const inserted = exec(connection, "INSERT INTO t VALUES (3)");
    child.stdin.write("end\n");
    assert.equal((await inserted).affected, 1);
    clearInterval(timer);
    await ended;
    assert.deepEqual(await rowsOf(connection, "SELECT a FROM t ORDER BY a"), [[1], [3]]);
    connection.release();
  });

  it("returns rows in batches while other statements run", async () => {
    const driver = open();
    const connection = await driver.acquire({ write: true });
    await exec(connection, "CREATE TABLE t (a INTEGER) STRICT");
    for (let value = 0; value < 5; value++) await exec(connection, "INSERT INTO t VALUES (?)", value);
    const statement = { sql: "SELECT a FROM t ORDER BY a", parameters: [], rows: "arrays" } as const;
    const batches: unknown[] = [];
    for await (const batch of connection.cursor(statement, 2)) {
      batches.push(batch.flat());
      assert.equal((await rowsOf(connection, "SELECT a FROM t ORDER BY a")).length, 5);
    }
    assert.deepEqual(batches, [[0, 1], [2, 3], [4]]);
    connection.release();
  });

  it("keeps the 500 most recently used statements", async () => {
    const driver = open({ path: ":memory:" });
    const connection = await driver.acquire({ write: true });
    for (let number = 0; number < 1200; number++) assert.deepEqual(await rowsOf(connection, `SELECT ${number}`), [[number]]);
    assert.deepEqual(await rowsOf(connection, "SELECT 0"), [[0]]);
    connection.release();
  });

  it("closes once, after all connections are released", async () => {
    const driver = createNodeSqlite({ path });
    const connection = await driver.acquire({ write: true });
    let isClosed = false;
    const closing = driver.close().then(() => (isClosed = true));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isClosed, false);
    await assert.rejects(async () => driver.acquire({ write: false }), { code: "E_DATABASE_CLOSED" });
    connection.release();
    await closing;
    await driver.close();
  });

  it("also closes if a connection is never released", async () => {
    const driver = createNodeSqlite({ path, lockTimeoutMs: 30 });
    const lost = await driver.acquire({ write: true });
    await exec(lost, "CREATE TABLE t (a INTEGER) STRICT");
    await exec(lost, "BEGIN IMMEDIATE");
    await exec(lost, "INSERT INTO t VALUES (1)");
    await driver.close();
    const next = await open().acquire({ write: true });
    assert.deepEqual(await rowsOf(next, "SELECT * FROM t"), []);
    next.release();
  });

  it("creates the folder of a new file", async () => {
    const driver = createNodeSqlite({ path: join(folder, "new/deep/app.db") });
    await driver.close();
    assert.ok(existsSync(join(folder, "new/deep/app.db")));
  });

  it("names the file that it cannot open", () => {
    writeFileSync(join(folder, "file"), "");
    assert.throws(() => createNodeSqlite({ path: join(folder, "file/app.db") }), { code: "E_DATABASE_OPEN", message: /file\/app\.db/ });
  });

  it("rejects a second statement in one string, and extensions", async () => {
    const connection = await open({ path: ":memory:" }).acquire({ write: true });
    await exec(connection, "CREATE TABLE t (a INTEGER) STRICT");
    await assert.rejects(exec(connection, "INSERT INTO t VALUES (1); DROP TABLE t"), {
      code: "E_SQL_SEVERAL",
      message: 'A statement is followed by more: "DROP TABLE t".',
    });
    await exec(connection, "INSERT INTO t VALUES (1) ; ");
    assert.deepEqual(await rowsOf(connection, "SELECT * FROM t"), [[1]]);
    await assert.rejects(async () => rowsOf(connection, "SELECT load_extension('x')"), /not authorized|no such function/);
    connection.release();
  });
});

describe("the write lock", () => {
  it("stops a wait on a signal or after its time, and continues with the next", async () => {
    const lock = new WriteLock(30);
    const free = await lock.acquire();
    const controller = new AbortController();
    const aborted = lock.acquire(controller.signal);
    const late = lock.acquire();
    controller.abort(new Error("gone"));
    await assert.rejects(aborted, /gone/);
    await assert.rejects(late, { code: "E_POOL_TIMEOUT", message: /30 ms/ });
    const next = lock.acquire();
    free();
    free();
    const second = await next;
    const third = lock.acquire();
    second();
    (await third)();
    await assert.rejects(lock.acquire(AbortSignal.abort(new Error("before"))), /before/);
    (await lock.acquire())();
  });
});
