/** Watches work that leaves the scopes of models, as published on the channel `gable.data.scope` of node:diagnostics_channel. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";

/** Calls a function with the reason of each such work. Returns a function that stops watching. */
export function watchScopes(onLeft: (reason: string) => void): () => void {
  // The data layer publishes events of this shape.
  const onEvent = (event: unknown): void => onLeft((event as { readonly reason: string }).reason);
  subscribe("gable.data.scope", onEvent);
  return () => void unsubscribe("gable.data.scope", onEvent);
}
