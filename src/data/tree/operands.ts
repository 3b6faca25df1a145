/** Operands of expressions: values, lists and queries, each checked against its type. */
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import { literal } from "./literal.ts";
import type { OrderOptions } from "../schema/expression-types.ts";
import type { Node, SelectState } from "./node.ts";
import { inList } from "./conditions.ts";
import type { ColumnType } from "../schema/column.ts";
import type { SpanParts, TruncateUnit } from "../schema/zones.ts";
import { assertTruncateUnit, assertZone, readSpan } from "../schema/zones.ts";
import type { ValueType } from "./value-type.ts";
import { typeSets, valueTypes } from "./value-type.ts";

/** Whether a node is in a list, or in the result of a one-column query. */
export function toInNode(part: Node, values: unknown, isNegated: boolean, where: string): Node {
  if (typeof values === "object" && values !== null && "$state" in values) {
    const query = values.$state as SelectState; // Only queries have it.
    if (query.columns?.length !== 1)
      throw new GableError("E_FILTER_VALUE", `${where} got a query of ${query.columns?.length ?? "all"} columns.`, {
        fix: 'Let the query read one column: pluck("id").',
      });
    const column = query.columns[0]!.node;
    return { kind: "inQuery", part, query, isNegated, type: valueTypes.boolean, isNullable: part.isNullable || column.isNullable };
  }
  if (!Array.isArray(values))
    throw new GableError("E_FILTER_VALUE", `${where} got ${describeValue(values)}.`, { fix: "Pass a list, or a query." });
  if (values.length > listValuesMax)
    throw new GableError("E_FILTER_TOO_MANY", `${where} got ${values.length} values; the maximum is ${listValuesMax}.`);
  const type = part.type ?? valueTypes.text;
  return inList(
    part,
    values.map((value, index) => (value === null ? null : literal(value, type, `${where}[${index}]`).value)),
    isNegated,
  );
}

/** Maximum number of values in a list. */
const listValuesMax = 10_000;

/** A number next to another one: whole numbers take its type, fractions make the result a float, except with decimals. */
export function numberLiteral(value: number, own: ValueType, method: string): Node {
  if (own.type === "decimal") return literal(String(value), { ...own, where: "number" }, method);
  if (!Number.isSafeInteger(value) || own.type === "float") return literal(value, valueTypes.float, method);
  return own.type === "bigint" ? literal(BigInt(value), valueTypes.bigint, method) : literal(value, valueTypes.int, method);
}

/** Returns a whole number of at least a minimum. Throws `E_EXPRESSION_ARGUMENT`. */
export function wholeNumber(value: unknown, method: string, min: number): Node {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= min) return literal(value, valueTypes.int, method);
  throw new GableError("E_EXPRESSION_ARGUMENT", `${method}() got ${describeValue(value)}.`, {
    fix: `Pass a whole number of at least ${min}.`,
  });
}

/** Throws `E_EXPRESSION_TYPE` for a decimal stored as text, which only supports equality. */
export function assertOrdered(type: ValueType | undefined, method: string): void {
  if (type?.storage !== "text") return;
  throw new GableError("E_EXPRESSION_TYPE", `${type.where} is stored as text, which ${method}() does not accept.`, {
    fix: 'Compare it with values of the same scale, or leave out storage: "text".',
  });
}

/** Throws `E_EXPRESSION_TYPE` for a type that a method does not accept. */
export function assertTypeIn(type: ValueType, method: string, allowed: ReadonlySet<ColumnType>): void {
  assertOrdered(type, method);
  if (allowed.has(type.type)) return;
  throw new GableError("E_EXPRESSION_TYPE", `${type.where} is of the type ${type.type}, which ${method}() does not take.`, {
    fix: `Use it with: ${[...allowed].join(", ")}.`,
  });
}

/** Returns a datetime in local time of a zone, for parts such as the hour there. Throws `E_EXPRESSION_ARGUMENT` or `E_EXPRESSION_TYPE`. */
export function localNode(part: Node, type: ValueType, method: string, zone: unknown): Node {
  return changeNode(part, type, method, { zone, unit: undefined, span: undefined });
}

/** Returns the start of a unit. Throws `E_EXPRESSION_ARGUMENT` or `E_EXPRESSION_TYPE`. */
export function truncateNode(part: Node, type: ValueType, unit: unknown, zone: unknown): Node {
  assertTypeIn(type, "truncate", typeSets.moment);
  assertTruncateUnit(unit, type.type === "date");
  const change = { zone: zone === undefined ? "UTC" : zone, unit, span: undefined };
  return changeNode(part, type, "truncate", change, zone === undefined ? typeSets.moment : undefined);
}

/** Returns a date or datetime with a span added. Throws `E_EXPRESSION_ARGUMENT`, `E_EXPRESSION_TYPE` or `E_OPTION_UNKNOWN`. */
export function spanNode(part: Node, method: "add" | "sub", span: unknown, zone: unknown): Node {
  const type = part.type!; // Only dates and datetimes have spans.
  const change = { zone: zone === undefined ? "UTC" : zone, unit: undefined, span: readSpan(span, method, type.type === "date") };
  return changeNode(part, type, method, change, zone === undefined ? typeSets.moment : undefined);
}

/** A change whose zone is not checked yet. */
interface WantedChange {
  readonly zone: unknown;
  readonly unit: TruncateUnit | undefined;
  readonly span: SpanParts | undefined;
}

function changeNode(part: Node, type: ValueType, method: string, change: WantedChange, allowed = typeSets.datetime): Node {
  assertTypeIn(type, method, allowed);
  const { zone, unit, span } = change;
  assertZone(zone, method);
  return { kind: "zone", part, zone, unit, span, type, isNullable: part.isNullable };
}

/** Checks where null goes: the word becomes part of the statement. */
export function readNulls({ nulls }: OrderOptions): "first" | "last" | undefined {
  if (nulls === undefined || nulls === "first" || nulls === "last") return nulls;
  throw new GableError("E_ORDER", `An order got nulls: ${describeValue(nulls)}.`, { fix: 'Use "first" or "last".' });
}
