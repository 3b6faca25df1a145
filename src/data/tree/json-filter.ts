/** Filters of JSON values: `{ path: ["lang"], eq: "en" }`. */
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import { checkValue } from "../schema/check-value.ts";
import { Column } from "../schema/column.ts";
import type { JsonOperator, JsonPath, Node } from "./node.ts";
import { allOf, anyOf, notOf } from "./conditions.ts";
import { valueTypes } from "./value-type.ts";

const operatorNames = "eq ne in notIn gt gte lt lte exists".split(" ");

type WholeOperator = (column: Node, value: unknown, path: string) => Node;

const comparesWhole =
  (name: "jsonEquals" | "jsonContains"): WholeOperator =>
  (part, value, path) => {
    if (value === undefined || checkValue(anyJson, value).message !== undefined)
      throw new GableError(value === undefined ? "E_FILTER_UNDEFINED" : "E_FILTER_VALUE", `${path} got ${describeValue(value)}.`, {
        fix: "Compare with a value that JSON can hold.",
      });
    const operand: Node = { kind: "value", value, type: valueTypes.json, isNullable: false };
    return { kind: "call", name, parts: [part, operand], type: valueTypes.boolean, isNullable: part.isNullable };
  };

const anyJson = new Column("json", { null: true });

/** Operators for whole values. */
const wholeOperators: Readonly<Record<string, WholeOperator>> = {
  equals: comparesWhole("jsonEquals"),
  contains: comparesWhole("jsonContains"),
  hasKey: (column, value, path) => {
    if (typeof value !== "string" || value.includes("\0") || !value.isWellFormed())
      throw new GableError("E_FILTER_VALUE", `${path} got ${describeValue(value)}, but expects the name of a key.`);
    return jsonCompare(column, [value], "exists", null, path);
  },
};

/** Returns the condition of an operator for whole values. */
export function compareJson(column: Node, name: "equals" | "contains" | "hasKey", value: unknown, path: string): Node {
  return wholeOperators[name]!(column, value, path);
}

/** Returns the condition of a filter of a JSON value. Throws `E_FILTER_VALUE` and `E_FILTER_UNKNOWN`. */
export function readJsonFilter(column: Node, filter: unknown, path: string): Node {
  const isRecord = typeof filter === "object" && filter !== null && !Array.isArray(filter);
  if (isRecord && !("path" in filter) && Object.keys(filter).some((name) => Object.hasOwn(wholeOperators, name)))
    return allOf(
      Object.entries(filter).map(([name, value]) => {
        const operator = Object.hasOwn(wholeOperators, name) ? wholeOperators[name] : undefined;
        if (operator !== undefined) return operator(column, value, `${path}.${name}`);
        throw new GableError("E_FILTER_UNKNOWN", `${path}.${name}: JSON does not support this operator without a path.`, {
          fix: `Use one of: ${Object.keys(wholeOperators).join(", ")}.`,
        });
      }),
    );
  if (!isRecord || !("path" in filter) || !isJsonPath(filter.path))
    throw new GableError("E_FILTER_VALUE", `${path} is JSON, but got ${describeValue(filter)}.`, {
      fix: 'Name the part to compare: { path: ["lang"], eq: "en" }. Items of lists have whole numbers of at most 32 bits.',
    });
  const steps = filter.path;
  const parts = Object.entries(filter)
    .filter(([name]) => name !== "path")
    .map(([name, value]) => readOperator(column, steps, name, value, `${path}.${name}`));
  if (parts.length === 0)
    throw new GableError("E_FILTER_VALUE", `${path} compares nothing.`, { fix: `Use one of: ${operatorNames.join(", ")}.` });
  return allOf(parts);
}

function isJsonPath(path: unknown): path is JsonPath {
  return Array.isArray(path) && path.length > 0 && path.every(isJsonStep);
}

/** Databases count the items of a list with 32 bits, and some of them start again at 0. */
const placeMax = 2_147_483_647;

/** Returns whether a value is a step of a path in JSON: a key that JSON can hold, or the place of an item. */
export function isJsonStep(step: unknown): step is string | number {
  if (typeof step === "string") return !step.includes("\0") && step.isWellFormed();
  return typeof step === "number" && Number.isInteger(step) && Math.abs(step) <= placeMax;
}

function readOperator(column: Node, steps: JsonPath, name: string, value: unknown, path: string): Node {
  if (name === "ne") return notOf(jsonCompare(column, steps, "eq", value, path));
  if (name === "in" || name === "notIn") {
    if (!Array.isArray(value)) throw new GableError("E_FILTER_VALUE", `${path} got ${describeValue(value)}.`, { fix: "Pass a list." });
    const found = anyOf(value.map((each, index) => jsonCompare(column, steps, "eq", each, `${path}[${index}]`)));
    return name === "in" ? found : notOf(found);
  }
  if (name === "exists") {
    if (typeof value !== "boolean")
      throw new GableError("E_FILTER_VALUE", `${path} got ${describeValue(value)}, but expects true or false.`);
    const exists = jsonCompare(column, steps, "exists", null, path);
    return value ? exists : notOf(exists);
  }
  if (!operatorNames.includes(name))
    throw new GableError("E_FILTER_UNKNOWN", `${path}: JSON does not support this operator.`, {
      fix: `Use one of: ${operatorNames.join(", ")}.`,
    });
  if (name !== "eq" && typeof value !== "string" && typeof value !== "number")
    throw new GableError("E_FILTER_VALUE", `${path} got ${describeValue(value)}, but expects a string or a number.`);
  return jsonCompare(column, steps, name as JsonOperator, value, path); // One of the names above.
}

function jsonCompare(part: Node, path: JsonPath, operator: JsonOperator, value: unknown, where: string): Node {
  const isText = typeof value === "string" && value.isWellFormed() && !value.includes("\0");
  const isNumber = typeof value === "number" && Number.isFinite(value);
  if (!isText && !isNumber && typeof value !== "boolean" && value !== null)
    throw new GableError(value === undefined ? "E_FILTER_UNDEFINED" : "E_FILTER_VALUE", `${where} got ${describeValue(value)}.`, {
      fix: "Compare with a string, a number, true, false or null.",
    });
  return { kind: "jsonCompare", part, path, operator, value, type: valueTypes.boolean, isNullable: true };
}
