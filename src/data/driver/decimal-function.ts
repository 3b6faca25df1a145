/** Decimals that SQLite keeps as texts: connections register how other values become such texts. */

/** A number as a decimal of a scale, rounded half away from zero as databases do; what is no number stays as it is. */
export function toDecimal(text: string, scale: number): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^([-+]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([-+]?[0-9]{1,3}))?$/.exec(text.trim()) ?? [];
  if (whole + fraction === "") return text;
  // The value is the digits, with the point so many places from their end.
  const places = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  const scaled = places <= scale ? digits * 10n ** BigInt(scale - places) : round(digits, places - scale);
  const all = String(scaled).padStart(scale + 1, "0");
  const point = all.length - scale;
  return `${sign === "-" && scaled !== 0n ? "-" : ""}${all.slice(0, point)}${scale === 0 ? "" : `.${all.slice(point)}`}`;
}

function round(digits: bigint, places: number): bigint {
  const unit = 10n ** BigInt(places);
  return (digits + unit / 2n) / unit;
}
