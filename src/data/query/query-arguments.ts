/** Reads and checks the arguments of query methods. */
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import type { ModelClass } from "../schema/model-class.ts";
import { rowClassOf } from "../schema/model-class.ts";
import { reservedNames } from "../schema/definitions.ts";
import { assertField } from "../schema/validate-row.ts";
import { RuntimeExpression } from "../tree/expression.ts";
import { isPlainObject, readFilter } from "../tree/filter.ts";
import { keyNodes } from "../tree/keys.ts";
import type { Node, OutputColumn, RootSource } from "../tree/node.ts";
import { columnNode } from "../tree/node.ts";
import { allOf, compare } from "../tree/conditions.ts";
import { readCallback } from "../tree/refs.ts";
import { assertNoSecret } from "../tree/secrets.ts";

/** Returns the error about an unsupported combination in a query. */
export function formError(what: string, fix: string): GableError {
  return new GableError("E_QUERY_FORM", `A query cannot have ${what}.`, { fix });
}

/** Returns the keys of groups from a callback. Throws `E_QUERY_FORM`, and `E_FILTER_SECRET` for a secret. */
export function readGroup(root: RootSource, pick: (row: never) => unknown): Node[] {
  const keys = readCallback(pick, root);
  if (!Array.isArray(keys) || keys.length === 0)
    throw formError(`groupBy() of ${describeValue(keys)}`, "Return a list: book => [book.status].");
  return keys.map((key) => {
    const { $node: node } = key as RuntimeExpression; // The types have checked it.
    assertNoSecret(node, "groupBy()");
    return node;
  });
}

/** Returns the values of a callback, by name. Throws `E_QUERY_FORM`. */
export function readColumns(root: RootSource, pick: (row: never) => unknown): OutputColumn[] {
  const picked = readCallback(pick, root);
  if (typeof picked !== "object" || picked === null)
    throw formError(`values of ${describeValue(picked)}`, "Return an object of expressions.");
  return Object.entries(picked).map(([name, value]) => {
    if (name === "__proto__") throw formError(`a value named "${name}"`, "Choose another name.");
    if (value instanceof RuntimeExpression) return { name, node: value.$node };
    throw formError(`"${name}" as ${describeValue(value)}`, "Use expressions, such as book.title.");
  });
}

/** Returns the columns of names; a relation to one row is its key. Throws `E_FIELD_UNKNOWN`. */
export function readDistinct(root: RootSource, names: readonly string[]): Node[] {
  const { relations } = root.model.$meta;
  const columns = names.flatMap((name) => {
    const relation = relations.get(name);
    return relation?.kind === "belongsTo" ? relation.fields : [name];
  });
  return columns.map((name) => {
    const node = columnNode(root, assertField(root.model, name));
    assertNoSecret(node, "distinct()");
    return node;
  });
}

/** Returns the condition of a key, or of a filter. */
export function readKeyOrWhere(root: RootSource, key: unknown): Node {
  if (isPlainObject(key)) return readFilter(root, key, "where");
  const { name: owner, primary, fields } = root.model.$meta;
  const nodes = keyNodes(root.model, key, `${owner} key`);
  return allOf(primary.map((name, index) => compare("eq", columnNode(root, fields.get(name)!), nodes[index]!)));
}

/** Throws `E_ROW_MISSING`: no row matches the argument of a query. */
export function rowMissing(model: ModelClass): never {
  throw new GableError("E_ROW_MISSING", `There is no such ${model.$meta.label}.`);
}

/** Turns the result of work into a promise, even if it returns a value or throws. */
export function settle<Result>(work: () => unknown): Promise<Result> {
  return new Promise((resolve) => {
    resolve(work() as Result); // The caller knows what its work gives.
  });
}

/** Whether rows of a model have something with a name, or give it a meaning. */
export function isTakenName(model: ModelClass, name: string): boolean {
  const { fields, relations } = model.$meta;
  const isOwn = fields.has(name) || relations.has(name) || name in rowClassOf(model).prototype;
  return isOwn || name.startsWith("$") || reservedNames.has(name);
}
