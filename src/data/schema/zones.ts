/** Time zones: local times, by the rules that JavaScript knows. */
import { GableError } from "../../errors/gable-error.ts";
import { describeValue } from "../../errors/option-errors.ts";

/** Units that a datetime can be truncated to. */
export type TruncateUnit = "year" | "month" | "day" | "hour";

const truncateUnits: readonly unknown[] = ["year", "month", "day", "hour"] satisfies TruncateUnit[];

/** Checks the unit of truncate(). Throws `E_EXPRESSION_ARGUMENT`. */
export function assertTruncateUnit(unit: unknown): asserts unit is TruncateUnit {
  if (truncateUnits.includes(unit)) return;
  throw new GableError("E_EXPRESSION_ARGUMENT", `truncate() got ${describeValue(unit)}.`, {
    fix: `Use one of: ${truncateUnits.join(", ")}.`,
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

/** Returns the local time of a zone as a datetime whose UTC parts show it; with a unit, the instant at which that unit began there. */
export function toZone(ms: number, zone: string, unit: TruncateUnit | undefined): number {
  const list = zoneSpans(zone);
  const offset = offsetIn(list, Math.floor(ms / 1000), ({ start }) => start);
  const local = ms + offset * 1000;
  if (unit === undefined) return local;
  const date = new Date(local);
  // An hour that clocks show twice keeps its offset.
  if (unit === "hour") return date.setUTCMinutes(0, 0, 0) - offset * 1000;
  date.setUTCHours(0, 0, 0, 0);
  if (unit !== "day") date.setUTCDate(1);
  if (unit === "year") date.setUTCMonth(0);
  return date.getTime() - offsetIn(list, date.getTime() / 1000, localStart) * 1000;
}
