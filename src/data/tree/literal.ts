/** Values in queries: each takes the type of the expression next to it, or fails with an error that says where. */
import { GableError } from "../../errors/gable-error.ts";
import { toShortIpAddress } from "../../http/ip-address.ts";
import { fitDecimal, isDay, isInYears } from "../schema/check-value.ts";
import type { ColumnType } from "../schema/column.ts";
import { describeFieldValue } from "../schema/describe-value.ts";
import type { ValueNode } from "./node.ts";
import type { ValueType } from "./value-type.ts";
import { valueTypes } from "./value-type.ts";

const isText = (value: unknown): boolean => typeof value === "string" && value.isWellFormed() && !value.includes("\0");
const isNumber = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);

/** Kinds of values for each type. Dates and times are compared as strings, in a checked form. */
const fits: Readonly<Record<ColumnType, (value: unknown, type: ValueType) => boolean>> = {
  id: isNumber,
  int: isNumber,
  float: isNumber,
  bigint: (value) => typeof value === "bigint" && BigInt.asIntN(64, value) === value,
  decimal: (value) => typeof value === "string" && /^[-+]?[0-9]{1,40}(?:\.[0-9]{1,40})?$/.test(value),
  uuid: (value) => typeof value === "string" && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value),
  text: isText,
  slug: isText,
  email: isText,
  url: isText,
  file: isText,
  choice: isText,
  boolean: (value) => typeof value === "boolean",
  date: (value) => typeof value === "string" && isDay(value),
  time: (value) => typeof value === "string" && /^(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?$/.test(value),
  datetime: (value) => value instanceof Date && isInYears(value),
  json: () => true,
  bytes: (value) => value instanceof Uint8Array,
  duration: isNumber,
  ip: (value) => typeof value === "string" && toShortIpAddress(value) !== undefined,
  array: (value, { items }) => Array.isArray(value) && value.every((item) => item !== null && fits[items!.type](item, items!)),
};

/** Types whose values are strings of some form. */
const textTypes: ReadonlySet<ColumnType> = new Set<ColumnType>([
  "text",
  "slug",
  "email",
  "url",
  "file",
  "choice",
  "uuid",
  "decimal",
  "date",
  "time",
  "ip",
]);

/**
 * Returns a value of a query, with the type of the expression next to it. Throws `E_FILTER_UNDEFINED` for undefined, and
 * `E_FILTER_VALUE` for a value of another type; with status 400 for a string of an invalid form.
 */
export function literal(value: unknown, type: ValueType, where: string): ValueNode {
  if (value === undefined)
    throw new GableError("E_FILTER_UNDEFINED", `${where} is undefined.`, {
      fix: "Pass a value or null, or leave the condition out with the symbol skip.",
    });
  if (value === null) return { kind: "value", value, type, isNullable: true };
  if (!fits[type.type](value, type))
    throw new GableError("E_FILTER_VALUE", `${where} has the type ${type.type}, but got ${describeFieldValue(value, type)}.`, {
      fix: "Pass a value of the type of the field.",
      // A string of an invalid form comes from a client; a value of another type is a mistake in the program.
      ...(typeof value === "string" && textTypes.has(type.type) && { status: 400, expose: false }),
    });
  const fitted = fitValue(value, type);
  return { kind: "value", value: fitted, type: comparedTypeOf(fitted, type), isNullable: false };
}

/** Converts a value to its stored form. */
function fitValue(value: unknown, { type, items }: ValueType): unknown {
  if (type === "array") return (value as readonly unknown[]).map((item) => fitItem(item, items!)); // It fits.
  if (type === "ip") return toShortIpAddress(String(value));
  if (type === "uuid") return String(value).toLowerCase();
  if (type === "time" && String(value).length === 5) return `${String(value)}:00`;
  return value;
}

/** Some databases compare items as strings, so decimals get the digits with which they are stored. */
function fitItem(value: unknown, type: ValueType): unknown {
  return type.type === "decimal" ? fitDecimal(String(value), type.scale) : fitValue(value, type);
}

/** Whole numbers may be compared with fractions. */
function comparedTypeOf(value: unknown, type: ValueType): ValueType {
  const isWhole = type.type === "int" || type.type === "id" || type.type === "duration";
  return isWhole && !Number.isSafeInteger(value) ? { ...valueTypes.float, where: type.where } : type;
}
