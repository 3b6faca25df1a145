/** The fields of a form as a browser sees them: who owns them, what they hold, and what they send. */
import type { HtmlElement } from "../html/nodes.ts";
import { ancestorsOf, elementsOf, rawTextOf } from "../html/nodes.ts";
import { sanitizeValue } from "./input-values.ts";
import type { TestFile } from "../test-request.ts";

/** Kinds of controls, by what a person does with them. */
type ControlKind = "text" | "hidden" | "checkbox" | "radio" | "select" | "file" | "button";

/** An option of a select. */
interface OptionState {
  readonly value: string;
  readonly label: string;
  readonly isDisabled: boolean;
  isSelected: boolean;
}

/** A control, and what it holds now. */
export interface Control {
  readonly element: HtmlElement;
  readonly kind: ControlKind;
  /** Type in lower case: that of an input, else the name of the element. */
  readonly type: string;
  readonly name: string;
  readonly isDisabled: boolean;
  readonly isReadOnly: boolean;
  readonly isMultiple: boolean;
  value: string;
  isChecked: boolean;
  readonly options: readonly OptionState[];
  files: readonly TestFile[];
}

/** A part of what a form sends. */
export type FormEntry = readonly [name: string, value: string | TestFile];

const controlNames = new Set(["input", "select", "textarea", "button"]);
const inputTypes = new Set(
  "hidden text search tel url email password date month week time datetime-local number range color checkbox radio file submit image reset button".split(
    " ",
  ),
);

/** Returns the controls that belong to a form, in the order of the page. */
export function controlsOf(root: HtmlElement, form: HtmlElement): Control[] {
  const ids = new Map<string, HtmlElement>();
  for (const element of elementsOf(root)) {
    const id = element.attributes.get("id");
    if (id !== undefined && !ids.has(id)) ids.set(id, element);
  }
  const controls: Control[] = [];
  for (const element of elementsOf(root))
    if (controlNames.has(element.name) && !element.isForeign && ownerOf(element, ids) === form) controls.push(createControl(element));
  keepOneOfEachGroup(controls);
  return controls;
}

/** Returns the form of a control: the one that its attribute `form` names, else the one around it. */
export function ownerOf(element: HtmlElement, ids: ReadonlyMap<string, HtmlElement>): HtmlElement | undefined {
  const id = element.attributes.get("form");
  if (id === undefined) return element.form;
  const named = ids.get(id);
  return named?.name === "form" ? named : undefined;
}

/** Returns the type of an input, or the kind of a button; for other controls the name of the element. */
export function controlTypeOf({ name, attributes }: HtmlElement): string {
  const type = attributes.get("type")?.toLowerCase() ?? "";
  if (name === "input") return inputTypes.has(type) ? type : "text";
  if (name === "button") return type === "reset" || type === "button" ? type : "submit";
  return name;
}

function createControl(element: HtmlElement): Control {
  const { attributes } = element;
  const type = controlTypeOf(element);
  const kind = kindOf(element, type);
  const isMultiple = attributes.has("multiple");
  return {
    element,
    kind,
    type,
    name: attributes.get("name") ?? "",
    isDisabled: isDisabled(element),
    isReadOnly: attributes.has("readonly"),
    isMultiple,
    value: defaultValue(element, type),
    isChecked: attributes.has("checked"),
    options: kind === "select" ? optionsOf(element, isMultiple) : [],
    files: [],
  };
}

function kindOf({ name }: HtmlElement, type: string): ControlKind {
  if (name === "button" || ["submit", "image", "reset", "button"].includes(type)) return "button";
  if (type === "checkbox" || type === "radio" || type === "file" || type === "select" || type === "hidden") return type;
  return "text";
}

/** Disabled itself, or by a fieldset; the first legend of a fieldset stays usable. */
function isDisabled(element: HtmlElement): boolean {
  if (element.attributes.has("disabled")) return true;
  let inside = element;
  for (const above of ancestorsOf(element)) {
    const isFirstLegend = above.children.find((child) => typeof child !== "string" && child.name === "legend") === inside;
    if (above.name === "fieldset" && above.attributes.has("disabled") && !isFirstLegend) return true;
    inside = above;
  }
  return false;
}

function defaultValue(element: HtmlElement, type: string): string {
  if (element.name === "textarea") return rawTextOf(element);
  const value = element.attributes.get("value");
  if (type === "checkbox" || type === "radio") return value ?? "on";
  return sanitizeValue(type, value ?? "", element.attributes);
}

function optionsOf(select: HtmlElement, isMultiple: boolean): OptionState[] {
  const options = [...elementsOf(select)].filter(({ name }) => name === "option").map(createOption);
  if (isMultiple) return options;
  const selected = options.findLast(({ isSelected }) => isSelected);
  for (const option of options) option.isSelected = option === selected;
  const rows = Number(select.attributes.get("size") ?? "1");
  // A list that shows one row always has a choice.
  const first = selected === undefined && !(rows > 1) ? options.find((option) => !option.isDisabled) : undefined;
  if (first !== undefined) first.isSelected = true;
  return options;
}

function createOption(element: HtmlElement): OptionState {
  const { attributes, parent } = element;
  const text = rawTextOf(element)
    .replaceAll(/[ \t\n\f\r]+/g, " ")
    .trim();
  const isGroupDisabled = parent?.name === "optgroup" && parent.attributes.has("disabled");
  return {
    value: attributes.get("value") ?? text,
    label: attributes.get("label") || text,
    isDisabled: attributes.has("disabled") || isGroupDisabled,
    isSelected: attributes.has("selected"),
  };
}

/** Of radio buttons with one name, the last one that is checked counts. */
function keepOneOfEachGroup(controls: readonly Control[]): void {
  const seen = new Set<string>();
  for (const control of controls.toReversed()) {
    if (control.kind !== "radio" || !control.isChecked || control.name === "") continue;
    control.isChecked = !seen.has(control.name);
    seen.add(control.name);
  }
}

/** Returns what a form sends, as browsers build it (HTML, "constructing the entry list"). */
export function entriesOf(controls: readonly Control[], submitter: Control | undefined): FormEntry[] {
  return controls.flatMap((control) => {
    if (control.isDisabled || [...ancestorsOf(control.element)].some(({ name }) => name === "datalist")) return [];
    return entriesOfControl(control, submitter);
  });
}

function entriesOfControl(control: Control, submitter: Control | undefined): FormEntry[] {
  const { kind, type, name, value } = control;
  if (kind === "button") {
    if (control !== submitter) return [];
    if (type === "image") return [`${name === "" ? "" : `${name}.`}x`, `${name === "" ? "" : `${name}.`}y`].map((part) => [part, "0"]);
    return name === "" ? [] : [[name, value]];
  }
  if (name === "") return [];
  if (kind === "select")
    return control.options.filter(({ isSelected, isDisabled: isOff }) => isSelected && !isOff).map((option) => [name, option.value]);
  if (kind === "checkbox" || kind === "radio") return control.isChecked ? [[name, value]] : [];
  if (kind === "file") return control.files.length === 0 ? [[name, noFile]] : control.files.map((file) => [name, file]);
  if (kind === "hidden" && name === "_charset_") return [[name, "UTF-8"]];
  const direction = control.element.attributes.get("dirname");
  return direction === undefined || direction === ""
    ? [[name, value]]
    : [
        [name, value],
        [direction, "ltr"],
      ];
}

/** What a browser sends for a field without a file. */
const noFile: TestFile = { name: "", content: "" };
