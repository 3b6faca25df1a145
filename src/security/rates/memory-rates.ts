/** Rate limits in the memory of the process: for applications of one process. */
import type { RateRule, RateStore, RateVerdict } from "./rate.ts";
import { decide } from "./rate.ts";

const keysMax = 100_000;
const sweepEvery = 1_000;

/** Creates a store in memory. It holds at most 100,000 keys, and then forgets those that came first. */
export function memoryRates(): RateStore {
  return new MemoryRates();
}

class MemoryRates implements RateStore {
  readonly isLocal = true;
  readonly #paidAtUs = new Map<string, number>();
  #taken = 0;

  take(key: string, rule: RateRule, nowUs: number): RateVerdict {
    if (++this.#taken % sweepEvery === 0) this.deleteExpired(nowUs, sweepEvery * 2);
    const stored = this.#paidAtUs.get(key);
    const verdict = decide(stored, rule, nowUs);
    // What is refused changes nothing, unless the clock was put back.
    if (verdict.paidAtUs === stored) return verdict;
    // Removed and added again, so that the keys are in the order of their last request.
    this.#paidAtUs.delete(key);
    this.#paidAtUs.set(key, verdict.paidAtUs);
    if (this.#paidAtUs.size > keysMax) this.#dropFirst();
    return verdict;
  }

  reset(key: string): void {
    this.#paidAtUs.delete(key);
  }

  deleteExpired(nowUs: number, rowsMax: number): number {
    let count = 0;
    let seen = 0;
    for (const [key, paidAtUs] of this.#paidAtUs) {
      if (count >= rowsMax || ++seen > rowsMax * 2) break;
      if (paidAtUs <= nowUs) count += Number(this.#paidAtUs.delete(key));
    }
    return count;
  }

  #dropFirst(): void {
    const first = this.#paidAtUs.keys().next();
    if (first.done !== true) this.#paidAtUs.delete(first.value);
  }
}
