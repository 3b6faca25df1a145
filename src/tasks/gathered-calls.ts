/** Calls that come at the same time, done together: one statement for many rows costs little more than for one. */
import { isGableError } from "../errors/gable-error.ts";

/** One call that waits. */
interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Gathers the calls of one turn of the event loop. */
export class GatheredCalls<Item, Result> {
  readonly #run: (items: readonly Item[]) => Promise<readonly Result[]>;
  #waiting: Waiting<Item, Result>[] = [];

  /** `run` returns the results in the order of the items. */
  constructor(run: (items: readonly Item[]) => Promise<readonly Result[]>) {
    this.#run = run;
  }

  /** Returns what `run` returns for this item. */
  call(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => void this.#flush());
      this.#waiting.push({ item, resolve, reject });
    });
  }

  async #flush(): Promise<void> {
    const calls = this.#waiting;
    this.#waiting = [];
    try {
      const results = await this.#run(calls.map(({ item }) => item));
      for (const [index, { resolve }] of calls.entries()) resolve(results[index]!);
    } catch (error) {
      // One wrong row fails the statement of all. Any other error, such as a lost connection, is that of every call.
      const isOfOne = calls.length > 1 && isGableError(error) && error.code === "E_VALIDATION";
      for (const { item, resolve, reject } of calls)
        if (isOfOne) await this.#run([item]).then(([result]) => resolve(result!), reject);
        else reject(error);
    }
  }
}
