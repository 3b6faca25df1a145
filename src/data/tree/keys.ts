/** Keys of rows: of one or several fields, given as a value, as an object, or as the row itself. */
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import { Row } from "../schema/row.ts";
import type { ModelClass } from "../schema/model-class.ts";
import { rowClassOf } from "../schema/model-class.ts";
import { literal } from "./literal.ts";
import type { ValueNode } from "./node.ts";

/** Whether a value is a row of a model. */
export function isInstance(value: unknown): value is object {
  return value instanceof Row;
}

/** Returns the values of a key, in the order of its fields. Throws `E_FILTER_VALUE` for anything that is not a key. */
export function keyNodes(model: ModelClass, value: unknown, where: string): ValueNode[] {
  const { primary, fields, name } = model.$meta;
  const isRecord = typeof value === "object" && value !== null && !(value instanceof Uint8Array) && !(value instanceof Date);
  // A model is a class of rows.
  if (isInstance(value) && !(value instanceof rowClassOf(model)))
    throw new GableError("E_FILTER_VALUE", `${where} got a ${value.constructor.name}, but needs a ${name}.`);
  if (!isRecord && primary.length > 1)
    throw new GableError("E_FILTER_VALUE", `${where} got ${describeValue(value)}, but the key of ${name} has ${primary.length} fields.`, {
      fix: `Pass an object: { ${primary.join(", ")} }.`,
    });
  return primary.map((part) => {
    const given = isRecord ? (value as Readonly<Record<string, unknown>>)[part] : value; // A record or a row.
    if (isInstance(value) && (given ?? null) === null)
      throw new GableError("E_RELATION_UNSAVED", `${where} got a row that is not saved.`, { fix: "Save that row first." });
    if (given === undefined)
      throw new GableError("E_FILTER_UNDEFINED", `${where} got ${describeValue(value)}, which has no key of ${name}.`, {
        fix: `Pass a row, its key, or an object with ${primary.join(" and ")}.`,
      });
    return literal(given, fields.get(part)!, primary.length > 1 ? `${where}.${part}` : where);
  });
}
