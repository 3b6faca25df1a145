/** The transaction that a form is saved in. Loaded by the first form that is saved: forms run without a database, too. */
import { contextOf } from "../data/run/context.ts";
import { transaction } from "../data/run/transaction.ts";
import type { FormModel } from "./model-types.ts";

/** Runs work in a transaction of the database that a model lives in. */
export function inTransactionOf<Result>(model: FormModel, work: () => Promise<Result>): Promise<Result> {
  const { database } = contextOf(model as never); // A class of a model.
  return transaction(work, { database: { $core: database } });
}
