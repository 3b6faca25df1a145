/** Defines reply helpers, for handlers that need more than a plain value. */
import { assertKnownOptions, kindsOf, optionInvalid } from "../errors/option-errors.ts";
import type { DispositionType } from "../http/fields.ts";
import { toContentDisposition } from "../http/fields.ts";
import type { ProblemOptions } from "../http/problem.ts";
import { toProblem } from "../http/problem.ts";
import { toRedirectLocation } from "../http/redirect-target.ts";
import type { Rendered } from "../views/rendering/render.ts";
import { isHtml } from "../views/values.ts";
import type { Html } from "../views/values.ts";
import type { ReplyOptions } from "./handler-reply.ts";
import { HandlerReply } from "./handler-reply.ts";
import { toJsonText } from "./json-text.ts";
import { contentTypeOf } from "./render-reply.ts";

const replyKinds = kindsOf<ReplyOptions>({ status: "status", headers: "entries" });
const viewKinds = kindsOf<PageOptions>({ ...replyKinds, buffer: "boolean" });
const streamKinds = kindsOf<StreamOptions>({ ...replyKinds, type: "string", name: "string", lengthBytes: "whole" });
const redirectKinds = kindsOf<RedirectOptions>({ status: true, hosts: "strings" });
const redirectStatuses: readonly unknown[] = [301, 302, 303, 307, 308];
const problemKinds = kindsOf<ProblemOptions>({
  status: "status",
  code: "string",
  type: "string",
  title: "string",
  detail: "string",
  extra: "object",
});

/** Replies with a value as JSON; dates become ISO strings, bigints become strings. */
export function json(value: unknown, options: ReplyOptions = {}): HandlerReply {
  assertKnownOptions("json()", options, replyKinds);
  return new HandlerReply(options.status ?? 200, "application/json", toJsonText(value), options.headers);
}

/** Replies with plain text. */
export function text(value: string, options: ReplyOptions = {}): HandlerReply {
  if (typeof value !== "string") throw optionInvalid("text()", "value", value, "a string; json() takes other values");
  assertKnownOptions("text()", options, replyKinds);
  return new HandlerReply(options.status ?? 200, "text/plain; charset=utf-8", value, options.headers);
}

/** Options for sending a view. */
export interface PageOptions extends ReplyOptions {
  /** Whether a view with pending values waits until it is complete. By default, it is streamed. */
  buffer?: boolean;
}

/** Replies with markup and a custom status or headers. */
export function page(markup: Html, options: PageOptions = {}): HandlerReply {
  if (!isHtml(markup)) throw optionInvalid("page()", "markup", markup, "markup: write html`...`, or use text()");
  return toViewReply(markup, options);
}

/** Returns a view as a reply with a custom status or headers. */
export function toViewReply(view: Rendered, options: PageOptions): HandlerReply {
  assertKnownOptions("A reply with a view", options, viewKinds);
  const reply = new HandlerReply(options.status ?? 200, contentTypeOf(view), view, options.headers);
  reply.isBuffered = options.buffer === true;
  return reply;
}

/** Options for a redirect. */
export interface RedirectOptions {
  /** 303 after a form, 307 and 308 keep the method, 301 and 308 are permanent. Default 303. */
  status?: 301 | 302 | 303 | 307 | 308;
  /** Other hosts that the target may name. None by default. */
  hosts?: readonly string[];
}

/**
 * Redirects to a same-origin path. Throws `E_REDIRECT_UNSAFE` for other targets, unless their host is listed.
 * @example
 * return redirect(showPost.url({ slug }));
 */
export function redirect(target: string, options: RedirectOptions = {}): HandlerReply {
  assertKnownOptions("redirect()", options, redirectKinds);
  const { status = 303 } = options;
  if (!redirectStatuses.includes(status)) throw optionInvalid("redirect()", "status", status, "301, 302, 303, 307 or 308");
  const location = toRedirectLocation(target, options.hosts);
  return new HandlerReply(status, "text/plain; charset=utf-8", `See ${location}\n`, [["location", location]]);
}

/** Replies with a problem of RFC 9457. */
export function problem(options: ProblemOptions): HandlerReply {
  assertKnownOptions("problem()", options, problemKinds);
  return new HandlerReply(options.status, "application/problem+json", toJsonText(toProblem(options)));
}

/** Options for sending a stream. */
export interface StreamOptions extends ReplyOptions {
  /** Media type. Default `application/octet-stream`. */
  type?: string;
  /** File name for the download; makes the reply an attachment. None by default. */
  name?: string;
  /** Length in bytes, if known. By default, the body is chunked. */
  lengthBytes?: number;
}

/** Sends pieces as they arrive, no faster than the client reads them. */
export function stream(source: AsyncIterable<string | Uint8Array>, options: StreamOptions = {}): HandlerReply {
  if (!(Symbol.asyncIterator in Object(source)))
    throw optionInvalid("stream()", "source", source, "an asynchronous generator or a stream; text() takes a string");
  assertKnownOptions("stream()", options, streamKinds);
  const reply = new HandlerReply(options.status ?? 200, options.type ?? "application/octet-stream", source, options.headers);
  if (options.name !== undefined) reply.headers.set("content-disposition", toContentDisposition("attachment", options.name));
  if (options.lengthBytes !== undefined) reply.headers.set("content-length", String(options.lengthBytes));
  // A reverse proxy must not wait for the end of a stream.
  else reply.headers.set("x-accel-buffering", "no");
  return reply;
}

/** Sets how a reply is displayed or saved. */
export function withDisposition(reply: HandlerReply, type: DispositionType, name?: string): HandlerReply {
  reply.headers.set("content-disposition", toContentDisposition(type, name));
  return reply;
}
