/** Fields and forms as JSON Schema (draft 2020-12). */
import type { FieldDefinition, FieldDefinitions, FieldType } from "./definition.ts";
import { rowsMax } from "../input/file-fields.ts";

type Schema = Record<string, unknown>;

const shapes: Readonly<Record<FieldType, Readonly<Schema>>> = {
  text: { type: "string" },
  email: { type: "string", format: "email", maxLength: 254 },
  url: { type: "string", format: "uri", pattern: "^https?://", maxLength: 2048 },
  password: { type: "string", writeOnly: true },
  slug: { type: "string", pattern: "^[A-Za-z0-9_-]+$" },
  uuid: { type: "string", format: "uuid" },
  color: { type: "string", pattern: "^#[0-9a-f]{6}$" },
  tel: { type: "string" },
  int: { type: "integer" },
  // JSON in JavaScript has no whole numbers of 64 bits and no decimals.
  bigint: { type: "string", pattern: "^-?[0-9]+$" },
  number: { type: "number" },
  decimal: { type: "string", pattern: "^-?[0-9]+(\\.[0-9]+)?$" },
  boolean: { type: "boolean" },
  choice: { type: "string" },
  choices: { type: "array", uniqueItems: true },
  date: { type: "string", format: "date" },
  time: { type: "string", pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$" },
  datetime: { type: "string", format: "date-time" },
  json: {},
  list: { type: "array", items: { type: "string" } },
  relation: { type: ["string", "integer"] },
  relations: { type: "array", items: { type: ["string", "integer"] }, uniqueItems: true },
  file: { type: "string", format: "binary" },
  files: { type: "array", items: { type: "string", format: "binary" } },
  group: { type: "object" },
  set: { type: "array" },
};

/** Names of the limits in JSON Schema, by what the type is. */
const limitNames: Readonly<Record<string, readonly [min: string, max: string]>> = {
  string: ["minLength", "maxLength"],
  integer: ["minimum", "maximum"],
  number: ["minimum", "maximum"],
  array: ["minItems", "maxItems"],
};

/** Returns the JSON Schema of a field. */
export function toFieldSchema(field: FieldDefinition): Schema {
  const { type, options, choices, isRequired } = field;
  const schema: Schema = { ...shapes[type] };
  const kind = typeof schema["type"] === "string" ? schema["type"] : "";
  const [minName = "", maxName = ""] = limitNames[kind] ?? [];
  if (typeof options.min === "number") schema[minName] = options.min;
  if (typeof options.max === "number") schema[maxName] = options.max;
  if (type === "choice") schema["enum"] = Object.keys(choices);
  if (type === "choices") schema["items"] = { type: "string", enum: Object.keys(choices) };
  if (type === "boolean" && options.mustBeTrue === true) schema["const"] = true;
  if (type === "group") Object.assign(schema, toObjectSchema(field.fields));
  if (type === "set") Object.assign(schema, { items: toObjectSchema(field.fields), maxItems: rowsMax(field) });
  if (options.pattern !== undefined) schema["pattern"] = options.pattern.source;
  if (options.label !== undefined) schema["title"] = options.label;
  if (options.help !== undefined) schema["description"] = options.help;
  const isNullable = (!isRequired && kind !== "array" && type !== "boolean") || options.unknown === true;
  if (!isNullable || kind === "") return schema;
  if (type === "choice") schema["enum"] = [...Object.keys(choices), null];
  return { ...schema, type: [kind, "null"] };
}

/** Returns the JSON Schema of several fields. */
export function toObjectSchema(fields: FieldDefinitions): Schema {
  const required = [...fields]
    .filter(([, field]) => field.isRequired && field.type !== "boolean" && field.type !== "set")
    .map(([name]) => name);
  return {
    type: "object",
    properties: Object.fromEntries([...fields].map(([name, field]) => [name, toFieldSchema(field)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}
