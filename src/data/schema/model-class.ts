/** Model classes as generic code sees them, and their metadata: plain, frozen data without SQL. */
import type { AnyColumnOptions, ColumnType, Widget, MomentPrecision } from "./column.ts";
import type { FieldMap, ModelOptions } from "./model.ts";
import type { DeleteAction, RelationKind } from "./relation.ts";
import type { ViewState } from "./table-state.ts";

/** Any model, for generic code. */
export interface ModelClass {
  /** Name of the class. */
  readonly name: string;
  /** Name of the table. */
  readonly $table: string;
  /** The fields as they were written. */
  readonly $fields: FieldMap;
  /** The options as they were written. */
  readonly $options: AnyModelOptions;
  /** Metadata of the model, as plain data. */
  readonly $meta: ModelMeta;
}

/** Stored options of a model. */
export type AnyModelOptions = ModelOptions & {
  /** Values that the database computes for each row. */
  readonly computed?: ((row: never) => Readonly<Record<string, unknown>>) | undefined;
  /** The query of a view; undefined for a table. */
  readonly view?: ViewState;
};

/** Constructs rows of a model. */
export interface ModelConstructor {
  new (): object;
}

/** Returns a model as the class of its rows. */
export function rowClassOf(model: ModelClass): ModelConstructor {
  return model as unknown as ModelConstructor; // Every model is a class of rows; its type leaves the constructor out.
}

/** A column of a model. */
export interface FieldMeta {
  /** Name of the property. */
  readonly name: string;
  /** Name of the column. */
  readonly column: string;
  /** Column type. */
  readonly type: ColumnType;
  /** Name for messages: `Book.title`. */
  readonly where: string;
  /** Digits after the decimal point of a decimal; 0 for other types. */
  readonly scale: number;
  /** "text" for a decimal stored as a string, which only supports equality; undefined for all others. */
  readonly storage: "text" | undefined;
  /** Fraction digits of a second that the column stores, if not 3. */
  readonly precision?: MomentPrecision | undefined;
  /** Whether the value may be null. */
  readonly isNullable: boolean;
  /** Whether it belongs to the primary key. */
  readonly isPrimary: boolean;
  /** Whether each value may occur only once. */
  readonly isUnique: boolean;
  /** Whether it has a separate index. */
  readonly isIndexed: boolean;
  /** Whether an insert may leave the value out. */
  readonly hasDefault: boolean;
  /** Whether the database computes the value of a row that gives none. */
  readonly hasDatabaseDefault: boolean;
  /** Whether forms and schemas include it. */
  readonly isEditable: boolean;
  /** Whether it is left out of JSON, logs, exports and history. */
  readonly isSecret: boolean;
  /** Display name. */
  readonly label: string;
  /** Help text in forms; "" for none. */
  readonly help: string;
  /** Placeholder of an empty input; "" for none. */
  readonly placeholder: string;
  /** The input that forms show. */
  readonly widget: Widget;
  /** Labels by key of a choice. */
  readonly choices: Readonly<Record<string, string>> | undefined;
  /** The item type of a list; undefined for other columns. */
  readonly items: ItemMeta | undefined;
  /** The relation whose key the column holds; undefined for other columns. */
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
  /** Where it leads, and by whose key. */
  readonly kind: RelationKind;
  /** The model that it leads to. */
  readonly target: ModelClass;
  /** Whether it may lead nowhere. */
  readonly isNullable: boolean;
  /** Fields of this model that hold the key; only for `belongsTo`. */
  readonly fields: readonly string[];
  /** What happens to the row when the other one is deleted. */
  readonly onDelete: DeleteAction;
  /** Whether the row is soft-deleted together with the one that it belongs to. */
  readonly followsSoftDelete: boolean;
  /** Whether the database enforces it with a foreign key. */
  readonly isConstrained: boolean;
  /** Order of its rows: names of fields, with `-` for descending; empty for the order of the target. */
  readonly orderBy: readonly string[];
  /** Name of the target's relation that leads back; "" if there is none. */
  readonly by: string;
  /** Whether a pair counts in both directions. */
  readonly isSymmetric: boolean;
  /** Join table of a many-to-many relation. */
  readonly table: string;
  /** Model of the join table, if it has one. */
  readonly through: ModelClass | undefined;
  /** Display name. */
  readonly label: string;
  /** Help text in forms; "" for none. */
  readonly help: string;
}

/** A group of fields that is unique, or indexed. */
export interface KeyMeta {
  readonly name: string;
  readonly fields: readonly string[];
  /** Message of a form if the combination is taken. */
  readonly message: string;
  /** Condition of the rows that it covers, as written; undefined for all rows. */
  readonly where: ((row: never) => unknown) | undefined;
}

/** A unique key. */
export interface UniqueMeta extends KeyMeta {
  /** When the database checks it; undefined for with each row. */
  readonly deferrable: "deferred" | "immediate" | undefined;
  /** Whether null values count as distinct. */
  readonly areNullsDistinct: boolean;
}

/** An index. */
export interface IndexMeta extends KeyMeta {
  /** The indexed expression, as written; undefined for an index of fields. */
  readonly expression: ((row: never) => unknown) | undefined;
  readonly isUnique: boolean;
  /** Fields in descending order. */
  readonly descending: readonly string[];
  /** Method of PostgreSQL; "" for the default, an ordered index. */
  readonly method: string;
  /** Further fields stored in it. */
  readonly included: readonly string[];
}

/** A model. */
export interface ModelMeta {
  /** Name of the class. */
  readonly name: string;
  /** Name of the table. */
  readonly table: string;
  /** Display name of one row. */
  readonly label: string;
  /** Display name of several rows. */
  readonly labelPlural: string;
  /** Columns in order of declaration; the column of a relation has the relation's position. */
  readonly fields: ReadonlyMap<string, FieldMeta>;
  /** The columns that code still reads and writes: all but retired ones. */
  readonly columns: readonly FieldMeta[];
  /** Relations by name. */
  readonly relations: ReadonlyMap<string, RelationMeta>;
  /** Names of the fields of the primary key. */
  readonly primary: readonly string[];
  /** Unique keys, besides the primary key. */
  readonly uniques: readonly UniqueMeta[];
  /** Indexes, without those of keys. */
  readonly indexes: readonly IndexMeta[];
  /** Order of lists: names of fields, with `-` for descending. */
  readonly orderBy: readonly string[];
  /** Field that represents a row in one line; "" if the model has no text field. */
  readonly display: string;
  /** Fields that a search looks into. */
  readonly search: readonly string[];
  /** Whether search uses an index. */
  readonly hasSearchIndex: boolean;
  /** Whether it is a view, whose rows are read-only. */
  readonly isView: boolean;
  /** Field that counts changes; "" without optimistic locking. */
  readonly version: string;
  /** Field with the time of a soft delete; "" if rows are deleted permanently. */
  readonly softDelete: string;
}
