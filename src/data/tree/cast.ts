/** Converts expressions to other types. */
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import type { ColumnType } from "../schema/column.ts";
import { isColumn } from "../schema/column.ts";
import type { Node } from "./node.ts";
import type { ValueType } from "./value-type.ts";

/** Types that are cast in the same way. */
type Group = "whole" | "decimal" | "float" | "boolean" | "text" | "date" | "datetime" | "time" | "uuid";

const groups: Readonly<Partial<Record<ColumnType, Group>>> = {
  id: "whole",
  int: "whole",
  bigint: "whole",
  duration: "whole",
  decimal: "decimal",
  float: "float",
  boolean: "boolean",
  text: "text",
  slug: "text",
  email: "text",
  url: "text",
  file: "text",
  choice: "text",
  date: "date",
  datetime: "datetime",
  time: "time",
  uuid: "uuid",
};
/** Types that each type can be cast to with the same result on every database. A float is excluded: databases print it differently. */
const targets: Readonly<Record<Group, readonly Group[]>> = {
  whole: ["whole", "decimal", "float", "text"],
  decimal: ["whole", "decimal", "float", "text"],
  float: ["whole", "decimal", "float"],
  boolean: ["whole"],
  text: ["whole", "decimal", "float", "text"],
  date: ["datetime", "text"],
  datetime: ["date", "text"],
  time: ["text"],
  uuid: ["text"],
};

/** Converts an expression to the type of a column. Throws `E_EXPRESSION_TYPE` for types that cannot be converted. */
export function castNode(part: Node, from: ValueType, to: unknown): Node {
  if (!isColumn(to))
    throw new GableError("E_EXPRESSION_ARGUMENT", `cast() got ${describeValue(to)}.`, { fix: "Pass a field: cast(field.int())." });
  const [source, target] = [groups[from.type], groups[to.type]];
  const possible = source === undefined ? [] : targets[source];
  if (target === undefined || !possible.includes(target) || from.storage === "text")
    throw new GableError("E_EXPRESSION_TYPE", `${from.where} is of the type ${from.type}, which cast() cannot convert to ${to.type}.`, {
      fix: possible.length === 0 ? "Compare it as it is." : `Use one of: ${possible.join(", ")}.`,
    });
  const type: ValueType = { type: target === "text" ? "text" : to.type, scale: to.options.scale ?? 0, where: `cast() of ${from.where}` };
  return { kind: "call", name: "cast", parts: [part], type, isNullable: part.isNullable || (source === "text" && target !== "text") };
}
