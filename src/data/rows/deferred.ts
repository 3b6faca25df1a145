/** Rows without some of their columns: reading a missing one throws an error. */
import { GableError } from "../../errors/gable-error.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import type { FieldMeta, ModelMeta } from "../schema/model-class.ts";
import type { ModelClass, ModelConstructor } from "../schema/model-class.ts";
import { rowClassOf } from "../schema/model-class.ts";
import type { RowRecord, StoredValues } from "../schema/row.ts";

/** Returns the columns to read if only some are requested, including those that identify and version a row. */
export function fieldsOf({ columns, primary, version, softDelete }: ModelMeta, names: readonly string[]): readonly FieldMeta[] {
  return columns.filter(({ name }) => names.includes(name) || primary.includes(name) || name === version || name === softDelete);
}

const classes = new WeakMap<ModelClass, Map<string, ModelConstructor>>();

/** Returns a class of rows with only some columns. For code it is the class of the model. */
export function deferredClass(model: ModelClass, fields: readonly FieldMeta[]): ModelConstructor {
  const known = classes.get(model) ?? new Map<string, ModelConstructor>();
  classes.set(model, known);
  const key = fields.map(({ name }) => name).join();
  const found = known.get(key) ?? createClass(model, fields);
  known.set(key, found);
  return found;
}

function createClass(model: ModelClass, fields: readonly FieldMeta[]): ModelConstructor {
  class Deferred extends rowClassOf(model) {}
  Object.defineProperty(Deferred.prototype, "constructor", { value: model });
  for (const field of model.$meta.columns) {
    if (fields.includes(field)) continue;
    Object.defineProperty(Deferred.prototype, field.name, {
      get: () => refuseDeferred(model, field.name),
      set(this: RowRecord, value: unknown) {
        setColumn(this, field.name, value);
      },
    });
  }
  return Deferred;
}

/** Adds a missing column to a row: an assignment would call the accessor that throws. */
export function setColumn(row: RowRecord, name: string, value: unknown): void {
  Object.defineProperty(row, name, { value, writable: true, enumerable: true, configurable: true });
}

function refuseDeferred({ $meta: { name: owner } }: ModelClass, name: string): never {
  throw new GableError("E_COLUMN_DEFERRED", `${owner}.${name} was not read with this row.`, {
    fix: `Add "${name}" to only(), or load it: await row.load("${name}").`,
  });
}

/** Returns the stored values of a row, in the order of the model's columns, from those of some columns. */
export function spreadStored({ columns }: ModelMeta, fields: readonly FieldMeta[]): (values: readonly DriverValue[]) => StoredValues {
  const places = columns.map((field) => fields.indexOf(field));
  return (values) => places.map((place) => (place === -1 ? undefined : values[place]!));
}
