/** Status and header fields that a handler sets before it returns a plain value. */
import type { HeaderTable } from "../http/header-table.ts";

/** Status and header fields for a reply that is created from a plain value. */
export interface ReplyDraft {
  /** Status; undefined keeps that of the result. */
  status: number | undefined;
  /** Header fields to add. */
  readonly headers: HeaderTable;
}
