/** Status and header fields that a handler sets before it returns a plain value. */
import type { HeaderTable } from "../http/header-table.ts";
import type { SendEvents } from "./events.ts";

/** Status and header fields for a reply that is created from a plain value. */
export interface ReplyDraft {
  /** Status; undefined keeps that of the result. */
  status: number | undefined;
  /** Header fields to add. */
  readonly headers: HeaderTable;
  /**
   * Replies with server-sent events. Throws `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`.
   * @example
   * get("/feed", ({ reply, signal }) => reply.events(newPosts(signal)));
   */
  readonly events: SendEvents;
}
