/** Filters as objects: `{ status: "active", pages: { gt: 3 }, author: { name: { startsWith: "A" } } }`. */
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import type { FieldMeta, RelationMeta } from "../schema/model-class.ts";
import { RuntimeExpression, toCondition } from "./expression.ts";
import { toInNode } from "./operands.ts";
import { isInstance } from "./keys.ts";
import { literal } from "./literal.ts";
import { readJsonFilter } from "./json-filter.ts";
import type { CallName, CompareOperator, Node, Source } from "./node.ts";
import { columnNode, joinSource } from "./node.ts";
import { allOf, anyOf, between, compare, isNull, notOf } from "./conditions.ts";
import { valueTypes } from "./value-type.ts";
import type { ManyRows } from "./many-rows.ts";
import { suggestField, suggestOperator } from "./other-words.ts";
import { countRows, existsNode, isMissing, isRow, readCallback, relatedRows } from "./refs.ts";

/** Matches rows that match all filters: `{ [and]: [{ ... }, { ... }] }`. */
export const and: unique symbol = Symbol("and");
/** Matches rows that match any of the filters: `{ [or]: [{ ... }, { ... }] }`. */
export const or: unique symbol = Symbol("or");
/** The exact complement of a filter: `{ [not]: { ... } }`. */
export const not: unique symbol = Symbol("not");
/** Replaces a value that is not given: the condition is left out. */
export const skip: unique symbol = Symbol("skip");

/** Deepest nesting of a filter. */
const depthMax = 32;

/** Returns the condition of a filter: an object, or a callback. Throws `E_FILTER_...` errors that name the path. */
export function readFilter(source: Source, filter: unknown, path: string, depth = 0): Node {
  if (typeof filter === "function") return toCondition(readCallback(filter as (row: never) => unknown, source)); // The types have checked it.
  if (filter instanceof RuntimeExpression) return toCondition(filter);
  if (filter === undefined) return literalUndefined(path);
  assertPlain(filter, path);
  if (depth > depthMax) throw new GableError("E_FILTER_DEPTH", `${path} is nested deeper than ${depthMax} levels.`);
  const parts: Node[] = [];
  for (const key of Reflect.ownKeys(filter)) {
    const value: unknown = (filter as Readonly<Record<PropertyKey, unknown>>)[key]; // Checked by assertPlain().
    if (value === skip) continue;
    if (typeof key === "string") parts.push(readEntry(source, key, value, `${path}.${key}`, depth));
    else parts.push(readStructure(source, key, value, path, depth));
  }
  return allOf(parts);
}

function literalUndefined(path: string): never {
  throw new GableError("E_FILTER_UNDEFINED", `${path} is undefined.`, {
    fix: "Pass a filter, or use all() for all rows.",
  });
}

/** Options and operators are only read from plain objects. */
function assertPlain(value: unknown, path: string): asserts value is object {
  if (isPlainObject(value)) return;
  throw new GableError("E_FILTER_VALUE", `${path} got ${describeValue(value)}.`, {
    fix: "Pass a plain object of fields and their conditions.",
  });
}

/** Whether a value is an object that was not created by a class. */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function readStructure(source: Source, key: symbol, value: unknown, path: string, depth: number): Node {
  if (key === not) return notOf(readFilter(source, value, `${path}[not]`, depth + 1));
  if ((key !== and && key !== or) || !Array.isArray(value))
    throw new GableError("E_FILTER_UNKNOWN", `${path}[${key.description ?? ""}] got ${describeValue(value)}.`, {
      fix: "Use the symbols and, or, not of gable/data; and and or take a list.",
    });
  const name = key === and ? "and" : "or";
  const parts = value
    .filter((each) => each !== skip)
    .map((each, index) => readFilter(source, each, `${path}[${name}][${index}]`, depth + 1));
  return key === and ? allOf(parts) : anyOf(parts);
}

function readEntry(source: Source, name: string, value: unknown, path: string, depth: number): Node {
  const { $meta: meta } = source.model;
  const field = meta.fields.get(name);
  if (field !== undefined) return readField(columnNode(source, field), field, value, path);
  const relation = meta.relations.get(name);
  if (relation === undefined) {
    const known = [...meta.fields.keys(), ...meta.relations.keys()];
    throw new GableError("E_FILTER_UNKNOWN", `${path}: ${meta.name} has no field "${name}".`, {
      fix: suggestField(name, known),
    });
  }
  const isOne = relation.kind === "belongsTo" || relation.kind === "hasOne";
  return isOne ? readToOne(source, relation, value, path, depth) : readToMany(source, relation, value, path, depth);
}

function readToOne(source: Source, relation: RelationMeta, value: unknown, path: string, depth: number): Node {
  const target = joinSource(source, relation);
  if (value === null) return isMissing(target);
  if (typeof value !== "object" || isInstance(value)) return isRow(target, value, path);
  const nested = readFilter(target, value, path, depth + 1);
  // A missing row does not match the filter, whatever it says.
  return target.isNullable ? allOf([notOf(isMissing(target)), nested]) : nested;
}

const quantifiers = ["some", "none", "every"] as const;

function readToMany(source: Source, relation: RelationMeta, value: unknown, path: string, depth: number): Node {
  assertPlain(value, path);
  const parts = Reflect.ownKeys(value).map((key) => {
    const word = quantifiers.find((each) => each === key);
    const filter: unknown = (value as Readonly<Record<PropertyKey, unknown>>)[key]; // Checked by assertPlain().
    if (key === "count") return readCountOf(relatedRows(source, relation), filter, `${path}.count`);
    if (word === undefined)
      throw new GableError("E_FILTER_UNKNOWN", `${path} is a relation to many rows and has no operator "${String(key)}".`, {
        fix: `Use one of: ${quantifiers.join(", ")}, count.`,
      });
    const rows = relatedRows(source, relation);
    return existsNode(rows.query, word, readFilter(rows.query.root, filter, `${path}.${word}`, depth + 1));
  });
  if (parts.length === 0)
    throw new GableError("E_FILTER_VALUE", `${path} is an empty object.`, { fix: `Use one of: ${quantifiers.join(", ")}, count.` });
  return allOf(parts);
}

/** Filters by the number of rows of a relation: a number, or operators of numbers. */
function readCountOf(rows: ManyRows, value: unknown, path: string): Node {
  const count = countRows(rows, undefined).$node;
  return typeof value === "object" && value !== null
    ? readTable(count, ordered, value, path)
    : compare("eq", count, literal(value, valueTypes.int, path));
}

function readField(column: Node, field: FieldMeta, value: unknown, path: string): Node {
  if (value === null) return isNull(column);
  const isValue = value instanceof Date || value instanceof Uint8Array || (field.type === "array" && Array.isArray(value));
  if (typeof value === "object" && !isValue) return readOperators(column, field, value, path);
  if (field.type === "json") return readJsonFilter(column, value, path);
  return compare("eq", column, literal(value, field, path));
}

type Operator = (column: Node, value: unknown, path: string) => Node;

const comparing =
  (operator: CompareOperator): Operator =>
  (column, value, path) => {
    if (value === null && (operator === "eq" || operator === "ne")) return isNull(column, operator === "ne");
    if (value === null) throw new GableError("E_FILTER_VALUE", `${path} is null, which cannot be compared by order.`);
    return compare(operator, column, value instanceof RuntimeExpression ? value.$node : literal(value, column.type!, path));
  };

const base: Readonly<Record<string, Operator>> = {
  eq: comparing("eq"),
  ne: comparing("ne"),
  in: (column, value, path) => toInNode(column, value, false, path),
  notIn: (column, value, path) => toInNode(column, value, true, path),
  isNull: (column, value, path) => {
    if (typeof value !== "boolean")
      throw new GableError("E_FILTER_VALUE", `${path} got ${describeValue(value)}, but expects true or false.`);
    return isNull(column, !value);
  },
};

const ordered: Readonly<Record<string, Operator>> = {
  ...base,
  gt: comparing("gt"),
  gte: comparing("gte"),
  lt: comparing("lt"),
  lte: comparing("lte"),
  between: (column, value, path) => {
    if (!Array.isArray(value) || value.length !== 2)
      throw new GableError("E_FILTER_VALUE", `${path} got ${describeValue(value)}, but expects a list of two values.`);
    const [low, high] = value.map((each, index) => literal(each, column.type!, `${path}[${index}]`));
    return between(column, low!, high!);
  },
};

const searching =
  (operator: CompareOperator): Operator =>
  (column, value, path) => {
    if (value === null) throw new GableError("E_FILTER_VALUE", `${path} is null, but expects a string.`);
    return compare(operator, column, literal(value, { ...valueTypes.text, where: path }, path));
  };

const texts: Readonly<Record<string, Operator>> = {
  ...ordered,
  contains: searching("contains"),
  startsWith: searching("startsWith"),
  endsWith: searching("endsWith"),
  ieq: searching("ieq"),
  icontains: searching("icontains"),
  istartsWith: searching("istartsWith"),
  iendsWith: searching("iendsWith"),
};

/** Filters by a part of a datetime: a number, or operators of numbers. */
const part =
  (name: CallName): Operator =>
  (column, value, path) => {
    const call: Node = { kind: "call", name, parts: [column], type: { ...valueTypes.int, where: path }, isNullable: column.isNullable };
    return typeof value === "object" && value !== null
      ? readTable(call, ordered, value, path)
      : compare("eq", call, literal(value, valueTypes.int, path));
  };

/** Writes the year as a range, so that an index can be used. */
const year: Operator = (column, value, path) => {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > 9999) return part("year")(column, value, path);
  const [from, to] = [value, value + 1].map((each) => `${String(each).padStart(4, "0")}-01-01`);
  return range(column, from!, value === 9_999 ? undefined : to!, path);
};

const on: Operator = (column, value, path) => {
  const day = String(literal(value, { ...valueTypes.date, where: path }, path).value);
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  return range(column, day, day === "9999-12-31" ? undefined : next, path);
};

/** Matches from the start of one day to the start of another; to the last one that can be stored without the second. */
function range(column: Node, from: string, to: string | undefined, path: string): Node {
  const bound = (day: string): Node => literal(column.type?.type === "date" ? day : new Date(`${day}T00:00:00Z`), column.type!, path);
  const start = compare("gte", column, bound(from));
  return to === undefined ? start : allOf([start, compare("lt", column, bound(to))]);
}

/** The first datetime that can be stored. */
const firstMs = Date.parse("0001-01-01T00:00:00Z");
const spanMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Matches a period up to now: a number of seconds, minutes, hours, days or weeks. */
const within: Operator = (column, value, path) => {
  const [, count = "", unit = ""] = /^([0-9]{1,9})([smhdw])$/.exec(typeof value === "string" ? value : "") ?? [];
  if (unit === "")
    throw new GableError("E_FILTER_VALUE", `${path} got ${describeValue(value)}, but expects a duration.`, {
      fix: 'Write a number with s, m, h, d or w, such as "30d".',
    });
  const now = Date.now();
  const start = Math.max(now - Number(count) * spanMs[unit]!, firstMs);
  const [low, high] = [start, now].map((ms) => literal(new Date(ms), column.type!, path));
  return between(column, low!, high!);
};

const days: Readonly<Record<string, Operator>> = { ...ordered, year, month: part("month"), day: part("day"), weekDay: part("weekDay") };
const moments: Readonly<Record<string, Operator>> = { ...days, on, within, hour: part("hour") };

/** Filters by items of a list: all or any of some, or none at all. */
const having =
  (name: "arrayHasAll" | "arrayHasAny", isOne = false): Operator =>
  (column, value, path) => {
    const items = literal(isOne ? [value] : value, column.type!, path);
    return { kind: "call", name, parts: [column, items], type: valueTypes.boolean, isNullable: column.isNullable };
  };

const isEmpty: Operator = (column, value, path) => {
  if (typeof value !== "boolean") throw new GableError("E_FILTER_VALUE", `${path} got ${describeValue(value)}, but expects true or false.`);
  const length: Node = { kind: "call", name: "arrayLength", parts: [column], type: valueTypes.int, isNullable: column.isNullable };
  const empty = compare("eq", length, literal(0, valueTypes.int, path));
  return value ? empty : compare("gt", length, literal(0, valueTypes.int, path));
};

const lists: Readonly<Record<string, Operator>> = {
  eq: comparing("eq"),
  ne: comparing("ne"),
  isNull: base["isNull"]!,
  has: having("arrayHasAll", true),
  hasAll: having("arrayHasAll"),
  hasAny: having("arrayHasAny"),
  isEmpty,
};

const operators: Readonly<Record<FieldMeta["type"], Readonly<Record<string, Operator>>>> = {
  id: ordered,
  int: ordered,
  bigint: ordered,
  float: ordered,
  decimal: ordered,
  uuid: ordered,
  text: texts,
  slug: texts,
  email: texts,
  url: texts,
  file: texts,
  choice: texts,
  boolean: base,
  date: days,
  time: ordered,
  datetime: moments,
  json: base,
  bytes: base,
  duration: ordered,
  ip: base,
  array: lists,
};

function readOperators(column: Node, field: FieldMeta, value: object, path: string): Node {
  if (Array.isArray(value))
    throw new GableError("E_FILTER_VALUE", `${path} got ${describeValue(value)}.`, {
      fix: "For one of several values, write { in: [...] }.",
    });
  if (field.isSecret)
    throw new GableError("E_FILTER_SECRET", `${path} is secret, so it only supports equality.`, {
      fix: "Compare it with a string or a number, or use the callback.",
    });
  if (value instanceof RuntimeExpression) return compare("eq", column, value.$node);
  assertPlain(value, path);
  return field.type === "json" && !Object.hasOwn(value, "isNull")
    ? readJsonFilter(column, value, path)
    : readTable(column, field.storage === "text" ? base : operators[field.type], value, path);
}

function readTable(column: Node, table: Readonly<Record<string, Operator>>, value: object, path: string): Node {
  assertPlain(value, path);
  const entries = Reflect.ownKeys(value).map((key): Node => {
    const operator = typeof key === "string" && Object.hasOwn(table, key) ? table[key] : undefined;
    if (operator === undefined) {
      throw new GableError("E_FILTER_UNKNOWN", `${path} has no operator "${String(key)}".`, {
        fix: suggestOperator(String(key), Object.keys(table)),
      });
    }
    const operand: unknown = (value as Readonly<Record<PropertyKey, unknown>>)[key]; // Checked by assertPlain().
    if (operand === skip) return allOf([]);
    if (operand === undefined) literal(undefined, valueTypes.text, `${path}.${String(key)}`);
    return operator(column, operand, `${path}.${String(key)}`);
  });
  if (entries.length === 0)
    throw new GableError("E_FILTER_VALUE", `${path} is an empty object.`, { fix: `Use one of: ${Object.keys(table).join(", ")}.` });
  return allOf(entries);
}
