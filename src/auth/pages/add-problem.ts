/** The refusal of an action, as an error of the form. */
import type { AccountProblem } from "../actions/results.ts";

/** Adds a problem to a form. */
export function addProblem(
  form: { addError(field: string | null, message: string, options: { readonly code: string }): void },
  { field, message, code }: AccountProblem,
): void {
  form.addError(field, message, { code });
}
