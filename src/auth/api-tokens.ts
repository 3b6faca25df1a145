/** API tokens: programs send them with requests instead of a session. They are stored as digests. */
import { GableError } from "../errors/gable-error.ts";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import type { apiTokenModel } from "./api-token-model.ts";
import { createTokenText, isTokenText, toTokenDigest, toTokenHint } from "./api-token-text.ts";

/** What a new token is made from. */
export interface NewApiToken {
  /** What its owner knows it by, at most 100 characters. */
  readonly name: string;
  /** What it may do: some of the scopes of `defineAccounts({ tokens })`. */
  readonly scopes: readonly string[];
  /** Days until it expires, 1 to 366. Default: `tokens.days` of the accounts, which is 90. */
  readonly days?: number;
}

/** A token, without its secret. */
export interface ApiToken {
  /** Number by which it is revoked. */
  readonly id: number;
  /** Its first characters. */
  readonly hint: string;
  /** What its owner knows it by. */
  readonly name: string;
  /** What it may do. */
  readonly scopes: readonly string[];
  /** When it was made. */
  readonly createdAt: Date;
  /** From when on it is refused. */
  readonly expiresAt: Date;
  /** When it was used last, to five minutes; null when it was never used. */
  readonly usedAt: Date | null;
}

/** A token that was just made. */
export interface CreatedApiToken extends ApiToken {
  /** The token itself: this is the only time that it can be read. */
  readonly token: string;
}

/** The options of `defineAccounts({ tokens })`. */
export interface ApiTokenOptions<Scope extends string = string> {
  /** What tokens can be allowed to do, such as `posts:read`. Letters, digits and `:`, `.`, `_`, `-`; at most 60 characters each, 50 scopes. */
  readonly scopes: readonly Scope[];
  /** Days until a new token expires, 1 to 366. Default 90. */
  readonly days?: number;
}

const dayMs = 86_400_000;
const daysMax = 366;
/** Days of life by default. */
const tokenDaysDefault = 90;
/** The last use is written at most every five minutes: a token must not cost a write for each request. */
const usedStepMs = 300_000;
const nameMax = 100;
const scopeForm = /^[\w:.-]{1,60}$/;
const scopesMax = 50;

/** Checks the option `tokens`. Throws `E_OPTION_INVALID` with the name of the wrong option. */
export function assertTokenOptions(tokens: unknown): void {
  const owner = "defineAccounts()";
  if (tokens === undefined) return;
  if (typeof tokens !== "object" || tokens === null) throw optionInvalid(owner, "tokens", tokens, "an object with scopes");
  assertKnownOptions("defineAccounts() tokens", tokens, ["scopes", "days"]);
  // Both are checked below.
  const { scopes, days } = tokens as Partial<Record<keyof ApiTokenOptions, unknown>>;
  if (!Array.isArray(scopes) || scopes.length === 0 || scopes.length > scopesMax || new Set(scopes).size < scopes.length)
    throw optionInvalid(owner, "tokens.scopes", scopes, `a list of 1 to ${scopesMax} scopes, each one once`);
  for (const scope of scopes)
    if (typeof scope !== "string" || !scopeForm.test(scope))
      throw optionInvalid(
        owner,
        "tokens.scopes",
        scope,
        "a list of names such as posts:read, of letters, digits and : . _ -, up to 60 each",
      );
  if (days !== undefined) assertDays(owner, "tokens.days", days);
}

function assertDays(owner: string, name: string, days: unknown): void {
  if (typeof days !== "number" || !Number.isSafeInteger(days) || days < 1 || days > daysMax)
    throw optionInvalid(owner, name, days, `a whole number of days from 1 to ${daysMax}`);
}

type ApiTokenModel = ReturnType<typeof apiTokenModel>;

/** Issues, finds and revokes the tokens of an application. */
export class ApiTokens {
  readonly scopes: readonly string[];
  readonly #model: ApiTokenModel;
  readonly #days: number;
  readonly #now: () => number;

  constructor(model: ApiTokenModel, { scopes, days = tokenDaysDefault }: ApiTokenOptions, now: () => number) {
    this.#model = model;
    this.scopes = scopes;
    this.#days = days;
    this.#now = now;
  }

  /** Stores a new token of a user. Throws `E_OPTION_INVALID`. */
  async create(userId: string, { name, scopes, days = this.#days }: NewApiToken): Promise<CreatedApiToken> {
    const owner = "createToken()";
    // Forms and databases count code points, not UTF-16 units.
    if (typeof name !== "string" || name.trim() === "" || [...name.trim()].length > nameMax)
      throw optionInvalid(owner, "name", name, `1 to ${nameMax} characters`);
    if (!Array.isArray(scopes) || scopes.length === 0 || !scopes.every((scope) => this.scopes.includes(scope)))
      throw optionInvalid(owner, "scopes", scopes, `a list of at least one of ${this.scopes.join(", ")}`);
    assertDays(owner, "days", days);
    const token = createTokenText();
    const now = this.#now();
    const row = await this.#model.create({
      digest: toTokenDigest(token),
      hint: toTokenHint(token),
      name: name.trim(),
      scopes: [...new Set(scopes)].join(" "),
      userId,
      createdAt: new Date(now),
      expiresAt: new Date(now + days * dayMs),
    });
    return { ...toApiToken(row), token };
  }

  /** Lists the tokens of a user, the newest first, with those that have expired. */
  async list(userId: string): Promise<ApiToken[]> {
    const rows = await this.#model.where({ userId }).orderBy("-id").on("primary").all();
    return rows.map(toApiToken);
  }

  /** Revokes a token of a user. Returns false when the user has no token with this id. */
  async revoke(userId: string, id: number): Promise<boolean> {
    return (await this.#model.where({ id, userId }).delete()) === 1;
  }

  /** Revokes all tokens of a user. Returns whether there were some. */
  async revokeAll(userId: string): Promise<boolean> {
    return (await this.#model.where({ userId }).delete()) > 0;
  }

  /** Finds a token that can be used, and notes its use; undefined for any other text. */
  async use(text: string): Promise<{ readonly userId: string; readonly scopes: readonly string[] } | undefined> {
    if (!isTokenText(text)) return undefined;
    const now = this.#now();
    const row = await this.#model
      .where({ digest: toTokenDigest(text) })
      .on("primary")
      .first();
    if (row === undefined || row.expiresAt.getTime() <= now) return undefined;
    if (row.usedAt === null || row.usedAt.getTime() <= now - usedStepMs)
      await this.#model.where({ id: row.id }).update({ usedAt: new Date(now) });
    return { userId: row.userId, scopes: row.scopes.split(" ") };
  }
}

function toApiToken({ id, hint, name, scopes, createdAt, expiresAt, usedAt }: InstanceType<ApiTokenModel>): ApiToken {
  return { id, hint, name, scopes: scopes.split(" "), createdAt, expiresAt, usedAt: usedAt ?? null };
}

/** The error of an application without tokens. */
export function noTokens(): GableError {
  return new GableError("E_ACCOUNTS_SETUP", "The accounts of this application have no API tokens.", {
    fix: 'Declare scopes: defineAccounts({ tokens: { scopes: ["posts:read"] } }).',
  });
}
