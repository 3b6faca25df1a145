/** Writes computed values for their columns, with the same result on every database: rounded half away from zero, within the limits. */
import { maxOf } from "../schema/check-value.ts";
import type { FieldMeta } from "../schema/model-class.ts";
import type { ValueType } from "../tree/value-type.ts";
import type { Call } from "./functions.ts";
import { textTypes, wholeTypes } from "./functions.ts";

const isFraction = ({ type }: ValueType): boolean => type === "float" || type === "decimal";

/** Databases with limits of columns: only fractions need a cast, because some databases round them to even numbers. */
export function storeWith(cast: Call): Call {
  return (parts, to, from) => (wholeTypes.has(to.type) && isFraction(from) ? cast(parts, to, from) : parts[0]!);
}

const limits: Readonly<Partial<Record<ValueType["type"], readonly [least: number, most: number]>>> = {
  id: [1, Number.MAX_SAFE_INTEGER],
  int: [-2_147_483_648, 2_147_483_647],
  duration: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

/** SQLite has no limits of columns, so functions check them. */
export const storeSqlite: Call = ([part = ""], to) => {
  const field = to as FieldMeta; // Only columns store values.
  const name = `'${field.column.replaceAll("'", "''")}'`;
  const [least, most] = limits[to.type] ?? [];
  if (least !== undefined) return `gable_store_number(CAST(${part} AS REAL), 0, ${least}, ${most}, ${name})`;
  if (to.type === "decimal" && to.storage !== "text") {
    const { digits = 15 } = field.options;
    const bound = 10 ** (Number(digits) - to.scale) - 10 ** -to.scale;
    return `gable_store_number(${part}, ${to.scale}, ${-bound}, ${bound}, ${name})`;
  }
  const max = textTypes.has(to.type) ? maxOf(field) : undefined;
  return max === undefined ? part : `gable_store_text(${part}, ${max}, ${name})`;
};
