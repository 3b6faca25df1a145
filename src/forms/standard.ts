/** Fields and forms as Standard Schemas (standardschema.dev). */
import type { FormError } from "../handlers/form.ts";
import type { FieldDefinition, FieldDefinitions } from "./definition.ts";
import { FormErrors } from "./form-errors.ts";
import { toFieldSchema } from "./json-schema.ts";
import { FormReading } from "./reading/read-form.ts";
import { SentValues } from "./sent-values.ts";
import { runFieldChecks } from "./validation.ts";

/** One problem, with the code of the rule besides what the standard asks for. */
export interface StandardIssue {
  /** Sentence that says how to correct it. */
  readonly message: string;
  /** Names that lead to the field; none for the whole. */
  readonly path?: readonly string[];
  /** Code for programs, such as `E_TOO_LONG`. */
  readonly code: string;
}

/** What a check gives. */
export type StandardResult<Value> = { readonly value: Value; readonly issues?: undefined } | { readonly issues: readonly StandardIssue[] };

/** The interface of Standard Schema and Standard JSON Schema, version 1. */
export interface FieldStandard<Value> {
  /** Version of the standard. */
  readonly version: 1;
  /** Name of the library. */
  readonly vendor: "gable";
  /** Checks a value. */
  readonly validate: (value: unknown) => Promise<StandardResult<Value>>;
  /** Gives the JSON Schema. */
  readonly jsonSchema: {
    readonly input: () => Record<string, unknown>;
    readonly output: () => Record<string, unknown>;
  };
  /** Carries the types; never set. */
  readonly types?: { readonly input: Value; readonly output: Value } | undefined;
}

/** Returns the issue of an error: `too_long` becomes `E_TOO_LONG`. */
export function toIssue({ field, code, message }: FormError): StandardIssue {
  return { message, code: toErrorCode(code), ...(field !== null && { path: field.split(".") }) };
}

/** Returns the code of a rule as programs see it. */
export function toErrorCode(code: string): string {
  return `E_${code.toUpperCase()}`;
}

const only = "value";

/** Makes the schema of one field. */
export function createFieldStandard<Value>(field: FieldDefinition): FieldStandard<Value> {
  const schema = (): Record<string, unknown> => toFieldSchema(field);
  return {
    version: 1,
    vendor: "gable",
    jsonSchema: { input: schema, output: schema },
    validate: async (value) => {
      const fields: FieldDefinitions = new Map([[only, field]]);
      const errors = new FormErrors([], { timeZone: "UTC" });
      const reading = new FormReading(SentValues.fromRecord(fields, { [only]: value }), errors);
      const values = reading.readFields(fields, "");
      await reading.waiting;
      await runFieldChecks(reading, errors);
      if (errors.isEmpty) return { value: values[only] as Value }; // The type of the field.
      return { issues: errors.list.map((error) => withoutRoot(toIssue(error))) };
    },
  };
}

function withoutRoot({ path = [], ...issue }: StandardIssue): StandardIssue {
  return path.length > 1 ? { ...issue, path: path.slice(1) } : issue;
}
