/** Checks that a query means the same on every database: some read any row of a group, or order by what they do not read. */
import { hasAggregate, readGroupColumns } from "../tree/group.ts";
import type { OrderTerm, OutputColumn, SelectState } from "../tree/node.ts";
import { describeNode } from "../tree/shape.ts";
import { formError } from "./query-arguments.ts";

/** Returns the query to send. Throws `E_QUERY_FORM` and `E_GROUP_EXPRESSION`. */
export function checkForm(select: SelectState): SelectState {
  if (isGrouped(select)) return checkGroups(select);
  if (select.lock !== undefined) assertLockable(select);
  return select.distinct === true && select.columns !== undefined ? orderDistinct(select, select.columns) : select;
}

/** Whether a query has groupBy() or having(). */
export function isGrouped({ group, having }: SelectState): boolean {
  return group.length > 0 || having !== undefined;
}

function checkGroups(select: SelectState): SelectState {
  const { group, columns, lock } = select;
  if (columns === undefined)
    throw formError("groups without values()", "Choose what to read of each group: values((row) => ({ count: row.count() })).");
  if (lock !== undefined) throw formError("lock() of groups", "Lock the rows in another query.");
  const order = select.order.map((term): OrderTerm => ({
    ...term,
    node: readGroupColumns([{ name: "orderBy", node: term.node }], group)[0]!.node,
  }));
  return { ...select, columns: readGroupColumns(columns, group), order };
}

function assertLockable({ distinct, columns = [] }: SelectState): void {
  if (distinct !== false) throw formError("lock() of distinct rows", "Lock the rows in another query.");
  if (columns.some(({ node }) => hasAggregate(node))) throw formError("lock() of an aggregate", "Lock the rows in another query.");
}

/** Several rows become one, so only what they have in common can be ordered. */
function orderDistinct(select: SelectState, columns: readonly OutputColumn[]): SelectState {
  const read = new Map(columns.map(({ node }) => [describeNode(node), node]));
  const order = select.order.map((term): OrderTerm => {
    const node = read.get(describeNode(term.node));
    if (node === undefined)
      throw formError("distinct() with an order of another value", "Read the value as well, or order by one that the query reads.");
    return { ...term, node };
  });
  return { ...select, order };
}
