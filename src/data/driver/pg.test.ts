import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { placePostgres, runOnServer, skipPostgres } from "../../../test/data/databases.ts";
import type { DatabasePlace } from "../../../test/data/databases.ts";
import type { Connection, Driver } from "./contract.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import { createPg, isRefusal } from "./pg.ts";

describe("errors of PostgreSQL", () => {
  for (const [code, expected] of [
    ["23505", true],
    ["XX000", true],
    ["P0001", true],
    ["EPIPE", false],
    ["EPERM", false],
    ["ECONNRESET", false],
    [undefined, false],
  ] as const)
    it(`leave the session ${expected ? "intact" : "unusable"} with the code ${code}`, () =>
      assert.equal(isRefusal(Object.assign(new Error("no"), { code })), expected));
});

describe("PostgreSQL by pg", { skip: skipPostgres }, () => {
  let place: DatabasePlace;
  let driver: Driver;
  before(async () => {
    place = await placePostgres();
    driver = await createPg({ url: place.url, poolMax: 2, acquireTimeoutMs: 1_000, statementTimeoutMs: 500 });
  });
  after(async () => {
    await driver.close();
    await place.remove();
  });
  const use = async <Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> => {
    const connection = await driver.acquire({ write: true });
    try {
      return await work(connection);
    } finally {
      connection.release();
    }
  };
  const read = async (connection: Connection, sql: string, ...parameters: DriverValue[]): Promise<unknown> =>
    (await connection.run({ sql, parameters, rows: "arrays" })).rows;

  it("returns arrays: numbers, booleans and bytes as such, everything else as strings", async () => {
    await use(async (connection) => {
      assert.deepEqual(
        await read(
          connection,
          "SELECT 1::int2, 2::int4, 3::int8, 9007199254740993::int8, 1.5::float8, 1.50::numeric, true, '\\x00ff'::bytea, 'a'::text, null, '{\"a\":1}'::jsonb, date '2026-01-02'",
        ),
        [[1, 2, 3, 9007199254740993n, 1.5, "1.50", true, Buffer.from([0, 255]), "a", null, '{"a": 1}', "2026-01-02"]],
      );
      assert.deepEqual(await read(connection, "SELECT timestamptz '2026-01-02 03:04:05.678+02'"), [["2026-01-02 01:04:05.678+00"]]);
    });
  });

  it("prepares statements once, and drops those that were not used for long", async () => {
    await use(async (connection) => {
      for (let number = 0; number < 1_200; number++)
        assert.deepEqual(await read(connection, `SELECT $1::int8 + ${number}`, 1), [[number + 1]]);
      await read(connection, "SELECT $1::int8 + 1199", 1);
      const [[count]] = (await read(connection, "SELECT count(*) FROM pg_prepared_statements")) as [[number]];
      assert.ok(count <= 501, String(count));
    });
  });

  it("sends texts and bytes of any size, and null", async () => {
    await use(async (connection) => {
      const sql = "SELECT $1::text, $2::bytea, $3::int8, $4::float8, $5::boolean, $6::text";
      for (const text of ["", "a", "ü€😀", "\\'\"\r\n", "€".repeat(70_000)])
        for (const bytes of [
          new Uint8Array(),
          Uint8Array.of(0, 255, 128),
          Buffer.alloc(70_000, 7),
          new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
        ])
          for (let turn = 0; turn < 2; turn++)
            assert.deepEqual(await read(connection, sql, text, bytes, -(2n ** 63n), -0.1, true, null), [
              [text, Buffer.from(bytes), -(2n ** 63n), -0.1, true, null],
            ]);
    });
  });

  it("sends at most 65,535 values", async () => {
    await use(async (connection) => {
      const sql = (count: number): string => `SELECT ${Array.from({ length: count }, (_, index) => `$${index + 1}::int`).join(" + ")}`;
      const values = (count: number): number[] => Array.from({ length: count }, () => 1);
      await connection.run({ sql: "SET statement_timeout = 0", parameters: [], rows: "none" });
      await assert.rejects(read(connection, sql(3), ...values(65_536)), {
        code: "E_FILTER_TOO_MANY",
        message: /has 65536 values.*at most 65535/,
      });
      // With that many values, the server itself answers.
      await assert.rejects(read(connection, sql(3), ...values(65_535)), /supplies 65535 parameters/);
      assert.deepEqual(await read(connection, sql(3), ...values(3)), [[3]]);
      await connection.run({ sql: "RESET statement_timeout", parameters: [], rows: "none" });
    });
  });

  const failures: ReadonlyArray<readonly [when: string, sql: string, wrong: DriverValue[], code: string]> = [
    ["cannot be parsed", "SELEC $1", ["1"], "42601"],
    ["has a value of the wrong type", "SELECT $1::int8", ["a"], "22P02"],
    ["has too few values", "SELECT $1::int8 + $2::int8", [1], "08P01"],
    ["fails while it runs", "SELECT 10 / $1::int8", [0], "22012"],
    ["waits for data", "COPY copied FROM STDIN", [], "57014"],
  ];
  for (const [when, sql, wrong, code] of failures)
    it(`runs the next statements after one that ${when}, each time`, async () => {
      await use(async (connection) => {
        await connection.run({ sql: "CREATE TEMPORARY TABLE copied (id int)", parameters: [], rows: "none" });
        for (let turn = 0; turn < 3; turn++) {
          await assert.rejects(read(connection, sql, ...wrong), { code });
          assert.deepEqual(await read(connection, "SELECT $1::int8", turn), [[turn]]);
        }
        await connection.run({ sql: "BEGIN", parameters: [], rows: "none" });
        await assert.rejects(read(connection, sql, ...wrong), { code });
        await assert.rejects(read(connection, "SELECT $1::int8 + 1", 1), { code: "25P02" });
        await connection.run({ sql: "ROLLBACK", parameters: [], rows: "none" });
        assert.deepEqual(await read(connection, "SELECT $1::int8 + 1", 1), [[2]]);
        await connection.run({ sql: "DROP TABLE copied", parameters: [], rows: "none" });
      });
    });

  it("runs a statement with good values after its first run has failed", async () => {
    await use(async (connection) => {
      await assert.rejects(read(connection, "SELECT 20 / $1::int8", 0), { code: "22012" });
      for (const value of [5, 4]) assert.deepEqual(await read(connection, "SELECT 20 / $1::int8", value), [[20 / value]]);
    });
  });

  it("never reads rows by the columns of an older table", async () => {
    await use(async (connection) => {
      const change = (sql: string): unknown => connection.run({ sql, parameters: [], rows: "none" });
      await change("CREATE TEMPORARY TABLE changed (id int, flag boolean)");
      await change("INSERT INTO changed VALUES (1, true)");
      assert.deepEqual(await read(connection, "SELECT * FROM changed"), [[1, true]]);
      await change("ALTER TABLE changed ALTER COLUMN flag TYPE text USING 'x' || flag");
      await assert.rejects(read(connection, "SELECT * FROM changed"), { code: "0A000" });
      assert.deepEqual(await read(connection, "SELECT id, flag FROM changed"), [[1, "xtrue"]]);
      await change("DROP TABLE changed");
    });
  });

  it("counts what a statement has changed, and returns names of columns", async () => {
    await use(async (connection) => {
      const affected = async (sql: string, ...parameters: DriverValue[]): Promise<number> =>
        (await connection.run({ sql, parameters, rows: "none" })).affected;
      assert.equal(await affected("CREATE TEMPORARY TABLE counted (id int)"), 0);
      for (let turn = 0; turn < 2; turn++) {
        assert.equal(await affected("INSERT INTO counted SELECT generate_series(1, $1::int)", 12), 12);
        assert.equal(await affected("UPDATE counted SET id = id WHERE id <= $1", 3), 3 * (turn + 1));
        assert.equal(await affected("DELETE FROM counted WHERE id > $1", 100), 0);
        const { names } = await connection.run({
          sql: 'SELECT id AS "a b", 1 AS c FROM counted',
          parameters: [],
          rows: "arrays",
          wantsNames: true,
        });
        assert.deepEqual(names, ["a b", "c"]);
      }
      await affected("DROP TABLE counted");
    });
  });

  it("reads in batches, alone and in a transaction", async () => {
    await use(async (connection) => {
      const sizes = async (): Promise<number[]> => {
        const found: number[] = [];
        for await (const rows of connection.cursor(
          { sql: "SELECT * FROM generate_series(1, $1::int8)", parameters: [25], rows: "arrays" },
          10,
        ))
          found.push(rows.length);
        return found;
      };
      assert.deepEqual(await sizes(), [10, 10, 5]);
      await connection.run({ sql: "BEGIN", parameters: [], rows: "none" });
      assert.deepEqual(await sizes(), [10, 10, 5]);
      assert.deepEqual(await read(connection, "SELECT 1"), [[1]]);
      await connection.run({ sql: "ROLLBACK", parameters: [], rows: "none" });
      for await (const rows of connection.cursor({ sql: "SELECT * FROM generate_series(1, 25)", parameters: [], rows: "arrays" }, 10))
        if (rows.length === 10) break;
      assert.deepEqual(await read(connection, "SELECT pg_current_xact_id_if_assigned()"), [[null]]);
    });
  });

  it("cancels statements that take too long", async () => {
    await use(async (connection) => {
      await assert.rejects(read(connection, "SELECT pg_sleep(5)"), { code: "57014" });
      assert.deepEqual(await read(connection, "SELECT 1"), [[1]]);
    });
  });

  it("closes a connection in a transaction that nobody has ended", async () => {
    const first = await driver.acquire({ write: true });
    const [[pid]] = (await read(first, "SELECT pg_backend_pid()")) as [[number]];
    await first.run({ sql: "BEGIN", parameters: [], rows: "none" });
    first.release();
    first.release();
    await assert.rejects(async () => first.run({ sql: "SELECT 1", parameters: [], rows: "none" }), { code: "E_CONNECTION_RELEASED" });
    await use(async (connection) => assert.notDeepEqual(await read(connection, "SELECT pg_backend_pid()"), [[pid]]));
  });

  it("replaces a connection that the server has ended", async () => {
    const pid = await use(async (connection) => ((await read(connection, "SELECT pg_backend_pid()")) as [[number]])[0][0]);
    await runOnServer(`SELECT pg_terminate_backend(${pid}, 5000)`); // It waits until the session has ended.
    // Only the next statement may notice; the one after gets another connection.
    await use((connection) => read(connection, "SELECT 1")).catch(() => undefined);
    await use(async (connection) => assert.deepEqual(await read(connection, "SELECT 1"), [[1]]));
  });

  it("never has more connections than the limit", async () => {
    const held = [await driver.acquire({ write: false }), await driver.acquire({ write: false })];
    await assert.rejects(async () => driver.acquire({ write: false }), { code: "E_POOL_TIMEOUT" });
    for (const connection of held) connection.release();
    await use(async (connection) => assert.deepEqual(await read(connection, "SHOW TimeZone"), [["UTC"]]));
  });
});
