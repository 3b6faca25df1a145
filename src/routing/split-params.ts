/** Reads several parameters from one segment, such as `:slug-:id(int)`. */
import type { Param, ParamSegment } from "./pattern.ts";

/** Most places that are tried as the end of a parameter: bounds the time for a hostile path. */
const triesMax = 64;

/**
 * Returns the values of the parameters of a segment in order, or undefined when the text does not match. Separators are searched from the
 * right: of `a.b.c`, the pattern `:name.:type` reads `a.b` and `c`. If a converter refuses a value, the next separator to the left is
 * tried, at most 64 times for one segment. `isPlain` is false when the text may contain a decoded slash.
 */
export function splitParams({ prefix, params }: ParamSegment, text: string, isPlain: boolean): unknown[] | undefined {
  const last = params.at(-1)!;
  if (!text.startsWith(prefix) || !text.endsWith(last.after)) return undefined;
  const values: unknown[] = [];
  let tries = 0;

  function read(index: number, end: number): boolean {
    const param = params[index]!;
    if (index === 0) return take(param, 0, prefix.length, end);
    const separator = params[index - 1]!.after;
    let at = text.lastIndexOf(separator, end - separator.length - 1);
    for (; at > prefix.length && tries < triesMax; at = text.lastIndexOf(separator, at - 1)) {
      tries++;
      if (take(param, index, at + separator.length, end) && read(index - 1, at)) return true;
    }
    return false;
  }

  function take({ converter }: Param, index: number, start: number, end: number): boolean {
    if (end <= start) return false;
    const part = text.slice(start, end);
    if (!isPlain && converter.allowEncodedSlash !== true && hasSlash(part)) return false;
    values[index] = converter.parse(part);
    return values[index] !== undefined;
  }

  return read(params.length - 1, text.length - last.after.length) ? values : undefined;
}

/** Returns whether a decoded segment contains a slash or a backslash. */
export function hasSlash(text: string): boolean {
  return text.includes("/") || text.includes("\\");
}
