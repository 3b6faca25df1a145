/** Times of day in a time zone as instants, and back. */

const formatters = new Map<string, Intl.DateTimeFormat>();
const formattersMax = 50;

/** Returns the formatter of a zone. Throws a RangeError for a zone that does not exist. */
function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    era: "short",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  if (formatters.size >= formattersMax) formatters.clear();
  formatters.set(timeZone, made);
  return made;
}

/** A time as a clock on a wall shows it, in milliseconds since 1970 as if the wall stood in UTC. */
export type WallTime = number;

/** Returns what a clock of a zone shows at an instant. */
export function toWallTime(instant: number, timeZone: string): WallTime {
  if (timeZone === "UTC") return instant;
  const parts: Record<string, string> = {};
  for (const { type, value } of formatterOf(timeZone).formatToParts(instant)) parts[type] = value;
  const year = parts["era"] === "BC" ? 1 - Number(parts["year"]) : Number(parts["year"]);
  const wall = new Date(0);
  wall.setUTCFullYear(year, Number(parts["month"]) - 1, Number(parts["day"]));
  wall.setUTCHours(Number(parts["hour"]), Number(parts["minute"]), Number(parts["second"]), 0);
  return wall.getTime() + (((instant % 1000) + 1000) % 1000);
}

/**
 * Returns the instant at which a clock of a zone shows a time: the earlier one where it shows the time twice, undefined where the
 * clocks skip it.
 */
export function toInstant(wall: WallTime, timeZone: string): number | undefined {
  if (timeZone === "UTC") return wall;
  // No zone is more than 26 hours away from another one; its offsets on both sides of the time are the only candidates.
  const dayMs = 86_400_000;
  const offsets = [wall - dayMs, wall, wall + dayMs].map((near) => toWallTime(near, timeZone) - near);
  const fitting = offsets.map((offset) => wall - offset).filter((instant) => toWallTime(instant, timeZone) === wall);
  return fitting.length === 0 ? undefined : Math.min(...fitting);
}
