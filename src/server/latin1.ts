/** Bytes as Latin-1 text, which is what heads of HTTP/1.1 are. */

interface Latin1Bytes {
  latin1Slice(start: number, end: number): string;
}

/** Reads bytes between two offsets as Latin-1. */
export function readLatin1(buffer: Buffer, start: number, end: number): string {
  // Every line of Node that we support has this method; its types leave it out. It skips the lookup of the
  // encoding that toString makes on each call.
  return (buffer as unknown as Latin1Bytes).latin1Slice(start, end);
}
