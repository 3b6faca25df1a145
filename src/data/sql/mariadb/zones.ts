/** Time zones in MariaDB, whose own are not there unless somebody has loaded them: the changes of clocks stand in the statement. */
import type { TruncateUnit } from "../../schema/zones.ts";
import { localStart, zoneSpans } from "../../schema/zones.ts";

const formats: Readonly<Record<TruncateUnit, string>> = {
  year: "%Y-01-01",
  month: "%Y-%m-01",
  day: "%Y-%m-%d",
  hour: "%Y-%m-%d %H:00:00",
};

/** The first moment of a unit, in the parts that a moment has in UTC. */
function truncate(part: string, unit: TruncateUnit): string {
  return `CAST(DATE_FORMAT(${part}, '${formats[unit]}') AS DATETIME(3))`;
}

/** Seconds that clocks are ahead, at a moment in UTC or as they show it themselves. */
function offsetAt(part: string, zone: string, isLocal: boolean): string {
  const [first, ...changes] = zoneSpans(zone);
  if (changes.length === 0) return String(first!.offset);
  const starts = changes.map((span) => (isLocal ? localStart(span) : span.start));
  const offsets = [first!, ...changes].map(({ offset }) => offset);
  // Finds its place among numbers in order by halves (MariaDB, "INTERVAL"): the statement names the moment once.
  const place = `INTERVAL(TIMESTAMPDIFF(SECOND, '1970-01-01', ${part}), ${starts.join(", ")})`;
  return `CAST(ELT(${place} + 1, ${offsets.join(", ")}) AS SIGNED)`;
}

/** A moment on the clocks of a zone, or the moment at which a unit began there. */
export function zoneMariadb(part: string, zone: string, unit: TruncateUnit | undefined): string {
  const local = `DATE_ADD(${part}, INTERVAL ${offsetAt(part, zone, false)} SECOND)`;
  if (unit === undefined) return local;
  const start = truncate(local, unit);
  // An hour that clocks show twice stays the one that it is.
  return `DATE_SUB(${start}, INTERVAL ${unit === "hour" ? offsetAt(part, zone, false) : offsetAt(start, zone, true)} SECOND)`;
}
