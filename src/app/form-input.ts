/** Forms: urlencoded or multipart, checked by a schema, kept as typed so that they can be shown again. */
import { GableError } from "../errors/gable-error.ts";
import { isUtf8, findMediaType } from "../http/media-type.ts";
import type { FieldError } from "../http/problem.ts";
import { FieldMap, parseUrlencoded } from "../http/urlencoded.ts";
import { sniffableTypes } from "../files/sniff.ts";
import type { UploadedFile } from "../files/uploaded-file.ts";
import type { RequestContext } from "./context.ts";
import type { StandardSchema } from "./standard-schema.ts";
import { validateFields } from "./standard-schema.ts";

/** What a file field accepts. */
export interface FileFieldOptions {
  /** Largest file, in bytes. It raises the body limit of the route by as much. */
  bytesMax: number;
  /** Accepted media types, told by the content where it can be told. By default any. */
  accept?: readonly string[];
  /** Whether the form is invalid without it. Default false. */
  required?: boolean;
}

/** File fields of a form by name. */
export type FileFields = Readonly<Record<string, FileFieldOptions>>;

interface FormState {
  /** What was sent, as text, by name: for showing the form again. */
  readonly values: Readonly<Record<string, string | string[]>>;
  /** Files by the name of their field. */
  readonly files: ReadonlyMap<string, UploadedFile>;
  /** What is wrong; empty when the form is valid. */
  readonly errors: readonly FieldError[];
  /** 200 for a valid form, 422 for one to show again. */
  readonly status: 200 | 422;
  /** Messages of one field. */
  errorsOf(name: string): string[];
}

/** A form that was sent: `data` is there once `valid` is known to be true. */
export type FormInput<Data> = FormState &
  ({ readonly valid: true; readonly data: Data } | { readonly valid: false; readonly data: undefined });

const fieldsMax = 1000;
const textBytesMax = 1_048_576;

/** Body limit of a route whose form has files: their sum and 1 MiB for the rest. */
export function formBodyBytesMax(files: FileFields): number {
  return Object.values(files).reduce((sum, file) => sum + file.bytesMax, 1_048_576);
}

/** Reads and checks a form. Throws `E_BODY_TYPE` for another content type, and what reading throws. */
export async function readForm(context: RequestContext, schema: StandardSchema, fileFields: FileFields): Promise<FormInput<unknown>> {
  const { fields, files, errors: fileErrors } = await readFormFields(context, fileFields);
  const values = fields.toRecord();
  const result = await validateFields(schema, values);
  const missing = Object.entries(fileFields).filter(
    ([name, field]) => field.required === true && !files.has(name) && !fileErrors.some((error) => error.path === name),
  );
  const errors: FieldError[] = [
    ...(result.isValid ? [] : result.errors),
    ...fileErrors,
    ...missing.map(([name]) => ({ path: name, code: "required", message: "Choose a file." })),
  ];
  const state: FormState = {
    values,
    files,
    errors,
    status: errors.length === 0 ? 200 : 422,
    errorsOf: (name) => errors.filter((error) => error.path === name).map((error) => error.message),
  };
  return result.isValid && errors.length === 0
    ? { ...state, valid: true, data: result.value }
    : { ...state, valid: false, data: undefined };
}

/** What was sent, before any schema looked at it. */
export interface FormFields {
  readonly fields: FieldMap;
  readonly files: ReadonlyMap<string, UploadedFile>;
  readonly errors: readonly FieldError[];
}

/** Reads the fields of a form without checking them; a second call gives the same ones. */
export function readFormFields(context: RequestContext, fileFields: FileFields = {}): Promise<FormFields> {
  context.formFields ??= readFields(context, fileFields);
  return context.formFields;
}

async function readFields(context: RequestContext, fileFields: FileFields): Promise<FormFields> {
  const contentType = context.headers.get("content-type") ?? "";
  const mediaType = findMediaType(contentType);
  if (mediaType?.type === "multipart/form-data") return readMultipartFields(context, contentType, fileFields);
  if (mediaType?.type !== "application/x-www-form-urlencoded" || !isUtf8(mediaType)) {
    throw new GableError("E_BODY_TYPE", "The route takes a form: application/x-www-form-urlencoded or multipart/form-data.");
  }
  const bytes = await context.body.read();
  if (bytes.length > textBytesMax) throw new GableError("E_FORM_TOO_LARGE", `The form has more than ${textBytesMax} bytes.`);
  return { fields: parseUrlencoded(decodeForm(bytes), { pairsMax: fieldsMax, onTooMany: tooManyFields }), files: new Map(), errors: [] };
}

function decodeForm(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new GableError("E_FORM_MALFORMED", "The form is not UTF-8.", { cause: error });
  }
}

function tooManyFields(pairsMax: number): GableError {
  return new GableError("E_FORM_TOO_LARGE", `The form has more than ${pairsMax} fields.`);
}

async function readMultipartFields(context: RequestContext, contentType: string, fileFields: FileFields): Promise<FormFields> {
  // Loaded by the first multipart form: an application without one starts without it.
  const { readMultipart } = await import("../http/multipart.ts");
  const pairs: Array<readonly [string, string]> = [];
  const files = new Map<string, UploadedFile>();
  const errors: FieldError[] = [];
  const onEnd = (file: UploadedFile): void => void (context.cleanups ??= []).push(() => file.close());
  for await (const part of readMultipart(context.body.chunks(), contentType)) {
    if (part.fileName === undefined) {
      pairs.push([part.name, await part.text()]);
      continue;
    }
    const field = Object.hasOwn(fileFields, part.name) ? fileFields[part.name] : undefined;
    // A field that the form does not have is skipped, within the limits of the body.
    if (field === undefined || files.has(part.name)) continue;
    const file = await takeFile(part.fileName, part.type, part.chunks(), field);
    if (file === "too large")
      errors.push({ path: part.name, code: "size", message: `Choose a file of at most ${toSizeText(field.bytesMax)}.` });
    else if (file.sizeBytes === 0 && file.fileName === "") await file.close();
    else {
      onEnd(file);
      const problem = findFileProblem(file, field);
      if (problem === undefined) files.set(part.name, file);
      else errors.push({ path: part.name, code: "type", message: problem });
    }
  }
  return { fields: new FieldMap(pairs), files, errors };
}

async function takeFile(
  fileName: string,
  claimedType: string,
  chunks: AsyncIterable<Uint8Array>,
  field: FileFieldOptions,
): Promise<UploadedFile | "too large"> {
  let sizeBytes = 0;
  const isTooLarge = (): boolean => sizeBytes > field.bytesMax;
  const { spoolUpload } = await import("../files/uploaded-file.ts");
  const file = await spoolUpload({ fileName, claimedType }, limited());
  if (!isTooLarge()) return file;
  await file.close();
  return "too large";

  /** What is over the limit is read, so that the form can be shown again, and not kept. */
  async function* limited(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      sizeBytes += chunk.length;
      if (!isTooLarge()) yield chunk;
    }
  }
}

function findFileProblem(file: UploadedFile, field: FileFieldOptions): string | undefined {
  const { accept } = field;
  if (accept === undefined || accept.includes(file.type)) {
    // A claim is only believed for types that have no signature.
    const isForged = accept !== undefined && sniffableTypes.has(file.type) && !file.isSniffed;
    return isForged ? "The file is not what its type says." : undefined;
  }
  return `Choose a file of one of these types: ${accept.join(", ")}.`;
}

function toSizeText(bytes: number): string {
  return bytes >= 1_048_576 ? `${Math.round(bytes / 104_857.6) / 10} MB` : `${Math.ceil(bytes / 1024)} kB`;
}
