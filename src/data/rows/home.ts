/** Where rows live: a row is written to the database that it was read from. */
import type { ExecutionContext } from "../run/context.ts";
import { contextIn, contextOf, runIn } from "../run/context.ts";
import type { RowRecord } from "../schema/row.ts";
import { Row } from "../schema/row.ts";

/** Where a row is written to, and read again. Rows of a replica live in the database that it follows. */
export function homeOf(row: RowRecord): ExecutionContext {
  const usual = contextOf(Row.modelOf(row));
  const origin = Row.batchOf(row)?.context.database;
  const home = origin?.primary ?? origin;
  return home === undefined || home === usual.database ? usual : contextIn(home);
}

/** Runs work so that a row is written where it lives. */
export function atHome<Result>(row: RowRecord, work: () => Result): Result {
  const home = homeOf(row);
  return home === contextOf(Row.modelOf(row)) ? work() : runIn(home, work);
}
