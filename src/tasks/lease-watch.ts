/**
 * Decides which leases have ended when clocks cannot be trusted. A clock that is set forward by an hour ends all leases at the same time,
 * although their workers live. Workers renew their leases, so one that does not change for longer than that belongs to a worker that has ended.
 */

/** Length of a lease, in ms. */
export const leaseMs = 60_000;
/** How far apart two sweeps and two clocks that agree may be, in ms. */
const slackMs = 5_000;

/** A lease of a running task. */
export interface WatchedLease {
  readonly id: string;
  readonly token: string | null;
  /** When it ends, in ms since 1970. */
  readonly until: number;
}

/** Which leases a sweep has to read. */
export interface WatchedTimes {
  /** Those that end until then: they have ended, or do so soon. */
  readonly until: number;
  /** Those that end after this: no lease is that long, so a clock was set back. */
  readonly after: number;
}

/** What a sweep says about leases. */
export interface LeaseRule {
  /** The current time. */
  readonly now: number;
  /** How long a lease must have been seen without a change, in ms. With 0, its time decides. */
  readonly unchangedMs: number;
}

/** Returns which leases a sweep has to read. */
export function toWatchedTimes({ now, unchangedMs }: LeaseRule): WatchedTimes {
  return { until: unchangedMs === 0 ? now : now + unchangedMs + slackMs, after: now + leaseMs + slackMs };
}

/** The leases that one queue object has seen at its last sweep. */
export class LeaseWatch {
  readonly #passed: () => number;
  #seen = new Map<string, WatchedLease & { readonly since: number }>();

  /** `passed` counts ms. Unlike the clock, it cannot be set. */
  constructor(passed: () => number = () => performance.now()) {
    this.#passed = passed;
  }

  /** Returns those of the leases within {@link toWatchedTimes} that have ended. */
  selectEnded<Lease extends WatchedLease>(leases: readonly Lease[], rule: LeaseRule): Lease[] {
    const { now, unchangedMs } = rule;
    const { after } = toWatchedTimes(rule);
    const passed = this.#passed();
    const seen = new Map<string, WatchedLease & { readonly since: number }>();
    const ended = leases.filter(({ id, token, until }) => {
      const before = this.#seen.get(id);
      const since = before !== undefined && before.token === token && before.until === until ? before.since : passed;
      seen.set(id, { id, token, until, since });
      return passed - since >= unchangedMs && (until <= now || (unchangedMs > 0 && until > after));
    });
    this.#seen = seen;
    return ended;
  }
}
