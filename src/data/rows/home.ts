/** Databases of rows: a row is written to the database that it was read from. */
import { batchOf } from "./batch.ts";
import { contextIn, contextOf, findContext, runIn } from "../run/context.ts";
import type { ExecutionContext } from "../run/database-core.ts";
import type { RowRecord } from "../schema/row.ts";
import { Row } from "../schema/row.ts";

/** Returns the context in which a row is written and read again. Rows of a replica belong to its primary database. */
export function homeOf(row: RowRecord): ExecutionContext {
  return findHome(row, findContext(Row.modelOf(row)));
}

/** Runs work in the context in which a row is written, and passes it that context. */
export function atHome<Result>(row: RowRecord, work: (home: ExecutionContext) => Result): Result {
  const current = findContext(Row.modelOf(row));
  const home = findHome(row, current);
  return home === current ? work(home) : runIn(home, () => work(home));
}

function findHome(row: RowRecord, current: ExecutionContext | undefined): ExecutionContext {
  const origin = batchOf(row)?.context.database;
  if (origin === undefined) return current ?? contextOf(Row.modelOf(row));
  const home = origin.primary ?? origin;
  return current?.database === home ? current : contextIn(home);
}
