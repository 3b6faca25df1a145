/** The markup of whole fields: label, help, errors, control. */
import { rowsMax } from "../../input/file-fields.ts";
import { html } from "../../views/html.ts";
import type { Html } from "../../views/values.ts";
import { attributes } from "../../views/values.ts";
import { boxId, controlNameOf, drawControl, groupAttributes } from "./controls.ts";
import type { FieldView, RowView } from "./field-view.ts";

/** Draws the label of a field; fields with several controls have a legend. */
export function drawLabel(field: FieldView): Html {
  if (isFieldset(field)) return html`<legend>${field.labelText}${drawOptional(field)}</legend>`;
  return html`<label for="${field.id}">${field.labelText}${drawOptional(field)}</label>`;
}

function drawOptional(field: FieldView): Html | "" {
  const { definition } = field;
  const isMarked =
    !definition.isRequired && definition.options.disabled !== true && definition.type !== "boolean" && definition.type !== "set";
  return isMarked ? html` <span class="optional">${field.text("optional")}</span>` : "";
}

/** Draws the help of a field; nothing without any. */
export function drawHelp({ id, helpText }: FieldView): Html | "" {
  return helpText === "" ? "" : html`<p class="help" id="${id}-help">${helpText}</p>`;
}

/** Draws the errors of a field; nothing without any. */
export function drawErrors({ id, messages }: FieldView): Html | "" {
  return messages.length === 0
    ? ""
    : html`<ul class="errors" id="${id}-errors">${messages.map((message) => html`<li>${message}</li>`)}</ul>`;
}

/** Whether a field has several controls, and so a legend. */
function isFieldset(field: FieldView): boolean {
  const { type } = field.definition;
  if (type === "group" || type === "set") return true;
  if (typeof field.widget === "function") return false;
  return ["radio", "checkboxes"].includes(controlNameOf(field));
}

/** Draws a whole field. */
export function drawField(field: FieldView): Html {
  const { type } = field.definition;
  if (type === "set") return drawSet(field);
  if (type === "group") return drawGroup(field);
  const control = typeof field.widget === "function" ? "own" : controlNameOf(field);
  if (control === "hidden") return drawControl(field);
  const [label, help, errors] = [drawLabel(field), drawHelp(field), drawErrors(field)];
  const name = field.isInvalid ? "field field-invalid" : "field";
  if (control === "checkbox") return html`<div class="${name}">${drawControl(field)}${label}${below(help)}${below(errors)}</div>`;
  if (!isFieldset(field)) return html`<div class="${name}">${label}${below(help)}${below(errors)}${below(drawControl(field))}</div>`;
  const all = attributes({
    class: name,
    id: field.id,
    role: control === "radio" ? "radiogroup" : undefined,
    ...groupAttributes(field),
    "aria-invalid": control === "radio" && field.isInvalid ? "true" : undefined,
  });
  return html`<fieldset ${all}>${label}${below(help)}${below(errors)}${below(drawControl(field))}</fieldset>`;
}

function below(part: Html | ""): Html | "" {
  return part === ""
    ? ""
    : html`
  ${part}`;
}

function drawGroup(field: FieldView): Html {
  const all = attributes({
    class: field.messages.length > 0 ? "field group field-invalid" : "field group",
    id: field.id,
    ...groupAttributes(field),
  });
  const parts = [drawHelp(field), drawErrors(field), ...field.children.map(drawField)];
  return html`<fieldset ${all}>${drawLabel(field)}${parts.map(below)}</fieldset>`;
}

function drawSet(field: FieldView): Html {
  const { name, definition, blankRow, rowViews } = field;
  const all = attributes({
    class: field.messages.length > 0 ? "field set field-invalid" : "field set",
    id: field.id,
    ...groupAttributes(field),
  });
  const count = html`<input type="hidden" name="${name}.count" value="${rowViews.length}">`;
  const parts = [drawHelp(field), drawErrors(field), count, ...rowViews.map((row) => drawRow(row, field))];
  if (blankRow !== undefined)
    parts.push(
      html`<template data-rows="${name}" data-max="${rowsMax(definition)}">${drawRow(blankRow, field)}</template>`,
      // The page comes back with one more row: the browser checks nothing before.
      html`<button type="submit" name="${name}.add" id="${field.partId("add")}" value="1" formnovalidate>${field.text("add", { label: (definition.options.rowLabel ?? field.labelText).toLowerCase() })}</button>`,
    );
  return html`<fieldset ${all}>${drawLabel(field)}${parts.map(below)}</fieldset>`;
}

/** Draws a row of a set. */
function drawRow(row: RowView, field: Pick<FieldView, "text">): Html {
  const { id, name, key } = row;
  const parts: Array<Html | ""> = [
    key === "" ? "" : html`<input type="hidden" name="${name}.id" value="${key}">`,
    ...row.children.map(drawField),
    row.position === undefined
      ? ""
      : html`<div class="field"><label for="${id}-position">${field.text("position")}</label>
  <input type="number" name="${name}.position" id="${id}-position" value="${row.position}" step="any"></div>`,
    html`<div class="field"><input type="checkbox" name="${name}.delete" id="${id}-delete" value="true" checked="${row.isDeleted}"><label for="${id}-delete">${field.text("remove")}</label></div>`,
  ];
  return html`<fieldset class="set-row" id="${id}"><legend>${row.legend}</legend>${parts.map(below)}</fieldset>`;
}

/** Returns the id of the first control of a field, where a link of the summary goes. */
export function firstControlId(field: FieldView): string {
  const { type } = field.definition;
  if (type === "set")
    return field.blankRow === undefined ? (field.rowViews[0]?.children.map(firstControlId)[0] ?? field.id) : field.partId("add");
  if (type === "group") return field.children.map(firstControlId)[0] ?? field.id;
  if (!isFieldset(field)) return field.id;
  const [key = ""] = Object.keys(field.choices);
  return boxId(field, key, 0);
}
