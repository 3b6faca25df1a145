/** Converts values between types, with the same result on every database: rounds half away from zero; strings without a number become null. */
import type { ValueType } from "../tree/value-type.ts";
import type { Call } from "./functions.ts";
import { textTypes, wholeTypes } from "./functions.ts";

/** Patterns of strings that are numbers. */
const numberText = "^[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]{1,2})?";

const isText = ({ type }: ValueType): boolean => textTypes.has(type);
const isWhole = ({ type }: ValueType): boolean => wholeTypes.has(type);

/** In PostgreSQL. */
export const castPostgres: Call = ([part = ""], to, from) => {
  const number = isText(from) ? `CASE WHEN ${part} ~ '${numberText}$' THEN ${part}::numeric END` : part;
  if (from.type === "boolean") return `(${part})::int4`;
  if (isWhole(to)) return isWhole(from) ? `(${part})::int8` : `round((${number})::numeric)::int8`;
  switch (to.type) {
    case "decimal":
      return `round((${number})::numeric, ${to.scale})`;
    case "float":
      return `(${number})::float8`;
    case "datetime":
      return from.type === "date" ? `((${part})::timestamp AT TIME ZONE 'UTC')` : part;
    case "date":
      return from.type === "datetime" ? `(${part} AT TIME ZONE 'UTC')::date` : part;
    default:
      if (from.type === "datetime") return `to_char(${part} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
      return from.type === "decimal" ? `round(${part}, ${from.scale})::text` : `(${part})::text`;
  }
};

/** In MariaDB. */
export const castMariadb: Call = ([part = ""], to, from) => {
  // Its $ also matches before a final line break.
  const sure = (sql: string): string => (isText(from) ? `CASE WHEN ${part} REGEXP '${numberText}(?!.|[^.])' THEN ${sql} END` : sql);
  if (from.type === "boolean") return part;
  if (isWhole(to)) return isWhole(from) ? `CAST(${part} AS SIGNED)` : sure(`CAST(ROUND(CAST(${part} AS DECIMAL(65, 20))) AS SIGNED)`);
  switch (to.type) {
    case "decimal":
      return sure(`CAST(${part} AS DECIMAL(65, ${to.scale}))`);
    case "float":
      return sure(`CAST(${part} AS DOUBLE)`);
    case "datetime":
      return `CAST(${part} AS DATETIME(3))`;
    case "date":
      return `CAST(${part} AS DATE)`;
    default:
      if (from.type === "datetime")
        return `CONCAT(DATE_FORMAT(${part}, '%Y-%m-%dT%H:%i:%s.'), LPAD(MICROSECOND(${part}) DIV 1000, 3, '0'), 'Z')`;
      return from.type === "decimal" ? `CAST(CAST(${part} AS DECIMAL(65, ${from.scale})) AS CHAR)` : `CAST(${part} AS CHAR)`;
  }
};

/** For SQLite, whose own casts use the digits at the start of a string. */
export const castSqlite: Call = ([part = ""], to, from) => {
  const number = (scale: number): string => (isText(from) ? `gable_number(${part}, ${scale})` : part);
  if (from.type === "boolean") return part;
  if (isWhole(to)) return isWhole(from) ? part : `CAST(${isText(from) ? number(0) : `round(${part})`} AS INTEGER)`;
  switch (to.type) {
    case "decimal":
      if (from.type === "float") return `gable_round(${part}, ${to.scale})`;
      return `round(CAST(${number(to.scale)} AS REAL), ${to.scale})`;
    case "float":
      return `CAST(${number(-1)} AS REAL)`;
    case "datetime":
      return from.type === "date" ? `(${part} || 'T00:00:00.000Z')` : part;
    case "date":
      return `substr(${part}, 1, 10)`;
    default:
      // format() takes null for 0.
      if (from.type === "decimal") return `CASE WHEN ${part} IS NOT NULL THEN format('%.${from.scale}f', ${part}) END`;
      return isWhole(from) ? `CAST(${part} AS TEXT)` : part;
  }
};
