/** The secret keys of an application: the first one signs, all of them verify. */
import { GableError } from "../errors/gable-error.ts";
import { getNodeCrypto } from "../replies/node-crypto.ts";

/** A secret key: base64url, base64 or hex text of at least 32 random bytes, or the bytes. */
export type SecretKey = string | Uint8Array;

const keyBytesMin = 32;
/** Random text of 43 characters has more different ones; a repeated word has fewer. */
const differentMin = 10;
const derivedMax = 512;

/** What a key is derived for. */
export type KeyUse = "sign" | "encrypt";

/** One secret key, and the keys that are derived from it. */
export class RootKey {
  /** Names the key in tokens. Tells nothing about the key. */
  readonly id: string;
  readonly #secret: Uint8Array;
  readonly #derived = new Map<string, Uint8Array>();

  constructor(secret: Uint8Array) {
    this.#secret = secret;
    this.id = Buffer.from(this.#derive("gable/key-id/v1/", 6)).toString("base64url");
  }

  /** Returns the key of 32 bytes for a use and a purpose. */
  keyFor(use: KeyUse, purpose: string): Uint8Array {
    const info = `gable/${use}/v1/${purpose}`;
    let key = this.#derived.get(info);
    if (key === undefined) {
      key = this.#derive(info, 32);
      // Names of cookies are purposes, and a program may make them up without end.
      if (this.#derived.size < derivedMax) this.#derived.set(info, key);
    }
    return key;
  }

  #derive(info: string, bytes: number): Uint8Array {
    return new Uint8Array(getNodeCrypto().hkdfSync("sha256", this.#secret, "", info, bytes));
  }
}

/** The keys of an application. */
export class Keyring {
  readonly #keys: readonly RootKey[];

  constructor(keys: readonly RootKey[]) {
    this.#keys = keys;
  }

  /** The key that signs and encrypts. */
  get current(): RootKey {
    return this.#keys[0]!; // createKeyring() takes at least one.
  }

  /** Finds a key by the id that a token names. */
  find(id: string): RootKey | undefined {
    return this.#keys.find((key) => key.id === id);
  }

  /** The ids of all keys: two keyrings with the same ids have the same keys. */
  get ids(): string {
    return this.#keys.map((key) => key.id).join(" ");
  }
}

/** Creates a keyring. `owner` says where the keys come from. Throws `E_SECRET_KEY_INVALID`. */
export function createKeyring(secretKeys: readonly SecretKey[], owner = "gable() secretKeys"): Keyring {
  if (!Array.isArray(secretKeys) || secretKeys.length === 0)
    throw new GableError("E_SECRET_KEY_INVALID", `${owner}: there is no key; give a list with at least one.`);
  const keys = secretKeys.map((key, index) => new RootKey(parseKey(key, `${owner}[${index}]`)));
  const ids = keys.map((key) => key.id);
  const repeated = ids.findIndex((id, index) => ids.indexOf(id) !== index);
  if (repeated !== -1) throw new GableError("E_SECRET_KEY_INVALID", `${owner}[${repeated}] repeats another key of the list.`);
  return new Keyring(keys);
}

/** Returns the bytes of a key. No message repeats any part of it. */
function parseKey(key: unknown, owner: string): Uint8Array {
  const bytes = typeof key === "string" ? decodeKey(key, owner) : key;
  if (!(bytes instanceof Uint8Array)) throw new GableError("E_SECRET_KEY_INVALID", `${owner} must be a string or a Uint8Array.`);
  if (bytes.length < keyBytesMin)
    throw new GableError("E_SECRET_KEY_INVALID", `${owner} has ${bytes.length} bytes; a key has at least ${keyBytesMin}.`);
  if (new Set<unknown>(typeof key === "string" ? key : bytes).size < differentMin)
    throw new GableError("E_SECRET_KEY_INVALID", `${owner} is not random: it repeats the same few characters.`);
  return Uint8Array.from(bytes);
}

function decodeKey(key: string, owner: string): Uint8Array {
  if (/^(?:[0-9a-f]{2})+$/i.test(key)) return Buffer.from(key, "hex");
  if (/^[\w+/-]+={0,2}$/.test(key)) return Buffer.from(key, "base64");
  throw new GableError("E_SECRET_KEY_INVALID", `${owner} has characters that are neither base64url, base64 nor hex.`);
}
