/** Checks conditions before expensive work: replies 304 or 412 without rendering anything. */
import { toHttpDate } from "../http/http-date.ts";
import type { Validators } from "../http/conditions.ts";
import { evaluateConditions } from "../http/conditions.ts";
import type { HeaderReader } from "../http/header-table.ts";
import { HandlerReply } from "./handler-reply.ts";
import type { ReplyDraft } from "./reply-draft.ts";

/** The parts of a context that the check reads. */
export interface ConditionsContext {
  /** HTTP method. */
  readonly method: string;
  /** Header fields of the request. */
  readonly headers: HeaderReader;
  /** Status and headers of the reply. */
  readonly reply: ReplyDraft;
}

/**
 * Checks the conditions of a request against the current state. Returns the reply (304 or 412) if you can skip the
 * work; otherwise undefined, and the validators are sent with your reply.
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
