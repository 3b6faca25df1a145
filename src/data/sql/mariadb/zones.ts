/** Time zones in MariaDB, which only has its own if somebody has loaded them. Statements therefore contain the clock changes. */
import type { TruncateUnit } from "../../schema/zones.ts";
import { localStart, zoneSpans } from "../../schema/zones.ts";

const formats: Readonly<Record<TruncateUnit, string>> = {
  year: "%Y-01-01",
  month: "%Y-%m-01",
  day: "%Y-%m-%d",
  hour: "%Y-%m-%d %H:00:00",
};

/** Writes the start of a unit, from the UTC parts of a datetime. */
function truncate(part: string, unit: TruncateUnit): string {
  return `CAST(DATE_FORMAT(${part}, '${formats[unit]}') AS DATETIME(3))`;
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

/** Writes a datetime in local time of a zone, or truncated to a unit there. */
export function zoneMariadb(part: string, zone: string, unit: TruncateUnit | undefined): string {
  const local = `DATE_ADD(${part}, INTERVAL ${offsetAt(part, zone, false)} SECOND)`;
  if (unit === undefined) return local;
  const start = truncate(local, unit);
  // An hour that clocks show twice keeps its offset.
  return `DATE_SUB(${start}, INTERVAL ${unit === "hour" ? offsetAt(part, zone, false) : offsetAt(start, zone, true)} SECOND)`;
}
