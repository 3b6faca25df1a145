/** SQLite: its names, values, functions and errors. */
import { foldCase } from "../../driver/fold-case.ts";
import type { CallName, JsonPath, OrderTerm } from "../../tree/node.ts";
import type { ValueType } from "../../tree/value-type.ts";
import type { DriverValue } from "../../schema/driver-value.ts";
import type { Dialect, JsonComparison, Refusal, TextComparison } from "../dialect.ts";
import { castSqlite } from "../casts.ts";
import type { Call } from "../functions.ts";
import { movedNulls, rounded, sameName, wholeTypes } from "../functions.ts";
import { storeSqlite } from "../store-values.ts";
import { assertStored } from "./check-stored.ts";
import { encodeSqlite, sqliteDecoder } from "./codec.ts";
import { sqliteSearch } from "./search.ts";
import { findSqliteMistakes, quoteSqlite, sqliteTables, writeSqliteLiteral } from "./tables.ts";

/** The dialect of SQLite. Connections register `gable_lower` and `gable_upper`, because its own functions only know ASCII. */
export const sqlite: Dialect = {
  name: "sqlite",
  title: "SQLite",
  isPositional: true,
  noLimit: " LIMIT -1",
  // SQLite prepares a statement again for each value of a bare LIMIT parameter, which takes longer than reading a row.
  count: (parameter) => `CAST(${parameter} AS INTEGER)`,
  ignoreConflict: () => " ON CONFLICT DO NOTHING",
  // A prepared statement in a loop is fastest here, and returns the key of each row.
  insertsMany: "single",
  hasReturning: true,
  hasOrderedAssignments: false,
  returnsKeys: false,
  hasConflictTarget: true,
  defaultValues: " DEFAULT VALUES",
  quote: quoteSqlite,
  parameter: (mark) => mark,
  nullOf: () => "NULL",
  encode: encodeSqlite,
  encodeList,
  decoder: sqliteDecoder,
  differ: (left, right) => `${left} IS NOT ${right}`,
  compareText,
  encodeText,
  inList: (part, list, isNegated, { type }) =>
    `${part} ${isNegated ? "NOT " : ""}IN (SELECT ${type === "bytes" ? "unhex(value)" : "value"} FROM json_each(${list}))`,
  call: (name, parts, type, partType) => (calls[name] ?? sameName(name))(parts, type, partType),
  changeDate: (part, { zone, unit, span }) =>
    span === undefined
      ? `gable_zone(${part}, '${zone}', ${unit === undefined ? "NULL" : `'${unit}'`})`
      : `gable_add(${part}, '${zone}', ${span.months}, ${span.days}, ${span.seconds})`,
  aggregate: (name, inner, type, over) => {
    const sql = `${name}(${inner})${over}`;
    return type.type === "decimal" && name === "sum" ? `round(${sql}, ${type.scale})` : sql;
  },
  // DISTINCT only takes one argument.
  joinTexts: (text, isDistinct, order, separator) =>
    isDistinct ? `gable_join(json_group_array(DISTINCT ${text}${order}), ${separator})` : `group_concat(${text}, ${separator}${order})`,
  jsonText: (part, path) =>
    `CASE json_type(${part}, ${path}) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE json_extract(${part}, ${path}) || '' END`,
  jsonCompare,
  jsonPath: (mark) => mark,
  encodeJsonPath,
  encodeJsonOperand: (value) => (typeof value === "boolean" ? String(value) : value),
  order: orderSqlite,
  derive: (sql) => sql,
  lock: () => "",
  // A transaction that starts to write late fails if another one has written in between, so it takes the lock immediately.
  begin: ({ readOnly }) => [readOnly ? "BEGIN" : "BEGIN IMMEDIATE"],
  // SQLite explains a statement without running it.
  explain: (sql) => `EXPLAIN QUERY PLAN ${sql}`,
  readRefusal,
  search: sqliteSearch,
  tables: sqliteTables,
  literal: writeSqliteLiteral,
  findMistakes: findSqliteMistakes,
  assertStored,
  estimate: {
    sql: "SELECT CAST(stat AS INTEGER) FROM sqlite_stat1 WHERE tbl = ? LIMIT 1",
    subject: (table) => table,
    // The table of statistics exists after somebody has run ANALYZE.
    needs: "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'",
  },
  countOn: () => "",
};

/** A list is bound as one JSON string, whatever its length. */
function encodeList(values: readonly unknown[], type: ValueType): DriverValue {
  const items = values.map((value) => {
    const encoded = encodeSqlite(value, type);
    if (encoded instanceof Uint8Array) return `"${Buffer.from(encoded).toString("hex")}"`;
    return typeof encoded === "bigint" ? String(encoded) : JSON.stringify(encoded);
  });
  return `[${items.join(",")}]`;
}

function compareText({ operator, left, right }: TextComparison): string {
  const lower = `gable_lower(${left})`;
  switch (operator) {
    case "contains":
      return `instr(${left}, ${right(0)}) > 0`;
    case "icontains":
      return `instr(${lower}, ${right(0)}) > 0`;
    case "startsWith":
      // A range, which an index serves.
      return `(${left} >= ${right(0)} AND ${left} < ${right(1)})`;
    case "istartsWith":
      return `substr(${lower}, 1, length(${right(0)})) = ${right(0)}`;
    case "endsWith":
      return `substr(${left}, length(${left}) - length(${right(0)}) + 1) = ${right(0)}`;
    case "iendsWith":
      return `substr(${lower}, length(${lower}) - length(${right(0)}) + 1) = ${right(0)}`;
    default:
      return `${lower} = ${right(0)}`;
  }
}

function encodeText(operator: string, text: string, form: 0 | 1): DriverValue {
  if (form === 1) return nextText(text);
  return operator.startsWith("i") ? foldCase(text) : text;
}

/** Returns the smallest string above all strings with a prefix; if there is none, bytes, which are above all strings. */
function nextText(text: string): DriverValue {
  const characters = [...text];
  for (;;) {
    const last = characters.pop()?.codePointAt(0);
    if (last === undefined) return new Uint8Array(1);
    if (last === 0x10ffff) continue;
    // Surrogates are not characters.
    return characters.join("") + String.fromCodePoint(last === 0xd7ff ? 0xe000 : last + 1);
  }
}

/**
 * Rounds decimals half away from zero: 1.05 + 0.005 is a double slightly below 1.055. The factor adds two steps of a double, which is
 * below half a unit of the last of 15 digits.
 */
const roundedDouble = (write: (parts: readonly string[]) => string): Call => rounded(write, (sql) => `(${sql}) * 1.0000000000000004`);

/** JavaScript numbers are bound as doubles: a cast keeps whole numbers whole. */
const whole =
  (write: (parts: readonly string[]) => string): Call =>
  (parts, type, partType) =>
    // 64-bit integers are bound as such. One out of range becomes a double, which a cast would change to the largest integer.
    type.type === "bigint"
      ? write(parts)
      : wholeTypes.has(type.type)
        ? `CAST(${write(parts)} AS INTEGER)`
        : roundedDouble(write)(parts, type, partType);

const digits =
  (start: number, count: number): Call =>
  ([part]) =>
    `CAST(substr(${part}, ${start}, ${count}) AS INTEGER)`;

const calls: Readonly<Partial<Record<CallName, Call>>> = {
  store: storeSqlite,
  add: whole(([left, right]) => `(${left} + ${right})`),
  sub: whole(([left, right]) => `(${left} - ${right})`),
  mul: whole(([left, right]) => `(${left} * ${right})`),
  div: (parts, type) =>
    wholeTypes.has(type.type)
      ? `(${parts[0]} / nullif(CAST(${parts[1]} AS INTEGER), 0))`
      : roundedDouble(([left, right]) => `(CAST(${left} AS REAL) / nullif(${right}, 0))`)(parts, type, type),
  mod: ([left, right], { type, scale }) => {
    if (wholeTypes.has(type)) return `(${left} % nullif(${right}, 0))`;
    return type === "decimal" ? `gable_mod(${left}, ${right}, ${scale})` : `mod(${left}, nullif(${right}, 0))`;
  },
  lower: ([part]) => `gable_lower(${part})`,
  upper: ([part]) => `gable_upper(${part})`,
  substring: ([part, start, length]) => `substr(${part}, ${start}${length === undefined ? "" : `, ${length}`})`,
  arrayLength: ([part]) => `json_array_length(${part})`,
  arrayHasAll: ([part, items]) =>
    `CASE WHEN ${part} IS NOT NULL THEN NOT EXISTS (SELECT 1 FROM json_each(${items}) AS "$wanted" WHERE "$wanted".value NOT IN (SELECT value FROM json_each(${part}))) END`,
  arrayHasAny: ([part, items]) =>
    `CASE WHEN ${part} IS NOT NULL THEN EXISTS (SELECT 1 FROM json_each(${items}) WHERE value IN (SELECT value FROM json_each(${part}))) END`,
  jsonEquals: ([part, value]) => `gable_json_equals(${part}, ${value})`,
  jsonContains: ([part, value]) => `gable_json_contains(${part}, ${value})`,
  concat: (parts) => `(${parts.map((part) => `coalesce(${part}, '')`).join(" || ")})`,
  round: ([part, places], { type }) => {
    if (wholeTypes.has(type)) return `CAST(round(${part}, ${places}) AS INTEGER)`;
    return type === "decimal" ? `round(${part} * 1.0000000000000004, ${places})` : `gable_round(${part}, ${places})`;
  },
  cast: castSqlite,
  now: () => "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
  date: ([part]) => `substr(${part}, 1, 10)`,
  year: digits(1, 4),
  month: digits(6, 2),
  day: digits(9, 2),
  hour: (parts, type, partType) => digits(partType.type === "time" ? 1 : 12, 2)(parts, type, partType),
  weekDay: ([part]) => `((CAST(strftime('%w', ${part}) AS INTEGER) + 6) % 7 + 1)`,
  truncate: ([part, unit], { type }) => {
    const quarter = `format('-%02d-01', (substr(${part}, 6, 2) + 2) / 3 * 3 - 2)`;
    const day =
      `CASE ${unit} WHEN 'year' THEN substr(${part}, 1, 4) || '-01-01' WHEN 'quarter' THEN substr(${part}, 1, 4) || ${quarter} ` +
      `WHEN 'month' THEN substr(${part}, 1, 7) || '-01' WHEN 'week' THEN date(substr(${part}, 1, 10), '-6 days', 'weekday 1') `;
    return type === "date"
      ? `${day}ELSE ${part} END`
      : `(${day}WHEN 'day' THEN substr(${part}, 1, 10) ELSE substr(${part}, 1, 13) || ':00:00.000Z' END || CASE ${unit} WHEN 'hour' THEN '' ELSE 'T00:00:00.000Z' END)`;
  },
};

function jsonCompare({ operator, valueType, part, path, value }: JsonComparison): string {
  const type = `json_type(${part}, ${path})`;
  if (operator === "exists") return `${type} IS NOT NULL`;
  if (valueType === "null") return `${type} = 'null'`;
  if (valueType === "boolean") return `${type} = ${value}`;
  const sign = { eq: "=", gt: ">", gte: ">=", lt: "<", lte: "<=" }[operator];
  // A number and the string of its digits are different values.
  const types = valueType === "string" ? `${type} = 'text'` : `${type} IN ('integer', 'real')`;
  return `(${types} AND json_extract(${part}, ${path}) ${sign} ${value})`;
}

/** Returns the path to a part in the syntax of SQLite: `$."a"[0]`, and `[#-1]` from the end. */
function encodeJsonPath(path: JsonPath): DriverValue {
  const steps = path.map((step) => {
    if (typeof step === "string") return `.${JSON.stringify(step)}`;
    return step < 0 ? `[#${step}]` : `[${step}]`;
  });
  return `$${steps.join("")}`;
}

function orderSqlite(sql: string, term: OrderTerm): string {
  const moved = movedNulls(term);
  return `${sql}${term.isDescending ? " DESC" : ""}${moved === undefined ? "" : ` NULLS ${moved.toUpperCase()}`}`;
}

/** Result codes (sqlite.org/rescode.html), and their meaning here. */
const kinds: Readonly<Record<number, Refusal["kind"]>> = {
  2067: "unique",
  1555: "unique",
  787: "foreignKey",
  // A computed 64-bit integer out of range is a double, which a STRICT table refuses.
  3091: "range",
  // A trigger inside SQLite enforces foreign keys with the action RESTRICT.
  1811: "foreignKey",
  275: "check",
  1299: "notNull",
};
/** Another process holds the lock: the lowest byte of the code says so, the others say why. */
const busy = 5;

function readRefusal(error: unknown): Refusal | undefined {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
  const kind = (code & 0xff) === busy ? "conflict" : kinds[code];
  if (kind === undefined) return undefined;
  // "UNIQUE constraint failed: books.author_id, books.title"; of an expression: "index 'name'"; of a check its name.
  const named = /failed: (.*)$/.exec((error as Error).message)?.[1] ?? ""; // The code shows that it is an Error.
  if (kind === "range") return { kind, constraint: undefined, columns: [/\.([^.]*)$/.exec((error as Error).message)?.[1] ?? ""] }; // An Error, too.
  if (kind === "check") return { kind, constraint: named, columns: [] };
  const columns = kind === "foreignKey" ? [] : named.split(", ").map((name) => name.slice(name.indexOf(".") + 1));
  return { kind, constraint: /^index '(.*)'$/.exec(named)?.[1], columns };
}
