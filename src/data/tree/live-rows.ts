/** Soft delete: deleted rows stay in the table, and queries skip them. */
import type { Node, RootSource, SelectState } from "./node.ts";
import { columnNode } from "./node.ts";
import { allOf, isNull } from "./conditions.ts";

/** Returns the condition of rows that are not deleted; undefined for models without soft delete. */
function liveNode(root: RootSource): Node | undefined {
  const { softDelete, fields } = root.model.$meta;
  return softDelete === "" ? undefined : isNull(columnNode(root, fields.get(softDelete)!));
}

/** Restricts a condition to rows that are not deleted. */
export function whereLive(root: RootSource, where: Node | undefined): Node | undefined {
  const live = liveNode(root);
  return live === undefined ? where : allOf(where === undefined ? [live] : [where, live]);
}

/** Restricts a query to rows that are not deleted. */
export function onlyLive(select: SelectState): SelectState {
  const where = whereLive(select.root, select.where);
  return where === select.where ? select : { ...select, where };
}
