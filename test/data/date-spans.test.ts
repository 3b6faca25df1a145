/** Starts of units, and spans added to dates and datetimes: the same on every database, also at the ends of what they hold. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { createDatabase, field as f, Model } from "../../src/data.ts";
import type { DaySpan, Span } from "../../src/data.ts";
import { describeOnDatabases } from "./databases.ts";

class Stay extends Model("date_span_stays", {
  id: f.id(),
  at: f.datetime({ null: true }),
  day: f.date({ null: true }),
  text: f.text({ max: 20, default: "none" }),
  pages: f.int({ default: 0 }),
}) {}

/** Ends of months and years, leap days, weeks 1 and 53 of ISO 8601, centuries without a leap day, the ends of all years. */
const days = [
  ..."2023-01-31 2024-01-30 2024-01-31 2024-02-28 2024-02-29 2023-02-28 2024-03-31 2024-05-31 2024-12-31 2025-01-01 2026-06-30".split(" "),
  ..."2020-12-27 2020-12-28 2020-12-31 2021-01-01 2021-01-03 2021-01-04 2026-11-29 2026-11-30 2015-12-31 2016-01-03 2024-04-01".split(" "),
  ..."1900-02-28 1900-03-01 2000-02-29 2100-02-28 2100-03-01 1970-01-01 1969-12-31 1582-10-15 1752-09-14 1000-01-01 0999-12-31".split(" "),
  ..."0001-01-01 0001-01-02 0001-01-31 0001-02-01 0004-02-29 0099-12-31 0100-01-01 9999-12-31 9999-12-30 9999-11-30 9996-02-29".split(" "),
];
const times = ["00:00:00.000", "23:59:59.999", "12:34:56.789"];

const spans: readonly Span[] = [
  ...[1, -1, 11, 12, -12, 13, 25, -25, 1200, -1200, 119_987].map((months) => ({ months })),
  ...[1, -1, 4, -4, 100, 9998, -9998].map((years) => ({ years })),
  ...[0, 1, -1, 28, 365, -366, 36_525, 3_652_058, -3_652_058].map((number) => ({ days: number })),
  ...[1, -1, 53].map((weeks) => ({ weeks })),
  { years: 1, months: 1, weeks: 1, days: 1 },
  { months: 1, days: -1 },
  { months: -1, days: 1 },
  { years: -1, months: 12 },
  { years: 9998, days: -3_651_000 },
];
const hourSpans: readonly Span[] = [
  { hours: 1 },
  { hours: -25 },
  { minutes: 90 },
  { seconds: 1 },
  { seconds: -1 },
  { hours: 24 * 3_652_058 },
  { seconds: -86_400 * 3_652_058 },
  { months: 1, hours: -1 },
  { days: 1, hours: -24 },
];

/** Days since 1970 of a date of the Gregorian calendar, without the help of Date. */
function toDayNumber(year: number, month: number, day: number): number {
  let count = day - 1;
  for (let earlier = 1; earlier < month; earlier++) count += lengthOf(year, earlier);
  const past = year - 1;
  return past * 365 + Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400) + count - 719_162;
}

function lengthOf(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!;
}

const dayMs = 86_400_000;
const [first, last] = [toDayNumber(1, 1, 1) * dayMs, toDayNumber(10_000, 1, 1) * dayMs - 1];

/** A local time with days added; undefined outside of the years 1 to 9999. */
function addDays(local: number, { years = 0, months = 0, weeks = 0, days: more = 0 }: DaySpan): number | undefined {
  const [year = 0, month = 0, day = 0] = new Date(local).toISOString().slice(0, 10).split("-").map(Number);
  const place = year * 12 + month - 1 + years * 12 + months;
  const [newYear, newMonth] = [Math.floor(place / 12), (place % 12) + 1];
  if (newYear < 1 || newYear > 9999) return undefined;
  const number = toDayNumber(newYear, newMonth, Math.min(day, lengthOf(newYear, newMonth)));
  return held((number + weeks * 7 + more) * dayMs + (((local % dayMs) + dayMs) % dayMs));
}

const held = (ms: number): number | undefined => (ms < first || ms > last ? undefined : ms);
const secondsOf = ({ hours = 0, minutes = 0, seconds = 0 }: Span): number => hours * 3600 + minutes * 60 + seconds;

function add(ms: number, span: Span): number | undefined {
  const moved = addDays(ms, span);
  return moved === undefined ? undefined : held(moved + secondsOf(span) * 1000);
}

/** The start of a unit, from the digits of a date; weeks by counting days back to a Monday. */
function startOf(text: string, unit: string): string {
  const [year = "", month = ""] = text.split("-");
  if (unit === "year") return `${year}-01-01`;
  if (unit === "quarter") return `${year}-${["01", "04", "07", "10"][Math.ceil(Number(month) / 3) - 1]}-01`;
  if (unit === "month") return `${year}-${month}-01`;
  let ms = Date.parse(`${text}T00:00:00Z`);
  while (unit === "week" && new Date(ms).getUTCDay() !== 1) ms -= dayMs;
  return new Date(ms).toISOString().slice(0, 10);
}

const negate = (span: Span): Span => Object.fromEntries(Object.entries(span).map(([name, count]) => [name, -count]));

describeOnDatabases("spans of dates", [Stay], () => {
  it("truncate dates and datetimes to each unit", async () => {
    await Stay.createMany(days.flatMap((day) => times.map((time) => ({ day, at: new Date(`${day}T${time}Z`) }))));
    for (const unit of ["year", "quarter", "month", "week", "day"] as const) {
      const rows = await Stay.orderBy("id").values(({ at, day }) => ({ at, day, from: at.truncate(unit), start: day.truncate(unit) }));
      const expected = rows.map(({ at, day }) => {
        const start = startOf(day!, unit);
        return { at, day, from: new Date(`${start}T00:00:00.000Z`), start };
      });
      assert.deepEqual(rows, expected, unit);
    }
  });

  it("are added to dates and subtracted, or fail outside of the years 1 to 9999", async () => {
    await Stay.createMany(days.map((day) => ({ day })));
    const rows = (await Stay.orderBy("id")).map(({ id, day }) => ({ id, ms: Date.parse(`${day}T00:00:00Z`) }));
    for (const span of spans) {
      const sums = rows.map(({ id, ms }) => ({ id, sum: add(ms, span) }));
      const good = sums.filter(({ sum }) => sum !== undefined);
      const query = Stay.where({ id: { in: good.map(({ id }) => id) } }).orderBy("id");
      assert.deepEqual(
        await query.values(({ day, id }) => ({ id, sum: day.add(span as DaySpan), same: day.sub(negate(span) as DaySpan) })),
        good.map(({ id, sum }) => {
          const text = new Date(sum!).toISOString().slice(0, 10);
          return { id, sum: text, same: text };
        }),
        JSON.stringify(span),
      );
      for (const { id } of sums.filter(({ sum }) => sum === undefined))
        await assert.rejects(
          async () => Stay.where({ id }).values(({ day }) => ({ sum: day.add(span as DaySpan) })),
          { code: "E_DATE_RANGE" },
          `${id} ${JSON.stringify(span)}`,
        );
    }
  });

  it("are added to datetimes and subtracted, or fail outside of the years 1 to 9999", async () => {
    await Stay.createMany(days.flatMap((day) => times.map((time) => ({ at: new Date(`${day}T${time}Z`) }))));
    const rows = (await Stay.orderBy("id")).map(({ id, at }) => ({ id, ms: at!.getTime() }));
    for (const span of [...spans, ...hourSpans]) {
      const sums = rows.map(({ id, ms }) => ({ id, sum: add(ms, span) }));
      const good = sums.filter(({ sum }) => sum !== undefined);
      const query = Stay.where({ id: { in: good.map(({ id }) => id) } }).orderBy("id");
      assert.deepEqual(
        await query.values(({ at, id }) => ({ id, sum: at.add(span), same: at.sub(negate(span)) })),
        good.map(({ id, sum }) => ({ id, sum: new Date(sum!), same: new Date(sum!) })),
        JSON.stringify(span),
      );
      for (const { id } of sums.filter(({ sum }) => sum === undefined).slice(0, 8))
        await assert.rejects(
          async () => Stay.where({ id }).values(({ at }) => ({ sum: at.add(span) })),
          { code: "E_DATE_RANGE" },
          `${id} ${JSON.stringify(span)}`,
        );
    }
  });

  it("keep the local time of a zone, across clock changes", async () => {
    const starts = [
      ..."2026-03-28T01:30 2026-03-28T22:59 2026-03-29T00:59 2026-03-29T01:00 2026-10-24T00:30 2026-10-24T01:30 2026-10-25T00:30".split(
        " ",
      ),
      ..."2026-10-25T01:30 2026-10-25T23:30 2026-03-08T06:59 2026-03-08T07:00 2026-11-01T05:30 2026-11-01T06:30 2011-12-29T10:30".split(
        " ",
      ),
      ..."2011-12-31T10:30 2018-11-03T03:00 2018-02-17T02:30 2018-02-18T01:30 2024-01-31T23:30 2024-02-29T12:00 1970-01-01T00:00".split(
        " ",
      ),
    ].map((text) => new Date(`${text}:00.000Z`));
    await Stay.createMany(starts.map((at) => ({ at })));
    const zoned: readonly Span[] = [
      { days: 1 },
      { days: -1 },
      { months: 1 },
      { months: -1 },
      { years: 1 },
      { weeks: -1 },
      { hours: 24 },
      { hours: -1 },
      { days: 0 },
      { days: 1, hours: 2 },
      { months: 1, days: -3, minutes: -30 },
    ];
    for (const zone of [
      "Europe/Berlin",
      "America/New_York",
      "America/Sao_Paulo",
      "Australia/Lord_Howe",
      "Pacific/Apia",
      "Asia/Kolkata",
      "UTC",
    ])
      for (const span of zoned)
        assert.deepEqual(
          await Stay.orderBy("id").values(({ at }) => ({ at, sum: at.add(span, zone), same: at.sub(negate(span), zone) })),
          starts.map((at) => ({ at, sum: addInZone(at, span, zone), same: addInZone(at, span, zone) })),
          `${JSON.stringify(span)} in ${zone}`,
        );
  });

  it("fail in zones whose local time leaves the years 1 to 9999", async () => {
    const { id } = await Stay.create({ at: new Date("9999-12-31T23:30:00Z") });
    const { id: early } = await Stay.create({ at: new Date("0001-01-01T00:30:00Z") });
    const fails = { code: "E_DATE_RANGE" };
    await assert.rejects(async () => Stay.where({ id }).values(({ at }) => ({ year: at.year("Asia/Tokyo") })), fails);
    await assert.rejects(async () => Stay.where({ id }).values(({ at }) => ({ at: at.truncate("day", "Asia/Tokyo") })), fails);
    await assert.rejects(
      async () => Stay.where({ id: early }).values(({ at }) => ({ at: at.truncate("hour", "America/New_York") })),
      fails,
    );
    await assert.rejects(async () => Stay.where({ id: early }).values(({ at }) => ({ at: at.sub({ days: 1 }, "Asia/Tokyo") })), fails);
    assert.deepEqual(await Stay.where({ id }).values(({ at }) => ({ hour: at.hour("Etc/GMT+1"), day: at.truncate("day", "Etc/GMT+1") })), [
      { hour: 22, day: new Date("9999-12-31T01:00:00Z") },
    ]);
  });

  it("can be used in filters, orders, groups, updates and each other, and keep null", async () => {
    await Stay.createMany(days.slice(0, 11).map((day) => ({ day, at: new Date(`${day}T12:00:00Z`) })));
    const { id } = await Stay.create({});
    assert.deepEqual(
      await Stay.where({ id }).values(({ at, day }) => ({
        a: at.add({ months: 1 }),
        b: at.add({ days: 1 }, "Europe/Berlin"),
        c: day.sub({ days: 1 }),
        d: day.truncate("week"),
        e: at.truncate("quarter"),
      })),
      [{ a: null, b: null, c: null, d: null, e: null }],
    );
    assert.equal(
      await Stay.where(({ at, day }) =>
        at
          .add({ hours: 12 })
          .date()
          .eq(day.add({ days: 1 })),
      ).count(),
      11,
    );
    assert.equal(await Stay.where(({ at }) => at.add({ months: 1 }).gt(new Date("2026-07-01T00:00:00Z"))).count(), 1);
    assert.equal(await Stay.where(({ day }) => day.sub({ years: 1 }).in(["2023-02-28", "2023-03-31"])).count(), 3);
    const [latest] = await Stay.where(({ day }) => day.isNotNull())
      .orderBy(({ day }) => day.add({ months: 1 }).desc())
      .limit(1);
    assert.equal(latest!.day, "2026-06-30");
    assert.deepEqual(
      await Stay.where(({ day }) => day.isNotNull())
        .groupBy(({ day }) => [day.truncate("quarter").add({ months: 3 })])
        .orderBy(({ day }) => day.truncate("quarter").add({ months: 3 }).asc())
        .values((stay) => ({ end: stay.day.truncate("quarter").add({ months: 3 }), count: stay.count() })),
      [
        { end: "2023-04-01", count: 2 },
        { end: "2024-04-01", count: 5 },
        { end: "2024-07-01", count: 1 },
        { end: "2025-01-01", count: 1 },
        { end: "2025-04-01", count: 1 },
        { end: "2026-07-01", count: 1 },
      ],
    );
    await Stay.where({ day: "2024-01-31" }).update({
      day: ({ day }) => day.add({ months: 1 }),
      at: ({ at }) => at.truncate("week").sub({ days: 1 }),
    });
    assert.deepEqual(await Stay.where({ at: new Date("2024-01-28T00:00:00Z") }).pluck("day"), ["2024-02-29"]);
    await assert.rejects(Stay.where({ id: { gt: 0 } }).update({ at: ({ at }) => at.add({ years: 9990 }) }), { code: "E_DATE_RANGE" });
    assert.equal(await Stay.where({ at: null }).count(), 1);
  });

  it("are rejected in an unknown form, and for other types", () => {
    const read = (span: unknown, zone?: unknown) => (): unknown =>
      Stay.where().values(({ at }) => ({ at: at.add(span as Span, zone as string) }));
    for (const span of [
      undefined,
      null,
      1,
      "1 day",
      new Date(),
      [],
      {},
      { days: 1.5 },
      { days: "1" },
      { days: undefined },
      { days: Number.NaN },
    ])
      assert.throws(read(span), { code: "E_EXPRESSION_ARGUMENT", message: /add\(\) got/ });
    const daysMax = 3_660_000;
    for (const span of [{ years: 10_000 }, { months: -120_000 }, { days: daysMax }, { seconds: daysMax * 86_400 }]) read(span)();
    for (const span of [{ years: 10_001 }, { months: -120_001 }, { days: daysMax + 1 }, { seconds: daysMax * 86_400 + 1 }])
      assert.throws(read(span), { code: "E_EXPRESSION_ARGUMENT", fix: /10000 years/ });
    assert.throws(read({ day: 1 }), { code: "E_OPTION_UNKNOWN", fix: /"days"/ });
    for (const zone of ["Europe/Berln", null, 5])
      assert.throws(read({ days: 1 }, zone), { code: "E_EXPRESSION_ARGUMENT", message: /time zone/ });
    const day = (work: (stay: never) => unknown) => (): unknown =>
      Stay.where().values((stay) => ({ value: work(stay as never) as typeof stay.id }));
    type Any = { readonly [Name in "add" | "sub" | "truncate"]: (...values: readonly unknown[]) => unknown };
    type Fields = { readonly [Name in "day" | "text" | "pages" | "at"]: Any };
    assert.throws(
      day(({ day: date }: Fields) => date.add({ hours: 1 })),
      { code: "E_OPTION_UNKNOWN", fix: /years, months, weeks, days/ },
    );
    assert.throws(
      day(({ day: date }: Fields) => date.truncate("hour")),
      { code: "E_EXPRESSION_ARGUMENT", fix: /year, quarter, month, week, day/ },
    );
    assert.throws(
      day(({ day: date }: Fields) => date.add({ days: 1 }, "Europe/Berlin")),
      { code: "E_EXPRESSION_TYPE" },
    );
    assert.throws(
      day(({ day: date }: Fields) => date.truncate("week", "Europe/Berlin")),
      { code: "E_EXPRESSION_TYPE" },
    );
    assert.throws(
      day(({ text }: Fields) => text.add({ days: 1 })),
      { code: "E_EXPRESSION_TYPE", fix: /date, datetime/ },
    );
    assert.throws(
      day(({ text }: Fields) => text.truncate("week")),
      { code: "E_EXPRESSION_TYPE", fix: /date, datetime/ },
    );
    assert.throws(
      day(({ pages }: Fields) => pages.sub({ days: 1 })),
      { code: "E_FILTER_VALUE" },
    );
  });
});

/** A span in a zone, as the runtime shows its clocks: skipped times count by the clock before, repeated ones by the clock after. */
function addInZone(at: Date, span: Span, zone: string): Date {
  const ms = at.getTime();
  if (Object.keys(span).every((name) => name === "hours") || Object.values(span).every((count) => count === 0))
    return new Date(ms + secondsOf(span) * 1000);
  const local = addDays(ms + offsetOf(ms, zone), span)!;
  const offsets = [-2, 2].map((shift) => offsetOf(local + shift * dayMs, zone));
  const matches = offsets.map((offset) => local - offset).filter((each) => each + offsetOf(each, zone) === local);
  const start = matches.length === 0 ? local - offsets[0]! : Math.max(...matches);
  return new Date(start + secondsOf(span) * 1000);
}

function offsetOf(ms: number, zone: string): number {
  const format = new Intl.DateTimeFormat("sv", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  return Date.parse(`${format.format(ms).replace(" ", "T")}Z`) - ms;
}

it("cannot be used in conditions of tables if a span is added", async () => {
  class Wrong extends Model(
    "date_span_wrong",
    { id: f.id(), start: f.date(), end: f.date() },
    { checks: { short: (row) => row.end.lte(row.start.add({ days: 30 })) } },
  ) {}
  await assert.rejects(createDatabase({ url: "sqlite::memory:", models: [Wrong], bind: false }), { code: "E_MODEL_CONDITION" });
});
