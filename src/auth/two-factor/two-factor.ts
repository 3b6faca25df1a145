/** Second factors of users: a secret for codes of an authenticator app, and recovery codes. */
import type { Database } from "../../data/database.ts";
import { transaction } from "../../data/run/transaction.ts";
import { GableError } from "../../errors/gable-error.ts";
import { assertKnownOptions, optionInvalid } from "../../errors/option-errors.ts";
import type { Keyring } from "../../security/keyring.ts";
import { ignoreBadTokens } from "../../security/signer.ts";
import { decryptText, encryptText } from "../../security/token.ts";
import { createRecoveryCodes, toRecoveryDigest } from "./recovery-codes.ts";
import { createSecret, findStep } from "./totp.ts";
import type { TwoFactorModels } from "./two-factor-models.ts";

/** The options of `defineAccounts({ twoFactor })`. */
export interface TwoFactorOptions {
  /** Name of your site in authenticator apps: 1 to 64 characters, without a colon. */
  readonly issuer: string;
}

/** Checks the option `twoFactor`. Throws `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`. */
export function assertTwoFactorOptions(twoFactor: unknown): void {
  const owner = "defineAccounts()";
  if (twoFactor === undefined) return;
  if (typeof twoFactor !== "object" || twoFactor === null) throw optionInvalid(owner, "twoFactor", twoFactor, "an object with issuer");
  assertKnownOptions("defineAccounts() twoFactor", twoFactor, ["issuer"]);
  const { issuer } = twoFactor as Readonly<Record<string, unknown>>; // Checked below.
  // A colon ends the issuer in the address that apps read.
  if (typeof issuer !== "string" || !/^(?=.*\S)[^:\p{Cc}]{1,64}$/u.test(issuer))
    throw optionInvalid(owner, "twoFactor.issuer", issuer, "the name of your site, 1 to 64 characters without a colon");
}

/** What a user who signs in with a second factor has. */
export interface TwoFactorState {
  /** When it was turned on. */
  readonly enabledAt: Date;
  /** How many recovery codes were not used yet. */
  readonly codesLeft: number;
}

/** What the second factors of an application need. */
export interface TwoFactorsParts {
  readonly database: Database;
  readonly models: TwoFactorModels;
  readonly keyring: () => Keyring;
  readonly issuer: string;
  readonly now: () => number;
}

const purpose = "two-factor";
/** A secret that nobody confirms is forgotten. */
const newSecretSeconds = 3_600;

/** Turns second factors on and off, and checks codes. */
export class TwoFactors {
  readonly parts: TwoFactorsParts;

  constructor(parts: TwoFactorsParts) {
    this.parts = parts;
  }

  /** Whether a user signs in with a second factor. */
  async isOn(userId: string): Promise<boolean> {
    return (await this.#find(userId)) !== undefined;
  }

  /** Returns what a user has; undefined without a second factor. */
  async describe(userId: string): Promise<TwoFactorState | undefined> {
    const row = await this.#find(userId);
    if (row === undefined) return undefined;
    return {
      enabledAt: row.enabledAt,
      codesLeft: await this.parts.models.RecoveryCode.where({ userId, usedAt: null }).on("primary").count(),
    };
  }

  /** Creates a secret for a user, and its encrypted form, which a session can keep until the user has confirmed it. */
  createSecret(userId: string): { readonly secret: string; readonly sealed: string } {
    const secret = createSecret();
    return { secret, sealed: this.#seal(userId, secret, newSecretSeconds) };
  }

  /** Returns a new secret from its encrypted form; undefined when it is old, or of another user. */
  openNewSecret(userId: string, sealed: unknown): string | undefined {
    return typeof sealed === "string" ? ignoreBadTokens(() => this.#open(userId, sealed)) : undefined;
  }

  /**
   * Turns the second factor of a user on with the first code of a new secret, and returns the recovery codes. Undefined for a wrong
   * code, and when another request was faster.
   */
  async turnOn(userId: string, secret: string, code: string): Promise<readonly string[] | undefined> {
    const { models, database, now } = this.parts;
    const step = findStep(secret, toDigits(code), { now: now(), lastStep: 0 });
    if (step === undefined) return undefined;
    return transaction(
      async () => {
        if (await this.isOn(userId)) return undefined;
        await models.TwoFactor.create({ userId, secret: this.#seal(userId, secret), lastStep: step, enabledAt: new Date(now()) });
        return this.#writeCodes(userId);
      },
      { database },
    );
  }

  /** Replaces the recovery codes of a user, and returns the new ones. Undefined without a second factor. */
  async replaceCodes(userId: string): Promise<readonly string[] | undefined> {
    const { models, database } = this.parts;
    return transaction(
      async () => {
        // Two requests at a time must not leave two sets.
        const row = await models.TwoFactor.where({ userId }).lock("update").first();
        return row === undefined ? undefined : this.#writeCodes(userId);
      },
      { database },
    );
  }

  /** Turns the second factor of a user off. Returns false when there is none. */
  async turnOff(userId: string): Promise<boolean> {
    const { models, database } = this.parts;
    return transaction(
      async () => {
        await models.RecoveryCode.where({ userId }).delete();
        return (await models.TwoFactor.where({ userId }).delete()) === 1;
      },
      { database },
    );
  }

  /**
   * Checks a code of the app or a recovery code, and uses it up: of several requests with one code, one gets true. Throws
   * `E_TWO_FACTOR_SECRET` when the secret cannot be decrypted.
   */
  async check(userId: string, text: string): Promise<boolean> {
    const { models, now, keyring } = this.parts;
    const code = toDigits(text);
    if (!/^\d{6}$/.test(code)) return this.#useRecoveryCode(userId, text);
    const row = await this.#find(userId);
    if (row === undefined) return false;
    const secret = this.#openStored(userId, row.secret);
    const step = findStep(secret, code, { now: now(), lastStep: row.lastStep });
    if (step === undefined) return false;
    // Keys that are replaced can be taken away once their users have signed in.
    const isCurrent = row.secret.startsWith(`e1.${keyring().current.id}.`);
    const values = { lastStep: step, ...(isCurrent ? {} : { secret: this.#seal(userId, secret) }) };
    return (await models.TwoFactor.where({ userId, lastStep: row.lastStep }).update(values)) === 1;
  }

  async #useRecoveryCode(userId: string, text: string): Promise<boolean> {
    const digest = toRecoveryDigest(text);
    if (digest === undefined || !(await this.isOn(userId))) return false;
    const { models, now } = this.parts;
    return (await models.RecoveryCode.where({ userId, digest, usedAt: null }).update({ usedAt: new Date(now()) })) === 1;
  }

  async #writeCodes(userId: string): Promise<readonly string[]> {
    const { RecoveryCode } = this.parts.models;
    const codes = createRecoveryCodes();
    await RecoveryCode.where({ userId }).delete();
    await RecoveryCode.createMany(codes.map((code) => ({ userId, digest: toRecoveryDigest(code)! }))); // It is a code.
    return codes;
  }

  #find(userId: string) {
    return this.parts.models.TwoFactor.where({ userId }).on("primary").first();
  }

  /** The user is part of what is encrypted: the secret of one row is worth nothing in another one. */
  #seal(userId: string, secret: string, ttlSeconds?: number): string {
    return encryptText(JSON.stringify([userId, secret]), this.parts.keyring(), { purpose, ttlSeconds });
  }

  #open(userId: string, sealed: string): string | undefined {
    const [owner, secret] = JSON.parse(decryptText(sealed, this.parts.keyring(), { purpose })) as [string, string]; // Written by #seal().
    return owner === userId ? secret : undefined;
  }

  #openStored(userId: string, sealed: string): string {
    const secret = ignoreBadTokens(() => this.#open(userId, sealed));
    if (secret !== undefined) return secret;
    throw new GableError(
      "E_TWO_FACTOR_SECRET",
      `The second factor of the user ${userId} cannot be decrypted with the keys of the application.`,
    );
  }
}

/** Apps show codes in groups. */
function toDigits(text: string): string {
  return text.replaceAll(/[\s-]/g, "");
}
