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
  const max = rowsMax(field);
  const rows: Array<SentRow & { readonly position: number }> = [];
  for (let index = 0; index < Math.min(count, max); index++) {
    const row = readRow(field, `${path}.${index}.`, reading);
    if (row !== undefined) rows.push({ ...row, index });
  }
  if (count > max) return broken("set_many", { max, count });
  if (field.options.ordered === true) rows.sort(comparePositions);
  const kept = rows.filter(({ isDeleted }) => !isDeleted).length;
  const { min } = field.options;
  const least = typeof min === "number" ? min : 0;
  if (kept < least) return broken("set_few", { min: least, count: kept });
  reading.noteRows(path, rows);
  return { value: rows.filter(({ isDeleted }) => !isDeleted).map(({ values }) => values) };
}

/** Number of rows that were sent; 0 when it is missing or no number. */
export function readCount(path: string, sent: SentValues): number {
  const text = sent.textOf(`${path}.count`) ?? "";
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : 0;
}

function readRow(field: FieldDefinition, prefix: string, reading: Reading): Omit<SentRow & { position: number }, "index"> | undefined {
  const { sent } = reading;
  const id = field.source === undefined ? undefined : sent.textOf(`${prefix}id`)?.trim() || undefined;
  const isDeleted = sent.has(`${prefix}delete`);
  if (id === undefined && (isDeleted || isBlankRow(field.fields, prefix, reading))) return undefined;
  const position = readPosition(sent.textOf(`${prefix}position`) ?? "");
  return { values: isDeleted ? {} : reading.readFields(field.fields, prefix), id, isDeleted, position };
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
  if (field.type === "group") return isBlankRow(field.fields, `${path}.`, reading);
  if (field.type === "set") return readCount(path, sent) === 0;
  if (sent.filesOf(path).length > 0 || (field.options.keeps !== undefined && sent.has(`${path}.stored`))) return false;
  const given = sent.valuesOf(path).filter((value) => value !== "" && value !== null && value !== undefined);
  if (field.type === "boolean" && field.options.unknown !== true) return given.length === 0 || initialOf(field) === true;
  if (given.length === 0) return true;
  const initial = initialOf(field);
  if (initial === undefined || initial === null) return typeof given[0] === "string" && given.every((value) => String(value).trim() === "");
  const shown = Array.isArray(initial) ? initial.map(String) : [scalarTypes[field.type]?.toText(initial, field, reading) ?? ""];
  return given.map(String).join("\n") === shown.join("\n");
}
