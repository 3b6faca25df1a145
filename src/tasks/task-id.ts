/** Ids of tasks. */

/** Returns a UUID of version 7: later times have greater ids. `bytes` has at least 16 bytes, of which the last ten count. */
export function toUuid(timeMs: number, bytes: Buffer): string {
  const id = Buffer.from(bytes.subarray(0, 16));
  id.writeUIntBE(timeMs, 0, 6);
  id[6] = (id[6]! & 0x0f) | 0x70;
  id[8] = (id[8]! & 0x3f) | 0x80;
  return id.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
