/** Rows of which some columns were not read: touching one says so. */
import { GableError } from "../../errors/gable-error.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import type { FieldMeta, ModelMeta } from "../schema/model-class.ts";
import type { ModelClass, ModelConstructor } from "../schema/model-class.ts";
import type { RowRecord, StoredValues } from "../schema/row.ts";

/** The columns that are read of a model when some are asked for: also those by which a row is known and stored. */
export function fieldsOf({ columns, primary, version, softDelete }: ModelMeta, names: readonly string[]): readonly FieldMeta[] {
  return columns.filter(({ name }) => names.includes(name) || primary.includes(name) || name === version || name === softDelete);
}

const classes = new WeakMap<ModelClass, Map<string, ModelConstructor>>();

/** The class of rows that have some columns alone. To code it is that of the model. */
export function deferredClass(model: ModelClass, fields: readonly FieldMeta[]): ModelConstructor {
  const known = classes.get(model) ?? new Map<string, ModelConstructor>();
  classes.set(model, known);
  const key = fields.map(({ name }) => name).join();
  const found = known.get(key) ?? createClass(model, fields);
  known.set(key, found);
  return found;
}

function createClass(model: ModelClass, fields: readonly FieldMeta[]): ModelConstructor {
  class Deferred extends (model as unknown as ModelConstructor) {} // A model is a class of rows.
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

/** Gives a row a column that it did not have: an assignment would meet what refuses to read it. */
export function setColumn(row: RowRecord, name: string, value: unknown): void {
  Object.defineProperty(row, name, { value, writable: true, enumerable: true, configurable: true });
}

function refuseDeferred({ $meta: { name: owner } }: ModelClass, name: string): never {
  throw new GableError("E_COLUMN_DEFERRED", `${owner}.${name} was not read with this row.`, {
    fix: `Add "${name}" to only(), or load it: await row.load("${name}").`,
  });
}

/** The values of a row that are stored, in the order of the model's columns, from those of some columns. */
export function spreadStored({ columns }: ModelMeta, fields: readonly FieldMeta[]): (values: readonly DriverValue[]) => StoredValues {
  const places = columns.map((field) => fields.indexOf(field));
  return (values) => places.map((place) => (place === -1 ? undefined : values[place]!));
}
