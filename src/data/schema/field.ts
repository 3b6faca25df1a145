/** The builders of columns: `import { field as f } from "gable/data"`. */
import type {
  AnyColumn,
  AnyColumnOptions,
  ArrayOptions,
  BytesOptions,
  ChoiceOptions,
  ColumnOptions,
  DatetimeOptions,
  DecimalOptions,
  FileColumn,
  FileOptions,
  IdOptions,
  NumberOptions,
  SlugOptions,
  TextOptions,
} from "./column.ts";
import { Column } from "./column.ts";

/** The value of a column: with null when the options allow it. */
type Out<Value, Options> = Options extends { readonly null: true } ? Value | null : Value;

/** Whether an insert requires a value: not with null, a default, `auto` or `from`. */
type InsertOf<Options> = Options extends { readonly null: true }
  ? "optional"
  : Options extends { readonly default: unknown }
    ? "optional"
    : Options extends { readonly auto: unknown }
      ? "optional"
      : Options extends { readonly from: unknown }
        ? "optional"
        : "required";

/** Whether the options make the column the key of its model. */
type IsKeyOf<Options> = Options extends { readonly primary: true } ? true : false;

/** The type of JSON is given explicitly, so TypeScript cannot infer the options as well: only null makes the value optional. */
type JsonInsert<Value> = unknown extends Value ? "optional" : null extends Value ? "optional" : "required";

/** Says in a type what schemas leave out: secret values, and values that no one types. */
type AccessOf<Options> = Options extends { readonly secret: true }
  ? { readonly access: "secret" }
  : Options extends { readonly editable: false } | { readonly auto: unknown }
    ? { readonly access: "fixed" }
    : unknown;

type Made<Value, Options> = Column<Out<Value, Options>, InsertOf<Options>, IsKeyOf<Options>> & AccessOf<Options>;

// What the types of the builders promise is what their columns hold; the columns themselves are of one class.
function make<Value, Options>(type: AnyColumn["type"], options: Options | undefined): Made<Value, Options> {
  // The class holds any type; that of the builder is the one its options were checked for.
  return new Column(type, (options ?? {}) as AnyColumnOptions) as unknown as Made<Value, Options>;
}

/** Builders of columns. A database reports all invalid options together when it opens the models. */
export const field = {
  /** The primary key: a number that counts up, or a UUID of version 7. */
  id<const Options extends IdOptions = { readonly kind: "integer" }>(
    options?: Options,
  ): Column<Options extends { readonly kind: "uuid" } ? string : number, "optional", true> & AccessOf<{ readonly editable: false }> {
    const { kind = "integer", ...rest } = options ?? ({} as IdOptions); // Without options all have their defaults.
    const type = kind === "uuid" ? "uuid" : "id";
    return new Column(type, { ...rest, primary: true, editable: false }) as never; // As in make().
  },
  /** A UUID, in lower case. */
  uuid: <const Options extends ColumnOptions<string>>(options?: Options): Made<string, Options> => make("uuid", options),
  /** Text: a single line with `max`, of any length without it. */
  text: <const Options extends TextOptions>(options?: Options): Made<string, Options> => make("text", options),
  /** A part of a URL: letters, digits, hyphens and underscores. */
  slug: <const Options extends SlugOptions>(options?: Options): Made<string, Options> => make("slug", options),
  /** An e-mail address. */
  email: <const Options extends TextOptions>(options?: Options): Made<string, Options> => make("email", options),
  /** A URL with http or https. */
  url: <const Options extends TextOptions>(options?: Options): Made<string, Options> => make("url", options),
  /** A whole number of 32 bits. */
  int: <const Options extends NumberOptions<number>>(options?: Options): Made<number, Options> => make("int", options),
  /** A whole number of 64 bits. */
  bigint: <const Options extends NumberOptions<bigint>>(options?: Options): Made<bigint, Options> => make("bigint", options),
  /** A finite number of double precision. */
  float: <const Options extends NumberOptions<number>>(options?: Options): Made<number, Options> => make("float", options),
  /** A decimal number, as a string with exactly `scale` digits after the decimal point. */
  decimal: <const Options extends DecimalOptions>(options: Options): Made<string, Options> => make("decimal", options),
  /** True or false. */
  boolean: <const Options extends ColumnOptions<boolean>>(options?: Options): Made<boolean, Options> => make("boolean", options),
  /** A day, as `"2026-11-20"`. */
  date: <const Options extends ColumnOptions<string>>(options?: Options): Made<string, Options> => make("date", options),
  /** A time of day, as `"10:12:00"`. */
  time: <const Options extends ColumnOptions<string>>(options?: Options): Made<string, Options> => make("time", options),
  /** A datetime, to the millisecond. */
  datetime: <const Options extends DatetimeOptions>(options?: Options): Made<Date, Options> => make("datetime", options),
  /** Any value that JSON can hold. Write `field.json<Meta | null>({ null: true })` for one that may be absent. */
  json: <Value>(options?: ColumnOptions<Value>): Column<Value, JsonInsert<Value>> =>
    new Column("json", (options ?? {}) as AnyColumnOptions), // As in make().
  /** Bytes. */
  bytes: <const Options extends BytesOptions>(options?: Options): Made<Uint8Array, Options> => make("bytes", options),
  /** A span of time, in whole milliseconds. */
  duration: <const Options extends NumberOptions<number>>(options?: Options): Made<number, Options> => make("duration", options),
  /** An IP address, of version 4 or 6, in its shortest form. */
  ip: <const Options extends ColumnOptions<string>>(options?: Options): Made<string, Options> => make("ip", options),
  /** A list of values, each described by a field: `field.array(field.text({ max: 50 }))`. */
  array: <Item, const Options extends ArrayOptions<Item>>(
    items: Column<Item, "required" | "optional">,
    options?: Options,
  ): Made<Item[], Options> => new Column("array", (options ?? {}) as AnyColumnOptions, { items }) as unknown as Made<Item[], Options>, // As in make().
  /** A file that the storage of the application keeps: the value is its key. Forms of the model take an upload. */
  file: <const Options extends FileOptions>(
    options?: Options,
  ): FileColumn<Out<string, Options>, InsertOf<Options>, IsKeyOf<Options>> & AccessOf<Options> => make("file", options) as never, // As in make().
  /** One of several keys, each with a display label. */
  choice: <const Choices extends Readonly<Record<string, string>>, const Options extends ChoiceOptions<keyof Choices & string>>(
    choices: Choices,
    options?: Options,
  ): Made<keyof Choices & string, Options> =>
    new Column("choice", (options ?? {}) as AnyColumnOptions, { choices }) as unknown as Made<keyof Choices & string, Options>, // As in make().
} as const;
