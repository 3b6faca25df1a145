/** The fields of a model that a form can have. */
import type { FieldMeta, ModelClass } from "gable/data";
import { refuse } from "./names.ts";

const shownTypes = new Set([
  "text",
  "slug",
  "email",
  "url",
  "int",
  "bigint",
  "float",
  "decimal",
  "boolean",
  "date",
  "time",
  "datetime",
  "uuid",
  "choice",
]);

/** Returns the names of fields and relations that people fill in. Throws `E_COMMAND_USAGE` when a form cannot make a row. */
export function listFormFields(model: ModelClass): readonly string[] {
  const { name, columns, relations, isView } = model.$meta;
  if (isView) refuse(`"${name}" is a view of the database: nobody can save it.`, "Name a model with a table.");
  const names = columns.flatMap((column) => (isShown(column) ? [toFormName(column, relations)] : []));
  const lacking = columns.find(
    (column) => !isShown(column) && !column.isNullable && !column.hasDefault && !column.hasDatabaseDefault && !column.isPrimary,
  );
  if (lacking !== undefined)
    refuse(`A form cannot fill in ${lacking.where}, of the type ${lacking.type}.`, "Give the field a default, or write the form by hand.");
  if (names.length === 0) refuse(`The model "${name}" has no field that people could fill in.`, "Add a field to it.");
  return names;
}

const isShown = (column: FieldMeta): boolean =>
  !column.isPrimary &&
  column.isEditable &&
  !column.isSecret &&
  column.options.auto === undefined &&
  (shownTypes.has(column.type) || column.relation !== undefined);

/** A key is chosen by the name of its relation. */
function toFormName({ name, relation }: FieldMeta, relations: ReadonlyMap<string, unknown>): string {
  return relation !== undefined && relations.has(relation) ? relation : name;
}
