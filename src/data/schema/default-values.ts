/** Values that Gable fills in for new rows: defaults, timestamps, keys, slugs. */
import type { MomentPrecision } from "./column.ts";
import type { FieldMeta } from "./model-class.ts";
import type { ModelClass } from "./model-class.ts";
import { makeSlug, noteMadeSlug } from "./slug.ts";

/** Fills in what a new row lacks: defaults, generated keys, timestamps, slugs, and null for nullable fields. */
export function fillNewRow(model: ModelClass, values: Record<string, unknown>): void {
  const now = new Date();
  for (const field of model.$meta.columns) {
    if (values[field.name] !== undefined) continue;
    const value = makeValue(field, values, now);
    if (value === undefined) continue;
    values[field.name] = value;
    if (field.options.from !== undefined && typeof value === "string") noteMadeSlug(values, field.name, value);
  }
}

/** Returns a datetime with the fraction digits that a column stores. */
export function toPrecision(moment: Date, precision: MomentPrecision | undefined): Date {
  return new Date(precision === 0 ? Math.floor(moment.getTime() / 1_000) * 1_000 : moment.getTime());
}

function makeValue(
  { options, type, isPrimary, isNullable, hasDatabaseDefault }: FieldMeta,
  values: Readonly<Record<string, unknown>>,
  now: Date,
): unknown {
  if (hasDatabaseDefault) return undefined;
  if (options.default !== undefined) return typeof options.default === "function" ? (options.default as () => unknown)() : options.default; // A function makes values.
  if (options.auto !== undefined) return toPrecision(now, options.precision);
  if (type === "uuid" && isPrimary) return createUuid();
  const source = options.from === undefined ? undefined : toSource(values[options.from]);
  // A required slug of a blank string is a short id: nobody could type it in a form that does not have the field.
  if (source !== undefined && !(isNullable && source.trim() === ""))
    return makeSlug(source, typeof options.max === "number" ? options.max : 50);
  return isNullable ? null : undefined;
}

/** Returns the string that a slug is made from. */
function toSource(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "bigint" ? String(value) : undefined;
}

let lastTime = 0;
let sequence = 0;

/** Returns a UUID of version 7 (RFC 9562, section 5.7). Later ones of a process are larger, so that indexes grow at their end. */
export function createUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const now = Date.now();
  // Within one millisecond 12 bits count up, from a random start in the lower half.
  if (now > lastTime) {
    lastTime = now;
    sequence = ((bytes[6]! & 0x07) << 8) | bytes[7]!;
  } else if (++sequence > 0xfff) {
    lastTime++;
    sequence = 0;
  }
  const time = lastTime.toString(16).padStart(12, "0");
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const rest = Array.from(bytes.subarray(8), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence.toString(16).padStart(3, "0")}-${rest.slice(0, 4)}-${rest.slice(4)}`;
}
