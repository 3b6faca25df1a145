/** What has arrived on a live connection, and tests that wait for more. */
import { inspect } from "node:util";
import type { GableError } from "gable";
import { testError } from "../test-error.ts";

/** How long a test waits by default, in milliseconds. */
const waitMsDefault = 5_000;
/** Longest time of a timer of Node, in milliseconds: with more it would end immediately. */
const waitMsMax = 2 ** 31 - 1;
const shownMax = 5;
const shownCharactersMax = 100;

/** How long a test waits. */
export interface LiveWaitOptions {
  /** Longest wait, in milliseconds, at most 2,147,483,647. Default 5,000. */
  timeoutMs?: number;
}

/** Items in the order in which they came. */
export class Arrivals<Item, End> {
  /** What is shown, such as `The WebSocket /chat`. */
  readonly #owner: string;
  readonly #noun: string;
  readonly #show: (item: Item) => string;
  readonly #all: Item[] = [];
  /** What looks again when something has come. */
  readonly #waiting = new Set<() => void>();
  #takenCount = 0;
  #end: { readonly value: End; readonly how: string } | undefined;
  #error: unknown;

  constructor({ owner, noun, show }: { readonly owner: string; readonly noun: string; readonly show: (item: Item) => string }) {
    this.#owner = owner;
    this.#noun = noun;
    this.#show = show;
  }

  /** All items so far, taken or not. */
  get all(): readonly Item[] {
    return this.#all;
  }

  /** Whether nothing more comes. */
  get isOver(): boolean {
    return this.#end !== undefined || this.#error !== undefined;
  }

  add(item: Item): void {
    this.#all.push(item);
    this.#wake();
  }

  /** Nothing more comes; `how` says why, as in "closed with 1000". */
  end(value: End, how: string): void {
    this.#end ??= { value, how };
    this.#wake();
  }

  /** Nothing more comes, because of an error that waiting tests get. */
  fail(error: unknown): void {
    if (this.#end === undefined) this.#error ??= error;
    this.#wake();
  }

  /** Takes the next item. Throws `E_TEST_LIVE` when the connection ends before it comes, and after the timeout. */
  async next(call: string, options: LiveWaitOptions = {}): Promise<Item> {
    const index = this.#takenCount++;
    try {
      await this.#until(() => index < this.#all.length || this.isOver, `no ${this.#noun}`, call, options);
    } catch (error) {
      this.#takenCount--;
      throw error;
    }
    const item = this.#all[index];
    if (index < this.#all.length) return item!; // It may be an empty string.
    this.#takenCount--;
    if (this.#error !== undefined) throw this.#error as Error; // What an application throws is passed on as it is.
    throw this.#refuse(`${this.#end?.how ?? "ended"} before another ${this.#noun} came`);
  }

  /** Takes what has come and was not taken. */
  takeRest(): Item[] {
    const rest = this.#all.slice(this.#takenCount);
    this.#takenCount = this.#all.length;
    return rest;
  }

  /** Waits until nothing more comes. Throws `E_TEST_LIVE` after the timeout. */
  async ended(call: string, options: LiveWaitOptions = {}): Promise<End> {
    await this.#until(() => this.isOver, "no end", call, options);
    if (this.#error !== undefined) throw this.#error as Error; // As above.
    return this.#end!.value; // It is over without an error.
  }

  #until(check: () => boolean, missing: string, call: string, { timeoutMs = waitMsDefault, ...others }: LiveWaitOptions): Promise<void> {
    const unknown = Object.keys(others)[0];
    if (unknown !== undefined) throw testError("E_TEST_SETUP", `${call} has no option "${unknown}".`, 'Write "timeoutMs".');
    if (!(typeof timeoutMs === "number" && timeoutMs > 0 && timeoutMs <= waitMsMax))
      throw testError("E_TEST_SETUP", `${call}: timeoutMs is ${inspect(timeoutMs)}.`, `Pass milliseconds above 0, at most ${waitMsMax}.`);
    if (check()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (check()) finish(resolve);
      };
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        settle();
      };
      const giveUp = (): void => finish(() => reject(this.#refuse(`got ${missing} within ${timeoutMs} ms`)));
      const timer = setTimeout(giveUp, timeoutMs);
      this.#waiting.add(look);
    });
  }

  #wake(): void {
    for (const look of this.#waiting) look();
  }

  #refuse(what: string): GableError {
    const count = this.#all.length;
    const shown = this.#all.slice(-shownMax).map((item) => shorten(this.#show(item)));
    const before =
      count === 0
        ? `It got no ${this.#noun} at all.`
        : `It got ${count} so far${count > shownMax ? `, the last ${shownMax}` : ""}: ${shown.join(", ")}.`;
    return testError("E_TEST_LIVE", `${this.#owner} ${what}. ${before}`);
  }
}

function shorten(text: string): string {
  return text.length > shownCharactersMax ? `${text.slice(0, shownCharactersMax)}...` : text;
}
