/** Converts conditions to data and back, so that migrations can hold them without the models they came from. */
import { GableError } from "../../errors/gable-error.ts";
import type { ColumnType } from "../schema/column.ts";
import { isColumnType } from "../schema/column.ts";
import type { KeyMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";
import { isList } from "../schema/condition-columns.ts";
import type { ConditionData, OperandData, ValueData } from "../schema/table-state.ts";
import { readNode, toCondition } from "./expression.ts";
import type { CallName, CompareOperator, JsonOperator, JsonPath, Node, RootSource, ValueNode } from "./node.ts";
import type { ValueType } from "./value-type.ts";
import { columnNode } from "./node.ts";
import { compare, constant } from "./conditions.ts";
import { valueTypes } from "./value-type.ts";
import { readCallback } from "./refs.ts";

/** Returns a condition of a model as data. Throws `E_MODEL_CONDITION` for one that refers to other rows. */
export function readCondition(model: ModelClass, pick: (row: never) => unknown, where: string): ConditionData {
  try {
    const data = toData(toCondition(readCallback(pick, { kind: "root", model })));
    // A boolean column is a condition.
    return Array.isArray(data) ? (data as unknown as ConditionData) : ["eq", data, true]; // Lists are conditions.
  } catch (error) {
    throw new GableError("E_MODEL_CONDITION", `${model.$meta.name}: ${where} cannot be part of a table.`, { cause: error });
  }
}

/**
 * Returns the condition of a unique key as data; undefined for all rows. In a model with soft delete, deleted rows do not
 * conflict with new ones. Throws `E_MODEL_CONDITION`.
 */
export function readKeyCondition(model: ModelClass, { name, where }: KeyMeta): ConditionData | undefined {
  const { softDelete, fields } = model.$meta;
  const own = where === undefined ? undefined : readCondition(model, where, name);
  if (softDelete === "") return own;
  const live: ConditionData = ["isNull", fields.get(softDelete)!.column];
  return own === undefined || JSON.stringify(own) === JSON.stringify(live) ? live : ["and", live, own];
}

/** Returns an expression of a model's own columns as data. Throws `E_MODEL_CONDITION` for one that refers to other rows. */
export function readExpression(model: ModelClass, pick: (row: never) => unknown, where: string): OperandData {
  try {
    return toData(readNode(readCallback(pick, { kind: "root", model }), undefined));
  } catch (error) {
    throw new GableError("E_MODEL_CONDITION", `${model.$meta.name}: ${where} cannot be part of a table.`, { cause: error });
  }
}

const texts: ReadonlySet<ColumnType> = new Set<ColumnType>(["text", "slug", "email", "url", "choice", "file"]);

function toValueData({ value, type: { type } }: ValueNode): ValueData {
  if (value === null || typeof value === "boolean" || (typeof value === "number" && type === "int")) return value;
  if (type === "array") refuse("compares lists");
  if (texts.has(type)) return { text: value };
  if (value instanceof Date) return { datetime: value.toISOString() };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("hex") };
  return { [type]: typeof value === "bigint" ? String(value) : value };
}

function refuse(what: string): never {
  throw new GableError("E_EXPRESSION_SCOPE", `A condition of a table ${what}.`, { fix: "Use only columns of the model." });
}

/** Returns the name of a function with the type of its value, if its arguments do not determine it: `"lower:text"`, `"div?:decimal:2"`. */
function withType(name: string, { type, scale, storage }: ValueType, isNullable: boolean): string {
  if (storage === "text") refuse("must not compute with a decimal that is stored as text");
  return `${name}${isNullable ? "?" : ""}:${type}${scale === 0 ? "" : `:${scale}`}`;
}

function toData(node: Node): OperandData {
  switch (node.kind) {
    case "column":
      return node.source.kind === "root" ? node.field.column : refuse("must not use a relation");
    case "value":
      return toValueData(node);
    case "constant":
      return [node.isTrue ? "always" : "never"];
    case "compare":
      return [node.operator, toData(node.left), toData(node.right)];
    case "isNull":
      return [node.isNegated ? "isNotNull" : "isNull", toData(node.part)];
    case "between":
      return ["between", toData(node.part), toData(node.low), toData(node.high)];
    case "inList": {
      const type = node.part.type ?? valueTypes.text;
      const values = node.values.map((value) => toValueData({ kind: "value", value, type, isNullable: false }));
      return [node.isNegated ? "notIn" : "in", toData(node.part), values];
    }
    case "logic":
      return [node.operator, ...node.parts.map(toData)];
    case "not":
      return ["not", toData(node.part)];
    case "call":
      return callToData(node);
    case "json":
      return [withType("at", node.type, true), toData(node.part), [...node.path].map(toStepData)];
    case "jsonCompare":
      return [`json.${node.operator}`, toData(node.part), [...node.path].map(toStepData), toOperandData(node.value)];
    case "case": {
      const branches = node.branches.map(({ condition, result }) => ["when", toData(condition), toData(result)] as const);
      const otherwise = node.otherwise === undefined ? [] : [toData(node.otherwise)];
      return [withType("case", node.type, node.isNullable), ...branches, ...otherwise];
    }
    case "sql":
      return ["sql", node.texts.map((text) => ({ text })), ...node.parts.map(toData)];
    case "name":
      return ["name", { text: node.name }];
    case "zone":
      return changeToData(node);
    default:
      return refuse("must not read other rows");
  }
}

function changeToData({ part, zone, unit, span, type }: Extract<Node, { kind: "zone" }>): OperandData {
  if (span !== undefined) refuse("must not add a span to a date");
  if (zone !== "UTC" || unit === undefined) return refuse("must not use a time zone");
  return [withType("truncate", type, part.isNullable), toData(part), { text: unit }];
}

function callToData({ name, parts, type, isNullable }: Extract<Node, { kind: "call" }>): OperandData {
  // SQLite uses a function of Gable for it, which other programs that write to the table do not have.
  if (name === "cast" && texts.has(parts[0]!.type!.type) && type.type !== "text") refuse("must not convert strings to numbers");
  return [withType(name, type, isNullable), ...parts.map(toData)];
}

const toStepData = (step: string | number): ValueData => (typeof step === "string" ? { text: step } : step);
const toOperandData = (value: string | number | boolean | null): ValueData =>
  typeof value === "string" ? { text: value } : typeof value === "number" ? { float: value } : value;

/** Returns a value from its form as data. */
function toValue(data: ValueData): { readonly value: unknown; readonly type: ValueType } {
  if (data === null) return { value: null, type: valueTypes.text };
  if (typeof data === "number") return { value: data, type: valueTypes.int };
  if (typeof data === "boolean") return { value: data, type: valueTypes.boolean };
  const [[type, value] = ["", undefined], ...more] = Object.entries(data);
  if (!isColumnType(type) || more.length > 0)
    throw new GableError("E_MIGRATION_OPERATION", `${JSON.stringify(data)} is not a value of a condition.`, {
      fix: 'Write it with its type: { text: "draft" }, { decimal: "9.50" }.',
    });
  return { value: readValue(type, value), type: { type, scale: 0, where: "value" } };
}

function readValue(type: ColumnType, value: unknown): unknown {
  if (type === "bigint") return BigInt(value as string); // As toValueData() wrote it.
  if (type === "datetime") return new Date(value as string); // As toValueData() wrote it.
  return type === "bytes" ? new Uint8Array(Buffer.from(String(value), "hex")) : value;
}

/** Returns a step of a JSON path, or a value compared with a part of JSON. */
function toPlain(data: OperandData): string | number | boolean | null {
  return toValue(data as ValueData).value as string | number | boolean | null; // As toStepData() and toOperandData() wrote it.
}

const comparisons: ReadonlySet<string> = new Set<CompareOperator>([
  "eq",
  "ne",
  "gt",
  "gte",
  "lt",
  "lte",
  "contains",
  "startsWith",
  "endsWith",
  "ieq",
  "icontains",
  "istartsWith",
  "iendsWith",
]);

/** Builds the node of a condition on the columns of a model. Throws `E_MIGRATION_OPERATION` for invalid data. */
export function conditionNode(data: OperandData, root: RootSource): Node {
  if (typeof data === "string") return toColumn(data, root);
  if (!isList(data)) {
    const { value, type } = toValue(data);
    return { kind: "value", value, type, isNullable: value === null };
  }
  const [operator, ...parts] = data;
  if (typeof operator !== "string") throw conditionUnknown(data);
  const at = (index: number): Node => {
    const part = parts[index];
    if (part === undefined) throw conditionUnknown(data);
    return conditionNode(part, root);
  };
  const { boolean: type } = valueTypes;
  if (comparisons.has(operator)) return compareAlike(operator as CompareOperator, at(0), at(1)); // It is one of them.
  switch (operator) {
    case "always":
    case "never":
      return constant(operator === "always");
    case "isNull":
    case "isNotNull":
      return { kind: "isNull", part: at(0), isNegated: operator === "isNotNull", type, isNullable: false };
    case "between": {
      const [part, low, high] = [at(0), at(1), at(2)];
      return { kind: "between", part, low, high, type, isNullable: part.isNullable || low.isNullable || high.isNullable };
    }
    case "in":
    case "notIn": {
      const part = at(0);
      const values = (parts[1] as readonly ValueData[]).map((value) => toValue(value).value); // The data is a list of values.
      return { kind: "inList", part, values, isNegated: operator === "notIn", type, isNullable: part.isNullable };
    }
    case "and":
    case "or": {
      const all = parts.map((part) => conditionNode(part, root));
      return { kind: "logic", operator, parts: all, type, isNullable: all.some(({ isNullable }) => isNullable) };
    }
    case "not":
      return { kind: "not", part: at(0), type, isNullable: false };
    case "sql": {
      const written = (parts[0] as readonly ValueData[]).map((text) => String(toPlain(text))); // The data is a list of strings.
      return {
        kind: "sql",
        texts: written,
        parts: parts.slice(1).map((part) => conditionNode(part, root)),
        type: undefined,
        isNullable: true,
      };
    }
    case "name":
      return { kind: "name", name: String(toPlain(parts[0]!)), type: undefined, isNullable: false };
    default:
      return toTypedNode(data, operator, parts, root);
  }
}

/** Builds a comparison. A value compared with a decimal that is stored as text is a decimal of that kind, too. */
function compareAlike(operator: CompareOperator, left: Node, right: Node): Node {
  const alike = (node: Node, other: Node): Node =>
    node.kind === "value" && other.type?.storage === "text" ? { ...node, type: other.type } : node;
  return compare(operator, alike(left, right), alike(right, left));
}

/** Operators whose name contains their type. */
function toTypedNode(data: OperandData, operator: string, parts: readonly OperandData[], root: RootSource): Node {
  const node = (part: OperandData): Node => conditionNode(part, root);
  const path = (): JsonPath => (parts[1] as readonly OperandData[]).map((step) => toPlain(step) as string | number); // The data is a list of steps.
  if (operator.startsWith("json."))
    return {
      kind: "jsonCompare",
      operator: operator.slice(5) as JsonOperator, // As toData() wrote it.
      part: node(parts[0]!),
      path: path(),
      value: toPlain(parts[2] ?? null),
      type: valueTypes.boolean,
      isNullable: true,
    };
  const [, name = "", nullable, typeName = "", scale = "0"] = /^(\w+)(\??):(\w+)(?::(\d+))?$/.exec(operator) ?? [];
  if (!isColumnType(typeName)) throw conditionUnknown(data);
  const type: ValueType = { type: typeName, scale: Number(scale), where: "condition" };
  const isNullable = nullable === "?";
  if (name === "at") return { kind: "json", part: node(parts[0]!), path: path(), type, isNullable: true };
  if (name !== "case") return { kind: "call", name: name as CallName, parts: parts.map(node), type, isNullable }; // As toData() wrote it.
  const branches = parts.filter((part) => isList(part) && part[0] === "when") as ReadonlyArray<readonly OperandData[]>; // As filtered.
  const otherwise = parts.at(-1)!;
  return {
    kind: "case",
    branches: branches.map(([, condition, result]) => ({ condition: node(condition!), result: node(result!) })),
    otherwise: isList(otherwise) && otherwise[0] === "when" ? undefined : node(otherwise),
    type,
    isNullable,
  };
}

function toColumn(name: string, root: RootSource): Node {
  for (const field of root.model.$meta.fields.values()) if (field.column === name) return columnNode(root, field);
  throw new GableError("E_MIGRATION_OPERATION", `A condition of "${root.model.$table}" names the unknown column "${name}".`, {
    fix: "Name a column of the table.",
  });
}

function conditionUnknown(data: OperandData): GableError {
  return new GableError("E_MIGRATION_OPERATION", `${JSON.stringify(data)} is not a condition.`, {
    fix: 'Write it as a list: ["gt", "pages", 0].',
  });
}
