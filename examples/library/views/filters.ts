/** Filters of the library's own. */
import { storage } from "gable/storage";

/** Returns the address of a stored file. */
export function media(key: string): string {
  return storage.url(key);
}

/** Returns a year, with the era where it is needed. */
export function year(value: number): string {
  return value < 0 ? `${-value} BC` : value < 1000 ? `AD ${value}` : String(value);
}

/** Returns the number of a colour for the spine of a book. */
export function tone(slug: string): number {
  return [...slug].reduce((sum, character) => sum + character.charCodeAt(0), 0) % 8;
}

/** Returns a day such as `2026-11-20` for people: 20 November 2026. */
export function day(value: string | Date): string {
  const moment = typeof value === "string" ? new Date(`${value}T00:00:00Z`) : value;
  return moment.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}
