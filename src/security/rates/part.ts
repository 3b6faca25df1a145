/** Rate limits as a part of an application. */
import type { AppDatabases } from "../../data/application/app-databases.ts";
import { databasesPart } from "../../data/part.ts";
import { GableError } from "../../errors/gable-error.ts";
import { assertKnownOptions, optionInvalid } from "../../errors/option-errors.ts";
import { definePart } from "../../parts/part.ts";
import { memoryRates } from "./memory-rates.ts";
import type { RateStore } from "./rate.ts";
import { Rates } from "./rates.ts";

/** Where rate limits are counted. */
export interface RateLimitsOptions {
  /**
   * The memory of the process, the table of `rateModel()`, or another store such as `redisRates()`. With several processes, each
   * memory counts on its own. Default: "database" when the models have a `rateModel()`, else "memory".
   */
  readonly store?: "memory" | "database" | RateStore;
}

/** The option of `gable()` for the store of rate limits. */
export interface RateLimitsSetting {
  /** Where the limits `limits: { rate }` are counted. Default in memory. */
  rateLimits?: RateLimitsOptions;
}

const optionNames: Readonly<Record<keyof RateLimitsOptions, true>> = { store: true };
const storeNames: readonly unknown[] = [undefined, "memory", "database"];

/** Gives requests `context.rateLimits`, and counts the requests of routes with `limits: { rate }`. */
export const ratesPart = definePart({
  name: "rate-limits",
  option: {
    names: { rateLimits: true },
    check: ({ rateLimits = {} }: RateLimitsSetting) => assertOptions(rateLimits),
    // Counting in memory needs no option, and costs nothing before a limit counts.
    isEnabled: () => true,
  },
  start: async (host, { rateLimits = {} }): Promise<Rates> => {
    const store = await findStore(rateLimits.store, host.find(databasesPart));
    await store?.open?.();
    return new Rates(store ?? memoryRates(), host.logger, store !== undefined);
  },
});

async function findStore(store: RateLimitsOptions["store"], databases: AppDatabases | undefined): Promise<RateStore | undefined> {
  if (typeof store === "object") return store;
  const found = store === "memory" ? undefined : databases?.findModel("gable_rates");
  if (found !== undefined) {
    const { databaseRates } = await import("./database-rates.ts");
    // The table is that of rateModel().
    return databaseRates(found.database, found.model as Parameters<typeof databaseRates>[1]);
  }
  if (store !== "database") return undefined;
  throw new GableError("E_RATE_STORE", "The rate limits are to be in the database, and no model has the table gable_rates.", {
    fix: 'Export one from your models: export const RateCount = rateModel(); import it from "gable/security".',
  });
}

function assertOptions(options: RateLimitsOptions): void {
  if (typeof options !== "object" || options === null) throw optionInvalid("gable()", "rateLimits", options, "an object");
  assertKnownOptions("gable() rateLimits", options, Object.keys(optionNames));
  const { store } = options;
  const isStore = typeof store === "object" && store !== null && "take" in store && typeof store.take === "function";
  if (!isStore && !storeNames.includes(store))
    throw optionInvalid("gable() rateLimits", "store", store, '"memory", "database", or a store such as redisRates()');
}
