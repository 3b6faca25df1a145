/** Converts datetimes to a time zone for SQLite, which does not support zones: connections register this function. */
import type { TruncateUnit } from "../schema/zones.ts";
import { toZone } from "../schema/zones.ts";

/** Converts a stored datetime to local time of a zone, or truncates it to a unit there; null stays null. */
export function zoneMoment(value: unknown, zone: unknown, unit: unknown): string | null {
  if (typeof value !== "string") return null;
  return new Date(toZone(Date.parse(value), String(zone), unit === null ? undefined : (unit as TruncateUnit))).toISOString(); // The writer gives it.
}
