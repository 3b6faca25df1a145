/** Fields of a form on a page: their label, help, errors and control, together or one by one. */
import type { DisplayField } from "../handlers/form.ts";
import type { Html } from "../views/values.ts";
import { toHtml } from "../views/values.ts";
import { toLabel } from "../data/schema/names.ts";
import type { ChoiceRow, ControlName, FieldDefinition, FieldDefinitions, MessageParams, Widget } from "./definition.ts";
import type { FormErrors } from "./form-errors.ts";
import type { FieldPlace, FormPlan, FormState, StoredFile } from "./form-plan.ts";
import { findAddedSet } from "./form-plan.ts";
import { drawControl } from "./markup/controls.ts";
import { drawErrors, drawField, drawHelp, drawLabel } from "./markup/field-markup.ts";
import type { AttributeRecord, FieldView } from "./markup/field-view.ts";
import { formatMessage, toSizeText } from "./messages.ts";
import { currentTimeZone } from "../input/current-time-zone.ts";
import { bytesMaxOf, rowsMax } from "../input/file-fields.ts";
import { initialOf } from "./reading/reading.ts";
import type { BoundRow, SetState } from "./bound-row.ts";
import { createBlankRow, createRows } from "./bound-row.ts";
import { scalarTypes } from "./values/scalar-types.ts";

/** What all fields of one form share. */
export interface FieldOwner {
  readonly plan: FormPlan;
  readonly state: FormState;
  readonly errors: FormErrors;
}

/** Whether a set was asked for one more row. */
function isGrown(plan: FormPlan, { sent }: FormState, name: string): boolean {
  return sent !== undefined && findAddedSet(plan, sent) === name;
}

/** Names that ids end with for parts of a field. */
const reserved = new Set(["help", "errors", "summary"]);

/** Returns the id of a part: a field in a form or a group, a box of a choice. */
function toPartId(id: string, part: string): string {
  return reserved.has(part) ? `${id}--${part}` : `${id}-${part}`;
}

/** Makes fields by name. */
export function bindFields(
  fields: FieldDefinitions,
  owner: FieldOwner,
  { name, id, initial, isOptionalRow = false }: FieldPlace,
): Readonly<Record<string, BoundField>> {
  const values = typeof initial === "object" && initial !== null ? (initial as Readonly<Record<string, unknown>>) : {}; // Values by name.
  const bound: Record<string, BoundField> = {};
  for (const [key, definition] of fields) {
    const place = { name: name + key, id: toPartId(id, key), isOptionalRow };
    bound[key] = new BoundField(definition, owner, { ...place, initial: values[key] === undefined ? initialOf(definition) : values[key] });
  }
  return Object.freeze(bound);
}

/** A field of a form on a page. As a whole it is markup; its parts can be placed one by one. */
export class BoundField implements FieldView, DisplayField {
  readonly definition: FieldDefinition;
  readonly name: string;
  readonly id: string;
  readonly #owner: FieldOwner;
  readonly #place: FieldPlace;
  #fields: Readonly<Record<string, BoundField>> | undefined;
  #rows: ReadonlyArray<BoundRow<BoundField>> | undefined;

  /** @internal Made by a form. */
  constructor(definition: FieldDefinition, owner: FieldOwner, place: FieldPlace) {
    this.definition = definition;
    this.name = place.name;
    this.id = place.id;
    this.#owner = owner;
    this.#place = place;
  }

  /** The label. */
  get label(): Html {
    return drawLabel(this);
  }

  /** The help; nothing without any. */
  get help(): Html | "" {
    return drawHelp(this);
  }

  /** The errors; nothing without any. */
  get errors(): Html | "" {
    return drawErrors(this);
  }

  /** The control, with further attributes if you give any. */
  control(extra: Readonly<AttributeRecord> = {}): Html {
    return drawControl(this, extra);
  }

  /** The whole field. */
  get [toHtml](): () => Html {
    return () => drawField(this);
  }

  /** Fields of a group, by name. */
  get fields(): Readonly<Record<string, BoundField>> {
    const { name, id, initial } = this.#place;
    this.#fields ??= bindFields(this.definition.type === "group" ? this.definition.fields : new Map(), this.#owner, {
      name: `${name}.`,
      id,
      initial,
      isOptionalRow: this.#place.isOptionalRow === true || !this.definition.isRequired,
    });
    return this.#fields;
  }

  /** Rows of a set. */
  get rows(): ReadonlyArray<BoundRow<BoundField>> {
    this.#rows ??= this.definition.type === "set" ? createRows(this.#setState) : [];
    return this.#rows;
  }

  get labelText(): string {
    return this.definition.options.label ?? toLabel(this.name.slice(this.name.lastIndexOf(".") + 1));
  }

  get helpText(): string {
    const { type, options } = this.definition;
    if (options.help !== undefined) return options.help;
    if (type !== "file" && type !== "files") return "";
    return this.text(type === "file" ? "file_max" : "files_max", { max: toSizeText(bytesMaxOf(this.definition)) });
  }

  get messages(): readonly string[] {
    return this.#owner.errors.list.filter(({ field }) => field === this.name).map(({ message }) => message);
  }

  get isInvalid(): boolean {
    return this.messages.length > 0;
  }

  get isRequired(): boolean {
    return this.definition.isRequired;
  }

  get isDisabled(): boolean {
    return this.definition.options.disabled === true;
  }

  get showsRequired(): boolean {
    return this.#place.isOptionalRow !== true;
  }

  get choices(): Readonly<Record<string, string>> {
    return this.definition.choices;
  }

  get timeZone(): string {
    return this.#owner.state.context.timeZone ?? currentTimeZone();
  }

  get widget(): Widget | ControlName | undefined {
    return this.definition.options.widget ?? this.#owner.plan.widgets[this.definition.type];
  }

  get value(): string {
    return this.values[0] ?? "";
  }

  /** Texts that the control shows: what was typed, or else the value that the form began with. */
  get values(): readonly string[] {
    const { type } = this.definition;
    if (type === "password") return [];
    const { sent } = this.#owner.state;
    if (sent === undefined || this.isDisabled) return this.#initialTexts();
    const given = sent.valuesOf(this.name).map((value) => (typeof value === "string" ? value : (this.#toText(value) ?? "")));
    // A box that was ticked by any of its words shows as ticked.
    return type === "boolean" ? given.map((text) => (/^(?:on|1|yes)$/.test(text) ? "true" : text)) : given;
  }

  #initialTexts(): readonly string[] {
    const { initial } = this.#place;
    if (initial === undefined || initial === null) return [];
    const { type } = this.definition;
    const list = Array.isArray(initial) && (type === "choices" || type === "relations") ? initial : [initial];
    return list.flatMap((value: unknown) => this.#toText(value) ?? []);
  }

  #toText(value: unknown): string | undefined {
    const { type, source } = this.definition;
    if (source !== undefined) return source.keyOf(value);
    return scalarTypes[type]?.toText(value, this.definition, this) ?? (typeof value === "string" ? value : undefined);
  }

  /** @internal Whether what was sent is what a form shows for this datetime: its text does not say which of two equal times it means. */
  isShownAs(value: unknown): boolean {
    if (this.definition.type !== "datetime" || !(value instanceof Date)) return false;
    const [given, ...more] = this.#owner.state.sent?.valuesOf(this.name) ?? [];
    return more.length === 0 && given === this.#toText(value);
  }

  get storedName(): string {
    const stored = this.#stored;
    if (stored !== undefined) return stored.name;
    const { initial } = this.#place;
    return this.definition.type === "file" && typeof initial === "string" ? initial : "";
  }

  get storedToken(): string {
    return this.#stored?.token ?? "";
  }

  get isCleared(): boolean {
    return this.#owner.state.sent?.has(`${this.name}.clear`) ?? false;
  }

  get #stored(): StoredFile | undefined {
    return this.#owner.state.stored.get(this.name);
  }

  get children(): readonly BoundField[] {
    return Object.values(this.fields);
  }

  get rowViews(): ReadonlyArray<BoundRow<BoundField>> {
    return this.rows;
  }

  get blankRow(): BoundRow<BoundField> | undefined {
    const { definition } = this;
    return definition.type === "set" && this.rows.length < rowsMax(definition) ? createBlankRow(this.#setState) : undefined;
  }

  get #setState(): SetState<BoundField> {
    const { definition, name, id } = this;
    const { plan, state } = this.#owner;
    const bind = (place: FieldPlace): Readonly<Record<string, BoundField>> => bindFields(definition.fields, this.#owner, place);
    return {
      definition,
      name,
      id,
      bind,
      initial: this.#place.initial,
      sent: state.sent,
      isGrown: isGrown(plan, state, name),
      label: definition.options.rowLabel ?? this.labelText,
    };
  }

  text(key: string, params: MessageParams = {}): string {
    const { plan, state } = this.#owner;
    return formatMessage(key, params, this.definition, { layers: plan.layers, context: state.context });
  }

  partId(part: string): string {
    return toPartId(this.id, part);
  }

  listRows(limit: number): Promise<readonly ChoiceRow[]> {
    return this.definition.source?.list(limit) ?? Promise.resolve([]);
  }
}
