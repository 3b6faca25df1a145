/** Values in queries: each is of the type of what it stands beside, or an error that says where it was written. */
import { GableError } from "../../errors/gable-error.ts";
import { toShortIpAddress } from "../../http/ip-address.ts";
import { fitDecimal } from "../schema/check-value.ts";
import type { ColumnType } from "../schema/column.ts";
import { describeFieldValue } from "../schema/describe-value.ts";
import type { ValueNode } from "./node.ts";
import type { ValueType } from "./value-type.ts";
import { valueTypes } from "./value-type.ts";

const isText = (value: unknown): boolean => typeof value === "string" && value.isWellFormed() && !value.includes("\0");
const isNumber = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);

/** What may be compared with each type. Dates and times are compared as texts: their form is checked. */
const fits: Readonly<Record<ColumnType, (value: unknown, type: ValueType) => boolean>> = {
  id: isNumber,
  int: isNumber,
  float: isNumber,
  bigint: (value) => typeof value === "bigint",
  decimal: (value) => typeof value === "string" && /^[-+]?[0-9]{1,40}(?:\.[0-9]{1,40})?$/.test(value),
  uuid: (value) => typeof value === "string" && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value),
  text: isText,
  slug: isText,
  email: isText,
  url: isText,
  choice: isText,
  boolean: (value) => typeof value === "boolean",
  date: (value) => typeof value === "string" && /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value) && !Number.isNaN(Date.parse(value)),
  time: (value) => typeof value === "string" && /^(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?$/.test(value),
  datetime: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
  json: () => true,
  bytes: (value) => value instanceof Uint8Array,
  duration: isNumber,
  ip: (value) => typeof value === "string" && toShortIpAddress(value) !== undefined,
  array: (value, { items }) => Array.isArray(value) && value.every((item) => item !== null && fits[items!.type](item, items!)),
};

/** Types whose values are texts of some form. */
const textTypes: ReadonlySet<ColumnType> = new Set<ColumnType>([
  "text",
  "slug",
  "email",
  "url",
  "choice",
  "uuid",
  "decimal",
  "date",
  "time",
  "ip",
]);

/**
 * A value of a query, of the type of what it is compared with. Throws `E_FILTER_UNDEFINED` for undefined, and
 * `E_FILTER_VALUE` for a value of another type; with the status 400 for a text of a wrong form.
 */
export function literal(value: unknown, type: ValueType, where: string): ValueNode {
  if (value === undefined)
    throw new GableError("E_FILTER_UNDEFINED", `${where} is undefined.`, {
      fix: "Pass a value or null, or leave the condition out with the symbol skip.",
    });
  if (value === null) return { kind: "value", value, type, isNullable: true };
  if (!fits[type.type](value, type))
    throw new GableError("E_FILTER_VALUE", `${where} is of the type ${type.type}, and got ${describeFieldValue(value, type)}.`, {
      fix: "Pass a value of the type of the field.",
      // A text of a wrong form is what somebody has sent; a value of another type is a mistake of the program.
      ...(typeof value === "string" && textTypes.has(type.type) && { status: 400, expose: false }),
    });
  const fitted = fitValue(value, type);
  return { kind: "value", value: fitted, type: typeOf(fitted, type), isNullable: false };
}

/** One form for each value: as it is stored. */
function fitValue(value: unknown, { type, items }: ValueType): unknown {
  if (type === "array") return (value as readonly unknown[]).map((item) => fitItem(item, items!)); // It fits.
  if (type === "ip") return toShortIpAddress(String(value));
  if (type === "uuid") return String(value).toLowerCase();
  if (type === "time" && String(value).length === 5) return `${String(value)}:00`;
  return value;
}

/** Items are compared as texts on some databases: decimals have as many digits as they are stored with. */
function fitItem(value: unknown, type: ValueType): unknown {
  return type.type === "decimal" ? fitDecimal(String(value), type.scale) : fitValue(value, type);
}

/** A whole number may be compared with a fraction, which is none itself. */
function typeOf(value: unknown, type: ValueType): ValueType {
  const isWhole = type.type === "int" || type.type === "id" || type.type === "duration";
  return isWhole && !Number.isSafeInteger(value) ? { ...valueTypes.float, where: type.where } : type;
}
