/** The guard of routes for programs: the API token of a request says who sends it, and what it may do. */
import { optionInvalid } from "../errors/option-errors.ts";
import { GableError } from "../errors/gable-error.ts";
import type { BearerMark } from "../handlers/bearer-guard.ts";
import { readBearer } from "../handlers/bearer-guard.ts";
import type { Context } from "../handlers/context.ts";
import type { AccountGuard } from "./accounts.ts";
import type { ApiTokenOptions } from "./api-tokens.ts";
import { noTokens } from "./api-tokens.ts";
import { findService } from "./find-service.ts";
import { takeWrongToken } from "./throttle.ts";

/** A guard that decides by the API token of a request. */
export type TokenGuard<User> = AccountGuard<{ readonly user: User }> & BearerMark;

/** Creates the function that makes guards. They find the accounts of the application whose request runs. */
export function createTokenGuards(options: ApiTokenOptions | undefined): (scope: string) => TokenGuard<unknown> {
  /** What the token of a request may do, for routes with several of these guards. */
  const checked = new WeakMap<Context, readonly string[]>();
  return (scope) => {
    if (options === undefined) throw noTokens();
    if (!options.scopes.includes(scope)) throw optionInvalid("token()", "scope", scope, `one of ${options.scopes.join(", ")}`);
    // Events and lists of guards have this name.
    const token = async (context: Context): Promise<boolean> => {
      const scopes = checked.get(context) ?? (await authenticate(context));
      checked.set(context, scopes);
      if (scopes.includes(scope)) return true;
      throw new GableError("E_TOKEN_SCOPE", `The token may not do this: it lacks the scope ${scope}.`, {
        headers: [["www-authenticate", `Bearer error="insufficient_scope", scope="${scope}"`]],
        details: { scope },
      });
    };
    return Object.assign(token, { takesBearer: true } as const);
  };
}

/** Finds the user of the token, who is `context.user` from now on. Returns the scopes. */
async function authenticate(context: Context): Promise<readonly string[]> {
  const service = findService(context);
  const apiTokens = service.apiTokens();
  // A cache in between must not give the reply to others.
  context.markPersonal();
  if (!context.headers.has("authorization"))
    throw new GableError("E_TOKEN_REQUIRED", "Send an API token.", { headers: [["www-authenticate", "Bearer"]] });
  const text = readBearer(context.headers);
  const found = text === undefined ? undefined : await service.run(() => apiTokens.use(text));
  const user = found === undefined ? undefined : await service.findById(found.userId);
  if (found === undefined || user === undefined || !user.active || !service.mayEnter(user)) return refuseToken(context);
  service.setUser(context, user);
  return found.scopes;
}

/** One answer for every wrong token: it does not say whether a token existed. */
async function refuseToken(context: Context): Promise<never> {
  await takeWrongToken(context);
  throw new GableError("E_TOKEN_INVALID", "The token is wrong, was revoked, or has expired.", {
    headers: [["www-authenticate", 'Bearer error="invalid_token"']],
  });
}
