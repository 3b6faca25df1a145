/** Reads a submitted form before validation: urlencoded or multipart, with names, strings and files. */
import { GableError } from "../errors/gable-error.ts";
import type { BodySource } from "../http/body.ts";
import { findMediaType } from "../http/media-type.ts";
import type { MultipartPart } from "../http/multipart.ts";
import { FieldMap, parseUrlencoded } from "../http/urlencoded.ts";
import { assertUtf8 } from "./assert-utf8.ts";
import type { FileLimit } from "./file-fields.ts";
import type { SentFile, SentForm } from "./form-reader.ts";
import type { InputSource } from "./input-source.ts";

const fieldsMax = 1000;
const textBytesMax = 1_048_576;
const nameBytesMax = 256;

/** Returns the limit of a file; undefined for names that accept no file. */
export type FileLimitOf = (name: string) => FileLimit | undefined;

/**
 * Reads the fields of a form. Throws `E_BODY_TYPE` for another content type, `E_BODY_ENCODING` for another charset than UTF-8,
 * `E_UPLOAD_NOT_DECLARED` for a file that the form does not declare, and what reading throws.
 */
export async function readSentForm(source: InputSource, fileLimitOf: FileLimitOf): Promise<SentForm> {
  const contentType = source.headers.get("content-type") ?? "";
  const mediaType = findMediaType(contentType);
  const isMultipart = mediaType?.type === "multipart/form-data";
  if (mediaType === undefined || (!isMultipart && mediaType.type !== "application/x-www-form-urlencoded"))
    throw new GableError("E_BODY_TYPE", "The route takes a form: application/x-www-form-urlencoded or multipart/form-data.");
  assertUtf8(mediaType);
  if (isMultipart) return readMultipartForm(source, contentType, fileLimitOf);
  const fields = parseFormFields(await readText(source.body));
  for (const [name] of fields) assertName(name);
  return { fields, files: new Map() };
}

/** Reads a text body: a route limit that includes space for files does not apply to it. */
async function readText(body: BodySource): Promise<Uint8Array> {
  const tooLarge = (): GableError => new GableError("E_FORM_TOO_LARGE", `The form has more than ${textBytesMax} bytes.`);
  if (body.lengthBytes !== undefined && body.lengthBytes > textBytesMax) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body.chunks()) {
    bytes += chunk.length;
    if (bytes > textBytesMax) throw tooLarge();
    chunks.push(chunk);
  }
  return concatenate(chunks, bytes);
}

function concatenate(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const [first] = chunks;
  if (chunks.length === 1) return first!;
  const joined = new Uint8Array(bytes);
  let offset = 0;
  for (const chunk of chunks) {
    joined.set(chunk, offset);
    offset += chunk.length;
  }
  return joined;
}

/** Parses form fields from a query string. */
export function parseQueryForm(queryString: string): SentForm {
  const fields = parseUrlencoded(queryString, formRules());
  for (const [name] of fields) assertName(name);
  return { fields, files: new Map() };
}

/** Parses the fields of a body in application/x-www-form-urlencoded. Throws `E_FORM_MALFORMED` and `E_FORM_TOO_LARGE`. */
export function parseFormFields(bytes: Uint8Array): FieldMap {
  return parseUrlencoded(decodeForm(bytes), formRules());
}

function formRules(): Parameters<typeof parseUrlencoded>[1] {
  return { pairsMax: fieldsMax, onTooMany: tooManyFields, onNotUtf8: notUtf8 };
}

function decodeForm(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw notUtf8(error);
  }
}

function notUtf8(cause?: unknown): GableError {
  return new GableError("E_FORM_MALFORMED", "The form is not UTF-8.", { cause });
}

function tooManyFields(pairsMax: number): GableError {
  return new GableError("E_FORM_TOO_LARGE", `The form has more than ${pairsMax} fields.`);
}

function assertName(name: string): void {
  if (name.length * 3 <= nameBytesMax || new TextEncoder().encode(name).length <= nameBytesMax) return;
  throw new GableError("E_FORM_TOO_LARGE", `The form has a field whose name is longer than ${nameBytesMax} bytes.`);
}

async function readMultipartForm(source: InputSource, contentType: string, fileLimitOf: FileLimitOf): Promise<SentForm> {
  // Loaded by the first multipart form: applications without one start without it.
  const { readMultipart } = await import("../http/multipart.ts");
  const pairs: Array<readonly [string, string]> = [];
  const files = new Map<string, SentFile[]>();
  for await (const part of readMultipart(source.body.chunks(), contentType, { fieldsMax, textBytesMax })) {
    assertName(part.name);
    if (part.fileName === undefined) {
      pairs.push([part.name, await part.text()]);
      continue;
    }
    const bytesMax = fileLimitOf(part.name);
    if (bytesMax === undefined) await assertBlank(part);
    // Skipped, within the limits of the body.
    if (typeof bytesMax !== "number") continue;
    const file = await takeFile({ fileName: part.fileName, claimedType: part.type }, part.chunks(), { bytesMax, source });
    // Browsers send a file without a name for a blank control.
    if (file.sizeBytes > 0 || file.fileName !== "") files.set(part.name, [...(files.get(part.name) ?? []), file]);
  }
  return { fields: new FieldMap(pairs), files };
}

/** Browsers send a file without a name and without content for a blank control, which a page may have besides its form. */
async function assertBlank(part: MultipartPart): Promise<void> {
  let isBlank = part.fileName === "";
  if (isBlank) for await (const chunk of part.chunks()) isBlank &&= chunk.length === 0;
  if (!isBlank) throw new GableError("E_UPLOAD_NOT_DECLARED", `The form does not declare a file named "${part.name}".`);
}

async function takeFile(
  facts: { readonly fileName: string; readonly claimedType: string },
  chunks: AsyncIterable<Uint8Array>,
  { bytesMax, source }: { readonly bytesMax: number; readonly source: InputSource },
): Promise<SentFile> {
  let sizeBytes = 0;
  const isTooLarge = (): boolean => sizeBytes > bytesMax;
  const { spoolUpload } = await import("./spooled-file.ts");
  const file = await spoolUpload({ ...facts, chunks: limited(), directory: source.uploadDirectory });
  if (isTooLarge()) {
    await file.close();
    return { fileName: facts.fileName, sizeBytes, isOversized: true };
  }
  source.onEnd(() => file.close());
  return file;

  /** Bytes over the limit are read, so that the form can be shown again, but not kept. */
  async function* limited(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      sizeBytes += chunk.length;
      if (!isTooLarge()) yield chunk;
    }
  }
}
