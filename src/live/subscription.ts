/** The messages of a topic for one reader: those that were missed, then those that come. */
import type { CarriedMessage, CarrierListener, ReplayedMessages } from "../channels/carrier.ts";
import { isKnown } from "../channels/message-log.ts";
import { GableError } from "../errors/gable-error.ts";
import type { AppChannels } from "./app-channels.ts";
import { queuedBytesMax } from "./times.ts";

/** What a subscription needs. */
export interface SubscriptionParts {
  readonly channels: Pick<AppChannels, "carrier" | "noteAnswer" | "waitForCarrier">;
  readonly topic: string;
  /** Whether messages are kept. */
  readonly hasReplay: boolean;
  /** Id after which messages are wanted; undefined for those that come. */
  readonly after: string | undefined;
  readonly signal: AbortSignal;
  /** Takes items as they come, so that none waits; undefined for a reader that iterates. */
  readonly sink?: SubscriptionSink | undefined;
}

/** Takes items as they come. */
export interface SubscriptionSink {
  /** Called with each item. */
  onItem(item: SubscriptionItem): void;
  /** Called once at the end. */
  onEnd(error?: Error): void;
}

/** What a reader gets: a message, a place to go on after, or the news that messages were lost. */
export type SubscriptionItem =
  | { readonly kind: "message"; readonly message: CarriedMessage }
  | { readonly kind: "place"; readonly id: string }
  | { readonly kind: "gap" };

type Result = IteratorResult<SubscriptionItem, undefined>;
const ended: Result = Object.freeze({ done: true, value: undefined });

/** One reader. It gets what comes from its creation on. */
export class Subscription implements AsyncIterableIterator<SubscriptionItem>, CarrierListener {
  readonly #parts: SubscriptionParts;
  #queue: SubscriptionItem[] = [];
  #queuedBytes = 0;
  /** Messages that came while the missed ones are read; undefined at other times. */
  #held: CarriedMessage[] | undefined;
  #heldBytes = 0;
  #lastId: string | undefined;
  /** Number of times that messages may have been missed since the last replay began. */
  #interruptions = 0;
  #isOver = false;
  #error: Error | undefined;
  #reader: { resolve: (result: Result) => void; reject: (error: Error) => void } | undefined;
  #remove: (() => void) | undefined;

  constructor(parts: SubscriptionParts) {
    this.#parts = parts;
    this.#lastId = parts.after;
    void this.#start();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    const value = this.#queue.shift();
    if (value !== undefined) {
      this.#queuedBytes -= bytesOf(value);
      return Promise.resolve({ done: false, value });
    }
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#isOver) return Promise.resolve(ended);
    return new Promise((resolve, reject) => (this.#reader = { resolve, reject }));
  }

  return(): Promise<Result> {
    this.#end();
    return Promise.resolve(ended);
  }

  onMessage(message: CarriedMessage): void {
    if (this.#held === undefined) return this.#deliver(message);
    this.#held.push(message);
    this.#heldBytes += message.text.length;
    if (this.#heldBytes <= queuedBytesMax) return;
    // Too much to hold while the carrier does not answer: another replay reads it.
    this.#hold();
    this.#interruptions++;
  }

  /** What was missed meanwhile is read from what the carrier has kept; without that, nobody knows. */
  onInterrupted(): void {
    if (this.#parts.hasReplay) void this.#catchUp();
    else this.#push({ kind: "gap" });
  }

  async #start(): Promise<void> {
    const { channels, topic, signal, hasReplay } = this.#parts;
    if (signal.aborted) return this.#end();
    signal.addEventListener("abort", this.#onAbort, { once: true });
    try {
      // A reader without a place begins at the one before its subscription: messages of the time between are read below.
      if (hasReplay && this.#lastId === undefined) {
        const place = await this.#ask(() => channels.carrier.replay(topic, undefined), true);
        if (place !== undefined) this.#place(place.lastId);
      }
      if (hasReplay) this.#hold();
      const remove = await this.#ask(() => channels.carrier.subscribe(topic, this), !hasReplay);
      if (this.#isOver) return remove?.();
      this.#remove = remove;
    } catch (error) {
      return this.#fail(toError(error));
    }
    if (hasReplay) await this.#catchUp();
  }

  /**
   * Asks the carrier until it answers; undefined at the end of the reading. Messages that were sent before a late answer are lost where `isStart`: the
   * reader hears of a gap.
   */
  async #ask<Answer>(ask: () => Promise<Answer>, isStart: boolean): Promise<Answer | undefined> {
    const { channels } = this.#parts;
    for (let attempts = 0; !this.#isOver; attempts++) {
      try {
        const answer = await ask();
        channels.noteAnswer();
        if (isStart && attempts > 0) this.#push({ kind: "gap" });
        return answer;
      } catch (error) {
        await channels.waitForCarrier(error, attempts);
      }
    }
    return undefined;
  }

  #hold(): void {
    this.#held = [];
    this.#heldBytes = 0;
  }

  readonly #onAbort = (): void => this.#end();

  /** Reads what came after the last message, while new ones are held back. What comes twice is known by its id. */
  async #catchUp(): Promise<void> {
    this.#interruptions++;
    if (this.#interruptions > 1) return;
    const { channels, topic } = this.#parts;
    if (this.#held === undefined) this.#hold();
    try {
      for (let seen = 0; seen < this.#interruptions && !this.#isOver;) {
        seen = this.#interruptions;
        const replayed = await this.#ask(() => channels.carrier.replay(topic, this.#lastId), false);
        if (replayed !== undefined) this.#replay(replayed);
      }
      this.#interruptions = 0;
      const held = this.#held ?? [];
      this.#held = undefined;
      for (const message of held) this.#deliver(message);
    } catch (error) {
      this.#fail(toError(error));
    }
  }

  #replay({ messages, lastId, hasGap }: ReplayedMessages): void {
    if (hasGap) {
      this.#lastId = undefined;
      this.#push({ kind: "gap" });
    }
    for (const message of messages) this.#deliver(message);
    if (hasGap && messages.length === 0) this.#place(lastId);
  }

  #place(id: string): void {
    this.#lastId = id;
    this.#push({ kind: "place", id });
  }

  #deliver(message: CarriedMessage): void {
    if (message.id !== "") {
      if (isKnown(message.id, this.#lastId)) return;
      this.#lastId = message.id;
    }
    this.#push({ kind: "message", message });
  }

  #push(item: SubscriptionItem): void {
    if (this.#isOver) return;
    const reader = this.#reader;
    if (this.#parts.sink !== undefined) return this.#parts.sink.onItem(item);
    if (reader !== undefined) {
      this.#reader = undefined;
      return reader.resolve({ done: false, value: item });
    }
    this.#queue.push(item);
    this.#queuedBytes += bytesOf(item);
    if (this.#queuedBytes <= queuedBytesMax) return;
    this.#queue = [];
    this.#fail(new GableError("E_CHANNEL_SLOW", `A reader of "${this.#parts.topic}" was so slow that 1 MiB of messages waited for it.`));
  }

  #fail(error: Error): void {
    this.#error = error;
    const reader = this.#reader;
    this.#reader = undefined;
    this.#end();
    reader?.reject(error);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.signal.removeEventListener("abort", this.#onAbort);
    this.#remove?.();
    this.#reader?.resolve(ended);
    this.#reader = undefined;
    this.#parts.sink?.onEnd(this.#error);
  }
}

/** Length in UTF-16, and what an entry costs. */
function bytesOf(item: SubscriptionItem): number {
  return 64 + (item.kind === "message" ? item.message.text.length : 0);
}

/** What `waitForCarrier()` throws is an error; anything else comes from a listener. */
function toError(error: unknown): Error {
  return error instanceof Error ? error : new GableError("E_CHANNEL_CARRIER", "The carrier of the channels failed.", { cause: error });
}
