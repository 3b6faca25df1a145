/** Tells of work that leaves the scopes of models. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";

/** Calls a function with the reason of each such work. Gives what ends that. */
export function watchScopes(tell: (reason: string) => void): () => void {
  const onLeft = (event: unknown): void => tell((event as { readonly reason: string }).reason); // What the channel has.
  subscribe("gable.data.scope", onLeft);
  return () => void unsubscribe("gable.data.scope", onLeft);
}
