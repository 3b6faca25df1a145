/** Publishes what the server refuses before an application sees it. */
import { channel } from "node:diagnostics_channel";
import type { ErrorCode } from "../errors/catalogue.ts";

/** The event on the channel `gable.connection.refused` when the server itself answers a connection, because no request can come of it. */
interface RefusalEvent {
  readonly code: ErrorCode;
  /** Address of the peer; "unix" for a Unix socket. */
  readonly address: string;
}

const refusals = channel("gable.connection.refused");

/** Publishes a refusal where somebody listens. */
export function publishRefusal(code: ErrorCode, { remoteAddress }: { readonly remoteAddress?: string | undefined }): void {
  if (refusals.hasSubscribers) refusals.publish({ code, address: remoteAddress ?? "unix" } satisfies RefusalEvent);
}
