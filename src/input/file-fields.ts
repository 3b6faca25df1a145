/** Limits of sets and files, and which names take files. */

/** A field, as far as files need it. */
export interface FileHolder {
  /** "file", "files", "group", "set", or another type. */
  readonly type: string;
  readonly options: { readonly bytesMax?: number; readonly max?: unknown; readonly disabled?: boolean };
  /** Fields inside of a group or a set. */
  readonly fields: ReadonlyMap<string, FileHolder>;
}

/** Fields by name. */
export type FileHolders = ReadonlyMap<string, FileHolder>;

/** Largest file of a field without a limit of its own: 10 MiB. */
const defaultBytesMax = 10_485_760;
const defaultRowsMax = 100;
/** Most files of one form: the limit of multipart bodies. */
const filesMax = 20;
/** Room for texts, besides files. */
const textBytesMax = 1_048_576;
/** What is read and thrown away of files over their limit, so that the form can come back with everything else: 32 MiB at least. */
const spareBytesMin = 33_554_432;

/** Returns the largest file of a field, in bytes. */
export function bytesMaxOf({ options: { bytesMax } }: FileHolder): number {
  return bytesMax ?? defaultBytesMax;
}

/** Returns the most files of a field. */
function filesMaxOf({ options: { max } }: FileHolder): number {
  return typeof max === "number" ? max : filesMax;
}

/** Returns the most rows that a set takes. */
export function rowsMax(field: FileHolder): number {
  return typeof field.options.max === "number" ? field.options.max : defaultRowsMax;
}

/** Returns the field that takes files under a name, such as `photos.0.image`. */
export function findFileField(fields: FileHolders, name: string): FileHolder | undefined {
  let inner: FileHolders = fields;
  let found: FileHolder | undefined;
  for (const part of name.split(".", 8)) {
    if (found?.type === "set" && /^[0-9]{1,9}$/.test(part) && Number(part) < rowsMax(found)) {
      // The fields of a row follow its number.
      [inner, found] = [found.fields, undefined];
      continue;
    }
    if (found?.type === "set") return undefined;
    found = inner.get(part);
    if (found === undefined) return undefined;
    inner = found.fields;
  }
  return found !== undefined && (found.type === "file" || found.type === "files") && found.options.disabled !== true ? found : undefined;
}

/** Returns the body limit of a form with files: all of them, the texts, and as much again to throw away. Undefined without files. */
export function formBodyBytesMax(fields: FileHolders): number | undefined {
  const sizes = [...fields.values()].flatMap(listFileSizes).toSorted((one, other) => other - one);
  if (sizes.length === 0) return undefined;
  const declared = sizes.slice(0, filesMax).reduce((sum, size) => sum + size, 0);
  return textBytesMax + declared + Math.max(declared, spareBytesMin);
}

/** Lists the largest files that a field can take, no more of them than a form can hold. */
function listFileSizes(field: FileHolder): number[] {
  if (field.type === "file") return [bytesMaxOf(field)];
  if (field.type === "files") return Array.from({ length: Math.min(filesMaxOf(field), filesMax) }, () => bytesMaxOf(field));
  const inner = [...field.fields.values()].flatMap(listFileSizes);
  return field.type === "set" ? Array.from({ length: Math.min(rowsMax(field), filesMax) }, () => inner).flat() : inner;
}
