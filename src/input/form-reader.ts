/** Defines forms that read themselves: what a route needs from a form without knowing its fields. */
import type { GableError } from "../errors/gable-error.ts";
import type { UploadedFile } from "../handlers/uploaded-file.ts";
import type { FieldMap } from "../http/urlencoded.ts";
import type { FileLimit } from "./file-fields.ts";

/** A file that was dropped because it exceeds the limit of its field. */
interface OversizedFile {
  /** Name from the client. */
  readonly fileName: string;
  /** Size in bytes. */
  readonly sizeBytes: number;
  /** Distinguishes it from files that were kept. */
  readonly isOversized: true;
}

/** A submitted file. */
export type SentFile = UploadedFile | OversizedFile;

/** A submitted form. */
export interface SentForm {
  /** Names and strings, in order. */
  readonly fields: FieldMap;
  /** Files by the name of their field, in order. */
  readonly files: ReadonlyMap<string, readonly SentFile[]>;
}

/** A form that was read. */
export interface ReadForm {
  /** Whether all values are valid. */
  readonly valid: boolean;
  /** Returns the errors. */
  errors(): readonly unknown[];
  /** Returns the error that represents an invalid form. */
  toError(code: "E_FORM_NOT_VALID" | "E_INPUT_INVALID"): GableError;
}

/** Takes the name of a form and the names of fields that it does not declare. */
export type NoteUnknown = (form: string, names: readonly string[]) => void;

/** Reads one form. */
export interface FormReader {
  /** "get" forms are read from the query. */
  readonly method: "post" | "get";
  /** Body limit of a route with this form, in bytes; undefined for a form without files. */
  readonly bodyBytesMax: number | undefined;
  /** Returns the limit of a file in a field; undefined for names that accept no file. */
  fileLimitOf(name: string): FileLimit | undefined;
  /** Reads and validates a submission. `noteUnknown` gets the names that belong to no field, if there are any. */
  read(sent: SentForm, noteUnknown?: NoteUnknown): Promise<ReadForm>;
}

/** Method of forms that returns their reader. */
export const formReader: unique symbol = Symbol.for("gable.formReader") as never; // Also recognized by a second copy of the package.

/** A form that reads itself. */
export interface ReadableForm {
  readonly [formReader]: FormReader;
}

/** Returns the reader of a form; undefined for schemas of other libraries. */
export function findFormReader(form: object): FormReader | undefined {
  return formReader in form ? (form as ReadableForm)[formReader] : undefined; // It has the symbol.
}
