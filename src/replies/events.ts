/** What handlers need for server-sent events. */
import type { ServerEvent } from "../http/event-stream.ts";
import type { ReplyOptions } from "./handler-reply.ts";
import type { HandlerReply } from "./handler-reply.ts";

/** Options of `reply.events()`. */
export interface EventsOptions extends Pick<ReplyOptions, "headers"> {
  /** How long a client waits before it connects again, in milliseconds. Default: 2,000 to 5,000 at random. */
  retryMs?: number;
}

/**
 * Replies with server-sent events, no faster than the client reads them.
 * The reply ends when the source ends, the client leaves, the application stops, or the session of the visitor ends.
 */
export type SendEvents = (source: AsyncIterable<ServerEvent>, options?: EventsOptions) => HandlerReply;
