/** Describes values in messages about fields. Hides the values of secret fields. */
import { describeValue } from "../../errors/option-errors.ts";

/** Returns a short description of a value for a message. */
export function describeFieldValue(value: unknown, type: object): string {
  return "isSecret" in type && type.isSecret === true ? "a value that is secret" : describeValue(value);
}
