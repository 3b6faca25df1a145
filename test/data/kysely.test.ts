/** Kysely on the tables of models: their names, their values, their transactions. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sql } from "kysely";
import { belongsTo, field as f, hasMany, Model, transaction } from "../../src/data.ts";
import { kysely } from "../../src/kysely.ts";
import { describeOnDatabases } from "./databases.ts";

class Writer extends Model("writers", { id: f.id(), fullName: f.text({ max: 100 }), novels: () => hasMany(Novel) }) {}
class Novel extends Model("novels", {
  id: f.id(),
  title: f.text({ max: 100, column: "heading" }),
  price: f.decimal({ digits: 8, scale: 2 }),
  copies: f.bigint({ null: true }),
  isLent: f.boolean(),
  printedOn: f.date({ null: true }),
  readAt: f.datetime({ null: true }),
  meta: f.json<{ lang: string } | null>({ null: true }),
  cover: f.bytes({ null: true }),
  kind: f.choice({ long: "Long", short: "Short" }),
  writer: () => belongsTo(Writer),
}) {}

const readAt = new Date("2026-11-20T10:12:00.123Z");
const full = {
  title: "The Dispossessed",
  price: "9.50",
  copies: 9_007_199_254_740_993n,
  isLent: true,
  printedOn: "1974-05-01",
  readAt,
  meta: { lang: "en" },
  cover: new Uint8Array([0, 255]),
  kind: "long",
} as const;

describeOnDatabases("kysely()", [Writer, Novel], (open) => {
  const database = () => kysely([Writer, Novel]);
  const create = async (): Promise<Novel> => Novel.create({ ...full, writer: await Writer.create({ fullName: "Le Guin" }) });

  it("reads values in the form of models, by names of fields", async () => {
    const novel = await create();
    const [row] = await database().selectFrom("novels").selectAll().execute();
    assert.deepEqual(row, { id: novel.id, ...full, writerId: novel.writerId });
    const joined = await database()
      .selectFrom("novels as n")
      .innerJoin("writers", "writers.id", "n.writerId")
      .select(["n.title", "writers.fullName", "n.isLent as lent", "n.copies"])
      .where("n.isLent", "=", true)
      .where("n.readAt", "<=", readAt)
      .execute();
    assert.deepEqual(joined, [{ title: full.title, fullName: "Le Guin", lent: true, copies: full.copies }]);
  });

  it("writes values as models would", async () => {
    const writer = await Writer.create({ fullName: "Le Guin" });
    await database()
      .insertInto("novels")
      .values([
        { ...full, writerId: writer.id },
        { ...full, title: "No cover", cover: null, copies: null, meta: null, writerId: writer.id },
      ])
      .execute();
    const [first, second] = await Novel.where().orderBy("id");
    assert.deepEqual({ ...first! }, { id: 1, ...full, writerId: writer.id });
    assert.deepEqual([second!.cover, second!.copies, second!.meta], [null, null, null]);
    const changed = await database()
      .updateTable("novels")
      .set({ isLent: false, price: "1.00", meta: { lang: "fr" } })
      .where("title", "in", ["No cover"])
      .executeTakeFirstOrThrow();
    assert.equal(changed.numUpdatedRows, 1n);
    await second!.reload();
    assert.deepEqual([second!.isLent, second!.price, second!.meta], [false, "1.00", { lang: "fr" }]);
    const removed = await database().deleteFrom("novels").where("copies", "=", full.copies).executeTakeFirstOrThrow();
    assert.equal(removed.numDeletedRows, 1n);
  });

  it("returns inserted rows, or the key on MySQL", async () => {
    if (open().kind === "MySQL") {
      const { insertId } = await database().insertInto("writers").values({ fullName: "Lem" }).executeTakeFirstOrThrow();
      assert.equal(insertId, 1n);
      return;
    }
    const made = await database().insertInto("writers").values({ fullName: "Lem" }).returning(["id", "fullName"]).executeTakeFirstOrThrow();
    assert.deepEqual(made, { id: 1, fullName: "Lem" });
  });

  it("joins the transaction that it is called in", async () => {
    await assert.rejects(
      transaction(async () => {
        await create();
        await database().insertInto("writers").values({ fullName: "Lem" }).execute();
        assert.equal((await database().selectFrom("writers").selectAll().execute()).length, 2);
        throw new Error("undone");
      }),
      { message: "undone" },
    );
    assert.equal(await Writer.count(), 0);
    await assert.rejects(
      database()
        .transaction()
        .execute(async () => undefined),
      { code: "E_KYSELY_USE", message: "Kysely cannot begin a transaction here." },
    );
  });

  it("supports queries that models do not", async () => {
    await create();
    await create();
    const totals = await database()
      .with("priced", (db) => db.selectFrom("novels").select(["writerId", "price"]).where("price", ">", "1.00"))
      .selectFrom("priced")
      .select((priced) => [priced.fn.countAll().as("count")])
      .executeTakeFirstOrThrow();
    assert.equal(Number(totals.count), 2);
    const ranked = await database()
      .selectFrom("novels")
      .select(["id", sql<number>`row_number() over (order by id desc)`.as("place")])
      .orderBy("id")
      .execute();
    assert.deepEqual(ranked, [
      { id: 1, place: 2 },
      { id: 2, place: 1 },
    ]);
    assert.deepEqual(
      (await sql<{ one: number }>`select ${1} + 0 as one`.execute(database())).rows.map(({ one }) => Number(one)),
      [1],
    );
  });

  it("rejects undefined values, and converts errors to those of models", async () => {
    await assert.rejects(sql`select ${undefined}`.execute(database()), { code: "E_FILTER_UNDEFINED" });
    await assert.rejects(
      database()
        .insertInto("novels")
        .values({ ...full, writerId: 99 })
        .execute(),
      { code: "E_CONSTRAINT" },
    );
    await assert.rejects(async () => {
      for await (const row of database().selectFrom("novels").selectAll().stream()) assert.fail(String(row));
    }, /stream a query|support streaming/);
  });
});

describe("kysely()", () => {
  it("needs models that use each name for one column", () => {
    class One extends Model("ones", { id: f.id(), name: f.text() }) {}
    class Two extends Model("twos", { id: f.id(), name: f.text({ column: "label" }) }) {}
    assert.throws(() => kysely([]), { code: "E_KYSELY_USE" });
    assert.throws(() => kysely([One, Two]), {
      code: "E_KYSELY_NAME",
      message: 'Two.name is the column "label", but another model uses "name" for it.',
    });
  });

  it("needs a database", () => {
    assert.throws(() => kysely([Writer]), { code: "E_DATABASE_MISSING" });
  });
});
