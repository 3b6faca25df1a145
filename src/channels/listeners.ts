/** The listeners of one process, by topic. */
import type { CarriedMessage, CarrierListener } from "./carrier.ts";

/** Listeners by topic. */
export class Listeners {
  readonly #topics = new Map<string, Set<CarrierListener>>();

  /** Topics that have listeners. */
  get topics(): Iterable<string> {
    return this.#topics.keys();
  }

  /** Whether a topic has listeners. */
  has(topic: string): boolean {
    return this.#topics.has(topic);
  }

  /** Adds a listener. Returns the function that removes it. */
  add(topic: string, listener: CarrierListener): () => void {
    const listeners = this.#topics.get(topic) ?? new Set();
    this.#topics.set(topic, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#topics.get(topic) === listeners) this.#topics.delete(topic);
    };
  }

  /** Passes a message on. */
  deliver(topic: string, message: CarriedMessage): void {
    for (const listener of this.#topics.get(topic) ?? []) listener.onMessage(message);
  }

  /** Says that messages of all topics may be missing. */
  interrupt(): void {
    for (const topic of this.#topics.keys()) this.interruptTopic(topic);
  }

  /** Says that messages of a topic may be missing. */
  interruptTopic(topic: string): void {
    for (const listener of this.#topics.get(topic) ?? []) listener.onInterrupted();
  }
}
