/** Finds the row of a list that the database refuses: a statement with many rows only says why. */
import { GableError } from "../../errors/gable-error.ts";
import { contextOf } from "../run/context.ts";
import type { ListedRows } from "../run/database-error.ts";
import { forRow } from "../run/database-error.ts";
import { transaction } from "../run/transaction.ts";
import type { ModelClass } from "../schema/model-class.ts";
import type { RowRecord } from "../schema/row.ts";

/** The rows of the statement that runs now. */
export interface RunningRows {
  rows: readonly RowRecord[];
}

/** How a list is stored. */
export interface ListedWrite<Result> {
  readonly model: ModelClass;
  /** The rows as they are given. */
  readonly given: readonly RowRecord[];
  readonly list: ListedRows;
  /** The rows in the order of the statements. */
  readonly inOrder: readonly RowRecord[];
  /** Stores all of them, and notes the rows of each statement. */
  readonly store: (running: RunningRows) => Promise<Result>;
  /** Stores some of them again, to find the one that is refused. Changes only the database. */
  readonly storeAgain: (rows: readonly RowRecord[]) => Promise<unknown>;
}

/** A row that the database refuses, and why. */
interface Refused {
  readonly row: RowRecord;
  readonly error: unknown;
}

/** Stores a list. An error of the database about values names the row. */
export async function storeList<Result>(write: ListedWrite<Result>): Promise<Result> {
  const running: RunningRows = { rows: [] };
  try {
    return await write.store(running);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const [row, ...others] = running.rows;
    const refused = row !== undefined && others.length === 0 ? { row, error } : await findRefused(write, running);
    if (refused === undefined) throw error;
    return forRow(write.list, write.given.indexOf(refused.row), () => {
      throw refused.error;
    });
  }
}

/** Whether the database has refused a value of a row. */
function isRefusal(error: unknown): boolean {
  return error instanceof GableError && error.code === "E_VALIDATION" && error.details["issues"] !== undefined;
}

/**
 * Stores half of the rows of a statement at a time, in a transaction that is rolled back: 10 statements for 1,000 rows.
 * Returns undefined if the database accepts them now.
 */
async function findRefused({ model, inOrder, storeAgain }: ListedWrite<unknown>, { rows }: RunningRows): Promise<Refused | undefined> {
  const options = { database: { $core: contextOf(model).database } };
  let found: Refused | undefined;
  /** Whether the database refuses one of some rows. */
  const isRefused = async (some: readonly RowRecord[]): Promise<boolean> => {
    try {
      await transaction(() => storeAgain(some), options);
      return false;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (some.length === 1) found = { row: some[0]!, error };
      return true;
    }
  };
  const search = async (): Promise<never> => {
    // A row may conflict with one of those before it.
    const before = inOrder.slice(0, inOrder.indexOf(rows[0]!));
    if (before.length > 0) await storeAgain(before);
    let left = rows;
    while (left.length > 0 && found === undefined) {
      const half = left.slice(0, Math.ceil(left.length / 2));
      left = (await isRefused(half)) ? half : left.slice(half.length);
    }
    throw new Error("Only a search.");
  };
  try {
    return await transaction(search, options);
  } catch {
    // If the search fails, the error still names the field.
    return found;
  }
}
