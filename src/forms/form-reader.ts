/** How a route reads a form: which files it takes, and what becomes of what was sent. */
import type { FormReader } from "../input/form-reader.ts";
import type { FormContext } from "./definition.ts";
import { bytesMaxOf, findFileField, formBodyBytesMax } from "../input/file-fields.ts";
import type { FormPlan } from "./form-plan.ts";
import type { SentForm } from "./sent-form.ts";
import { SentValues } from "./sent-values.ts";

/** Makes the reader of a form. */
export function createFormReader(plan: FormPlan, read: (sent: SentValues, context: FormContext) => Promise<SentForm>): FormReader {
  return {
    method: plan.method,
    bodyBytesMax: formBodyBytesMax(plan.fields),
    fileBytesMaxOf: (name) => {
      const field = findFileField(plan.fields, name);
      return field === undefined ? undefined : bytesMaxOf(field);
    },
    read: ({ fields, files }) => read(SentValues.fromPairs(fields, files), {}),
  };
}
