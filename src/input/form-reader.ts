/** Forms that read themselves: what a route needs of one, without knowing its fields. */
import type { GableError } from "../errors/gable-error.ts";
import type { UploadedFile } from "../handlers/uploaded-file.ts";
import type { FieldMap } from "../http/urlencoded.ts";

/** A file that was not kept because it is over the limit of its field. */
interface OversizedFile {
  /** Name that the client gave it. */
  readonly fileName: string;
  /** Size in bytes. */
  readonly sizeBytes: number;
  /** Tells it from files that were kept. */
  readonly isOversized: true;
}

/** A file as it was sent. */
export type SentFile = UploadedFile | OversizedFile;

/** What was sent for a form. */
export interface SentForm {
  /** Names and texts, in their order. */
  readonly fields: FieldMap;
  /** Files by the name of their field, in their order. */
  readonly files: ReadonlyMap<string, readonly SentFile[]>;
}

/** A form that was read. */
export interface ReadForm {
  /** Whether all values are right. */
  readonly valid: boolean;
  /** Returns the errors. */
  errors(): readonly unknown[];
  /** Returns the error that stands for an invalid form. */
  toError(code: "E_FORM_NOT_VALID" | "E_INPUT_INVALID"): GableError;
}

/** Reads one form. */
export interface FormReader {
  /** "get" forms are read from the query. */
  readonly method: "post" | "get";
  /** Body limit of a route with this form, in bytes; undefined for a form without files. */
  readonly bodyBytesMax: number | undefined;
  /** Returns the largest file of a field, in bytes; undefined for names that take no file. */
  fileBytesMaxOf(name: string): number | undefined;
  /** Reads and checks what was sent. */
  read(sent: SentForm): Promise<ReadForm>;
}

/** Method of forms that gives their reader. */
export const formReader: unique symbol = Symbol.for("gable.formReader") as never; // Known to a second copy of the package as well.

/** A form that reads itself. */
export interface ReadableForm {
  readonly [formReader]: FormReader;
}

/** Returns the reader of a form; undefined for schemas of other libraries. */
export function findFormReader(form: object): FormReader | undefined {
  return formReader in form ? (form as ReadableForm)[formReader] : undefined; // It has the symbol.
}
