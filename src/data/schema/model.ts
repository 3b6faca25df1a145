/** Models: plain classes that extend what {@link Model} gives for a table and its fields. */
import type { Column } from "./column.ts";
import type { ModelMeta } from "./metadata.ts";
import { describeModel } from "./metadata.ts";
import type { SchemaOptions } from "./model-schema.ts";
import { ModelSchema } from "./model-schema.ts";
import type { ModelErrors } from "./validate-row.ts";
import { validateRow } from "./validate-row.ts";

/**
 * Fields by name: columns, and arrows around relations. The constraint has no call signature on purpose: with one, the
 * compiler would resolve each arrow while it still checks it, and models could not refer to each other.
 */
export type FieldMap = Readonly<Record<string, object>>;

/** The type of the rows' columns, with null where it is allowed. */
type ColumnValues<Fields> = {
  // Only the columns.
  -readonly [Name in keyof Fields as Fields[Name] extends { readonly kind: "column" } ? Name : never]: Fields[Name] extends {
    readonly kind: "column";
    readonly value: infer Value;
  }
    ? Value
    : never;
};

/** The name of the field with the key of a relation. */
type KeyName<Name> = Name extends string ? `${Name}Id` : never;

/** The type of a model's key; read late, so that models may refer to each other. */
type KeyOf<Target> = Target extends { readonly $fields: infer Fields }
  ? {
      [Name in keyof Fields]: Fields[Name] extends Column<infer Value, "optional"> ? (Name extends "id" ? Value : never) : never;
    }[keyof Fields]
  : never;

/** Fields with the keys of relations to one row: `author` gives `authorId`. */
type ForeignKeys<Fields> = {
  // Only the relations to one row, under the names of their keys.
  [Name in keyof Fields as Fields[Name] extends () => { readonly kind: "one" } ? KeyName<Name> : never]: Fields[Name] extends () => {
    readonly target: infer Target;
    readonly nullable: infer Nullable;
  }
    ? KeyOf<Target> | (Nullable extends true ? null : never)
    : never;
};

/** A row as values: its columns, and the keys of its relations to one row. */
export type RowValues<Fields> = ColumnValues<Fields> & ForeignKeys<Fields>;

/** Names of fields that an option may name. */
type FieldName<Fields> = keyof Fields & string;

/** Options of a model. */
export interface ModelOptions<Fields = FieldMap> {
  /** Name of one row for people. By default made of the name of the class. */
  readonly label?: string;
  /** Name of several rows. By default the plural of the label. */
  readonly labelPlural?: string;
  /** Field that shows a row in one line. By default the first text. */
  readonly display?: FieldName<Fields>;
  /** Order of lists: names of fields, with `-` for descending. That of the key by default. */
  readonly orderBy?: FieldName<Fields> | `-${FieldName<Fields>}` | ReadonlyArray<FieldName<Fields> | `-${FieldName<Fields>}`>;
  /** Fields that a search looks into. None by default. */
  readonly search?: ReadonlyArray<FieldName<Fields>>;
  /** Fields of the primary key, when it has several. By default the field with the option `primary`. */
  readonly primary?: ReadonlyArray<FieldName<Fields>>;
  /** Groups of fields or relations that are unique together, with what a form says when one is taken. */
  readonly uniques?: ReadonlyArray<{ readonly on: ReadonlyArray<FieldName<Fields>>; readonly message?: string }>;
  /** Groups of fields or relations with an index. */
  readonly indexes?: ReadonlyArray<{ readonly on: ReadonlyArray<FieldName<Fields>> }>;
  /** Field that counts changes, so that nobody overwrites what another one has written. None by default. */
  readonly version?: FieldName<Fields>;
  /** Checks a whole row: gives messages by field, or nothing. None by default. */
  readonly validate?: (row: Partial<RowValues<Fields>>) => ModelMessages<Fields> | Promise<ModelMessages<Fields>>;
  /** Comment in the database. None by default. */
  readonly comment?: string;
}

/** What a model's own check says. */
type ModelMessages<Fields> = { readonly [Name in FieldName<Fields>]?: string } | undefined;

/** A model as code that takes any of them sees it. */
export interface ModelClass {
  readonly name: string;
  readonly $table: string;
  readonly $fields: FieldMap;
  readonly $options: ModelOptions;
  readonly $meta: ModelMeta;
}

/** What every model class has. */
export interface ModelStatic<Fields> {
  /** The fields as they were written. */
  readonly $fields: Fields;
  /** The options as they were written. */
  readonly $options: ModelOptions;
  /** What is known of the model, as frozen data. */
  readonly $meta: ModelMeta;
  /** Checks values of a row: messages by field, and `$model` for the whole. Empty when nothing is wrong. */
  validate(values: Readonly<Record<string, unknown>>, options?: { readonly isPartial?: boolean }): Promise<ModelErrors>;
  /** A Standard Schema of the model's fields, for forms and interfaces. */
  schema(options: SchemaOptions): ModelSchema;
}

const descriptions = new WeakMap<object, ModelMeta>();

/**
 * The base class of a model.
 *
 * @example
 * class Book extends Model("books", {
 *   id: field.id(),
 *   title: field.text({ max: 200 }),
 *   author: () => belongsTo(Author),
 * }) {}
 */
export function Model<const Table extends string, Fields extends FieldMap>(
  table: Table,
  fields: Fields,
  options?: NoInfer<ModelOptions<Fields>>,
): ModelStatic<Fields> & { new (): RowValues<Fields>; readonly $table: Table } {
  class Base {
    static readonly $table = table;
    static readonly $fields = Object.freeze({ ...fields });
    static readonly $options = Object.freeze({ ...options });

    static get $meta(): ModelMeta {
      // One for each class that extends this one: the name is its own.
      const known = descriptions.get(this) ?? describeModel(this);
      descriptions.set(this, known);
      return known;
    }

    static validate(values: Readonly<Record<string, unknown>>, how: { readonly isPartial?: boolean } = {}): Promise<ModelErrors> {
      return validateRow(this, values, how.isPartial === true);
    }

    static schema(how: SchemaOptions): ModelSchema {
      return new ModelSchema(this, how);
    }
  }
  // The properties of rows are set when rows are made; types read them from the fields.
  return Base as unknown as ModelStatic<Fields> & { new (): RowValues<Fields>; readonly $table: Table };
}
