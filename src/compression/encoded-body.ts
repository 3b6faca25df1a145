/** Encodes a stream or a file piece by piece, no faster than its reader takes them. */
import { GableError } from "../errors/gable-error.ts";
import type { Coding, StreamEncoder } from "./encoders.ts";
import { addRandomName, createStreamEncoder } from "./encoders.ts";

/** How a stream is encoded. */
export interface StreamEncoding {
  readonly coding: Coding;
  /** Whether the encoded bytes start with a random name. */
  readonly isPadded: boolean;
  /** Whether the client gets each value when it comes. */
  readonly flushes: boolean;
  /** Length before encoding, when it was promised: another one is an error. */
  readonly lengthBytes: number | undefined;
}

const ended = { done: true, value: undefined } as const;

/** The encoded form of a body. Not a generator: its `return()` must reach the source while a `next()` waits for a value. */
export class EncodedBody implements AsyncIterableIterator<Uint8Array> {
  readonly #open: () => AsyncIterable<string | Uint8Array>;
  readonly #encoding: StreamEncoding;
  #source: AsyncIterator<string | Uint8Array> | undefined;
  #encoder: StreamEncoder | undefined;
  #isEnded = false;
  #takenBytes = 0;
  #hasHead = false;

  constructor(open: () => AsyncIterable<string | Uint8Array>, encoding: StreamEncoding) {
    this.#open = open;
    this.#encoding = encoding;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    this.#source ??= this.#open()[Symbol.asyncIterator]();
    while (!this.#isEnded) {
      let result: IteratorResult<string | Uint8Array>;
      try {
        result = await this.#source.next();
      } catch (error) {
        this.#end();
        throw error;
      }
      // The client may have left while the value was awaited.
      if (this.#isEnded) break;
      const encoder = this.#findEncoder();
      const piece = result.done === true ? await this.#finish(encoder) : await this.#write(encoder, result.value);
      if (piece !== null) return { done: false, value: this.#withHead(piece) };
    }
    return ended;
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#end();
    await this.#source?.return?.();
    return ended;
  }

  #findEncoder(): StreamEncoder {
    if (this.#encoder === undefined) {
      this.#encoder = createStreamEncoder(this.#encoding.coding, this.#encoding.flushes);
      // The callback of a write gets the error as well.
      this.#encoder.on("error", () => undefined);
    }
    return this.#encoder;
  }

  async #write(encoder: StreamEncoder, value: string | Uint8Array): Promise<Uint8Array | null> {
    const bytes = typeof value === "string" ? Buffer.from(value) : value;
    this.#takenBytes += bytes.length;
    const { lengthBytes } = this.#encoding;
    if (lengthBytes !== undefined && this.#takenBytes > lengthBytes) {
      await this.return();
      throw lengthMismatch(lengthBytes, "more");
    }
    if (bytes.length === 0) return null;
    await new Promise<void>((resolve, reject) => encoder.write(bytes, (error) => (error ? reject(error) : resolve())));
    // Readable.read() is typed for every kind of stream; this one holds bytes.
    return encoder.read() as Uint8Array | null;
  }

  async #finish(encoder: StreamEncoder): Promise<Uint8Array> {
    const { lengthBytes } = this.#encoding;
    this.#isEnded = true;
    if (lengthBytes !== undefined && this.#takenBytes < lengthBytes) {
      this.#end();
      throw lengthMismatch(lengthBytes, String(this.#takenBytes));
    }
    encoder.end();
    const rest: Uint8Array[] = [];
    // What a stream gives is untyped; this one holds bytes.
    for await (const piece of encoder as AsyncIterable<Uint8Array>) rest.push(piece);
    return Buffer.concat(rest);
  }

  #withHead(piece: Uint8Array): Uint8Array {
    if (this.#hasHead || !this.#encoding.isPadded) return piece;
    this.#hasHead = true;
    return addRandomName(piece);
  }

  #end(): void {
    this.#isEnded = true;
    this.#encoder?.destroy();
  }
}

/** Creates the error of a body that does not have its promised length. */
export function lengthMismatch(promised: number, given: string): GableError {
  return new GableError("E_REPLY_LENGTH_MISMATCH", `The reply promised ${promised} bytes and gave ${given}.`);
}
