/** Values in messages about fields: those of secret fields are not shown. */
import { describeValue } from "../../errors/option-errors.ts";

/** A short text for a value of a field, or of another type. */
export function describeFieldValue(value: unknown, type: object): string {
  return "isSecret" in type && type.isSecret === true ? "a value that is secret" : describeValue(value);
}
