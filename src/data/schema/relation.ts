/**
 * Relations of models. The property of a model is an arrow around the relation, `author: () => belongsTo(Author)`. The arrow is
 * resolved late, so that models may refer to each other, to themselves, and to classes defined later or in other files.
 */
import { assertRelationKinds } from "./option-kinds.ts";

/** What the database does with rows that refer to a deleted one. */
export type DeleteAction = "restrict" | "cascade" | "set null" | "set default" | "no action";

/** Kinds of relations. */
export type RelationKind = "belongsTo" | "hasOne" | "hasMany" | "manyToMany";

/** Options of a relation to one row, which adds a column with its key. */
export interface BelongsToOptions {
  /** Whether the relation may be empty. Default false. */
  readonly null?: boolean;
  /** What happens to this row when the other one is deleted. Default "restrict". */
  readonly onDelete?: DeleteAction;
  /**
   * What happens to this row when the other one is soft-deleted: "cascade" soft-deletes it as well, and restores it together
   * with the other row. Both models need soft delete. Default "keep".
   */
  readonly onSoftDelete?: "keep" | "cascade";
  /** Whether only one row may refer to the other one. Default false. */
  readonly unique?: boolean;
  /** Whether the key is indexed. Default true. */
  readonly index?: boolean;
  /** Whether the database enforces the relation with a foreign key. Default true. */
  readonly constraint?: boolean;
  /** Fields of this model that hold a composite key, in its order. By default Gable adds one field. */
  readonly columns?: readonly string[];
  /** Name of the added column. By default the name of the relation with `_id`. */
  readonly column?: string;
  /** Display name. By default derived from the name of the relation. */
  readonly label?: string;
  /** Help text below the field in a form. None by default. */
  readonly help?: string;
}

/** Options of the other side of a relation. */
export interface HasOptions {
  /** The relation of the other model that leads back. Required if it has several. */
  readonly by?: string;
  /** Order of the rows: names of fields, with `-` for descending. By default the order of the model. */
  readonly orderBy?: string | readonly string[];
}

/** Options of a many-to-many relation. */
export interface ManyToManyOptions {
  /** Model of the join table, if it has more columns. By default a table without a model. */
  readonly through?: () => object;
  /** Whether a pair counts in both directions, for a model that refers to itself. Default false. */
  readonly symmetric?: boolean;
  /** Name of the join table. By default the names of both tables, sorted, joined by `_`. */
  readonly table?: string;
}

/** A relation: its target and kind. Types only look at this shape. */
export interface Relation<Target, Kind extends "one" | "many", Nullable extends boolean, AddsKey extends boolean = boolean> {
  /** Whether it leads to one row or to many. */
  readonly kind: Kind;
  /** Whether it adds a field with the key of the other row. */
  readonly addsKey: AddsKey;
  /** The function that created it. */
  readonly relation: RelationKind;
  /** The model that it leads to. */
  readonly target: Target;
  /** Whether it may lead nowhere. */
  readonly nullable: Nullable;
  /** The options as written. */
  readonly options: BelongsToOptions & HasOptions & ManyToManyOptions;
}

function make<Target, Kind extends "one" | "many", Nullable extends boolean, AddsKey extends boolean>(
  kind: Kind,
  relation: RelationKind,
  target: Target,
  options: Relation<Target, Kind, Nullable>["options"],
): Relation<Target, Kind, Nullable, AddsKey> {
  assertRelationKinds(relation, options);
  const nullable = (relation === "hasOne" || options.null === true) as Nullable; // What the caller's type says.
  const addsKey = (relation === "belongsTo" && options.columns === undefined) as AddsKey; // What the caller's type says.
  return Object.freeze({ kind, addsKey, relation, target, nullable, options: Object.freeze({ ...options }) });
}

/** Declares that each row belongs to one row of the other model. This model stores the key. */
export function belongsTo<Target, const Options extends BelongsToOptions>(
  target: Target,
  options?: Options,
): Relation<
  Target,
  "one",
  Options extends { readonly null: true } ? true : false,
  Options extends { readonly columns: readonly string[] } ? false : true
> {
  return make("one", "belongsTo", target, options ?? {});
}

/** Declares that at most one row of the other model belongs to each row. */
export function hasOne<Target>(target: Target, options?: HasOptions): Relation<Target, "one", true, false> {
  return make("one", "hasOne", target, options ?? {});
}

/** Declares that rows of the other model belong to each row. */
export function hasMany<Target>(target: Target, options?: HasOptions): Relation<Target, "many", false, false> {
  return make("many", "hasMany", target, options ?? {});
}

/** Declares that rows of both models belong to each other, through a join table. */
export function manyToMany<Target>(target: Target, options?: ManyToManyOptions): Relation<Target, "many", false, false> {
  return make("many", "manyToMany", target, options ?? {});
}
