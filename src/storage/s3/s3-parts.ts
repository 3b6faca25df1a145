/** The parts of an upload: a source of any length is sent with the memory of one part. */
import type { StorageSource } from "../file-store.ts";
import { toChunks } from "../storage-content.ts";

/** A part of a source. */
export interface S3Part {
  /** The bytes; valid until the next part is asked for. */
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
}

const firstBytes = 65_536;

/** Yields a source in parts of `partBytes`; the last one has what is left, and may be empty. */
export async function* toParts(source: StorageSource, partBytes: number): AsyncGenerator<S3Part> {
  let buffer = new Uint8Array(Math.min(firstBytes, partBytes));
  let length = 0;
  for await (const chunk of toChunks(source)) {
    for (let start = 0; start < chunk.length;) {
      if (length === partBytes) {
        yield { bytes: buffer, isLast: false };
        length = 0;
      }
      // Copied: a stream may use its buffer again.
      const piece = chunk.subarray(start, start + partBytes - length);
      if (length + piece.length > buffer.length) {
        const larger = new Uint8Array(Math.min(partBytes, Math.max(buffer.length * 2, length + piece.length)));
        larger.set(buffer.subarray(0, length));
        buffer = larger;
      }
      buffer.set(piece, length);
      length += piece.length;
      start += piece.length;
    }
  }
  yield { bytes: buffer.subarray(0, length), isLast: true };
}
