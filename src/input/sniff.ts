/** Detects media types from the first bytes of uploads: the client's claim is not trusted. */

interface Signature {
  readonly type: string;
  readonly offset: number;
  readonly bytes: readonly number[];
}

const signatures: readonly Signature[] = [
  { type: "image/png", offset: 0, bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { type: "image/jpeg", offset: 0, bytes: [0xff, 0xd8, 0xff] },
  { type: "image/gif", offset: 0, bytes: [0x47, 0x49, 0x46, 0x38] },
  { type: "image/webp", offset: 8, bytes: [0x57, 0x45, 0x42, 0x50] },
  { type: "image/avif", offset: 4, bytes: [0x66, 0x74, 0x79, 0x70, 0x61, 0x76, 0x69, 0x66] },
  { type: "application/pdf", offset: 0, bytes: [0x25, 0x50, 0x44, 0x46, 0x2d] },
  { type: "application/zip", offset: 0, bytes: [0x50, 0x4b, 0x03, 0x04] },
  { type: "application/gzip", offset: 0, bytes: [0x1f, 0x8b] },
];

/** Number of bytes that {@link sniffMediaType} needs. */
export const sniffBytes = 16;

/** Media types that can be detected from their content. */
export const sniffableTypes: ReadonlySet<string> = new Set(signatures.map((signature) => signature.type));

/** Returns the media type of a content; undefined if no signature matches. */
export function sniffMediaType(start: Uint8Array): string | undefined {
  return signatures.find(({ offset, bytes }) => bytes.every((byte, index) => start[offset + index] === byte))?.type;
}
