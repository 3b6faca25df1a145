/** Reads sets: numbered rows of fields, `photos.0.caption`. */
import type { FieldDefinition, FieldDefinitions, Parsed } from "../definition.ts";
import type { SentValues } from "../sent-values.ts";
import { rowsMax } from "../../input/file-fields.ts";
import { scalarTypes } from "../values/scalar-types.ts";
import { broken } from "../values/scalar-type.ts";
import type { Reading, SentRow } from "./reading.ts";
import { initialOf } from "./reading.ts";

/** Reads the rows of a set: new blank ones are left out. The value has those that are not deleted. */
export function readSet(field: FieldDefinition, path: string, reading: Reading): Parsed {
  if (reading.sent.valuesOf(path).length > 0) return broken("invalid");
  const count = readCount(path, reading.sent);
  if (count === undefined) return broken("set_count");
  const max = rowsMax(field);
  const rows: Array<SentRow & { readonly position: number }> = [];
  for (let index = 0; index < Math.min(count, max); index++) {
    const row = readRow(field, `${path}.${index}.`, reading);
    if (row !== undefined) rows.push({ ...row, index });
  }
  if (count > max) return broken("set_many", { max, count });
  if (hasRowsFrom(count, field, path, reading)) return broken("set_count");
  if (field.options.ordered === true) rows.sort(comparePositions);
  const kept = rows.filter(({ isDeleted }) => !isDeleted).length;
  const { min } = field.options;
  const least = typeof min === "number" ? min : 0;
  if (kept < least) return broken("set_few", { min: least, count: kept });
  reading.noteRows(path, rows);
  return { value: rows.filter(({ isDeleted }) => !isDeleted).map(({ values }) => values) };
}

/** Number of rows that a page says it has, 0 when it says nothing; undefined when that is not a number. */
function readCount(path: string, sent: SentValues): number | undefined {
  const text = sent.textOf(`${path}.count`) ?? "0";
  return /^[0-9]+$/.test(text) ? Math.min(Number(text), Number.MAX_SAFE_INTEGER) : undefined;
}

/** Number of rows that a form shows again: also those that a wrong count leaves out. */
export function countShownRows(path: string, sent: SentValues): number {
  return Math.max(readCount(path, sent) ?? 0, ...[...sent.rowNumbersOf(path)].map((number) => number + 1));
}

/** Whether rows after the count were filled in: they would be lost. */
function hasRowsFrom(count: number, field: FieldDefinition, path: string, reading: Reading): boolean {
  return [...reading.sent.rowNumbersOf(path)].some((number) => number >= count && !isEmptyRow(field, `${path}.${number}.`, reading));
}

function readRow(field: FieldDefinition, prefix: string, reading: Reading): Omit<SentRow & { position: number }, "index"> | undefined {
  const { sent } = reading;
  const id = readId(field, prefix, sent);
  const isDeleted = sent.has(`${prefix}delete`);
  if (id === undefined && (isDeleted || isBlankRow(field.fields, prefix, reading))) return undefined;
  const position = readPosition(sent.textOf(`${prefix}position`) ?? "");
  return { values: isDeleted ? {} : reading.readFields(field.fields, prefix), id, isDeleted, position };
}

/** Key of the stored row; undefined for a new one. */
function readId({ source }: FieldDefinition, prefix: string, sent: SentValues): string | undefined {
  return source === undefined ? undefined : sent.textOf(`${prefix}id`)?.trim() || undefined;
}

function isEmptyRow(field: FieldDefinition, prefix: string, reading: Reading): boolean {
  return readId(field, prefix, reading.sent) === undefined && isBlankRow(field.fields, prefix, reading);
}

/** A row without a number comes after those that have one. */
function readPosition(typed: string): number {
  const position = typed.trim() === "" ? NaN : Number(typed);
  return Number.isFinite(position) ? position : Infinity;
}

/** Rows of equal positions keep the order in which they were sent. */
function comparePositions({ position: one }: { readonly position: number }, { position: other }: { readonly position: number }): number {
  return one === other ? 0 : one - other;
}

/** Whether nothing was typed into the fields of a row: what a blank row shows by itself does not count. */
export function isBlankRow(fields: FieldDefinitions, prefix: string, reading: Reading): boolean {
  return [...fields].every(([name, field]) => isBlankField(field, prefix + name, reading));
}

function isBlankField(field: FieldDefinition, path: string, reading: Reading): boolean {
  const { sent } = reading;
  if (field.options.disabled === true) return true;
  if (field.type === "group") return sent.valuesOf(path).length === 0 && isBlankRow(field.fields, `${path}.`, reading);
  if (field.type === "set") return !sent.has(path) && readCount(path, sent) === 0 && sent.rowNumbersOf(path).size === 0;
  if (sent.filesOf(path).length > 0 || (field.options.keeps !== undefined && sent.has(`${path}.stored`))) return false;
  const given = sent.valuesOf(path).filter((value) => value !== "");
  if (given.length === 0) return true;
  if (given.some(isObject)) return false;
  if (field.type === "boolean" && field.options.unknown !== true && initialOf(field) === true) return true;
  const initial = initialOf(field);
  if (initial === undefined || initial === null) return typeof given[0] === "string" && given.every((value) => String(value).trim() === "");
  const shown = Array.isArray(initial) ? initial.map(String) : [scalarTypes[field.type]?.toText(initial, field, reading) ?? ""];
  return given.map(String).join("\n") === shown.join("\n");
}

/** Whether a value is a list, or an object of JSON. */
function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !(value instanceof Date);
}
