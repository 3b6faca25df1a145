/** Forms of models: fields, labels, limits, choices and messages come from the model. */
import { toSnakeCase } from "../data/schema/names.ts";
import { GableError } from "../errors/gable-error.ts";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import type { InstanceOf } from "../data/schema/model.ts";
import type { WithoutRelations } from "../data/tree/query-types.ts";
import type { DisplayForm } from "../handlers/form.ts";
import type { FieldDefinition, FieldDefinitions, FormContext } from "./definition.ts";
import type { FieldRecord } from "./field-values.ts";
import type { FormDefaults, FormOptions } from "./form.ts";
import { createPlan, Form, formKinds, shownNames } from "./form.ts";
import type { FormPlan, StoredFile } from "./form-plan.ts";
import { findParentRelation, InlineSet } from "./inline-set.ts";
import type { Overrides } from "./model-field.ts";
import { fillSlugs, toModelFields } from "./model-field.ts";
import type { FieldOverride, FormModel, ModelFieldName, ModelFormData, SentModelForm as SentModelFormOf } from "./model-types.ts";
import { listSetRows, readProperty } from "./save-row.ts";
import type { SentForm, SentParts } from "./sent-form.ts";
import { SentModelForm } from "./sent-model-form.ts";
import type { SentValues } from "./sent-values.ts";
import { toDefinitions } from "./to-definitions.ts";

/** Options of a model form. */
export interface ModelFormOptions<Class, Name extends string, Extra, Sets> extends Omit<
  FormOptions<ModelFormData<Class, Name, Extra, Sets>>,
  "method"
> {
  /** Columns and relations of the model, in the order of the form. */
  readonly fields: readonly Name[];
  /** What the form says otherwise than the model, by field. None by default. */
  readonly override?: { readonly [Each in Name]?: FieldOverride };
  /** Further fields, which `save()` does not store. None by default. */
  readonly extra?: Extra;
  /** Sets of rows that belong to the row: `{ photos: inlineSet(Photo, { fields: [...] }) }`. None by default. */
  readonly sets?: Sets;
}

const { method: _, ...sharedKinds } = formKinds;
const modelFormKinds = { fields: true, override: "object", extra: "object", sets: "object", ...sharedKinds } as const;

/** A form of a model. */
export class ModelForm<Data, Class, Name> extends Form<Data, SentModelFormOf<Data, Class, Name>> {
  readonly #model: FormModel;
  /** Names of the fields that show and store a value of the row. */
  readonly #names: ReadonlySet<string>;

  /** @internal Use {@link modelForm}. */
  constructor(plan: FormPlan, model: FormModel, names: ReadonlySet<string>) {
    super(plan);
    this.#model = model;
    this.#names = names;
  }

  /** Returns a form that shows a row, with its links and the rows of its sets. */
  async from(row: WithoutRelations<InstanceOf<Class>>, options: FormContext & { readonly id?: string } = {}): Promise<DisplayForm<Data>> {
    assertKnownOptions("form.from()", options, shownNames);
    const { id = this.plan.name, ...context } = options;
    // Rows are objects with a property for each field.
    const instance = row as object;
    const initial: Record<string, unknown> = {};
    for (const [name, field] of this.plan.fields)
      if (field instanceof InlineSet) initial[name] = await this.#listRows(field, instance);
      else if (this.#names.has(name)) initial[name] = await readValue(this.#model, name, field, instance);
    const { version } = this.#model.$meta;
    const hidden: Record<string, string> = version === "" ? {} : { [version]: String(readProperty(instance, version)) };
    return this.show(initial, { id, hidden, context, stored: await this.#showFiles(initial) });
  }

  /** Describes the stored files of a row and of the rows of its sets. */
  async #showFiles(initial: Readonly<Record<string, unknown>>): Promise<Map<string, StoredFile>> {
    const stored = new Map<string, StoredFile>();
    if (!this.plan.keepsFiles) return stored;
    const { showRowFile } = await import("../storage/form-files.ts");
    const add = (fields: FieldDefinitions, values: Readonly<Record<string, unknown>>, start: string): void => {
      for (const [name, { options }] of fields) {
        const key = values[name];
        if (options.keeps !== undefined && typeof key === "string" && key !== "") stored.set(start + name, showRowFile(key));
      }
    };
    add(this.plan.fields, initial, "");
    for (const [name, set] of this.plan.fields) {
      if (!(set instanceof InlineSet)) continue;
      const rows = initial[name] as ReadonlyArray<Readonly<Record<string, unknown>>>; // Read by listRows().
      for (const [index, row] of rows.entries()) add(set.fields, row, `${name}.${index}.`);
    }
    return stored;
  }

  /** Keeps the files of a form that is shown again. */
  protected override async read(sent: SentValues, context: FormContext): Promise<SentForm> {
    const form = await super.read(sent, context);
    if (form instanceof SentModelForm && !form.valid) await form.keepFiles();
    return form;
  }

  async #listRows(set: InlineSet<unknown>, parent: object): Promise<readonly object[]> {
    const rows = await listSetRows(set, this.#model, parent);
    return Promise.all(
      rows.map(async (row) => {
        const values: Record<string, unknown> = { id: set.source!.keyOf(row) };
        for (const [name, field] of set.fields) values[name] = await readValue(set.model, name, field, row);
        return values;
      }),
    );
  }

  /** Makes a form that was sent and can be saved. */
  protected override create(parts: SentParts): SentForm {
    return new SentModelForm(parts, this.#model, this.#names);
  }

  /** Carries the version of the row on. */
  protected override hiddenOf(sent: SentValues): Readonly<Record<string, string>> {
    const { version } = this.#model.$meta;
    const text = version === "" ? undefined : sent.textOf(version);
    return text === undefined ? {} : { [version]: text };
  }

  /** Makes slugs that were left blank. */
  protected override complete(values: Record<string, unknown>): void {
    fillSlugs(this.plan.fields, values);
  }
}

/** Returns the value of a field of a row: the key of a relation to one row, the rows of one to many. */
async function readValue(model: FormModel, name: string, { type }: FieldDefinition, row: object): Promise<unknown> {
  if (type === "relation") return readProperty(row, model.$meta.relations.get(name)?.fields[0] ?? name);
  const value = readProperty(row, name);
  return type === "relations" ? await (value as PromiseLike<readonly unknown[]>) : value; // A relation to many.
}

/**
 * Makes a form of a model.
 *
 * Throws `E_FORM_FIELD`, `E_FIELD_UNKNOWN`, `E_FIELD_SECRET`, `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`.
 *
 * @example
 * const postForm = modelForm(Post, { fields: ["title", "body", "tags"] });
 */
export function modelForm<
  Class extends FormModel,
  const Name extends ModelFieldName<Class>,
  const Extra extends FieldRecord = {},
  const Sets extends FieldRecord = {},
>(model: Class, options: ModelFormOptions<Class, Name, Extra, Sets>): ModelForm<ModelFormData<Class, Name, Extra, Sets>, Class, Name> {
  return createModelForm(model, options, {});
}

/** Makes a form of a model with the messages and controls of an application. */
export function createModelForm<Class extends FormModel, Name extends string, Extra extends FieldRecord, Sets extends FieldRecord>(
  model: Class,
  options: ModelFormOptions<Class, Name, Extra, Sets>,
  defaults: FormDefaults,
): ModelForm<ModelFormData<Class, Name, Extra, Sets>, Class, Name> {
  assertKnownOptions("modelForm()", options, modelFormKinds);
  const { fields: names, override, extra, sets, ...rest } = options;
  if (!Array.isArray(names) || names.length === 0) throw optionInvalid("modelForm()", "fields", names, "a list of the names of fields");
  const fields = toModelFields(model, names, override as Overrides | undefined); // Options of fields by their names.
  for (const [name, field] of toDefinitions({ ...extra, ...sets }, "form")) {
    if (fields.has(name) || (sets !== undefined && Object.hasOwn(sets, name) && extra !== undefined && Object.hasOwn(extra, name)))
      throw new GableError("E_FORM_FIELD", `The form of ${model.name} has two fields named "${name}".`, { fix: "Rename one of them." });
    fields.set(name, field);
  }
  for (const [name, set] of Object.entries(sets ?? {})) {
    if (!(set instanceof InlineSet)) throw optionInvalid("modelForm()", `sets.${name}`, set, "made by inlineSet()");
    findParentRelation(set, model);
  }
  const { version } = model.$meta;
  if (version !== "" && fields.has(version))
    throw new GableError("E_FORM_FIELD", `The form of ${model.name} lists "${version}", which counts the changes of the row.`, {
      fix: "Leave it out.",
    });
  const name = toSnakeCase(model.name).replaceAll("_", "-");
  return new ModelForm(createPlan("modelForm()", fields, { name, ...rest }, defaults), model, new Set(names));
}
