/** Checks of whole rows, before a database sees them. */
import { suggestName } from "../../errors/nearest-name.ts";
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import type { Eventual } from "./eventual.ts";
import { after } from "./eventual.ts";
import { checkValue } from "./check-value.ts";
import { Column, isColumn } from "./column.ts";
import type { AnyColumn, ValueCheck } from "./column.ts";
import type { FieldMeta } from "./model-class.ts";
import type { ModelClass } from "./model-class.ts";

/** Messages by field; `$model` has those of the whole row. */
export type ModelErrors = Readonly<Record<string, readonly string[]>>;

const columns = new WeakMap<FieldMeta, AnyColumn>();

/** Returns the column of a field; for a relation's key, derives it from the metadata. */
function columnOf(model: ModelClass, field: FieldMeta): AnyColumn {
  const known = columns.get(field);
  if (known !== undefined) return known;
  const own = Object.hasOwn(model.$fields, field.name) ? model.$fields[field.name] : undefined;
  const column = isColumn(own) ? own : new Column(field.type, field.options);
  columns.set(field, column);
  return column;
}

/** Throws `E_FIELD_UNKNOWN` for a name that is not a field of the model. */
export function assertField(model: ModelClass, name: string): FieldMeta {
  const found = model.$meta.fields.get(name);
  if (found !== undefined) return found;
  const known = [...model.$meta.fields.keys()];
  throw new GableError("E_FIELD_UNKNOWN", `${model.name} has no field "${name}".`, {
    fix: suggestName(name, known),
  });
}

/** Throws `E_VALUE_TYPE` if the values of a row are not an object. */
export function assertRowValues(model: string, values: unknown): asserts values is object {
  if (typeof values === "object" && values !== null && !Array.isArray(values)) return;
  throw new GableError("E_VALUE_TYPE", `The values of ${model} are ${describeValue(values)}; they must be an object.`, {
    fix: "Pass an object with a value for each name: { name: value }.",
  });
}

/**
 * Validates values: each by its type, its options and its validators, then the row by the validator of the model. The values
 * that a partial row omits count as valid. An undefined value is one that was not given. Throws `E_FIELD_UNKNOWN` and `E_VALUE_TYPE`.
 */
export async function validateRow(model: ModelClass, values: Readonly<Record<string, unknown>>, isPartial: boolean): Promise<ModelErrors> {
  assertRowValues(model.$meta.name, values);
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(values)) {
    assertField(model, name);
    if (values[name] !== undefined) given[name] = values[name];
  }
  return (await checkRow(model, [...model.$meta.fields.values()], given, { isPartial })).errors;
}

/** How a row is checked. */
export interface CheckOptions {
  /** Whether the other values of the row are known to be valid. */
  readonly isPartial: boolean;
  /** Whether defaults and generated values are already filled in, so that missing values stay missing. Default false. */
  readonly isFilled?: boolean;
  /** Whether to skip the validator of the model, because there is no whole row to check. Default false. */
  readonly skipsModel?: boolean;
  /** Where values go in their stored form. A new object by default. */
  readonly target?: Record<string, unknown>;
  /** Values that are known to be valid, for the validator of the model. */
  readonly others?: Readonly<Record<string, unknown>>;
}

/** Values of a row that were checked. */
interface CheckedRow {
  /** In stored form. */
  readonly checked: Readonly<Record<string, unknown>>;
  readonly errors: ModelErrors;
}

/**
 * Checks some fields of a row. Returns their values in stored form, and the errors. Ignores other names. Synchronous unless a
 * validator waits, because rows come by the thousand.
 */
export function checkRow(
  model: ModelClass,
  fields: readonly FieldMeta[],
  values: Readonly<Record<string, unknown>>,
  { isPartial, isFilled = false, skipsModel = false, target = {}, others }: CheckOptions,
): Eventual<CheckedRow> {
  const errors: Record<string, readonly string[]> = {};
  const note = ({ name }: FieldMeta, messages: readonly string[]): void => {
    if (messages.length > 0) errors[name] = messages;
  };
  const checkFrom = (first: number): Eventual<void> => {
    for (let index = first; index < fields.length; index++) {
      const field = fields[index]!;
      const isGiven = Object.hasOwn(values, field.name);
      if (!isGiven && (isPartial || (field.hasDefault && !isFilled))) continue;
      const found = checkField(columnOf(model, field), values[field.name], (value) => (target[field.name] = value));
      if (found instanceof Promise)
        return found.then((messages) => {
          note(field, messages);
          return checkFrom(index + 1);
        });
      note(field, found);
    }
  };
  // The validator of the model only sees rows whose fields are all valid.
  const { validate } = model.$options;
  return after(checkFrom(0), () => {
    if (skipsModel || validate === undefined || Object.keys(errors).length > 0) return { checked: target, errors };
    return after(validate({ ...others, ...target }), (messages) => {
      addOwn(errors, messages);
      return { checked: target, errors };
    });
  });
}

/** Returns messages about one value; passes a valid value on in its stored form. Synchronous unless a validator waits. */
function checkField(column: AnyColumn, value: unknown, take: (value: unknown) => void): readonly string[] | Promise<readonly string[]> {
  const result = checkValue(column, value);
  if (result.message !== undefined) return [result.message];
  take(result.value);
  const { validate } = column.options;
  if (validate === undefined || result.value === null) return noMessages;
  // A single validator, or a list of them: isArray does not narrow read-only lists.
  const checks = (Array.isArray(validate) ? validate : [validate]) as ReadonlyArray<ValueCheck<unknown>>;
  const messages = checks.map((check) => check(result.value));
  const isReady = (all: ReadonlyArray<string | undefined | Promise<string | undefined>>): all is ReadonlyArray<string | undefined> =>
    !all.some((message) => message instanceof Promise);
  return isReady(messages) ? keepTexts(messages) : Promise.all(messages).then(keepTexts);
}

const noMessages: readonly string[] = [];

function keepTexts(messages: ReadonlyArray<string | undefined>): readonly string[] {
  return messages.filter((message) => message !== undefined);
}

function addOwn(errors: Record<string, readonly string[]>, messages: Readonly<Record<string, string | undefined>> | undefined): void {
  for (const [name, message] of Object.entries(messages ?? {})) if (message !== undefined) errors[name] = [message];
}
