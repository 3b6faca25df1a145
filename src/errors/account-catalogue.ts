/** Error codes of accounts. */
import { entry } from "./catalogue-entry.ts";

/** What accounts refuse, and why they cannot start. */
export const accountErrors = {
  E_LOGIN_REQUIRED: entry(401, "Sign in first", "Sign in, and send the request again."),
  E_ACCESS_DENIED: entry(403, "This account may not do that", "Sign in with an account that may."),
  E_CONFIRMATION_REQUIRED: entry(
    403,
    "The password must be confirmed first",
    "Open the page that the message names, type the password, and send the request again.",
  ),
  E_SECOND_FACTOR_REQUIRED: entry(
    403,
    "A second factor must be given first",
    "Open the page that the message names, type the code of the authenticator app, and send the request again.",
  ),
  E_TWO_FACTOR_SECRET: entry(
    500,
    "The stored secret of a second factor cannot be decrypted",
    "Put the key back that it was encrypted with, at the end of secretKeys. Until then, the user can sign in with a recovery code.",
  ),
  E_TOKEN_REQUIRED: entry(401, "The request needs an API token", "Send it as Authorization: Bearer gable_..."),
  E_TOKEN_INVALID: entry(401, "The API token is wrong, was revoked, or has expired", "Make a new token, and send that."),
  E_TOKEN_SCOPE: entry(403, "The API token lacks a scope", "Make a token with the scope that the message names."),
  E_USER_UNLOADED: entry(
    500,
    "The page shows a user who was not loaded",
    "Give the route or its group the guard maybeSignedIn or signedIn, or write `await context.user` in the handler.",
  ),
  E_LOGIN_THROTTLED: entry(429, "Too many attempts to sign in", "Wait as long as Retry-After says."),
  E_LINK_EXPIRED: entry(410, "The link was used already, or it has expired", "Request a new email."),
  E_PROVIDER_PACKAGE: entry(500, "The package openid-client is missing", "Install it: npm install openid-client."),
  E_PROVIDER_DENIED: entry(403, "The sign-in was declined at the provider", "Start again, and allow the sign-in there."),
  E_PROVIDER_STATE: entry(400, "The sign-in was used already, has expired, or began in another browser", "Start again."),
  E_PROVIDER_ANSWER: entry(
    502,
    "The provider gave an answer that cannot be accepted",
    "Start again. If the error persists, compare issuer, clientId, clientSecret and the redirect address with those at the provider.",
  ),
  E_PROVIDER_UNREACHABLE: entry(503, "The provider cannot be reached", "Try again later, or sign in with your password."),
  E_PROVIDER_ACCOUNT: entry(403, "No account can be used with this identity", "Sign in with your password, and link the provider."),
  E_IDENTITY_TAKEN: entry(409, "The identity is linked to another account", "Unlink it there first."),
  E_IDENTITY_LAST: entry(409, "The provider is the only way to sign in to the account", "Set a password, or link another provider first."),
  E_PASSWORD_BUSY: entry(503, "Too many passwords wait to be checked", "Send the request again."),
  E_PASSWORD_HASH_UNSUPPORTED: entry(
    500,
    "A stored password hash cannot be checked",
    "Use Node 24.7 or later for argon2id, or pass the scheme in defineAccounts({ foreignHashes }).",
  ),
  E_PASSWORD_WEAK: entry(422, "A password breaks the rules of the accounts", "Use another password, as the message says."),
  E_ACCOUNT_EXISTS: entry(409, "The address belongs to another account", "Use another address, or change the account that has it."),
  E_ACCOUNT_UNKNOWN: entry(404, "No account has the address", "Check the spelling of the address, or create the account."),
  E_PERMISSION_UNKNOWN: entry(500, "A permission is not declared", "Declare it in defineAccounts({ permissions }), or correct its name."),
  E_POLICY_MISSING: entry(
    500,
    "A model has no policy, or its policy lacks a rule",
    "Pass policy(Model, { ... }) to defineAccounts({ policies }).",
  ),
  E_GROUP_UNKNOWN: entry(404, "No group has the name", "Check the spelling of the name, or create the group with createGroup()."),
  E_ACCOUNTS_SETUP: entry(500, "The accounts cannot start", "Pass what the message names to gable() or defineAccounts()."),
} as const;
