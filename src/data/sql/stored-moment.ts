/** Decodes datetimes. One that a JavaScript date cannot hold exactly is an error, because no filter would find its row again. */
import { GableError } from "../../errors/gable-error.ts";
import { describeFieldValue } from "../schema/describe-value.ts";
import type { ValueType } from "../tree/value-type.ts";
import { isInYears } from "../schema/check-value.ts";
import { readMoment } from "./moment.ts";

/**
 * Parses a datetime such as `2026-11-20 10:12:00.123456`, in UTC. Throws `E_VALUE_STORED` for digits beyond milliseconds,
 * unless the field declares that its column stores them, and for other values, such as `infinity`.
 */
export function readStoredMoment(text: string, field: ValueType): Date {
  const moment = readMoment(toMilliseconds(text, field));
  if (isInYears(moment)) return moment;
  throw momentError(text, field);
}

/** Returns the error about what is not a datetime. */
export function momentError(text: string, field: ValueType): GableError {
  return storedError(text, field, "That is not a valid date and time in the years 1 to 9999.", {
    fix: "Change it in the database to a date and time, or to null.",
  });
}

function toMilliseconds(text: string, field: ValueType): string {
  // Values that this process wrote have ISO 8601 format.
  if (text.endsWith("Z")) return text;
  if (text.length === 19) return `${text}.000`;
  if (text.length <= 23) return text.charCodeAt(19) === 0x2e ? text.padEnd(23, "0") : text;
  if (field.precision === 6 || /^0*$/.test(text.slice(23))) return text.slice(0, 23);
  throw storedError(text, field, "It has more digits of a second than a value.", {
    fix: "Declare the field with precision: 6, or let the column store 3 digits.",
  });
}

/** Returns the error about a stored value that its field cannot hold. */
export function storedError(value: unknown, field: ValueType, why: string, { fix }: { readonly fix: string }): GableError {
  return new GableError("E_VALUE_STORED", `${field.where} holds ${describeFieldValue(value, field)}. ${why}`, { fix });
}
