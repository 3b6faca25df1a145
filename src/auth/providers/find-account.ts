/** The account of somebody whom a provider has signed in. */
import { randomBytes } from "node:crypto";
import { GableError } from "../../errors/gable-error.ts";
import type { Account } from "../account-fields.ts";
import { normalizeEmail } from "../email-address.ts";
import type { AccountService } from "../service.ts";
import type { ProviderIdentity } from "./openid.ts";
import { openProviders } from "./provider-flow.ts";

/** Finds the account of an identity, links it by an address that both sides have verified, or creates it. Throws `E_PROVIDER_ACCOUNT`. */
export async function findAccount(service: AccountService, identity: ProviderIdentity, creates: boolean): Promise<Account> {
  const providers = openProviders(service);
  const userId = await providers.findUserId(identity);
  const known = userId === undefined ? undefined : await service.findById(userId);
  if (known !== undefined) return known;
  if (userId !== undefined || identity.verifiedEmail === undefined)
    throw noAccount("No account is linked to this identity, and the provider has not verified an e-mail address.");
  const email = normalizeEmail(identity.verifiedEmail);
  const now = service.parts.now();
  const owner = await service.findByEmail(email);
  if (owner === undefined) {
    const password = randomBytes(32).toString("base64url");
    const created = creates ? await service.create({ email, password, emailVerifiedAt: new Date(now) }) : undefined;
    if (created === undefined) throw noAccount("No account is linked to this identity.");
    if (await providers.link(identity, String(created.id), { isOnlyWay: true, now })) return created;
  } else if (owner.emailVerifiedAt !== null && owner.active && (await providers.link(identity, String(owner.id), { now }))) return owner;
  throw noAccount("No account is linked to this identity. If you have one, sign in with your password and link the provider there.");
}

/** The error of an identity that no account can be used with. */
export function noAccount(message: string): GableError {
  return new GableError("E_PROVIDER_ACCOUNT", message);
}
