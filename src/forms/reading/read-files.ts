/** Reads fields whose value is a file, or several. */
import { GableError } from "../../errors/gable-error.ts";
import { fileTypeOf } from "../../http/file-types.ts";
import { sniffableTypes } from "../../input/sniff.ts";
import type { UploadedFile } from "../../handlers/uploaded-file.ts";
import type { FoundFile } from "../../storage/form-files.ts";
import type { FieldDefinition, Parsed } from "../definition.ts";
import { toSizeText } from "../messages.ts";
import type { SentFile } from "../../input/form-reader.ts";
import { bytesMaxOf } from "../../input/file-fields.ts";
import { broken } from "../values/scalar-type.ts";
import type { SentValues } from "../sent-values.ts";
import type { Reading } from "./reading.ts";
import { initialOf } from "./reading.ts";
import { findCountProblem } from "./read-scalar.ts";

/** Reads one file. With a stored one, `name.clear` removes it. */
export function readFile(field: FieldDefinition, path: string, { sent }: Reading): Parsed {
  assertNoText(sent, path);
  const files = sent.filesOf(path);
  const isCleared = sent.has(`${path}.clear`);
  if (files.length > 1) return broken("repeated");
  if (files.length === 1 && isCleared) return broken("file_both");
  const [file] = files;
  if (file !== undefined) return findFileProblem(field, file) ?? { value: file };
  const isStored = initialOf(field) !== undefined && initialOf(field) !== null;
  return field.isRequired && !(isStored && !isCleared) ? broken("required") : { value: null };
}

/**
 * Reads the file of a column. `name.stored` stands for the file of the row, or for an upload that is kept since the form was sent with
 * an error. The value is the new file, null to remove the old one, and undefined when nothing changes.
 */
export function readKeptFile(field: FieldDefinition, path: string, reading: Reading): Parsed | Promise<Parsed> {
  const { sent } = reading;
  assertNoText(sent, path);
  const token = sent.textOf(`${path}.stored`) ?? "";
  const isCleared = sent.has(`${path}.clear`);
  const [file, ...others] = sent.filesOf(path);
  const read = (stored: FoundFile | undefined): Parsed => {
    if (others.length > 0) return broken("repeated");
    if (file !== undefined) return isCleared ? broken("file_both") : (findFileProblem(field, file) ?? { value: file });
    if (isCleared) return field.isRequired ? broken("required") : { value: null };
    if (token !== "" && stored === undefined) return broken("file_gone");
    if (stored?.upload !== undefined) return findFileProblem(field, stored.upload) ?? { value: stored.upload };
    return stored === undefined && field.isRequired ? broken("required") : { value: undefined };
  };
  return token === "" ? read(undefined) : findStored(token, path, reading).then(read);
}

async function findStored(token: string, path: string, reading: Reading): Promise<FoundFile | undefined> {
  // Only forms with stored files need the storage.
  const { findFormFile } = await import("../../storage/form-files.ts");
  const found = await findFormFile(token);
  if (found !== undefined) reading.noteStored(path, { name: found.name, token });
  return found;
}

/** Reads several files, in the order in which they were sent. */
export function readFiles(field: FieldDefinition, path: string, { sent }: Reading): Parsed {
  assertNoText(sent, path);
  const files = sent.filesOf(path);
  for (const file of files) {
    const problem = findFileProblem(field, file);
    if (problem !== undefined) return problem;
  }
  return findCountProblem(field, files.length) ?? { value: [...files] };
}

/** A form that is not multipart sends the name of a file as text, and loses the file. */
function assertNoText(sent: SentValues, path: string): void {
  const text = sent.valuesOf(path).find((value) => value !== "" && value !== null && value !== undefined);
  if (text === undefined) return;
  throw new GableError("E_BODY_TYPE", `The field "${path}" takes a file, and was sent as text.`, {
    fix: 'Write method="post" and enctype="multipart/form-data" at the form, as form.open() does. Programs send a part with a file name.',
  });
}

function findFileProblem(field: FieldDefinition, file: SentFile): Parsed | undefined {
  const bytesMax = bytesMaxOf(field);
  if (!isFile(file)) return broken("invalid");
  if (file.sizeBytes > bytesMax) return broken("file_large", toSizes(bytesMax, file.sizeBytes));
  // What is over the limit of the body's reader is over that of the field as well.
  if ("isOversized" in file) return broken("file_large", toSizes(bytesMax, file.sizeBytes));
  if (file.sizeBytes === 0) return broken("file_empty");
  const { accept } = field.options;
  if (accept === undefined || isAccepted(file, accept)) return undefined;
  return broken("file_type", { types: accept.join(", ") });
}

function isFile(value: unknown): value is SentFile {
  if (typeof value !== "object" || value === null || !("sizeBytes" in value) || !("fileName" in value)) return false;
  // An object of JSON could look like a file otherwise.
  return "isOversized" in value || ("saveTo" in value && typeof value.saveTo === "function");
}

/** Sizes that differ also differ in the message. */
function toSizes(bytesMax: number, sizeBytes: number): { readonly max: string; readonly size: string } {
  const [max, size] = [toSizeText(bytesMax), toSizeText(sizeBytes)];
  return max === size ? { max: `${bytesMax} bytes`, size: `${sizeBytes} bytes` } : { max, size };
}

/**
 * Whether a file is of an accepted type: by its content where that tells the type, and by the extension of its name, which must not
 * say something else. A claimed type is believed only where neither tells.
 */
function isAccepted(file: UploadedFile, accept: readonly string[]): boolean {
  const fits = (type: string): boolean =>
    accept.some((wanted) => wanted === type || (wanted.endsWith("/*") && type.startsWith(wanted.slice(0, -1))));
  if (!fits(file.type) || (!file.isSniffed && sniffableTypes.has(file.type))) return false;
  const byName = fileTypeOf(file.fileName).split(";")[0]!;
  return byName === "application/octet-stream" || fits(byName);
}
