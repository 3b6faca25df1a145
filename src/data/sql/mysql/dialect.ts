/** MySQL, where it differs from MariaDB: writes return no rows, JSON is a type, and updates see their own assignments. */
import type { CallName, JsonPath, RowLock } from "../../tree/node.ts";
import type { ValueType } from "../../tree/value-type.ts";
import type { DriverValue } from "../../schema/driver-value.ts";
import type { Dialect, JsonComparison, Refusal } from "../dialect.ts";
import { callMariadb, createMariadb } from "../mariadb/dialect.ts";
import { findMariadbMistakes } from "../mariadb/tables.ts";
import { mysqlCollation, mysqlTables } from "./tables.ts";

const shared = createMariadb(mysqlCollation);

/** The dialect of MySQL. */
export const mysql: Dialect = {
  ...shared,
  name: "mysql",
  title: "MySQL",
  hasReturning: false,
  returnsKeys: false,
  hasOrderedAssignments: true,
  parameter,
  call,
  jsonText,
  jsonCompare,
  encodeJsonPath,
  encodeJsonOperand: JSON.stringify,
  // The subquery must be materialized. Otherwise MySQL merges it into the statement around it, which changes the same table.
  derive: (sql) => `SELECT /*+ NO_MERGE(${shared.quote("$derived")}) */ * FROM (${sql}) AS ${shared.quote("$derived")}`,
  lock: (lock: RowLock, table) => shared.lock(lock, table).replace("LOCK IN SHARE MODE", "FOR SHARE"),
  explain: (sql, isAnalyzed) => `EXPLAIN ${isAnalyzed ? "ANALYZE" : "FORMAT=TRADITIONAL"} ${sql}`,
  readRefusal,
  tables: mysqlTables,
  findMistakes: (meta) => findMariadbMistakes(meta, "MySQL"),
};

function parameter(mark: string, type: ValueType, isList: boolean): string {
  if (isList) return shared.parameter(mark, type, isList);
  if (type.type === "json" || type.type === "array") return `CAST(${mark} AS JSON)`;
  // Compared as a time, a date would be read as a datetime at midnight.
  return type.type === "time" ? `CAST(CAST(${mark} AS CHAR) AS TIME)` : shared.parameter(mark, type, isList);
}

function call(name: CallName, parts: readonly string[], type: ValueType, partType: ValueType): string {
  return name === "jsonEquals" ? `(${parts[0]} IS NOT NULL AND ${parts[0]} = ${parts[1]})` : callMariadb(name, parts, type, partType);
}

/** The JSON type of a part of a value, with the collation of other strings. */
function kindOf(found: string): string {
  return `JSON_TYPE(${found}) COLLATE ${mysqlCollation}`;
}

/** A part of a JSON value. On a value that is not a list, the first and the last item would be the value itself. */
function extract(part: string, path: string, lists: readonly string[]): string {
  const at = (way: string): string => `JSON_EXTRACT(${part}, ${way})`;
  return lists.length === 0 ? at(path) : `IF(${lists.map((list) => `${kindOf(at(list))} = 'ARRAY'`).join(" AND ")}, ${at(path)}, NULL)`;
}

function jsonText(part: string, path: string, lists: readonly string[]): string {
  const found = extract(part, path, lists);
  return `CASE WHEN ${kindOf(found)} <> 'NULL' THEN JSON_UNQUOTE(${found}) COLLATE ${mysqlCollation} END`;
}

function jsonCompare({ operator, valueType, part, path, lists, value }: JsonComparison): string {
  const found = extract(part, path, lists);
  if (operator === "exists") return `${found} IS NOT NULL`;
  const kind = kindOf(found);
  if (valueType === "null") return `${kind} = 'NULL'`;
  if (valueType === "boolean") return `(${kind} = 'BOOLEAN' AND ${found} = ${value})`;
  const sign = { eq: "=", gt: ">", gte: ">=", lt: "<", lte: "<=" }[operator];
  // A number and the string of its digits are different values.
  return valueType === "string"
    ? `(${kind} = 'STRING' AND JSON_UNQUOTE(${found}) COLLATE ${mysqlCollation} ${sign} JSON_UNQUOTE(${value}))`
    : `(${kind} IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') AND CAST(${found} AS DOUBLE) ${sign} CAST(${value} AS DOUBLE))`;
}

/** Returns the path to a part in the syntax of MySQL: `$."a"[0]`, and `[last]`, `[last-1]` from the end. */
function encodeJsonPath(path: JsonPath): DriverValue {
  const place = (index: number): string => (index >= 0 ? String(index) : index === -1 ? "last" : `last-${-1 - index}`);
  return `$${path.map((step) => (typeof step === "string" ? `.${JSON.stringify(step)}` : `[${place(step)}]`)).join("")}`;
}

/** Error numbers that only MySQL has (MySQL, "Server Error Message Reference"). */
const kinds: Readonly<Record<number, Refusal["kind"]>> = { 1317: "timeout", 3169: "connection", 4031: "connection" };

function readRefusal(error: unknown): Refusal | undefined {
  const { errno, message = "" } = (error ?? {}) as { readonly errno?: number; readonly message?: string }; // As mysql2 makes them.
  const own = kinds[errno ?? 0];
  if (own !== undefined) return { kind: own, constraint: undefined, columns: [] };
  const refusal = shared.readRefusal(error);
  if (refusal?.kind !== "check") return refusal;
  return { ...refusal, constraint: /constraint '(.+)' is violated/.exec(message)?.[1] };
}
