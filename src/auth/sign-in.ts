/** Signing in and out by code: for sign-in with another service, for support staff, and for tests. */
import type { AnyContext } from "../handlers/context.ts";
import type { Account } from "./account-fields.ts";
import { findService, findServiceIfAny } from "./find-service.ts";

/**
 * Signs a user in without a password: the session gets a new id and belongs to the user from now on. Check first that the
 * visitor is this user: no second factor is asked for. Throws `E_ACCOUNTS_SETUP` in an application without accounts.
 */
export async function signIn(context: AnyContext, user: Account): Promise<void> {
  await findService(context).signIn(context, user);
}

/** Signs the visitor out: ends the session with all its values, and forgets the browser. */
export function signOut(context: AnyContext): void {
  const service = findServiceIfAny(context);
  if (service === undefined) context.session.end();
  else service.signOut(context);
}
