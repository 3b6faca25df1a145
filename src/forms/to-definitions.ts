/** Records of fields as the definitions that readers and controls use. */
import { isColumn } from "../data/schema/column.ts";
import { describeValue, optionInvalid } from "../errors/option-errors.ts";
import { GableError } from "../errors/gable-error.ts";
import { toColumnField } from "./column-field.ts";
import type { FieldDefinition, FieldDefinitions } from "./definition.ts";
import { FormField } from "./form-field.ts";

/** Names with a special meaning in the rows of a set. */
const rowNames = new Set(["id", "delete", "position", "count", "add"]);
const fieldName = /^[A-Za-z][A-Za-z0-9_]{0,62}$/;

/** Returns the fields of a record by name. Throws `E_FORM_FIELD` for a name or a value that cannot be used. */
export function toDefinitions(record: Readonly<Record<string, unknown>>, owner: "form" | "group" | "set"): FieldDefinitions {
  if (typeof record !== "object" || record === null)
    throw optionInvalid(`${owner}()`, "fields", record, "an object of fields by name, such as { name: f.text() }");
  const fields = new Map<string, FieldDefinition>();
  for (const [name, value] of Object.entries(record)) {
    if (!fieldName.test(name) || name === "constructor" || name === "prototype")
      throw formField(name, "this name cannot be used", "Use letters, digits and underscores, at most 63, and a letter first.");
    if (owner === "set" && rowNames.has(name)) throw formField(name, "the rows of a set use this name themselves", "Choose another name.");
    fields.set(name, toDefinition(name, value, owner));
  }
  return fields;
}

function toDefinition(name: string, value: unknown, owner: "form" | "group" | "set"): FieldDefinition {
  const field = value instanceof FormField ? value : isColumn(value) ? toColumnField(name, value) : undefined;
  if (field === undefined)
    throw formField(name, `it is ${describeValue(value)}`, "Use a builder such as field.text(), of gable/forms or gable/data.");
  if (owner === "set" && field.type === "set")
    throw formField(name, "a set cannot hold another set", "Edit the inner rows on a separate page.");
  return field;
}

/** The error about a field that a form cannot have. */
function formField(name: string, problem: string, fix: string): GableError {
  return new GableError("E_FORM_FIELD", `The form field "${name}" cannot be used: ${problem}.`, { fix });
}
