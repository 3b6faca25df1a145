/** Unique keys, by which rows are found or created. */
import { GableError } from "../../errors/gable-error.ts";
import { readKeyCondition } from "../tree/condition-data.ts";
import type { FieldMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";
import type { OperandData } from "../schema/table-state.ts";
import { assertField, assertRowValues } from "../schema/validate-row.ts";
import { toFieldValues } from "./assignments.ts";
import { scopeNames } from "../tree/scope.ts";

/** A unique key, and the given values for it. */
export interface UniqueKey {
  readonly values: Record<string, unknown>;
  readonly fields: readonly FieldMeta[];
  /** Condition of the rows that the key covers: those that are not deleted. Undefined for all rows. */
  readonly condition: OperandData | undefined;
  /** Whether null values count as distinct. */
  readonly areNullsDistinct: boolean;
}

/** Reads the unique key from a filter by equality. Throws `E_KEY_NOT_UNIQUE`, `E_VALUE_TYPE` and `E_VALUE_UNDEFINED`. */
export function readUniqueKey(model: ModelClass, where: object, call: string): UniqueKey {
  assertRowValues(model.$meta.name, where);
  // Without one of its parts it would be a different key.
  for (const [name, value] of Object.entries(where))
    if (value === undefined)
      throw new GableError("E_VALUE_UNDEFINED", `The value of ${model.$meta.name}.${name} is undefined.`, {
        fix: "Pass a value, or null.",
      });
  const values = toFieldValues(model, where);
  // A key must include the fields of the scope: otherwise it could find rows of another owner.
  const key = findUniqueKey(model, [...new Set([...Object.keys(values), ...scopeNames(model)])]);
  assertKeyValues(model, key, values, call);
  return { values, ...key };
}

/** Throws `E_KEY_NOT_UNIQUE` for a key with a null value: each call would create another row. */
export function assertKeyValues(
  { $meta: meta }: ModelClass,
  { fields, areNullsDistinct }: Omit<UniqueKey, "values">,
  ...[values, call]: [values: Readonly<Record<string, unknown>>, call: string]
): void {
  const missing = areNullsDistinct ? fields.find(({ name }) => values[name] === null) : undefined;
  if (missing === undefined) return;
  const names = fields.map(({ name }) => name).join(" + ");
  throw new GableError(
    "E_KEY_NOT_UNIQUE",
    `${meta.name}.${call} got no value for "${missing.name}": null never equals null in the unique key of ${names}.`,
    { fix: "Give a value, or look for the row with find() and create it with create()." },
  );
}

/** Returns the unique key with some fields. Throws `E_KEY_NOT_UNIQUE`. */
export function findUniqueKey(model: ModelClass, asked: readonly string[]): Omit<UniqueKey, "values"> {
  const { $meta: meta } = model;
  const names = asked.flatMap((name) => meta.relations.get(name)?.fields ?? [name]);
  // An insert only detects conflicts of keys that are checked with each row, not of deferred ones.
  const uniques = meta.uniques.filter(({ where, deferrable }) => where === undefined && deferrable === undefined);
  const keys = [meta.primary, ...uniques.map(({ fields }) => fields)];
  const key = keys.find((fields) => fields.length > 0 && fields.every((name) => names.includes(name)));
  if (key !== undefined && names.length === key.length) {
    const unique = uniques.find(({ fields }) => fields === key);
    const condition = unique === undefined ? undefined : readKeyCondition(model, unique);
    return { condition, areNullsDistinct: unique?.areNullsDistinct !== false, fields: key.map((name) => assertField(model, name)) };
  }
  throw new GableError("E_KEY_NOT_UNIQUE", `${meta.name} has no unique key of ${names.join(", ") || "no fields"}.`, {
    fix: `Use one of: ${keys.map((fields) => fields.join(" + ")).join("; ")}.`,
  });
}
