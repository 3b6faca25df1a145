/** Forms as handlers see them: the declared file fields, and the form that was sent. */
import type { FieldError } from "../http/problem.ts";
import type { UploadedFile } from "./uploaded-file.ts";

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

/** What every sent form has, valid or not. */
export interface FormState {
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
