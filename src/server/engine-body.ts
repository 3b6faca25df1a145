/** The body of a request on a connection: bytes come in from the socket, the handler takes them out. */
import type { ErrorCode } from "../errors/catalogue.ts";
import { catalogue } from "../errors/catalogue.ts";
import { GableError } from "../errors/gable-error.ts";
import type { BodyReadOptions, BodySource } from "../http/body.ts";
import { bodyTooLarge, bodyUsed, joinChunks, readLimit } from "../http/body.ts";
import type { HeaderReader } from "../http/header-table.ts";
import { HeaderTable } from "../http/header-table.ts";
import type { ChunkedLimits } from "./chunked-decoder.ts";
import { ChunkedDecoder } from "./chunked-decoder.ts";

/** What a body asks of its connection. */
export interface BodyConnection {
  /** The handler starts to read, so the client may get 100 Continue. */
  onBodyRead(body: EngineBody): void;
  /** The handler took bytes: reading from the socket may go on. */
  onBodyTaken(body: EngineBody): void;
}

/** Slices up to this size are copied together, so that tiny chunks cost no object each and hold no read buffer. */
const joinedSliceBytesMax = 4096;
const joinedBytesMin = 1024;
const joinedBytesMax = 16_384;

/** Unread bytes above which the socket is paused. */
export const unreadBytesMax = 65_536;

const noTrailers = new HeaderTable().freeze();

/** Body of one request. */
export class EngineBody implements BodySource {
  readonly lengthBytes: number | undefined;
  isUsed = false;
  /** Bytes that came and were not taken. */
  unreadBytes = 0;
  /** Bytes of content that came in all. */
  receivedBytes = 0;
  /** Whether all of it came. */
  isComplete = false;
  /** Whether nobody will read it: bytes are counted and dropped. */
  isDiscarding = false;
  readonly #connection: BodyConnection;
  readonly #decoder: ChunkedDecoder | null;
  readonly #queue: Buffer[] = [];
  /** The small slices that came last, copied together; null while there are none. */
  #joined: Buffer | null = null;
  #joinedBytes = 0;
  #error: GableError | null = null;
  #wake: (() => void) | null = null;
  #bytesMax: number;

  constructor(connection: BodyConnection, lengthBytes: number | undefined, bytesMax: number, limits: ChunkedLimits) {
    this.#connection = connection;
    this.lengthBytes = lengthBytes;
    this.#bytesMax = bytesMax;
    this.#decoder = lengthBytes === undefined ? new ChunkedDecoder(limits) : null;
  }

  get trailers(): HeaderReader {
    return this.#decoder?.trailers ?? noTrailers;
  }

  /** Changes the limit of a body that was not read yet. */
  limit(bytesMax: number): void {
    this.#bytesMax = bytesMax;
  }

  /** Whether a reader waits for bytes that have not come. */
  get isAwaited(): boolean {
    return this.#wake !== null;
  }

  /** The error that ended the body; null while all is well. */
  get error(): GableError | null {
    return this.#error;
  }

  /** Takes bytes from the socket; gives the offset of the first one behind the body. */
  push(buffer: Buffer, from: number): number {
    let end: number;
    if (this.#decoder === null) {
      end = Math.min(buffer.length, from + this.lengthBytes! - this.receivedBytes);
      if (end > from) this.#enqueue(from === 0 && end === buffer.length ? buffer : buffer.subarray(from, end));
      this.isComplete = this.receivedBytes === this.lengthBytes;
    } else {
      end = this.#decoder.decode(buffer, from, (data) => this.#enqueue(data));
      if (this.#decoder.fault !== undefined) this.failWith(this.#decoder.fault);
      else this.isComplete = this.#decoder.isDone;
    }
    this.#wakeReader();
    return end;
  }

  #enqueue(data: Buffer): void {
    this.receivedBytes += data.length;
    if (this.isDiscarding) return;
    this.unreadBytes += data.length;
    const isWholeBody = data.length === this.lengthBytes;
    if (data.length <= joinedSliceBytesMax && !isWholeBody) return this.#join(data);
    this.#queueJoined();
    this.#queue.push(data);
  }

  #join(data: Buffer): void {
    const needed = this.#joinedBytes + data.length;
    if (this.#joined !== null && needed > joinedBytesMax) this.#queueJoined();
    if (this.#joined === null) this.#joined = Buffer.allocUnsafeSlow(Math.max(joinedBytesMin, data.length));
    else if (needed > this.#joined.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(joinedBytesMax, Math.max(needed, this.#joined.length * 2)));
      this.#joined.copy(larger, 0, 0, this.#joinedBytes);
      this.#joined = larger;
    }
    data.copy(this.#joined, this.#joinedBytes);
    this.#joinedBytes += data.length;
  }

  #queueJoined(): void {
    if (this.#joined === null) return;
    this.#queue.push(this.#joined.subarray(0, this.#joinedBytes));
    this.#joined = null;
    this.#joinedBytes = 0;
  }

  /** Ends the body with the error of a code. */
  failWith(code: ErrorCode): void {
    this.fail(new GableError(code, `${catalogue[code].title}.`));
  }

  /** Ends the body with an error, which the reader gets. */
  fail(error: GableError): void {
    if (this.isComplete || this.#error !== null) return;
    this.#error = error;
    this.#wakeReader();
  }

  /** Drops what came and what will come. */
  discard(): void {
    this.isDiscarding = true;
    this.unreadBytes = 0;
    this.#queue.length = 0;
    this.#joined = null;
  }

  read(options?: BodyReadOptions): Promise<Uint8Array> {
    try {
      const bytesMax = this.#start(options);
      // The usual small body is here already, in one piece.
      if (this.isComplete && this.#queue.length === 1 && this.#joined === null && this.receivedBytes <= bytesMax)
        return Promise.resolve(this.#shift()!);
      return joinChunks(this.#take(bytesMax));
    } catch (error) {
      // What #start throws is an error; the rule of lint wants it said.
      return Promise.reject(error as Error);
    }
  }

  chunks(options?: BodyReadOptions): AsyncIterable<Uint8Array> {
    return this.#take(this.#start(options));
  }

  #start(options: BodyReadOptions | undefined): number {
    const bytesMax = readLimit(options) ?? this.#bytesMax;
    if (this.isUsed) throw bodyUsed();
    this.isUsed = true;
    if (this.lengthBytes !== undefined && this.lengthBytes > bytesMax) throw bodyTooLarge(bytesMax);
    this.#connection.onBodyRead(this);
    return bytesMax;
  }

  async *#take(bytesMax: number): AsyncGenerator<Uint8Array> {
    let total = 0;
    for (;;) {
      const chunk = this.#shift();
      if (chunk !== undefined) {
        total += chunk.length;
        if (total > bytesMax) throw bodyTooLarge(bytesMax);
        yield chunk;
      } else if (this.#error !== null) throw this.#error;
      else if (this.isComplete) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #shift(): Buffer | undefined {
    if (this.#queue.length === 0) this.#queueJoined();
    const chunk = this.#queue.shift();
    if (chunk !== undefined) {
      this.unreadBytes -= chunk.length;
      if (!this.isComplete) this.#connection.onBodyTaken(this);
    }
    return chunk;
  }

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
