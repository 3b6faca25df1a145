/** The input of tasks: checked when a task is enqueued, kept as JSON, and checked again when it runs. */
import { GableError } from "../errors/gable-error.ts";
import { optionInvalid } from "../errors/option-errors.ts";
import type { FieldRecord } from "../forms/field-values.ts";
import { form } from "../forms/form.ts";
import type { StandardSchema } from "../handlers/standard-schema.ts";
import { validateWith } from "../handlers/standard-schema.ts";
import { findJsonLoss } from "../http/json-loss.ts";

/** Largest input by default, in bytes of JSON: 64 KiB. */
export const inputBytesDefault = 65_536;
/** Deepest nesting of an input. */
const inputDepthMax = 64;

/** Turns inputs into JSON and back. */
export interface InputReader {
  /** Checks an input. Returns its JSON. Throws `E_TASK_INPUT`. */
  write(input: unknown): Promise<string>;
  /** Parses and checks an input. Throws `E_TASK_INPUT`. */
  read(json: string): Promise<unknown>;
}

/** Creates the reader of a task. Throws `E_OPTION_INVALID` for a description that is neither fields nor a schema. */
export function createInputReader(
  name: string,
  input: FieldRecord | StandardSchema | undefined,
  inputBytesMax: number = inputBytesDefault,
): InputReader {
  const schema = input === undefined ? undefined : toSchema(name, input);
  const check = async (value: unknown): Promise<unknown> => {
    if (schema === undefined) {
      if (value === undefined || value === null) return undefined;
      throw inputInvalid(name, "this task takes no input");
    }
    const result = await validateWith(schema, value);
    if (result.isValid) return result.value;
    throw inputInvalid(name, result.errors.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join(" "));
  };
  return {
    async write(value) {
      const wrong = findJsonLoss(value, "input", { depthMax: inputDepthMax });
      if (wrong !== undefined) throw inputInvalid(name, wrong);
      await check(value);
      const json = JSON.stringify(value ?? null);
      const bytes = new TextEncoder().encode(json).length;
      if (bytes > inputBytesMax) throw inputInvalid(name, `it has ${bytes} bytes of JSON, and the maximum is ${inputBytesMax}`);
      return json;
    },
    read: async (json) => check(JSON.parse(json)),
  };
}

function toSchema(name: string, input: FieldRecord | StandardSchema): StandardSchema {
  if (typeof input === "object" && input !== null) {
    // A schema of arktype is a function, all others are objects.
    if ("~standard" in input) return input as StandardSchema;
    assertNoJson(name, input);
    return form(input);
  }
  if (typeof input === "function" && "~standard" in input) return input;
  throw optionInvalid(`task("${name}")`, "input", input, "fields by name, such as { photoId: f.int() }, or a Standard Schema");
}

/** JSON fields parse strings as JSON: the string "7" would become the number 7. */
function assertNoJson(name: string, fields: FieldRecord): void {
  for (const [key, field] of Object.entries(fields))
    if (typeof field !== "object" || field === null)
      throw optionInvalid(`task("${name}")`, `input.${key}`, field, "a field, such as f.int()");
    else if ("type" in field && field.type === "json")
      throw optionInvalid(`task("${name}")`, `input.${key}`, field, "no field of JSON; describe the input with a Standard Schema instead");
}

function inputInvalid(name: string, reason: string): GableError {
  return new GableError("E_TASK_INPUT", `The input of the task "${name}" cannot be used: ${reason.replace(/\.?$/, ".")}`);
}
