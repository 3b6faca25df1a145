export { accountFields } from "./auth/account-fields.ts";
export { accountTokenModel } from "./auth/token-model.ts";
export { apiTokenModel } from "./auth/api-token-model.ts";
export { defineAccounts } from "./auth/accounts.ts";
export { manageAccounts } from "./auth/manage-accounts.ts";
export { modelPermissions } from "./auth/permissions/model-permissions.ts";
export { permissionModels } from "./auth/permissions/models.ts";
export { rememberTokenModel } from "./auth/remember/remember-model.ts";
export { twoFactorModels } from "./auth/two-factor/two-factor-models.ts";
export { identityModel } from "./auth/providers/identity-model.ts";
export { policy } from "./auth/policies/policy.ts";
export { signIn, signOut } from "./auth/sign-in.ts";
export { createPasswordHasher } from "./auth/passwords/hasher.ts";
export { findPasswordProblem } from "./auth/passwords/password-rules.ts";
export type { Account, AccountFieldsOptions, AccountModel } from "./auth/account-fields.ts";
export type { AccountActions } from "./auth/actions/actions.ts";
export type { AccountProblem, AccountResult, SentOn } from "./auth/actions/results.ts";
export type { SessionActions } from "./auth/actions/session-actions.ts";
export type { SignInSecret, SignInValues } from "./auth/actions/sign-in-actions.ts";
export type { TokenActions } from "./auth/actions/token-actions.ts";
export type { NewSecret, TwoFactorActions } from "./auth/actions/two-factor-actions.ts";
export type { AccountGuard, AccountGuards, Accounts, CanGuards, CanQuestion, UserOf } from "./auth/accounts.ts";
export type { AccountManager, AccountRights, AccountsApplication } from "./auth/manage-accounts.ts";
export type { ApiToken, ApiTokenOptions, CreatedApiToken, NewApiToken } from "./auth/api-tokens.ts";
export type { TokenGuard } from "./auth/token-guard.ts";
export type { NewAccount } from "./auth/new-account.ts";
export type { LoginKey } from "./auth/login-key.ts";
export type { AccountsOptions } from "./auth/options.ts";
export type { AccountsSetting } from "./auth/part.ts";
export type { AccountProviders } from "./auth/providers/account-providers.ts";
export type { ConfirmationWays, ProviderChoice } from "./auth/providers/confirmation-ways.ts";
export type { ProviderOptions } from "./auth/providers/provider-options.ts";
export type { RememberOptions } from "./auth/remember/remember-tokens.ts";
export type { UserSession, UserSessions } from "./auth/user-sessions.ts";
export type { TwoFactorOptions, TwoFactorState } from "./auth/two-factor/two-factor.ts";
export type { SudoOptions } from "./auth/sudo.ts";
export type { HashQueueOptions } from "./auth/passwords/hash-queue.ts";
export type { ForeignScheme, PasswordCheck, PasswordHasher, PasswordHasherOptions } from "./auth/passwords/hasher.ts";
export type { ModelPermission } from "./auth/permissions/model-permissions.ts";
export type { PermissionHolder, PermissionManager } from "./auth/permissions/manage-permissions.ts";
export type { FindKey, RecordKey } from "./auth/policies/policy-checks.ts";
export type {
  AnyPolicyRules,
  Policy,
  PolicyFacts,
  PolicyModel,
  PolicyRule,
  PolicyRules,
  PolicyUser,
  RecordAction,
  RecordFacts,
  Verdict,
} from "./auth/policies/policy.ts";
export type { PasswordProblem, PasswordRules } from "./auth/passwords/password-rules.ts";
