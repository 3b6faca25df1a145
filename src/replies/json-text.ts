/** Values as JSON text: `toJSON()` is respected, dates are ISO texts in UTC, bigints become texts. */
import { toErrorText } from "../errors/error-text.ts";

/** Writes a value as JSON. Throws a TypeError for what JSON cannot hold: functions, symbols, cycles. */
export function toJsonText(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    if (!/BigInt/.test(toErrorText(error))) throw error;
    text = JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? String(item) : item));
  }
  if (text === undefined) throw new TypeError("This value has no JSON form.");
  return text;
}
