/** Channels of the workers of one supervisor, over the channel that each of them has to it. */
import type { LiveCarrier, ReplayedMessages } from "../channels/carrier.ts";
import type { HubMessage, HubRequest } from "../channels/hub.ts";
import { Listeners } from "../channels/listeners.ts";
import { GableError } from "../errors/gable-error.ts";

/** A message to or from the supervisor. */
interface Envelope {
  readonly kind: "channel";
  readonly message: unknown;
}

interface Waiting {
  resolve(replayed: ReplayedMessages | undefined): void;
  reject(error: Error): void;
}

/** The channel of a worker to its supervisor. */
export interface ParentChannel {
  on(event: "message", listener: (message: unknown) => void): unknown;
  on(event: "disconnect", listener: () => void): unknown;
  off(event: "message", listener: (message: unknown) => void): unknown;
  off(event: "disconnect", listener: () => void): unknown;
  /** Missing in a process without a parent that listens. */
  send?(message: Envelope, handle: undefined, options: undefined, sent: (error: Error | null) => void): unknown;
}

/** Number of the last request of this process: two applications of a worker hear the answers of both. */
let lastNumber = 0;

/** Creates the carrier of a worker. The supervisor keeps messages for replays, so they outlive the worker. */
export function processCarrier(): LiveCarrier {
  return carrierOf(process);
}

/** Creates the carrier of a worker for a channel to a supervisor. */
export function carrierOf(channel: ParentChannel): LiveCarrier {
  return new ProcessCarrier(channel);
}

/** A request before it has its number. */
type Unnumbered<Request> = Request extends HubRequest ? Omit<Request, "number"> : never;

class ProcessCarrier implements LiveCarrier {
  readonly #listeners = new Listeners();
  readonly #waiting = new Map<number, Waiting>();
  readonly #channel: ParentChannel;
  #isOpen = false;

  constructor(channel: ParentChannel) {
    this.#channel = channel;
  }

  readonly #onMessage = (envelope: unknown): void => {
    // Only the supervisor sends to a worker, and this kind is ours.
    const { kind, message } = envelope as Envelope;
    if (kind === "channel") this.#receive(message as HubMessage); // The supervisor passes on what its hub says.
  };
  readonly #onDisconnect = (): void => {
    for (const { reject } of this.#waiting.values()) reject(gone());
    this.#waiting.clear();
  };

  async open(): Promise<void> {
    this.#isOpen = true;
    this.#channel.on("message", this.#onMessage);
    this.#channel.on("disconnect", this.#onDisconnect);
  }

  async publish(...[topic, text, replay]: Parameters<LiveCarrier["publish"]>): Promise<void> {
    await this.#ask({ kind: "publish", topic, text, replay });
  }

  async subscribe(...[topic, listener]: Parameters<LiveCarrier["subscribe"]>): Promise<() => void> {
    return this.#listeners.add(topic, listener);
  }

  async replay(topic: string, after: string | undefined): Promise<ReplayedMessages> {
    // A replay is answered with what was replayed.
    return (await this.#ask({ kind: "replay", topic, after }))!;
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    this.#channel.off("message", this.#onMessage);
    this.#channel.off("disconnect", this.#onDisconnect);
    this.#onDisconnect();
  }

  #ask(request: Unnumbered<HubRequest>): Promise<ReplayedMessages | undefined> {
    return new Promise((resolve, reject) => {
      // Nobody would answer.
      if (!this.#isOpen || this.#channel.send === undefined) return reject(gone());
      const number = ++lastNumber;
      this.#waiting.set(number, { resolve, reject });
      this.#channel.send({ kind: "channel", message: { ...request, number } } satisfies Envelope, undefined, undefined, (error) => {
        if (error === null || !this.#waiting.delete(number)) return;
        reject(gone());
      });
    });
  }

  #receive(message: HubMessage): void {
    if (message.kind === "message") return this.#listeners.deliver(message.topic, message.message);
    const waiting = this.#waiting.get(message.number);
    this.#waiting.delete(message.number);
    waiting?.resolve(message.kind === "replayed" ? message.replayed : undefined);
  }
}

function gone(): GableError {
  return new GableError("E_CHANNEL_CARRIER", "The supervisor of this worker has ended.");
}
