/** The providers of a running application, and the table of identities. */
import { createHash } from "node:crypto";
import type { Account } from "../account-fields.ts";
import type { identityModel } from "./identity-model.ts";
import type { OpenidProvider, ProviderIdentity } from "./openid.ts";

type IdentityModel = ReturnType<typeof identityModel>;
type IdentityRow = InstanceType<IdentityModel>;

/** Finds, links and unlinks identities. */
export class Providers {
  readonly byName: ReadonlyMap<string, OpenidProvider>;
  /** Origin of the application: providers send visitors back there. */
  readonly origin: string;
  readonly #model: IdentityModel;

  constructor(byName: ReadonlyMap<string, OpenidProvider>, origin: string, model: IdentityModel) {
    this.byName = byName;
    this.origin = origin;
    this.#model = model;
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
  async link(identity: ProviderIdentity, userId: string, { isOnlyWay = false, now = Date.now() } = {}): Promise<boolean> {
    const owner = await this.findUserId(identity);
    if (owner !== undefined) return owner === userId;
    const { issuer, subject } = identity;
    try {
      await this.#model.create({ digest: toDigest(identity), issuer, subject, userId, isOnlyWay, createdAt: new Date(now) });
      return true;
    } catch (error) {
      const faster = await this.findUserId(identity);
      if (faster === undefined) throw error;
      return faster === userId;
    }
  }

  /** Lists the identities of a user. */
  async list(userId: string): Promise<IdentityRow[]> {
    return await this.#model.where({ userId }).orderBy("id").on("primary").all();
  }

  /** Unlinks an identity. Returns false when it is the last way into the account. */
  async unlink(user: Account, id: number): Promise<boolean> {
    const userId = String(user.id);
    const rows = await this.list(userId);
    const isOnlyWay = user.passwordChangedAt === null && rows.some((row) => row.isOnlyWay);
    const others = rows.filter((row) => row.id !== id);
    if (isOnlyWay && others.length === 0) return false;
    // The mark must outlive the row that carries it.
    if (isOnlyWay) await this.#model.where({ userId }).update({ isOnlyWay: true });
    await this.#model.where({ id, userId }).delete();
    return true;
  }
}

function toDigest({ issuer, subject }: ProviderIdentity): string {
  return createHash("sha256")
    .update(JSON.stringify([issuer, subject]))
    .digest("hex");
}
