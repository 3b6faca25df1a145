/** Cron expressions: five fields, and the times at which they match in a time zone. */
import { GableError } from "../errors/gable-error.ts";
import type { WallTime } from "../forms/values/zoned-time.ts";
import { toInstant, toWallTime } from "../forms/values/zoned-time.ts";

/** A cron expression that was read. */
export interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  /** From 1. */
  readonly months: ReadonlySet<number>;
  /** Sunday is 0. */
  readonly weekdays: ReadonlySet<number>;
  /** Whether a day of the month or a weekday is enough, because the expression limits both: neither starts with `*` (crontab(5)). */
  readonly isEitherDay: boolean;
}

interface CronField {
  readonly label: string;
  readonly least: number;
  readonly most: number;
  /** Names of values, from the least one. */
  readonly names?: readonly string[];
}

const fields: readonly CronField[] = [
  { label: "minute", least: 0, most: 59 },
  { label: "hour", least: 0, most: 23 },
  { label: "day of the month", least: 1, most: 31 },
  {
    label: "month",
    least: 1,
    most: 12,
    names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  },
  // Sunday is 0 and 7.
  { label: "weekday", least: 0, most: 7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

const shortcuts: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** February 29 can be eight years away, and twice as far on a given weekday. */
const searchMs = 41 * 366 * dayMs;

/** Reads an expression. `owner` names the schedule in errors. Throws `E_SCHEDULE_CRON`. */
export function parseCron(owner: string, expression: unknown): Cron {
  const refuse = (reason: string): GableError =>
    new GableError("E_SCHEDULE_CRON", `${owner}: the cron expression ${JSON.stringify(expression)} cannot be used: ${reason}.`);
  if (typeof expression !== "string") throw refuse("it must be a string");
  const text = shortcuts[expression.trim().toLowerCase()] ?? expression.trim();
  if (text.startsWith("@")) throw refuse(`the shortcuts are ${Object.keys(shortcuts).join(", ")}`);
  const parts = text.split(/\s+/);
  if (parts.length !== fields.length || text === "")
    throw refuse(`it has ${text === "" ? 0 : parts.length} fields instead of five: minute, hour, day of the month, month, weekday`);
  const [minutes, hours, days, months, weekdays] = fields.map((field, index) => parseField(field, parts[index]!, refuse));
  const isEitherDay = !parts[2]!.startsWith("*") && !parts[4]!.startsWith("*");
  const cron = { minutes: minutes!, hours: hours!, days: days!, months: months!, weekdays: toWeekdays(weekdays!), isEitherDay };
  if (nextWall(cron, 0) === undefined) throw refuse("it matches no day of any year");
  return cron;
}

function toWeekdays(days: ReadonlySet<number>): ReadonlySet<number> {
  return new Set([...days].map((day) => day % 7));
}

function parseField(field: CronField, text: string, refuse: (reason: string) => GableError): ReadonlySet<number> {
  const values = new Set<number>();
  for (const item of text.split(",")) {
    const match = /^(?:(?<all>\*)|(?<from>\w+)(?:-(?<to>\w+))?)(?:\/(?<step>[0-9]+))?$/.exec(item);
    if (match === null) throw refuse(`the ${field.label} "${item}" is neither a value, a range, a list, nor a step of one`);
    const { all, from, to, step = "1" } = match.groups!;
    if (all === undefined && to === undefined && match.groups!["step"] !== undefined)
      throw refuse(`the ${field.label} "${item}" has a step without a range: write "${from}-${field.most}/${step}"`);
    const first = all === undefined ? parseValue(field, from!, refuse) : field.least;
    const last = all === undefined ? (to === undefined ? first : parseValue(field, to, refuse)) : field.most;
    if (first > last) throw refuse(`the ${field.label} "${item}" runs backwards: write two ranges`);
    const distance = Number(step);
    if (distance < 1 || distance > field.most)
      throw refuse(`the step of the ${field.label} is ${step}; it must be from 1 to ${field.most}`);
    for (let value = first; value <= last; value += distance) values.add(value);
  }
  return values;
}

function parseValue({ label, least, most, names = [] }: CronField, text: string, refuse: (reason: string) => GableError): number {
  const name = names.indexOf(text.toLowerCase());
  const value = name >= 0 ? name + least : /^[0-9]{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw refuse(`the ${label} is ${text}; it must be from ${least} to ${most}${names.length === 0 ? "" : ` or ${names.join(", ")}`}`);
}

/** Returns the first minute after a time of a wall clock that matches; undefined if none ever does. */
function nextWall(cron: Cron, after: WallTime): WallTime | undefined {
  const time = new Date(Math.floor(after / minuteMs) * minuteMs + minuteMs);
  for (const end = after + searchMs; time.getTime() < end;) {
    if (!cron.months.has(time.getUTCMonth() + 1)) time.setUTCMonth(time.getUTCMonth() + 1, 1);
    else if (!hasDay(cron, time)) time.setUTCDate(time.getUTCDate() + 1);
    else if (!cron.hours.has(time.getUTCHours())) {
      time.setUTCHours(time.getUTCHours() + 1, 0);
      continue;
    } else if (cron.minutes.has(time.getUTCMinutes())) return time.getTime();
    else {
      time.setTime(time.getTime() + minuteMs);
      continue;
    }
    time.setUTCHours(0, 0);
  }
  return undefined;
}

function hasDay({ days, weekdays, isEitherDay }: Cron, time: Date): boolean {
  const [hasDate, hasWeekday] = [days.has(time.getUTCDate()), weekdays.has(time.getUTCDay())];
  return isEitherDay ? hasDate || hasWeekday : hasDate && hasWeekday;
}

/** Returns the first instant after another one at which an expression matches in a zone. */
export function nextTick(cron: Cron, timeZone: string, after: number): number {
  // A minute that has passed on the clock has had its tick: its first occurrence is never later.
  for (let wall = nextWall(cron, toWallTime(after, timeZone)); wall !== undefined; wall = nextWall(cron, wall)) {
    const tick = firstInstant(wall, timeZone);
    if (tick > after) return tick;
  }
  throw new RangeError("a cron expression that was read matches some day");
}

/** The instant of a minute: the first of two, and that of the next minute that exists where the clocks skip it. */
function firstInstant(wall: WallTime, timeZone: string): number {
  for (let minute = wall; ; minute += minuteMs) {
    const instant = toInstant(minute, timeZone);
    if (instant !== undefined) return instant;
  }
}

/** Returns the last instant after `from`, up to `until`, at which an expression matches; undefined if there is none. */
export function lastTick(
  cron: Cron,
  timeZone: string,
  { from, until }: { readonly from: number; readonly until: number },
): number | undefined {
  // Short spans first: an expression that matches each minute would have thousands of ticks in a long one.
  for (const spanMs of [minuteMs, 60 * minuteMs, dayMs, Infinity]) {
    const start = Math.max(from, until - spanMs);
    let last: number | undefined;
    for (let tick = nextTick(cron, timeZone, start); tick <= until; tick = nextTick(cron, timeZone, tick)) last = tick;
    if (last !== undefined || start === from) return last;
  }
  return undefined;
}
