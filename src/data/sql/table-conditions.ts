/** Checks conditions and computed values of models when a database opens them. */
import { GableError } from "../../errors/gable-error.ts";
import type { Dialect } from "./dialect.ts";
import type { ModelMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";
import type { OperandData } from "../schema/table-state.ts";
import { chooseQuery } from "../schema/table-state.ts";
import { readCondition, readExpression, readKeyCondition } from "../tree/condition-data.ts";
import { writeCondition } from "./write-condition.ts";
import { columnsOf, foldsCase } from "../schema/condition-columns.ts";
import { withComputed } from "../tree/computed.ts";
import { selectAll } from "../tree/node.ts";

/**
 * Throws `E_MODEL_CONDITION` for a condition that refers to other rows, and for a computed value with the name of a field;
 * `E_MODEL_VIEW` for a view without a query for the database.
 */
export function assertTable(dialect: Dialect, model: ModelClass): void {
  const { $meta: meta, $options: options } = model;
  if (options.view !== undefined && options.managed !== false && chooseQuery(options.view.sql, dialect.name) === undefined)
    throw new GableError("E_MODEL_VIEW", `${meta.name} has no query for ${dialect.name}.`, {
      fix: `Add one: { ${dialect.name}: "SELECT ..." }, or one for the others.`,
    });
  const conditions = [
    // Their rows are those of this model.
    ...Object.entries(options.checks ?? {}).map(([name, pick]) => [`checks.${name}`, pick as (row: never) => unknown] as const),
    ...meta.indexes.flatMap(({ name, where }) => (where === undefined ? [] : [[name, where] as const])),
  ];
  for (const [name, pick] of conditions) assertWritable(dialect, model, name, readCondition(model, pick, name));
  for (const key of meta.uniques) {
    const data = readKeyCondition(model, key);
    if (data !== undefined) assertWritable(dialect, model, key.name, data);
  }
  for (const { name, expression, isUnique } of meta.indexes) {
    const data = expression === undefined ? undefined : readExpression(model, expression, name);
    // An index that only affects speed is left out if the database does not support it.
    if (data !== undefined && (isUnique || !foldsCase(data))) assertWritable(dialect, model, name, data);
  }
  for (const { name } of withComputed(selectAll({ kind: "root", model })).extra)
    if (meta.fields.has(name) || meta.relations.has(name) || name.startsWith("$"))
      throw new GableError("E_MODEL_CONDITION", `${meta.name}: the computed value "${name}" has the name of a field.`, {
        fix: "Choose another name.",
      });
}

function assertWritable(dialect: Dialect, model: ModelClass, name: string, data: OperandData): void {
  writeCondition(dialect, model, data);
  if (!dialect.tables.foldsCase && foldsCase(data))
    throw new GableError("E_MODEL_CONDITION", `${model.$meta.name}: ${name} folds case, which no table of ${dialect.title} can.`, {
      fix: "Store the folded text in a separate field.",
    });
  const moved = dialect.tables.refusesMovedColumns ? findMovedColumn(model.$meta, name, columnsOf(data)) : undefined;
  if (moved !== undefined)
    throw new GableError(
      "E_MODEL_CONDITION",
      `${model.$meta.name}: ${name} speaks of "${moved}", whose values ${dialect.title} itself makes or changes.`,
      {
        fix: "Leave the column out, or let the relation restrict.",
      },
    );
}

/** Columns that conditions of MariaDB and MySQL cannot use: a counted key, and in checks one that a foreign key changes. */
function findMovedColumn({ primary, fields, relations }: ModelMeta, name: string, columns: readonly string[]): string | undefined {
  const key = primary.length === 1 ? fields.get(primary[0]!)! : undefined;
  const changed = [...relations.values()].filter(
    ({ isConstrained, onDelete }) => isConstrained && (onDelete === "cascade" || onDelete === "set null"),
  );
  const moved = [
    ...(key?.type === "id" ? [key.column] : []),
    ...(name.startsWith("checks.") ? changed.flatMap((relation) => relation.fields.map((field) => fields.get(field)!.column)) : []),
  ];
  return moved.find((column) => columns.includes(column));
}
