/** The providers of a running application, and the table of identities. */
import { createHash } from "node:crypto";
import type { Database } from "../../data/database.ts";
import { transaction } from "../../data/run/transaction.ts";
import type { Account } from "../account-fields.ts";
import type { identityModel } from "./identity-model.ts";
import type { OpenidProvider, ProviderIdentity } from "./openid.ts";
import { toIssuerKey } from "./openid.ts";

type IdentityModel = ReturnType<typeof identityModel>;
type IdentityRow = InstanceType<IdentityModel>;

/** What the providers of an application need. */
export interface ProvidersParts {
  readonly byName: ReadonlyMap<string, OpenidProvider>;
  readonly origin: string;
  readonly model: IdentityModel;
  /** The database of the users. */
  readonly database: Database;
}

/** Finds, links and unlinks identities. */
export class Providers {
  readonly byName: ReadonlyMap<string, OpenidProvider>;
  /** Origin of the application: providers send visitors back there. */
  readonly origin: string;
  readonly #model: IdentityModel;
  readonly #database: Database;

  constructor({ byName, origin, model, database }: ProvidersParts) {
    this.byName = byName;
    this.origin = origin;
    this.#model = model;
    this.#database = database;
  }

  /** Finds the provider with an issuer; undefined for one that is no longer in the options. */
  findByIssuer(issuer: string): OpenidProvider | undefined {
    return [...this.byName.values()].find((provider) => provider.issuer === toIssuerKey(issuer));
  }

  /** Finds the user of an identity. */
  async findUserId(identity: ProviderIdentity): Promise<string | undefined> {
    const row = await this.#model
      .where({ digest: toDigest(identity) })
      .on("primary")
      .first();
    return row?.userId;
  }

  /** Links an identity. Returns false when it belongs to another user, also when another request was faster. */
  async link(identity: ProviderIdentity, userId: string, now: number): Promise<boolean> {
    const owner = await this.findUserId(identity);
    if (owner !== undefined) return owner === userId;
    try {
      // A savepoint: PostgreSQL runs nothing more in a transaction with an error.
      await transaction(() => this.add(identity, userId, { now }), { database: this.#database });
      return true;
    } catch (error) {
      const faster = await this.findUserId(identity);
      if (faster === undefined) throw error;
      return faster === userId;
    }
  }

  /** Adds an identity that no user has. */
  async add(identity: ProviderIdentity, userId: string, { isOnlyWay = false, now }: { isOnlyWay?: boolean; now: number }): Promise<void> {
    const { issuer, subject } = identity;
    await this.#model.create({ digest: toDigest(identity), issuer, subject, userId, isOnlyWay, createdAt: new Date(now) });
  }

  /** Lists the identities of a user. */
  async list(userId: string): Promise<IdentityRow[]> {
    return await this.#model.where({ userId }).orderBy("id").on("primary").all();
  }

  /** Unlinks all identities of a user. Returns whether there were some. */
  async unlinkAll(userId: string): Promise<boolean> {
    return (await this.#model.where({ userId }).delete()) > 0;
  }

  /** Unlinks an identity. Changes nothing when the user has no such identity, or when it is the only way to sign in to the account. */
  async unlink(user: Account, id: number): Promise<"unlinked" | "unknown" | "only-way"> {
    const userId = String(user.id);
    return transaction(
      async () => {
        // Two requests at a time must not unlink the last two.
        const rows = await this.#model.where({ userId }).orderBy("id").lock("update").all();
        if (rows.every((row) => row.id !== id)) return "unknown";
        const isOnlyWay = hasNoPassword(user, rows);
        if (isOnlyWay && rows.length === 1) return "only-way";
        // The mark must outlive the row that carries it.
        if (isOnlyWay) await this.#model.where({ userId }).update({ isOnlyWay: true });
        await this.#model.where({ id, userId }).delete();
        return "unlinked";
      },
      { database: this.#database, retries: 3 },
    );
  }
}

/** Whether an account has only the random password of the provider that created it. */
export function hasNoPassword({ passwordChangedAt }: Account, rows: readonly IdentityRow[]): boolean {
  return passwordChangedAt === null && rows.some((row) => row.isOnlyWay);
}

function toDigest({ issuer, subject }: ProviderIdentity): string {
  return createHash("sha256")
    .update(JSON.stringify([issuer, subject]))
    .digest("hex");
}
