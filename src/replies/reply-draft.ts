/** Status and header fields that a handler sets before it returns a plain value. */
import type { HeaderTable } from "../http/header-table.ts";
import type { EarlyHintsOptions } from "./early-hints.ts";
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
  /**
   * Names files that the page will need, before the page is made: as `Link` fields of the reply, and, when the application has the option
   * `earlyHints`, in a reply 103 that is sent immediately. Throws `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`.
   * @example
   * get("/", ({ reply, asset }) => reply.earlyHints({ link: `<${asset("app.css")}>; rel=preload; as=style` }));
   */
  earlyHints(hints: EarlyHintsOptions): void;
}
