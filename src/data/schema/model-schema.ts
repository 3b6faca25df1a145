/** Schemas of models: Standard Schema for forms and APIs, JSON Schema for documentation. */
import { assertKnownOptions, kindsOf, optionInvalid } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import { mailAddress, maxOf, storageKey } from "./check-value.ts";
import type { FieldMeta, ItemMeta } from "./model-class.ts";
import type { ModelClass } from "./model-class.ts";
import { base64Pattern, bigintPattern, momentPatterns, readFieldJson, readFieldText } from "./read-text.ts";
import type { SchemaInput, SchemaPurpose } from "./schema-types.ts";
import { assertField, checkRow } from "./validate-row.ts";

/** The purpose of a schema, and its fields. */
export interface SchemaOptions<Purpose extends SchemaPurpose = SchemaPurpose, Name extends string = string, Left extends string = string> {
  /** "create" requires fields without a default, "update" requires none; "read" has all fields that are not secret. */
  readonly for: Purpose;
  /** The fields, in this order. By default all editable ones, or all readable ones for "read". */
  readonly pick?: readonly Name[];
  /** Fields to leave out. None by default. */
  readonly omit?: readonly Left[];
}

const schemaNames = kindsOf<SchemaOptions>({ for: true, pick: "list", omit: "list" });

/** One issue, in the form of Standard Schema. */
interface Issue {
  readonly message: string;
  readonly path?: readonly string[];
}

type Result<Output> = { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

/**
 * A schema of a model's fields. `Values` are what it gives.
 *
 * Strings carry datetimes (RFC 3339 with a zone), bigints (decimal) and bytes (base64), because JSON has no such values.
 */
export class ModelSchema<Values = Readonly<Record<string, unknown>>> {
  /** The interface of Standard Schema, version 1. */
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: "gable";
    readonly validate: (value: unknown) => Promise<Result<Values>>;
    /** Carries the types; never set. */
    readonly types?: { readonly input: SchemaInput<Values>; readonly output: Values } | undefined;
  };
  /** The fields in their order. */
  readonly fields: readonly FieldMeta[];
  readonly #model: ModelClass;
  readonly #purpose: SchemaPurpose;

  /** @internal Use `Model.schema()`. Throws `E_FIELD_UNKNOWN`, and `E_FIELD_SECRET` for a secret field in `pick`. */
  constructor(model: ModelClass, options: SchemaOptions) {
    assertKnownOptions("schema()", options, schemaNames);
    if (!["create", "update", "read"].includes(options.for))
      throw optionInvalid("schema()", "for", options.for, '"create", "update" or "read"');
    this.#model = model;
    this.#purpose = options.for;
    this.fields = Object.freeze(selectFields(model, options));
    this["~standard"] = Object.freeze({ version: 1, vendor: "gable", validate: (value: unknown) => this.#validate(this.#readJson(value)) });
  }

  /**
   * Checks the strings of a form or a query by the rules of `validate`, and reads them first: `"5"` for a whole number, `"on"` for yes,
   * a blank for null or the default. A new row takes a missing yes or no as no, and a missing list as an empty one, because
   * browsers send nothing for a box that is not checked. A route calls it for its options `form` and `query`.
   */
  async validateText(texts: Readonly<Record<string, unknown>>): Promise<Result<Values>> {
    const values: Record<string, unknown> = Object.assign(Object.create(null), texts);
    const messages = new Map<string, string>();
    for (const field of this.fields) {
      const read = readFieldText(field, values[field.name], this.#purpose);
      if (read.message !== undefined) messages.set(field.name, read.message);
      values[field.name] = read.message === undefined ? read.value : undefined;
    }
    return this.#validate(values, messages);
  }

  #readJson(given: unknown): unknown {
    if (typeof given !== "object" || given === null || Array.isArray(given)) return given;
    const values: Record<string, unknown> = { ...given };
    for (const field of this.fields) if (Object.hasOwn(given, field.name)) values[field.name] = readFieldJson(field, values[field.name]);
    return values;
  }

  async #validate(value: unknown, unread: ReadonlyMap<string, string> = new Map()): Promise<Result<Values>> {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return { issues: [{ message: "Give an object." }] };
    const given = value as Readonly<Record<string, unknown>>; // Checked in the line above.
    const issues: Issue[] = Object.keys(given)
      .filter((name) => !this.fields.some((field) => field.name === name))
      .map((name) => ({ message: "The model has no such field.", path: [name] }));
    const defined = Object.fromEntries(Object.entries(given).filter(([, item]) => item !== undefined));
    for (const [name, message] of unread) issues.push({ message, path: [name] });
    const { checked, errors } = await checkRow(
      this.#model,
      this.fields.filter(({ name }) => !unread.has(name)),
      defined,
      { isPartial: this.#purpose === "update", isFilled: this.#purpose === "read", skipsModel: unread.size > 0 },
    );
    for (const [name, messages] of Object.entries(errors))
      issues.push(...messages.map((message) => (name === "$model" ? { message } : { message, path: [name] })));
    return issues.length > 0 ? { issues } : { value: checked as Values }; // Each value passed the check of its column, which has its type.
  }

  /** Returns the schema as JSON Schema (draft 2020-12). */
  toJsonSchema(): Readonly<Record<string, unknown>> {
    const required = this.fields.filter((field) => this.#purpose === "read" || (this.#purpose === "create" && !field.hasDefault));
    return {
      type: "object",
      properties: Object.fromEntries(this.fields.map((field) => [field.name, toProperty(field)])),
      ...(required.length > 0 && { required: required.map(({ name }) => name) }),
      additionalProperties: false,
    };
  }
}

function selectFields(model: ModelClass, { for: purpose, pick, omit = [] }: SchemaOptions): FieldMeta[] {
  const isUsual = (field: FieldMeta): boolean => !field.isSecret && (purpose === "read" || field.isEditable);
  omit.forEach((name) => assertField(model, name));
  const picked = pick?.map((name) => assertField(model, name)) ?? [...model.$meta.fields.values()].filter(isUsual);
  const secret = purpose === "read" ? picked.find((field) => field.isSecret) : undefined;
  if (secret !== undefined) {
    throw new GableError("E_FIELD_SECRET", `${model.name}.${secret.name} is secret, and cannot be read by a schema.`, {
      fix: "Leave it out, or drop the option secret.",
    });
  }
  return picked.filter(({ name }) => !omit.includes(name));
}

const formats: Readonly<Record<string, object>> = {
  id: { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
  uuid: { type: "string", format: "uuid", pattern: "^[0-9A-Fa-f]{8}-" },
  text: { type: "string" },
  slug: { type: "string", pattern: "^[A-Za-z0-9_-]+$" },
  email: { type: "string", format: "email", pattern: mailAddress.source },
  file: { type: "string", pattern: storageKey.source },
  url: { type: "string", format: "uri", pattern: "^[Hh][Tt][Tt][Pp][Ss]?://" },
  int: { type: "integer", minimum: -2_147_483_648, maximum: 2_147_483_647 },
  // JSON in JavaScript has neither 64-bit integers nor decimals: both become strings.
  bigint: { type: "string", pattern: bigintPattern },
  float: { type: "number" },
  decimal: { type: "string", pattern: "^-?[0-9]+(\\.[0-9]+)?$" },
  boolean: { type: "boolean" },
  date: { type: "string", format: "date", pattern: "^(?!0000)" },
  time: { type: "string", pattern: "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$" },
  datetime: { type: "string", format: "date-time", pattern: momentPatterns.milliseconds },
  json: {},
  bytes: { type: "string", contentEncoding: "base64", pattern: base64Pattern },
  duration: { type: "integer", minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
  ip: { type: "string", anyOf: [{ format: "ipv4" }, { format: "ipv6" }] },
  array: { type: "array" },
};

/** Returns the JSON Schema of a type, without title and description. */
function toShape({ type, choices, options, items }: ItemMeta): Record<string, unknown> {
  const shape: Record<string, unknown> = choices === undefined ? { ...formats[type] } : { type: "string", enum: Object.keys(choices) };
  const { min, max } = options;
  if (items !== undefined) {
    shape["items"] = toShape(items);
    if (typeof min === "number") shape["minItems"] = min;
    if (typeof max === "number") shape["maxItems"] = max;
    return shape;
  }
  const isText = shape["type"] === "string";
  if (type === "bytes") return { ...shape, ...lengthOfBase64(max) };
  if (type === "datetime" && options.precision === 0) shape["pattern"] = momentPatterns.seconds;
  if (type === "text" && options.blank !== true) shape["minLength"] = 1;
  if (type === "decimal") shape["pattern"] = decimalPattern(options);
  const most = maxOf({ type, options });
  if (most !== undefined && isText) shape["maxLength"] = most;
  if (typeof min === "number") shape[isText ? "minLength" : "minimum"] = min;
  if (typeof max === "number" && !isText) shape["maximum"] = max;
  const own = options.pattern?.source;
  if (own !== undefined)
    shape[shape["pattern"] === undefined ? "pattern" : "allOf"] = shape["pattern"] === undefined ? own : [{ pattern: own }];
  return shape;
}

/** Each three bytes take four characters; where the last group holds fewer, its padding shows it. */
function lengthOfBase64(max: unknown): object {
  if (typeof max !== "number") return {};
  const full = Math.floor(max / 3) * 4;
  const rest = max % 3;
  if (rest === 0) return { maxLength: full };
  return { maxLength: full + 4, anyOf: [{ maxLength: full }, { pattern: rest === 1 ? "==$" : "=$" }] };
}

/** Zeros count neither in front of the number nor after its last digit. */
function decimalPattern({ digits = 0, scale = 0 }: ItemMeta["options"]): string {
  const fraction = scale === 0 ? "(\\.0+)?" : `(\\.[0-9]{1,${scale}}0*)?`;
  return `^[-+]?(?=[0-9])0*[0-9]{0,${digits - scale}}${fraction}$`;
}

function toProperty(field: FieldMeta): object {
  const { label, help, isNullable, choices } = field;
  const base = toShape(field);
  base["title"] = label;
  if (help !== "") base["description"] = help;
  if (!isNullable) return field.type === "json" ? { ...base, not: { type: "null" } } : base;
  if (choices !== undefined) return { ...base, type: ["string", "null"], enum: [...Object.keys(choices), null] };
  return base["type"] === undefined ? base : { ...base, type: [base["type"], "null"] };
}
