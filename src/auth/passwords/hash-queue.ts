/** Hashing takes memory and a whole core: only a few hashes are computed at the same time. */
import { GableError } from "../../errors/gable-error.ts";

/** How much is hashed at the same time. */
export interface HashQueueOptions {
  /** Hashes that are computed at the same time. Default 2. */
  readonly runningMax?: number;
  /** Hashes that wait. Default 32. */
  readonly waitingMax?: number;
}

/** Runs work in turn, and refuses what would wait too long. */
export class HashQueue {
  readonly #runningMax: number;
  readonly #waitingMax: number;
  readonly #waiting: Array<() => void> = [];
  #running = 0;

  constructor({ runningMax = 2, waitingMax = 32 }: HashQueueOptions = {}) {
    this.#runningMax = runningMax;
    this.#waitingMax = waitingMax;
  }

  /** Runs work when it is its turn. Throws `E_PASSWORD_BUSY` (503) when too many wait already. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= this.#runningMax) await this.#wait();
    else this.#running++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The next one takes this place.
      if (next === undefined) this.#running--;
      else next();
    }
  }

  #wait(): Promise<void> {
    if (this.#waiting.length >= this.#waitingMax)
      throw new GableError("E_PASSWORD_BUSY", `${this.#waitingMax} passwords are waiting to be checked already.`, {
        headers: [["retry-after", "2"]],
      });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
