/** Checks of what models say of their tables, when a database opens them. */
import { GableError } from "../../errors/gable-error.ts";
import type { Dialect } from "../dialect/dialect.ts";
import type { ModelClass } from "../schema/model.ts";
import { readCondition, writeCondition } from "./condition-data.ts";
import { withComputed } from "./execute.ts";
import { selectAll } from "./node.ts";

/** Throws `E_MODEL_CONDITION` for a condition that speaks of other rows, and for a computed value with the name of a field. */
export function assertTable(dialect: Dialect, model: ModelClass): void {
  const { $meta: meta, $options: options } = model;
  const conditions = [
    // Their rows are those of this model.
    ...Object.entries(options.checks ?? {}).map(([name, pick]) => [`checks.${name}`, pick as (row: never) => unknown] as const),
    ...[...meta.uniques, ...meta.indexes].flatMap(({ name, where }) => (where === undefined ? [] : [[name, where] as const])),
  ];
  for (const [name, pick] of conditions) writeCondition(dialect, model, readCondition(model, pick, name));
  for (const { name } of withComputed(selectAll({ kind: "root", model })).extra)
    if (meta.fields.has(name) || meta.relations.has(name) || name.startsWith("$"))
      throw new GableError("E_MODEL_CONDITION", `${meta.name}: the computed value "${name}" has the name of a field.`, {
        fix: "Choose another name.",
      });
}
