/** Fields of forms from columns of models: type, limits, labels and choices come along. */
import { checkValue } from "../data/schema/check-value.ts";
import type { AnyColumn, ColumnType } from "../data/schema/column.ts";
import { DatabaseValue } from "../data/schema/column.ts";
import { toLabel } from "../data/schema/names.ts";
import { GableError } from "../errors/gable-error.ts";
import type { AnyFieldOptions, FieldType } from "./definition.ts";
import { FormField } from "./form-field.ts";

/** The field type of each column type; undefined for columns that no form can show. */
const fieldTypes: Readonly<Record<ColumnType, FieldType | undefined>> = {
  id: undefined,
  bytes: undefined,
  uuid: "uuid",
  text: "text",
  slug: "slug",
  email: "email",
  url: "url",
  int: "int",
  bigint: "bigint",
  float: "number",
  decimal: "decimal",
  boolean: "boolean",
  date: "date",
  time: "time",
  datetime: "datetime",
  json: "json",
  choice: "choice",
  duration: "int",
  ip: "text",
  array: "list",
  file: "file",
};

const [intMin, intMax] = [-2_147_483_648, 2_147_483_647];
const slugMax = 50;
/** Height of a text field without a maximum length. */
const textLines = 5;

/** Makes the field of a column. `override` replaces what the column says. Throws `E_FORM_FIELD`. */
export function toColumnField(name: string, column: AnyColumn, override: AnyFieldOptions = {}): FormField<unknown> {
  const type = fieldTypes[column.type];
  if (type === undefined)
    throw new GableError("E_FORM_FIELD", `The form field "${name}" cannot be used: a form cannot show the type ${column.type}.`, {
      fix: "Leave it out of the form, and set it in code.",
    });
  if (type === "file") return new FormField(type, { ...toFileOptions(name, column), ...override });
  const choices = column.choices === undefined ? {} : { choices: column.choices };
  return new FormField(type, { ...toOptions(name, column), ...override }, choices);
}

function toOptions(name: string, column: AnyColumn): AnyFieldOptions {
  const { options } = column;
  const { label = toLabel(name), help, placeholder, pattern, from, validate } = options;
  return {
    label,
    store: (value) => checkStored(column, value),
    ...(help !== undefined && { help }),
    ...(placeholder !== undefined && { placeholder }),
    ...(pattern !== undefined && { pattern }),
    ...(from !== undefined && { from }),
    ...(validate !== undefined && { validate: validate as NonNullable<AnyFieldOptions["validate"]> }), // Checks of both take the value.
    ...toBlankRule(column),
    ...toLimits(column),
    ...toInitial(column),
    ...toWidget(column),
  };
}

/** Validators of the model see the key when it is saved. */
function toFileOptions(name: string, { options }: AnyColumn): AnyFieldOptions {
  const { label = toLabel(name), help, accept, bytesMax, prefix = "", null: isNullable = false } = options;
  return {
    label,
    keeps: { prefix },
    ...(help !== undefined && { help }),
    ...(isNullable && { optional: true }),
    ...(accept !== undefined && { accept }),
    ...(bytesMax !== undefined && { bytesMax }),
  };
}

/** What a value that was left blank means. */
function toBlankRule({ type, options: { null: isNullable = false, blank = false, from } }: AnyColumn): AnyFieldOptions {
  if (isNullable) return type === "boolean" ? { optional: true, unknown: true } : { optional: true };
  if (blank) return { optional: true, emptyText: true };
  return from === undefined ? {} : { optional: true };
}

/** The limits of a type, as far as the form checks them. Those of a list's length are left to the column. */
function toLimits({ type, options: { min, max, digits, scale } }: AnyColumn): AnyFieldOptions {
  if (type === "array") return { lines: textLines };
  const given = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
  switch (type) {
    case "int":
      return { min: intMin, max: intMax, ...given };
    case "slug":
      return { max: slugMax, ...given };
    case "decimal":
      return { digits: digits!, scale: scale!, ...given };
    case "time":
    case "datetime":
      return { seconds: true };
    case "text":
      return max === undefined ? { lines: textLines, ...given } : given;
    default:
      return given;
  }
}

/** A value is right when the column can store it. What a list holds is read as text and may have to become a number first. */
function checkStored(column: AnyColumn, value: unknown): { readonly value: unknown } | { readonly message: string } {
  const { items } = column;
  const isNumeric = items !== undefined && ["int", "float", "duration"].includes(items.type);
  const ready = isNumeric && Array.isArray(value) ? value.map((item) => (item === "" ? NaN : Number(item))) : value;
  const checked = checkValue(column, ready);
  return checked.message === undefined ? checked : { message: checked.message };
}

function toInitial({ options }: AnyColumn): { readonly initial?: unknown } {
  const { default: initial } = options;
  return initial === undefined || initial === null || initial instanceof DatabaseValue ? {} : { initial };
}

const widgets: Readonly<Record<string, AnyFieldOptions["widget"]>> = {
  textarea: "textarea",
  select: "select",
  radio: "radio",
  hidden: "hidden",
};

function toWidget({ options, type }: AnyColumn): { readonly widget?: NonNullable<AnyFieldOptions["widget"]> } {
  const widget = options.widget === undefined || type === "boolean" ? undefined : widgets[options.widget];
  return widget === undefined ? {} : { widget };
}
