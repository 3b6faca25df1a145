/** Model classes as code that takes any model sees them, and what is known of them: plain, frozen data without SQL. */
import type { AnyColumnOptions, ColumnType, Widget, MomentPrecision } from "./column.ts";
import type { FieldMap, ModelOptions } from "./model.ts";
import type { DeleteAction, RelationKind } from "./relation.ts";
import type { ViewState } from "./table-state.ts";

/** A model as code that takes any of them sees it. */
export interface ModelClass {
  /** Name of the class. */
  readonly name: string;
  /** Name of the table. */
  readonly $table: string;
  /** The fields as they were written. */
  readonly $fields: FieldMap;
  /** The options as they were written. */
  readonly $options: AnyModelOptions;
  /** What is known of the model, as plain data. */
  readonly $meta: ModelMeta;
}

/** The options of a model as they are kept. */
export type AnyModelOptions = ModelOptions & {
  /** Values that the database computes with each row. */
  readonly computed?: ((row: never) => Readonly<Record<string, unknown>>) | undefined;
  /** The query of a view; undefined of a table. */
  readonly view?: ViewState;
};

/** What makes rows of a model. */
export interface ModelConstructor {
  new (): object;
}

/** A column of a model. */
export interface FieldMeta {
  /** Name of the property. */
  readonly name: string;
  /** Name of the column. */
  readonly column: string;
  /** Type of its values. */
  readonly type: ColumnType;
  /** Name for messages: `Book.title`. */
  readonly where: string;
  /** Digits behind the point, of a decimal; 0 of other types. */
  readonly scale: number;
  /** "text" of a decimal that is equal to values alone; undefined of all others. */
  readonly storage: "text" | undefined;
  /** Digits of a second that the column stores, where these are not 3. */
  readonly precision?: MomentPrecision | undefined;
  /** Whether the value may be absent. */
  readonly isNullable: boolean;
  /** Whether it belongs to the primary key. */
  readonly isPrimary: boolean;
  /** Whether no two rows have the same value. */
  readonly isUnique: boolean;
  /** Whether it has an index of its own. */
  readonly isIndexed: boolean;
  /** Whether an insert may leave the value out. */
  readonly hasDefault: boolean;
  /** Whether the database makes the value of a row that gives none. */
  readonly hasDatabaseDefault: boolean;
  /** Whether forms and schemas have it. */
  readonly isEditable: boolean;
  /** Whether it is kept out of JSON, logs, exports and history. */
  readonly isSecret: boolean;
  /** What people call it. */
  readonly label: string;
  /** What people read below it in forms; "" for nothing. */
  readonly help: string;
  /** What stands in an empty input; "" for nothing. */
  readonly placeholder: string;
  /** The input that forms show. */
  readonly widget: Widget;
  /** Labels by key, of a choice. */
  readonly choices: Readonly<Record<string, string>> | undefined;
  /** What each item is, of a list; undefined of other columns. */
  readonly items: ItemMeta | undefined;
  /** The relation that the column holds the key of; undefined of other columns. */
  readonly relation: string | undefined;
  /** All options as they were written. */
  readonly options: AnyColumnOptions;
}

/** An item of a list. */
export type ItemMeta = Pick<FieldMeta, "type" | "where" | "scale" | "options" | "choices" | "items">;

/** A relation of a model. */
export interface RelationMeta {
  /** Name of the property. */
  readonly name: string;
  /** What it leads to, and by whose key. */
  readonly kind: RelationKind;
  /** The model that it leads to. */
  readonly target: ModelClass;
  /** Whether it may lead nowhere. */
  readonly isNullable: boolean;
  /** Fields of this model that hold the key: of `belongsTo` alone. */
  readonly fields: readonly string[];
  /** What becomes of the row when the other one is deleted. */
  readonly onDelete: DeleteAction;
  /** Whether the row is deleted by soft delete together with the one that it belongs to. */
  readonly followsSoftDelete: boolean;
  /** Whether the database holds it by a foreign key. */
  readonly isConstrained: boolean;
  /** Order of its rows: names of fields, with `-` for descending; empty for that of the target. */
  readonly orderBy: readonly string[];
  /** Name of the relation of the target that leads back; "" where there is none. */
  readonly by: string;
  /** Whether a pair counts in both directions. */
  readonly isSymmetric: boolean;
  /** Table between, of many to many. */
  readonly table: string;
  /** Model of the table between, when it has one. */
  readonly through: ModelClass | undefined;
  /** What people call it. */
  readonly label: string;
  /** What people read below it in forms; "" for nothing. */
  readonly help: string;
}

/** A group of fields that is unique, or has an index. */
export interface KeyMeta {
  readonly name: string;
  readonly fields: readonly string[];
  /** What a form says when the group is taken. */
  readonly message: string;
  /** The condition of the rows that it is about, as it was written; undefined for all rows. */
  readonly where: ((row: never) => unknown) | undefined;
}

/** A unique key. */
export interface UniqueMeta extends KeyMeta {
  /** When the database looks at it; undefined for with each row. */
  readonly deferrable: "deferred" | "immediate" | undefined;
  /** Whether rows without a value differ from each other. */
  readonly areNullsDistinct: boolean;
}

/** An index. */
export interface IndexMeta extends KeyMeta {
  /** The expression that it is about, as it was written; undefined of one of fields. */
  readonly expression: ((row: never) => unknown) | undefined;
  readonly isUnique: boolean;
  /** Fields whose values are kept from the largest down. */
  readonly descending: readonly string[];
  /** Method of PostgreSQL; "" for that of ordered values. */
  readonly method: string;
  /** Further fields that are kept in it. */
  readonly included: readonly string[];
}

/** A model. */
export interface ModelMeta {
  /** Name of the class. */
  readonly name: string;
  /** Name of the table. */
  readonly table: string;
  /** What people call a row. */
  readonly label: string;
  /** What people call several rows. */
  readonly labelPlural: string;
  /** Columns in their order; that of a relation stands where the relation stands. */
  readonly fields: ReadonlyMap<string, FieldMeta>;
  /** The columns that code still reads and writes: all but retired ones. */
  readonly columns: readonly FieldMeta[];
  /** Relations by name. */
  readonly relations: ReadonlyMap<string, RelationMeta>;
  /** Names of the fields of the primary key. */
  readonly primary: readonly string[];
  /** Unique keys, beside the primary one. */
  readonly uniques: readonly UniqueMeta[];
  /** Indexes, without those of keys. */
  readonly indexes: readonly IndexMeta[];
  /** Order of lists: names of fields, with `-` for descending. */
  readonly orderBy: readonly string[];
  /** Field that shows a row in one line; "" where no text is there. */
  readonly display: string;
  /** Fields that a search looks into. */
  readonly search: readonly string[];
  /** Whether it does so by an index. */
  readonly hasSearchIndex: boolean;
  /** Whether it is a view, whose rows nobody writes. */
  readonly isView: boolean;
  /** Field that counts changes; "" without one. */
  readonly version: string;
  /** Field with the moment at which a row was deleted; "" where rows are deleted for good. */
  readonly softDelete: string;
}
