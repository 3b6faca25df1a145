/** Implements the `text` tag: plain text for mail and logs, without escaping. */
import { GableError } from "../../errors/gable-error.ts";
import { describeValue } from "../../errors/option-errors.ts";
import { assertTemplate } from "../values.ts";

/** Values that are allowed in a `text` template. */
export type TextHole = string | number | bigint | boolean | null | undefined | readonly TextHole[];

/** Joins text: `null` is empty, lists are joined. Nothing is escaped: never send the result as HTML. */
export function text(strings: TemplateStringsArray, ...values: readonly TextHole[]): string {
  let joined = assertTemplate("text", strings)[0]!;
  values.forEach((value, index) => (joined += toText(value) + strings[index + 1]!));
  return joined;
}

function toText(value: TextHole): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(toText).join("");
  if (typeof value === "object" || typeof value === "function")
    throw new GableError("E_VIEW_VALUE", `A hole of text got ${describeValue(value)}.`);
  return String(value);
}
