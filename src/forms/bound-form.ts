/** Forms on a page: whole, in parts, or field by field. */
import { assertKnownOptions, kindsOf } from "../errors/option-errors.ts";
import type { FormError, RenderOptions } from "../handlers/form.ts";
import { html } from "../views/html.ts";
import type { Html, Renderable } from "../views/values.ts";
import { attributes, toHtml } from "../views/values.ts";
import type { BoundField, FieldOwner } from "./bound-field.ts";
import { bindFields } from "./bound-field.ts";
import type { FieldDefinitions } from "./definition.ts";
import type { FormErrors } from "./form-errors.ts";
import type { FormPlan, FormState } from "./form-plan.ts";
import { rowScript } from "./markup/row-script.ts";
import { firstControlId } from "./markup/field-markup.ts";
import { formatMessage } from "./messages.ts";

const renderNames = kindsOf<RenderOptions>({ action: "string", submit: "string", id: "string", attributes: "object" });

/** A form on a page. As markup it is the summary of its errors and all its fields. */
export class BoundForm implements Renderable {
  /** Fields by name. */
  readonly fields: Readonly<Record<string, BoundField>>;
  /** @internal */
  protected readonly plan: FormPlan;
  /** @internal */
  protected readonly state: FormState;
  /** @internal */
  protected readonly found: FormErrors;

  /** @internal Made by a form. */
  constructor({ plan, state, errors }: FieldOwner) {
    this.plan = plan;
    this.state = state;
    this.found = errors;
    this.fields = bindFields(plan.fields, { plan, state, errors }, { name: "", id: state.id, initial: state.initial });
  }

  /** Name of the form. */
  get name(): string {
    return this.plan.name;
  }

  /** Returns the errors: all of them, or those of one field. */
  errors(name?: string): readonly FormError[] {
    return name === undefined ? this.found.list : this.found.list.filter(({ field }) => field === name);
  }

  /** Returns the text that a field shows, such as `form.value("address.street")`; "" for a blank one. */
  value(name: string): string {
    return this.find(name)?.value ?? "";
  }

  /** Returns a field by its whole name, such as `address.street` or `photos.0.caption`. */
  find(name: string): BoundField | undefined {
    let [fields, rows]: [Readonly<Record<string, BoundField>>, BoundField["rows"]] = [this.fields, []];
    let found: BoundField | undefined;
    for (const part of name.split(".")) {
      const isRow = /^[0-9]+$/.test(part) && found?.definition.type === "set";
      if (isRow) {
        fields = rows[Number(part)]?.fields ?? {};
        continue;
      }
      found = Object.hasOwn(fields, part) ? fields[part] : undefined;
      if (found === undefined) return undefined;
      [fields, rows] = [found.fields, found.rows];
    }
    return found;
  }

  /** Returns the same form with other ids, for a second copy on one page. */
  withId(id: string): BoundForm {
    return new BoundForm({ plan: this.plan, state: { ...this.state, id }, errors: this.found });
  }

  /** The summary of the errors, with a link to each field; nothing without errors. */
  get summary(): Html | "" {
    const { list } = this.found;
    if (list.length === 0) return "";
    const title = this.#text(list.length === 1 ? "problem" : "problems", { count: list.length });
    return html`<div class="error-summary" id="${this.state.id}-summary" role="alert" tabindex="-1" autofocus>
  <h2>${title}</h2><ul>${list.map((error) => html`<li>${this.#drawError(error)}</li>`)}</ul></div>`;
  }

  #drawError({ field, message }: FormError): Html | string {
    const found = field === null ? undefined : this.find(field);
    if (found === undefined) return message;
    return html`<a href="#${firstControlId(found)}">${this.#labelOf(field!)}: ${message}</a>`;
  }

  /** The label of a field after those of the groups and rows that it is in: "Photos 2, Caption". */
  #labelOf(name: string): string {
    const parts = name.split(".");
    const labels: string[] = [];
    parts.forEach((part, index) => {
      if (/^[0-9]+$/.test(part)) labels.push(`${labels.pop()} ${Number(part) + 1}`);
      else labels.push(this.find(parts.slice(0, index + 1).join("."))?.labelText ?? part);
    });
    return labels.join(", ");
  }

  /** Hidden values that belong to the form, such as the version of a row. */
  get hidden(): readonly Html[] {
    return Object.entries(this.state.hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
  }

  /** Adds rows of sets in the browser; nothing in a form without sets. */
  get script(): Html | "" {
    return hasSet(this.plan.fields) ? rowScript : "";
  }

  /** Summary, hidden values and fields, without the `form` element. */
  get [toHtml](): () => Html {
    return () => html`${[this.summary, ...this.hidden, ...Object.values(this.fields)].filter((part) => part !== "").map(toLine)}`;
  }

  /** Draws the `form` element with everything in it, and a button. */
  render(options: RenderOptions = {}): Html {
    assertKnownOptions("form.render()", options, renderNames);
    const { action, submit = "Save", id, attributes: extra } = options;
    if (id !== undefined && id !== this.state.id)
      return this.withId(id).render({ submit, ...(action !== undefined && { action }), ...(extra && { attributes: extra }) });
    const { method, hasFiles, fields } = this.plan;
    const all = attributes({ method, action, enctype: hasFiles && method === "post" ? "multipart/form-data" : undefined, ...extra });
    // The first button of a form is the one that Enter presses: that must not be one that adds a row.
    const enter = hasSet(fields)
      ? html`<button type="submit" hidden></button>
`
      : "";
    return html`<form ${all}>
${enter}${this}<button type="submit">${submit}</button></form>`;
  }

  #text(key: string, params: Readonly<Record<string, string | number>>): string {
    return formatMessage(key, params, undefined, { layers: this.plan.layers, context: this.state.context });
  }
}

/** A group may have a set. */
function hasSet(fields: FieldDefinitions): boolean {
  return [...fields.values()].some(({ type, fields: inner }) => type === "set" || (type === "group" && hasSet(inner)));
}

function toLine(part: Html | BoundField | ""): Html {
  return html`${part}
`;
}
