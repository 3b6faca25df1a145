/** Secret fields in queries: code may read a secret and compare it for equality, but not rank or group rows by it. */
import { GableError } from "../../errors/gable-error.ts";
import type { Node } from "./node.ts";
import { assertOrdered } from "./operands.ts";

/** Throws `E_FILTER_SECRET` for an expression that depends on a secret field: an order of rows reveals its value bit by bit. */
export function assertNoSecret(node: Node, method: string): void {
  const secret = findSecret(node);
  if (secret === undefined) return;
  throw new GableError("E_FILTER_SECRET", `${secret} is secret, so ${method} does not accept it.`, {
    fix: "Use another field. A secret can be read, and compared with a value.",
  });
}

/** Throws for an expression that has no order, or whose order would reveal a secret. */
export function assertRanked(node: Node, method: string): void {
  assertOrdered(node.type, method);
  assertNoSecret(node, `${method}()`);
}

/**
 * Marks the values next to a secret field in custom SQL as secret: `sql` cannot know what they are compared with. Statements then hide
 * them in logs and reports.
 */
export function hideNextToSecrets(nodes: readonly Node[]): readonly Node[] {
  return nodes.some(namesSecret) ? nodes.map(hideValues) : nodes;
}

function namesSecret(node: Node): boolean {
  return findSecret(node) !== undefined || (node.kind === "sql" && node.parts.some(namesSecret));
}

function hideValues(node: Node): Node {
  if (node.kind === "value") return { ...node, type: { ...node.type, isSecret: true } };
  return node.kind === "sql" ? { ...node, parts: node.parts.map(hideValues) } : node;
}

/** Returns the name of a secret field whose value an expression reveals; undefined if there is none. */
function findSecret(node: Node): string | undefined {
  if (node.kind === "column") return node.field.isSecret ? node.field.where : undefined;
  for (const part of partsOf(node)) {
    const found = findSecret(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Parts whose values an expression reveals. A test for equality is allowed. */
function partsOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case "compare":
      return node.operator === "eq" || node.operator === "ne" ? [] : [node.left, node.right];
    case "between":
      return [node.part, node.low, node.high];
    case "case":
      return [
        ...node.branches.flatMap(({ condition, result }) => [condition, result]),
        ...(node.otherwise === undefined ? [] : [node.otherwise]),
      ];
    case "window":
      return [...(node.part === undefined ? [] : [node.part]), ...node.partition, ...node.order.map((term) => term.node)];
    case "aggregate":
      return node.part === undefined || node.name === "count" ? [] : [node.part];
    case "subquery":
      return (node.query.columns ?? []).map((column) => column.node);
    case "isNull":
    case "inList":
    case "inQuery":
      return [];
    default:
      return "parts" in node ? node.parts : "part" in node ? [node.part] : [];
  }
}
