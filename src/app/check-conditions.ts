/** Conditions before the costly work: 304 or 412 without rendering anything. */
import { toHttpDate } from "../http/http-date.ts";
import type { Validators } from "../http/conditions.ts";
import { evaluateConditions } from "../http/conditions.ts";
import type { Context } from "./context.ts";
import { HandlerReply } from "./handler-reply.ts";

/**
 * Checks the conditions of a request against the current state. Gives the reply (304 or 412) when the work can be
 * left out; else undefined, and the validators are sent with the reply that follows.
 *
 * @example
 * const early = checkConditions(context, { etag: `"${post.version}"` });
 * if (early) return early;
 */
export function checkConditions(context: Pick<Context, "method" | "headers" | "reply">, validators: Validators): HandlerReply | undefined {
  const { headers } = context.reply;
  if (validators.etag !== undefined) headers.set("etag", validators.etag);
  if (validators.lastModified !== undefined) headers.set("last-modified", toHttpDate(validators.lastModified));
  const result = evaluateConditions(context.method, context.headers, validators);
  if (result === "proceed") return undefined;
  return new HandlerReply(result === "not-modified" ? 304 : 412, "", null);
}
