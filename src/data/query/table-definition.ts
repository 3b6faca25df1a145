/** Conditions in the definitions of tables: checks, and the rows that a key is about. They take no parameters. */
import { GableError } from "../../errors/gable-error.ts";
import type { Dialect } from "../dialect/dialect.ts";
import type { TableDefinition } from "../dialect/table-definition.ts";
import { SqlWriter } from "../dialect/sql-writer.ts";
import { toConstraintName } from "../schema/names.ts";
import type { ModelClass } from "../schema/model.ts";
import { toCondition } from "./expression.ts";
import { withComputed } from "./execute.ts";
import type { RootSource } from "./node.ts";
import { selectAll } from "./node.ts";
import { encodeValue } from "./plan.ts";
import { readCallback } from "./refs.ts";
import { ShapeWalk } from "./shape.ts";

/** What the table of a model is made of. Throws `E_MODEL_CONDITION` for a condition that speaks of other rows. */
export function describeTable(dialect: Dialect, model: ModelClass): TableDefinition {
  const { $meta: meta, $options: options } = model;
  const checks = Object.entries(options.checks ?? {}).map(([name, condition]) => ({
    name: toConstraintName(meta.table, name, "check"),
    sql: writeCondition(dialect, model, condition as (row: never) => unknown, `checks.${name}`), // Its rows are those of this model.
  }));
  const conditions = new Map<string, string>();
  for (const { name, where } of [...meta.uniques, ...meta.indexes])
    if (where !== undefined) conditions.set(name, writeCondition(dialect, model, where, name));
  for (const { name } of withComputed(selectAll({ kind: "root", model })).extra)
    if (meta.fields.has(name) || meta.relations.has(name) || name.startsWith("$"))
      throw new GableError("E_MODEL_CONDITION", `${meta.name}: the computed value "${name}" has the name of a field.`, {
        fix: "Choose another name.",
      });
  return { meta, checks, conditions };
}

/** A condition with its values in it. */
function writeCondition(dialect: Dialect, model: ModelClass, pick: (row: never) => unknown, where: string): string {
  const root: RootSource = { kind: "root", model };
  try {
    const node = toCondition(readCallback(pick, root));
    const places = new Map<object, number>();
    const walk = new ShapeWalk(places);
    walk.enter(root);
    walk.node(node);
    const writer = new SqlWriter(dialect, places, true);
    writer.enter(root);
    return writer.finishWithValues(writer.node(node), ({ place, form }) =>
      dialect.literal(encodeValue(dialect, walk.values[place]!, form)),
    );
  } catch (error) {
    throw new GableError("E_MODEL_CONDITION", `${model.$meta.name}: ${where} cannot be part of a table.`, { cause: error });
  }
}
