/** The builders of form fields: `import { field as f } from "gable/forms"`. */
import type { UploadedFile } from "../handlers/uploaded-file.ts";
import type { AnyFieldOptions, FieldOptions, FieldType } from "./definition.ts";
import type {
  BooleanOptions,
  ChoiceOptions,
  ChoicesOptions,
  DateOptions,
  DatetimeOptions,
  DecimalOptions,
  FileOptions,
  FilesOptions,
  GroupOptions,
  JsonOptions,
  NumberOptions,
  PasswordOptions,
  RelationOptions,
  RelationsOptions,
  SetOptions,
  TextOptions,
  TimeOptions,
} from "./field-options.ts";
import type { FieldRecord, ValuesOf } from "./field-values.ts";
import type { FieldParts } from "./form-field.ts";
import { FormField } from "./form-field.ts";
import type { ModelRow, RelationModel } from "./model-rows.ts";
import { createRowSource } from "./model-rows.ts";
import { toDefinitions } from "./to-definitions.ts";

/** The value of a field: with null when the options let it stay blank. */
type Out<Value, Options> = Options extends { readonly optional: true } ? Value | null : Value;

// What the types of the builders promise is what the readers of their type give.
function make<Value, Options>(type: FieldType, options: Options | undefined, parts?: FieldParts): FormField<Out<Value, Options>> {
  // Options of all types are kept in one shape.
  return new FormField<Out<Value, Options>>(type, (options ?? {}) as AnyFieldOptions, parts);
}

type BooleanOf<Options> = Options extends { readonly unknown: true } ? boolean | null : boolean;

/** The builders of fields. Options that do not exist throw `E_OPTION_UNKNOWN`, wrong values `E_OPTION_INVALID`. */
export const field = {
  /** Text: one line, or several with `lines`. */
  text: <const Options extends TextOptions>(options?: Options): FormField<Out<string, Options>> => make("text", options),
  /** One e-mail address. */
  email: <const Options extends TextOptions>(options?: Options): FormField<Out<string, Options>> => make("email", options),
  /** A web address of http or https. */
  url: <const Options extends TextOptions>(options?: Options): FormField<Out<string, Options>> => make("url", options),
  /** A password: never shown again, never changed. */
  password: <const Options extends PasswordOptions>(options?: Options): FormField<Out<string, Options>> => make("password", options),
  /** Letters, digits, hyphens and underscores. */
  slug: <const Options extends TextOptions>(options?: Options): FormField<Out<string, Options>> => make("slug", options),
  /** A UUID, in lower case. */
  uuid: <const Options extends FieldOptions<string>>(options?: Options): FormField<Out<string, Options>> => make("uuid", options),
  /** A color such as `#1a2b3c`. */
  color: <const Options extends FieldOptions<string>>(options?: Options): FormField<Out<string, Options>> => make("color", options),
  /** A phone number. */
  tel: <const Options extends TextOptions>(options?: Options): FormField<Out<string, Options>> => make("tel", options),
  /** A whole number. */
  int: <const Options extends NumberOptions<number>>(options?: Options): FormField<Out<number, Options>> => make("int", options),
  /** A whole number of 64 bits. */
  bigint: <const Options extends NumberOptions<bigint>>(options?: Options): FormField<Out<bigint, Options>> => make("bigint", options),
  /** A number. */
  number: <const Options extends NumberOptions<number>>(options?: Options): FormField<Out<number, Options>> => make("number", options),
  /** A decimal number, as text with exactly `scale` digits after the point. */
  decimal: <const Options extends DecimalOptions>(options: Options): FormField<Out<string, Options>> => make("decimal", options),
  /** Yes or no, as a checkbox. */
  boolean: <const Options extends BooleanOptions>(options?: Options): FormField<BooleanOf<Options>> =>
    new FormField("boolean", (options ?? {}) as AnyFieldOptions), // As in make().
  /** One of several keys, each with a label. */
  choice: <const Choices extends Readonly<Record<string, string>>, const Options extends ChoiceOptions<keyof Choices & string>>(
    choices: Choices,
    options?: Options,
  ): FormField<Out<keyof Choices & string, Options>> => make("choice", options, { choices }),
  /** Some of several keys, in the order of the definition. */
  choices: <const Choices extends Readonly<Record<string, string>>, const Options extends ChoicesOptions<keyof Choices & string>>(
    choices: Choices,
    options?: Options,
  ): FormField<Array<keyof Choices & string>> => new FormField("choices", (options ?? {}) as AnyFieldOptions, { choices }), // As in make().
  /** A day, as `2026-11-20`. */
  date: <const Options extends DateOptions>(options?: Options): FormField<Out<string, Options>> => make("date", options),
  /** A time of day, as `10:12:00`. */
  time: <const Options extends TimeOptions>(options?: Options): FormField<Out<string, Options>> => make("time", options),
  /** A date with a time, typed in the time zone of the request. */
  datetime: <const Options extends DatetimeOptions>(options?: Options): FormField<Out<Date, Options>> => make("datetime", options),
  /** JSON that a person types; `schema` checks and types it. */
  json: <Value = unknown>(options?: JsonOptions<Value>): FormField<Value> => new FormField("json", (options ?? {}) as AnyFieldOptions), // As in make().
  /** A row of a model, chosen from a list. */
  relation: <Model extends RelationModel, const Options extends RelationOptions>(
    model: Model,
    options?: Options,
  ): FormField<Out<ModelRow<Model>, Options>> => make("relation", options, { source: createRowSource(model, options?.query) }),
  /** Several rows of a model. */
  relations: <Model extends RelationModel>(model: Model, options?: RelationsOptions): FormField<Array<ModelRow<Model>>> =>
    new FormField("relations", (options ?? {}) as AnyFieldOptions, { source: createRowSource(model, options?.query) }), // As in make().
  /** One file. */
  file: <const Options extends FileOptions>(options?: Options): FormField<Out<UploadedFile, Options>> => make("file", options),
  /** Several files. */
  files: (options?: FilesOptions): FormField<UploadedFile[]> => new FormField("files", (options ?? {}) as AnyFieldOptions), // As in make().
  /** Several fields with a legend: their names begin with that of the group, `address.street`. */
  group: <Fields extends FieldRecord, const Options extends GroupOptions>(
    fields: Fields,
    options?: Options,
  ): FormField<Out<ValuesOf<Fields>, Options>> => make("group", options, { fields: toDefinitions(fields, "group") }),
  /** Rows of the same fields: `lines.0.product`, `lines.1.product`. */
  set: <Fields extends FieldRecord>(fields: Fields, options?: SetOptions): FormField<Array<ValuesOf<Fields>>> =>
    new FormField("set", (options ?? {}) as AnyFieldOptions, { fields: toDefinitions(fields, "set") }), // As in make().
} as const;
