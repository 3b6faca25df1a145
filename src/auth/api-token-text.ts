/** The text of an API token: `gable_`, 32 random bytes, and a checksum that finds copies with a mistake without a query. */
import { createHash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const prefix = "gable_";
/** 256 bits in 62 digits. */
const secretDigits = 43;
/** 32 bits in 62 digits. */
const checksumDigits = 6;
const form = new RegExp(`^${prefix}[0-9A-Za-z]{${secretDigits + checksumDigits}}$`);

/** Creates a token. */
export function createTokenText(): string {
  const body = prefix + toDigits(BigInt(`0x${randomBytes(32).toString("hex")}`), secretDigits);
  return body + toChecksum(body);
}

/** Whether a string has the form of a token, and its checksum. */
export function isTokenText(text: string): boolean {
  return form.test(text) && toChecksum(text.slice(0, -checksumDigits)) === text.slice(-checksumDigits);
}

/** Returns what is stored of a token. */
export function toTokenDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Returns the beginning of a token, by which its owner knows it. */
export function toTokenHint(text: string): string {
  return text.slice(0, prefix.length + 4);
}

function toChecksum(body: string): string {
  return toDigits(BigInt(crc32(body)), checksumDigits);
}

function toDigits(value: bigint, length: number): string {
  let rest = value;
  let text = "";
  for (let index = 0; index < length; index++) {
    text = digits[Number(rest % 62n)]! + text;
    rest /= 62n;
  }
  return text;
}
