/** Accounts as a part of an application: the option `accounts` brings them. */
import type { Database } from "../data/database.ts";
import type { AppDatabases } from "../data/application/app-databases.ts";
import { databasesPart } from "../data/part.ts";
import { GableError } from "../errors/gable-error.ts";
import { optionInvalid } from "../errors/option-errors.ts";
import { mailPart } from "../mail/part.ts";
import type { PartHost } from "../parts/part.ts";
import { definePart } from "../parts/part.ts";
import { secretsPart } from "../security/secrets-part.ts";
import { sessionPart } from "../session/part.ts";
import { viewsPart } from "../views/part.ts";
import type { AccountModel } from "./account-fields.ts";
import { findLoginKey } from "./login-key.ts";
import type { Accounts } from "./accounts.ts";
import type { apiTokenModel } from "./api-token-model.ts";
import type { ApiTokenOptions, ApiTokens } from "./api-tokens.ts";
import type { AccountMail } from "./mails.ts";
import type { PermissionModels } from "./permissions/models.ts";
import { permissionTables } from "./permissions/names.ts";
import type { PermissionSetup } from "./permissions/permissions.ts";
import type { rememberTokenModel } from "./remember/remember-model.ts";
import type { identityModel } from "./providers/identity-model.ts";
import type { ProviderOptions } from "./providers/provider-options.ts";
import type { Providers } from "./providers/providers.ts";
import type { RememberOptions, RememberTokens } from "./remember/remember-tokens.ts";
import type { AccountService } from "./service.ts";
import type { accountTokenModel } from "./token-model.ts";
import type { AccountTokens } from "./tokens.ts";
import type { TwoFactorModels } from "./two-factor/two-factor-models.ts";
import type { TwoFactorOptions, TwoFactors } from "./two-factor/two-factor.ts";

/** The option of `gable()` for accounts. */
export interface AccountsSetting {
  /** The accounts of `defineAccounts()`; put their routes into `routes` as well. None by default. */
  accounts?: Accounts;
}

/** Gives requests `context.user`, and runs the routes and guards of accounts. */
export const accountsPart = definePart({
  name: "accounts",
  option: { names: { accounts: true }, check: ({ accounts }: AccountsSetting) => assertAccounts(accounts) },
  needs: [sessionPart, secretsPart],
  properties: {
    user: (context, service: AccountService) => service.readUser(context),
    accounts: (_context, service: AccountService) => service,
  },
  start: async (host, options): Promise<AccountService> => {
    // A part gets all options of gable(); the check has found the accounts.
    const { accounts, origin } = options as Required<AccountsSetting> & { readonly origin?: string };
    const [{ AccountService }, { createPasswordHasher, createTestHasher }, { NamedRoutes }] = await Promise.all([
      import("./service.ts"),
      import("./passwords/hasher.ts"),
      import("./named-routes.ts"),
    ]);
    const { user, foreignHashes, hashCost, afterLogin = "/", verifyEmail = "before", registration } = accounts.options;
    const databases = host.find(databasesPart);
    const found = databases?.findModel(user.$table);
    if (found === undefined)
      throw setupError(`No model of gable({ models }) has the table ${user.$table}.`, "Pass the model of your users in models.");
    const foreign = foreignHashes === undefined ? {} : { foreign: foreignHashes };
    const views = host.find(viewsPart);
    const links = await openLinks(host, origin);
    if (links === undefined && registration === "open" && verifyEmail !== "never")
      throw setupError(
        `Addresses are verified ("${verifyEmail}"), and the application sends no mail.`,
        'Pass mail to gable(), or verifyEmail: "never" to defineAccounts().',
      );
    return new AccountService({
      database: found.database,
      // assertAccountsOptions() has found its columns.
      model: found.model as unknown as AccountModel,
      loginKey: findLoginKey(user.$fields),
      hasher: host.mode === "test" ? createTestHasher(foreign) : createPasswordHasher({ ...foreign, ...(hashCost && { cost: hashCost }) }),
      sessions: host.part(sessionPart),
      log: host.logger,
      routes: new NamedRoutes(host),
      afterLogin,
      verifiesBefore: verifyEmail === "before" && registration === "open",
      mail: links?.mail,
      tokens: links?.tokens,
      permissions: openPermissions(databases, accounts.options.permissions),
      apiTokens: await openApiTokens(host, accounts.options.tokens),
      remember: await openRemember(host, accounts.options.remember),
      twoFactors: await openTwoFactors(host, accounts.options.twoFactor, found.database),
      providers: await openProviders(host, accounts.options.providers, { origin, database: found.database }),
      hasView: (name) => views?.find(name) !== undefined,
      now: () => Date.now(),
    });
  },
});

/** Opens mail and tokens, where the application has the option `mail`. */
async function openLinks(host: PartHost, origin: string | undefined): Promise<{ mail: AccountMail; tokens: AccountTokens } | undefined> {
  const mailer = host.find(mailPart);
  if (mailer === undefined) return undefined;
  if (origin === undefined)
    throw setupError("Mails of accounts have links, and gable() has no origin.", 'Pass origin to gable(), such as "https://example.com".');
  const table = host.find(databasesPart)?.findModel("gable_account_tokens");
  if (table === undefined)
    throw setupError(
      "No model has the table gable_account_tokens.",
      "Export one from your models: export const AccountToken = accountTokenModel();",
    );
  const [{ AccountMail }, { AccountTokens }] = await Promise.all([import("./mails.ts"), import("./tokens.ts")]);
  // The table is that of accountTokenModel().
  const model = table.model as unknown as ReturnType<typeof accountTokenModel>;
  return { mail: new AccountMail(mailer, origin), tokens: new AccountTokens(model, () => Date.now()) };
}

/** Finds the tables of permissions, where accounts declare some. */
function openPermissions(databases: AppDatabases | undefined, declared: readonly string[] = []): PermissionSetup | undefined {
  if (declared.length === 0) return undefined;
  const models = Object.entries(permissionTables).map(([name, table]) => {
    const found = databases?.findModel(table);
    if (found !== undefined) return [name, found.model] as const;
    throw setupError(
      `The accounts declare permissions, and no model has the table ${table}.`,
      `Export them from your models: export const { ${Object.keys(permissionTables).join(", ")} } = permissionModels(User);`,
    );
  });
  // The tables are those of permissionModels().
  return { models: Object.fromEntries(models) as unknown as PermissionModels, declared };
}

/** Opens the API tokens, where the accounts have scopes. */
async function openApiTokens(host: PartHost, options: ApiTokenOptions | undefined): Promise<ApiTokens | undefined> {
  if (options === undefined) return undefined;
  const model = findTable(host, "gable_api_tokens", "The accounts have API tokens", "export const ApiToken = apiTokenModel();");
  const { ApiTokens } = await import("./api-tokens.ts");
  // The table is that of apiTokenModel().
  return new ApiTokens(model as ReturnType<typeof apiTokenModel>, options, () => Date.now());
}

/** Opens the tokens of remembered browsers, where the accounts have the option. */
async function openRemember(host: PartHost, options: RememberOptions | undefined): Promise<RememberTokens | undefined> {
  if (options === undefined) return undefined;
  const line = "export const RememberToken = rememberTokenModel();";
  const model = findTable(host, "gable_remember_tokens", "The accounts have the option remember", line);
  const { RememberTokens } = await import("./remember/remember-tokens.ts");
  // The table is that of rememberTokenModel().
  return new RememberTokens(model as ReturnType<typeof rememberTokenModel>, options, () => Date.now());
}

/** Opens the second factors, where the accounts have the option. */
async function openTwoFactors(host: PartHost, options: TwoFactorOptions | undefined, database: Database): Promise<TwoFactors | undefined> {
  if (options === undefined) return undefined;
  const line = "export const { TwoFactor, RecoveryCode } = twoFactorModels();";
  const find = (table: string): unknown => findTable(host, table, "The accounts have the option twoFactor", line);
  // The tables are those of twoFactorModels().
  const models = { TwoFactor: find("gable_two_factors"), RecoveryCode: find("gable_recovery_codes") } as TwoFactorModels;
  const { TwoFactors } = await import("./two-factor/two-factor.ts");
  const { keyring } = host.part(secretsPart);
  return new TwoFactors({ database, models, keyring, issuer: options.issuer, now: () => Date.now() });
}

/** Opens the providers, where the accounts have some. */
async function openProviders(
  host: PartHost,
  options: Readonly<Record<string, ProviderOptions>> | undefined,
  { origin, database }: { readonly origin: string | undefined; readonly database: Database },
): Promise<Providers | undefined> {
  if (options === undefined) return undefined;
  if (origin === undefined)
    throw setupError("Providers send visitors back, and gable() has no origin.", 'Pass origin to gable(), such as "https://example.com".');
  const line = "export const Identity = identityModel();";
  const model = findTable(host, "gable_identities", "The accounts have the option providers", line);
  const [{ OpenidProvider }, { Providers }] = await Promise.all([import("./providers/openid.ts"), import("./providers/providers.ts")]);
  const byName = await OpenidProvider.open(options);
  // The table is that of identityModel().
  return new Providers({ byName, origin, model: model as ReturnType<typeof identityModel>, database });
}

/** Finds the model of a table. Throws `E_ACCOUNTS_SETUP` with the line that is missing. */
function findTable(host: PartHost, table: string, reason: string, line: string): unknown {
  const found = host.find(databasesPart)?.findModel(table);
  if (found !== undefined) return found.model;
  throw setupError(`${reason}, and no model has the table ${table}.`, `Export it from your models: ${line}`);
}

function setupError(message: string, fix: string): GableError {
  return new GableError("E_ACCOUNTS_SETUP", message, { fix });
}

function assertAccounts(accounts: unknown): void {
  if (typeof accounts === "object" && accounts !== null && "routes" in accounts && "guards" in accounts) return;
  throw optionInvalid("gable()", "accounts", accounts, "the value of defineAccounts()");
}
