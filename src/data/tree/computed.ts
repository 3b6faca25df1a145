/** Values that the database computes with each row of a model. */
import { readNode } from "./expression.ts";
import type { SelectState } from "./node.ts";
import { readCallback } from "./refs.ts";

/** Returns the query with the computed values of its model added. */
export function withComputed(state: SelectState): SelectState {
  const { computed } = state.root.model.$options;
  if (computed === undefined) return state;
  const picked = readCallback(computed, state.root) as Readonly<Record<string, unknown>>; // The types have checked it.
  const columns = Object.entries(picked).map(([name, value]) => ({ name, node: readNode(value, undefined) }));
  return { ...state, extra: [...columns, ...state.extra] };
}
