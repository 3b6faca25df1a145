/** Validates forms with a Standard Schema. The submitted strings are kept so that the form can be shown again. */
import { assertKnownOptions } from "../errors/option-errors.ts";
import { GableError } from "../errors/gable-error.ts";
import type { FileFieldOptions, FileFields, FormError, SchemaForm, SchemaFormState } from "../handlers/form.ts";
import type { StandardSchema } from "../handlers/standard-schema.ts";
import { validateFields } from "../handlers/standard-schema.ts";
import type { UploadedFile } from "../handlers/uploaded-file.ts";
import type { ReadForm, SentFile, SentForm } from "./form-reader.ts";
import { sniffableTypes } from "./sniff.ts";

/**
 * Bytes that are read and dropped from files over their limit, so that the form can be shown again with everything
 * else: at least 32 MiB.
 */
const spareBytesMin = 33_554_432;

/** Returns the body limit of a route whose form has files: their sum, 1 MiB for the rest, and the same amount again to drop. */
export function schemaFormBytesMax(files: FileFields): number {
  const declared = Object.values(files).reduce((sum, { bytesMax, multiple }) => sum + bytesMax * (multiple === true ? 20 : 1), 0);
  return 1_048_576 + declared + Math.max(declared, spareBytesMin);
}

/** Returns the maximum size of a file in a field; undefined for names that accept no file. */
export function schemaFileBytesMax(files: FileFields, name: string): number | undefined {
  return Object.hasOwn(files, name) ? files[name]!.bytesMax : undefined;
}

/** Validates a submission with a schema. */
export async function readSchemaForm(
  sent: SentForm,
  schema: StandardSchema,
  fileFields: FileFields,
): Promise<SchemaForm<unknown> & ReadForm> {
  const values = sent.fields.toRecord();
  const result = await validateFields(schema, values);
  const errors = [
    ...(result.isValid ? [] : result.errors.map(({ path, code, message }) => toError(path === "" ? null : path, code, message))),
    ...Object.entries(fileFields).flatMap(([name, field]) => findFileErrors(name, field, sent.files.get(name) ?? [])),
  ];
  // `valid` tells which of the two types it is.
  return new SentSchemaForm({ values, sent, errors, data: result.isValid ? result.value : undefined }) as SchemaForm<unknown> & ReadForm;
}

function toError(field: string | null, code: string, message: string): FormError {
  return Object.freeze({ field, code, message, params: {} });
}

interface SchemaFormParts {
  readonly values: Readonly<Record<string, string | string[]>>;
  readonly sent: SentForm;
  readonly errors: readonly FormError[];
  readonly data: unknown;
}

class SentSchemaForm implements SchemaFormState, ReadForm {
  readonly values: Readonly<Record<string, string | string[]>>;
  readonly files: ReadonlyMap<string, UploadedFile>;
  readonly #kept: ReadonlyMap<string, readonly UploadedFile[]>;
  readonly #errors: FormError[];
  readonly #data: unknown;

  constructor({ values, sent, errors, data }: SchemaFormParts) {
    this.values = values;
    this.#errors = [...errors];
    this.#data = data;
    const kept = [...sent.files].map(([name, files]) => [name, files.filter(isKept)] as const).filter(([, files]) => files.length > 0);
    this.#kept = new Map(kept);
    this.files = new Map(kept.map(([name, files]) => [name, files[0]!]));
  }

  get valid(): boolean {
    return this.#errors.length === 0;
  }

  get status(): 200 | 422 {
    return this.valid ? 200 : 422;
  }

  get data(): unknown {
    if (this.valid) return this.#data;
    throw this.toError("E_FORM_NOT_VALID");
  }

  filesOf(name: string): readonly UploadedFile[] {
    return this.#kept.get(name) ?? [];
  }

  value(name: string): string {
    const found = this.values[name];
    return (Array.isArray(found) ? found[0] : found) ?? "";
  }

  errors(name?: string): readonly FormError[] {
    return name === undefined ? [...this.#errors] : this.#errors.filter(({ field }) => field === name);
  }

  addError(field: string | null, message: string, options: { readonly code?: string } = {}): void {
    assertKnownOptions("form.addError()", options, { code: "string" });
    this.#errors.push(toError(field, options.code ?? "custom", message));
  }

  toError(code: "E_FORM_NOT_VALID" | "E_INPUT_INVALID"): GableError {
    const errors = this.#errors.map(({ field, code: rule, message }) => ({ path: field ?? "", code: rule, message }));
    const names = errors.map(({ path }) => path).filter((path) => path !== "");
    return new GableError(code, `The form is not valid${names.length === 0 ? "." : `: ${names.join(", ")}.`}`, { details: { errors } });
  }
}

function isKept(file: SentFile): file is UploadedFile {
  return !("isOversized" in file);
}

function findFileErrors(name: string, field: FileFieldOptions, files: readonly SentFile[]): FormError[] {
  if (files.length === 0) return field.required === true ? [toError(name, "required", "Choose a file.")] : [];
  if (files.length > 1 && field.multiple !== true) return [toError(name, "repeated", "Choose only one file.")];
  const messages = files.map((file) => findFileProblem(file, field)).filter((problem) => problem !== undefined);
  return messages.slice(0, 1).map(({ code, message }) => toError(name, code, message));
}

interface FileProblem {
  readonly code: string;
  readonly message: string;
}

function findFileProblem(file: SentFile, { accept, bytesMax }: FileFieldOptions): FileProblem | undefined {
  if (!isKept(file)) return { code: "file_large", message: `Choose a file of at most ${toSizeText(bytesMax)}.` };
  if (accept === undefined) return undefined;
  const isForged = accept.includes(file.type) && sniffableTypes.has(file.type) && !file.isSniffed;
  // A claimed type is trusted only for types without a signature.
  if (isForged) return { code: "file_type", message: "The file is not what its type says." };
  if (accept.includes(file.type)) return undefined;
  return { code: "file_type", message: `Choose a file of one of these types: ${accept.join(", ")}.` };
}

function toSizeText(bytes: number): string {
  return bytes >= 1_048_576 ? `${Math.round(bytes / 104_857.6) / 10} MB` : `${Math.ceil(bytes / 1024)} kB`;
}
