/** The transaction that a form is saved in. Loaded by the first form that is saved: forms run without a database, too. */
import { contextOf, runIn } from "../data/run/context.ts";
import { transaction } from "../data/run/transaction.ts";
import { homeOf } from "../data/rows/home.ts";
import type { FormModel } from "./model-types.ts";

/** Runs work in a transaction of the database that a row was read from, or that a model lives in. A single statement needs none, unless it is in one already. */
export function inTransactionOf<Result>(
  { model, row }: { readonly model: FormModel; readonly row: object | undefined },
  isSingle: boolean,
  work: () => Promise<Result>,
): Promise<Result> {
  const context = row === undefined ? contextOf(model as never) : homeOf(row as never); // A class of a model, and a row of it.
  if (isSingle && context.transaction === undefined) return runIn(context, work);
  return transaction(work, { database: { $core: context.database } });
}
