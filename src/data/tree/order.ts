/** Orders: names of columns with `-` for descending, or callbacks; and the default order of a model. */
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import type { RelationMeta } from "../schema/model-class.ts";
import { assertField } from "../schema/validate-row.ts";
import { isOrder } from "./expression.ts";
import type { OrderTerm, OutputColumn, RootSource } from "./node.ts";
import { columnNode } from "./node.ts";
import { readCallback } from "./refs.ts";
import { assertRanked } from "./secrets.ts";

/** Returns the steps of an order; a name is that of a field, or of a value. Throws `E_FIELD_UNKNOWN`, and `E_ORDER` for anything else. */
export function readOrder(root: RootSource, order: unknown, values: readonly OutputColumn[] = []): OrderTerm[] {
  const list: readonly unknown[] = Array.isArray(order) ? order : [order];
  return list.flatMap((each): OrderTerm[] => {
    if (typeof each === "string") return [readName(root, each, values)];
    const made = typeof each === "function" ? readCallback(each as (row: never) => unknown, root) : each; // The types have checked it.
    const steps: readonly unknown[] = Array.isArray(made) ? made : [made];
    return steps.map((step) => {
      // Reading the node throws for an order of many rows.
      if (isOrder(step)) return { node: step.node, isDescending: step.isDescending, nulls: step.nulls };
      throw new GableError("E_ORDER", `An order got ${describeValue(step)}.`, {
        fix: 'Use names such as "-created", or a callback that returns asc() or desc(): book => book.title.asc().',
      });
    });
  });
}

function readName(root: RootSource, text: string, values: readonly OutputColumn[] = []): OrderTerm {
  const isDescending = text.startsWith("-");
  const name = isDescending ? text.slice(1) : text;
  const value = root.model.$meta.fields.has(name) ? undefined : values.find((each) => each.name === name);
  const node = value?.node ?? columnNode(root, assertField(root.model, name));
  assertRanked(node, "orderBy");
  return { node, isDescending, nulls: undefined };
}

/** Returns the default order of a model; empty if it has none. */
export function orderOfRows(root: RootSource): OrderTerm[] {
  return root.model.$meta.orderBy.map((name) => readName(root, name));
}

/** Returns the order of the rows of a relation: its own, or that of the model, then the key. A single row needs none. */
export function orderOfRelation(root: RootSource, relation: RelationMeta): OrderTerm[] {
  if (relation.kind === "belongsTo" || relation.kind === "hasOne") return [];
  return toTotalOrder(root, relation.orderBy.length > 0 ? relation.orderBy.map((name) => readName(root, name)) : orderOfRows(root));
}

/** Returns an order in which no two rows are equal: the key comes last. */
export function toTotalOrder(root: RootSource, order: readonly OrderTerm[]): OrderTerm[] {
  const { primary, fields } = root.model.$meta;
  const named = new Set(order.map(({ node }) => (node.kind === "column" && node.source === root ? node.field.name : "")));
  // A unique column without nulls would be enough, but a key at the end costs nothing.
  const rest = primary.filter((name) => !named.has(name));
  return [...order, ...rest.map((name) => ({ node: columnNode(root, fields.get(name)!), isDescending: false, nulls: undefined }))];
}
