/** Secrets of links in mails: 32 random bytes, stored as a digest, used once. */
import { createHash, randomBytes } from "node:crypto";
import type { accountTokenModel } from "./token-model.ts";

/** What a link is for. */
export type TokenPurpose = "verify" | "email" | "reset";

/** What a token is about. */
export interface TokenFacts {
  readonly purpose: TokenPurpose;
  readonly userId: string;
  /** The address that it was sent to. */
  readonly email: string;
}

const hourMs = 3_600_000;
const lifeMs: Readonly<Record<TokenPurpose, number>> = { verify: 24 * hourMs, email: 24 * hourMs, reset: hourMs };

/** Issues and consumes tokens. */
export class AccountTokens {
  readonly #model: ReturnType<typeof accountTokenModel>;
  readonly #now: () => number;

  constructor(model: ReturnType<typeof accountTokenModel>, now: () => number) {
    this.#model = model;
    this.#now = now;
  }

  /** Stores a new token and returns its secret. Deletes tokens that have expired. */
  async issue({ purpose, userId, email }: TokenFacts): Promise<string> {
    const now = this.#now();
    await this.#model.where({ expiresAt: { lte: new Date(now) } }).delete();
    const secret = randomBytes(32).toString("base64url");
    await this.#model.create({ digest: toDigest(secret), purpose, userId, email, expiresAt: new Date(now + lifeMs[purpose]) });
    return secret;
  }

  /** Finds a token that can still be used; undefined for any other. */
  async find(secret: string, purposes: readonly TokenPurpose[]): Promise<TokenFacts | undefined> {
    const row = await this.#live(secret).on("primary").first();
    // The column only holds what issue() has stored.
    const purpose = row?.purpose as TokenPurpose | undefined;
    if (row === undefined || purpose === undefined || !purposes.includes(purpose)) return undefined;
    return { purpose, userId: row.userId, email: row.email };
  }

  /** Uses a token up. Of several calls at the same time, one returns true. */
  async consume(secret: string): Promise<boolean> {
    return (await this.#live(secret).update({ usedAt: new Date(this.#now()) })) === 1;
  }

  /** Voids all tokens of a user: after a change of the password or the address. */
  async voidAll(userId: string): Promise<void> {
    await this.#model.where({ userId }).delete();
  }

  #live(secret: string) {
    return this.#model.where({ digest: toDigest(secret), usedAt: null, expiresAt: { gt: new Date(this.#now()) } });
  }
}

function toDigest(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
