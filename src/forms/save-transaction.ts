/** The transaction that a form is saved in. Loaded by the first form that is saved: forms run without a database, too. */
import { contextOf, runIn } from "../data/run/context.ts";
import { transaction } from "../data/run/transaction.ts";
import type { FormModel } from "./model-types.ts";

/** Runs work in a transaction of the database that a model lives in. A single statement needs none, unless it is in one already. */
export function inTransactionOf<Result>(model: FormModel, isSingle: boolean, work: () => Promise<Result>): Promise<Result> {
  const context = contextOf(model as never); // A class of a model.
  if (isSingle && context.transaction === undefined) return runIn(context, work);
  return transaction(work, { database: { $core: context.database } });
}
