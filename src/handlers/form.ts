/** Defines forms as handlers and templates see them: on a page, and after submission. */
import type { Html, Renderable } from "../views/values.ts";
import type { OutputOfSchema, StandardSchema } from "./standard-schema.ts";
import type { UploadedFile } from "./uploaded-file.ts";

/** What a file field accepts. */
export interface FileFieldOptions {
  /** Maximum size of a file, in bytes. It raises the body limit of the route. */
  bytesMax: number;
  /** Accepted media types, detected from the content where possible. By default any. */
  accept?: readonly string[];
  /** Whether the form is invalid without it. Default false. */
  required?: boolean;
  /** Whether the field takes several files. Default false: a second file is an error. */
  multiple?: boolean;
}

/** File fields of a form by name. */
export type FileFields = Readonly<Record<string, FileFieldOptions>>;

/** One error of a form. */
export interface FormError {
  /** Name of the field, for example `address.street`; null for the whole form. */
  readonly field: string | null;
  /** Stable name of the rule, for example `too_long`. */
  readonly code: string;
  /** Sentence that says how to correct it. */
  readonly message: string;
  /** Values of the rule, for example `{ max: 200, count: 214 }`. */
  readonly params: Readonly<Record<string, string | number>>;
}

/** Additional attributes of a control by name; undefined and false omit one. */
export type ControlAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A field of a form on a page. As a whole it is markup; you can also place its parts one by one. */
export interface DisplayField extends Renderable {
  /** Name that the control sends. */
  readonly name: string;
  /** ID of the control, or of the `fieldset`. */
  readonly id: string;
  /** The label, or the legend of a field with several controls. */
  readonly label: Html;
  /** Label as plain text. */
  readonly labelText: string;
  /** The help; "" without any. */
  readonly help: Html | "";
  /** The errors; "" without any. */
  readonly errors: Html | "";
  /** The errors as plain text. */
  readonly messages: readonly string[];
  /** Text that the control shows; "" for a blank field. */
  readonly value: string;
  /** Strings of a field with several values. */
  readonly values: readonly string[];
  /** Whether the value is invalid. */
  readonly isInvalid: boolean;
  /** Whether the field must have a value. */
  readonly isRequired: boolean;
  /** Returns the control, with additional attributes if you pass any. */
  control(attributes?: ControlAttributes): Html;
  /** Fields of a group, by name. */
  readonly fields: Readonly<Record<string, DisplayField>>;
  /** Rows of a set. */
  readonly rows: readonly DisplayRow[];
}

/** A row of a set on a page. */
export interface DisplayRow {
  /** Start of the names in the row, for example `photos.0`. */
  readonly name: string;
  /** Key of the stored row; "" for a new one. */
  readonly key: string;
  /** Fields of the row, by name. */
  readonly fields: Readonly<Record<string, DisplayField>>;
}

/** Options for rendering a whole form. */
export interface RenderOptions {
  /** URL that the form is sent to. By default, the URL of the page. */
  readonly action?: string;
  /** Text of the button. Default "Save". */
  readonly submit?: string;
  /** Prefix of all IDs, for a second copy of the form on one page. By default, the name of the form. */
  readonly id?: string;
  /** Additional attributes of the `form` element. None by default. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

/** A form on a page. In a template, `{{ form }}` is the summary of its errors and all its fields. */
export interface DisplayForm<Data = unknown> extends Renderable {
  /** Name of the form. */
  readonly name: string;
  /** Fields by name. */
  readonly fields: { readonly [Name in keyof Data]: DisplayField };
  /** The summary of the errors, with a link to each field; "" without errors. */
  readonly summary: Html | "";
  /** Hidden values that belong to the form, for example the version of a row. Place them if you place fields one by one. */
  readonly hidden: readonly Html[];
  /** Script that adds rows of sets in the browser, with the nonce of the page; "" without sets. Place it once, after the form. */
  readonly script: Html | "";
  /** Returns all errors, or those of one field. */
  errors(name?: string): readonly FormError[];
  /** Returns the string that a field shows; "" for a blank field. */
  value(name: string): string;
  /** Returns a field by its full name, for example `address.street`; undefined if it does not exist. */
  find(name: string): DisplayField | undefined;
  /** Returns the same form with other IDs, for a second copy on one page. */
  withId(id: string): DisplayForm<Data>;
  /** Returns the `form` element with all fields and a button. */
  render(options?: RenderOptions): Html;
}

/** Members that valid and invalid forms have in common. */
export interface CheckedForm<Data> extends DisplayForm<Data> {
  /** Status for the reply that shows the form: 422 with errors, 409 for a row that someone else has changed, 200 otherwise. */
  readonly status: 200 | 409 | 422;
  /** Adds an error to a field, or to the whole form with null. The form is then invalid. Throws `E_FIELD_UNKNOWN`. */
  addError(field: (keyof Data & string) | (string & {}) | null, message: string, options?: { readonly code?: string }): void;
  /** Whether the user asked to remove the stored file of a field. */
  isCleared(field: keyof Data & string): boolean;
}

/** A form whose values are all valid. */
export interface ValidForm<Data> extends CheckedForm<Data> {
  /** Distinguishes it from an invalid form. */
  readonly valid: true;
  /** The values. */
  readonly data: Data;
}

/** A form with errors, or one whose rows were changed by a button. Reading `data` throws `E_FORM_NOT_VALID`. */
export interface InvalidForm<Data> extends CheckedForm<Data> {
  /** Distinguishes it from a valid form. */
  readonly valid: false;
}

/** Members of a form of a schema, valid or not. The page writes its own controls. */
export interface SchemaFormState {
  /** The submitted strings by name. */
  readonly values: Readonly<Record<string, string | string[]>>;
  /** The first file of each field. */
  readonly files: ReadonlyMap<string, UploadedFile>;
  /** All files of a field, in order. */
  filesOf(name: string): readonly UploadedFile[];
  /** 200 for a valid form, 422 for an invalid one. */
  readonly status: 200 | 422;
  /** Returns the string that was submitted for a field; "" without one. */
  value(name: string): string;
  /** Returns all errors, or those of one field. */
  errors(name?: string): readonly FormError[];
  /** Adds an error to a field, or to the whole form with null. The form is then invalid. */
  addError(field: string | null, message: string, options?: { readonly code?: string }): void;
}

/** A submitted form of a schema. */
export type SchemaForm<Data> = SchemaFormState & ({ readonly valid: true; readonly data: Data } | { readonly valid: false });

/** Values of a plain record of fields. */
type RecordValues<Fields> = {
  -readonly [Name in keyof Fields]: Fields[Name] extends { readonly value: infer Value } ? Value : never;
} & {};

/** What the option `form` of a route accepts: a form, a plain record of fields, or a Standard Schema. */
export type FormOption = StandardSchema | { readonly $sent: unknown } | FieldsOption;

/** A plain record of fields, of `gable/forms` or `gable/data`. */
export type FieldsOption = Readonly<Record<string, { readonly kind: "field" | "column" }>>;

/** Whether the option `form` of a route is a plain record of fields. */
export function isFieldRecord(option: object): option is FieldsOption {
  const values: unknown[] = Object.values(option);
  const isField = (value: unknown): boolean =>
    typeof value === "object" && value !== null && "kind" in value && (value.kind === "field" || value.kind === "column");
  return !("~standard" in option) && values.length > 0 && values.every(isField);
}

/** The form on the context, by the option `form`. */
export type FormOf<Option> = Option extends { readonly $sent: infer Sent }
  ? Sent
  : Option extends StandardSchema
    ? SchemaForm<OutputOfSchema<Option>>
    : ValidForm<RecordValues<Option>> | InvalidForm<RecordValues<Option>>;
