/** Seals cursors: a reader of a page can neither read nor change the values in them. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** The keys that seal the cursors of a database. */
export interface CursorKeys {
  readonly cipher: Uint8Array;
  readonly mac: Uint8Array;
}

/** Returns the keys for a secret. Without one they are random: cursors then end with the process. */
export function deriveCursorKeys(secret: string | undefined): CursorKeys {
  const root = secret ?? randomBytes(32);
  const derive = (use: string): Uint8Array => createHmac("sha256", root).update(`gable cursor ${use}`).digest();
  return { cipher: derive("cipher"), mac: derive("mac") };
}

/** Bytes of the authentication tag before the sealed text. */
const markBytes = 16;

/**
 * Seals a string, as base64url. The initialization vector is a MAC of the string (as in RFC 5297): equal strings give equal
 * cursors, so that pages can be cached, and no counter or random number can repeat.
 */
export function sealText({ cipher, mac }: CursorKeys, text: string): string {
  const mark = createHmac("sha256", mac).update(text).digest().subarray(0, markBytes);
  const sealing = createCipheriv("aes-256-ctr", cipher, mark);
  return Buffer.concat([mark, sealing.update(text, "utf8"), sealing.final()]).toString("base64url");
}

/** Returns the string that was sealed; undefined for anything else. */
export function openText({ cipher, mac }: CursorKeys, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, "base64url");
  if (bytes.length <= markBytes || bytes.toString("base64url") !== sealed) return undefined;
  const mark = bytes.subarray(0, markBytes);
  const opening = createDecipheriv("aes-256-ctr", cipher, mark);
  const text = Buffer.concat([opening.update(bytes.subarray(markBytes)), opening.final()]);
  // Constant time: an early exit would reveal how many bytes of a forged tag match (CWE-208).
  return timingSafeEqual(createHmac("sha256", mac).update(text).digest().subarray(0, markBytes), mark) ? text.toString("utf8") : undefined;
}
