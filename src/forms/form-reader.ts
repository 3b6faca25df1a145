/** How a route reads a form: which files it takes, and what becomes of what was sent. */
import type { FormReader } from "../input/form-reader.ts";
import type { FormContext } from "./definition.ts";
import { findFileLimit, formBodyBytesMax } from "../input/file-fields.ts";
import type { FormPlan } from "./form-plan.ts";
import type { SentForm } from "./sent-form.ts";
import { SentValues } from "./sent-values.ts";
import { listUnknownNames } from "./unknown-names.ts";

/** What the reader needs of its form. */
export interface ReaderParts {
  readonly plan: FormPlan;
  readonly read: (sent: SentValues, context: FormContext) => Promise<SentForm>;
  /** Hidden values that the form carries on, by name. */
  readonly hiddenOf: (sent: SentValues) => object;
}

/** Makes the reader of a form. */
export function createFormReader({ plan, read, hiddenOf }: ReaderParts): FormReader {
  return {
    method: plan.method,
    bodyBytesMax: formBodyBytesMax(plan.fields),
    fileLimitOf: (name) => findFileLimit(plan.fields, name),
    read: ({ fields, files }, noteUnknown) => {
      const sent = SentValues.fromPairs(fields, files);
      const hidden = hiddenOf(sent);
      const unknown = listUnknownNames(plan.fields, sent.names()).filter((name) => !Object.hasOwn(hidden, name));
      if (unknown.length > 0) noteUnknown?.(plan.name, unknown);
      return read(sent, {});
    },
  };
}
