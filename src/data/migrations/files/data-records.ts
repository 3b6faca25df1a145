/** Rows as lines of JSON, and back: values that JSON does not have are texts, by the types of their columns. */
import type { FieldMeta, ItemMeta } from "../../schema/model-class.ts";

type Convert = (value: unknown) => unknown;

/** Types whose values JSON does not have. */
const forms: Readonly<Partial<Record<FieldMeta["type"], { readonly write: Convert; readonly read: Convert }>>> = {
  bigint: { write: String, read: (text) => BigInt(text as string) }, // As it was written.
  datetime: { write: (value) => (value as Date).toISOString(), read: (text) => new Date(text as string) }, // As the model has it, and as it was written.
  bytes: {
    write: (value) => Buffer.from(value as Uint8Array).toString("base64"), // As the model has it.
    read: (text) => new Uint8Array(Buffer.from(String(text), "base64")),
  },
};

function convert({ type, items }: ItemMeta, value: unknown, way: "write" | "read"): unknown {
  if (value === null || value === undefined) return value;
  if (items !== undefined) return (value as readonly unknown[]).map((item) => convert(items, item, way)); // A column of lists.
  return forms[type]?.[way](value) ?? value;
}

/** A row as a line. What readers take for the end of a line is written by its number. */
export function writeRecord(fields: readonly FieldMeta[], row: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(Object.fromEntries(fields.map((field) => [field.column, convert(field, row[field.name], "write")])));
  return text.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

/** The values of a line, by field. Columns that the table does not have are given as they are, by their names. */
export function readRecord(fields: ReadonlyMap<string, FieldMeta>, record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([column, value]) => {
      const field = fields.get(column);
      return field === undefined ? [column, value] : [field.name, convert(field, value, "read")];
    }),
  );
}
