/** Checks of accounts and of rate limits, and how passwords are stored. */
import type { ApplicationFacts } from "gable";
import { createPasswordHasher } from "gable/auth";
import type { AccountModel } from "gable/auth";
import type { Databases } from "gable/data";
import { isModel } from "gable/data";
import type { Check, CheckSubject } from "./check.ts";
import { ofOptions } from "./check.ts";
import { hasSeveralWorkers } from "./processes.ts";

/** How the passwords of some accounts are stored. */
export interface AccountFacts {
  /** Number of accounts that were looked at, the newest first. */
  readonly looked: number;
  /** Those whose hash this Node cannot check: nobody can sign in to them. */
  readonly unsupported: number;
  /** Those whose hash is weaker than a new one. */
  readonly weak: number;
}

/** Most accounts that are looked at: a check must be quick. */
const accountsMax = 1_000;

/** Reads how passwords are stored; undefined for an application without accounts. Changes nothing. */
export async function readAccounts({ options }: ApplicationFacts, databases: Databases): Promise<AccountFacts | undefined> {
  const { user, foreignHashes, hashCost } = options.accounts?.options ?? {};
  if (user === undefined) return undefined;
  for (const name of databases.names) {
    const database = databases.get(name);
    const model = database.models.find(({ $meta }) => $meta.table === user.$table);
    if (model === undefined) continue;
    const hasher = createPasswordHasher({ ...(foreignHashes && { foreign: foreignHashes }), ...(hashCost && { cost: hashCost }) });
    // defineAccounts() has found its columns.
    const users = model as unknown as AccountModel;
    return databases.run(() =>
      database.run(async () => {
        const rows = await users.where({}).orderBy("-id").limit(accountsMax);
        const judged = rows.map(({ password }) => hasher.judge(password));
        const count = (worth: string): number => judged.filter((each) => each === worth).length;
        return { looked: rows.length, unsupported: count("unsupported"), weak: count("weak") };
      }),
    );
  }
  return undefined;
}

function ofLooked({ looked }: AccountFacts): string {
  return looked === accountsMax ? `the newest ${accountsMax.toLocaleString("en")} accounts` : `${looked} accounts`;
}

/** The last part of an address at which visitors sign in. */
const signInPath = /\/(?:log-?in|sign-?in)$/i;

/** Whether all counters of rate limits are in the memory of one process. */
function areRatesInMemory({ rateLimits: { store } = {} }: CheckSubject["facts"]["options"], models: unknown): boolean {
  if (typeof store === "object") return store.isLocal === true;
  if (store === "memory") return true;
  return store === undefined && !Object.values(models ?? {}).some((model: unknown) => isModel(model) && model.$table === "gable_rates");
}

/** The checks. */
export const accountChecks: readonly Check[] = [
  {
    id: "accounts.throttle-off",
    level: "error",
    // The routes of defineAccounts() always have a throttle.
    run: ({ facts: { options, routes } }) =>
      options.session === undefined || options.accounts !== undefined
        ? []
        : routes
            .filter(
              ({ method, path, rate = options.limits?.rate ?? false }) => method === "POST" && rate === false && signInPath.test(path),
            )
            .map(({ path }) => ({
              message: `POST ${path} has no rate limit: a program can try passwords without end.`,
              fix: "Add limits: { rate: { requestsMax: 10, windowSeconds: 60 } } to the route, or use defineAccounts().",
            })),
  },
  ofOptions("accounts.hash-unsupported", "error", (_options, { accounts }) =>
    accounts === undefined || accounts.unsupported === 0
      ? undefined
      : {
          message: `${accounts.unsupported} of ${ofLooked(accounts)} have a password hash that this Node cannot check: nobody can sign in to them.`,
          fix: "Run Node 24.7 or later, which has argon2id, or pass foreignHashes to defineAccounts().",
        },
  ),
  ofOptions("accounts.hash-weak", "warning", (_options, { accounts }) =>
    accounts === undefined || accounts.weak === 0
      ? undefined
      : {
          message: `${accounts.weak} of ${ofLooked(accounts)} have a weaker password hash than a new one would be.`,
          fix: "Each is replaced when its user signs in. Send accounts that nobody has used for long a link to set a new password.",
        },
  ),
  ofOptions("rate.shared", "warning", (options, { facts: { routes, models } }) => {
    const isLimited = options.accounts !== undefined || options.limits?.rate !== undefined || routes.some(({ rate }) => Boolean(rate));
    return isLimited && hasSeveralWorkers(options) && areRatesInMemory(options, models)
      ? {
          message: "Each process counts rate limits separately: a client can send more requests than the limits say.",
          fix: "Export a rateModel() of gable/security from your models, or pass rateLimits: { store: redisRates({ url }) }.",
        }
      : undefined;
  }),
];
