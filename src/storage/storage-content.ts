/** What goes into stores and what comes out of them. */
import { GableError } from "../errors/gable-error.ts";
import { optionInvalid } from "../errors/option-errors.ts";
import type { StorageRange, StorageSource } from "./file-store.ts";

/** Yields the content of a source in pieces. */
export async function* toChunks(source: StorageSource): AsyncGenerator<Uint8Array> {
  if (typeof source === "string") yield new TextEncoder().encode(source);
  else if (source instanceof Uint8Array) yield source;
  else yield* checked(source);
}

async function* checked(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    if (!(chunk instanceof Uint8Array)) throw optionInvalid("put()", "source", chunk, "a string, bytes, or a stream of bytes");
    yield chunk;
  }
}

/** Throws `E_OPTION_INVALID` for a source of another type. */
export function assertSource(source: unknown): asserts source is StorageSource {
  const isStream = typeof source === "object" && source !== null && Symbol.asyncIterator in source;
  if (typeof source !== "string" && !(source instanceof Uint8Array) && !isStream)
    throw optionInvalid("put()", "source", source, "a string, bytes, or a stream of bytes");
}

/** Returns the first byte and the number of bytes of a range. Throws `E_OPTION_INVALID` and `E_RANGE_UNSATISFIABLE`. */
export function toSpan(range: StorageRange | undefined, bytes: number): { readonly start: number; readonly length: number } {
  if (range === undefined) return { start: 0, length: bytes };
  const { start, end } = range;
  if (!(Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && end >= start))
    throw optionInvalid("read()", "range", range, "{ start, end } with whole numbers, 0 <= start <= end");
  if (start >= bytes) throw new GableError("E_RANGE_UNSATISFIABLE", `The range starts at byte ${start} of a file that has ${bytes} bytes.`);
  return { start, length: Math.min(end, bytes - 1) - start + 1 };
}
