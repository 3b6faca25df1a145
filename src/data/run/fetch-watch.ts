/** Calls of `fetch` inside of transactions, which hold their connection and their locks while another server takes its time. */
import { channel, subscribe } from "node:diagnostics_channel";
import { currentContext } from "./context.ts";

/** A call of `fetch` inside of a transaction, as the channel `gable.data.fetch` of node:diagnostics_channel gets it. */
interface FetchEvent {
  readonly method: string;
  /** Address of the server. */
  readonly origin: string;
}

const fetches = channel("gable.data.fetch");
let isWatched = false;

/** Lets the channel `gable.data.fetch` know of them. Node tells of each request that its own `fetch` makes. */
export function watchFetches(): void {
  if (isWatched) return;
  isWatched = true;
  subscribe("undici:request:create", (message) => {
    const { transaction } = currentContext() ?? {};
    if (transaction === undefined || transaction.isEnded || !fetches.hasSubscribers) return;
    const { request } = message as { readonly request: { readonly method?: unknown; readonly origin?: unknown } }; // What the channel has.
    fetches.publish({ method: String(request.method), origin: String(request.origin) } satisfies FetchEvent);
  });
}
