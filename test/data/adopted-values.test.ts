/** Values that others have written: each finds itself, or reading it is an error that says what to do. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { createDatabase, field as f, Model, sql } from "../../src/data.ts";
import type { Database } from "../../src/data.ts";
import type { DatabasePlace } from "./databases.ts";
import { databaseKinds, describeOnDatabases, placeSqlite } from "./databases.ts";

class Plain extends Model("adopted", { id: f.int({ primary: true }), at: f.datetime({ null: true }) }, { managed: false }) {}
class Fine extends Model("adopted", { id: f.int({ primary: true }), at: f.datetime({ null: true, precision: 6 }) }, { managed: false }) {}
class Coarse extends Model(
  "adopted",
  { id: f.int({ primary: true }), at: f.datetime({ null: true, precision: 0 }), made: f.datetime({ auto: "update", precision: 0 }) },
  { managed: false },
) {}

/** A statement of its text. */
const statement = (text: string): ReturnType<typeof sql> => sql(Object.assign([text], { raw: [text] }));

/** Datetimes with more digits than JavaScript dates: 21 rows in 6 milliseconds. */
const micros = Array.from(
  { length: 21 },
  (_, index) =>
    `2026-01-01 00:00:00.${String(998_700 + index * 271)
      .padStart(6, "0")
      .slice(-6)}`,
);
const rows = [
  ...micros.slice(0, 5),
  ...micros.slice(5).map((text, index) => text.replace("00:00:00.", `00:00:0${index % 3}.`)),
  "2026-01-01 00:00:00.999000",
];

for (const { name, skip, place } of databaseKinds.filter((kind) => kind.name !== "SQLite"))
  describe(`columns of ${name} that others have created`, { skip }, () => {
    let here: DatabasePlace;
    let database: Database;
    beforeEach(async () => {
      here = await place();
    });
    afterEach(async () => {
      await database.close();
      await here.remove();
    });
    const open = async (model: object, ...statements: readonly string[]): Promise<void> => {
      database = await createDatabase({ url: here.url, models: [model] });
      for (const text of statements) await database.query(statement(text));
    };
    const isPostgres = name === "PostgreSQL";
    const fineType = isPostgres ? "timestamptz" : "datetime(6)";
    const coarseType = isPostgres ? "timestamptz(0)" : "datetime";
    const insert = (list: readonly string[]): string =>
      `INSERT INTO adopted (id, at) VALUES ${list.map((text, index) => `(${index + 1}, '${text}${isPostgres ? "+00" : ""}')`).join(", ")}`;

    it("reject a datetime that would not find its row again", async () => {
      await open(
        Plain,
        `CREATE TABLE adopted (id int PRIMARY KEY, at ${fineType})`,
        insert(["2026-01-01 00:00:00.123", "2026-01-01 00:00:00.123456"]),
      );
      assert.equal((await Plain.get(1)).at!.toISOString(), "2026-01-01T00:00:00.123Z");
      await assert.rejects(Plain.get(2), {
        code: "E_VALUE_STORED",
        message: /^Plain\.at holds "2026-01-01 00:00:00\.123456(?:\+00)?"\. It has more digits of a second than a value\.$/,
        fix: "Declare the field with precision: 6, or let the column store 3 digits.",
      });
    });

    it("compare by millisecond with precision: 6", async () => {
      await open(Fine, `CREATE TABLE adopted (id int PRIMARY KEY, at ${fineType})`, insert(rows), "INSERT INTO adopted (id) VALUES (99)");
      const all = await Fine.orderBy("id");
      const values = [...new Set(all.map(({ at }) => at?.getTime()))].filter((value) => value !== undefined);
      const ids = (test: (at: number | undefined) => boolean): number[] => all.filter(({ at }) => test(at?.getTime())).map(({ id }) => id);
      const found = async (filter: object): Promise<number[]> =>
        Fine.where(filter as never)
          .orderBy("id")
          .pluck("id");
      for (const value of values) {
        const at = new Date(value);
        assert.deepEqual(
          await found({ at }),
          ids((each) => each === value),
        );
        assert.deepEqual(
          await found({ at: { ne: at } }),
          ids((each) => each !== value),
        );
        for (const [operator, test] of [
          ["gt", (each: number) => each > value],
          ["gte", (each: number) => each >= value],
          ["lt", (each: number) => each < value],
          ["lte", (each: number) => each <= value],
        ] as const)
          assert.deepEqual(
            await found({ at: { [operator]: at } }),
            ids((each) => each !== undefined && test(each)),
            operator,
          );
        assert.deepEqual(
          await found({ at: { between: [at, at] } }),
          ids((each) => each === value),
        );
        assert.deepEqual(
          await Fine.where((row) => row.at.eq(at))
            .orderBy("id")
            .pluck("id"),
          ids((each) => each === value),
        );
        assert.deepEqual(
          await Fine.where((row) => row.at.between(at, at))
            .orderBy("id")
            .pluck("id"),
          ids((each) => each === value),
        );
      }
      const some = values.slice(0, 2).map((value) => new Date(value));
      const isSome = (each: number | undefined): boolean => some.some((at) => at.getTime() === each);
      assert.deepEqual(await found({ at: { in: some } }), ids(isSome));
      assert.deepEqual(
        await found({ at: { in: [...some, null] } }),
        ids((each) => each === undefined || isSome(each)),
      );
      assert.deepEqual(
        await found({ at: { notIn: some } }),
        ids((each) => !isSome(each)),
      );
      assert.deepEqual(
        await found({ at: { notIn: [...some, null] } }),
        ids((each) => each !== undefined && !isSome(each)),
      );
      assert.deepEqual(
        await found({ at: { year: 2026 } }),
        ids((each) => each !== undefined),
      );
    });

    it("have pages in the order of all stored digits", async () => {
      await open(Fine, `CREATE TABLE adopted (id int PRIMARY KEY, at ${fineType})`, insert(rows), "INSERT INTO adopted (id) VALUES (99)");
      for (const order of ["at", "-at"] as const) {
        const seen: number[] = [];
        for (let after: string | undefined; ;) {
          const page = await Fine.orderBy(order, "id").page({ size: 7, after });
          seen.push(...page.items.map(({ id }) => id));
          after = page.next;
          if (after === undefined) break;
        }
        assert.deepEqual(
          seen,
          (await Fine.orderBy(order, "id")).map(({ id }) => id),
          order,
        );
      }
    });

    it("only accept whole seconds with precision: 0", async () => {
      await open(Coarse, `CREATE TABLE adopted (id int PRIMARY KEY, at ${coarseType} NULL, made ${coarseType} NULL)`);
      await assert.rejects(Coarse.create({ id: 1, at: new Date("2026-01-01T00:00:00.500Z") }), {
        code: "E_VALIDATION",
        message: "Coarse cannot be stored: at: Give a time in whole seconds.",
      });
      const row = await Coarse.create({ id: 1, at: new Date("2026-01-01T00:00:01.000Z") });
      assert.equal(await Coarse.where({ at: row.at, made: row.made }).count(), 1);
      await Coarse.where({ id: 1 }).update({ at: null });
      const [again] = await Coarse.all();
      assert.equal(await Coarse.where({ made: again!.made }).count(), 1);
    });

    it("are read as UTC if they have no zone, whatever the zone of the process", async () => {
      const zone = process.env["TZ"];
      try {
        process.env["TZ"] = "America/New_York";
        await open(Plain, `CREATE TABLE adopted (id int PRIMARY KEY, at ${isPostgres ? "timestamp(3)" : "datetime(3)"} NULL)`);
        await database.query(sql`INSERT INTO adopted (id, at) VALUES (1, '2026-07-01 12:00:00'), (2, '2026-03-08 02:30:00.250')`);
        assert.deepEqual(
          (await Plain.orderBy("id")).map(({ at }) => at!.toISOString()),
          ["2026-07-01T12:00:00.000Z", "2026-03-08T02:30:00.250Z"],
        );
        for (const row of await Plain.all()) {
          assert.equal(await Plain.where({ at: row.at }).count(), 1);
          row.at = new Date(row.at!.getTime());
          await row.save();
          await Plain.where({ id: row.id }).update({ at: row.at });
          assert.deepEqual((await Plain.get(row.id)).at, row.at);
        }
      } finally {
        if (zone === undefined) delete process.env["TZ"];
        else process.env["TZ"] = zone;
      }
    });

    it("reject values that are not datetimes", async () => {
      await open(Plain, `CREATE TABLE adopted (id int PRIMARY KEY, at ${isPostgres ? "timestamptz(3)" : "datetime(3)"} NULL)`);
      await database.query(
        isPostgres
          ? sql`INSERT INTO adopted (id, at) VALUES (1, 'infinity')`
          : sql`INSERT /*+ SET_VAR(sql_mode = '') */ IGNORE INTO adopted (id, at) VALUES (1, '0000-00-00 00:00:00')`,
      );
      await assert.rejects(Plain.get(1), {
        code: "E_VALUE_STORED",
        message: /That is not a valid date and time in the years 1 to 9999\.$/,
      });
    });
  });

describe("tables of SQLite that other programs created", () => {
  class Dated extends Model(
    "dated",
    {
      id: f.id(),
      at: f.datetime({ null: true }),
      day: f.date({ null: true }),
      ok: f.boolean({ null: true }),
      token: f.datetime({ secret: true, null: true }),
    },
    { managed: false },
  ) {}
  const openWith = async (table: string, ...statements: readonly string[]): Promise<void> => {
    const { url, remove } = await placeSqlite();
    const first = await createDatabase({ url, models: [], bind: false });
    try {
      for (const text of [table, ...statements]) await first.query(statement(text));
      const database = await createDatabase({ url, models: [Dated] });
      try {
        await Dated.orderBy("id");
      } finally {
        await database.close();
      }
    } finally {
      await first.close();
      await remove();
    }
  };
  const columns = "(id integer PRIMARY KEY AUTOINCREMENT, at text, day text, ok integer, token text)";

  it("are rejected when they are opened, with the statements that convert them", async () => {
    const { url, remove } = await placeSqlite();
    const first = await createDatabase({ url, models: [], bind: false });
    try {
      await first.query(statement(`CREATE TABLE dated ${columns}`));
      await first.query(
        sql`INSERT INTO dated (at, day) VALUES ('2021-01-01T00:00:00.000Z', '2021-01-01'), ('2021-01-01 00:00:00', '2021-01-02 10:00:00'), (NULL, NULL)`,
      );
      const refused: unknown = await createDatabase({ url, models: [Dated] }).catch((error: unknown) => error);
      const { code, message, fix } = refused as { code: string; message: string; fix: string };
      assert.deepEqual([code, message], ["E_VALUE_STORED", "2 columns hold dates or times in another format."]);
      const steps = fix.replace("Convert them once: ", "").split(/(?<=;) /);
      assert.equal(steps.length, 2);
      for (const step of steps) await first.query(statement(step));
      const database = await createDatabase({ url, models: [Dated] });
      const at = new Date("2021-01-01T00:00:00Z");
      assert.deepEqual(await Dated.where({ at }).count(), 2);
      assert.deepEqual(await Dated.where({ at: { year: 2021 } }).count(), 2);
      assert.deepEqual((await Dated.orderBy("id").pluck("day")).slice(0, 2), ["2021-01-01", "2021-01-02"]);
      await database.close();
    } finally {
      await first.close();
      await remove();
    }
  });

  it("are converted from numbers of seconds, too", async () => {
    await assert.rejects(
      openWith("CREATE TABLE dated (id integer PRIMARY KEY, at, day, ok, token)", "INSERT INTO dated (at) VALUES (1609459200)"),
      {
        code: "E_VALUE_STORED",
        fix: /strftime\('%Y-%m-%dT%H:%M:%fZ', "at", 'unixepoch'\)/,
      },
    );
  });

  it("cause an error when read from a table that Gable created", async () => {
    const read = (statement: string): Promise<void> => openWith(`CREATE TABLE dated ${columns} STRICT`, statement);
    await assert.rejects(read("INSERT INTO dated (at) VALUES ('2021-01-01 00:00:00')"), {
      code: "E_VALUE_STORED",
      message: 'Dated.at holds "2021-01-01 00:00:00". SQLite must store a datetime in the format %Y-%m-%dT%H:%M:%fZ.',
      fix: "Convert the values once: UPDATE ... SET at = strftime('%Y-%m-%dT%H:%M:%fZ', at).",
    });
    await assert.rejects(read("INSERT INTO dated (day) VALUES ('2021-1-1')"), {
      code: "E_VALUE_STORED",
      message: /^Dated\.day holds "2021-1-1"\./,
    });
    await assert.rejects(read("INSERT INTO dated (ok) VALUES (5)"), {
      code: "E_VALUE_STORED",
      message: "Dated.ok holds 5. A boolean is 0 or 1.",
    });
    await assert.rejects(read("INSERT INTO dated (token) VALUES ('s3cret')"), {
      message: "Dated.token holds a value that is secret. SQLite must store a datetime in the format %Y-%m-%dT%H:%M:%fZ.",
    });
  });
});

class Letter extends Model("adopted_letters", { id: f.id(), name: f.text({ max: 20 }) }) {}

/** Letters whose small and large forms databases do not agree on. */
const letters = [
  "ẞ",
  "ß",
  "SS",
  "İ",
  "I",
  "ı",
  "i",
  "Σ",
  "σ",
  "ς",
  "ﬁ",
  "FI",
  "Ǆ",
  "ǅ",
  "K",
  "k",
  "Å",
  "å",
  "É",
  "e\u0301",
  "Ⅷ",
  "🦊",
  "%_!\\",
  "ŉ",
  "Ω",
  "ÿ",
  "Ÿ",
];

describeOnDatabases("case-insensitive letters", [Letter], () => {
  it("match themselves", async () => {
    await Letter.createMany(letters.map((name) => ({ name: `x${name}y` })));
    for (const letter of letters) {
      const name = `x${letter}y`;
      for (const [operator, text] of [
        ["ieq", name],
        ["icontains", letter],
        ["istartsWith", `x${letter}`],
        ["iendsWith", `${letter}y`],
      ] as const)
        assert.ok((await Letter.where({ name: { [operator]: text } } as never).pluck("name")).includes(name), `${operator} ${letter}`);
    }
  });
});
