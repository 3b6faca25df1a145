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

/** An index. A database ignores what it does not support: conditions, methods or expressions. */
export interface IndexOptions<Fields = FieldMap> {
  /** Fields or relations, or an expression: `book => book.title.lower()`. */
  readonly on: ReadonlyArray<FieldName<Fields>> | ((row: ColumnRefs<Fields>) => AnyExpression<unknown>);
  /** Name in the database. By default derived from the table and the columns. */
  readonly name?: string;
  /** Condition of the rows in the index. By default all rows. */
  readonly where?: RowCondition<Fields>;
  /** Whether the values must be unique. Default false. */
  readonly unique?: boolean;
  /** Fields in descending order. None by default. */
  readonly desc?: ReadonlyArray<FieldName<Fields>>;
  /** Index method (PostgreSQL), such as "gin" for JSON. Default "btree". */
  readonly using?: "btree" | "gin" | "gist" | "brin" | "hash" | "spgist";
  /** Further fields stored in the index, so that queries need not read the table (PostgreSQL). None by default. */
  readonly include?: ReadonlyArray<FieldName<Fields>>;
}

/** Names of fields that an option may name. */
type FieldName<Fields> = keyof Fields & string;

/** Options of a model. */
export interface ModelOptions<Fields = FieldMap> {
  /** Display name of one row. By default derived from the name of the class. */
  readonly label?: string;
  /** Display name of several rows. By default the plural of the label. */
  readonly labelPlural?: string;
  /** Field that represents a row in lists. By default the first text field. */
  readonly display?: FieldName<Fields>;
  /** Default order: field names, with `-` for descending. By default the order of the key. */
  readonly orderBy?: FieldName<Fields> | `-${FieldName<Fields>}` | ReadonlyArray<FieldName<Fields> | `-${FieldName<Fields>}`>;
  /** Text fields that `search()` looks into. The second form uses a full-text index, which migrations create. None by default. */
  readonly search?: ReadonlyArray<FieldName<Fields>> | { readonly index: ReadonlyArray<FieldName<Fields>> };
  /** Fields or relations of a composite primary key. By default the field with the option `primary`. */
  readonly primary?: ReadonlyArray<FieldName<Fields>>;
  /**
   * Groups of fields or relations that are unique together, with the message for a taken combination. With `where`, only rows that
   * match the condition count.
   */
  readonly uniques?: ReadonlyArray<{
    readonly on: ReadonlyArray<FieldName<Fields>>;
    /** Name in the database. By default derived from the table and the columns. */
    readonly name?: string;
    readonly message?: string;
    readonly where?: RowCondition<Fields>;
    /**
     * When PostgreSQL checks the key: at the end of the transaction ("deferred") or of each statement ("immediate"). By default with
     * each row.
     */
    readonly deferrable?: "deferred" | "immediate";
    /** Whether null values count as distinct. False is only supported by PostgreSQL. Default true. */
    readonly nullsDistinct?: boolean;
  }>;
  /** Indexes of fields or relations, or of an expression of the row's own columns. */
  readonly indexes?: ReadonlyArray<IndexOptions<Fields>>;
  /** Check constraints by name. They can only use columns of the row itself. */
  readonly checks?: Readonly<Record<string, RowCondition<Fields>>>;
  /** Field that counts changes, for optimistic locking. None by default. */
  readonly version?: FieldName<Fields>;
  /**
   * Nullable datetime field that marks deleted rows. `delete()` sets it, and queries and unique keys ignore marked rows. Without it,
   * rows are deleted permanently.
   */
  readonly softDelete?: FieldName<Fields>;
  /** Validates a whole row: returns messages by field, or nothing. None by default. */
  readonly validate?: (row: Partial<RowValues<Fields>>) => ModelMessages<Fields> | Promise<ModelMessages<Fields>>;
  /**
   * Whether migrations and `createTables()` create the table. An unmanaged table is read and written like any other, but relations to
   * it have no foreign key. Default true.
   */
  readonly managed?: boolean;
  /**
   * Fields or relations that name the owner of a row, each with a function that returns the current owner. Statements only see the
   * owner's rows, and new rows get the owner. Without an owner they fail; `withoutScope()` sees all rows. None by default.
   */
  readonly scope?: { readonly [Name in FieldName<Fields>]?: () => unknown };
  /** Name of the model's database, if `createDatabases()` opens several. Default "default". */
  readonly database?: string;
  /** Comment of the table in the database. None by default. */
  readonly comment?: string;
}

/** What a model's own check says. */
type ModelMessages<Fields> = { readonly [Name in FieldName<Fields>]?: string } | undefined;
