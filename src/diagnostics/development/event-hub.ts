/** Server-sent events for the pages that are open: each page gets what is sent while it listens. */
import { HandlerReply } from "../../replies/handler-reply.ts";

const listenersMax = 100;
/** A comment keeps proxies and browsers from closing a quiet stream. */
const quietMs = 15_000;

interface Listener {
  readonly pieces: string[];
  wake: () => void;
  isOver: boolean;
}

/** Sends events to all pages. */
export class EventHub {
  readonly #listeners = new Set<Listener>();
  #isOver = false;

  /** Number of pages that listen. */
  get size(): number {
    return this.#listeners.size;
  }

  /** Returns the reply with the stream; `hello` is its first event. */
  open(hello: object, signal: AbortSignal): HandlerReply {
    // A browser tries again after this time when the stream ends.
    const listener: Listener = { pieces: [`retry: 100\n${toEvent("hello", hello)}`], wake: () => undefined, isOver: this.#isOver };
    const [oldest] = this.#listeners;
    if (this.#listeners.size >= listenersMax && oldest !== undefined) close(oldest);
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => close(listener), { once: true });
    return new HandlerReply(200, "text/event-stream", this.#read(listener), {
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
  }

  async *#read(listener: Listener): AsyncIterable<string> {
    try {
      for (;;) {
        yield* listener.pieces.splice(0);
        if (listener.isOver) return;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(() => {
            listener.pieces.push(": quiet\n\n");
            resolve();
          }, quietMs);
          listener.wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    } finally {
      this.#listeners.delete(listener);
    }
  }

  /** Sends an event to all pages. */
  send(name: string, data: object): void {
    for (const listener of this.#listeners) {
      listener.pieces.push(toEvent(name, data));
      listener.wake();
    }
  }

  /** Ends all streams, and those that come. */
  end(): void {
    this.#isOver = true;
    for (const listener of this.#listeners) close(listener);
  }
}

function close(listener: Listener): void {
  listener.isOver = true;
  listener.wake();
}

function toEvent(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
