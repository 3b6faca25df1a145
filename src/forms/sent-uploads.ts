/** The uploads that were sent for columns of a model form and of its sets. */
import type { UploadedFile } from "../handlers/uploaded-file.ts";
import type { FieldDefinitions } from "./definition.ts";
import type { SentRow } from "./reading/reading.ts";

/** An upload, and where it was sent. */
export interface SentUpload {
  /** Whole name of its field: `cover`, `photos.0.image`. */
  readonly path: string;
  /** The values that it is one of. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Its name among them. */
  readonly name: string;
  readonly file: UploadedFile;
  /** Start of its key; "" for none. */
  readonly prefix: string;
}

/** Lists the uploads of a form. */
export function listUploads(
  fields: FieldDefinitions,
  values: Readonly<Record<string, unknown>>,
  rows: ReadonlyMap<string, readonly SentRow[]>,
): SentUpload[] {
  const sets = [...fields].filter(([, { type }]) => type === "set");
  return [
    ...listOf(fields, values, ""),
    ...sets.flatMap(([name, set]) => (rows.get(name) ?? []).flatMap((row) => listOf(set.fields, row.values, `${name}.${row.index}.`))),
  ];
}

function listOf(fields: FieldDefinitions, values: Readonly<Record<string, unknown>>, start: string): SentUpload[] {
  return [...fields].flatMap(([name, { options }]) => {
    const file = Object.hasOwn(values, name) ? values[name] : undefined;
    if (options.keeps === undefined || options.disabled === true || file === undefined || file === null) return [];
    return [{ path: start + name, values, name, file: file as UploadedFile, prefix: options.keeps.prefix }]; // The reader gives nothing else.
  });
}
