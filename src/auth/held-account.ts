/** Changes of an account that must not outlive a new password: what an older session adds, and what a first confirmation removes. */
import { transaction } from "../data/run/transaction.ts";
import { GableError } from "../errors/gable-error.ts";
import type { Account } from "./account-fields.ts";
import type { AccountService } from "./service.ts";

/**
 * Runs a change in a transaction that holds the row of the account: other such changes wait, and so does a new password. Throws
 * `E_LOGIN_REQUIRED` when the sessions of the account have ended since the row was read.
 */
export function changeHeld<Result>(service: AccountService, user: Account, change: () => Promise<Result>): Promise<Result> {
  const { database, model } = service.parts;
  return transaction(
    async () => {
      const row = await model.where({ id: user.id }).lock("update").first();
      if (row === undefined || row.sessionsValidFrom?.getTime() !== user.sessionsValidFrom?.getTime())
        throw new GableError("E_LOGIN_REQUIRED", "You were signed out. Sign in again.");
      return change();
    },
    { database, retries: 3 },
  );
}

/**
 * Confirms the address of an account whose owner has set a new password by mail. Whoever made the account need not be that owner: their
 * identities, second factor and API tokens go. Call it after the new password, which ends their sessions. Returns whether anything went.
 */
export function confirmFirst(service: AccountService, user: Account): Promise<boolean> {
  const { database, providers, twoFactors, apiTokens, now } = service.parts;
  const userId = String(user.id);
  return transaction(
    async () => {
      const gone = [
        (await providers?.unlinkAll(userId)) ?? false,
        (await twoFactors?.turnOff(userId)) ?? false,
        (await apiTokens?.revokeAll(userId)) ?? false,
      ];
      await service.update(user, { emailVerifiedAt: new Date(now()) });
      return gone.includes(true);
    },
    { database, retries: 3 },
  );
}
