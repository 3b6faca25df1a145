/** Groups: what a grouped query may read. */
import { GableError } from "../../errors/gable-error.ts";
import type { Node, OutputColumn } from "./node.ts";
import { describeNode } from "./shape.ts";

/**
 * Columns of a grouped query. An expression equal to a key becomes that key. Throws `E_GROUP_EXPRESSION` for
 * one that is neither a key nor an aggregate, because any row could provide its value.
 */
export function readGroupColumns(columns: readonly OutputColumn[], keys: readonly Node[]): OutputColumn[] {
  const known = new Map(keys.map((key) => [describeNode(key), key]));
  return columns.map(({ name, node }) => {
    const key = known.get(describeNode(node));
    if (key === undefined && !isGrouped(node, known))
      throw new GableError("E_GROUP_EXPRESSION", `The value "${name}" is neither a key of groupBy() nor an aggregate.`, {
        fix: "Add it to groupBy(), or use min(), max() or another aggregate.",
      });
    return { name, node: withKeys(node, known) };
  });
}

/** Each key must be the same object: its values then have the same parameters, which PostgreSQL asks for. */
function withKeys(node: Node, keys: ReadonlyMap<string, Node>): Node {
  const key = keys.get(describeNode(node));
  if (key !== undefined || node.kind === "aggregate" || node.kind === "window") return key ?? node;
  const replace = (part: Node): Node => withKeys(part, keys);
  if ("parts" in node) return { ...node, parts: node.parts.map(replace) } as Node; // The same kind of node.
  if (node.kind === "compare") return { ...node, left: replace(node.left), right: replace(node.right) };
  if (node.kind === "between") return { ...node, part: replace(node.part), low: replace(node.low), high: replace(node.high) };
  if (node.kind === "case") {
    const branches = node.branches.map(({ condition, result }) => ({ condition: replace(condition), result: replace(result) }));
    return { ...node, branches, otherwise: node.otherwise === undefined ? undefined : replace(node.otherwise) };
  }
  return "part" in node && node.part !== undefined ? ({ ...node, part: replace(node.part) } as Node) : node; // As above.
}

function isGrouped(node: Node, keys: ReadonlyMap<string, Node>): boolean {
  if (keys.has(describeNode(node)) || node.kind === "aggregate") return true;
  if (node.kind === "column" || node.kind === "through" || node.kind === "subquery" || node.kind === "exists" || node.kind === "window")
    return false;
  return listParts(node).every((part) => isGrouped(part, keys));
}

/** Whether a value is computed from many rows. */
export function hasAggregate(node: Node): boolean {
  return node.kind === "aggregate" || listParts(node).some(hasAggregate);
}

/** The parts of a node that belong to the same query. */
function listParts(node: Node): readonly Node[] {
  if ("parts" in node) return node.parts;
  // A window of an aggregate is not a group.
  if (node.kind === "window") return [];
  if (node.kind === "compare") return [node.left, node.right];
  if (node.kind === "between") return [node.part, node.low, node.high];
  if (node.kind === "case") {
    const branches = node.branches.flatMap(({ condition, result }) => [condition, result]);
    return node.otherwise === undefined ? branches : [...branches, node.otherwise];
  }
  return "part" in node && node.part !== undefined ? [node.part] : [];
}
