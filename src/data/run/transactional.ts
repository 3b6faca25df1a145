/** A route middleware that runs each request that may write in a transaction. */
import { assertKnownOptions } from "../../errors/option-errors.ts";
import type { TransactionOptions } from "./transaction.ts";
import { transaction, transactionKinds } from "./transaction.ts";

/** Methods that change nothing (RFC 9110, section 9.2.1). */
const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

/** Options for the transactions of requests. */
export type TransactionalOptions = Pick<TransactionOptions, "isolation" | "timeoutMs">;

/** Rolls back the work of a rejected request. The reply itself is sent. */
const refused = Symbol("refused");

/**
 * A middleware that runs each request in a transaction, except for safe methods such as GET. Commits before the reply is
 * sent. Rolls back if the status of the reply is 400 or above, or if the handler throws. What a
 * reply streams later runs outside of the transaction.
 *
 * @example
 * group("/orders", { use: [transactional()] })
 */
export function transactional(
  options: TransactionalOptions = {},
): <Reply extends { readonly status: number }>(context: { readonly method: string }, next: () => Promise<Reply>) => Promise<Reply> {
  const { isolation, timeoutMs } = transactionKinds;
  assertKnownOptions("transactional()", options, { isolation, timeoutMs });
  return async <Reply extends { readonly status: number }>({ method }: { readonly method: string }, next: () => Promise<Reply>) => {
    if (safeMethods.has(method)) return next();
    const replies: Reply[] = [];
    const work = async (): Promise<void> => {
      const reply = await next();
      replies.push(reply);
      if (reply.status >= 400) throw refused;
    };
    await transaction(work, options).catch((error: unknown) => {
      if (error !== refused) throw error;
    });
    return replies[0]!;
  };
}
