/** The options that definitions of models can have, by name. */
import type { ColumnType } from "./column.ts";
import type { RelationKind } from "./relation.ts";

/** Options of every field. */
export const commonOptions: readonly string[] =
  "null default unique index primary column label help placeholder comment editable secret validate widget was retired".split(" ");
const textOptions = ["max", "min", "pattern", "blank"];
/** Further options of a field, by its type. */
export const ownOptions: Readonly<Record<ColumnType, readonly string[]>> = {
  id: [],
  uuid: [],
  text: textOptions,
  slug: [...textOptions, "from"],
  email: textOptions,
  url: textOptions,
  int: ["min", "max"],
  bigint: ["min", "max"],
  float: ["min", "max"],
  decimal: ["min", "max", "digits", "scale", "storage"],
  boolean: [],
  date: [],
  time: [],
  datetime: ["auto", "precision"],
  json: [],
  bytes: ["max"],
  choice: ["check"],
  duration: ["min", "max"],
  ip: [],
  array: ["min", "max"],
  file: ["accept", "bytesMax", "prefix"],
};
/** Options of a model. */
export const modelOptions: readonly string[] =
  "label labelPlural display orderBy search primary uniques indexes checks computed version softDelete validate managed database scope comment".split(
    " ",
  );
/** Options of a relation, by its kind. */
export const relationOptions: Readonly<Record<RelationKind, readonly string[]>> = {
  belongsTo: ["null", "onDelete", "onSoftDelete", "unique", "index", "constraint", "columns", "column", "label", "help"],
  hasMany: ["by", "orderBy"],
  hasOne: ["by", "orderBy"],
  manyToMany: ["through", "symmetric", "table"],
};
/** Options of a unique key. */
export const uniqueOptions: readonly string[] = ["on", "name", "message", "where", "deferrable", "nullsDistinct"];
/** Options of an index. */
export const indexOptions: readonly string[] = ["on", "name", "where", "unique", "desc", "using", "include"];
/** Options of a model of a view. */
export const viewOptions: readonly string[] = "label labelPlural display orderBy search primary computed managed database scope view".split(
  " ",
);
