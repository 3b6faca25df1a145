/** Unique keys that are looked at late, or to which rows without a value are equal: of PostgreSQL. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Database } from "../../src/data.ts";
import { createDatabase, field as f, Model, sql, transaction } from "../../src/data.ts";
import type { DatabasePlace } from "./databases.ts";
import { placePostgres, skipPostgres } from "./databases.ts";
import { refusedWith } from "./refused-with.ts";

class Seat extends Model(
  "unique_seats",
  { id: f.id(), row: f.int(), place: f.int(), name: f.text({ max: 20, null: true }) },
  {
    uniques: [
      { on: ["row", "place"], deferrable: "deferred", message: "Somebody sits there." },
      { on: ["place"], name: "seats_place", deferrable: "immediate" },
      { on: ["name"], nullsDistinct: false },
    ],
  },
) {}

describe("unique keys of PostgreSQL", { skip: skipPostgres }, () => {
  let place: DatabasePlace;
  let database: Database;
  before(async () => {
    place = await placePostgres();
    database = await createDatabase({ url: place.url, models: [Seat] });
    await database.createTables();
  });
  after(async () => {
    await database.close();
    await place.remove();
  });
  beforeEach(async () => {
    await Seat.all().delete();
    await Seat.createMany([
      { row: 1, place: 1, name: "a" },
      { row: 1, place: 2, name: "b" },
    ]);
  });

  it("allow swapped values if they are checked after the statement or at the end", async () => {
    assert.equal(await Seat.all().update({ place: (seat) => seat.place.mul(-1).add(3) }), 2);
    assert.deepEqual(await Seat.orderBy("name").pluck("place"), [2, 1]);
    const [one, other] = await Seat.orderBy("name");
    await transaction(async () => {
      await Seat.where({ id: one!.id }).update({ row: 5, place: 7 });
      await Seat.where({ id: other!.id }).update({ row: 5, place: 8 });
      await Seat.where({ id: one!.id }).update({ place: 9 });
      await Seat.where({ id: other!.id }).update({ place: 7 });
    });
  });

  it("report taken fields at the end of the transaction", async () => {
    // The key of the place alone would be in the way.
    await database.query(sql`ALTER TABLE unique_seats DROP CONSTRAINT seats_place`);
    let isInserted = false;
    const refused = transaction(async () => {
      await Seat.create({ row: 1, place: 2, name: "c" });
      isInserted = true;
    });
    await assert.rejects(refused, refusedWith({ row: ["Somebody sits there."], place: ["Somebody sits there."] }));
    assert.equal(isInserted, true);
    assert.equal(await Seat.where({ name: "c" }).exists(), false);
    // Without a transaction around it, the end of the statement is the end.
    await assert.rejects(Seat.create({ row: 1, place: 2, name: "c" }), { code: "E_VALIDATION" });
    await database.query(sql`ALTER TABLE unique_seats ADD CONSTRAINT seats_place UNIQUE (place) DEFERRABLE INITIALLY IMMEDIATE`);
  });

  it("allow at most one null if nulls are equal", async () => {
    await Seat.create({ row: 8, place: 8 });
    await assert.rejects(Seat.create({ row: 9, place: 9 }), refusedWith({ name: ["This combination of name is taken."] }));
  });

  it("cannot be used by upsert() if they are deferred", async () => {
    await assert.rejects(Seat.upsert({ where: { row: 1, place: 1 }, update: { name: "x" } }), { code: "E_KEY_NOT_UNIQUE" });
  });
});

describe("unique keys of other databases", () => {
  it("are rejected if they would be a different rule", async () => {
    await assert.rejects(createDatabase({ url: "sqlite::memory:", models: [Seat], bind: false }), {
      code: "E_MODEL_INVALID",
      message:
        "The models have 3 mistakes:\n" +
        'Seat: SQLite looks at the unique key "unique_seats_row_place_unique" with each row (E_MODEL_OPTION). Leave out deferrable, or use PostgreSQL.\n' +
        'Seat: SQLite looks at the unique key "seats_place" with each row (E_MODEL_OPTION). Leave out deferrable, or use PostgreSQL.\n' +
        'Seat: SQLite lets rows of the unique key "unique_seats_name_unique" have no value (E_MODEL_OPTION). Leave out nullsDistinct, or use PostgreSQL.',
    });
    class Wrong extends Model(
      "unique_wrong",
      { id: f.id(), row: f.int() },
      {
        uniques: [
          { on: ["row"], deferrable: "deferred", where: (row) => row.row.gt(1) },
          { on: ["id"], deferrable: "later" as never },
        ],
      },
    ) {}
    await assert.rejects(createDatabase({ url: "sqlite::memory:", models: [Wrong], bind: false }), {
      message: /a unique key of some rows is deferrable .*\n.*a unique key has deferrable "later"/s,
    });
  });
});
