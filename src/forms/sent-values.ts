/** What was sent for a form: values and files by the names of their fields. */
import type { SentFile } from "../input/form-reader.ts";
import type { FieldDefinition, FieldDefinitions } from "./definition.ts";
import { bytesMaxOf, findFileField, rowsMax } from "../input/file-fields.ts";

const none: readonly never[] = Object.freeze([]);

/** What a form is read from: forms of HTTP, of the platform, or a plain object. */
export type FormSource = Iterable<readonly [string, string]> | URLSearchParams | FormData | Readonly<Record<string, unknown>>;

/** Values and files by name. Names are compared as they are; nothing is built from their parts. */
export class SentValues {
  readonly #values: ReadonlyMap<string, readonly unknown[]>;
  readonly #files: ReadonlyMap<string, readonly SentFile[]>;

  constructor(values: ReadonlyMap<string, readonly unknown[]>, files: ReadonlyMap<string, readonly SentFile[]> = new Map()) {
    this.#values = values;
    this.#files = files;
  }

  /** Takes pairs of names and texts. */
  static fromPairs(pairs: Iterable<readonly [string, string]>, files?: ReadonlyMap<string, readonly SentFile[]>): SentValues {
    const values = new Map<string, unknown[]>();
    for (const [name, value] of pairs) {
      const present = values.get(name);
      if (present === undefined) values.set(name, [value]);
      else present.push(value);
    }
    return new SentValues(values, files);
  }

  /** Takes a form of the platform. Files over the limit of their field, and files of other names, are not read. */
  static async fromFormData(fields: FieldDefinitions, data: FormData): Promise<SentValues> {
    const pairs: Array<readonly [string, string]> = [];
    const files = new Map<string, SentFile[]>();
    for (const [name, value] of data) {
      if (typeof value === "string") pairs.push([name, value]);
      else {
        const field = findFileField(fields, name);
        // Browsers send a file without a name for a blank control.
        if (field === undefined || (value.size === 0 && value.name === "")) continue;
        files.set(name, [...(files.get(name) ?? []), await toSentFile(value, bytesMaxOf(field))]);
      }
    }
    return SentValues.fromPairs(pairs, files);
  }

  /** Takes the own properties of an object: those of groups as objects, those of sets as lists of objects. */
  static fromRecord(fields: FieldDefinitions, record: Readonly<Record<string, unknown>>): SentValues {
    const values = new Map<string, readonly unknown[]>();
    const files = new Map<string, readonly SentFile[]>();
    // Names with dots are those of forms: they are taken as they are.
    for (const [name, value] of Object.entries(record))
      if (name.includes(".") && value !== undefined && value !== null) values.set(name, Array.isArray(value) ? value : [value]);
    flatten(fields, record, { prefix: "", values, files });
    return new SentValues(values, files);
  }

  /** The values of a name, in order. */
  valuesOf(name: string): readonly unknown[] {
    return this.#values.get(name) ?? none;
  }

  /** The first value of a name as text; undefined when there is none. */
  textOf(name: string): string | undefined {
    const [value] = this.valuesOf(name);
    if (value === undefined || value === null) return undefined;
    // In JSON, toString can be anything.
    return typeof value === "object" ? "[object]" : String(value);
  }

  /** The files of a name, in order. */
  filesOf(name: string): readonly SentFile[] {
    return this.#files.get(name) ?? none;
  }

  /** Whether anything was sent under a name. */
  has(name: string): boolean {
    return this.#values.has(name) || this.#files.has(name);
  }

  /** The numbers of the rows under a name, such as 2 for `photos.2.caption`. */
  rowNumbersOf(name: string): ReadonlySet<number> {
    const numbers = new Set<number>();
    for (const each of this.names()) {
      const number = each.startsWith(`${name}.`) ? /^[0-9]{1,9}(?=\.)/.exec(each.slice(name.length + 1))?.[0] : undefined;
      if (number !== undefined) numbers.add(Number(number));
    }
    return numbers;
  }

  /** The names of all values and files. */
  names(): Iterable<string> {
    return new Set([...this.#values.keys(), ...this.#files.keys()]);
  }
}

interface Flat {
  readonly prefix: string;
  readonly values: Map<string, readonly unknown[]>;
  readonly files: Map<string, readonly SentFile[]>;
}

function flatten(fields: FieldDefinitions, record: Readonly<Record<string, unknown>>, { prefix, values, files }: Flat): void {
  for (const [name, field] of fields) {
    if (!Object.hasOwn(record, name)) continue;
    const [value, path] = [record[name], prefix + name];
    if (value === undefined || value === null) continue;
    if (field.type === "file" || field.type === "files") {
      // Whatever it is, the field checks it.
      files.set(path, toList(field, value) as readonly SentFile[]);
    } else if (field.type === "group" && isRecord(value)) flatten(field.fields, value, { prefix: `${path}.`, values, files });
    else if (field.type === "set" && Array.isArray(value)) flattenRows(field, value, { prefix: path, values, files });
    else values.set(path, toList(field, value));
  }
}

/** Types whose list holds several values. To all others it is one value, which they refuse, or a list of JSON. */
const listTypes: ReadonlySet<string> = new Set(["choices", "relations", "files"]);

function toList({ type }: FieldDefinition, value: unknown): readonly unknown[] {
  return Array.isArray(value) && listTypes.has(type) ? value : [value];
}

function flattenRows(field: FieldDefinition, rows: readonly unknown[], { prefix, values, files }: Flat): void {
  values.set(`${prefix}.count`, [String(rows.length)]);
  for (const [index, row] of rows.slice(0, rowsMax(field) + 1).entries()) {
    // The set refuses a value under its own name.
    if (!isRow(field, row)) values.set(prefix, [rows]);
    if (!isRecord(row)) continue;
    const start = `${prefix}.${index}.`;
    for (const name of rowNames) {
      const value = field.fields.has(name) || !Object.hasOwn(row, name) ? undefined : row[name];
      if (!isNothing(value)) values.set(start + name, [String(value)]);
    }
    flatten(field.fields, row, { prefix: start, values, files });
  }
}

/** Names of a row that belong to its set. */
const rowNames = ["id", "delete", "position"];

function isRow({ fields }: FieldDefinition, row: unknown): boolean {
  return (
    isRecord(row) &&
    rowNames.every((name) => fields.has(name) || !Object.hasOwn(row, name) || typeof row[name] !== "object" || row[name] === null)
  );
}

/** A box that is false is not ticked. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === false;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Takes a file of the platform into memory, unless it is over its limit. */
async function toSentFile(file: File, bytesMax: number): Promise<SentFile> {
  if (file.size > bytesMax) return { fileName: file.name, sizeBytes: file.size, isOversized: true };
  const { SpooledFile } = await import("../input/spooled-file.ts");
  const content = new Uint8Array(await file.arrayBuffer());
  return new SpooledFile(
    { fileName: file.name, claimedType: file.type || "application/octet-stream" },
    content.length,
    content,
    content.subarray(0, 16),
  );
}
