/** The field of a model with soft delete. */
import { GableError } from "../../errors/gable-error.ts";
import type { FieldMeta } from "./model-class.ts";
import type { ModelClass } from "./model-class.ts";

/** Returns the field with the time of deletion. Throws `E_SOFT_DELETE` for a model without soft delete. */
export function softDeleteField({ $meta: meta }: ModelClass, method: string): FieldMeta {
  const field = meta.fields.get(meta.softDelete);
  if (field !== undefined) return field;
  throw new GableError("E_SOFT_DELETE", `${meta.name} has no soft delete, which ${method} needs.`, {
    fix: 'Add the field deletedAt: field.datetime({ null: true, editable: false }), and the option softDelete: "deletedAt".',
  });
}
