/** Codes that change every 30 seconds (RFC 6238, with SHA-1 and 6 digits, as all authenticator apps know them). */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const stepMs = 30_000;
const digits = 6;
/** As many bits as SHA-1 has (RFC 4226 section 4). */
const secretBytes = 20;
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Creates a secret, in base32 (RFC 4648). Its 160 bits need no padding. */
export function createSecret(): string {
  let bits = BigInt(`0x1${randomBytes(secretBytes).toString("hex")}`);
  let text = "";
  for (; bits > 1n; bits >>= 5n) text = alphabet[Number(bits & 31n)]! + text;
  return text;
}

/** Returns the code of a step: 30 seconds since 1970 each. */
export function toCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", toBytes(secret)).update(counter).digest();
  // RFC 4226 section 5.3: the last four bits say where the 31 bits of the code begin.
  const value = mac.readUInt32BE(mac[mac.length - 1]! & 15) & 0x7fff_ffff;
  return String(value % 10 ** digits).padStart(digits, "0");
}

/**
 * Returns the step of a code: that of the time, or the one before or after it. Undefined for a wrong code, and for one of the step
 * that was used last or of an earlier one.
 */
export function findStep(
  secret: string,
  code: string,
  { now, lastStep }: { readonly now: number; readonly lastStep: number },
): number | undefined {
  const current = Math.floor(now / stepMs);
  // A step further ahead was used when the clock was wrong: it must not lock the user out until then.
  const usedStep = lastStep > current + 1 ? 0 : lastStep;
  const sent = Buffer.from(code);
  const found = [current, current - 1, current + 1].filter((step) => {
    const expected = Buffer.from(toCode(secret, step));
    return sent.length === expected.length && timingSafeEqual(sent, expected);
  });
  return found.find((step) => step > usedStep);
}

/** Returns the address that adds a secret to an authenticator app. */
export function toOtpauth(secret: string, { issuer, login }: { readonly issuer: string; readonly login: string }): string {
  const [name, account] = [encodeURIComponent(issuer), encodeURIComponent(login)];
  return `otpauth://totp/${name}:${account}?secret=${secret}&issuer=${name}&algorithm=SHA1&digits=${digits}&period=${stepMs / 1000}`;
}

function toBytes(secret: string): Buffer {
  let bits = 1n;
  for (const letter of secret) bits = (bits << 5n) | BigInt(alphabet.indexOf(letter));
  return Buffer.from(bits.toString(16).slice(1), "hex");
}
