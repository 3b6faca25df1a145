/** Kinds of the parts of operations. What is true is checked separately, or is a condition that the state reads. */
import type { OptionKind } from "../../../errors/option-errors.ts";

type Kinds = Readonly<Record<string, OptionKind>>;

/** Of a column. */
export const columnKinds: Kinds = {
  type: true,
  null: "boolean",
  max: "count",
  digits: "number",
  scale: "number",
  storage: true,
  items: "object",
  choices: "strings",
  check: "boolean",
  default: true,
  comment: "string",
};
/** Of a table. */
export const tableKinds: Kinds = {
  columns: "object",
  primary: true,
  uniques: "object",
  indexes: "object",
  checks: "object",
  foreignKeys: "object",
  search: true,
  comment: "string",
};
/** Of a unique key. */
export const uniqueKinds: Kinds = { where: true, deferrable: true, nullsDistinct: "boolean" };
/** Of an index. */
export const indexKinds: Kinds = { where: true, expression: true, unique: "boolean", desc: "strings", using: true, include: true };
/** Of a view. */
export const viewKinds: Kinds = { columns: "object", primary: true, sql: true, materialized: "boolean" };
/** Of statements by database. */
export const sqlKinds: Kinds = { postgres: "names", mariadb: "names", mysql: "names", sqlite: "names", others: "names" };
/** Of a data step. */
export const stepKinds: Kinds = { name: true, table: "string", batch: true, where: "object", up: true, down: true, elidable: true };
