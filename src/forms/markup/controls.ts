/** The built-in controls of fields. */
import { html } from "../../views/html.ts";
import type { Html } from "../../views/values.ts";
import { attributes, isHtml } from "../../views/values.ts";
import type { ChoiceRow } from "../definition.ts";
import type { AttributeRecord, FieldView } from "./field-view.ts";
import { describedBy, fileAttributes, inputAttributes, ruleAttributes } from "./control-attributes.ts";

/** Draws the control of a field: its own widget, the built-in one that it names, or the one of its type. */
export function drawControl(field: FieldView, extra: Readonly<AttributeRecord> = {}): Html {
  const { widget } = field;
  if (typeof widget === "function") {
    const drawn = widget(field, attributes(inputAttributes(field, extra)));
    return isHtml(drawn) ? drawn : html`${drawn}`;
  }
  return drawNamed(controlNameOf(field), field, extra);
}

type BuiltIn = "input" | "textarea" | "select" | "radio" | "checkboxes" | "checkbox" | "file" | "hidden";

/** Most choices that are all shown at the same time. */
const [radiosMax, checkboxesMax] = [5, 10];

/** Returns the built-in control that a field has. */
export function controlNameOf({ definition, widget, choices }: FieldView): BuiltIn {
  if (typeof widget === "string") return widget;
  const { type, options, isRequired } = definition;
  const count = Object.keys(choices).length;
  switch (type) {
    case "text":
      return options.lines === undefined ? "input" : "textarea";
    case "json":
    case "list":
      return "textarea";
    case "boolean":
      return options.unknown === true ? "select" : "checkbox";
    case "choice":
      return isRequired && count <= radiosMax ? "radio" : "select";
    case "choices":
      return count <= checkboxesMax ? "checkboxes" : "select";
    case "relation":
    case "relations":
      return "select";
    case "file":
    case "files":
      return "file";
    default:
      return "input";
  }
}

function drawNamed(name: BuiltIn, field: FieldView, extra: Readonly<AttributeRecord>): Html {
  switch (name) {
    case "textarea":
      return drawTextarea(field, extra);
    case "select":
      return drawSelect(field, extra);
    case "radio":
      return html`${drawBoxes(field, extra, "radio")}`;
    case "checkboxes":
      return html`${drawBoxes(field, extra, "checkbox")}`;
    case "checkbox":
      return drawCheckbox(field, extra);
    case "file":
      return drawFile(field, extra);
    case "hidden":
      return html`<input ${attributes({ type: "hidden", name: field.name, id: field.id, value: field.value, ...extra })}>`;
    default:
      return html`<input ${attributes(inputAttributes(field, extra))}>`;
  }
}

const defaultLines = 5;

function drawTextarea(field: FieldView, extra: Readonly<AttributeRecord>): Html {
  const { name, id, value, definition } = field;
  const { pattern: _, ...rules } = ruleAttributes(field, extra);
  const all = attributes({ name, id, rows: definition.options.lines ?? defaultLines, ...rules });
  // Parsers drop a line end right after the start tag.
  return html`<textarea ${all}>${value.startsWith("\n") ? "\n" : ""}${value}</textarea>`;
}

function drawSelect(field: FieldView, extra: Readonly<AttributeRecord>): Html {
  const { name, id, definition } = field;
  const isMultiple = definition.type === "choices" || definition.type === "relations";
  const all = attributes({ name, id, multiple: isMultiple, ...withoutTextRules(ruleAttributes(field, extra)) });
  if (definition.source !== undefined) return html`<select ${all}>${drawRows(field, isMultiple)}</select>`;
  return html`<select ${all}>${drawBlank(field, isMultiple)}${drawOptions(field, toOptions(field))}</select>`;
}

function withoutTextRules({
  min: _min,
  max: _max,
  step: _step,
  minlength: _least,
  maxlength: _most,
  ...rest
}: AttributeRecord): AttributeRecord {
  return rest;
}

function toOptions(field: FieldView): ChoiceRow[] {
  if (field.definition.type === "boolean")
    return [
      { key: "true", label: field.text("yes") },
      { key: "false", label: field.text("no") },
    ];
  return Object.entries(field.choices).map(([key, label]) => ({ key, label }));
}

/** The first option of a list of which nothing is chosen yet, or of which nothing need be chosen. */
function drawBlank(field: FieldView, isMultiple: boolean): Html | undefined {
  if (isMultiple || (field.isRequired && field.values.length > 0 && !field.isInvalid)) return undefined;
  const { definition } = field;
  const key = definition.type === "boolean" ? "unknown" : definition.isRequired ? "choose" : "none";
  return html`<option value="">${field.text(key)}</option>`;
}

function drawOptions({ values }: FieldView, options: readonly ChoiceRow[]): Html[] {
  const selected = new Set(values);
  return options.map(({ key, label }) => html`<option value="${key}" selected="${selected.has(key)}">${label}</option>`);
}

/** Most rows of a relation that a list shows. */
const rowsMax = 1000;

async function drawRows(field: FieldView, isMultiple: boolean): Promise<Html> {
  const found = await field.listRows(rowsMax + 1);
  const rows = found.slice(0, rowsMax);
  const listed = new Set(rows.map(({ key }) => key));
  // A chosen row beyond the last one that is shown stays chosen.
  const others = field.values.filter((key) => key !== "" && !listed.has(key)).map((key) => ({ key, label: key }));
  const more = found.length > rowsMax ? html`<option value="" disabled>${field.text("more", { max: rowsMax })}</option>` : "";
  return html`${drawBlank(field, isMultiple)}${drawOptions(field, [...others, ...rows])}${more}`;
}

function drawBoxes(field: FieldView, extra: Readonly<AttributeRecord>, type: "radio" | "checkbox"): Html[] {
  const selected = new Set(field.values);
  const { definition, name, isDisabled, isInvalid } = field;
  return toOptions(field).map(({ key, label }, index) => {
    const all = attributes({
      type,
      name,
      id: boxId(field, key, index),
      value: key,
      checked: selected.has(key),
      required: type === "radio" && field.showsRequired && field.isRequired,
      disabled: isDisabled,
      ...definition.options.attributes,
      ...extra,
      "aria-invalid": type === "checkbox" && isInvalid ? "true" : undefined,
    });
    return html`${index === 0 ? "" : "\n  "}<div><input ${all}><label for="${boxId(field, key, index)}">${label}</label></div>`;
  });
}

/** Returns the id of one box: made of its key where that can be part of an id. */
export function boxId(field: FieldView, key: string, index: number): string {
  return field.partId(/^[A-Za-z0-9_-]{1,40}$/.test(key) ? key : `choice-${index + 1}`);
}

function drawCheckbox(field: FieldView, extra: Readonly<AttributeRecord>): Html {
  const { name, id, value, definition } = field;
  const rules = ruleAttributes(field, extra);
  const mustTick = definition.options.mustBeTrue === true && field.showsRequired;
  return html`<input ${attributes({ type: "checkbox", name, id, value: "true", checked: value === "true", ...rules, required: mustTick })}>`;
}

function drawFile(field: FieldView, extra: Readonly<AttributeRecord>): Html {
  const control = html`<input ${attributes(fileAttributes(field, extra))}>`;
  if (field.storedName === "") return control;
  const { storedToken } = field;
  const stored =
    storedToken === ""
      ? ""
      : html`
  <input ${attributes({ type: "hidden", name: `${field.name}.stored`, value: storedToken })}>`;
  if (field.isRequired)
    return storedToken === ""
      ? control
      : html`${control}${stored}
  <div class="stored-file">${field.text("stored", { name: field.storedName })}</div>`;
  const id = field.partId("clear");
  const box = attributes({ type: "checkbox", name: `${field.name}.clear`, id, value: "true", checked: field.isCleared });
  return html`${control}${stored}
  <div><input ${box}><label for="${id}">${field.text("clear", { name: field.storedName })}</label></div>`;
}

/** Returns the description of a fieldset, whose controls share it. */
export function groupAttributes(field: FieldView): AttributeRecord {
  return { "aria-describedby": describedBy(field) };
}
