/**
 * Closes a connection so that the client can read the last reply (RFC 9112 section 9.6).
 *
 * A socket that closes while bytes of the client are unread makes the kernel send a reset, and a reset can
 * reach the client before the reply does. So the server ends its own side first, and keeps reading and
 * discarding until the client closes, is quiet for `drainIdleMs`, or `drainMs` or `lingerBytesMax` is over.
 */
import type { Socket } from "node:net";
import type { ServerLimits } from "./limits.ts";

/** Clock of the deadlines. */
interface LingerClock {
  /** Time of the clock a duration from now, in milliseconds. */
  after(durationMs: number): number;
}

/** How a close lingers. */
export interface LingeringCloseOptions {
  readonly limits: Required<ServerLimits>;
  readonly clock: LingerClock;
  /** Longest time for reading after the reply, in milliseconds. */
  readonly totalMs: number;
  /** Whether the client has closed its side already. */
  readonly isPeerDone: boolean;
}

/** The end of one connection. */
export class LingeringClose {
  readonly #socket: Socket;
  readonly #options: LingeringCloseOptions;
  #isSent = false;
  #isPeerDone: boolean;
  #discardedBytes = 0;
  #unsentBytes: number;
  #idleDeadline: number;
  #totalDeadline = Infinity;

  /** Ends the server's side of the socket, after what was written before. */
  constructor(socket: Socket, options: LingeringCloseOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#isPeerDone = options.isPeerDone;
    this.#unsentBytes = socket.writableLength;
    this.#idleDeadline = options.clock.after(options.limits.replyStallMs);
    socket.end(() => this.#onSent());
    if (!this.#isPeerDone) socket.resume();
  }

  /** Time of the clock at which {@link check} has to be called. */
  get deadline(): number {
    return Math.min(this.#idleDeadline, this.#totalDeadline);
  }

  /** The whole reply went to the kernel: from now on the client has its time to read it. */
  #onSent(): void {
    const { clock, limits, totalMs } = this.#options;
    this.#isSent = true;
    if (this.#isPeerDone) return void this.#socket.destroy();
    this.#idleDeadline = clock.after(Math.min(limits.drainIdleMs, totalMs));
    this.#totalDeadline = clock.after(totalMs);
  }

  /** Discards bytes of the client. */
  discard(lengthBytes: number): void {
    const { clock, limits } = this.#options;
    this.#discardedBytes += lengthBytes;
    if (this.#discardedBytes > limits.lingerBytesMax) this.#socket.destroy();
    else if (this.#isSent) this.#idleDeadline = clock.after(limits.drainIdleMs);
  }

  /** The client closed its side: nothing is unread, so the close loses no byte of the reply. */
  onPeerEnd(): void {
    this.#isPeerDone = true;
    if (this.#isSent) this.#socket.destroy();
  }

  /** A deadline has come. A reply that the client still takes goes on; otherwise the connection ends. */
  check(): void {
    const { clock, limits } = this.#options;
    const { writableLength } = this.#socket;
    if (this.#isSent || writableLength >= this.#unsentBytes) return void this.#socket.destroy();
    this.#unsentBytes = writableLength;
    this.#idleDeadline = clock.after(limits.replyStallMs);
  }
}
