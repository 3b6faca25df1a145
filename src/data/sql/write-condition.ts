/** Writes conditions of tables as SQL that contains their values. */
import type { ModelClass } from "../schema/model-class.ts";
import type { OperandData } from "../schema/table-state.ts";
import { conditionNode } from "../tree/condition-data.ts";
import type { RootSource } from "../tree/node.ts";
import { ShapeWalk } from "../tree/shape.ts";
import type { Dialect } from "./dialect.ts";
import { replaceMarks } from "./marks.ts";
import { encodeValue } from "./plan.ts";
import { SqlWriter } from "./sql-writer.ts";

/** Writes a condition as SQL that contains its values. The model has columns by their names in the database. */
export function writeCondition(dialect: Dialect, model: ModelClass, data: OperandData): string {
  const root: RootSource = { kind: "root", model };
  const node = conditionNode(data, root);
  const places = new Map<object, number>();
  const walk = new ShapeWalk(places);
  walk.enter(root);
  walk.node(node);
  const writer = new SqlWriter(dialect, places, true);
  writer.enter(root);
  const text = replaceMarks(writer.node(node), ({ place, form }) => {
    const bound = walk.values[place]!;
    if (bound.use !== "list") return dialect.literal(encodeValue(dialect, bound, form));
    const list = bound.value as readonly unknown[]; // A list is bound as a single value.
    return list.map((value) => dialect.literal(dialect.encode(value, bound.type))).join(", ");
  });
  return dialect.tables.toTableCondition(text);
}
