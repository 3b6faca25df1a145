/** The account of somebody whom a provider has signed in. */
import { randomBytes } from "node:crypto";
import { transaction } from "../../data/run/transaction.ts";
import { GableError } from "../../errors/gable-error.ts";
import type { Context } from "../../handlers/context.ts";
import type { Account } from "../account-fields.ts";
import { normalizeEmail } from "../email-address.ts";
import type { AccountService } from "../service.ts";
import { findService } from "../find-service.ts";
import type { ProviderIdentity } from "./openid.ts";
import { mailLinked, openProviders } from "./provider-flow.ts";

/** Finds the account of an identity, links it by an address that both sides have verified, or creates it. Throws `E_PROVIDER_ACCOUNT`. */
export async function findAccount(context: Context, identity: ProviderIdentity, creates: boolean): Promise<Account> {
  const service = findService(context);
  const email = await findAddress(service, identity);
  const found =
    (await findExisting(context, identity, email)) ??
    (creates && email !== undefined ? await createAccount(service, identity, email) : undefined) ??
    // Another request was faster.
    (await findExisting(context, identity, email));
  if (found !== undefined) return found;
  throw noAccount("No account is linked to this identity. If you have one, sign in with your password and link the provider there.");
}

/** Returns the address that the provider has verified; undefined without one, and for one that no account can have. */
async function findAddress({ parts }: AccountService, { verifiedEmail }: ProviderIdentity): Promise<string | undefined> {
  if (verifiedEmail === undefined) return undefined;
  const email = normalizeEmail(verifiedEmail);
  return "email" in (await parts.model.validate({ email }, { isPartial: true })) ? undefined : email;
}

async function findExisting(context: Context, identity: ProviderIdentity, email: string | undefined): Promise<Account | undefined> {
  const service = findService(context);
  const providers = openProviders(service);
  const userId = await providers.findUserId(identity);
  // The account of an identity may have been deleted.
  if (userId !== undefined) return (await service.findById(userId)) ?? refuse("The account of this identity does not exist any more.");
  if (email === undefined)
    return refuse("No account is linked to this identity, and the provider has not verified an e-mail address that an account can have.");
  const owner = await service.findByEmail(email);
  if (owner === undefined) return undefined;
  const isSafe = owner.emailVerifiedAt !== null && owner.active;
  if (!isSafe || !(await providers.link(identity, String(owner.id), service.parts.now()))) return undefined;
  mailLinked(context, owner, identity);
  return owner;
}

/** Creates an account with the identity, or neither. Undefined when another request has the address or the identity. */
async function createAccount(service: AccountService, identity: ProviderIdentity, email: string): Promise<Account | undefined> {
  const { database, hasher, model, now } = service.parts;
  const providers = openProviders(service);
  const password = await hasher.hash(randomBytes(32).toString("base64url"));
  const at = new Date(now());
  try {
    return await transaction(
      async () => {
        const user = await model.create({ email, password, emailVerifiedAt: at });
        await providers.add(identity, String(user.id), { isOnlyWay: true, now: at.getTime() });
        return user;
      },
      { database, retries: 3 },
    );
  } catch (error) {
    if ((await providers.findUserId(identity)) === undefined && (await service.findByEmail(email)) === undefined) throw error;
    return undefined;
  }
}

function refuse(message: string): never {
  throw noAccount(message);
}

/** The error of an identity that no account can be used with. */
export function noAccount(message: string): GableError {
  return new GableError("E_PROVIDER_ACCOUNT", message);
}
