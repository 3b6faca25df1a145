/** MariaDB: its names, values, functions and errors. */
import { GableError } from "../../../errors/gable-error.ts";
import { describeValue } from "../../../errors/option-errors.ts";
import type { AggregateName, CallName, JsonPath, OrderTerm, RowLock } from "../../tree/node.ts";
import type { ValueType } from "../../tree/value-type.ts";
import type { DriverValue } from "../../schema/driver-value.ts";
import type { ColumnType } from "../../schema/column.ts";
import type { Dialect, JsonComparison, Refusal, TextComparison } from "../dialect.ts";
import { castMariadb } from "../casts.ts";
import type { TruncateUnit } from "../../schema/zones.ts";
import { beyondRange, changeDateMariadb, startMariadb } from "./zones.ts";
import { storeWith } from "../store-values.ts";
import type { Call } from "../functions.ts";
import { movedNulls, rounded, sameName, toPattern, wholeTypes } from "../functions.ts";
import { encodeMariadb, mariadbDecoder } from "./codec.ts";
import { createMariadbSearch } from "./search.ts";
import { findMariadbMistakes, mariadbTables, quoteMariadb, writeMariadbLiteral } from "./tables.ts";

/** The cast of a bound value; strings and doubles need none. */
const casts: Readonly<Partial<Record<ColumnType, string>>> = {
  id: "SIGNED",
  int: "SIGNED",
  bigint: "SIGNED",
  duration: "SIGNED",
  decimal: "DECIMAL(65, 30)",
  boolean: "SIGNED",
  date: "DATE",
  time: "TIME",
  datetime: "DATETIME(3)",
};

/** The dialect of MariaDB as far as MySQL shares it, with a collation for comparisons of strings. */
export function createMariadb(collation: string): Dialect {
  return {
    name: "mariadb",
    title: "MariaDB",
    isPositional: true,
    noLimit: " LIMIT 18446744073709551615",
    // LIMIT only accepts a bare parameter.
    count: (parameter) => parameter.replace(/^CAST\((.*) AS SIGNED\)$/, "$1"),
    insertsMany: 1_000,
    hasReturning: true,
    hasOrderedAssignments: false,
    returnsKeys: true,
    hasConflictTarget: false,
    defaultValues: " () VALUES ()",
    quote: quoteMariadb,
    parameter: (mark, { type, precision }, isList) => {
      const cast = isList ? undefined : type === "datetime" && precision === 6 ? "DATETIME(6)" : casts[type];
      return cast === undefined ? mark : `CAST(${mark} AS ${cast})`;
    },
    nullOf: () => "NULL",
    encode: encodeMariadb,
    encodeList,
    decoder: mariadbDecoder,
    differ: (left, right) => `NOT (${left} <=> ${right})`,
    compareText,
    encodeText,
    inList: (part, list, isNegated, type) => `${part} ${isNegated ? "NOT " : ""}IN (${readList(list, type, collation)})`,
    call: callMariadb,
    changeDate: changeDateMariadb,
    aggregate: (name, inner, _type, over) => `${writeAggregate(name, inner)}${over}`,
    joinTexts,
    jsonText: (part, path, lists) => {
      const found = extract(part, path, lists);
      return `CASE JSON_TYPE(${found}) WHEN 'NULL' THEN NULL ELSE JSON_UNQUOTE(${found}) COLLATE ${collation} END`;
    },
    jsonCompare: (comparison) => compareJson(comparison, collation),
    jsonPath: (mark) => mark,
    encodeJsonPath,
    encodeJsonOperand: (value) => (typeof value === "string" ? value : JSON.stringify(value)),
    order: orderMariadb,
    // MariaDB rejects a subquery of the changed table, or one with a limit inside IN, unless it is a derived table.
    derive: (sql) => `SELECT * FROM (${sql}) AS ${quoteMariadb("$derived")}`,
    lock: ({ strength, wait }: RowLock) =>
      `${strength === "update" ? " FOR UPDATE" : " LOCK IN SHARE MODE"}${{ wait: "", skip: " SKIP LOCKED", fail: " NOWAIT" }[wait]}`,
    ignoreConflict: ([first]) => ` ON DUPLICATE KEY UPDATE ${first} = ${first}`,
    begin: ({ isolation, readOnly }) => [
      ...(isolation === undefined ? [] : [`SET TRANSACTION ISOLATION LEVEL ${isolation.toUpperCase()}`]),
      `START TRANSACTION${readOnly ? " READ ONLY" : ""}`,
    ],
    explain: (sql, isAnalyzed) => `${isAnalyzed ? "ANALYZE" : "EXPLAIN"} ${sql}`,
    readRefusal,
    search: createMariadbSearch(collation),
    tables: mariadbTables,
    literal: writeMariadbLiteral,
    findMistakes: (meta) => findMariadbMistakes(meta),
    estimate: {
      sql: "SELECT table_rows FROM information_schema.tables WHERE table_schema = database() AND table_name = ?",
      subject: (table) => table,
    },
    countOn: () => "",
  };
}

/** The dialect of MariaDB. */
export const mariadb = createMariadb("utf8mb4_nopad_bin");

/** A list is bound as one JSON string, whatever its length. */
function encodeList(values: readonly unknown[], type: ValueType): DriverValue {
  const items = values.map((value) => {
    const encoded = encodeMariadb(value, type);
    return encoded instanceof Uint8Array ? Buffer.from(encoded).toString("hex") : encoded;
  });
  return JSON.stringify(items);
}

/** Types of the values of a list. */
const listTypes: Readonly<Partial<Record<ColumnType, string>>> = {
  id: "BIGINT",
  int: "BIGINT",
  bigint: "BIGINT",
  duration: "BIGINT",
  boolean: "BIGINT",
  float: "DOUBLE",
  decimal: "DECIMAL(65, 30)",
};

function readList(list: string, { type }: ValueType, collation: string): string {
  const column =
    type === "bytes" ? "UNHEX(v)" : casts[type] !== undefined && listTypes[type] === undefined ? `CAST(v AS ${casts[type]})` : "v";
  const own = listTypes[type] ?? `LONGTEXT CHARACTER SET utf8mb4 COLLATE ${collation}`;
  return `SELECT ${column} FROM JSON_TABLE(${list}, '$[*]' COLUMNS (v ${own} PATH '$')) AS ${quoteMariadb("$list")}`;
}

function compareText({ operator, left, right }: TextComparison): string {
  const isFolded = operator.startsWith("i");
  // The server lowers both sides, because its lower-case letters differ from JavaScript's: a string then equals itself.
  const [part, other] = isFolded ? [`LOWER(${left})`, `LOWER(${right(0)})`] : [left, right(0)];
  return operator === "ieq" ? `${part} = ${other}` : `${part} LIKE ${other} ESCAPE '!'`;
}

function encodeText(operator: string, text: string): DriverValue {
  return operator === "ieq" ? text : toPattern(operator, text, "!");
}

const calls: Readonly<Partial<Record<CallName, Call>>> = {
  store: storeWith(castMariadb),
  add: rounded(([left, right]) => `(${left} + ${right})`),
  sub: rounded(([left, right]) => `(${left} - ${right})`),
  mul: rounded(([left, right]) => `(${left} * ${right})`),
  div: (parts, type, partType) =>
    wholeTypes.has(type.type)
      ? `(${parts[0]} DIV NULLIF(${parts[1]}, 0))`
      : rounded(([left, right]) => `(${left} / NULLIF(${right}, 0))`)(parts, type, partType),
  // Without the sum, the remainder of a negative decimal may be -0.00.
  mod: ([left, right], { type }) => (type === "decimal" ? `(MOD(${left}, NULLIF(${right}, 0)) + 0)` : `MOD(${left}, NULLIF(${right}, 0))`),
  round: ([part, places], { type }) => (type === "float" ? roundDouble(part!, places!) : `ROUND(${part}, ${places})`),
  length: ([part]) => `CHAR_LENGTH(${part})`,
  arrayLength: ([part]) => `JSON_LENGTH(${part})`,
  arrayHasAll: ([part, items]) => `JSON_CONTAINS(${part}, ${items})`,
  arrayHasAny: ([part, items]) => `JSON_OVERLAPS(${part}, ${items})`,
  jsonEquals: ([part, value]) => `(${part} IS NOT NULL AND JSON_EQUALS(${part}, ${value}))`,
  jsonContains: ([part, value]) => `(JSON_TYPE(${part}) = JSON_TYPE(${value}) AND JSON_CONTAINS(${part}, ${value}))`,
  concat: (parts) => `CONCAT(${parts.map((part) => `COALESCE(${part}, '')`).join(", ")})`,
  nullIf: ([left, right]) => `NULLIF(${left}, ${right})`,
  cast: castMariadb,
  now: () => "NOW(3)",
  weekDay: ([part]) => `(WEEKDAY(${part}) + 1)`,
  truncate: ([part = "", unit], { type }) => {
    const start = (name: TruncateUnit): string => `WHEN '${name}' THEN ${startMariadb(part, name)}`;
    const units = `${start("year")} ${start("quarter")} ${start("month")} ${start("week")} ${start("day")} ${start("hour")}`;
    return `CAST(CASE ${unit} ${units} END AS ${casts[type]})`;
  },
};

/** ROUND() takes the even neighbor for a double that ends with a half, and the one away from zero for a decimal. Larger doubles are whole. */
function roundDouble(part: string, places: string): string {
  return `IF(ABS(${part}) < 1e15, CAST(ROUND(CAST(${part} AS DECIMAL(65, 30)), ${places}) AS DOUBLE), ${part})`;
}

/** Writes a function of values. */
export function callMariadb(name: CallName, parts: readonly string[], type: ValueType, partType: ValueType): string {
  return (calls[name] ?? sameName(name))(parts, type, partType);
}

/** Averages of whole numbers would have four digits after the decimal point. */
function writeAggregate(name: AggregateName, inner: string): string {
  if (name !== "avg") return `${name}(${inner})`;
  return inner.startsWith("DISTINCT ") ? `avg(DISTINCT CAST(${inner.slice(9)} AS DOUBLE))` : `avg(CAST(${inner} AS DOUBLE))`;
}

/** Larger than any whole number: the statement that computes it fails. */
const overflow = "9223372036854775807 + COUNT(*)";

/** A result longer than a packet would be cut at the last whole character, without an error. */
function joinTexts(text: string, isDistinct: boolean, order: string, separator: string): string {
  const joined = `GROUP_CONCAT(${isDistinct ? "DISTINCT " : ""}${text}${order} SEPARATOR ${separator})`;
  return `IF(OCTET_LENGTH(${joined}) > @@max_allowed_packet - 4, ${overflow}, ${joined})`;
}

/**
 * A part of a JSON value. On a value that is not a list, the first item would be the value itself. Positions from the end are only
 * right in each row if the path is read again for that row (MariaDB 10.11).
 */
function extract(part: string, path: string, lists: readonly string[]): string {
  if (lists.length === 0) return `JSON_EXTRACT(${part}, ${path})`;
  const at = (way: string): string => `JSON_EXTRACT(${part}, CONCAT(${way}, LEFT(${part}, 0)))`;
  return `IF(${lists.map((list) => `JSON_TYPE(${at(list)}) = 'ARRAY'`).join(" AND ")}, ${at(path)}, NULL)`;
}

function compareJson({ operator, valueType, part, path, lists, value }: JsonComparison, collation: string): string {
  const found = extract(part, path, lists);
  if (operator === "exists") return `${found} IS NOT NULL`;
  const type = `JSON_TYPE(${found})`;
  if (valueType === "null") return `${type} = 'NULL'`;
  if (valueType === "boolean") return `(${type} = 'BOOLEAN' AND ${found} = ${value})`;
  const sign = { eq: "=", gt: ">", gte: ">=", lt: "<", lte: "<=" }[operator];
  // A number and the string of its digits are different values.
  return valueType === "string"
    ? `(${type} = 'STRING' AND JSON_UNQUOTE(${found}) COLLATE ${collation} ${sign} ${value})`
    : `(${type} IN ('INTEGER', 'DOUBLE') AND CAST(${found} AS DOUBLE) ${sign} CAST(${value} AS DOUBLE))`;
}

/**
 * Returns the path to a part in the syntax of MariaDB: `$."a"[0]`, and `[-1]` from the end. MariaDB 10.11 finds no key that begins with a minus
 * sign, however it is written. Throws `E_FILTER_VALUE` for one.
 */
function encodeJsonPath(path: JsonPath): DriverValue {
  const lost = path.find((step) => typeof step === "string" && step.startsWith("-"));
  if (lost !== undefined)
    throw new GableError(
      "E_FILTER_VALUE",
      `A path in JSON has the key ${describeValue(lost)}, and MariaDB finds no keys that begin with "-".`,
      {
        fix: "Store the value under another key, or read the whole JSON and look into it in your code.",
      },
    );
  return `$${path.map((step) => (typeof step === "string" ? `.${JSON.stringify(step)}` : `[${step}]`)).join("")}`;
}

function orderMariadb(sql: string, term: OrderTerm): string {
  const step = `${sql}${term.isDescending ? " DESC" : ""}`;
  const moved = movedNulls(term);
  return moved === undefined ? step : `${sql} IS NULL${moved === "first" ? " DESC" : ""}, ${step}`;
}

/** Error numbers (MariaDB, "MariaDB Error Codes"), and their meaning here. */
const kinds: Readonly<Record<number, Refusal["kind"]>> = {
  1062: "unique",
  1451: "foreignKey",
  1452: "foreignKey",
  4025: "check",
  3819: "check",
  1048: "notNull",
  1364: "notNull",
  1406: "tooLong",
  1264: "range",
  1213: "conflict",
  1020: "conflict",
  1205: "lock",
  3572: "lock",
  1969: "timeout",
  3024: "timeout",
  1927: "connection",
  1053: "connection",
  1040: "connection",
};

/** Reads the constraint or column from a message, by the kind of rejection. */
const names: Readonly<Partial<Record<Refusal["kind"], RegExp>>> = {
  unique: /for key '(?:[^']*\.)?([^'.]+)'$/,
  foreignKey: /CONSTRAINT `([^`]+)`/,
  check: /CONSTRAINT `(?:[^`]*`\.`)?([^`]+)` failed/,
  notNull: /(?:Column|Field) '([^']+)'/,
  tooLong: /column '([^']+)'/,
  range: /column '([^']+)'/,
};

function readRefusal(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || error instanceof GableError) return undefined;
  const { errno, code = "" } = error as Error & { readonly errno?: number; readonly code?: string }; // As mysql2 makes them.
  const isNetwork =
    /^(?:ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOST|PROTOCOL_)/.test(code) ||
    /connection (?:is in closed state|lost)|closed/i.test(error.message);
  const isJoined = errno === 1690 && error.message.includes(overflow.replace("COUNT(*)", "count(0)"));
  const isDate = errno === 1690 && error.message.includes(`${beyondRange} + `);
  const kind =
    kinds[errno ?? 0] ?? (isNetwork ? "connection" : isJoined ? "joined" : isDate ? "date" : errno === 1690 ? "range" : undefined);
  if (kind === undefined) return undefined;
  const named = names[kind]?.exec(error.message)?.[1];
  const isColumn = kind === "notNull" || kind === "tooLong" || kind === "range";
  return { kind, constraint: isColumn ? undefined : named, columns: isColumn && named !== undefined ? [named] : [] };
}
