/** Fields whose value is a day, a time of day, or both. */
import { isInYears } from "../../data/schema/check-value.ts";
import type { FieldDefinition, Parsed } from "../definition.ts";
import type { ScalarType } from "./scalar-type.ts";
import { broken, textOf } from "./scalar-type.ts";
import { toInstant, toWallTime } from "./zoned-time.ts";

const dayPattern = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const timePattern = /^([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:\.([0-9]{1,3}))?)?$/;
const lastDay = "9999-12-31";

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a string is a valid calendar day: 2026-02-29 is not. */
export function isDay(text: string): boolean {
  const match = dayPattern.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = month === 2 && isLeap ? 29 : (monthDays[month - 1] ?? 0);
  return year > 0 && day > 0 && day <= last;
}

/** Checks strings that sort by their characters. */
function findOrderProblem(value: string, { min, max }: Readonly<{ min?: unknown; max?: unknown }>): Parsed | undefined {
  if (typeof min === "string" && value < min) return broken("too_early", { min });
  if (typeof max === "string" && value > max) return broken("too_late", { max });
  return undefined;
}

/** A day of the calendar, as `2026-11-20`. */
export const date: ScalarType = {
  parse: (typed, { options }) => (isDay(typed) ? (findOrderProblem(typed, options) ?? { value: typed }) : broken("date")),
  toText: (value) => (value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString().slice(0, 10) : textOf(value)),
  attributes: ({ options: { min, max } }) => ({
    min: typeof min === "string" ? min : undefined,
    // Browsers would take years of six digits.
    max: typeof max === "string" ? max : lastDay,
  }),
};

/** Returns a time of day with its seconds: `10:12:00` for `10:12`; undefined for other text. */
export function toFullTime(text: string): string | undefined {
  const match = timePattern.exec(text);
  return match === null || match[4] !== undefined ? undefined : `${match[1]}:${match[2]}:${match[3] ?? "00"}`;
}

/** A time of day, as `10:12:00`. */
export const time: ScalarType = {
  parse: (typed, { options }) => {
    const value = toFullTime(typed);
    if (value === undefined || (options.seconds !== true && !value.endsWith(":00"))) return broken("time");
    const pad = (limit: unknown): unknown => (typeof limit === "string" ? toFullTime(limit) : limit);
    return findOrderProblem(value, { min: pad(options.min), max: pad(options.max) }) ?? { value };
  },
  toText: (value) => (typeof value === "string" ? value.replace(/^([0-9]{2}:[0-9]{2}):00$/, "$1") : undefined),
  attributes: ({ options: { min, max, seconds } }) => ({
    min: typeof min === "string" ? min : undefined,
    max: typeof max === "string" ? max : undefined,
    step: seconds === true ? 1 : undefined,
  }),
};

/** A zone at the end of a string: Z, or an offset of less than a day (RFC 3339, section 5.6). */
const zonePattern = /(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))$/;

/** Cuts the zone off a string; `offsetMs` is undefined without a zone. */
function splitZone(typed: string): { readonly local: string; readonly offsetMs: number | undefined } {
  const match = zonePattern.exec(typed);
  if (match === null) return { local: typed, offsetMs: undefined };
  const [, sign, hours = "0", minutes = "0"] = match;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return { local: typed.slice(0, match.index), offsetMs: sign === "-" ? -offsetMs : offsetMs };
}

/** Reads the wall time of `2026-11-20T10:12`, with a blank instead of the T as well. */
function toWall(typed: string): number | undefined {
  const [day = "", clock = "", ...more] = typed.split(/[T ]/);
  const match = timePattern.exec(clock);
  if (!isDay(day) || match === null || more.length > 0) return undefined;
  const start = Date.parse(`${day}T00:00:00Z`);
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  return start + ((hours * 60 + minutes) * 60 + seconds) * 1000 + Number((match[4] ?? "0").padEnd(3, "0"));
}

/** First and last wall time that a control takes: in some zones, the first and the last datetimes are in other years. */
const [wallMin, wallMax] = [Date.parse("0001-01-01T00:00:00Z"), Date.parse("9999-12-31T23:59:59.999Z")];

/** Writes a wall time without the parts that are zero at its end. */
function fromWall(wall: number): string {
  const shown = Math.min(Math.max(wall, wallMin), wallMax);
  return new Date(shown).toISOString().replace(/(?::00)?\.000Z$|Z$/, "");
}

function toLimit(limit: unknown): number | undefined {
  return limit instanceof Date ? limit.getTime() : undefined;
}

function showLimit(limit: unknown, timeZone: string): string | undefined {
  return limit instanceof Date ? fromWall(toWallTime(limit.getTime(), timeZone)) : undefined;
}

/** An instant, typed as day and time: in the time zone of the request, or in the zone that it ends with. */
export const datetime: ScalarType = {
  parse: (typed, { options }, { timeZone }) => {
    const { local, offsetMs } = splitZone(typed);
    const wall = toWall(local);
    if (wall === undefined || (options.seconds !== true && wall % 60_000 !== 0)) return broken("datetime");
    const instant = offsetMs === undefined ? toInstant(wall, timeZone) : wall - offsetMs;
    if (instant === undefined) return broken("datetime_gap");
    // An offset can lead out of the years that a day has.
    if (!isInYears(new Date(instant))) return broken("datetime");
    const [min, max] = [toLimit(options.min), toLimit(options.max)];
    if (min !== undefined && instant < min) return broken("too_early", { min: showLimit(options.min, timeZone)!.replace("T", " ") });
    if (max !== undefined && instant > max) return broken("too_late", { max: showLimit(options.max, timeZone)!.replace("T", " ") });
    return { value: new Date(instant) };
  },
  toText: (value, _field: FieldDefinition, { timeZone }) => {
    if (!(value instanceof Date)) return textOf(value);
    return Number.isNaN(value.getTime()) ? undefined : fromWall(toWallTime(value.getTime(), timeZone));
  },
  attributes: ({ options: { min, max, seconds } }, { timeZone }) => ({
    min: showLimit(min, timeZone),
    max: showLimit(max, timeZone) ?? `${lastDay}T23:59`,
    step: seconds === true ? "any" : undefined,
  }),
};
