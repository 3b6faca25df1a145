/** Forms that were sent: valid with data, or invalid with errors. */
import { assertKnownOptions } from "../errors/option-errors.ts";
import { GableError } from "../errors/gable-error.ts";
import { BoundForm } from "./bound-form.ts";
import type { FieldOwner } from "./bound-field.ts";
import type { SentRow } from "./reading/reading.ts";
import { toErrorCode } from "./standard.ts";
import { assertName } from "./validation.ts";

/** What a form that was sent has besides what it shows. */
export interface SentParts extends FieldOwner {
  /** Values by field, as far as they could be read. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Rows of sets. */
  readonly rows: ReadonlyMap<string, readonly SentRow[]>;
  /** Whether everything was checked: not after a button of a set was pressed. */
  readonly isChecked: boolean;
}

/** A form that was sent. Its types are those of `ValidForm` and `InvalidForm`. */
export class SentForm extends BoundForm {
  protected readonly values: Readonly<Record<string, unknown>>;
  protected readonly rows: ReadonlyMap<string, readonly SentRow[]>;
  readonly #isChecked: boolean;
  #isStale = false;

  /** @internal Made by a form. */
  constructor(parts: SentParts) {
    super(parts);
    this.values = parts.values;
    this.rows = parts.rows;
    this.#isChecked = parts.isChecked;
  }

  /** Whether all values are right. */
  get valid(): boolean {
    return this.#isChecked && this.found.isEmpty;
  }

  /** Status for the reply that shows the form again: 422 with errors, 409 for a row that has changed, 200 otherwise. */
  get status(): 200 | 409 | 422 {
    if (this.found.isEmpty) return 200;
    return this.#isStale ? 409 : 422;
  }

  /** The values. Throws `E_FORM_NOT_VALID` (422) when the form has errors. */
  get data(): unknown {
    if (this.valid) return this.values;
    throw this.toError();
  }

  /** @internal The error that stands for an invalid form. */
  toError(code: "E_FORM_NOT_VALID" | "E_INPUT_INVALID" = "E_FORM_NOT_VALID"): GableError {
    const errors = this.found.list.map(({ field, code: rule, message }) => ({ path: field ?? "", code: toErrorCode(rule), message }));
    const names = errors.map(({ path }) => path).filter((path) => path !== "");
    return new GableError(code, `The form "${this.name}" is not valid${names.length === 0 ? "." : `: ${names.join(", ")}.`}`, {
      details: { errors },
    });
  }

  /** Adds an error of a field, or of the whole form with null. The form is invalid from then on. Throws `E_FIELD_UNKNOWN`. */
  addError(field: string | null, message: string, options: { readonly code?: string } = {}): void {
    assertKnownOptions("form.addError()", options, { code: "string" });
    const { code = "custom" } = options;
    if (field !== null) assertName(this.plan.fields, field);
    this.found.add({ field, code, message });
  }

  /** Notes that the row has changed since the form was shown. */
  protected noteStale(): void {
    this.#isStale = true;
    this.found.add({ field: null, code: "stale" });
  }

  /** Whether the person asked to remove the stored file of a field. */
  isCleared(field: string): boolean {
    assertName(this.plan.fields, field);
    return this.state.sent?.has(`${field}.clear`) ?? false;
  }
}
