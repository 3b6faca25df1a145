/** Fields of forms from fields and relations of models. */
import { isColumn } from "../data/schema/column.ts";
import type { RelationMeta } from "../data/schema/model-class.ts";
import { makeSlug, noteMadeSlug } from "../data/schema/slug.ts";
import { GableError } from "../errors/gable-error.ts";
import { suggestName } from "../errors/nearest-name.ts";
import { toColumnField } from "./column-field.ts";
import type { AnyFieldOptions, FieldDefinition, FieldDefinitions } from "./definition.ts";
import { FormField } from "./form-field.ts";
import { createRowSource } from "./model-rows.ts";
import type { RelationModel } from "./model-rows.ts";
import type { FormModel } from "./model-types.ts";

/** Options by the name of the field. */
export type Overrides = Readonly<Record<string, AnyFieldOptions | undefined>>;

/** Makes the fields of a model form. Throws `E_FORM_FIELD`, `E_FIELD_UNKNOWN` and `E_FIELD_SECRET`. */
export function toModelFields(model: FormModel, names: readonly string[], overrides: Overrides = {}): Map<string, FieldDefinition> {
  for (const name of Object.keys(overrides))
    if (!names.includes(name))
      throw new GableError("E_FIELD_UNKNOWN", `The option override of the form of ${model.name} names "${name}", which is not in fields.`, {
        fix: suggestName(name, names),
      });
  return new Map(names.map((name) => [name, toModelField(model, name, { ...needsSlug(model, name, names), ...overrides[name] })]));
}

/** A slug must be typed where the form does not have the text that it is made of. */
function needsSlug({ $meta: { fields } }: FormModel, name: string, names: readonly string[]): AnyFieldOptions {
  const field = fields.get(name);
  const from = field?.options.from;
  return from === undefined || names.includes(from) || field!.isNullable ? {} : { optional: false };
}

function toModelField(model: FormModel, name: string, override: AnyFieldOptions): FieldDefinition {
  const { fields, relations } = model.$meta;
  const relation = relations.get(name);
  if (relation !== undefined) return toRelationField(model, relation, override);
  const field = fields.get(name);
  // The model's own record: only its keys are looked at.
  const column: unknown = Object.hasOwn(model.$fields, name) ? (model.$fields as Readonly<Record<string, unknown>>)[name] : undefined;
  if (field === undefined || !isColumn(column))
    throw new GableError("E_FIELD_UNKNOWN", `The form of ${model.name} lists "${name}", but the model has no such field.`, {
      fix: suggestName(name, [...fields.values()].map((each) => each.relation ?? each.name).concat([...relations.keys()])),
    });
  if (field.isSecret)
    throw new GableError("E_FIELD_SECRET", `The form of ${model.name} lists "${name}", which is secret.`, {
      fix: "Leave it out of the form. Add a field under extra, and set the column in code.",
    });
  if (!field.isEditable)
    throw new GableError("E_FORM_FIELD", `The form of ${model.name} lists "${name}", which is not editable.`, {
      fix: "Leave it out of the form, or drop the option editable: false of the model.",
    });
  return toColumnField(name, column, override);
}

function toRelationField(model: FormModel, relation: RelationMeta, override: AnyFieldOptions): FieldDefinition {
  const { kind, name, label, help, isNullable } = relation;
  if (kind !== "belongsTo" && kind !== "manyToMany")
    throw new GableError("E_FORM_FIELD", `The form of ${model.name} lists "${name}", whose rows hold the key.`, {
      fix: `Write sets: { ${name}: inlineSet(${relation.target.name}, { fields: [...] }) } instead.`,
    });
  const isMany = kind === "manyToMany";
  const target = relation.target as unknown as RelationModel; // Classes of models are constructors.
  const options = { label, ...(help !== "" && { help }), ...((isNullable || isMany) && { optional: true }), ...override };
  return new FormField(isMany ? "relations" : "relation", options, { source: createRowSource(target, override.query) });
}

/** Makes the slugs that were left blank, of the fields that the model names. */
export function fillSlugs(fields: FieldDefinitions, values: Record<string, unknown>): void {
  for (const [name, { options }] of fields) {
    if (options.from === undefined || (values[name] !== null && values[name] !== "")) continue;
    const source = values[options.from];
    if (typeof source !== "string" || source.trim() === "") continue;
    const slug = makeSlug(source, typeof options.max === "number" ? options.max : 50);
    values[name] = slug;
    noteMadeSlug(values, name, slug);
  }
}
