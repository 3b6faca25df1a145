/** Conditions before the costly work: 304 or 412 without rendering anything. */
import { toHttpDate } from "../http/http-date.ts";
import type { Validators } from "../http/conditions.ts";
import { evaluateConditions } from "../http/conditions.ts";
import type { HeaderReader } from "../http/header-table.ts";
import { HandlerReply } from "./handler-reply.ts";
import type { ReplyDraft } from "./reply-draft.ts";

/** What the check reads of a context. */
export interface ConditionsContext {
  /** HTTP method. */
  readonly method: string;
  /** Header fields of the request. */
  readonly headers: HeaderReader;
  /** Status and headers of the reply. */
  readonly reply: ReplyDraft;
}

/**
 * Checks the conditions of a request against the current state. Gives the reply (304 or 412) when the work can be
 * left out; else undefined, and the validators are sent with the reply that follows.
 *
 * @example
 * const early = checkConditions(context, { etag: `"${post.version}"` });
 * if (early) return early;
 */
export function checkConditions(context: ConditionsContext, validators: Validators): HandlerReply | undefined {
  const { headers } = context.reply;
  if (validators.etag !== undefined) headers.set("etag", validators.etag);
  if (validators.lastModified !== undefined) headers.set("last-modified", toHttpDate(validators.lastModified));
  const result = evaluateConditions(context.method, context.headers, validators);
  if (result === "proceed") return undefined;
  return new HandlerReply(result === "not-modified" ? 304 : 412, "", null);
}
