/** What the actions of accounts return. */

/** Why an action did nothing: an error for the form, as `form.addError()` takes it. */
export interface AccountProblem {
  /** Name of the field; null for the whole form. */
  readonly field: string | null;
  /** Sentence for the user. */
  readonly message: string;
  /** Stable name of the reason, such as `wrong`. */
  readonly code: string;
}

/** Result of an action: why it did nothing, or what it did. `problem` distinguishes them. */
export type AccountResult<Made = {}> = { readonly problem: AccountProblem } | ({ readonly problem?: undefined } & Made);

/** Result that leads to a page: `next` is a path of this site. */
export type SentOn = AccountResult<{ readonly next: string }>;

/** Makes a refusal. */
export function refuse(field: string | null, code: string, message: string): { readonly problem: AccountProblem } {
  return { problem: { field, code, message } };
}
