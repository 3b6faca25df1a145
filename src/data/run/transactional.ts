/** A transaction around each request that may change something: a middleware of routes. */
import type { TransactionOptions } from "./transaction.ts";
import { transaction } from "./transaction.ts";

/** Methods that change nothing (RFC 9110, section 9.2.1). */
const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

/** What the transaction of a request may be. */
export type TransactionalOptions = Pick<TransactionOptions, "isolation" | "timeoutMs">;

/** Undoes what a request has done that was refused: the reply itself is sent. */
const refused = Symbol("refused");

/**
 * A middleware that runs each request in a transaction, but for those of methods that change nothing. It is committed
 * before the reply is sent, and undone when the reply says that something was wrong: with the status 400 or above, also by a throw. What a
 * reply streams later runs outside of it.
 *
 * @example
 * group("/orders", { use: [transactional()] })
 */
export function transactional(
  options: TransactionalOptions = {},
): <Reply extends { readonly status: number }>(context: { readonly method: string }, next: () => Promise<Reply>) => Promise<Reply> {
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
