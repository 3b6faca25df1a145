/** Forms with the messages and controls of an application. */
import { assertKnownOptions } from "../errors/option-errors.ts";
import type { FieldRecord, ValuesOf } from "./field-values.ts";
import type { Form, FormDefaults, FormOptions } from "./form.ts";
import { createForm } from "./form.ts";
import type { ModelForm, ModelFormOptions } from "./model-form.ts";
import { createModelForm } from "./model-form.ts";
import type { FormModel, ModelFieldName, ModelFormData } from "./model-types.ts";

/** The functions `form()` and `modelForm()` of an application. */
export interface Forms {
  /** Makes a form of fields by name. */
  form<const Fields extends FieldRecord>(fields: Fields, options?: FormOptions<ValuesOf<Fields>>): Form<ValuesOf<Fields>>;
  /** Makes a form of a model. */
  modelForm<
    Class extends FormModel,
    const Name extends ModelFieldName<Class>,
    const Extra extends FieldRecord = {},
    const Sets extends FieldRecord = {},
  >(
    model: Class,
    options: ModelFormOptions<Class, Name, Extra, Sets>,
  ): ModelForm<ModelFormData<Class, Name, Extra, Sets>, Class, Name>;
}

/**
 * Makes `form()` and `modelForm()` with messages and controls for all forms of an application.
 *
 * @example
 * export const { form, modelForm } = createForms({ messages: { required: "Please fill this in." } });
 */
export function createForms(defaults: FormDefaults): Forms {
  assertKnownOptions("createForms()", defaults, { messages: "object", widgets: "object" });
  const kept = Object.freeze({ ...defaults });
  return {
    form: (fields, options = {}) => createForm(fields, options, kept),
    modelForm: (model, options) => createModelForm(model, options, kept),
  };
}
