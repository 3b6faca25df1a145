/** The values that inputs can hold: browsers change or drop everything else (HTML, "value sanitization algorithm"). */

type Attributes = ReadonlyMap<string, string>;

/** Returns the value that an input of a type holds after a string was typed into it. */
export function sanitizeValue(type: string, text: string, attributes: Attributes = new Map()): string {
  const sanitize = sanitizers[type];
  return sanitize === undefined ? text : sanitize(text, attributes);
}

/** Describes what an input of a type can hold, for messages. */
export function describeFormat(type: string): string {
  return formats[type] ?? "a string";
}

const withoutLineBreaks = (text: string): string => text.replaceAll(/[\r\n]/g, "");
const trimmed = (text: string): string => withoutLineBreaks(text).replaceAll(/^[ \t\n\f\r]+|[ \t\n\f\r]+$/g, "");
const keepIf =
  (isValid: (text: string) => boolean) =>
  (text: string): string =>
    isValid(text) ? text : "";

const sanitizers: Readonly<Record<string, (text: string, attributes: Attributes) => string>> = {
  text: withoutLineBreaks,
  search: withoutLineBreaks,
  tel: withoutLineBreaks,
  password: withoutLineBreaks,
  url: trimmed,
  email: (text, attributes) => (attributes.has("multiple") ? text.split(",").map(trimmed).join(",") : trimmed(text)),
  number: keepIf(isNumber),
  range: toRange,
  date: keepIf(isDate),
  month: keepIf((text) => isDate(`${text}-01`)),
  week: keepIf(isWeek),
  time: keepIf(isTime),
  "datetime-local": toLocalTime,
  color: (text) => (/^#[0-9a-f]{6}$/i.test(text) ? text.toLowerCase() : "#000000"),
  // Only a person can choose a file.
  file: () => "",
};

const formats: Readonly<Record<string, string>> = {
  number: 'a number such as "12.5"',
  range: "a number between min and max",
  date: 'a date such as "2026-01-31"',
  month: 'a month such as "2026-01"',
  week: 'a week such as "2026-W05"',
  time: 'a time such as "09:30"',
  "datetime-local": 'a date and time such as "2026-01-31T09:30"',
  color: 'a colour such as "#ff0000", in lower case',
  email: "an address without line breaks, and without spaces around it",
  url: "an address without line breaks, and without spaces around it",
};

function isNumber(text: string): boolean {
  return /^-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(text) && Number.isFinite(Number(text));
}

function toRange(text: string, attributes: Attributes): string {
  const bound = (name: string, otherwise: number): number => {
    const value = attributes.get(name);
    return value !== undefined && isNumber(value) ? Number(value) : otherwise;
  };
  const min = bound("min", 0);
  const max = bound("max", 100);
  if (!isNumber(text)) return String(max < min ? min : min + (max - min) / 2);
  return Number(text) < min || max < min ? String(min) : Number(text) > max ? String(max) : text;
}

function isDate(text: string): boolean {
  const [, year, month, day] = /^([0-9]{4,})-([0-9]{2})-([0-9]{2})$/.exec(text) ?? [];
  if (year === undefined || Number(year) === 0) return false;
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

/** A year has a 53rd week if it begins, or ends, on a Thursday. */
function isWeek(text: string): boolean {
  const [, year, week] = /^([0-9]{4,})-W([0-9]{2})$/.exec(text) ?? [];
  if (year === undefined || Number(year) === 0 || Number(week) < 1) return false;
  const weekday = (month: number, day: number): number => new Date(Date.UTC(Number(year), month, day)).getUTCDay();
  return Number(week) <= (weekday(0, 1) === 4 || weekday(11, 31) === 4 ? 53 : 52);
}

function isTime(text: string): boolean {
  return /^(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,3})?)?$/.test(text);
}

/** Shortened as browsers do: a "T" between, and no seconds that are 0. */
function toLocalTime(text: string): string {
  const [, date = "", time = ""] = /^([^T ]+)[T ](.+)$/.exec(text) ?? [];
  if (!isDate(date) || !isTime(time)) return "";
  return `${date}T${time
    .replace(/(\.[0-9]*?)0+$/, "$1")
    .replace(/\.$/, "")
    .replace(/^(.{5}):00$/, "$1")}`;
}
