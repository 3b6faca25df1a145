/** Forms that are written by hand: fields by name, checks, markup. */
import type { OptionKinds } from "../errors/option-errors.ts";
import { assertKnownOptions, kindsOf, optionInvalid } from "../errors/option-errors.ts";
import { findTimeZone } from "../input/current-time-zone.ts";
import type { FormReader } from "../input/form-reader.ts";
import { formReader } from "../input/form-reader.ts";
import { BoundForm } from "./bound-form.ts";
import type { FieldDefinition, FormContext } from "./definition.ts";
import type { FieldRecord, ValuesOf } from "./field-values.ts";
import { FormErrors } from "./form-errors.ts";
import type { FormPlan, FormState, Widgets } from "./form-plan.ts";
import { findAddedSet } from "./form-plan.ts";
import { createFormReader } from "./form-reader.ts";
import type { DisplayForm, InvalidForm, ValidForm } from "../handlers/form.ts";
import { toObjectSchema } from "./json-schema.ts";
import type { MessageLayers } from "./messages.ts";
import { FormReading } from "./reading/read-form.ts";
import { SentForm } from "./sent-form.ts";
import type { SentParts } from "./sent-form.ts";
import type { FormSource } from "./sent-values.ts";
import { SentValues } from "./sent-values.ts";
import type { FieldStandard } from "./standard.ts";
import { toIssue } from "./standard.ts";
import { toDefinitions } from "./to-definitions.ts";
import type { FormMessages, KeptRule } from "./validation.ts";
import { assertName, runFieldChecks, runFormChecks } from "./validation.ts";

/** Names of fields. */
type FieldName<Data> = keyof Data & string;

/** A form that was sent. */
export type SentFormOf<Data> = ValidForm<Data> | InvalidForm<Data>;

/** What a check says: nothing, one sentence, or sentences by field. */
export type CheckMessages<Data> = string | { readonly [Name in FieldName<Data>]?: string | undefined } | undefined;

/** A check of several fields. */
export interface FormRule<Data> {
  /** Fields that must be right before the check runs. A single sentence is an error of the last one. */
  readonly on: ReadonlyArray<FieldName<Data>>;
  /** Returns the errors, or undefined. */
  readonly check: (data: Data) => CheckMessages<Data> | Promise<CheckMessages<Data>>;
}

/** Options of a form. */
export interface FormOptions<Data> {
  /** Start of all ids: letters, digits and hyphens. Default "form". */
  readonly name?: string;
  /** "get" reads the query string, for search pages. Default "post". */
  readonly method?: "post" | "get";
  /** Checks of several fields, each when its fields are right. None by default. */
  readonly rules?: ReadonlyArray<FormRule<Data>>;
  /** Check of the whole form, when everything else is right. A single sentence is an error of the form. None by default. */
  readonly validate?: (data: Data) => CheckMessages<Data> | Promise<CheckMessages<Data>>;
  /** Messages by code that replace the built-in ones. None by default. */
  readonly messages?: Readonly<Record<string, string>>;
  /** Controls by type of field that replace the built-in ones. None by default. */
  readonly widgets?: Widgets;
}

/** Messages and controls for all forms of an application. */
export interface FormDefaults {
  /** Messages by code. None by default. */
  readonly messages?: Readonly<Record<string, string>>;
  /** Controls by type of field. None by default. */
  readonly widgets?: Widgets;
}

/** Options of `blank()` and `from()`. */
export const shownNames = kindsOf<FormContext & { readonly id?: string }>({ id: "string", timeZone: true, translate: true });
/** Kinds of the options of all forms; the name and the method are checked with their words. */
export const formKinds: OptionKinds<FormOptions<never>> = {
  name: "string",
  method: true,
  rules: "objects",
  validate: "function",
  messages: "object",
  widgets: "object",
};

/** Data of programs has the same meaning wherever it is checked. */
const schemaContext: FormContext = Object.freeze({ timeZone: "UTC" });

/** A form. Give it to a route as `form:`, or read it yourself with `parse()`. */
export class Form<Data, Sent = SentFormOf<Data>> {
  /** Type of the form on the context of a handler; never set. */
  declare readonly $sent: Sent;
  /** @internal */
  protected readonly plan: FormPlan;

  /** @internal Use {@link form}. */
  constructor(plan: FormPlan) {
    this.plan = plan;
  }

  /** Name of the form. */
  get name(): string {
    return this.plan.name;
  }

  /** The interface of Standard Schema, version 1. It takes a plain object. */
  get "~standard"(): FieldStandard<Data> {
    return {
      version: 1,
      vendor: "gable",
      jsonSchema: { input: () => this.toJsonSchema(), output: () => this.toJsonSchema() },
      validate: async (value) => {
        if (typeof value !== "object" || value === null || Array.isArray(value))
          return { issues: [{ message: "Send an object.", code: "E_INVALID" }] };
        const sent = await this.read(SentValues.fromRecord(this.plan.fields, value as Readonly<Record<string, unknown>>), schemaContext); // An object.
        // The readers of the fields give the types of Data.
        return sent.valid ? { value: sent.data as Data } : { issues: sent.errors().map(toIssue) };
      },
    };
  }

  /** Returns the form as JSON Schema (draft 2020-12). */
  toJsonSchema(): Record<string, unknown> {
    return toObjectSchema(this.plan.fields);
  }

  /** Returns a blank form for a page, with some values to begin with. */
  blank(initial: Partial<Data> = {}, options: FormContext & { readonly id?: string } = {}): DisplayForm<Data> {
    assertKnownOptions("form.blank()", options, shownNames);
    const { id = this.plan.name, ...context } = options;
    return this.show(initial, { id, hidden: {}, context });
  }

  /** Reads a form without HTTP: `FormData`, `URLSearchParams`, pairs, or a plain object. */
  async parse(source: FormSource, context: FormContext = {}): Promise<Sent> {
    // The class of this form makes the forms that Sent describes.
    return (await this.read(await toSentValues(this.plan, source), context)) as Sent;
  }

  /** @internal How a route reads the form. */
  get [formReader](): FormReader {
    return createFormReader({
      plan: this.plan,
      read: (sent, context) => this.read(sent, context),
      hiddenOf: (sent) => this.hiddenOf(sent),
    });
  }

  /** Makes a form for a page. */
  protected show(
    initial: object,
    { id, hidden, context, stored = new Map() }: Pick<FormState, "id" | "hidden" | "context"> & Partial<Pick<FormState, "stored">>,
  ): DisplayForm<Data> {
    const zoned = withZone(context);
    const state = { id, hidden, context: zoned, stored, sent: undefined, initial: initial as Readonly<Record<string, unknown>> }; // Values by name.
    // Its fields are those of Data.
    return new BoundForm({ plan: this.plan, state, errors: new FormErrors(this.plan.layers, zoned) }) as unknown as DisplayForm<Data>;
  }

  /** Makes a form that was sent; model forms make one that can be saved. */
  protected create(parts: SentParts): SentForm {
    return new SentForm(parts);
  }

  /** Hidden values that a form carries on. */
  protected hiddenOf(_sent: SentValues): Readonly<Record<string, string>> {
    return {};
  }

  /** Reads and checks what was sent. */
  protected async read(sent: SentValues, given: FormContext): Promise<SentForm> {
    const { plan } = this;
    const context = withZone(given);
    const errors = new FormErrors(plan.layers, context);
    const isGrown = findAddedSet(plan, sent) !== undefined;
    // A form that only gets one more row has no errors to show, but its files are read, so that they are not lost.
    const reading = new FormReading(sent, isGrown ? new FormErrors(plan.layers, context) : errors);
    const state = { id: plan.name, hidden: this.hiddenOf(sent), context, sent, initial: {}, stored: reading.stored };
    if (isGrown && !plan.keepsFiles) return this.create({ plan, state, errors, values: {}, rows: new Map(), isChecked: false });
    const values = reading.readFields(plan.fields, "");
    if (reading.waiting !== undefined) await reading.waiting;
    if (isGrown) return this.create({ plan, state, errors, values, rows: reading.rows, isChecked: false });
    this.complete(values, errors);
    // The first visit of a search page: nothing was asked for, so that nothing is missing.
    if (plan.method === "get" && !errors.isEmpty && !isSent(plan, sent))
      return this.create({ plan, state, errors: new FormErrors(plan.layers, context), values: {}, rows: new Map(), isChecked: false });
    const checking = runFieldChecks(reading, errors);
    if (checking instanceof Promise) await checking;
    const form = runFormChecks(plan, values, errors);
    if (form instanceof Promise) await form;
    return this.create({ plan, state, errors, values, rows: reading.rows, isChecked: true });
  }

  /** Fills in values that others give; model forms make slugs. */
  protected complete(_values: Record<string, unknown>, _errors: FormErrors): void {}
}

/** A form keeps the zone of the application that makes it, since its page may be drawn elsewhere. A constant of a module has none. */
function withZone(context: FormContext): FormContext {
  const timeZone = context.timeZone ?? findTimeZone();
  return timeZone === undefined ? context : { ...context, timeZone };
}

/** Makes a form of fields by name. Throws `E_FORM_FIELD`, `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`. */
export function form<const Fields extends FieldRecord>(
  fields: Fields,
  options: FormOptions<ValuesOf<Fields>> = {},
): Form<ValuesOf<Fields>> {
  return createForm(fields, options, {});
}

/** Makes a form with the messages and controls of an application. */
export function createForm<const Fields extends FieldRecord>(
  fields: Fields,
  options: FormOptions<ValuesOf<Fields>>,
  defaults: FormDefaults,
): Form<ValuesOf<Fields>> {
  return new Form(createPlan("form()", toDefinitions(fields, "form"), options, defaults));
}

/** Values of a form. */
export type FormValues<Of> = Of extends { readonly $sent: infer Sent }
  ? Sent extends { readonly valid: true; readonly data: infer Data }
    ? Data
    : never
  : never;

/** Checks the options of a form and makes what it is kept as. */
export function createPlan<Data>(
  owner: string,
  fields: ReadonlyMap<string, FieldDefinition>,
  options: FormOptions<Data>,
  defaults: FormDefaults,
): FormPlan {
  assertKnownOptions(owner, options, formKinds);
  const { name = "form", method = "post", rules = [], validate, messages, widgets } = options;
  if (!/^[a-z][a-z0-9-]{0,62}$/i.test(name)) throw optionInvalid(owner, "name", name, "letters, digits and hyphens, a letter first");
  if (method !== "post" && method !== "get") throw optionInvalid(owner, "method", method, '"post" or "get"');
  for (const { on } of rules) for (const each of on) assertName(fields, each);
  const hasFiles = [...fields.values()].some(takesFiles);
  if (hasFiles && method === "get") throw optionInvalid(owner, "method", method, '"post" for a form with files');
  const layers: MessageLayers = [messages, defaults.messages];
  return Object.freeze({
    name,
    method,
    fields,
    // Rules and checks see the values of this form.
    rules: rules as unknown as readonly KeptRule[],
    validate: validate as ((values: Readonly<Record<string, unknown>>) => FormMessages | Promise<FormMessages>) | undefined, // As above.
    layers,
    widgets: { ...defaults.widgets, ...widgets },
    hasFiles,
    keepsFiles: [...fields.values()].some(keepsFile),
  });
}

function takesFiles({ type, fields }: FieldDefinition): boolean {
  return type === "file" || type === "files" || [...fields.values()].some(takesFiles);
}

function keepsFile({ options, fields }: FieldDefinition): boolean {
  return options.keeps !== undefined || [...fields.values()].some(keepsFile);
}

/** Whether anything was sent for the fields of a form. */
function isSent({ fields }: FormPlan, sent: SentValues): boolean {
  for (const name of sent.names()) if (fields.has(name.split(".")[0]!)) return true;
  return false;
}

/** Requests, replies and promises have no values to read. */
function hasMethod(source: object, name: string): boolean {
  return typeof (source as Readonly<Record<string, unknown>>)[name] === "function"; // Any object may have one.
}

async function toSentValues({ fields }: FormPlan, source: FormSource): Promise<SentValues> {
  if (typeof source !== "object" || source === null || hasMethod(source, "formData") || hasMethod(source, "then"))
    throw optionInvalid(
      "form.parse()",
      "source",
      source,
      "FormData, URLSearchParams, pairs, or a plain object. Read a request with await request.formData()",
    );
  if (source instanceof FormData) return SentValues.fromFormData(fields, source);
  if (Symbol.iterator in source) return SentValues.fromPairs(source as Iterable<readonly [string, string]>); // Pairs can be gone through.
  return SentValues.fromRecord(fields, source as Readonly<Record<string, unknown>>); // What is left of the type.
}
