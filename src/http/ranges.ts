/** Byte ranges (RFC 9110 section 14). */

/** Bytes to send: `start` is the first, `end` the last, both counted. */
export interface ByteRange {
  /** Position of the first byte. */
  readonly start: number;
  /** Position of the last byte. */
  readonly end: number;
}

const rangesMax = 10;

/**
 * Reads a Range field for a body of `sizeBytes`.
 *
 * One satisfiable range gives it. "unsatisfiable" means 416. Undefined means: send the whole, because the field is
 * absent, malformed, of another unit, asks for several ranges, for more than ten, or for more than there is.
 *
 * @example
 * parseRange("bytes=0-99", 1000); // => { start: 0, end: 99 }
 */
export function parseRange(field: string | null, sizeBytes: number): ByteRange | "unsatisfiable" | undefined {
  if (field === null || !/^bytes=/i.test(field)) return undefined;
  const specs = field.slice(6).split(",", rangesMax + 1);
  if (specs.length > rangesMax) return undefined;
  const ranges: Array<ByteRange | null> = [];
  for (const spec of specs) {
    const range = parseSpec(spec.trim(), sizeBytes);
    if (range === undefined) return undefined;
    ranges.push(range);
  }
  const satisfiable = ranges.filter((range) => range !== null);
  if (satisfiable.length === 0) return "unsatisfiable";
  return ranges.length === 1 ? satisfiable[0] : undefined;
}

/** One range of the list: null when it lies outside, undefined when it is malformed. */
function parseSpec(spec: string, sizeBytes: number): ByteRange | null | undefined {
  const match = /^([0-9]{0,16})-([0-9]{0,16})$/.exec(spec);
  if (match === null || (match[1] === "" && match[2] === "")) return undefined;
  if (match[1] === "") {
    const suffix = Number(match[2]);
    return suffix === 0 || sizeBytes === 0 ? null : { start: Math.max(0, sizeBytes - suffix), end: sizeBytes - 1 };
  }
  const start = Number(match[1]);
  const last = match[2] === "" ? sizeBytes - 1 : Number(match[2]);
  if (match[2] !== "" && last < start) return undefined;
  return start >= sizeBytes ? null : { start, end: Math.min(last, sizeBytes - 1) };
}
