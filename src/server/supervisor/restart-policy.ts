/** When a worker that died is started again, and when the supervisor gives up. */

/** A death of a worker. */
export interface WorkerDeath {
  /** Whether it had been ready. */
  readonly wasReady: boolean;
  /** How long it lived after it was ready, in milliseconds; 0 when it never was. */
  readonly livedMs: number;
  /** Time of the death on the monotonic clock, in milliseconds. */
  readonly at: number;
}

const shortLifeMs = 1000;
const firstDelayMs = 100;
const delayMsMax = 5000;
const deathsMax = 5;
const windowMs = 60_000;

/** Decides about restarts: the same deaths give the same decisions. */
export class RestartPolicy {
  #delayMs = 0;
  #bootDeaths: number[] = [];

  /** Returns the delay before the next start, in milliseconds; undefined after five deaths before ready within 60 s. */
  delayAfter({ wasReady, livedMs, at }: WorkerDeath): number | undefined {
    if (wasReady && livedMs >= shortLifeMs) {
      this.#delayMs = 0;
      return 0;
    }
    if (!wasReady) {
      this.#bootDeaths = [...this.#bootDeaths.filter((death) => at - death < windowMs), at];
      if (this.#bootDeaths.length >= deathsMax) return undefined;
    }
    this.#delayMs = Math.min(this.#delayMs === 0 ? firstDelayMs : this.#delayMs * 2, delayMsMax);
    return this.#delayMs;
  }
}
