/** The content codings that replies can have, fastest to decode first: their encoders for whole bodies and for streams. */
import { randomInt } from "node:crypto";
import { promisify } from "node:util";
import type { BrotliCompress, Gzip, ZstdCompress } from "node:zlib";
import * as zlib from "node:zlib";

/** A name in `Content-Encoding`. */
export type Coding = "zstd" | "br" | "gzip";

/** An encoder that writes what it has whenever its writer is called back. */
export type StreamEncoder = BrotliCompress | Gzip | ZstdCompress;

interface Encoder {
  readonly encodeSync: (body: string | Uint8Array) => Uint8Array;
  readonly encode: (body: string | Uint8Array) => Promise<Uint8Array>;
  readonly createStream: (flushes: boolean) => StreamEncoder;
}

const { constants } = zlib;
const gzipOptions = { level: 6 };
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };
const zstdOptions = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };
// What a call of write() gives can be read as soon as the call is done: nothing waits for a reader.
const unbounded = { readableHighWaterMark: Number.MAX_SAFE_INTEGER };

const [gzip, brotli] = [promisify(zlib.gzip), promisify(zlib.brotliCompress)];

const encoders: Partial<Record<Coding, Encoder>> = {
  ...createZstd(),
  br: {
    encodeSync: (body) => zlib.brotliCompressSync(body, brotliOptions),
    encode: (body) => brotli(body, brotliOptions),
    createStream: (flushes) =>
      zlib.createBrotliCompress({ ...brotliOptions, ...unbounded, ...(flushes ? { flush: constants.BROTLI_OPERATION_FLUSH } : {}) }),
  },
  gzip: {
    encodeSync: (body) => zlib.gzipSync(body, gzipOptions),
    encode: (body) => gzip(body, gzipOptions),
    createStream: (flushes) => zlib.createGzip({ ...gzipOptions, ...unbounded, ...(flushes ? { flush: constants.Z_SYNC_FLUSH } : {}) }),
  },
};

/** Returns the encoder of zstd; nothing where Node has none. */
function createZstd(): Partial<Record<Coding, Encoder>> {
  // Node has it since 22.15, and other runtimes may not.
  if ((zlib.createZstdCompress as unknown) === undefined) return {};
  const zstd = promisify(zlib.zstdCompress);
  const flush = { flush: constants.ZSTD_e_flush };
  return {
    zstd: {
      encodeSync: (body) => zlib.zstdCompressSync(body, zstdOptions),
      encode: (body) => zstd(body, zstdOptions),
      createStream: (flushes) => zlib.createZstdCompress({ ...zstdOptions, ...unbounded, ...(flushes ? flush : {}) }),
    },
  };
}

/** The codings of this runtime, the preferred one first. */
// Object.keys() does not know the names of its object.
export const codings = Object.keys(encoders) as readonly Coding[];

/** Whole bodies up to this size are encoded immediately, in bytes; longer ones off the event loop. */
const syncBytesMax = 16_384;

/** Encodes a whole body. */
export function encodeWhole(coding: Coding, body: string | Uint8Array, lengthBytes: number): Uint8Array | Promise<Uint8Array> {
  const encoder = encoders[coding]!;
  return lengthBytes <= syncBytesMax ? encoder.encodeSync(body) : encoder.encode(body);
}

/** Creates the encoder of a stream. With `flushes`, the client can decode each value when it comes. */
export function createStreamEncoder(coding: Coding, flushes: boolean): StreamEncoder {
  return encoders[coding]!.createStream(flushes);
}

const headBytes = 10;
const hasName = 0x08;

/**
 * Adds a file name of 0 to 100 bytes to the head of gzip data (RFC 1952 section 2.3), so that equal pages have different lengths: an
 * attacker who watches lengths cannot tell whether a guess occurs in the page (BREACH).
 */
export function addRandomName(gzipped: Uint8Array): Uint8Array {
  const name = Buffer.alloc(randomInt(101) + 1, "x");
  name[name.length - 1] = 0;
  const named = Buffer.concat([gzipped.subarray(0, headBytes), name, gzipped.subarray(headBytes)]);
  named[3]! |= hasName;
  return named;
}
