/** The line of a worker to its supervisor: asks it for the numbers of all workers, and answers its questions. */
import type { Gathered, GatherMessage, GatherRequest, Snapshot } from "../channels/gathering.ts";

/** Time after which a supervisor that gives no answer is given up, in milliseconds. Workers have 1,000. */
const supervisorMs = 2000;
/** Longest wait for the last message to leave, in milliseconds. */
const lastMs = 500;

/** The line of this process. */
export class SupervisorLine {
  readonly #read: () => Snapshot;
  readonly #waiting = new Map<number, (gathered: Gathered | undefined) => void>();
  #lastNumber = 0;

  readonly #onMessage = (envelope: unknown): void => {
    // Only the supervisor sends to a worker, and this kind is ours.
    const { kind, message } = envelope as { readonly kind: string; readonly message: GatherMessage };
    if (kind === "gather") this.#receive(message);
  };

  /** `read` reads the numbers of this process. */
  constructor(read: () => Snapshot) {
    this.#read = read;
    process.on("message", this.#onMessage);
  }

  /** Asks for the numbers of all workers; undefined when the supervisor does not answer. */
  gather(): Promise<Gathered | undefined> {
    const number = ++this.#lastNumber;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(number, undefined), supervisorMs);
      this.#waiting.set(number, (gathered) => {
        clearTimeout(timer);
        resolve(gathered);
      });
      send({ kind: "gather", number }, (isSent) => isSent || this.#settle(number, undefined));
    });
  }

  /** Tells the supervisor what this process has counted, and hangs up. */
  async close(): Promise<void> {
    process.off("message", this.#onMessage);
    for (const number of this.#waiting.keys()) this.#settle(number, undefined);
    const { sums } = this.#read();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, lastMs);
      send({ kind: "last", snapshot: { sums, gauges: {} } }, () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #receive(message: GatherMessage): void {
    if (message.kind === "gathered") return this.#settle(message.number, message.gathered);
    send({ kind: "answer", number: message.number, snapshot: this.#read() }, () => undefined);
  }

  #settle(number: number, gathered: Gathered | undefined): void {
    this.#waiting.get(number)?.(gathered);
    this.#waiting.delete(number);
  }
}

function send(message: GatherRequest, onSent: (isSent: boolean) => void): void {
  // The types of Node have no channel for a process that was not forked.
  if (!process.connected || process.send === undefined) return onSent(false);
  process.send({ kind: "gather", message }, undefined, undefined, (error) => onSent(error === null));
}
