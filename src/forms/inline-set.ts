/** Sets of rows that belong to the row of a model form. */
import { toLabel } from "../data/schema/names.ts";
import { GableError } from "../errors/gable-error.ts";
import { assertKnownOptions, kindsOf, optionInvalid } from "../errors/option-errors.ts";
import type { AnyFieldOptions } from "./definition.ts";
import { FormField } from "./form-field.ts";
import type { Overrides } from "./model-field.ts";
import { toModelFields } from "./model-field.ts";
import { createRowSource } from "./model-rows.ts";
import type { FieldOverride, FormModel, ModelFieldName, ModelValues } from "./model-types.ts";

/** Options of a set of rows. */
export interface InlineSetOptions<Name extends string> {
  /** Fields of each row. */
  readonly fields: readonly Name[];
  /** What the form says otherwise than the model. None by default. */
  readonly override?: { readonly [Each in Name]?: FieldOverride };
  /** Relation of the rows that leads to the row of the form. Needed where there are several. */
  readonly by?: string;
  /** Name for people. By default the plural of the model. */
  readonly label?: string;
  /** Sentence below the label. None by default. */
  readonly help?: string;
  /** Fewest rows. Default 0. */
  readonly min?: number;
  /** Most rows. Default 100. */
  readonly max?: number;
  /** Blank rows that a form begins with. Default 1. */
  readonly blankRows?: number;
  /** Whole-number field that keeps the order of the rows; the form asks for it. None by default. */
  readonly ordered?: string;
}

const optionKinds = kindsOf<InlineSetOptions<string>>({
  fields: "strings",
  override: "object",
  by: "string",
  label: "string",
  help: "string",
  min: true,
  max: true,
  blankRows: true,
  ordered: "string",
});

/** A set of rows of a model, as a field of a form. */
export class InlineSet<Value> extends FormField<Value> {
  /** @internal The model of the rows. */
  readonly model: FormModel;
  /** @internal The relation that leads to the form's row; undefined for the only one. */
  readonly by: string | undefined;
  /** @internal Field with the order; undefined for none. */
  readonly orderField: string | undefined;

  /** @internal Use {@link inlineSet}. */
  constructor(model: FormModel, { fields, override, by, ordered, ...options }: InlineSetOptions<string>) {
    const { label = toLabel(model.$meta.labelPlural), ...rest } = options;
    const definitions = toModelFields(model, fields, override as Overrides | undefined); // Options of fields by their names.
    const own: AnyFieldOptions = {
      label,
      rowLabel: toLabel(model.$meta.label),
      optional: true,
      ...rest,
      ...(ordered !== undefined && { ordered: true }),
    };
    super("set", own, { fields: definitions, source: createRowSource(model) });
    this.model = model;
    this.by = by;
    this.orderField = ordered;
    Object.freeze(this);
  }
}

/** Makes a set of rows that belong to the row of a model form. Throws `E_FORM_FIELD` and `E_OPTION_INVALID`. */
export function inlineSet<Class extends FormModel, const Name extends ModelFieldName<Class>>(
  model: Class,
  options: InlineSetOptions<Name>,
): InlineSet<Array<ModelValues<Class, Name>>> {
  assertKnownOptions("inlineSet()", options, optionKinds);
  const { ordered, fields } = options;
  const names: readonly string[] = fields;
  for (const name of ["id", "delete", "position"])
    if (names.includes(name))
      throw new GableError("E_FORM_FIELD", `The set of ${model.name} lists "${name}", which the rows of a set use themselves.`, {
        fix: name === "position" ? 'Write ordered: "position" instead.' : "Leave it out.",
      });
  if (ordered !== undefined && (model.$meta.fields.get(ordered)?.type !== "int" || names.includes(ordered)))
    throw optionInvalid("inlineSet()", "ordered", ordered, `a field.int() of ${model.name} that is not in fields`);
  return new InlineSet(model, options);
}

/** Returns the relation of a set's rows that leads to the row of a form. Throws `E_FORM_FIELD`. */
export function findParentRelation({ model, by }: InlineSet<unknown>, parent: FormModel): string {
  const found = [...model.$meta.relations.values()].filter(
    ({ kind, target, name }) => kind === "belongsTo" && (target as unknown) === parent && (by === undefined || name === by), // Both are classes.
  );
  if (found.length === 1) return found[0]!.name;
  const several = found.map(({ name }) => `"${name}"`).join(", ");
  throw new GableError(
    "E_FORM_FIELD",
    found.length === 0 ? `${model.name} does not belong to ${parent.name}.` : `${model.name} belongs to ${parent.name} by ${several}.`,
    { fix: found.length === 0 ? `Add a relation: () => belongsTo(${parent.name}).` : "Name one of them in the option by." },
  );
}
