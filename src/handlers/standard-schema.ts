/** Input by any schema that follows Standard Schema version 1: zod, valibot, arktype, and our own fields. */
import type { FieldError } from "../http/problem.ts";

/** The part of Standard Schema that we use; any such library fits (standardschema.dev). */
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

/** What a schema says about a value. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: ReadonlyArray<SchemaIssue> };

/** One thing that is wrong. */
export interface SchemaIssue {
  /** What a person can do about it. */
  readonly message: string;
  /** Keys that lead to the place. */
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
}

/** What a schema takes. */
export type InputOfSchema<Schema> = Schema extends StandardSchema<infer Input, unknown> ? Input : never;

/** What a schema gives. */
export type OutputOfSchema<Schema> = Schema extends {
  readonly "~standard": { readonly types?: { readonly output: infer Output } | undefined };
}
  ? Output
  : never;

/** The checked value, or what is wrong with it. */
export type Validated =
  | { readonly isValid: true; readonly value: unknown }
  | { readonly isValid: false; readonly errors: readonly FieldError[] };

/** Checks a value with a schema. */
export async function validateWith(schema: StandardSchema, value: unknown): Promise<Validated> {
  const result = await schema["~standard"].validate(value);
  return result.issues === undefined ? { isValid: true, value: result.value } : { isValid: false, errors: result.issues.map(toFieldError) };
}

/**
 * Checks names and values of a query or form. A name that came once may belong to a list: where the schema refuses
 * its single value, a list of one is tried.
 */
export async function validateFields(schema: StandardSchema, record: Readonly<Record<string, unknown>>): Promise<Validated> {
  const plain = { ...record };
  const first = await validateWith(schema, plain);
  if (first.isValid) return first;
  const singles = first.errors.map((error) => error.path).filter((path) => Object.hasOwn(plain, path) && !Array.isArray(plain[path]));
  if (singles.length === 0) return first;
  for (const name of singles) plain[name] = [plain[name]];
  const second = await validateWith(schema, plain);
  return second.isValid ? second : first;
}

function toFieldError(issue: SchemaIssue): FieldError {
  const keys = (issue.path ?? []).map((part) => String(typeof part === "object" ? part.key : part));
  return { path: keys.join("."), code: "invalid", message: issue.message };
}
