/** Reads the rows of a query, as rows of its model or as plain objects. */
import type { ExecutionContext, FetchMode } from "../run/database-core.ts";
import { readRaw } from "../run/execute.ts";
import type { Eventual } from "../schema/eventual.ts";
import { after } from "../schema/eventual.ts";
import type { RowRecord } from "../schema/row.ts";
import { withComputed } from "../tree/computed.ts";
import type { SelectState } from "../tree/node.ts";
import { hydrateRows, toRecords } from "./hydrate.ts";

/** Reads rows of a model. */
export function readInstances(context: ExecutionContext, state: SelectState, mode?: FetchMode): Eventual<RowRecord[]> {
  const full = withComputed(state);
  const { root, fields, extra } = full;
  return after(readRaw(context, full), ({ plan, rows }) =>
    hydrateRows(root.model, plan, rows, { context, mode: mode ?? context.database.fetchMode, fields, extra }),
  );
}

/** Reads plain objects. A query that always returns one row needs no limit. */
export function readRecords(context: ExecutionContext, state: SelectState, isOneRow = false): Eventual<Array<Record<string, unknown>>> {
  return after(readRaw(context, state, isOneRow), ({ plan, rows }) => toRecords(plan, rows));
}
