/** Converts datetimes to a time zone for SQLite, which does not support zones: connections register this function. */
import type { TruncateUnit } from "../schema/zones.ts";
import { toZone } from "../schema/zones.ts";

/** A stored moment on the clocks of a zone, or where a unit began there; null of none. */
export function zoneMoment(value: unknown, zone: unknown, unit: unknown): string | null {
  if (typeof value !== "string") return null;
  return new Date(toZone(Date.parse(value), String(zone), unit === null ? undefined : (unit as TruncateUnit))).toISOString(); // The writer gives it.
}
