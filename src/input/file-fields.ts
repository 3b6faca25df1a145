/** Decides the limits of sets and files, and which names accept files. */

/** The part of a field that file handling needs. */
export interface FileHolder {
  /** "file", "files", "group", "set", or another type. */
  readonly type: string;
  readonly options: { readonly bytesMax?: number; readonly max?: unknown; readonly disabled?: boolean };
  /** Fields inside a group or a set. */
  readonly fields: ReadonlyMap<string, FileHolder>;
}

/** Maximum size of a file, in bytes, or "ignored" for one that a form drops without an error. */
export type FileLimit = number | "ignored";

/** Fields by name. */
export type FileHolders = ReadonlyMap<string, FileHolder>;

/** Maximum size of a file without a custom limit: 10 MiB. */
const defaultBytesMax = 10_485_760;
const defaultRowsMax = 100;
/** Maximum number of files in one form: the limit of multipart bodies. */
const filesMax = 20;
/** Space for strings, in addition to files. */
const textBytesMax = 1_048_576;
/**
 * Bytes that are read and dropped from files over their limit, so that the form can be shown again with everything
 * else: at least 32 MiB.
 */
const spareBytesMin = 33_554_432;

/** Returns the maximum size of a file in a field, in bytes. */
export function bytesMaxOf({ options: { bytesMax } }: FileHolder): number {
  return bytesMax ?? defaultBytesMax;
}

/** Returns the maximum number of files of a field. */
function filesMaxOf({ options: { max } }: FileHolder): number {
  return typeof max === "number" ? max : filesMax;
}

/** Returns the maximum number of rows of a set. */
export function rowsMax(field: FileHolder): number {
  return typeof field.options.max === "number" ? field.options.max : defaultRowsMax;
}

/** Returns the field that accepts files under a name, for example `photos.0.image`. */
export function findFileField(fields: FileHolders, name: string): FileHolder | undefined {
  const { field, isIgnored } = findNamedField(fields, name) ?? {};
  return isIgnored === true ? undefined : field;
}

/**
 * Returns the maximum size of a file under a name, in bytes. "ignored" stands for a disabled field, and for a row that its set does
 * not read. Undefined for names that accept no file.
 */
export function findFileLimit(fields: FileHolders, name: string): FileLimit | undefined {
  const found = findNamedField(fields, name);
  if (found === undefined) return undefined;
  return found.isIgnored ? "ignored" : bytesMaxOf(found.field);
}

function findNamedField(fields: FileHolders, name: string): { readonly field: FileHolder; readonly isIgnored: boolean } | undefined {
  let inner: FileHolders = fields;
  let found: FileHolder | undefined;
  let isBeyond = false;
  for (const part of name.split(".", 8)) {
    if (found?.type === "set" && /^[0-9]{1,9}$/.test(part)) {
      isBeyond ||= Number(part) >= rowsMax(found);
      // The fields of a row follow its number.
      [inner, found] = [found.fields, undefined];
      continue;
    }
    if (found?.type === "set") return undefined;
    found = inner.get(part);
    if (found === undefined) return undefined;
    inner = found.fields;
  }
  if (found?.type !== "file" && found?.type !== "files") return undefined;
  return { field: found, isIgnored: isBeyond || found.options.disabled === true };
}

/** Returns the body limit of a form with files: all files, the strings, and the same amount again to drop. Undefined without files. */
export function formBodyBytesMax(fields: FileHolders): number | undefined {
  const sizes = [...fields.values()].flatMap(listFileSizes).toSorted((one, other) => other - one);
  if (sizes.length === 0) return undefined;
  const declared = sizes.slice(0, filesMax).reduce((sum, size) => sum + size, 0);
  return textBytesMax + declared + Math.max(declared, spareBytesMin);
}

/** Lists the largest files that a field can accept, limited to what a form can hold. */
function listFileSizes(field: FileHolder): number[] {
  if (field.type === "file") return [bytesMaxOf(field)];
  if (field.type === "files") return Array.from({ length: Math.min(filesMaxOf(field), filesMax) }, () => bytesMaxOf(field));
  const inner = [...field.fields.values()].flatMap(listFileSizes);
  return field.type === "set" ? Array.from({ length: Math.min(rowsMax(field), filesMax) }, () => inner).flat() : inner;
}
