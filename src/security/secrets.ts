/** The secret keys of one application, made when something needs them. */
import { GableError } from "../errors/gable-error.ts";
import type { Logger } from "../handlers/logger.ts";
import type { Mode } from "../parts/mode.ts";
import { getNodeCrypto } from "../replies/node-crypto.ts";
import { readDevelopmentKey } from "./development-key.ts";
import type { KeySource } from "./key-source.ts";
import type { Keyring, SecretKey } from "./keyring.ts";
import { createKeyring } from "./keyring.ts";

/** Where the keys come from. */
export interface SecretsOptions {
  readonly secretKeys: readonly SecretKey[] | undefined;
  readonly mode: Mode;
  readonly logger: Logger;
}

/** One key for all applications in mode "test" of a process: they may pass tokens to each other. */
let testKey: Uint8Array | undefined;

/** The keys of an application, and how many of its cookies had a bad signature. */
export class Secrets implements KeySource {
  /** Two sources with the same label have the same keys. */
  readonly label: string;
  readonly #options: SecretsOptions;
  readonly #refused = new Map<string, number>();
  #keyring: Keyring | undefined;

  constructor(options: SecretsOptions) {
    this.#options = options;
    if (options.secretKeys !== undefined) this.#keyring = createKeyring(options.secretKeys);
    this.label = this.#keyring?.ids ?? options.mode;
  }

  /** Whether there are keys, or will be when something needs them. */
  get hasKeys(): boolean {
    return this.#keyring !== undefined || this.#options.mode !== "production";
  }

  /** Checks at start that there will be keys. Throws `E_SECRET_KEYS_MISSING`. */
  assertKeys(reason: string): void {
    if (!this.hasKeys) throw secretKeysMissing(reason);
  }

  readonly keyring = (): Keyring => (this.#keyring ??= createKeyring([this.#createKey()]));

  /** Counts a cookie that reads as absent because its signature is bad. */
  refuse(name: string, { code }: GableError): void {
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
    this.#options.logger.debug({ cookie: name, code }, "A cookie with a bad signature was read as absent.");
  }

  /** How many cookies had a bad signature, by error code. */
  get refusedCookies(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#refused);
  }

  #createKey(): SecretKey {
    const { mode, logger } = this.#options;
    if (mode === "development") return readDevelopmentKey((message) => logger.warn({}, message));
    if (mode === "test") return (testKey ??= getNodeCrypto().randomBytes(32));
    throw secretKeysMissing("Something signs or encrypts values");
  }
}

/** Creates the error about an application in production without keys. */
export function secretKeysMissing(reason: string): GableError {
  return new GableError("E_SECRET_KEYS_MISSING", `${reason}, and gable() got no secretKeys, which production needs.`);
}
