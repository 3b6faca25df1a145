/** Types of model forms: names, values, and what saving still needs. */
import type { ModelMeta } from "../data/schema/model-class.ts";
import type { FieldsOf, InstanceOf, TargetOf } from "../data/schema/model.ts";
import type { Insert, WithoutRelations } from "../data/tree/query-types.ts";
import type { AnyFieldOptions, FieldOptions } from "./definition.ts";
import type { FieldRecord, ValuesOf } from "./field-values.ts";
import type { UploadedFile } from "../handlers/uploaded-file.ts";
import type { InvalidForm, ValidForm } from "../handlers/form.ts";

/** A model class that has a form. */
export interface FormModel {
  /** Name of the class. */
  readonly name: string;
  /** What is known of the model. */
  readonly $meta: ModelMeta;
  /** The fields as they were written. */
  readonly $fields: object;
  /** What its rows inherit. */
  readonly prototype: object;
  /** Makes rows. */
  new (): object;
}

/** Names that a form of a model can list: columns and relations. */
export type ModelFieldName<Class> = keyof FieldsOf<Class> & string;

/** The value of a column or of a relation in a form. Of a file it is a new one, undefined when there is none, and null to remove the old one. */
type ModelFieldValue<Entry> = Entry extends { readonly kind: "column"; readonly type: "file"; readonly value: infer Value }
  ? UploadedFile | undefined | (null extends Value ? null : never)
  : Entry extends { readonly kind: "column"; readonly value: infer Value }
    ? Value
    : Entry extends () => { readonly kind: "one"; readonly nullable: infer Nullable }
      ? InstanceOf<TargetOf<Entry>> | (Nullable extends true ? null : never)
      : Array<InstanceOf<TargetOf<Entry>>>;

/** Values of some fields of a model, with the types of the model. */
export type ModelValues<Class, Names> = {
  -readonly [Name in Names & keyof FieldsOf<Class>]: ModelFieldValue<FieldsOf<Class>[Name]>;
} & {};

/** What a form of a model lacks for a new row: exactly that is needed by `save()`. */
export type MissingValues<Class, Names> = Omit<Insert<Class>, Names & string>;

/** Arguments of `save()`: none when nothing is missing. */
export type SaveArguments<Missing> = {} extends Missing ? [values?: Missing] : [values: Missing];

/** What a form says about a field that its model says otherwise. */
export type FieldOverride = Omit<FieldOptions<never>, "optional" | "validate" | "initial"> &
  Pick<AnyFieldOptions, "lines" | "trim" | "step" | "query" | "validate" | "initial" | "seconds" | "accept" | "bytesMax">;

/** The data of a model form: fields of the model, further fields, and sets. */
export type ModelFormData<Class, Names, Extra, Sets> = ModelValues<Class, Names> &
  (Extra extends FieldRecord ? ValuesOf<Extra> : {}) &
  (Sets extends FieldRecord ? ValuesOf<Sets> : {});

/** A valid form of a model. */
export interface ValidModelForm<Data, Class, Names> extends ValidForm<Data> {
  /**
   * Stores a new row with its sets, all or nothing. `values` are those that the form does not have. Returns null when the database
   * refuses a value: the form is invalid then, and has the errors.
   */
  save(...values: SaveArguments<MissingValues<Class, Names>>): Promise<InstanceOf<Class> | null>;
  /**
   * Keeps the new files for an hour, so that the form shows them again. Call it before you show a form to which you added an error.
   * Throws `E_STORAGE_DISABLED` and `E_STORAGE_UNAVAILABLE`.
   */
  keepFiles(): Promise<void>;
  /** Stores the values in a row that exists, with its sets, all or nothing. Returns null as `save()` does. */
  saveTo(row: WithoutRelations<InstanceOf<Class>>, values?: Partial<MissingValues<Class, Names>>): Promise<InstanceOf<Class> | null>;
}

/** A form of a model that was sent. */
export type SentModelForm<Data, Class, Names> = ValidModelForm<Data, Class, Names> | InvalidForm<Data>;
