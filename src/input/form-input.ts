/** Forms: urlencoded or multipart, checked by a schema, kept as typed so that they can be shown again. */
import { GableError } from "../errors/gable-error.ts";
import { isUtf8, findMediaType } from "../http/media-type.ts";
import type { FieldError } from "../http/problem.ts";
import { FieldMap, parseUrlencoded } from "../http/urlencoded.ts";
import type { FileFieldOptions, FileFields, FormInput, FormState } from "../handlers/form.ts";
import type { StandardSchema } from "../handlers/standard-schema.ts";
import { validateFields } from "../handlers/standard-schema.ts";
import type { InputSource } from "./input-source.ts";
import { sniffableTypes } from "./sniff.ts";
import type { SpooledFile } from "./spooled-file.ts";

const fieldsMax = 1000;
const textBytesMax = 1_048_576;

/** Body limit of a route whose form has files: their sum and 1 MiB for the rest. */
export function formBodyBytesMax(files: FileFields): number {
  return Object.values(files).reduce((sum, file) => sum + file.bytesMax, 1_048_576);
}

/** Checks the fields of a form. */
export async function validateForm(sent: FormFields, schema: StandardSchema, fileFields: FileFields): Promise<FormInput<unknown>> {
  const { fields, files, errors: fileErrors } = sent;
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
  readonly files: ReadonlyMap<string, SpooledFile>;
  readonly errors: readonly FieldError[];
}

/** Reads the fields of a form without checking them. Throws `E_BODY_TYPE` for another content type, and what reading throws. */
export async function readFormFields(source: InputSource, fileFields: FileFields = {}): Promise<FormFields> {
  const contentType = source.headers.get("content-type") ?? "";
  const mediaType = findMediaType(contentType);
  if (mediaType?.type === "multipart/form-data") return readMultipartFields(source, contentType, fileFields);
  if (mediaType?.type !== "application/x-www-form-urlencoded" || !isUtf8(mediaType)) {
    throw new GableError("E_BODY_TYPE", "The route takes a form: application/x-www-form-urlencoded or multipart/form-data.");
  }
  const bytes = await source.body.read();
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

async function readMultipartFields(source: InputSource, contentType: string, fileFields: FileFields): Promise<FormFields> {
  // Loaded by the first multipart form: an application without one starts without it.
  const { readMultipart } = await import("../http/multipart.ts");
  const pairs: Array<readonly [string, string]> = [];
  const files = new Map<string, SpooledFile>();
  const errors: FieldError[] = [];
  const onEnd = (file: SpooledFile): void => source.onEnd(() => file.close());
  for await (const part of readMultipart(source.body.chunks(), contentType)) {
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
): Promise<SpooledFile | "too large"> {
  let sizeBytes = 0;
  const isTooLarge = (): boolean => sizeBytes > field.bytesMax;
  const { spoolUpload } = await import("./spooled-file.ts");
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

function findFileProblem(file: SpooledFile, field: FileFieldOptions): string | undefined {
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
