/** Tokens of remembered browsers: a selector that finds the row, and 256 bits that are stored as a digest and replaced at each use. */
import { createHash, createHmac, randomBytes } from "node:crypto";
import { assertKnownOptions, optionInvalid } from "../../errors/option-errors.ts";
import type { rememberTokenModel } from "./remember-model.ts";

/** The options of `defineAccounts({ remember })`. */
export interface RememberOptions {
  /** Days without a visit until a browser is forgotten, 1 to 400. Default 60. */
  readonly days?: number;
}

const daysDefault = 60;
/** Browsers keep no cookie for longer. */
const daysMax = 400;
const dayMs = 86_400_000;
/**
 * How long a token still counts after it was replaced: a browser that restores its tabs sends the same token several times, and a
 * reply may get lost on the way (decisions/037-remember-me.md).
 */
const graceMs = 60_000;
const form = /^([0-9a-f]{32})\.([\w-]{43})$/;

/** Checks the option `remember`. Throws `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`. */
export function assertRememberOptions(remember: unknown): void {
  const owner = "defineAccounts()";
  if (remember === undefined) return;
  if (typeof remember !== "object" || remember === null) throw optionInvalid(owner, "remember", remember, "an object, such as {}");
  assertKnownOptions("defineAccounts() remember", remember, ["days"]);
  const { days = daysDefault } = remember as Readonly<Record<string, unknown>>; // Checked below.
  if (typeof days !== "number" || !Number.isSafeInteger(days) || days < 1 || days > daysMax)
    throw optionInvalid(owner, "remember.days", days, `a whole number of days from 1 to ${daysMax}`);
}

/** A browser that has sent the right token. */
export interface RememberedBrowser {
  readonly id: number;
  readonly userId: string;
  /** When the user signed in, in ms since 1970. */
  readonly createdAt: number;
  readonly selector: string;
  readonly secret: string;
}

/** What a cookie is worth: the right token, or an old one, which somebody has copied. */
export type RememberVerdict =
  | { readonly isReused: false; readonly browser: RememberedBrowser }
  | { readonly isReused: true; readonly userId: string };

/** Issues, checks, replaces and voids the tokens of an application. */
export class RememberTokens {
  /** Seconds that a browser keeps its cookie. */
  readonly maxAgeSeconds: number;
  readonly #model: ReturnType<typeof rememberTokenModel>;
  readonly #now: () => number;

  constructor(model: ReturnType<typeof rememberTokenModel>, { days = daysDefault }: RememberOptions, now: () => number) {
    this.#model = model;
    this.maxAgeSeconds = (days * dayMs) / 1000;
    this.#now = now;
  }

  /** Stores a new token of a user who has signed in at a time, and returns the text of its cookie. Deletes tokens that have expired. */
  async issue(userId: string, signedInAt: number): Promise<{ readonly id: number; readonly text: string }> {
    await this.#model.where({ expiresAt: { lte: new Date(this.#now()) } }).delete();
    const selector = randomBytes(16).toString("hex");
    const secret = randomBytes(32).toString("base64url");
    const { id } = await this.#model.create({
      selector,
      digest: toDigest(secret),
      userId,
      createdAt: new Date(signedInAt),
      expiresAt: this.#expiry(),
    });
    return { id, text: `${selector}.${secret}` };
  }

  /** Decides on the text of a cookie; undefined when no token has its selector. */
  async find(text: string): Promise<RememberVerdict | undefined> {
    const [, selector, secret] = form.exec(text) ?? [];
    if (selector === undefined || secret === undefined) return undefined;
    const row = await this.#model.where({ selector }).on("primary").first();
    if (row === undefined || row.expiresAt.getTime() <= this.#now()) return undefined;
    const { id, userId, digest, previousDigest, replacedAt, createdAt } = row;
    const sent = toDigest(secret);
    const isGrace = sent === previousDigest && Math.abs(this.#now() - (replacedAt?.getTime() ?? 0)) <= graceMs;
    if (sent !== digest && !isGrace) return { isReused: true, userId };
    return { isReused: false, browser: { id, userId, createdAt: createdAt.getTime(), selector, secret } };
  }

  /**
   * Replaces a token that was found, and returns the text of the next cookie. Parallel requests with one token get the same text.
   * Undefined when the token was voided meanwhile.
   */
  async replace({ id, selector, secret }: RememberedBrowser): Promise<string | undefined> {
    const digest = toDigest(secret);
    const salt = randomBytes(32).toString("hex");
    const next = toNext(secret, salt);
    const count = await this.#model.where({ id, digest }).update({
      digest: toDigest(next),
      previousDigest: digest,
      salt,
      replacedAt: new Date(this.#now()),
      expiresAt: this.#expiry(),
    });
    if (count === 1) return `${selector}.${next}`;
    // Another tab was faster.
    const row = await this.#model.where({ id }).on("primary").first();
    return row?.salt && row.previousDigest === digest ? `${selector}.${toNext(secret, row.salt)}` : undefined;
  }

  /** Voids the token of a cookie. */
  async voidText(text: string): Promise<void> {
    const selector = form.exec(text)?.[1];
    if (selector !== undefined) await this.#model.where({ selector }).delete();
  }

  /** Voids one token of a user. */
  async voidOne(userId: string, id: number): Promise<void> {
    await this.#model.where({ id, userId }).delete();
  }

  /** Voids the tokens of a user, except one. That one counts as issued at the time `validFrom`, where it is given. */
  async voidAll(userId: string, except?: number, validFrom?: number): Promise<void> {
    await this.#model.where(except === undefined ? { userId } : { userId, id: { ne: except } }).delete();
    if (except !== undefined && validFrom !== undefined)
      await this.#model.where({ id: except, userId }).update({ createdAt: new Date(validFrom) });
  }

  /** Returns the tokens of a user that can be used, by id. */
  async list(userId: string, validFrom: number): Promise<readonly number[]> {
    const live = { userId, expiresAt: { gt: new Date(this.#now()) }, createdAt: { gte: new Date(validFrom) } };
    return (await this.#model.where(live).on("primary").all()).map(({ id }) => id);
  }

  #expiry(): Date {
    return new Date(this.#now() + this.maxAgeSeconds * 1000);
  }
}

/** The next token follows from the last one, which only the browser has, and from a random salt, which only the database has. */
function toNext(secret: string, salt: string): string {
  return createHmac("sha256", secret).update(salt).digest("base64url");
}

function toDigest(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
