/** Dates of HTTP: IMF-fixdate out; IMF-fixdate, RFC 850 and asctime in (RFC 9110 section 5.6.7). */

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const longDays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const imf = /^([A-Z][a-z]{2}), ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT$/;
const rfc850 = /^([A-Z][a-z]{5,8}), ([0-9]{2})-([A-Z][a-z]{2})-([0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT$/;
const asctime = /^([A-Z][a-z]{2}) ([A-Z][a-z]{2}) ([ 0-9][0-9]) ([0-9]{2}):([0-9]{2}):([0-9]{2}) ([0-9]{4})$/;

/** Writes a date as IMF-fixdate, such as `Sun, 06 Nov 1994 08:49:37 GMT`. */
export function toHttpDate(date: Date): string {
  return date.toUTCString();
}

/** Reads a date of HTTP; undefined when it is none, or its day of the week is wrong. `now` places two-digit years. */
export function parseHttpDate(text: string, now: Date = new Date()): Date | undefined {
  const parts = imf.exec(text);
  if (parts !== null) return toDate(parts[1]!, days, parts[4]!, parts[3]!, parts[2]!, parts.slice(5, 8));
  const old = rfc850.exec(text);
  if (old !== null) return toDate(old[1]!, longDays, String(placeYear(Number(old[4]), now)), old[3]!, old[2]!, old.slice(5, 8));
  const unix = asctime.exec(text);
  if (unix !== null) return toDate(unix[1]!, days, unix[7]!, unix[2]!, unix[3]!, unix.slice(4, 7));
  return undefined;
}

/** A two-digit year more than 50 years ahead is one of the past. */
function placeYear(short: number, now: Date): number {
  const year = Math.floor(now.getUTCFullYear() / 100) * 100 + short;
  return year > now.getUTCFullYear() + 50 ? year - 100 : year;
}

function toDate(weekday: string, names: readonly string[], year: string, month: string, day: string, time: string[]): Date | undefined {
  // The expression has matched three numbers.
  const [hour, minute, second] = time.map(Number) as [number, number, number];
  const monthIndex = months.indexOf(month);
  const date = new Date(0);
  date.setUTCFullYear(Number(year), monthIndex, Number(day));
  date.setUTCHours(hour, minute, Math.min(second, 59));
  const isReal = monthIndex !== -1 && date.getUTCDate() === Number(day) && hour < 24 && minute < 60 && second < 61;
  return isReal && names[date.getUTCDay()] === weekday ? date : undefined;
}
