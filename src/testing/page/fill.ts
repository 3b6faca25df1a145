/** Fills the fields of a form the way a person does: only what the page allows. */
import type { GableError } from "gable";
import { textOf } from "../html/nodes.ts";
import { suggest, testError } from "../test-error.ts";
import type { TestFile } from "../test-request.ts";
import type { Control } from "./controls.ts";
import { describeFormat, sanitizeValue } from "./input-values.ts";

/** A value for a field: text, a number, a choice, whether a box is checked, or files; a list for several of them. */
export type FieldValue = string | number | boolean | TestFile | ReadonlyArray<string | number | TestFile>;

/** Sets the fields of one name. `where` names the form. Throws `E_TEST_FIELD`. */
export function fillField(controls: readonly Control[], name: string, value: FieldValue, where: string): void {
  const named = controls.filter((control) => control.name === name && name !== "");
  if (named.length === 0)
    throw fieldError(
      `${where} has no field "${name}".`,
      suggest(
        name,
        controls.filter(isFillable).flatMap((control) => (control.name === "" ? [] : [control.name])),
      ),
    );
  const fillable = named.filter(isFillable);
  const [first] = fillable;
  if (first === undefined) throw notFillable(named[0]!, where);
  const usable = fillable.filter(({ isDisabled, isReadOnly }) => !isDisabled && !isReadOnly);
  if (usable.length === 0)
    throw fieldError(
      `The field "${name}" of ${where} is ${first.isDisabled ? "disabled" : "read-only"}: nobody can change it.`,
      "Send another value with client.post(), as an attacker would.",
    );
  fillers[first.kind]!({ controls: usable, name, value, where });
}

const isFillable = ({ kind }: Control): boolean => kind !== "hidden" && kind !== "button";

function notFillable({ kind, name }: Control, where: string): GableError {
  if (kind === "button") return fieldError(`"${name}" is a button of ${where}.`, `Press it: submit("${name}").`);
  return fieldError(
    `The field "${name}" of ${where} is hidden: nobody can fill it.`,
    "Send another value with client.post(), as an attacker would.",
  );
}

interface Filling {
  readonly controls: readonly Control[];
  readonly name: string;
  readonly value: FieldValue;
  readonly where: string;
}

const fillers: Readonly<Record<string, (filling: Filling) => void>> = {
  text: fillTexts,
  checkbox: fillCheckboxes,
  radio: fillRadios,
  select: fillSelect,
  file: fillFiles,
};

function fillTexts({ controls, name, value, where }: Filling): void {
  const values = Array.isArray(value) ? value : [value];
  if (values.length !== controls.length)
    throw fieldError(
      `${where} has ${controls.length} fields "${name}", and ${values.length} ${values.length === 1 ? "value was" : "values were"} given.`,
      controls.length === 1 ? "Pass one value." : "Pass a list with one value for each field.",
    );
  for (const [index, control] of controls.entries()) fillText(control, values[index], where);
}

function fillText(control: Control, value: unknown, where: string): void {
  if (typeof value !== "string" && typeof value !== "number")
    throw fieldError(`The field "${control.name}" of ${where} takes text.`, "Pass a string or a number.");
  const text = String(value);
  const isLines = control.type === "textarea";
  const kept = isLines ? text.replaceAll(/\r\n?/g, "\n") : sanitizeValue(control.type, text, control.element.attributes);
  // A browser would silently drop or change it.
  if (!isLines && kept !== text && control.type !== "datetime-local" && control.type !== "color")
    throw fieldError(
      `The field "${control.name}" of ${where} has the type ${control.type} and cannot hold ${JSON.stringify(text)}.`,
      `Pass ${describeFormat(control.type)}.`,
    );
  if (kept === "" && text !== "")
    throw fieldError(
      `The field "${control.name}" of ${where} cannot hold ${JSON.stringify(text)}.`,
      `Pass ${describeFormat(control.type)}.`,
    );
  control.value = kept;
}

function fillCheckboxes({ controls, name, value, where }: Filling): void {
  const [first] = controls;
  if (typeof value === "boolean") {
    if (controls.length > 1)
      throw fieldError(
        `${where} has ${controls.length} boxes "${name}".`,
        `Pass a list with the values of those to check: ${listValues(controls)}.`,
      );
    first!.isChecked = value;
    return;
  }
  const wanted = (Array.isArray(value) ? value : [value]).map(String);
  for (const each of wanted)
    if (!controls.some((control) => control.value === each)) throw unknownChoice(name, each, where, valuesOf(controls));
  for (const control of controls) control.isChecked = wanted.includes(control.value);
}

function fillRadios({ controls, name, value, where }: Filling): void {
  if (typeof value === "object" || typeof value === "boolean")
    throw fieldError(`The buttons "${name}" of ${where} take one value.`, `Pass one of: ${listValues(controls)}.`);
  const chosen = controls.find((control) => control.value === String(value));
  if (chosen === undefined) throw unknownChoice(name, String(value), where, valuesOf(controls));
  for (const control of controls) control.isChecked = control === chosen;
}

function fillSelect({ controls, name, value, where }: Filling): void {
  const [select, ...others] = controls;
  if (others.length > 0) {
    const values = Array.isArray(value) ? value : [value];
    if (values.length !== controls.length)
      throw fieldError(`${where} has ${controls.length} lists "${name}".`, "Pass a list with one value for each of them.");
    for (const [index, each] of controls.entries()) fillSelect({ controls: [each], name, value: values[index]!, where });
    return;
  }
  if (Array.isArray(value) && !select!.isMultiple)
    throw fieldError(`The list "${name}" of ${where} takes one value.`, "Pass the value without a list.");
  const wanted = (Array.isArray(value) ? value : [value]).map(String);
  const { options } = select!;
  const chosen = wanted.map((each) => {
    // A person sees the label; a value wins where both fit.
    const option = options.find((candidate) => candidate.value === each) ?? options.find(({ label }) => label === each);
    if (option === undefined)
      throw unknownChoice(
        name,
        each,
        where,
        options.map((candidate) => candidate.value),
      );
    if (option.isDisabled) throw fieldError(`The choice "${each}" of "${name}" in ${where} is disabled.`, "Pass another one.");
    return option;
  });
  for (const option of options) option.isSelected = chosen.includes(option);
}

function fillFiles({ controls, name, value, where }: Filling): void {
  const files = Array.isArray(value) ? value : [value];
  const [control] = controls;
  if (controls.length > 1) throw fieldError(`${where} has ${controls.length} fields "${name}" for files.`, "Give them different names.");
  if (!files.every(isFile))
    throw fieldError(`The field "${name}" of ${where} takes files.`, 'Pass a file: { name: "a.txt", content: "..." }, or a list of files.');
  if (files.length > 1 && !control!.isMultiple) throw fieldError(`The field "${name}" of ${where} takes one file.`, "Pass one file.");
  control!.files = files;
}

function isFile(value: unknown): value is TestFile {
  return typeof value === "object" && value !== null && "name" in value && "content" in value;
}

/** The values of boxes or of radio buttons, for messages. */
const valuesOf = (controls: readonly Control[]): readonly string[] => controls.map(({ value }) => value);
const listValues = (controls: readonly Control[]): string =>
  valuesOf(controls)
    .map((value) => `"${value}"`)
    .join(", ");

function unknownChoice(name: string, value: string, where: string, known: readonly string[]): GableError {
  return fieldError(`"${value}" is not a choice of "${name}" in ${where}.`, suggest(value, known));
}

function fieldError(message: string, fix: string): GableError {
  return testError("E_TEST_FIELD", message, fix);
}

/** Returns what a button says: its text, its value, or its label for screen readers. */
export function buttonText({ element, type, value }: Control): string {
  const text = element.name === "button" ? textOf(element) : type === "image" ? (element.attributes.get("alt") ?? "") : value;
  if (text !== "") return text;
  return element.attributes.get("aria-label") ?? (element.name === "input" && type === "submit" ? "Submit" : "");
}
