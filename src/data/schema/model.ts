/** Types of models: classes with a table, fields and options, and rows as values. */
import type { AnyExpression, Condition, ExpressionOf } from "./expression-types.ts";

/**
 * Fields by name: columns, and arrows around relations. The constraint has no call signature on purpose: with one, the
 * compiler would resolve each arrow while it still checks it, and models could not refer to each other.
 */
export type FieldMap = Readonly<Record<string, object>>;

/** The type of the rows' columns, with null where it is allowed. */
type ColumnValues<Fields> = {
  -readonly [Name in keyof Fields as Fields[Name] extends { readonly kind: "column" } ? Name : never]: Fields[Name] extends {
    readonly kind: "column";
    readonly value: infer Value;
  }
    ? Value
    : never;
};

/** The name of the field with the key of a relation. */
export type KeyName<Name> = Name extends string ? `${Name}Id` : never;

/** The fields of a model class. */
export type FieldsOf<Class> = Class extends { readonly $fields: infer Fields } ? Fields : never;

/** A row of a model class. */
export type InstanceOf<Class> = Class extends new () => infer Instance ? Instance : never;

/** The model that an arrow around a relation leads to. */
export type TargetOf<Thunk> = Thunk extends () => { readonly target: infer Target } ? Target : never;

/** The type of a model's key of one field; read late, so that models may refer to each other. */
export type KeyOf<Class> = KeyOfFields<FieldsOf<Class>>;

type KeyOfFields<Fields> = {
  [Name in keyof Fields]: Fields[Name] extends { readonly kind: "column"; readonly isKey: true; readonly value: infer Value }
    ? Value
    : never;
}[keyof Fields];

/** Fields with the keys of relations to one row: `author` gives `authorId`. */
type ForeignKeys<Fields> = {
  [Name in keyof Fields as Fields[Name] extends () => { readonly addsKey: true } ? KeyName<Name> : never]: Fields[Name] extends () => {
    readonly target: infer Target;
    readonly nullable: infer Nullable;
  }
    ? KeyOf<Target> | (Nullable extends true ? null : never)
    : never;
};

/** A row as values: its columns, and the keys of its relations to one row. */
export type RowValues<Fields> = ColumnValues<Fields> & ForeignKeys<Fields>;

/** The columns of a row in a callback of an option, without relations: those are not known while a class is defined. */
export type ColumnRefs<Fields> = {
  readonly [Name in keyof Fields as Fields[Name] extends { readonly kind: "column" } ? Name : never]: Fields[Name] extends {
    readonly value: infer Value;
  }
    ? ExpressionOf<Value>
    : never;
};

/** A condition of a row's own columns. */
type RowCondition<Fields> = (row: ColumnRefs<Fields>) => Condition;

/** An index. What a database does not have of it is left out there: conditions, methods, expressions are not everywhere. */
export interface IndexOptions<Fields = FieldMap> {
  /** Fields or relations, or an expression: `book => book.title.lower()`. */
  readonly on: ReadonlyArray<FieldName<Fields>> | ((row: ColumnRefs<Fields>) => AnyExpression<unknown>);
  /** Name in the database. By default made of the table and the columns. */
  readonly name?: string;
  /** The rows that it is about. All by default. */
  readonly where?: RowCondition<Fields>;
  /** Whether no two of its rows may have the same values. Default false. */
  readonly unique?: boolean;
  /** Fields whose values are kept from the largest down. None by default. */
  readonly desc?: ReadonlyArray<FieldName<Fields>>;
  /** Method of PostgreSQL, for values that have parts: "gin" for JSON. By default that of ordered values. */
  readonly using?: "btree" | "gin" | "gist" | "brin" | "hash" | "spgist";
  /** Further fields that are kept in the index, so that the table need not be read (PostgreSQL). None by default. */
  readonly include?: ReadonlyArray<FieldName<Fields>>;
}

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
  /** Texts that a search looks into; in the second form by an index of their words, which migrations make. None by default. */
  readonly search?: ReadonlyArray<FieldName<Fields>> | { readonly index: ReadonlyArray<FieldName<Fields>> };
  /** Fields or relations of the primary key, when it has several. By default the field with the option `primary`. */
  readonly primary?: ReadonlyArray<FieldName<Fields>>;
  /**
   * Groups of fields or relations that are unique together, with what a form says when one is taken. With `where`, among
   * rows alone for which the condition holds.
   */
  readonly uniques?: ReadonlyArray<{
    readonly on: ReadonlyArray<FieldName<Fields>>;
    /** Name in the database. By default made of the table and the columns. */
    readonly name?: string;
    readonly message?: string;
    readonly where?: RowCondition<Fields>;
    /**
     * When the database looks at the key: at the end of the transaction ("deferred") or of each statement ("immediate"), on
     * PostgreSQL alone. By default with each row.
     */
    readonly deferrable?: "deferred" | "immediate";
    /** Whether rows without a value differ from each other. False on PostgreSQL alone. Default true. */
    readonly nullsDistinct?: boolean;
  }>;
  /** Groups of fields or relations with an index, or an expression of the row's own columns. */
  readonly indexes?: ReadonlyArray<IndexOptions<Fields>>;
  /** Conditions that the database holds of every row, by name. They may speak of columns of the row alone. */
  readonly checks?: Readonly<Record<string, RowCondition<Fields>>>;
  /** Field that counts changes, so that nobody overwrites what another one has written. None by default. */
  readonly version?: FieldName<Fields>;
  /**
   * Field with the moment at which a row was deleted. Queries leave such rows out, `delete()` sets it, and unique keys are
   * about the other rows. Without it, rows are deleted for good.
   */
  readonly softDelete?: FieldName<Fields>;
  /** Checks a whole row: gives messages by field, or nothing. None by default. */
  readonly validate?: (row: Partial<RowValues<Fields>>) => ModelMessages<Fields> | Promise<ModelMessages<Fields>>;
  /**
   * Whether migrations and `createTables()` make the table. One that others make is read and written as any other; relations to it
   * have no foreign key. Default true.
   */
  readonly managed?: boolean;
  /**
   * Whom rows belong to: fields or relations, each with a function that gives the current owner. All statements of the model are
   * about its rows, and new rows become its own. Without an owner they fail; `withoutScope()` is about all rows. None by default.
   */
  readonly scope?: { readonly [Name in FieldName<Fields>]?: () => unknown };
  /** Name of the database that it lives in, of those that `createDatabases()` opens. Default "default". */
  readonly database?: string;
  /** Comment in the database. None by default. */
  readonly comment?: string;
}

/** What a model's own check says. */
type ModelMessages<Fields> = { readonly [Name in FieldName<Fields>]?: string } | undefined;
