/** The body of a request, read once: whole or as chunks, with a limit. */
import { assertKnownOptions, kindsOf, optionInvalid } from "../errors/option-errors.ts";
import { GableError } from "../errors/gable-error.ts";
import type { HeaderReader } from "./header-table.ts";
import { HeaderTable } from "./header-table.ts";

/** How much of a body may be read. */
export interface BodyReadOptions {
  /** Largest accepted body, in bytes. By default the limit of the request. */
  bytesMax?: number;
}

/** A body that waits to be read. Reading it twice throws `E_BODY_USED`. */
export interface BodySource {
  /** Declared length in bytes; undefined when it is chunked; 0 when there is none. */
  readonly lengthBytes: number | undefined;
  /** Whether it was read, or its reading has begun. */
  readonly isUsed: boolean;
  /** Reads all of it. Throws `E_BODY_TOO_LARGE`, `E_BODY_INCOMPLETE`, `E_BODY_TIMEOUT`. */
  read(options?: BodyReadOptions): Promise<Uint8Array>;
  /** Gives it piece by piece; the same errors. */
  chunks(options?: BodyReadOptions): AsyncIterable<Uint8Array>;
  /** Trailer fields, complete once the body was read. */
  readonly trailers: HeaderReader;
}

const noBytes = new Uint8Array(0);
const noTrailers = new HeaderTable().freeze();

/** The body of a request without one; it may be read any number of times. */
export const emptyBody: BodySource = Object.freeze({
  lengthBytes: 0,
  isUsed: false,
  trailers: noTrailers,
  read: async (options?: BodyReadOptions) => {
    readLimit(options);
    return noBytes;
  },
  chunks: (options?: BodyReadOptions) => {
    readLimit(options);
    return noChunks;
  },
});

const noChunks: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true as const, value: undefined }) }),
};

/** The error of a body over its limit. */
export function bodyTooLarge(bytesMax: number): GableError {
  return new GableError("E_BODY_TOO_LARGE", `The body is larger than ${bytesMax} bytes.`, { details: { bytesMax } });
}

/** The error of a body that is read a second time. */
export function bodyUsed(): GableError {
  return new GableError("E_BODY_USED", "The body of the request was read before.");
}

const readNames = kindsOf<BodyReadOptions>({ bytesMax: true });

/** Returns the limit in options. Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`. */
export function readLimit(options: BodyReadOptions | undefined): number | undefined {
  if (options === undefined) return undefined;
  assertKnownOptions("body.read()", options, readNames);
  const { bytesMax } = options;
  if (bytesMax !== undefined && !(Number.isSafeInteger(bytesMax) && bytesMax >= 0))
    throw optionInvalid("body.read()", "bytesMax", bytesMax, "a whole number of bytes, at least 0");
  return bytesMax;
}

/** A body over chunks from elsewhere: app.fetch, the node:http adapter, tests. */
export class ChunkedBody implements BodySource {
  readonly lengthBytes: number | undefined;
  readonly #source: AsyncIterable<Uint8Array>;
  readonly #readTrailers: () => HeaderReader;
  #bytesMax: number;
  isUsed = false;

  constructor(
    source: AsyncIterable<Uint8Array>,
    lengthBytes: number | undefined,
    bytesMax: number,
    readTrailers: () => HeaderReader = () => noTrailers,
  ) {
    this.#source = source;
    this.lengthBytes = lengthBytes;
    this.#bytesMax = bytesMax;
    this.#readTrailers = readTrailers;
  }

  get trailers(): HeaderReader {
    return this.#readTrailers();
  }

  /** Changes the limit of a body that was not read yet. */
  limit(bytesMax: number): void {
    this.#bytesMax = bytesMax;
  }

  async read(options?: BodyReadOptions): Promise<Uint8Array> {
    return joinChunks(this.chunks(options));
  }

  chunks(options?: BodyReadOptions): AsyncIterable<Uint8Array> {
    const bytesMax = readLimit(options) ?? this.#bytesMax;
    if (this.isUsed) throw bodyUsed();
    this.isUsed = true;
    if (this.lengthBytes !== undefined && this.lengthBytes > bytesMax) throw bodyTooLarge(bytesMax);
    return this.#count(bytesMax);
  }

  async *#count(bytesMax: number): AsyncGenerator<Uint8Array> {
    let total = 0;
    for await (const chunk of this.#source) {
      total += chunk.length;
      if (total > bytesMax) throw bodyTooLarge(bytesMax);
      yield chunk;
    }
    if (this.lengthBytes !== undefined && total < this.lengthBytes) {
      throw new GableError("E_BODY_INCOMPLETE", `The body ended after ${total} of ${this.lengthBytes} bytes.`);
    }
  }
}

/** Joins chunks to one array of bytes. */
export async function joinChunks(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    total += chunk.length;
  }
  if (parts.length === 1) return parts[0]!;
  const joined = new Uint8Array(total);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
