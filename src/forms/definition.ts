/** The parts of a field's definition: its type, its options, and what they mean. Types only, apart from the list of types. */
import type { Html } from "../views/values.ts";
import type { Attributes } from "../views/values.ts";

/** Types of fields, in the order of the documentation. */
export type FieldType =
  | "text"
  | "email"
  | "url"
  | "password"
  | "slug"
  | "uuid"
  | "color"
  | "tel"
  | "int"
  | "bigint"
  | "number"
  | "decimal"
  | "boolean"
  | "choice"
  | "choices"
  | "date"
  | "time"
  | "datetime"
  | "json"
  | "list"
  | "relation"
  | "relations"
  | "file"
  | "files"
  | "group"
  | "set";

/** Values for the holes of a message. */
export type MessageParams = Readonly<Record<string, string | number>>;

/** What a field gives when it reads a value: the value, or the code of the rule that it breaks. */
export type Parsed =
  | { readonly value: unknown; readonly code?: undefined }
  | { readonly code: string; readonly params?: MessageParams; readonly message?: string };

/** What a check of one value knows besides the value. */
export interface CheckContext {
  /** Name of the field in the form. */
  readonly name: string;
  /** IANA name of the time zone of the person who fills in the form. */
  readonly timeZone: string;
}

/** Checks one value. Returns a sentence that says how to correct it, or undefined. */
export type FieldCheck<Value> = (value: Value, context: CheckContext) => string | undefined | Promise<string | undefined>;

/** Draws the control of a field. `attributes` are the ones that the built-in control would have. */
export type Widget = (field: WidgetField, attributes: Attributes) => Html;

/** What a widget can read of its field. */
export interface WidgetField {
  /** Name that the control sends. */
  readonly name: string;
  /** Id of the control. */
  readonly id: string;
  /** Label as plain text. */
  readonly labelText: string;
  /** Text that the control shows; "" for a blank field. */
  readonly value: string;
  /** Selected keys, of a field with several values. */
  readonly values: readonly string[];
  /** Labels by key, of a field with choices. */
  readonly choices: Readonly<Record<string, string>>;
  /** Messages about the value that was sent. */
  readonly messages: readonly string[];
  /** Whether the field must have a value. */
  readonly isRequired: boolean;
  /** Whether the field cannot be changed. */
  readonly isDisabled: boolean;
}

/** Names of the built-in controls that a field can be switched to. */
export type ControlName = "textarea" | "radio" | "select" | "checkboxes" | "hidden";

/** Options that every field has. */
export interface FieldOptions<Value = unknown> {
  /** Name for people. By default the name of the field as words. */
  readonly label?: string;
  /** Sentence between the label and the control. None by default. */
  readonly help?: string;
  /** Whether the field may stay blank. Default false. */
  readonly optional?: boolean;
  /** Value of a blank form. None by default. */
  readonly initial?: Value | (() => Value);
  /** Whether the field only shows its initial value; what is sent for it is ignored. Default false. */
  readonly disabled?: boolean;
  /** Value of the HTML attribute `autocomplete`, such as "given-name". None by default. */
  readonly autocomplete?: string;
  /** Example in the blank control. None by default. */
  readonly placeholder?: string;
  /** Another control: the name of a built-in one, or a function. By default the control of the type. */
  readonly widget?: Widget | ControlName;
  /** Further attributes of the control. None by default. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  /** Messages by code that replace the built-in ones. None by default. */
  readonly messages?: Readonly<Record<string, string>>;
  /** Check of the value, after the rules of the type. None by default. */
  readonly validate?: FieldCheck<NoNull<Value>> | ReadonlyArray<FieldCheck<NoNull<Value>>>;
  /** Reads the value from the strings that a custom widget sends, by the part of the name after the dot. By default one control sends one value. */
  readonly parse?: (texts: Readonly<Record<string, string>>) => string | undefined;
}

type NoNull<Value> = Value extends null ? never : Value;

/** Every option that some type of field has, as it is kept. */
export interface AnyFieldOptions extends FieldOptions {
  readonly min?: unknown;
  readonly max?: unknown;
  readonly pattern?: RegExp;
  readonly trim?: boolean;
  readonly lines?: number;
  readonly purpose?: "current" | "new";
  readonly step?: number;
  readonly digits?: number;
  readonly scale?: number;
  readonly mustBeTrue?: boolean;
  readonly unknown?: boolean;
  readonly seconds?: boolean;
  readonly schema?: unknown;
  readonly accept?: readonly string[];
  readonly bytesMax?: number;
  readonly blankRows?: number;
  readonly rowLabel?: string;
  readonly ordered?: boolean;
  readonly query?: () => unknown;
  /** Whether a blank text is "" instead of null: of model columns that have no null. */
  readonly emptyText?: boolean;
  /** Name of the field whose text a blank slug is made of. */
  readonly from?: string;
  /** The storage keeps the file, and the column its key: of model columns that hold files. */
  readonly keeps?: { readonly prefix: string };
  /** Checks that a value can be stored, of fields of models. Returns the stored value. */
  readonly store?: (value: unknown) => { readonly value: unknown } | { readonly message: string };
}

/** A field as readers and controls see it. */
export interface FieldDefinition {
  /** Type of the field. */
  readonly type: FieldType;
  /** The options as they were written. */
  readonly options: AnyFieldOptions;
  /** Whether a value must be sent. */
  readonly isRequired: boolean;
  /** Labels by key, of a choice. */
  readonly choices: Readonly<Record<string, string>>;
  /** Fields inside a group or of each row of a set. */
  readonly fields: FieldDefinitions;
  /** Rows of the model that a relation chooses from. */
  readonly source: RowSource | undefined;
}

/** Fields by name, in their order. */
export type FieldDefinitions = ReadonlyMap<string, FieldDefinition>;

/** One row that a relation can choose. */
export interface ChoiceRow {
  /** Key of the row, as text. */
  readonly key: string;
  /** What people see. */
  readonly label: string;
}

/** Where the rows of a relation come from. */
export interface RowSource {
  /** Rows to choose from, at most `limit`. */
  list(limit: number): Promise<readonly ChoiceRow[]>;
  /** The rows of some keys, in the order of the keys; those that may not be chosen are left out. */
  find(keys: readonly string[]): Promise<readonly unknown[]>;
  /** The key of a row, or of a key as it is. */
  keyOf(row: unknown): string;
}

/** What reading a form needs to know of its request. */
export interface FormContext {
  /** IANA name of the time zone that dates with times are typed in. Default: that of the application. */
  readonly timeZone?: string;
  /** Looks up a message, such as `gable.form.too_long`, in the language of the request. By default messages are English. */
  readonly translate?: (key: string, params: MessageParams) => string | undefined;
}
