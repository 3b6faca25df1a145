/** Datetimes in time zones: the same on every database, including clock changes, even if a database has no zones. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { createDatabase, field as f, Model } from "../../src/data.ts";
import type { DateExpression, Refs } from "../../src/data.ts";
import { changeMoment } from "../../src/data/schema/zones.ts";
import { describeOnDatabases } from "./databases.ts";

class Event extends Model("zone_events", {
  id: f.id(),
  name: f.text({ max: 60 }),
  at: f.datetime({ null: true }),
  day: f.date({ null: true }),
  time: f.time({ null: true }),
}) {}

/** Where clocks change at night, at midnight, by half an hour, not at all; where a day was left out. */
const zones = ["Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "America/New_York", "UTC"];
const partsOf = { year: 1, month: 2, day: 3 };
const units = ["year", "quarter", "month", "week", "day", "hour"] as const;

const moments = [
  "2026-03-29T00:59:59.999Z",
  "2026-03-29T01:00:00.000Z",
  "2026-10-25T00:30:00.000Z",
  "2026-10-25T01:00:00.000Z",
  "2026-10-25T01:30:00.500Z",
  "2018-11-04T02:59:59.000Z",
  "2018-11-04T03:00:00.000Z",
  "2018-02-18T01:30:00.000Z",
  "2018-02-18T02:30:00.000Z",
  "2026-04-04T14:59:00.000Z",
  "2026-04-04T15:10:00.000Z",
  "2026-10-03T15:29:59.000Z",
  "2026-10-03T15:40:00.000Z",
  "2011-12-30T09:59:59.000Z",
  "2011-12-30T10:00:00.000Z",
  "2025-12-31T23:30:00.000Z",
  "2026-01-01T04:59:59.999Z",
  "2026-07-15T18:45:12.345Z",
  "1985-06-30T22:15:00.000Z",
  "1972-01-01T00:00:00.000Z",
].map((text) => new Date(text));

/** What clocks show, as the runtime tells it. */
function clockOf(at: Date, zone: string): { year: number; month: number; day: number; hour: number; minute: number; second: number } {
  const format = new Intl.DateTimeFormat("en-u-hc-h23", {
    timeZone: zone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)])) as never; // The parts that are wanted.
}

type Row = Refs<typeof Event>;

describeOnDatabases("datetimes in zones", [Event], () => {
  it("have the parts of the local time", async () => {
    const events = await Event.createMany(moments.map((at) => ({ name: at.toISOString(), at })));
    for (const zone of zones) {
      const rows = await Event.orderBy("id").values((row) => ({
        date: row.at.date(zone),
        year: row.at.year(zone),
        month: row.at.month(zone),
        day: row.at.day(zone),
        hour: row.at.hour(zone),
        weekDay: row.at.weekDay(zone),
      }));
      const expected = events.map(({ at }) => {
        const { year, month, day, hour } = clockOf(at!, zone);
        const date = new Date(Date.UTC(year, month - 1, day));
        return { date: date.toISOString().slice(0, 10), year, month, day, hour, weekDay: date.getUTCDay() || 7 };
      });
      assert.deepEqual(rows, expected, zone);
    }
  });

  it("are truncated to the local year, quarter, month, week, day or hour, across clock changes", async () => {
    await Event.createMany(moments.map((at) => ({ name: at.toISOString(), at })));
    for (const zone of zones)
      for (const unit of units) {
        const rows = await Event.orderBy("id").values((row) => ({ at: row.at, start: row.at.truncate(unit, zone) }));
        // PostgreSQL has its own rules: it tells that these are right.
        assert.deepEqual(
          rows.map(({ start }) => start),
          rows.map(({ at }) => new Date(changeMoment(at!.getTime(), { zone, unit, span: undefined }))),
          `${unit} in ${zone}`,
        );
        // Except for zones with half hours, the start of a unit shows the same on all clocks.
        const parts =
          unit === "day" || unit === "month" || unit === "year" ? (["year", "month", "day"] as const).slice(0, partsOf[unit]) : [];
        const shown = (at: Date | null): number[] => parts.map((part) => clockOf(at!, zone)[part]);
        assert.deepEqual(
          rows.map(({ start }) => shown(start)),
          rows.map(({ at }) => shown(at)),
          `${unit} in ${zone}`,
        );
      }
  });

  it("can be used in groups, conditions and orders", async () => {
    await Event.createMany(
      ["2026-03-28T22:59:00Z", "2026-03-28T23:00:00Z", "2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z"].map((text) => ({
        name: text,
        at: new Date(text),
      })),
    );
    const day = (row: Row): DateExpression<Date | null> => row.at.truncate("day", "Europe/Berlin");
    assert.deepEqual(
      await Event.where()
        .groupBy((row) => [day(row)])
        .orderBy((row) => day(row).asc())
        .values((row) => ({ day: day(row), count: row.count() })),
      [
        { day: new Date("2026-03-27T23:00:00Z"), count: 1 },
        { day: new Date("2026-03-28T23:00:00Z"), count: 2 },
        { day: new Date("2026-03-29T22:00:00Z"), count: 1 },
      ],
    );
    assert.equal(await Event.where((row) => row.at.date("Europe/Berlin").eq("2026-03-29")).count(), 2);
    assert.equal(await Event.where((row) => row.at.hour("Asia/Kolkata").eq(4)).count(), 2);
    assert.equal((await Event.orderBy((row) => row.at.hour("Europe/Berlin").desc(), "id").first())!.name, "2026-03-28T22:59:00Z");
    const { id } = await Event.create({ name: "never" });
    assert.deepEqual(
      await Event.where({ id }).values((row) => ({ start: row.at.truncate("hour", "Europe/Berlin"), year: row.at.year("Europe/Berlin") })),
      [{ start: null, year: null }],
    );
  });

  it("are rejected for unknown zones, and for values that are not datetimes", () => {
    for (const zone of ["Europe/Berln", "", "+02:00", "x'; DROP TABLE zone_events; --", "Europe/Berlin\0", 5, null, {}])
      assert.throws(() => Event.where((row) => row.at.year(zone as string).eq(1)), { code: "E_EXPRESSION_ARGUMENT", message: /time zone/ });
    assert.throws(() => Event.orderBy((row) => row.at.truncate("decade" as never, "Europe/Berlin").asc()), {
      code: "E_EXPRESSION_ARGUMENT",
    });
    assert.throws(() => Event.where((row) => row.day.year("Europe/Berlin").eq(1)), { code: "E_EXPRESSION_TYPE" });
    assert.throws(() => Event.where((row) => row.time.hour("Europe/Berlin").eq(1)), { code: "E_EXPRESSION_TYPE" });
  });
});

it("cannot be used in conditions of tables, because the rules of zones change", async () => {
  class Wrong extends Model(
    "zone_wrong",
    { id: f.id(), at: f.datetime() },
    { checks: { late: (row) => row.at.hour("Europe/Berlin").gt(3) } },
  ) {}
  await assert.rejects(createDatabase({ url: "sqlite::memory:", models: [Wrong], bind: false }), { code: "E_MODEL_CONDITION" });
});
