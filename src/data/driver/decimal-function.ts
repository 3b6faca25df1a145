/** Reads numbers in strings for SQLite, which reads them differently: connections register these functions. */

/** Returns a number as a decimal with a scale, rounded half away from zero as databases do. Returns other values unchanged. */
export function toDecimal(text: string, scale: number): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^([-+]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([-+]?[0-9]{1,3}))?$/.exec(text.trim()) ?? [];
  if (whole + fraction === "") return text;
  // The value is the digits, with the point this many places from the end.
  const places = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  const scaled = places <= scale ? digits * 10n ** BigInt(scale - places) : round(digits, places - scale);
  const all = String(scaled).padStart(scale + 1, "0");
  const point = all.length - scale;
  return `${sign === "-" && scaled !== 0n ? "-" : ""}${all.slice(0, point)}${scale === 0 ? "" : `.${all.slice(point)}`}`;
}

/** Returns the number in a string, rounded to a scale unless it is negative; null if it is not a number. */
export function toNumberText(value: unknown, scale: number): string | null {
  if (typeof value !== "string" || !/^[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?$/.test(value)) return null;
  return scale < 0 ? value : toDecimal(value, scale);
}

/** Returns the remainder of a division of decimals, with a scale: doubles would give 0.09 for 0.3 mod 0.1. Null for a division by zero. */
export function toRemainder(left: unknown, right: unknown, scale: number): number | null {
  if (left === null || right === null) return null;
  const [one, other] = [left, right].map((value) => BigInt(toDecimal(String(value), exactScale).replace(".", ""))) as [bigint, bigint]; // Two values.
  return other === 0n ? null : Number(toDecimal(`${one % other}e-${exactScale}`, scale));
}

/** Decimals have at most 15 digits here. */
const exactScale = 20;

function round(digits: bigint, places: number): bigint {
  const unit = 10n ** BigInt(places);
  return (digits + unit / 2n) / unit;
}
