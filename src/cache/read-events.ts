/** Publishes reads of a cache on the channel `gable.cache.read` of node:diagnostics_channel. */
import { openChannel } from "../parts/event-channel.ts";

/** The event on the channel `gable.cache.read` when a value was looked up. It has neither the key nor the value: both may be personal. */
interface CacheReadEvent {
  /** `stale` for a value that is shown while a new one is computed, `miss` for none, also when the store does not answer. */
  readonly outcome: "hit" | "stale" | "miss";
  readonly durationMs: number;
}

const reads = openChannel<CacheReadEvent>("gable.cache.read");

/** Whether somebody listens to reads. */
export function areReadsWatched(): boolean {
  return reads.hasSubscribers;
}

/** Looks a value up, and publishes that where somebody listens. */
export function publishRead<Found extends { readonly isFresh: boolean }>(
  read: () => Promise<Found | undefined>,
): Promise<Found | undefined> {
  return reads.hasSubscribers ? measureRead(read) : read();
}

async function measureRead<Found extends { readonly isFresh: boolean }>(
  read: () => Promise<Found | undefined>,
): Promise<Found | undefined> {
  const startedMs = performance.now();
  const found = await read();
  const outcome = found === undefined ? "miss" : found.isFresh ? "hit" : "stale";
  reads.publish({ outcome, durationMs: performance.now() - startedMs });
  return found;
}
