/** The body of a reply with server-sent events: reads its source ahead, and sends a comment when there is nothing else. */
import type { ServerEvent } from "../http/event-stream.ts";
import { eventComment, toEventText, toRetryField } from "../http/event-stream.ts";
import type { Logger } from "../handlers/logger.ts";
import { toJsonText } from "../replies/json-text.ts";
import type { ReadSession } from "../session/session-identity.ts";
import type { Connections, LeaveReason, LiveConnection } from "./connections.ts";
import { queuedBytesMax } from "./times.ts";

/** What a stream is made of. */
export interface EventBodyParts {
  readonly source: AsyncIterable<ServerEvent>;
  readonly retryMs: number;
  readonly connections: Connections;
  /** Aborts when the client has left. */
  readonly signal: AbortSignal;
  /** Closes the connection of a client that takes nothing. */
  readonly cut: (() => void) | undefined;
  readonly recheck: () => (() => Promise<boolean>) | undefined;
  /** Session of the visitor, once it is known. */
  readonly session: () => ReadSession | undefined;
  /** Runs work that belongs to the request. */
  readonly enter: <Result>(work: () => Result) => Result;
  /** Logger of the request. */
  readonly log: () => Logger;
  /** Called with what ended the stream, for the log. */
  readonly onStalled: () => void;
}

type Chunk = IteratorResult<Uint8Array, undefined>;
const ended: Chunk = Object.freeze({ done: true, value: undefined });
/** Bytes that are joined to one chunk. */
const chunkBytesMax = 65_536;
const encoder = new TextEncoder();

/** One stream. It is its own iterator: a stream is read once. */
export class EventBody implements AsyncIterableIterator<Uint8Array>, LiveConnection {
  readonly #parts: EventBodyParts;
  readonly #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #iterator: AsyncIterator<ServerEvent> | undefined;
  #isOver = false;
  #error: unknown = undefined;
  /** Resolves the read that waits for an event. */
  #reader: { resolve: (chunk: Chunk) => void; reject: (error: unknown) => void } | undefined;
  /** Lets the source go on once the queue has room. */
  #onRoom: (() => void) | undefined;
  /** When the client last took something. */
  #takenAt = 0;

  constructor(parts: EventBodyParts) {
    this.#parts = parts;
  }

  get session(): ReadSession | undefined {
    return this.#parts.session();
  }

  get recheck(): (() => Promise<boolean>) | undefined {
    return this.#parts.recheck();
  }

  get log(): Logger {
    return this.#parts.log();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Chunk> {
    if (this.#iterator === undefined) this.#parts.enter(() => this.#start());
    this.#takenAt = performance.now();
    if (this.#queue.length > 0) return Promise.resolve({ done: false, value: this.#take() });
    if (this.#error !== undefined) return Promise.reject(this.#error as Error); // What a source throws is passed on as it is.
    if (this.#isOver) return Promise.resolve(ended);
    return new Promise((resolve, reject) => (this.#reader = { resolve, reject }));
  }

  /** The reader has given up. */
  return(): Promise<Chunk> {
    this.#end();
    return Promise.resolve(ended);
  }

  /** Sends a comment where the client waits, and gives up one that takes nothing of a full queue. */
  tick(now: number): void {
    const { times } = this.#parts.connections;
    if (this.#reader !== undefined) {
      if (now - this.#takenAt >= times.commentMs) this.#push(encoder.encode(eventComment));
    } else if (this.#queuedBytes >= queuedBytesMax && now - this.#takenAt >= times.stallMs) {
      this.#parts.onStalled();
      this.#drop();
      this.#end();
      this.#parts.cut?.();
    }
  }

  /** Ends the stream: after what waits already, or in the middle where the visitor may see nothing more. A browser connects again then. */
  leave(reason: LeaveReason): void {
    if (reason === "denied") this.#drop();
    this.#end();
    // With its connection, the signal of the request ends, and so what its source waits for.
    if (reason === "denied") this.#parts.cut?.();
  }

  #start(): void {
    const { source, connections, retryMs, signal } = this.#parts;
    this.#iterator = source[Symbol.asyncIterator]();
    this.#push(encoder.encode(toRetryField(retryMs)));
    // A client that comes back while the application stops is sent on to the next process.
    if (connections.isDraining || signal.aborted) return this.#end();
    connections.add(this);
    if (this.#isOver) return;
    signal.addEventListener("abort", this.#onAbort, { once: true });
    void this.#pump(this.#iterator);
  }

  readonly #onAbort = (): void => {
    this.#drop();
    this.#end();
  };

  async #pump(iterator: AsyncIterator<ServerEvent>): Promise<void> {
    try {
      while (!this.#isOver) {
        const { done, value } = await iterator.next();
        if (this.#isOver) return;
        if (done === true) return this.#end();
        this.#push(encoder.encode(toEventText(value, toJsonText)));
        if (this.#queuedBytes >= queuedBytesMax) await new Promise<void>((resolve) => (this.#onRoom = resolve));
      }
    } catch (error) {
      if (!this.#isOver) this.#fail(error);
    }
  }

  #push(bytes: Uint8Array): void {
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    const reader = this.#reader;
    if (reader === undefined) return;
    this.#reader = undefined;
    reader.resolve({ done: false, value: this.#take() });
  }

  /** Takes what waits, up to 64 KiB. */
  #take(): Uint8Array {
    let bytes = 0;
    let count = 0;
    while (count < this.#queue.length && (count === 0 || bytes + this.#queue[count]!.length <= chunkBytesMax))
      bytes += this.#queue[count++]!.length;
    const taken = this.#queue.splice(0, count);
    this.#queuedBytes -= bytes;
    this.#goOn();
    if (count === 1) return taken[0]!;
    const joined = new Uint8Array(bytes);
    let offset = 0;
    for (const each of taken) {
      joined.set(each, offset);
      offset += each.length;
    }
    return joined;
  }

  #goOn(): void {
    const onRoom = this.#onRoom;
    this.#onRoom = undefined;
    onRoom?.();
  }

  #drop(): void {
    this.#queue.length = 0;
    this.#queuedBytes = 0;
  }

  #fail(error: unknown): void {
    this.#error = error ?? new Error("The source of events failed without a reason.");
    const reader = this.#reader;
    this.#reader = undefined;
    this.#end();
    if (reader === undefined) return;
    reader.reject(this.#error);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.connections.delete(this);
    this.#parts.signal.removeEventListener("abort", this.#onAbort);
    this.#reader?.resolve(ended);
    this.#reader = undefined;
    this.#goOn();
    // A source that waits for its next event ends when it hears of this; nobody waits for that.
    void Promise.resolve(this.#iterator?.return?.()).catch(() => undefined);
  }
}
