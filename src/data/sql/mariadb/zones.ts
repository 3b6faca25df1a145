/** Changes of dates and datetimes in MariaDB, which only has time zones if somebody has loaded them: statements contain the clock changes. */
import type { DateChange, TruncateUnit } from "../../schema/zones.ts";
import { boundsOf, localStart, zoneSpans } from "../../schema/zones.ts";
import type { ValueType } from "../../tree/value-type.ts";

/** Writes the start of a unit as a string, from the UTC parts of a date or datetime. */
export function startMariadb(part: string, unit: TruncateUnit): string {
  if (unit === "quarter") return `CONCAT(DATE_FORMAT(${part}, '%Y-'), LPAD(QUARTER(${part}) * 3 - 2, 2, '0'), '-01')`;
  const day = unit === "week" ? `DATE_SUB(${part}, INTERVAL WEEKDAY(${part}) DAY)` : part;
  const format = { year: "%Y-01-01", month: "%Y-%m-01", week: "%Y-%m-%d", day: "%Y-%m-%d", hour: "%Y-%m-%d %H:00:00" }[unit];
  return `DATE_FORMAT(${day}, '${format}')`;
}

/** Writes the offset in seconds, for a datetime in UTC or in local time. */
function offsetAt(part: string, zone: string, isLocal: boolean): string {
  const [first, ...changes] = zoneSpans(zone);
  if (changes.length === 0) return String(first!.offset);
  const starts = changes.map((span) => (isLocal ? localStart(span) : span.start));
  const offsets = [first!, ...changes].map(({ offset }) => offset);
  // A binary search among sorted numbers (MariaDB, "INTERVAL"), so that the statement mentions the datetime only once.
  const place = `INTERVAL(TIMESTAMPDIFF(SECOND, '1970-01-01', ${part}), ${starts.join(", ")})`;
  return `CAST(ELT(${place} + 1, ${offsets.join(", ")}) AS SIGNED)`;
}

/** Doubled and increased, it is more than any whole number: the statement fails. Its last digit makes the error recognizable. */
export const beyondRange = "9223372036854775806";

/** Writes a changed date or datetime. Without the check, MariaDB would return null for one that it cannot hold. */
export function changeDateMariadb(part: string, change: DateChange, { type }: ValueType): string {
  const { zone, unit, span } = change;
  const isDate = type === "date";
  const { low, high } = boundsOf(change);
  const bounds = isDate
    ? `DATE'${low.slice(0, 10)}' AND DATE'${high.slice(0, 10)}'`
    : `TIMESTAMP'${low.slice(0, 23).replace("T", " ")}' AND TIMESTAMP'${high.slice(0, 23).replace("T", " ")}999'`;
  const checked = add(part, `0 * (${beyondRange} + 2 * (${part} NOT BETWEEN ${bounds}))`, "DAY");
  const offset = offsetAt(part, zone, false);
  const local = add(checked, offset, "SECOND");
  if (unit === undefined && span === undefined) return local;
  // An hour that clocks show twice keeps its offset.
  if (unit === "hour") return `DATE_SUB(CAST(${startMariadb(local, unit)} AS DATETIME(3)), INTERVAL ${offset} SECOND)`;
  if (unit !== undefined) return fromLocal(`CAST(${startMariadb(local, unit)} AS DATETIME(3))`, zone);
  const { months, days, seconds } = span!; // Neither is missing.
  if (months === 0 && days === 0) return add(checked, seconds, "SECOND");
  return add(fromLocal(add(add(local, months, "MONTH"), days, "DAY"), zone), seconds, "SECOND");
}

function add(sql: string, count: number | string, unit: string): string {
  return count === 0 || count === "0" ? sql : `DATE_ADD(${sql}, INTERVAL ${count} ${unit})`;
}

/** Writes the datetime of a local time. */
function fromLocal(local: string, zone: string): string {
  return zone === "UTC" ? local : `DATE_SUB(${local}, INTERVAL ${offsetAt(local, zone, true)} SECOND)`;
}
