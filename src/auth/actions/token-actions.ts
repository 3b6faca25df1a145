/** The API tokens of a user. */
import type { AnyContext } from "../../handlers/context.ts";
import type { ApiToken, CreatedApiToken, NewApiToken } from "../api-tokens.ts";
import { confirmedUser, currentUser } from "../current-password.ts";
import { changeHeld } from "../held-account.ts";
import { findService } from "../find-service.ts";
import type { AccountResult } from "./results.ts";
import { refuse } from "./results.ts";

/** Actions for the API tokens of the user of a request. All throw `E_ACCOUNTS_SETUP` without the option `tokens`. */
export interface TokenActions {
  /** Returns all tokens, the newest first, with those that have expired. */
  list(context: AnyContext): Promise<readonly ApiToken[]>;
  /**
   * Makes a token. Refuses a name that another live token has, and the 101st token. Needs the guard `sudo()`: otherwise it throws
   * `E_CONFIRMATION_REQUIRED`. Throws `E_OPTION_INVALID` for scopes that the accounts do not declare.
   */
  create(context: AnyContext, values: NewApiToken): Promise<AccountResult<{ readonly token: CreatedApiToken }>>;
  /** Revokes a token by its id. Returns false when the user has no such token. */
  revoke(context: AnyContext, id: number): Promise<boolean>;
}

/** Most tokens of a user. */
const tokensMax = 100;

export const tokenActions: TokenActions = {
  list: async (context) => listTokens(context, (await currentUser(context)).id),
  create: async (context, values) => {
    const service = findService(context);
    const user = await confirmedUser(context);
    const userId = String(user.id);
    const now = service.parts.now();
    // Two requests at a time must not get past what the list allows.
    return changeHeld(service, user, async () => {
      const tokens = await service.apiTokens().list(userId);
      // A page that is loaded again makes no second token.
      if (tokens.some(({ name, expiresAt }) => name === String(values.name).trim() && expiresAt.getTime() > now))
        return refuse("name", "unique", "You have a token with this name.");
      if (tokens.length >= tokensMax)
        return refuse(null, "too_many", `You have ${tokens.length} tokens. Revoke those that you do not need.`);
      return { token: await service.apiTokens().create(userId, values) };
    });
  },
  revoke: async (context, id) => {
    const service = findService(context);
    const user = await currentUser(context);
    return service.run(() => service.apiTokens().revoke(String(user.id), id));
  },
};

function listTokens(context: AnyContext, userId: number): Promise<readonly ApiToken[]> {
  const service = findService(context);
  return service.run(() => service.apiTokens().list(String(userId)));
}
