/** Turns the values that code assigns into columns with values. */
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import { suggestName } from "../../errors/nearest-name.ts";
import { keyNodes } from "../tree/keys.ts";
import type { ModelMeta, RelationMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";
import { assertRowValues } from "../schema/validate-row.ts";

/**
 * Returns values by field; relations become their keys. An undefined value is one that was not given, so that the fields of a partial
 * request can be passed on as they are. Throws `E_FIELD_UNKNOWN` for a name that is not a field, and `E_VALUE_TYPE`.
 */
export function toFieldValues(model: ModelClass, given: object): Record<string, unknown> {
  const { fields, relations, name: owner } = model.$meta;
  assertRowValues(owner, given);
  const values: Record<string, unknown> = {};
  for (const name of Reflect.ownKeys(given)) {
    const value: unknown = (given as Readonly<Record<PropertyKey, unknown>>)[name]; // An object, by its own keys.
    const key = String(name);
    if (typeof name === "symbol" || (!fields.has(key) && !relations.has(key)))
      throw unknownField(owner, key, [...fields.keys(), ...relations.keys()]);
    if (value === undefined) continue;
    const relation = relations.get(key);
    if (relation === undefined) values[key] = value;
    else Object.assign(values, toKeyValues(owner, relation, value));
  }
  return values;
}

/** Throws `E_MODEL_READ_ONLY` for the rows of a view. */
export function assertTableRows({ name, isView }: ModelMeta): void {
  if (isView) throw new GableError("E_MODEL_READ_ONLY", `${name} is a view: its rows come from a query, so you cannot write them.`);
}

function unknownField(owner: string, name: string, known: readonly string[]): GableError {
  return new GableError("E_FIELD_UNKNOWN", `${owner} has no field "${name}".`, {
    fix: suggestName(name, known),
  });
}

/** Returns the key of a related row, given as the row or as its key. */
function toKeyValues(owner: string, relation: RelationMeta, value: unknown): Record<string, unknown> {
  const where = `${owner}.${relation.name}`;
  if (relation.kind !== "belongsTo")
    throw new GableError("E_RELATION_ASSIGN", `${where} got ${describeValue(value)}, but the other rows store the key.`, {
      fix: "Set the relation of those rows, or use its add() or create().",
    });
  if (value === null) return Object.fromEntries(relation.fields.map((name) => [name, null]));
  const nodes = keyNodes(relation.target, value, where);
  return Object.fromEntries(relation.fields.map((name, index) => [name, nodes[index]!.value]));
}
