/**
 * Decodes a chunked body, byte by byte where it must, so that any split of the input gives the same events
 * (rows K1 to K6 of the acceptance table, RFC 9112 section 7.1).
 */
import type { ErrorCode } from "../errors/catalogue.ts";
import { FIELD_VALUE, HEX, byteClasses, isToken } from "../http/byte-classes.ts";
import { HeaderTable } from "../http/header-table.ts";
import { trimBlanks } from "../http/media-type.ts";

/** Limits of the decoder. */
export interface ChunkedLimits {
  readonly chunkExtensionBytesMax: number;
  readonly trailerBytesMax: number;
}

const states = { size: 0, extension: 1, sizeEnd: 2, data: 3, dataCr: 4, dataLf: 5, trailer: 6, trailerEnd: 7, done: 8 } as const;
type State = (typeof states)[keyof typeof states];

const extensionLineBytesMax = 256;
const trailerCountMax = 20;
const sizeDigitsMax = 16;
const CR = 0x0d;
const LF = 0x0a;
const SEMICOLON = 0x3b;

const forbiddenTrailers = new Set(["content-length", "transfer-encoding", "host", "connection", "te", "trailer", "upgrade"]);
const droppedTrailers = new Set([
  "authorization",
  "proxy-authorization",
  "www-authenticate",
  "proxy-authenticate",
  "cookie",
  "set-cookie",
  "range",
  "if-range",
  "if-match",
  "if-none-match",
  "if-modified-since",
  "if-unmodified-since",
  "cache-control",
  "expires",
  "age",
  "pragma",
  "vary",
  "expect",
  "max-forwards",
  "date",
  "keep-alive",
]);

/** Decoder of one chunked body. */
export class ChunkedDecoder {
  readonly #limits: ChunkedLimits;
  #state: State = states.size;
  #size = 0;
  #digits = 0;
  #extension = "";
  #extensionBytes = 0;
  #line = "";
  #trailerBytes = 0;
  #trailerCount = 0;
  /** Trailer fields, complete when `isDone`. */
  readonly trailers = new HeaderTable();
  /** The rule that was broken; undefined while all is well. */
  fault: ErrorCode | undefined;

  constructor(limits: ChunkedLimits) {
    this.#limits = limits;
  }

  /** Whether the last chunk, the trailers and the final CR LF were read. */
  get isDone(): boolean {
    return this.#state === states.done;
  }

  /** Decodes bytes from an offset on, calls `onData` with slices, and gives the offset of the first byte not consumed. */
  decode(buffer: Buffer, from: number, onData: (data: Buffer) => void): number {
    let index = from;
    while (index < buffer.length && this.fault === undefined && this.#state !== states.done) {
      if (this.#state === states.data) {
        const end = Math.min(buffer.length, index + this.#size);
        onData(buffer.subarray(index, end));
        this.#size -= end - index;
        index = end;
        if (this.#size === 0) this.#state = states.dataCr;
      } else {
        this.fault = this.#take(buffer[index]!);
        index++;
      }
    }
    return index;
  }

  #take(byte: number): ErrorCode | undefined {
    switch (this.#state) {
      case states.size:
        return this.#takeSize(byte);
      case states.extension:
        return this.#takeExtension(byte);
      case states.sizeEnd:
        if (byte !== LF) return "E_LINE_END_FORBIDDEN";
        return this.#startChunk();
      case states.dataCr:
        this.#state = states.dataLf;
        return byte === CR ? undefined : "E_CHUNK_DATA_MALFORMED";
      case states.dataLf:
        this.#state = states.size;
        this.#digits = 0;
        return byte === LF ? undefined : "E_CHUNK_DATA_MALFORMED";
      default:
        return this.#takeTrailer(byte);
    }
  }

  #takeSize(byte: number): ErrorCode | undefined {
    if ((byteClasses[byte]! & HEX) !== 0) {
      if (++this.#digits > sizeDigitsMax) return "E_CHUNK_SIZE_MALFORMED";
      if (this.#digits === 1) this.#size = 0;
      this.#size = this.#size * 16 + (byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57);
      return this.#size > Number.MAX_SAFE_INTEGER ? "E_CHUNK_SIZE_MALFORMED" : undefined;
    }
    if (this.#digits === 0) return "E_CHUNK_SIZE_MALFORMED";
    if (byte === CR) this.#state = states.sizeEnd;
    else if (byte === SEMICOLON) {
      this.#state = states.extension;
      this.#extension = ";";
      return this.#countExtension();
    } else return byte === LF ? "E_LINE_END_FORBIDDEN" : "E_CHUNK_SIZE_MALFORMED";
    return undefined;
  }

  #takeExtension(byte: number): ErrorCode | undefined {
    if (byte === CR) {
      this.#state = states.sizeEnd;
      return isExtension(this.#extension) ? undefined : "E_CHUNK_EXTENSION_MALFORMED";
    }
    if (byte === LF) return "E_LINE_END_FORBIDDEN";
    if ((byteClasses[byte]! & FIELD_VALUE) === 0) return "E_CHUNK_EXTENSION_MALFORMED";
    this.#extension += String.fromCharCode(byte);
    return this.#countExtension();
  }

  #countExtension(): ErrorCode | undefined {
    this.#extensionBytes++;
    const isOver = this.#extension.length > extensionLineBytesMax || this.#extensionBytes > this.#limits.chunkExtensionBytesMax;
    return isOver ? "E_CHUNK_EXTENSION_MALFORMED" : undefined;
  }

  #startChunk(): undefined {
    this.#state = this.#size === 0 ? states.trailer : states.data;
    return undefined;
  }

  #takeTrailer(byte: number): ErrorCode | undefined {
    if (++this.#trailerBytes > this.#limits.trailerBytesMax + 2) return "E_TRAILER_MALFORMED";
    if (this.#state === states.trailerEnd) {
      if (byte !== LF) return "E_LINE_END_FORBIDDEN";
      const line = this.#line;
      this.#line = "";
      this.#state = line === "" ? states.done : states.trailer;
      return line === "" ? undefined : this.#addTrailer(line);
    }
    if (byte === CR) this.#state = states.trailerEnd;
    else if (byte === LF) return "E_LINE_END_FORBIDDEN";
    else if ((byteClasses[byte]! & FIELD_VALUE) === 0) return "E_TRAILER_MALFORMED";
    else this.#line += String.fromCharCode(byte);
    return undefined;
  }

  #addTrailer(line: string): ErrorCode | undefined {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    const fault = findTrailerFault(name, ++this.#trailerCount);
    if (fault === undefined && isTrailerKept(name)) this.trailers.append(name, trimBlanks(line.slice(colon + 1)));
    return fault;
  }
}

/** The rule that the n-th trailer field of a message breaks, by its lower-case name. */
export function findTrailerFault(name: string, count: number): ErrorCode | undefined {
  if (!isToken(name) || count > trailerCountMax) return "E_TRAILER_MALFORMED";
  return forbiddenTrailers.has(name) ? "E_TRAILER_FORBIDDEN" : undefined;
}

/** Whether a trailer is shown: what decides about access, caching or content counts in the head alone. */
export function isTrailerKept(name: string): boolean {
  return !droppedTrailers.has(name) && !name.startsWith("content-") && !name.includes("_");
}

const extensionPattern =
  /^(?:;[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:=(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*"))?)+$/;

/** The grammar of RFC 9112 section 7.1.1 without its "bad white space". At most 256 characters come here. */
function isExtension(text: string): boolean {
  return extensionPattern.test(text);
}
