/** Which rate limit holds for a route, and how it is checked. */
import type { RouteParent } from "../handlers/define-route.ts";
import type { RateOptions } from "../handlers/rate-options.ts";
import type { RequestLimits } from "../http/message.ts";
import type { RouteLimits } from "../handlers/handler.ts";
import { ratesPart } from "../security/rates/part.ts";
import type { RateCheck, Rates } from "../security/rates/rates.ts";

/** A rate limit, and what counts together under it. */
export interface ScopedRate {
  readonly rate: RateOptions;
  /** Limits with the same scope count together. */
  readonly scope: string;
}

/** What finding a limit needs to know of a route. */
export interface RatePlacement {
  readonly label: string;
  readonly limits: RouteLimits | undefined;
  readonly chain: readonly RouteParent[];
  /** The limit of the application. */
  readonly ofApplication: RateOptions | undefined;
}

/** Finds the innermost limit of a route: its own, that of a group, or that of the application. */
export function findRate({ label, limits, chain, ofApplication }: RatePlacement): ScopedRate | undefined {
  let prefix = "";
  let found = toScoped(ofApplication, "application");
  for (const group of chain) {
    prefix += group.prefix;
    found = inherit(found, group.options.limits?.rate, `group ${prefix}`);
  }
  return inherit(found, limits?.rate, label);
}

function inherit(outer: ScopedRate | undefined, rate: RateOptions | false | undefined, scope: string): ScopedRate | undefined {
  return rate === undefined ? outer : toScoped(rate, scope);
}

/** Returns a limit with its scope; limits with a name share it. */
export function toScoped(rate: RateOptions | false | undefined, scope: string): ScopedRate | undefined {
  if (rate === undefined || rate === false) return undefined;
  return { rate, scope: rate.name === undefined ? scope : `name ${rate.name}` };
}

/** Creates the check of a limit. `find` gives the running counters: after a second start, they are others. */
export function createRateCheck({ rate, scope }: ScopedRate, find: (part: typeof ratesPart) => Rates): RateCheck {
  let made: { readonly rates: Rates; readonly check: RateCheck } | undefined;
  return (context) => {
    const rates = find(ratesPart);
    if (made?.rates !== rates) made = { rates, check: rates.createCheck(rate, scope) };
    return made.check(context);
  };
}

/** Returns the limits without the rate, which is nothing that a server knows. */
export function withoutRate<Limits extends RequestLimits>(limits: Limits & { readonly rate?: unknown }): Omit<Limits, "rate"> {
  const { rate: _rate, ...rest } = limits;
  return rest;
}
