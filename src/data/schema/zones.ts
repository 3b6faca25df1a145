/** Changes of dates and datetimes: local times by the rules that JavaScript knows, starts of units, and spans that are added. */
import { GableError } from "../../errors/gable-error.ts";
import { assertKnownOptions, describeValue } from "../../errors/option-errors.ts";
import type { DayUnit, Span } from "./expression-types.ts";

/** Units that a datetime can be truncated to. */
export type TruncateUnit = DayUnit | "hour";

const dayUnits: readonly TruncateUnit[] = ["year", "quarter", "month", "week", "day"];

/** Checks the unit of truncate(); dates have no hours. Throws `E_EXPRESSION_ARGUMENT`. */
export function assertTruncateUnit(unit: unknown, isDate: boolean): asserts unit is TruncateUnit {
  const units: readonly unknown[] = isDate ? dayUnits : [...dayUnits, "hour"];
  if (units.includes(unit)) return;
  throw new GableError("E_EXPRESSION_ARGUMENT", `truncate()${isDate ? " of a date" : ""} got ${describeValue(unit)}.`, {
    fix: `Use one of: ${units.join(", ")}.`,
  });
}

/** A span as databases add it: first the months, then the days, then the seconds. */
export interface SpanParts {
  readonly months: number;
  readonly days: number;
  readonly seconds: number;
}

/** A change of a date or datetime: a span to add, or the start of a unit; with neither, its local time in a zone. */
export interface DateChange {
  readonly zone: string;
  readonly unit: TruncateUnit | undefined;
  readonly span: SpanParts | undefined;
}

/** The part that each unit adds to, and how many of its units it has. */
const spanUnits: { readonly [Name in keyof Span]-?: { readonly part: keyof SpanParts; readonly count: number } } = {
  years: { part: "months", count: 12 },
  months: { part: "months", count: 1 },
  weeks: { part: "days", count: 7 },
  days: { part: "days", count: 1 },
  hours: { part: "seconds", count: 3600 },
  minutes: { part: "seconds", count: 60 },
  seconds: { part: "seconds", count: 1 },
};
const spanNames = Object.keys(spanUnits);
const dayNames = spanNames.slice(0, 4);

/** More would leave the years 1 to 9999 from any date. */
const partsMax: SpanParts = { months: 120_000, days: 3_660_000, seconds: 3_660_000 * 86_400 };

/** Returns the parts of a span, negated for sub(). Throws `E_EXPRESSION_ARGUMENT` or `E_OPTION_UNKNOWN`. */
export function readSpan(span: unknown, method: "add" | "sub", isDate: boolean): SpanParts {
  if (typeof span !== "object" || span === null || Object.prototype.toString.call(span) !== "[object Object]")
    throw spanError(method, span, "Pass a span, such as { days: 7 }.");
  const names = isDate ? dayNames : spanNames;
  assertKnownOptions(`${method}()${isDate ? " of a date" : ""}`, span, names);
  const given = Object.keys(span) as Array<keyof Span>; // The names are known.
  if (given.length === 0) throw spanError(method, span, `Name at least one of: ${names.join(", ")}.`);
  const parts = { months: 0, days: 0, seconds: 0 };
  for (const name of given) {
    const { part, count } = spanUnits[name];
    const value = (span as Span)[name]; // Its names are known.
    if (value === undefined || !Number.isSafeInteger(value)) throw spanError(method, value, "Pass whole numbers.", name);
    parts[part] += value * count * (method === "add" ? 1 : -1);
    if (Math.abs(parts[part]) > partsMax[part]) throw spanError(method, value, "Pass a span of less than 10000 years.", name);
  }
  return parts;
}

function spanError(method: string, value: unknown, fix: string, name?: string): GableError {
  return new GableError("E_EXPRESSION_ARGUMENT", `${method}() got ${describeValue(value)}${name === undefined ? "" : ` for ${name}`}.`, {
    fix,
  });
}

/** A period in which a zone has one offset. */
interface ZoneSpan {
  /** Its start, in seconds since 1970. */
  readonly start: number;
  /** Offset from UTC, in seconds. */
  readonly offset: number;
}

/** Clock changes are known between these years; outside of them, the first and the last offset apply. */
const [firstYear, lastYear] = [1900, 2100];
const dayMs = 86_400_000;

const spans = new Map<string, readonly ZoneSpan[]>();
const utc: readonly ZoneSpan[] = [{ start: -Infinity, offset: 0 }];

/** Throws `E_EXPRESSION_ARGUMENT` for an unknown time zone. */
export function assertZone(zone: unknown, method: string): asserts zone is string {
  try {
    // Other names would need escaping in a statement.
    if (typeof zone === "string" && /^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/.test(zone) && new Intl.DateTimeFormat("en", { timeZone: zone }))
      return;
  } catch {
    // The error is reported below.
  }
  throw new GableError("E_EXPRESSION_ARGUMENT", `${method}() got the time zone ${describeValue(zone)}.`, {
    fix: 'Name one of the time zone database, such as "Europe/Berlin".',
  });
}

/** Returns the periods of a zone. The first has no start. */
export function zoneSpans(zone: string): readonly ZoneSpan[] {
  if (zone === "UTC") return utc;
  const known = spans.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en-u-hc-h23", {
    timeZone: zone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const offsetAt = (ms: number): number => {
    const part = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    return (Date.UTC(part["year"]!, part["month"]! - 1, part["day"], part["hour"], part["minute"], part["second"]) - ms) / 1000;
  };
  const end = Date.UTC(lastYear, 0);
  let offset = offsetAt(Date.UTC(firstYear, 0));
  const found: ZoneSpan[] = [{ start: -Infinity, offset }];
  // No zone has changed its clocks and changed them back within so few days.
  for (let ms = Date.UTC(firstYear, 0); ms < end; ms += 14 * dayMs) {
    const next = offsetAt(ms + 14 * dayMs);
    if (next === offset) continue;
    let [low, high] = [ms / 1000, ms / 1000 + 14 * 86_400];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offsetAt(middle * 1000) === offset) low = middle;
      else high = middle;
    }
    found.push({ start: high, offset: next });
    offset = next;
  }
  spans.set(zone, found);
  return found;
}

function offsetIn(list: readonly ZoneSpan[], seconds: number, startOf: (span: ZoneSpan) => number): number {
  let [low, high] = [0, list.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (startOf(list[middle]!) <= seconds) low = middle;
    else high = middle;
  }
  return list[low]!.offset;
}

/**
 * First second of a period in local time. Local times that a clock change skips count by the period before, repeated ones by the
 * period after, as in PostgreSQL.
 */
export const localStart = ({ start, offset }: ZoneSpan): number => start + offset;

/** The first datetime that every database holds. The last one is that of the year 9999. */
const firstMoment = Date.parse("0001-01-01T00:00:00.000Z");
const lastMoment = Date.parse("9999-12-31T23:59:59.999Z");

/** Returns a datetime if every database holds it, otherwise infinity. */
function hold(ms: number): number {
  return ms < firstMoment ? -Infinity : ms > lastMoment ? Infinity : ms;
}

/**
 * Returns a changed datetime. A local time is a datetime whose UTC parts show it. If the result, or a step on the way, is
 * before the year 1 or after the year 9999, returns -Infinity or Infinity.
 */
export function changeMoment(ms: number, { zone, unit, span }: DateChange): number {
  const list = zoneSpans(zone);
  const { months, days, seconds } = span ?? { months: 0, days: 0, seconds: 0 };
  // Hours and shorter units are of the same length on all days, so they need no local time.
  if (span !== undefined && months === 0 && days === 0) return hold(hold(ms) + seconds * 1000);
  const offset = offsetIn(list, Math.floor(ms / 1000), ({ start }) => start) * 1000;
  const local = hold(hold(ms) + offset);
  if ((unit === undefined && span === undefined) || !Number.isFinite(local)) return local;
  // An hour that clocks show twice keeps its offset.
  if (unit === "hour") return hold(new Date(local).setUTCMinutes(0, 0, 0) - offset);
  const changed = unit === undefined ? hold(addMonths(local, months) + days * dayMs) : hold(startOf(local, unit));
  if (!Number.isFinite(changed)) return changed;
  return hold(hold(changed - offsetIn(list, Math.floor(changed / 1000), localStart) * 1000) + seconds * 1000);
}

function startOf(local: number, unit: DayUnit): number {
  const date = new Date(local);
  date.setUTCHours(0, 0, 0, 0);
  if (unit === "week") date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  else if (unit !== "day") date.setUTCDate(1);
  if (unit === "quarter") date.setUTCMonth(date.getUTCMonth() - (date.getUTCMonth() % 3));
  if (unit === "year") date.setUTCMonth(0);
  return date.getTime();
}

/** Adds months. A day that the month does not have becomes its last day. */
function addMonths(local: number, months: number): number {
  const date = new Date(local);
  const day = date.getUTCDate();
  date.setUTCMonth(date.getUTCMonth() + months + 1, 0);
  if (date.getUTCDate() > day) date.setUTCDate(day);
  return hold(date.getTime());
}

/** Returns the first and last datetime that a change keeps in the years 1 to 9999. If there are none, the first is after the last. */
export function boundsOf(change: DateChange): { readonly low: string; readonly high: string } {
  const isBefore = (ms: number): boolean => changeMoment(ms, change) === -Infinity;
  const isAfter = (ms: number): boolean => changeMoment(ms, change) === Infinity;
  const [low, high] = [findFirst((ms) => !isBefore(ms)), findFirst(isAfter) - 1];
  return { low: new Date(low > high ? lastMoment : low).toISOString(), high: new Date(low > high ? firstMoment : high).toISOString() };
}

/** Returns the first millisecond of the years 1 to 9999 from which on a condition is true; if it is true of none, the one after them. */
function findFirst(isTrue: (ms: number) => boolean): number {
  let [low, high] = [firstMoment, lastMoment + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isTrue(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Creates the error about a date outside of the years 1 to 9999. */
export function dateOutOfRange(cause?: unknown): GableError {
  return new GableError("E_DATE_RANGE", "A statement computes a date before the year 1 or after the year 9999.", {
    ...(cause !== undefined && { cause }),
  });
}
