/** PostgreSQL: its names, values, functions and errors. */
import { GableError } from "../../../errors/gable-error.ts";
import type { CallName, JsonPath, OrderTerm, RowLock } from "../../tree/node.ts";
import type { ValueType } from "../../tree/value-type.ts";
import type { ColumnType } from "../../schema/column.ts";
import type { DriverValue } from "../../schema/driver-value.ts";
import type { Dialect, JsonComparison, Refusal, TextComparison } from "../dialect.ts";
import type { DateChange } from "../../schema/zones.ts";
import { boundsOf } from "../../schema/zones.ts";
import { castPostgres } from "../casts.ts";
import { storeWith } from "../store-values.ts";
import type { Call } from "../functions.ts";
import { rounded, sameName, toPattern, wholeTypes } from "../functions.ts";
import { encodePostgres, encodePostgresList, postgresDecoder } from "./codec.ts";
import { postgresSearch } from "./search.ts";
import { postgresTables, quotePostgres, writePostgresLiteral } from "./tables.ts";

/** Types of parameters: the widest of their kind, so that values are compared without being cut. */
const types: Readonly<Record<Exclude<ColumnType, "array">, string>> = {
  id: "int8",
  int: "int8",
  bigint: "int8",
  float: "float8",
  decimal: "numeric",
  uuid: "uuid",
  text: "text",
  slug: "text",
  email: "text",
  url: "text",
  file: "text",
  choice: "text",
  boolean: "boolean",
  date: "date",
  time: "time",
  datetime: "timestamptz",
  json: "jsonb",
  bytes: "bytea",
  duration: "int8",
  ip: "inet",
};

/** Returns the type of a parameter. */
function typeName({ type, items }: ValueType): string {
  return type === "array" ? `${typeName(items!)}[]` : types[type];
}

/** The dialect of PostgreSQL. */
export const postgres: Dialect = {
  name: "postgres",
  title: "PostgreSQL",
  isPositional: false,
  noLimit: "",
  count: (parameter) => parameter,
  insertsMany: "lists",
  hasReturning: true,
  hasOrderedAssignments: false,
  returnsKeys: true,
  hasConflictTarget: true,
  defaultValues: " DEFAULT VALUES",
  quote: quotePostgres,
  parameter: (mark, type, isList) => `${mark}::${typeName(type)}${isList ? "[]" : ""}`,
  nullOf: (type) => `NULL::${typeName(type)}`,
  encode: encodePostgres,
  encodeList: encodePostgresList,
  decoder: postgresDecoder,
  differ: (left, right) => `${left} IS DISTINCT FROM ${right}`,
  compareText: ({ operator, left, right }: TextComparison) => `${left} ${operator.startsWith("i") ? "ILIKE" : "LIKE"} ${right(0)}`,
  encodeText: (operator, text) => toPattern(operator, text, "\\"),
  inList: (part, list, isNegated) => `${part} ${isNegated ? "<> ALL" : "= ANY"}(${list})`,
  call: (name, parts, type, partType) => (calls[name] ?? sameName(name))(parts, type, partType),
  changeDate,
  aggregate: (name, inner, { type }, over) => writeAggregate(name, inner, type, over),
  joinTexts: (text, isDistinct, order, separator) => `string_agg(${isDistinct ? "DISTINCT " : ""}${text}, ${separator}${order})`,
  jsonText: (part, path) => `(${jsonPart(part, path)} #>> '{}')`,
  jsonCompare,
  jsonPath: (mark) => `${mark}::jsonpath`,
  encodeJsonPath,
  encodeJsonOperand: (value) => JSON.stringify(value),
  order: orderPostgres,
  derive: (sql) => sql,
  lock: lockPostgres,
  ignoreConflict: () => " ON CONFLICT DO NOTHING",
  begin: ({ isolation, readOnly }) => [
    `BEGIN${isolation === undefined ? "" : ` ISOLATION LEVEL ${isolation.toUpperCase()}`}${readOnly ? " READ ONLY" : ""}`,
  ],
  explain: (sql, isAnalyzed) => `EXPLAIN ${isAnalyzed ? "(ANALYZE) " : ""}${sql}`,
  readRefusal,
  search: postgresSearch,
  tables: postgresTables,
  literal: writePostgresLiteral,
  findMistakes: () => [],
  estimate: { sql: "SELECT reltuples::float8 FROM pg_class WHERE oid = to_regclass($1)", subject: quotePostgres },
  countOn,
};

/** PostgreSQL has no smallest boolean and no smallest UUID. The text of a UUID sorts like the UUID. */
function writeAggregate(name: string, inner: string, type: ColumnType, over: string): string {
  const isExtreme = name === "min" || name === "max";
  const value = inner.replace(/^DISTINCT /, "");
  if (isExtreme && type === "boolean") return `${name === "min" ? "bool_and" : "bool_or"}(${value})${over}`;
  if (isExtreme && type === "uuid") return `(${name}((${value})::text COLLATE "C")${over})::uuid`;
  return `${name}(${inner})${over}`;
}

function countOn(table: string, column: string): string {
  const [from, key] = [quotePostgres(table), quotePostgres(column)];
  const sequence = `pg_get_serial_sequence(${postgresTables.quoteText(from)}, ${postgresTables.quoteText(column)})`;
  return `SELECT setval(${sequence}, greatest(max(${key}), 1), max(${key}) IS NOT NULL) FROM ${from}`;
}

const roundedNumeric = (write: (parts: readonly string[]) => string): Call => rounded(write, (sql) => `(${sql})::numeric`);

const utc = (part: string | undefined, { type }: ValueType): string =>
  type === "datetime" ? `(${part} AT TIME ZONE 'UTC')` : String(part);

const extract =
  (field: string): Call =>
  ([part], _type, partType) =>
    `extract(${field} from ${utc(part, partType)})::int4`;

const calls: Readonly<Partial<Record<CallName, Call>>> = {
  store: storeWith(castPostgres),
  add: roundedNumeric(([left, right]) => `(${left} + ${right})`),
  sub: roundedNumeric(([left, right]) => `(${left} - ${right})`),
  mul: roundedNumeric(([left, right]) => `(${left} * ${right})`),
  div: roundedNumeric(([left, right]) => `(${left} / nullif(${right}, 0))`),
  mod: ([left, right], { type }) =>
    wholeTypes.has(type) || type === "decimal"
      ? `(${left} % nullif(${right}, 0))`
      : `mod((${left})::numeric, nullif((${right})::numeric, 0))::float8`,
  substring: ([part, start, length]) => `substr(${part}, (${start})::int4${length === undefined ? "" : `, (${length})::int4`})`,
  nullIf: ([left, right]) => `nullif(${left}, ${right})`,
  round: ([part, places], type) => `round((${part})::numeric, (${places})::int4)::${typeName(type)}`,
  cast: castPostgres,
  arrayLength: ([part]) => `cardinality(${part})`,
  arrayHasAll: ([part, items]) => `(${part} @> ${items})`,
  arrayHasAny: ([part, items]) => `(${part} && ${items})`,
  jsonEquals: ([part, value]) => `(${part} = ${value})`,
  // By default PostgreSQL also finds a scalar inside a list; other databases do not.
  jsonContains: ([part, value]) => `(jsonb_typeof(${part}) = jsonb_typeof(${value}) AND ${part} @> ${value})`,
  now: () => "date_trunc('milliseconds', now())",
  date: ([part], _type, partType) => `${utc(part, partType)}::date`,
  year: extract("year"),
  month: extract("month"),
  day: extract("day"),
  weekDay: extract("isodow"),
  hour: extract("hour"),
  truncate: ([part, unit], { type }) =>
    type === "date" ? `date_trunc(${unit}, ${part}::timestamp)::date` : `date_trunc(${unit}, ${part}, 'UTC')`,
};

/** Writes a changed date or datetime. Only a date outside of the bounds makes make_date() fail. */
function changeDate(part: string, change: DateChange, { type }: ValueType): string {
  const { zone, unit, span } = change;
  const isDate = type === "date";
  const { low, high } = boundsOf(change);
  // Columns may store microseconds.
  const beyond = isDate
    ? `${part} NOT BETWEEN date '${low.slice(0, 10)}' AND date '${high.slice(0, 10)}'`
    : `${part} NOT BETWEEN timestamptz '${low}' AND timestamptz '${high.slice(0, 23)}999Z'`;
  const none = `make_date(CASE WHEN ${beyond} THEN 0 ELSE 1 END, 1, 1) - date '0001-01-01'`;
  const moved = (sql: string, months: number, days: number | string): string =>
    `(${sql} + make_interval(months => ${months}, days => ${days}))`;
  if (isDate) return `${moved(part, span!.months, `${span!.days} + (${none})`)}::date`;
  const checked = moved(part, 0, none);
  if (unit !== undefined) return `date_trunc('${unit}', ${checked}, '${zone}')`;
  if (span === undefined) return `((${checked} AT TIME ZONE '${zone}') AT TIME ZONE 'UTC')`;
  const isLocal = span.months !== 0 || span.days !== 0;
  const start = isLocal ? `(${moved(`(${checked} AT TIME ZONE '${zone}')`, span.months, span.days)} AT TIME ZONE '${zone}')` : checked;
  return `(${start} + make_interval(secs => ${span.seconds}))`;
}

/** Writes a part of a JSON value; null if there is none. The operator `#>` would take the key "1" for the second item of a list, too. */
function jsonPart(part: string, path: string): string {
  return `jsonb_path_query_first(${part}, ${path}, '{}', true)`;
}

/** Returns the path to a part as SQL/JSON: `strict $."a"[0]`, and `[last]`, `[last - 1]` from the end. */
function encodeJsonPath(path: JsonPath): DriverValue {
  const place = (index: number): string => (index >= 0 ? String(index) : index === -1 ? "last" : `last - ${-1 - index}`);
  return `strict $${path.map((step) => (typeof step === "string" ? `.${JSON.stringify(step)}` : `[${place(step)}]`)).join("")}`;
}

function jsonCompare({ operator, valueType, part, path, value }: JsonComparison): string {
  const found = jsonPart(part, path);
  if (operator === "exists") return `${found} IS NOT NULL`;
  if (operator === "eq") return `${found} = ${value}`;
  const sign = { gt: ">", gte: ">=", lt: "<", lte: "<=" }[operator];
  // A number and the string of its digits are different values.
  return `(jsonb_typeof(${found}) = '${valueType}' AND ${found} ${sign} ${value})`;
}

function orderPostgres(sql: string, { node, isDescending, nulls }: OrderTerm): string {
  // PostgreSQL sorts null as the largest value, as Gable does.
  return `${sql}${isDescending ? " DESC" : ""}${node.isNullable && nulls !== undefined ? ` NULLS ${nulls.toUpperCase()}` : ""}`;
}

function lockPostgres({ strength, wait }: RowLock, table: string): string {
  const how = { wait: "", skip: " SKIP LOCKED", fail: " NOWAIT" }[wait];
  return ` FOR ${strength === "update" ? "UPDATE" : "SHARE"} OF ${table}${how}`;
}

/** Error codes (PostgreSQL manual, appendix A), and their meaning here. */
const kinds: Readonly<Record<string, Refusal["kind"]>> = {
  "23505": "unique",
  "23503": "foreignKey",
  "23001": "foreignKey",
  "23514": "check",
  "23P01": "check",
  "23502": "notNull",
  "22001": "tooLong",
  "22003": "range",
  "40001": "conflict",
  "40P01": "conflict",
  "55P03": "lock",
  "57014": "timeout",
  "57P01": "connection",
  "57P02": "connection",
  "57P03": "connection",
  "53300": "connection",
  "25P03": "connection",
};

/** Errors of the connection to the server. */
const networkCodes: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "ENOENT",
  "EHOSTUNREACH",
]);

function readRefusal(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || error instanceof GableError) return undefined;
  const { code, constraint, column, table } = error as Error & Partial<Record<"code" | "constraint" | "column" | "table", string>>; // As pg makes them.
  const isNetwork =
    (code !== undefined && (networkCodes.has(code) || code.startsWith("080"))) ||
    /connection (?:terminated|timeout)|not queryable/i.test(error.message);
  // make_date() failed, see changeDate().
  const isDate = code === "22008" && error.message.endsWith(": 0-01-01");
  const kind = isNetwork ? "connection" : isDate ? "date" : kinds[code ?? ""];
  return kind === undefined ? undefined : { kind, constraint, columns: column === undefined ? [] : [column], table };
}
