/** Whether one statement may change the rows of a query. */
import { GableError } from "../../errors/gable-error.ts";
import type { SelectState } from "../tree/node.ts";
import { isFiltered } from "./combine.ts";
import { formError } from "./query-arguments.ts";
import { isGrouped } from "./query-form.ts";
import type { QueryParts } from "./query-run.ts";

/** Checks that a statement may change the rows of a query. Throws `E_QUERY_FORM` and `E_QUERY_UNFILTERED`. */
export function assertChangeable(parts: QueryParts, method: string): void {
  const { isAll, model, select } = parts;
  assertUngrouped(select, `${method}()`);
  if (isAll || isFiltered(parts)) return;
  throw new GableError("E_QUERY_UNFILTERED", `${method}() would touch all rows of ${model.$meta.name}.`, {
    fix: `Filter the rows, or mean all of them: ${model.$meta.name}.all().${method}(...).`,
  });
}

/** The rows of groups that having() leaves out would be changed as well. Throws `E_QUERY_FORM`. */
export function assertUngrouped(select: SelectState, method: string): void {
  if (isGrouped(select)) throw formError(`${method} of groups`, "Read the keys of the rows, and filter by them.");
}
