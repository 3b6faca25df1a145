/** Changes dates and datetimes for SQLite, which has no time zones and no months of different lengths: connections register these functions. */
import type { DateChange, TruncateUnit } from "../schema/zones.ts";
import { changeMoment, dateOutOfRange } from "../schema/zones.ts";

/** Converts a stored datetime to local time of a zone, or truncates it to a unit there; null stays null. Throws `E_DATE_RANGE`. */
export function zoneMoment(value: unknown, zone: unknown, unit: unknown): string | null {
  return change(value, { zone: String(zone), unit: unit === null ? undefined : (unit as TruncateUnit), span: undefined }); // The writer gives it.
}

/** Adds a span to a stored date or datetime, in a zone; null stays null. Throws `E_DATE_RANGE`. */
export function addSpan(value: unknown, zone: unknown, ...span: readonly unknown[]): string | null {
  const [months = 0, days = 0, seconds = 0] = span.map(Number);
  return change(value, { zone: String(zone), unit: undefined, span: { months, days, seconds } });
}

function change(value: unknown, how: DateChange): string | null {
  if (typeof value !== "string") return null;
  const ms = changeMoment(Date.parse(value), how);
  if (!Number.isFinite(ms)) throw dateOutOfRange();
  return new Date(ms).toISOString().slice(0, value.length);
}
