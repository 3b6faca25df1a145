/** Soft delete: rows that are deleted stay in the table, and queries leave them out. */
import type { Node, RootSource, SelectState } from "./node.ts";
import { allOf, columnNode, isNull } from "./node.ts";

/** The condition of rows that are not deleted; undefined where rows are deleted for good. */
function liveNode(root: RootSource): Node | undefined {
  const { softDelete, fields } = root.model.$meta;
  return softDelete === "" ? undefined : isNull(columnNode(root, fields.get(softDelete)!));
}

/** A condition, of rows that are not deleted. */
export function whereLive(root: RootSource, where: Node | undefined): Node | undefined {
  const live = liveNode(root);
  return live === undefined ? where : allOf(where === undefined ? [live] : [where, live]);
}

/** A query, without rows that are deleted. */
export function onlyLive(select: SelectState): SelectState {
  const where = whereLive(select.root, select.where);
  return where === select.where ? select : { ...select, where };
}
