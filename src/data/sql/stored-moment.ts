/** Moments as databases store them: those that a value cannot hold are errors, since no filter would find their rows again. */
import { GableError } from "../../errors/gable-error.ts";
import { describeFieldValue } from "../schema/describe-value.ts";
import type { ValueType } from "../tree/value-type.ts";
import { readMoment } from "./moment.ts";

/**
 * Returns the moment of a text such as `2026-11-20 10:12:00.123456`, in UTC. Throws `E_VALUE_STORED` for digits behind the
 * millisecond, unless the field says that its column stores them, and for what is no moment, such as `infinity`.
 */
export function readStoredMoment(text: string, field: ValueType): Date {
  const moment = readMoment(toMilliseconds(text, field));
  if (!Number.isNaN(moment.getTime())) return moment;
  throw storedError(text, field, "That is no moment.", { fix: "Change it in the database to a moment, or to null." });
}

function toMilliseconds(text: string, field: ValueType): string {
  // What this process has written itself is in the form of ISO 8601.
  if (text.endsWith("Z")) return text;
  if (text.length === 19) return `${text}.000`;
  if (text.length <= 23) return text.charCodeAt(19) === 0x2e ? text.padEnd(23, "0") : text;
  if (field.precision === 6 || /^0*$/.test(text.slice(23))) return text.slice(0, 23);
  throw storedError(text, field, "It has more digits of a second than a value.", {
    fix: "Declare the field with precision: 6, or let the column store 3 digits.",
  });
}

/** Returns the error about a stored value that is none of its field. */
export function storedError(value: unknown, field: ValueType, why: string, { fix }: { readonly fix: string }): GableError {
  return new GableError("E_VALUE_STORED", `${field.where} holds ${describeFieldValue(value, field)}. ${why}`, { fix });
}
