/** Filters from URLs and forms: `?status=draft&pages.gte=100&author.name.contains=ada`, limited to a list of names. */
import { assertKnownOptions, describeValue, optionInvalid } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import { suggestName } from "../../errors/nearest-name.ts";
import type { ColumnType } from "../schema/column.ts";
import type { FieldMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";
import { and } from "./filter.ts";

/** Operators that a URL or a form may use. */
const operatorNames = [
  "eq",
  "ne",
  "in",
  "notIn",
  "isNull",
  "gt",
  "gte",
  "lt",
  "lte",
  "between",
  "contains",
  "startsWith",
  "endsWith",
  "ieq",
  "icontains",
  "istartsWith",
  "iendsWith",
  "year",
  "month",
  "day",
  "weekDay",
  "hour",
  "on",
  "within",
] as const;

/** An operator of a filter from a URL or a form. */
export type FilterOperator = (typeof operatorNames)[number];

/** Values by name, as in URLs and forms. */
export type FilterValues = URLSearchParams | Readonly<Record<string, string | readonly string[] | undefined>>;

/** Options for filters from a URL or a form. */
export interface FilterFromOptions<Name extends string = string> {
  /** Fields, and fields of relations by their path: `"author.name"`. For a relation to many rows, at least one of them must match. */
  readonly allow: ReadonlyArray<Name | `${Name}.${string}`>;
  /** Operators that may follow a name: `pages.gte=100`. Only equality by default. */
  readonly operators?: readonly FilterOperator[];
  /** Names with another meaning, such as the page number. None by default. */
  readonly ignore?: readonly string[];
}

/** Most conditions of one filter, and most steps of a path. */
const [conditionsMax, stepsMax] = [50, 8];

/** An allowed field, and a function that wraps its condition. */
interface Allowed {
  readonly field: FieldMeta;
  readonly wrap: (condition: unknown) => object;
}

/**
 * Returns the filter that a URL or a form requests. Parses values by the types of their fields; skips empty ones. Throws
 * `E_FILTER_UNKNOWN` and `E_FILTER_VALUE`, both with status 400, and `E_OPTION_INVALID` for names that cannot be allowed.
 */
export function filterFrom(model: ModelClass, values: FilterValues, options: FilterFromOptions): object {
  assertKnownOptions("filterFrom()", options, { allow: "list", operators: "list", ignore: "strings" });
  const { operators = ["eq"], ignore = [] } = options;
  for (const name of operators)
    if (!operatorNames.includes(name)) throw optionInvalid("filterFrom()", "operators", name, `some of ${operatorNames.join(", ")}`);
  const allowed = new Map(options.allow.map((way) => [way, readWay(model, way)]));
  const conditions: object[] = [];
  for (const [name, texts] of listValues(values)) {
    const given = texts.filter((text) => text !== "");
    if (ignore.includes(name) || given.length === 0) continue;
    conditions.push(toCondition(name, given, allowed, operators));
    if (conditions.length > conditionsMax)
      throw new GableError("E_FILTER_TOO_MANY", `There are more than ${conditionsMax} filters.`, {
        status: 400,
        fix: "Send fewer filters.",
      });
  }
  return conditions.length === 0 ? {} : { [and]: conditions };
}

function* listValues(values: FilterValues): Generator<readonly [name: string, texts: readonly string[]]> {
  if (values instanceof URLSearchParams) {
    for (const name of new Set(values.keys())) yield [name, values.getAll(name)];
    return;
  }
  for (const [name, value] of Object.entries(values)) {
    const texts: readonly unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [value];
    const wrong = texts.find((text) => typeof text !== "string");
    if (wrong !== undefined) throw valueError(name, describeValue(wrong), "a string");
    yield [name, texts as readonly string[]]; // Checked above.
  }
}

/** Returns the field at the end of a path through relations. */
function readWay(model: ModelClass, way: string): Allowed {
  const refuse = (wanted: string): never => {
    throw optionInvalid("filterFrom()", "allow", way, wanted);
  };
  const steps = typeof way === "string" ? way.split(".") : [];
  if (steps.length > stepsMax) refuse(`paths of at most ${stepsMax} steps`);
  let [at, wrap]: [ModelClass, Allowed["wrap"]] = [model, (condition) => condition as object]; // The first step makes an object.
  for (const [index, step] of steps.entries()) {
    const { fields, relations } = at.$meta;
    const outer = wrap;
    const relation = relations.get(step);
    if (index < steps.length - 1) {
      if (relation === undefined) return refuse(`names of relations of ${at.name} before a point`);
      const isMany = relation.kind === "hasMany" || relation.kind === "manyToMany";
      wrap = (condition) => outer({ [step]: isMany ? { some: condition } : condition });
      at = relation.target;
      continue;
    }
    const field = fields.get(relation?.fields.length === 1 ? relation.fields[0]! : step);
    if (field === undefined || unreadable.has(field.type))
      return refuse(`names of fields of ${at.name} with a type that a string can represent`);
    if (field.isSecret) return refuse(`no secret fields, as ${field.where} is`);
    return { field, wrap: (condition) => outer({ [field.name]: condition }) };
  }
  return refuse("names of fields");
}

const unreadable: ReadonlySet<ColumnType> = new Set<ColumnType>(["json", "bytes", "array"]);

function toCondition(
  name: string,
  texts: readonly string[],
  allowed: ReadonlyMap<string, Allowed>,
  operators: readonly FilterOperator[],
): object {
  const point = name.lastIndexOf(".");
  const exact = allowed.get(name);
  const way = exact === undefined ? name.slice(0, Math.max(point, 0)) : name;
  const found = exact ?? allowed.get(way);
  const operator = exact !== undefined ? (texts.length > 1 ? "in" : "eq") : operators.find((each) => each === name.slice(point + 1));
  if (found === undefined || operator === undefined || !operators.includes(operator)) {
    const known = [...allowed.keys()].flatMap((each) => operators.map((one) => (one === "eq" ? each : `${each}.${one}`)));
    throw new GableError("E_FILTER_UNKNOWN", `Unknown filter ${describeValue(name)}${operator === "in" ? " with several values" : ""}.`, {
      status: 400,
      fix: suggestName(name, known, `There are: ${known.join(", ")}.`),
    });
  }
  return found.wrap({ [operator]: readOperand(name, operator, texts, found.field) });
}

function readOperand(name: string, operator: FilterOperator, texts: readonly string[], field: FieldMeta): unknown {
  if (operator === "in" || operator === "notIn" || operator === "between") {
    const list = texts.flatMap((text) => text.split(",")).map((text) => readText(name, text, field.type));
    if (operator === "between" && list.length !== 2) throw valueError(name, describeValue(texts[0]), "two values separated by a comma");
    return list;
  }
  if (texts.length > 1) throw valueError(name, `${texts.length} values`, "one");
  const [text = ""] = texts;
  if (operator === "isNull") return readText(name, text, "boolean");
  return numberOperators.has(operator)
    ? readText(name, text, "int")
    : textOperators.has(operator)
      ? text
      : readText(name, text, field.type);
}

const numberOperators: ReadonlySet<FilterOperator> = new Set<FilterOperator>(["year", "month", "day", "weekDay", "hour"]);
const textOperators: ReadonlySet<FilterOperator> = new Set<FilterOperator>([
  "contains",
  "startsWith",
  "endsWith",
  "ieq",
  "icontains",
  "istartsWith",
  "iendsWith",
  "on",
  "within",
]);

const whole = { pattern: /^-?[0-9]{1,15}$/, read: Number, what: "a whole number" };
const readers: Readonly<Partial<Record<ColumnType, { pattern: RegExp; read: (text: string) => unknown; what: string }>>> = {
  id: whole,
  int: whole,
  duration: whole,
  bigint: { pattern: /^-?[0-9]{1,19}$/, read: BigInt, what: "a whole number" },
  float: { pattern: /^-?[0-9]{1,15}(?:\.[0-9]{1,15})?$/, read: Number, what: "a number" },
  decimal: { pattern: /^-?[0-9]{1,38}(?:\.[0-9]{1,38})?$/, read: String, what: "a number" },
  boolean: { pattern: /^(?:true|false|1|0)$/, read: (text) => text === "true" || text === "1", what: "true or false" },
  datetime: {
    pattern: /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,3})?)?(?:Z|[+-][0-9]{2}:[0-9]{2}))?$/,
    read: (text) => new Date(text),
    what: "a date and time such as 2026-11-20T10:12:00Z",
  },
};

/** Parses a string as a value of a type; the filter itself checks the form of strings. */
function readText(name: string, text: string, type: ColumnType): unknown {
  const reader = readers[type];
  if (reader === undefined) return text;
  const value = reader.pattern.test(text) ? reader.read(text) : undefined;
  if (value === undefined || (value instanceof Date && Number.isNaN(value.getTime())))
    throw valueError(name, describeValue(text), reader.what);
  return value;
}

function valueError(name: string, got: string, wanted: string): GableError {
  return new GableError("E_FILTER_VALUE", `The filter ${describeValue(name)} got ${got}, expected ${wanted}.`, {
    status: 400,
    fix: `Give it ${wanted}.`,
  });
}
