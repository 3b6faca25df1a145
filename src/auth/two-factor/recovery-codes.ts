/** Recovery codes: ten of 80 random bits, for users who have lost their authenticator app. They are stored as digests. */
import { createHash, randomBytes } from "node:crypto";

/** How many codes a user gets. */
export const recoveryCodesMax = 10;
/** Without i, l, o and u, which are taken for others. */
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const letters = 16;

/** Creates a set of codes, such as `7k2m-x9qp-0a4t-ewz3`. */
export function createRecoveryCodes(): string[] {
  return Array.from({ length: recoveryCodesMax }, () => {
    const text = Array.from(randomBytes(letters), (byte) => alphabet[byte & 31]!).join("");
    return text.match(/.{4}/g)!.join("-"); // It has 16 letters.
  });
}

/** Returns what is stored of a code, however it is spelled; undefined for any other string. */
export function toRecoveryDigest(text: string): string | undefined {
  const code = text.toLowerCase().replaceAll(/[\s-]/g, "").replaceAll("o", "0").replaceAll(/[il]/g, "1");
  if (code.length !== letters || [...code].some((letter) => !alphabet.includes(letter))) return undefined;
  return createHash("sha256").update(code).digest("hex");
}
