/** Every ordered pair of column types with hostile values: up, down and up again give equal values, or name the rows that do not fit. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Database } from "../../src/data/database.ts";
import { createDatabase } from "../../src/data/database.ts";
import type { DriverValue } from "../../src/data/schema/driver-value.ts";
import { GableError } from "../../src/errors/gable-error.ts";
import { diffStates } from "../../src/data/migrations/state/diff.ts";
import { migrate, rollback } from "../../src/data/migrations/run/migrate.ts";
import { migration } from "../../src/data/migrations/state/operation.ts";
import { Session } from "../../src/data/migrations/run/session.ts";
import { hashState } from "../../src/data/migrations/state/table-data.ts";
import { writeMigration } from "../../src/data/migrations/files/write-file.ts";
import type { ColumnState, State, TableState } from "../../src/data/schema/table-state.ts";
import { databaseKinds } from "./databases.ts";

/** Columns of every type that `f` has, with values that conversions like to lose. */
const columns: Readonly<Record<string, readonly [column: ColumnState, values: readonly unknown[]]>> = {
  id: [{ type: "id" }, [1, 2, 2_147_483_648, Number.MAX_SAFE_INTEGER]],
  uuid: [{ type: "uuid" }, ["0190163d-8694-739b-aea5-966c26f8ad91", "00000000-0000-0000-0000-000000000000"]],
  text: [
    { type: "text" },
    // prettier-ignore
    ["", " ", "a", "ab", "it's", "a ", "\\", "🦊🦊🦊", "0", "1", "-0", "007", "12", "12.5", "12.50", "-3", "1e3", "+5", "0x1f", " 7", "7\n",
      "2147483647", "2147483648", "9007199254740993", "9223372036854775807", "9223372036854775808", "0.30000000000000004", "1e21", "1e-7",
      "true", "false", "TRUE", "t", "yes", "2026-02-28", "2026-02-30", "0001-01-01", "9999-12-31", "10:12", "10:12:00", "24:00:00",
      "2026-11-20T10:12:00.123Z", "2026-11-20T00:00:00.000Z", "2026-11-20 10:12:00", "2026-11-20T10:12:00Z", "{a", '{"a":1}', "null", '"x"',
      "192.0.2.1", "2001:db8::1", "2001:DB8::1", "::ffff:1.2.3.4", "::", "0190163d-8694-739b-aea5-966c26f8ad91",
      "0190163D-8694-739B-AEA5-966C26F8AD91", "NaN", "Infinity", "x".repeat(60)],
  ],
  "text of 3": [{ type: "text", max: 3 }, ["", "abc", "🦊🦊🦊", "1", "-1", "1.5", "12 "]],
  slug: [{ type: "text", max: 50 }, ["a-b", "x".repeat(50)]],
  email: [{ type: "text", max: 254 }, ["a@example.com"]],
  url: [{ type: "text", max: 600 }, ["https://example.com/?a=1"]],
  int: [{ type: "int" }, [0, 1, -1, 12_345, 2_147_483_647, -2_147_483_648]],
  bigint: [{ type: "bigint" }, [0n, 1n, 9_007_199_254_740_991n, 9_007_199_254_740_993n, -(2n ** 63n), 2n ** 63n - 1n]],
  // prettier-ignore
  float: [{ type: "float" }, [0, 1, -1, 0.1, 0.1 + 0.2, 1 / 3, 1e-7, 1.5e-4, 5e-324, 1e15, 1e21, 1.7976931348623157e308, 9007199254740991, 123456.75,
    999999999999999, 0.0001]],
  decimal: [{ type: "decimal", digits: 10, scale: 2 }, ["0.00", "1.00", "-0.01", "12.50", "99999999.99"]],
  "decimal of 4": [{ type: "decimal", digits: 4, scale: 3 }, ["0.001", "1.000", "-9.999"]],
  "long decimal": [
    { type: "decimal", digits: 30, scale: 4, storage: "text" },
    ["0.0000", "1.0000", "12345678901234567890123456.7890", "9007199254740993.0000", "0.1000"],
  ],
  boolean: [{ type: "boolean" }, [true, false]],
  date: [{ type: "date" }, ["2026-02-28", "1000-01-01", "9999-12-31"]],
  time: [{ type: "time" }, ["00:00:00", "23:59:59"]],
  datetime: [
    { type: "datetime" },
    [
      new Date("2026-11-20T10:12:00.123Z"),
      new Date("2026-11-20T00:00:00.000Z"),
      new Date("9999-12-31T23:59:59.999Z"),
      new Date("1969-12-31T23:59:59.999Z"),
    ],
  ],
  json: [{ type: "json" }, [{ a: 1 }, "x", 5, [], "12"]],
  bytes: [{ type: "bytes" }, [new Uint8Array(), new Uint8Array([0, 255]), new Uint8Array(200)]],
  "bytes of 100": [{ type: "bytes", max: 100 }, [new Uint8Array(), new Uint8Array(100)]],
  choice: [{ type: "choice", choices: ["a", "it's", "1", "true", "2026-02-28"] }, ["a", "it's", "1", "true", "2026-02-28"]],
  "open choice": [{ type: "choice", choices: ["a", "ab"], check: false }, ["a", "ab", "zz"]],
  duration: [{ type: "duration" }, [0, -1, 1, 2_147_483_648, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]],
  ip: [{ type: "ip" }, ["192.0.2.1", "2001:db8::1", "::1", "::102:304"]],
  array: [{ type: "array", items: { type: "text" } }, [[], ["a", 'b"c', ""]]],
  "array of numbers": [{ type: "array", items: { type: "int" } }, [[], [1, -2]]],
};

const names = Object.keys(columns);
/** One table, whose columns are all of one type, and become one of each. */
const tableOf = (columnOf: (name: string) => ColumnState): State => {
  const table: TableState = {
    columns: new Map<string, ColumnState>([
      ["id", { type: "id" }],
      ...names.map((name, index): [string, ColumnState] => [`c${index}`, { ...columnOf(name), null: true }]),
    ]),
    primary: ["id"],
    uniques: new Map(),
    indexes: new Map(),
    checks: new Map(),
    foreignKeys: new Map(),
    search: [],
    comment: "",
  };
  return new Map([["values_of", table]]);
};

function typeOf({ type, scale = 0, storage, items }: ColumnState): Parameters<Session["dialect"]["encode"]>[1] {
  return { type, scale, where: "value", storage, items: items === undefined ? undefined : typeOf(items) };
}

const withSession = <Result>({ $core }: Database, work: (session: Session) => Promise<Result>): Promise<Result> => Session.use($core, work);

/** The same values in every column, row by row. */
async function insertValues(database: Database, column: ColumnState, values: readonly unknown[]): Promise<void> {
  await withSession(database, async (session) => {
    const { dialect } = session;
    const marks = names.map((_, index) => dialect.parameter(session.mark(index + 1), typeOf(column), false));
    for (const value of values) {
      const encoded = dialect.encode(value, typeOf(column));
      const sql = `INSERT INTO values_of (${names.map((_, index) => `c${index}`).join(", ")}) VALUES (${marks.join(", ")})`;
      await session.run(
        sql,
        names.map((): DriverValue => encoded),
      );
    }
  });
}

/** What each column holds now, by name: a list of values in the order of their rows. */
async function readValues(database: Database, columnOf: (name: string) => ColumnState): Promise<Record<string, unknown[]>> {
  return withSession(database, async (session) => {
    const rows = await session.readArrays(`SELECT ${names.map((_, index) => `c${index}`).join(", ")} FROM values_of ORDER BY id`, []);
    return Object.fromEntries(
      names.map((name, index) => {
        const decode = session.dialect.decoder(typeOf(columnOf(name)), true);
        return [
          name,
          rows.map((row) => {
            const value = row[index]!;
            return value === null || decode === undefined ? value : decode(value);
          }),
        ];
      }),
    );
  });
}

/** Runs a migration until no row is refused; each refused value is taken away. Gives the numbers of the rows that were refused. */
async function run(database: Database, work: () => Promise<unknown>): Promise<Record<string, number[]>> {
  const refused: Record<string, number[]> = {};
  for (;;) {
    try {
      await work();
      return refused;
    } catch (error) {
      if (!(error instanceof GableError) || error.code !== "E_MIGRATION_VALUES") throw error;
      const { column, rows } = error.details as { readonly column: string; readonly rows: readonly string[] }; // As the check gives them.
      const ids = rows.map((row) => Number(row.replace("id ", "")));
      assert.ok(ids.length > 0 && ids.length <= 5, "the error names the first rows");
      const name = names[Number(column.slice(1))]!;
      refused[name] = [...(refused[name] ?? []), ...ids].sort((one, other) => one - other);
      await withSession(database, (session) => session.run(`UPDATE values_of SET ${column} = NULL WHERE id IN (${ids.join(", ")})`));
    }
  }
}

/** What the first database has made of each type: the others must make the same. */
const firstResults = new Map<string, unknown>();

for (const { name: kind, skip, place } of databaseKinds)
  describe(`values of changed columns on ${kind}`, { skip }, () => {
    for (const [source, [column, values]] of Object.entries(columns))
      it(`of ${source} are equal after up, down and up, or refused by row`, async () => {
        const folder = await mkdtemp(join(tmpdir(), "gable-values-"));
        const { url, remove } = await place();
        const database = await createDatabase({ url, models: [], bind: false });
        try {
          const start = tableOf(() => column);
          const wanted = tableOf((name) => columns[name]![0]);
          const asked = diffStates(start, wanted).questions;
          const lost = new Set(
            asked
              .flatMap(({ kind, subject }) => (kind === "recreate" ? [subject.replace("values_of.c", "")] : []))
              .map((index) => names[Number(index)]!),
          );
          // Columns that no conversion leads to stay what they are.
          const columnOf = (name: string): ColumnState => (lost.has(name) ? column : columns[name]![0]);
          const end = tableOf(columnOf);
          const shortens = asked.flatMap(({ kind, subject }) => (kind === "shorten" ? [subject] : []));
          const { operations, questions } = diffStates(start, end, { shortens });
          assert.deepEqual(questions, []);
          const files = [
            ["0001_start", [], start, diffStates(new Map(), start).operations],
            ["0002_change", ["0001_start"], end, operations],
          ] as const;
          for (const [name, after, state, ops] of files.slice(0, 1))
            await writeFile(join(folder, `${name}.ts`), writeMigration(migration({ after, schema: hashState(state), ops })));
          await migrate({ database, folder });
          await insertValues(database, column, values);
          for (const [name, after, state, ops] of files.slice(1))
            await writeFile(join(folder, `${name}.ts`), writeMigration(migration({ after, schema: hashState(state), ops })));
          const before = await readValues(database, () => column);
          assert.deepEqual(before["text"], values, "the values are stored as they are");
          const refused = await run(database, () => migrate({ database, folder, allowCopies: true }));
          const kept = Object.fromEntries(
            Object.entries(before).map(([name, list]) => [
              name,
              list.map((value, index) => (refused[name]?.includes(index + 1) ? null : value)),
            ]),
          );
          const up = await readValues(database, columnOf);
          // Nothing is asked where every value converts.
          for (const [name, rows] of Object.entries(refused))
            assert.ok(shortens.includes(`values_of.c${names.indexOf(name)}`) || rows.length === 0, `${source} to ${name} was not asked`);
          const nulls = (list: readonly unknown[]): number => list.filter((value) => value === null).length;
          for (const name of names) assert.equal(nulls(up[name]!), nulls(kept[name]!), `no value of ${name} is lost`);
          assert.deepEqual(
            await run(database, () => rollback({ database, folder, allowDataLoss: true, allowCopies: true })),
            {},
            "the way back",
          );
          assert.deepEqual(await readValues(database, () => column), kept, "down");
          assert.deepEqual(await run(database, () => migrate({ database, folder, allowCopies: true })), {}, "up again");
          assert.deepEqual(await readValues(database, columnOf), up, "up again");
          const result = { lost: [...lost], shortens, refused, up };
          if (firstResults.has(source)) assert.deepEqual(result, firstResults.get(source), "the same on every database");
          else firstResults.set(source, result);
        } finally {
          await database.close();
          await remove();
          await rm(folder, { recursive: true });
        }
      });
  });
