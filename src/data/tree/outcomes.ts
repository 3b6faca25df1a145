/** Values of which an expression takes one: the branches of when(), and the values of coalesce(). All of them have one type. */
import { GableError } from "../../errors/gable-error.ts";
import type { ValueType } from "./value-type.ts";
import { numericRank, typeSets, valueTypes } from "./value-type.ts";

/** Returns the type of all outcomes; undefined when none is known. Throws `E_EXPRESSION_TYPE` for types that have nothing in common. */
export function unifyTypes(types: ReadonlyArray<ValueType | undefined>, where: string): ValueType | undefined {
  return types
    .filter((type) => type !== undefined)
    .reduce<ValueType | undefined>((one, other) => (one === undefined ? other : unify(one, other, where)), undefined);
}

function unify(one: ValueType, other: ValueType, where: string): ValueType {
  const common = commonOf(one, other, where);
  // What may be a secret is hidden as one.
  return one.isSecret === true || other.isSecret === true ? { ...common, isSecret: true } : common;
}

function commonOf(one: ValueType, other: ValueType, where: string): ValueType {
  if (one.storage !== other.storage) throw mixed(one, other, where);
  if (one.type === other.type) return other.scale > one.scale ? other : one;
  const [rank, otherRank] = [rankOf(one), rankOf(other)];
  if (rank !== undefined && otherRank !== undefined) return otherRank > rank ? other : one;
  if (typeSets.text.has(one.type) && typeSets.text.has(other.type)) return { ...valueTypes.text, where: one.where };
  throw mixed(one, other, where);
}

/** A duration is a number of milliseconds, so it has nothing in common with other numbers. */
function rankOf({ type }: ValueType): number | undefined {
  return type === "duration" ? undefined : numericRank[type];
}

function mixed(one: ValueType, other: ValueType, where: string): GableError {
  const name = ({ type, storage }: ValueType): string => (storage === "text" ? `${type} stored as text` : type);
  return new GableError("E_EXPRESSION_TYPE", `${where} has values of the types ${name(one)} and ${name(other)}.`, {
    fix: "Give all of them one type, for example with cast().",
  });
}
