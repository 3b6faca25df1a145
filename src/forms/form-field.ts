/** The class of form fields. */
import type { AnyFieldOptions, FieldDefinition, FieldDefinitions, FieldType, RowSource } from "./definition.ts";
import { assertChoices, assertFieldOptions } from "./field-checks.ts";
import type { FieldStandard } from "./standard.ts";
import { createFieldStandard } from "./standard.ts";

/** What a field is made of besides its type and options. */
export interface FieldParts {
  readonly choices?: Readonly<Record<string, string>>;
  readonly fields?: FieldDefinitions;
  readonly source?: RowSource | undefined;
}

const noFields: FieldDefinitions = new Map();
const noChoices: Readonly<Record<string, string>> = Object.freeze({});

/** A field of a form. The type of its value exists for the compiler only. */
export class FormField<Value> implements FieldDefinition {
  /** Tells it from columns of models. */
  readonly kind = "field";
  /** Type of the value; never set. */
  declare readonly value: Value;
  /** Type of the field. */
  readonly type: FieldType;
  /** The options as they were written. */
  readonly options: AnyFieldOptions;
  /** Whether a value must be sent. */
  readonly isRequired: boolean;
  /** Labels by key, of a choice. */
  readonly choices: Readonly<Record<string, string>>;
  /** Fields inside a group or a set. */
  readonly fields: FieldDefinitions;
  /** @internal Rows of a relation. */
  readonly source: RowSource | undefined;

  /** @internal Use `field`. */
  constructor(type: FieldType, options: AnyFieldOptions, { choices, fields, source }: FieldParts = {}) {
    assertFieldOptions(type, options);
    assertChoices(type, options, choices ?? noChoices);
    this.type = type;
    this.options = Object.freeze({ ...options });
    this.isRequired = options.optional !== true && options.disabled !== true;
    this.choices = choices === undefined ? noChoices : Object.freeze({ ...choices });
    this.fields = fields ?? noFields;
    this.source = source;
    // Sets of models have more properties, and freeze themselves.
    if (new.target === FormField) Object.freeze(this);
  }

  /** The interface of Standard Schema, version 1. */
  get "~standard"(): FieldStandard<Value> {
    return createFieldStandard<Value>(this);
  }
}
