/**
 * Tokens: values that come back from a client, signed or encrypted.
 *
 * Signed: `v1.<key id>.<expiry>.<payload>.<mac>`. Encrypted: `e1.<key id>.<expiry>.<nonce, ciphertext and tag>`. The expiry is in
 * seconds since 1970, 0 for none; the other parts are base64url.
 */
import type { ErrorCode } from "../errors/catalogue.ts";
import { GableError } from "../errors/gable-error.ts";
import { getNodeCrypto } from "../replies/node-crypto.ts";
import type { Keyring, RootKey } from "./keyring.ts";

/** What a token is bound to. */
export interface TokenTerms {
  /** What it is for: a token of one purpose never verifies for another one. */
  readonly purpose: string;
  /** Seconds until it expires; undefined when it never does. */
  readonly ttlSeconds?: number | undefined;
}

const nonceBytes = 12;
const tagBytes = 16;
/** Largest token that is read, and so the largest one that is made. */
export const tokenCharactersMax = 65_536;

/** Signs a string. Everybody can read it; nobody can change it. */
export function signText(text: string, keyring: Keyring, { purpose, ttlSeconds }: TokenTerms): string {
  const head = ["v1", keyring.current.id, toExpiry(ttlSeconds), Buffer.from(text).toString("base64url")];
  return [...head, createMac(keyring.current, purpose, head)].join(".");
}

/** Returns the text of a signed token. Throws `E_SIGNATURE_FORM`, `_KEY_UNKNOWN`, `_MISMATCH` and `_EXPIRED`. */
export function verifyText(token: unknown, keyring: Keyring, { purpose }: TokenTerms): string {
  const parts = splitToken(token, "v1", 5, purpose);
  const [, keyId, expiry, payload, mac] = parts;
  const key = findKey(keyring, keyId!, purpose);
  if (!isEqual(createMac(key, purpose, parts.slice(0, 4)), mac!)) throw signatureError("E_SIGNATURE_MISMATCH", purpose);
  assertFresh(expiry!, purpose);
  return Buffer.from(payload!, "base64url").toString();
}

/** Encrypts a string with AES-256-GCM. Nobody else can read or change it. */
export function encryptText(text: string, keyring: Keyring, { purpose, ttlSeconds }: TokenTerms): string {
  const { createCipheriv, randomBytes } = getNodeCrypto();
  const head = ["e1", keyring.current.id, toExpiry(ttlSeconds)];
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", keyring.current.keyFor("encrypt", purpose), nonce);
  cipher.setAAD(joinParts(head));
  const sealed = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return [...head, sealed.toString("base64url")].join(".");
}

/** Returns the text of an encrypted token. Throws as {@link verifyText} does. */
export function decryptText(token: unknown, keyring: Keyring, { purpose }: TokenTerms): string {
  const parts = splitToken(token, "e1", 4, purpose);
  const [, keyId, expiry, body] = parts;
  const key = findKey(keyring, keyId!, purpose);
  const sealed = Buffer.from(body!, "base64url");
  // Two texts can stand for the same bytes; only one of them is what encryptText() wrote.
  if (sealed.length < nonceBytes + tagBytes || sealed.toString("base64url") !== body) throw signatureError("E_SIGNATURE_FORM", purpose);
  const decipher = getNodeCrypto().createDecipheriv("aes-256-gcm", key.keyFor("encrypt", purpose), sealed.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(joinParts(parts.slice(0, 3)));
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  let text: string;
  try {
    text = Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString();
  } catch {
    throw signatureError("E_SIGNATURE_MISMATCH", purpose);
  }
  assertFresh(expiry!, purpose);
  return text;
}

function toExpiry(ttlSeconds: number | undefined): string {
  return ttlSeconds === undefined ? "0" : String(Math.ceil(Date.now() / 1000) + ttlSeconds);
}

function assertFresh(expiry: string, purpose: string): void {
  if (expiry !== "0" && Number(expiry) * 1000 <= Date.now()) throw signatureError("E_SIGNATURE_EXPIRED", purpose);
}

function splitToken(token: unknown, version: string, count: number, purpose: string): string[] {
  const isText = typeof token === "string" && token.length <= tokenCharactersMax;
  const parts = isText ? token.split(".") : [];
  const isWellFormed =
    parts.length === count &&
    parts[0] === version &&
    /^(?:0|[1-9][0-9]{0,11})$/.test(parts[2]!) &&
    parts.every((part) => /^[\w-]*$/.test(part));
  if (!isWellFormed) throw signatureError("E_SIGNATURE_FORM", purpose);
  return parts;
}

function findKey(keyring: Keyring, id: string, purpose: string): RootKey {
  const key = keyring.find(id);
  if (key === undefined) throw signatureError("E_SIGNATURE_KEY_UNKNOWN", purpose);
  return key;
}

function createMac(key: RootKey, purpose: string, parts: readonly string[]): string {
  return getNodeCrypto().createHmac("sha256", key.keyFor("sign", purpose)).update(joinParts(parts)).digest("base64url");
}

/** Each part with its length before it, so that text cannot move from one part into the next. */
function joinParts(parts: readonly string[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** Constant time: an early exit tells how many characters match (CWE-208). */
function isEqual(expected: string, given: string): boolean {
  const [first, second] = [Buffer.from(expected), Buffer.from(given)];
  return first.length === second.length && getNodeCrypto().timingSafeEqual(first, second);
}

const reasons = {
  E_SIGNATURE_FORM: "does not have the form of a token",
  E_SIGNATURE_KEY_UNKNOWN: "was signed with a key that this application does not have",
  E_SIGNATURE_MISMATCH: "was changed, or made for another purpose",
  E_SIGNATURE_EXPIRED: "has expired",
} satisfies Partial<Record<ErrorCode, string>>;

function signatureError(code: keyof typeof reasons, purpose: string): GableError {
  return new GableError(code, `The token for "${purpose}" ${reasons[code]}.`);
}
