/**
 * Types of queries. They use the class of a model, not its fields, so that messages stay short. They recognize relations by
 * their shape, and keep parameters of callbacks out of inference (`NoInfer`), which would otherwise walk through all models.
 */
import type { FieldsOf, InstanceOf, KeyName, KeyOf, TargetOf } from "../schema/model.ts";
import type { AnyExpression, ColumnQuery, Condition, ExpressionOf, NumberExpression, Order } from "../schema/expression-types.ts";
import type { and, not, or, skip } from "./filter.ts";

/** A column, as types see it. */
interface ColumnShape {
  readonly kind: "column";
}

/** The value of a column. */
type ValueOfField<Field> = Field extends { readonly kind: "column"; readonly value: infer Value } ? Value : never;

/** Null if a relation may be empty. */
type NullOf<Thunk> = Thunk extends () => { readonly nullable: true } ? null : never;

/** A value that the symbol `skip` may replace. */
type Given<Value> = Value | typeof skip;

interface EqualityOperators<Value> {
  readonly eq?: Given<Value>;
  readonly ne?: Given<Value>;
  readonly in?: Given<ReadonlyArray<Value | null> | ColumnQuery<Value | null>>;
  readonly notIn?: Given<ReadonlyArray<Value | null> | ColumnQuery<Value | null>>;
  readonly isNull?: Given<boolean>;
}

interface OrderedOperators<Value> extends EqualityOperators<Value> {
  readonly gt?: Given<NonNullable<Value>>;
  readonly gte?: Given<NonNullable<Value>>;
  readonly lt?: Given<NonNullable<Value>>;
  readonly lte?: Given<NonNullable<Value>>;
  /** Both ends are included. */
  readonly between?: Given<readonly [NonNullable<Value>, NonNullable<Value>]>;
}

type PartOfDate = Given<number | OrderedOperators<number>>;

interface CalendarOperators {
  readonly year?: PartOfDate;
  readonly month?: PartOfDate;
  readonly day?: PartOfDate;
  /** 1 for Monday to 7 for Sunday. */
  readonly weekDay?: PartOfDate;
}

interface TextOperators<Value> extends OrderedOperators<Value>, CalendarOperators {
  readonly contains?: Given<string>;
  readonly startsWith?: Given<string>;
  readonly endsWith?: Given<string>;
  readonly ieq?: Given<string>;
  readonly icontains?: Given<string>;
  readonly istartsWith?: Given<string>;
  readonly iendsWith?: Given<string>;
}

interface DateOperators<Value> extends OrderedOperators<Value>, CalendarOperators {
  readonly hour?: PartOfDate;
  /** Within one day, in UTC. */
  readonly on?: Given<string>;
  /** In a period up to now: a number with s, m, h, d or w, such as "30d". */
  readonly within?: Given<`${number}${"s" | "m" | "h" | "d" | "w"}`>;
}

interface ArrayOperators<Value, Item> {
  readonly eq?: Given<Value>;
  readonly ne?: Given<Value>;
  readonly isNull?: Given<boolean>;
  /** Whether the list contains an item. */
  readonly has?: Given<Item>;
  readonly hasAll?: Given<readonly Item[]>;
  readonly hasAny?: Given<readonly Item[]>;
  readonly isEmpty?: Given<boolean>;
}

type JsonScalar = string | number | boolean | null;

interface JsonOperators {
  /** Path to a part: keys, and positions of items, counted from the end when negative. */
  readonly path?: ReadonlyArray<string | number>;
  readonly eq?: JsonScalar;
  readonly ne?: JsonScalar;
  readonly in?: readonly JsonScalar[];
  readonly notIn?: readonly JsonScalar[];
  readonly gt?: string | number;
  readonly gte?: string | number;
  readonly lt?: string | number;
  readonly lte?: string | number;
  /** Whether the part exists; null counts as existing. */
  readonly exists?: boolean;
  readonly isNull?: boolean;
  /** Whether the whole value equals this one, in any order of keys. Without a path. */
  readonly equals?: unknown;
  /** Whether the whole value contains this one: some entries of an object, or some items of a list. Without a path. */
  readonly contains?: unknown;
  /** Whether the value is an object with this key. Without a path. */
  readonly hasKey?: string;
}

/** Filter of a column. */
type ColumnFilter<Value> = [NonNullable<Value>] extends [string]
  ? Given<Value | TextOperators<Value>>
  : [NonNullable<Value>] extends [number | bigint]
    ? Given<Value | OrderedOperators<Value>>
    : [NonNullable<Value>] extends [boolean | Uint8Array]
      ? Given<Value | EqualityOperators<Value>>
      : [NonNullable<Value>] extends [Date]
        ? Given<Value | DateOperators<Value>>
        : // A list column, or a list in JSON: types cannot distinguish them.
          [NonNullable<Value>] extends [ReadonlyArray<infer Item>]
          ? Given<Value | ArrayOperators<Value, Item> | JsonOperators | null>
          : Given<JsonOperators | null>;

interface ManyFilter<Class> {
  /** At least one row matches. */
  readonly some?: Filter<Class>;
  /** No row matches. */
  readonly none?: Filter<Class>;
  /** Each row matches; also true without rows. */
  readonly every?: Filter<Class>;
  /** How many rows there are. */
  readonly count?: number | OrderedOperators<number>;
}

type FieldFilter<Field> = Field extends ColumnShape
  ? ColumnFilter<ValueOfField<Field>>
  : Field extends () => { readonly kind: "one"; readonly target: infer Class }
    ? Given<Where<Class> | InstanceOf<Class> | KeyOf<Class> | NullOf<Field>>
    : Field extends () => { readonly kind: "many"; readonly target: infer Class }
      ? Given<ManyFilter<Class>>
      : never;

/** Filters of the fields with keys of relations. */
type KeyFilters<Fields> = {
  readonly [Name in keyof Fields as Fields[Name] extends () => { readonly addsKey: true } ? KeyName<Name> : never]?: ColumnFilter<
    KeyOf<TargetOf<Fields[Name]>> | NullOf<Fields[Name]>
  >;
};

interface Structure<Class> {
  readonly [and]?: ReadonlyArray<Filter<Class> | typeof skip>;
  readonly [or]?: ReadonlyArray<Filter<Class> | typeof skip>;
  readonly [not]?: Filter<Class>;
}

/** A filter of rows, as an object. */
export type Where<Class> = { readonly [Name in keyof FieldsOf<Class>]?: FieldFilter<FieldsOf<Class>[Name]> } & KeyFilters<FieldsOf<Class>> &
  Structure<Class>;

/** A filter as a callback. */
type WhereCallback<Class> = (row: NoInfer<Refs<Class>>) => Condition;

/** A filter in either form. */
export type Filter<Class> = Where<Class> | WhereCallback<Class>;

/** What the row of a relation to one row offers besides its columns, in a callback. */
interface OneRefs<Class> {
  isNull(): Condition;
  isNotNull(): Condition;
  /** Whether it is this row, given as a row or by its key. */
  eq(value: InstanceOf<Class> | KeyOf<Class>): Condition;
}

/** What the rows of a relation to many rows offer besides their columns, in a callback. */
interface ManyRefs<Class> {
  some(pick?: WhereCallback<Class>): Condition;
  none(pick?: WhereCallback<Class>): Condition;
  every(pick: WhereCallback<Class>): Condition;
}

type Ref<Field> = Field extends ColumnShape
  ? ExpressionOf<ValueOfField<Field>>
  : Field extends () => { readonly kind: "one"; readonly target: infer Class }
    ? Refs<Class> & OneRefs<Class>
    : Field extends () => { readonly kind: "many"; readonly target: infer Class }
      ? Refs<Class> & ManyRefs<Class>
      : never;

type KeyRefs<Fields> = {
  readonly [Name in keyof Fields as Fields[Name] extends () => { readonly addsKey: true } ? KeyName<Name> : never]: ExpressionOf<
    KeyOf<TargetOf<Fields[Name]>> | NullOf<Fields[Name]>
  >;
};

interface RowRefs {
  /** Number of rows: of the group, or of the relation. */
  count(options?: { readonly where?: Condition }): NumberExpression<number>;
}

/** A row in a callback: its columns as expressions, its relations as rows. */
export type Refs<Class> = { readonly [Name in keyof FieldsOf<Class>]: Ref<FieldsOf<Class>[Name]> } & KeyRefs<FieldsOf<Class>> & RowRefs;

/** Names of columns, and of keys of relations. */
export type ColumnName<Class> = FieldColumnName<FieldsOf<Class>>;

/** Names of columns of some fields, and of keys of their relations. */
export type FieldColumnName<Fields> = {
  [Name in keyof Fields]: Fields[Name] extends ColumnShape
    ? Name
    : Fields[Name] extends () => { readonly addsKey: true }
      ? KeyName<Name>
      : never;
}[keyof Fields] &
  string;

/** Names of columns, and of relations to one row with their key here. */
export type DistinctName<Class> =
  | ColumnName<Class>
  | ({
      [Name in keyof FieldsOf<Class>]: FieldsOf<Class>[Name] extends () => { readonly addsKey: true } ? Name : never;
    }[keyof FieldsOf<Class>] &
      string);

/** A step of an order: a column, with `-` for descending, or a callback. */
export type OrderBy<Class> = ColumnName<Class> | `-${ColumnName<Class>}` | ((row: NoInfer<Refs<Class>>) => Order | readonly Order[]);

/** The value of a column by its name. */
export type ColumnValue<Class, Name> = Name extends keyof FieldsOf<Class>
  ? ValueOfField<FieldsOf<Class>[Name]>
  : Name extends keyof InstanceOf<Class>
    ? InstanceOf<Class>[Name]
    : never;

/** Expressions by name. */
export type Expressions = Readonly<Record<string, AnyExpression<unknown>>>;

/** The values of expressions by name. Because of the empty part, editors show the result itself, not its name. */
export type ValuesOf<Picked> = { [Name in keyof Picked]: Picked[Name] extends { readonly $value: infer Value } ? Value : never } & {};

/** Options for loading a relation. */
export interface LoadOptions<Class> {
  /** Filter of the relation's rows. All by default. */
  readonly where?: Filter<Class>;
  /** Order of the rows. By default that of the relation. */
  readonly orderBy?: OrderBy<Class> | ReadonlyArray<OrderBy<Class>>;
  /** Maximum number of rows for each row with the relation. No limit by default. */
  readonly limit?: number;
  /** Relations of the relation's rows. None by default. */
  readonly with?: With<Class>;
}

/** Names of relations. */
type RelationName<Class> = {
  [Name in keyof FieldsOf<Class>]: FieldsOf<Class>[Name] extends ColumnShape ? never : Name;
}[keyof FieldsOf<Class>] &
  string;

/** Relations to load with rows. */
export type With<Class> = { readonly [Name in RelationName<Class>]?: true | LoadOptions<TargetOf<FieldsOf<Class>[Name]>> };

type LoadedRelation<Thunk, Options> = Thunk extends () => { readonly kind: infer Kind; readonly target: infer Class }
  ? Kind extends "many"
    ? ReadonlyArray<LoadedRow<Class, Options>>
    : LoadedRow<Class, Options> | NullOf<Thunk>
  : never;

type LoadedRow<Class, Options> = Options extends { readonly with: infer Nested }
  ? Loaded<Class, InstanceOf<Class>, Nested>
  : InstanceOf<Class>;

/** A row with loaded relations, which can be read without waiting. */
export type Loaded<Class, Row, Wanted> = Omit<Row, keyof Wanted> & {
  readonly [Name in keyof Wanted & keyof FieldsOf<Class>]: LoadedRelation<FieldsOf<Class>[Name], Wanted[Name]>;
};

/** A relation property of a row: its value can be awaited, and says whether it is loaded. */
interface RelationValue<Value> extends PromiseLike<Value> {
  readonly isLoaded: boolean;
}

/** Names of the relation properties of a row. */
type RelationProperty<Row> = { [Name in keyof Row]: Row[Name] extends RelationValue<unknown> ? Name : never }[keyof Row];

/** A row for code that reads no relations: rows of the model fit, whichever of their relations are loaded. */
export type WithoutRelations<Row> = Omit<Row, RelationProperty<Row>>;

/** A row for code that reads loaded relations: `WithRelations<Book, "author">` fits rows of `with({ author: true })`. */
export type WithRelations<Row, Names extends RelationProperty<Row>> = WithoutRelations<Row> & {
  readonly [Name in Names]: Row[Name] extends RelationValue<infer Value>
    ? Value extends ReadonlyArray<infer Item>
      ? readonly Item[]
      : Value
    : never;
};

/** Selection of a plain result: columns by `true`, relations by a nested selection. */
export type Selection<Class> = {
  readonly [Name in keyof FieldsOf<Class>]?: FieldsOf<Class>[Name] extends ColumnShape ? true : Selection<TargetOf<FieldsOf<Class>[Name]>>;
} & {
  readonly [Name in keyof FieldsOf<Class> as FieldsOf<Class>[Name] extends () => { readonly addsKey: true } ? KeyName<Name> : never]?: true;
};

/** Second constraint of a selection: names that the model lacks do not fit, at any depth. */
// Comparing all names as one union costs the compiler no more than a single name.
export type ExactSelection<Fields, Wanted> = keyof Wanted extends keyof Fields | KeyName<keyof Fields>
  ? Wanted[keyof Wanted] extends true
    ? unknown
    : {
        readonly [Name in keyof Wanted & keyof Fields]: Wanted[Name] extends true
          ? true
          : ExactSelection<FieldsOf<TargetOf<Fields[Name]>>, Wanted[Name]>;
      }
  : UnknownName<Exclude<keyof Wanted, keyof Fields | KeyName<keyof Fields>>>;

/** A type that no value fits, so that the compiler's message names the wrong property. */
interface UnknownName<Name> {
  readonly "the model has no such name": Name;
}

/** A plain row of a selection. As above, editors show its properties. */
export type Selected<Class, Wanted> = {
  -readonly [Name in keyof Wanted]: Wanted[Name] extends true
    ? ColumnValue<Class, Name>
    : Name extends keyof FieldsOf<Class>
      ? SelectedRelation<FieldsOf<Class>[Name], Wanted[Name]>
      : never;
} & {};

type SelectedRelation<Thunk, Wanted> = Thunk extends () => { readonly kind: infer Kind; readonly target: infer Class }
  ? Kind extends "many"
    ? Array<Selected<Class, Wanted>>
    : Selected<Class, Wanted> | NullOf<Thunk>
  : never;

type ToOne<Class> = InstanceOf<Class> | KeyOf<Class>;

/** Values of a new row. Columns without a default are required; give relations as rows or keys. */
export type Insert<Class> = InsertOf<FieldsOf<Class>>;

type InsertOf<Fields> = {
  readonly [
    Name in keyof Fields as Fields[Name] extends { readonly kind: "column"; readonly insert: "required" } ? Name : never
  ]: ValueOfField<Fields[Name]>;
} & {
  readonly [Name in keyof Fields as Fields[Name] extends { readonly kind: "column"; readonly insert: "optional" } ? Name : never]?:
    | ValueOfField<Fields[Name]>
    | undefined;
} & {
  readonly [Name in keyof Fields as Fields[Name] extends () => { readonly addsKey: true; readonly nullable: false } ? Name : never]: ToOne<
    TargetOf<Fields[Name]>
  >;
} & {
  readonly [Name in keyof Fields as Fields[Name] extends () => { readonly addsKey: true; readonly nullable: true } ? Name : never]?:
    | ToOne<TargetOf<Fields[Name]>>
    | null
    | undefined;
};

/** Changed values of a row: columns, and relations as rows or keys. An undefined value changes nothing. */
export type Changes<Fields> = {
  readonly [Name in keyof Fields]?: Fields[Name] extends ColumnShape
    ? ValueOfField<Fields[Name]> | undefined
    : Fields[Name] extends () => { readonly kind: "one"; readonly target: infer Class }
      ? ToOne<Class> | NullOf<Fields[Name]> | undefined
      : undefined;
};

/** Changes of many rows: values, or expressions of the row. An undefined value changes nothing. */
export type Update<Class> = {
  readonly [Name in keyof FieldsOf<Class>]?: FieldsOf<Class>[Name] extends ColumnShape
    ? ValueOfField<FieldsOf<Class>[Name]> | ((row: NoInfer<Refs<Class>>) => AnyExpression<ValueOfField<FieldsOf<Class>[Name]>>) | undefined
    : FieldsOf<Class>[Name] extends () => { readonly kind: "one"; readonly target: infer Target }
      ? ToOne<Target> | NullOf<FieldsOf<Class>[Name]> | undefined
      : undefined;
};

/** Identifies a row by its key, or by a filter that matches at most one row. */
export type KeyOrWhere<Class> = KeyOf<Class> | Where<Class>;

/** Options of a row lock, which lasts until the end of the transaction. */
export interface LockOptions {
  /** Whether to skip rows that others have locked. Default false. */
  readonly skipLocked?: boolean;
  /** Whether to fail immediately if another transaction has locked a row. Default false. */
  readonly noWait?: boolean;
}
