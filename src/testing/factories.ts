/** Rows for tests: what a test does not care about is filled in, the same way each time. */
import type { FieldMeta, Insert, ModelClass } from "gable/data";
import { GableError } from "gable";

/** A model, as the functions here take it. */
interface AnyModel {
  readonly $fields: object;
  new (): object;
}

/** Values of a row, each of which may be left out. */
type Values<Class> = Partial<Insert<Class>>;
type RowOf<Class> = Class extends new () => infer Row ? Row : never;

/** Makes rows of one model. */
export interface Factory<Class> {
  /** Stores one row. */
  create(values?: Values<Class>): Promise<RowOf<Class>>;
  /** Stores several rows. */
  createMany(count: number, values?: Values<Class>): Promise<Array<RowOf<Class>>>;
}

/** Stores a row. Fields and relations that are not given get values that pass their checks. */
export function create<Class extends AnyModel>(model: Class, values: Values<Class> = {}): Promise<RowOf<Class>> {
  return store(model as unknown as StoredModel, values, 0) as Promise<RowOf<Class>>; // Rows of the model.
}

/** Stores several rows. */
export async function createMany<Class extends AnyModel>(
  model: Class,
  count: number,
  values: Values<Class> = {},
): Promise<Array<RowOf<Class>>> {
  const rows: Array<RowOf<Class>> = [];
  for (let index = 0; index < count; index++) rows.push(await create(model, values));
  return rows;
}

/**
 * A factory with its own values: plain ones, or functions of the number of the row, from 1.
 *
 * @example
 * const books = defineFactory(Book, { title: (n) => `Book ${n}` });
 */
export function defineFactory<Class extends AnyModel>(
  model: Class,
  shape: { readonly [Name in keyof Insert<Class>]?: Insert<Class>[Name] | ((number: number) => Insert<Class>[Name]) },
): Factory<Class> {
  let number = 0;
  const make = (values: Values<Class> = {}): Promise<RowOf<Class>> => {
    number++;
    const own: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(shape)) own[name] = typeof value === "function" ? value(number) : value;
    return create(model, { ...own, ...values } as Values<Class>); // By the names of the shape.
  };
  return {
    create: make,
    createMany: async (count, values) => {
      const rows: Array<RowOf<Class>> = [];
      for (let index = 0; index < count; index++) rows.push(await make(values));
      return rows;
    },
  };
}

interface StoredModel extends ModelClass {
  create(values: object): Promise<object>;
}

/** Models that need each other would need rows without end. */
const depthMax = 8;
const numbers = new WeakMap<ModelClass, number>();

async function store(model: StoredModel, given: object, depth: number): Promise<object> {
  const { $meta: meta } = model;
  if (depth > depthMax)
    throw new GableError("E_FACTORY_VALUE", `${meta.name} needs rows of models that need it again.`, { fix: "Give one of the relations." });
  const number = (numbers.get(model) ?? 0) + 1;
  numbers.set(model, number);
  const values: Record<string, unknown> = { ...given };
  for (const { name, kind, fields, isNullable, target } of meta.relations.values()) {
    const isGiven = name in values || fields.some((field) => field in values);
    if (kind === "belongsTo" && !isGiven && !isNullable) values[name] = await store(target as StoredModel, {}, depth + 1); // All models have create().
  }
  const linked = new Set([...meta.relations.values()].flatMap(({ name, fields }) => (name in values ? fields : [])));
  for (const field of meta.columns)
    if (!(field.name in values) && !field.hasDefault && !linked.has(field.name)) values[field.name] = makeValue(field, number);
  return model.create(values);
}

/** A value that passes the checks of its field, another one for each row where that matters. */
function makeValue(field: FieldMeta, number: number): unknown {
  if (field.options.pattern !== undefined)
    throw new GableError("E_FACTORY_VALUE", `${field.where} has a pattern, which no value can be made for.`, { fix: "Give the value." });
  return makers[field.type](field, number);
}

type Make = (
  field: Pick<FieldMeta, "type" | "options" | "choices" | "items" | "where"> & { readonly label?: string },
  number: number,
) => unknown;

const makeNumber: Make = ({ options: { min, max } }, number) =>
  Math.min((typeof min === "number" ? min : 0) + number, typeof max === "number" ? max : Infinity);

const makers: Readonly<Record<FieldMeta["type"], Make>> = {
  // The number is at the end, because a string that is too long is cut at its start.
  text: ({ label = "Text", options: { min, max } }, number) => {
    const text = `${label} ${number}`;
    const long = typeof min === "number" ? text.padStart(min, "x") : text;
    return typeof max === "number" ? long.slice(-max) : long;
  },
  slug: (_field, number) => `row-${number}`,
  email: (_field, number) => `row${number}@example.com`,
  url: (_field, number) => `https://example.com/${number}`,
  file: ({ options: { prefix = "" } }, number) => `${prefix === "" ? "" : `${prefix.replace(/\/$/, "")}/`}row-${number}`,
  id: makeNumber,
  int: makeNumber,
  float: makeNumber,
  bigint: ({ options: { min } }, number) => (typeof min === "bigint" ? min : BigInt(number)),
  decimal: ({ options: { min } }) => (typeof min === "string" ? min : "1"),
  boolean: () => false,
  date: () => "2026-01-01",
  time: () => "12:00:00",
  datetime: (_field, number) => new Date(Date.UTC(2026, 0, 1, 0, 0, number)),
  json: () => ({}),
  bytes: (_field, number) => new Uint8Array([number % 256]),
  duration: makeNumber,
  ip: (_field, number) => `192.0.2.${number % 256}`,
  array: ({ items, options: { min } }, number) =>
    Array.from({ length: typeof min === "number" ? min : 0 }, () => makers[items!.type](items!, number)),
  choice: ({ choices = {} }) => Object.keys(choices)[0],
  uuid: (_field, number) => `00000000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`,
};
