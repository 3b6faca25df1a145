/** Converts rows to lines of JSON and back. Values without a JSON type become strings, depending on the types of their columns. */
import type { FieldMeta, ItemMeta } from "../../schema/model-class.ts";

type Convert = (value: unknown) => unknown;

/** Conversions for the types that JSON does not have. */
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

/** Writes a row as a line of JSON. Escapes characters that some readers treat as the end of a line. */
export function writeRecord(fields: readonly FieldMeta[], row: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(Object.fromEntries(fields.map((field) => [field.column, convert(field, row[field.name], "write")])));
  return text.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

/** Reads the values of a line, by field. Keeps unknown columns unchanged, by their names. */
export function readRecord(fields: ReadonlyMap<string, FieldMeta>, record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([column, value]) => {
      const field = fields.get(column);
      return field === undefined ? [column, value] : [field.name, convert(field, value, "read")];
    }),
  );
}
