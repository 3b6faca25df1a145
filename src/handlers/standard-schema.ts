/** Checks input with any schema that implements Standard Schema version 1: zod, valibot, arktype, and Gable's own fields. */
import type { FieldError } from "../http/problem.ts";

/** The part of Standard Schema that Gable uses; any such library fits (standardschema.dev). */
export interface StandardSchema<Input = unknown, Output = Input> {
  /** The interface of the standard. */
  readonly "~standard": {
    /** Version of the standard. */
    readonly version: 1;
    /** Name of the library. */
    readonly vendor: string;
    /** Checks a value. */
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    /** Carries the types; never set. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** A schema that reads texts by itself, and keeps its types strict for JSON: those of models. */
interface TextSchema {
  validateText(record: Readonly<Record<string, unknown>>): Promise<SchemaResult<unknown>>;
}

/** The result of a schema. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: ReadonlyArray<SchemaIssue> };

/** One error. */
export interface SchemaIssue {
  /** Tells a person how to fix it. */
  readonly message: string;
  /** Keys that lead to the value. */
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
}

/** Input type of a schema. */
export type InputOfSchema<Schema> = Schema extends StandardSchema<infer Input, unknown> ? Input : never;

/** Output type of a schema. */
export type OutputOfSchema<Schema> = Schema extends {
  readonly "~standard": { readonly types?: { readonly output: infer Output } | undefined };
}
  ? Output
  : never;

/** The checked value, or its errors. */
export type Validated =
  | { readonly isValid: true; readonly value: unknown }
  | { readonly isValid: false; readonly errors: readonly FieldError[] };

/** Checks a value with a schema. */
export async function validateWith(schema: StandardSchema, value: unknown): Promise<Validated> {
  return toValidated(await schema["~standard"].validate(value));
}

function toValidated(result: SchemaResult<unknown>): Validated {
  return result.issues === undefined ? { isValid: true, value: result.value } : { isValid: false, errors: result.issues.map(toFieldError) };
}

/**
 * Checks names and values of a query or form. A schema that reads texts does so itself. A name that occurs once may belong to a list: the JSON Schema of the
 * schema says so before it runs. Without a JSON Schema, a list of one value is tried where the schema expects a list.
 */
export async function validateFields(
  schema: StandardSchema & Partial<TextSchema>,
  record: Readonly<Record<string, unknown>>,
): Promise<Validated> {
  if (typeof schema.validateText === "function") return toValidated(await schema.validateText(record));
  const lists = findListNames(schema);
  const plain = { ...record };
  if (lists !== undefined) {
    for (const name of lists) toList(plain, name);
    return validateWith(schema, plain);
  }
  const first = await schema["~standard"].validate(plain);
  if (first.issues === undefined) return { isValid: true, value: first.value };
  const singles = first.issues
    .filter(asksForList)
    .map(pathOf)
    .filter((path) => Object.hasOwn(plain, path) && !Array.isArray(plain[path]));
  const failed: Validated = { isValid: false, errors: first.issues.map(toFieldError) };
  if (singles.length === 0) return failed;
  for (const name of singles) toList(plain, name);
  const second = await validateWith(schema, plain);
  if (second.isValid) return second;
  // Each name counts separately: if a list did not help, its first error stays.
  const isHelped = (name: string): boolean => !second.errors.some(({ path }) => path === name);
  const helped = singles.filter(isHelped);
  return {
    isValid: false,
    errors: [...failed.errors.filter(({ path }) => !helped.includes(path)), ...errorsInside(second.errors, helped)],
  };
}

function toList(record: Record<string, unknown>, name: string): void {
  if (Object.hasOwn(record, name) && !Array.isArray(record[name])) record[name] = [record[name]];
}

function errorsInside(errors: readonly FieldError[], names: readonly string[]): FieldError[] {
  return errors.filter(({ path }) => names.some((name) => path.startsWith(`${name}.`)));
}

/** Whether an issue may be about a single value in place of a list. Most libraries say what they expect. */
function asksForList(issue: SchemaIssue): boolean {
  const { expected } = issue as { readonly expected?: unknown }; // Not part of the standard.
  return typeof expected !== "string" || /array/i.test(expected);
}

const listNames = new WeakMap<StandardSchema, ReadonlySet<string> | undefined>();

/** Returns the names of the lists in a schema that supports Standard JSON Schema; undefined for other schemas. */
function findListNames(schema: StandardSchema): ReadonlySet<string> | undefined {
  if (!listNames.has(schema)) listNames.set(schema, readListNames(schema));
  return listNames.get(schema);
}

function readListNames(schema: StandardSchema): ReadonlySet<string> | undefined {
  try {
    const { jsonSchema } = schema["~standard"] as { readonly jsonSchema?: { input(options: { target: string }): Record<string, unknown> } }; // An extension of the standard.
    const properties = jsonSchema?.input({ target: "draft-2020-12" })["properties"];
    if (typeof properties !== "object" || properties === null) return undefined;
    const isList = (property: unknown): boolean =>
      typeof property === "object" && property !== null && "type" in property && property.type === "array";
    return new Set(Object.entries(properties).flatMap(([name, property]) => (isList(property) ? name : [])));
  } catch {
    // A schema that JSON Schema cannot express.
    return undefined;
  }
}

function pathOf({ path = [] }: SchemaIssue): string {
  return path.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
}

function toFieldError(issue: SchemaIssue): FieldError {
  // Gable's own schemas name the rule.
  const { code } = issue as { readonly code?: unknown };
  const isOwn = typeof code === "string" && code.startsWith("E_");
  return { path: pathOf(issue), code: isOwn ? code : "invalid", message: issue.message };
}
