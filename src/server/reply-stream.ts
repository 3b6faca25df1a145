/** Sends a body that comes in pieces: in slices, no faster than the client takes them. */
import type { Socket } from "node:net";
import { GableError } from "../errors/gable-error.ts";
import { toPieceBytes } from "../http/body-piece.ts";

/** How a stream is framed and watched. */
export interface ReplyStreamOptions {
  /** Promised length; undefined when it is chunked or ends with the connection. */
  readonly lengthBytes: number | undefined;
  /** Whether the chunked coding frames it. */
  readonly isChunked: boolean;
  /** Longest time without a slice taken by the client, in milliseconds. */
  readonly stallMs: number;
  /** Clock of the deadlines. */
  readonly wheel: { after(durationMs: number): number };
}

/** Largest slice written to the socket in one call. */
const sliceBytesMax = 65_536;

/** What spoiled a reply. In an object: a promise would ask a thrown value for a method `then`, and a proxy may refuse. */
interface ReplyFailure {
  readonly error: unknown;
}

/** One streamed reply. */
export class ReplyStream {
  readonly #socket: Socket;
  readonly #options: ReplyStreamOptions;
  #stallDeadline = Infinity;
  #wake: (() => void) | null = null;
  #isStopped = false;

  constructor(socket: Socket, options: ReplyStreamOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  /** Whether the client has taken nothing for too long. */
  isStalled(now: number): boolean {
    return now >= this.#stallDeadline;
  }

  /** The connection has closed: no more data can be written. */
  stop(): void {
    this.#isStopped = true;
    this.#wake?.();
  }

  /** Sends all pieces; gives what spoiled the reply, or undefined. The source is always closed. */
  async send(chunks: AsyncIterable<string | Uint8Array>): Promise<ReplyFailure | undefined> {
    const { lengthBytes, isChunked } = this.#options;
    let total = 0;
    try {
      for await (const value of chunks) {
        if (this.#isStopped) return undefined;
        const bytes = toPieceBytes(value);
        total += bytes.length;
        if (lengthBytes !== undefined && total > lengthBytes) throw lengthMismatch(lengthBytes, `at least ${total}`);
        await this.#writeSlices(bytes);
      }
      if (lengthBytes !== undefined && total < lengthBytes) throw lengthMismatch(lengthBytes, String(total));
    } catch (error) {
      return { error: error ?? new Error("The stream failed without a reason.") };
    }
    if (isChunked && !this.#isStopped) this.#socket.write("0\r\n\r\n", "latin1");
    return undefined;
  }

  async #writeSlices(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.length && !this.#isStopped; offset += sliceBytesMax) {
      if (!this.#writeSlice(bytes.subarray(offset, offset + sliceBytesMax))) await this.#drain();
    }
  }

  #writeSlice(slice: Uint8Array): boolean {
    const socket = this.#socket;
    if (!this.#options.isChunked) return socket.write(slice);
    socket.cork();
    socket.write(`${slice.length.toString(16)}\r\n`, "latin1");
    socket.write(slice);
    const isRoomLeft = socket.write("\r\n", "latin1");
    socket.uncork();
    return isRoomLeft && !socket.writableNeedDrain;
  }

  async #drain(): Promise<void> {
    if (this.#isStopped || !this.#socket.writableNeedDrain) return;
    this.#stallDeadline = this.#options.wheel.after(this.#options.stallMs);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#socket.once("drain", resolve);
    });
    this.#wake = null;
    this.#stallDeadline = Infinity;
  }
}

function lengthMismatch(promised: number, given: string): GableError {
  return new GableError("E_REPLY_LENGTH_MISMATCH", `The reply promised ${promised} bytes and gave ${given}.`);
}
