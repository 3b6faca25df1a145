/** Attributes of controls: the rules for the browser, and attributes of the field. */
import type { FieldType } from "../definition.ts";
import { bytesMaxOf } from "../../input/file-fields.ts";
import { scalarTypes } from "../values/scalar-types.ts";
import type { AttributeRecord, FieldView } from "./field-view.ts";

const inputTypes: Readonly<Partial<Record<FieldType, string>>> = {
  email: "email",
  url: "url",
  password: "password",
  color: "color",
  tel: "tel",
  int: "number",
  bigint: "number",
  number: "number",
  decimal: "number",
  date: "date",
  time: "time",
  datetime: "datetime-local",
  file: "file",
  files: "file",
};

/** Returns the type of a field's `input` element. */
function inputTypeOf(type: FieldType): string {
  return inputTypes[type] ?? "text";
}

/** Returns the ids of the elements that describe a control: help and errors. */
export function describedBy(field: FieldView): string | undefined {
  const ids = [...(field.helpText === "" ? [] : [`${field.id}-help`]), ...(field.isInvalid ? [`${field.id}-errors`] : [])];
  return ids.length === 0 ? undefined : ids.join(" ");
}

/** Returns the attributes that follow the value: rules, state, the field's own, and the description. */
export function ruleAttributes(field: FieldView, extra: Readonly<AttributeRecord>): AttributeRecord {
  const { definition, timeZone } = field;
  const { options, type } = definition;
  const rules = scalarTypes[type]?.attributes(definition, { timeZone }) ?? {};
  return {
    ...rules,
    ...(field.isInvalid && toStepBase(rules)),
    required: field.showsRequired && field.isRequired,
    disabled: field.isDisabled,
    ...(options.autocomplete !== undefined && { autocomplete: options.autocomplete }),
    placeholder: options.placeholder,
    ...options.attributes,
    ...extra,
    "aria-describedby": describedBy(field),
    "aria-invalid": field.isInvalid ? "true" : undefined,
  };
}

/** Largest distance at which browsers still see the digits after the point. */
const stepsMax = 2 ** 52;

/**
 * Returns the place where steps begin, for a value that was refused. Browsers count from the attribute `value` otherwise: after 1.5,
 * they would take 2.5 and refuse 2.
 */
function toStepBase({ min, step }: Readonly<AttributeRecord>): AttributeRecord {
  if (typeof step !== "number" || min !== undefined) return {};
  return { min: Number.isInteger(step) ? -Math.floor(stepsMax / step) * step : -1_000_000_000 * step };
}

/** Returns all attributes of the field's `input` element. */
export function inputAttributes(field: FieldView, extra: Readonly<AttributeRecord>): AttributeRecord {
  return {
    type: inputTypeOf(field.definition.type),
    name: field.name,
    id: field.id,
    value: field.definition.type === "password" ? undefined : field.value,
    ...ruleAttributes(field, extra),
  };
}

/** Returns all attributes of the control for files. The browser knows the limit before it sends anything. */
export function fileAttributes(field: FieldView, extra: Readonly<AttributeRecord>): AttributeRecord {
  const { options, type } = field.definition;
  return {
    type: "file",
    name: field.name,
    id: field.id,
    multiple: type === "files",
    accept: options.accept?.join(","),
    "data-bytes-max": bytesMaxOf(field.definition),
    ...ruleAttributes(field, extra),
    // A stored file is enough.
    required: field.showsRequired && field.isRequired && field.storedName === "",
  };
}
