/** Watches calls of `fetch` inside transactions, which hold a connection and locks while they wait for another server. */
import { channel, subscribe } from "node:diagnostics_channel";
import { currentContext } from "./context.ts";

/** A call of `fetch` inside a transaction, as published on the channel `gable.data.fetch` of node:diagnostics_channel. */
interface FetchEvent {
  readonly method: string;
  /** Address of the server. */
  readonly origin: string;
}

const fetches = channel("gable.data.fetch");
let isWatched = false;

/** Publishes them on the channel `gable.data.fetch`. Node reports each request that its own `fetch` makes. */
export function watchFetches(): void {
  if (isWatched) return;
  isWatched = true;
  subscribe("undici:request:create", (message) => {
    const { transaction } = currentContext() ?? {};
    if (transaction === undefined || transaction.isEnded || !fetches.hasSubscribers) return;
    const { request } = message as { readonly request: { readonly method?: unknown; readonly origin?: unknown } }; // The channel's messages have this shape.
    fetches.publish({ method: String(request.method), origin: String(request.origin) } satisfies FetchEvent);
  });
}
