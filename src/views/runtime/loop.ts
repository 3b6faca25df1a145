/** Implements loops of template files and their loop variables. */
import { toIterable } from "./semantics.ts";

/** What a loop can iterate over. */
export type Each<Item> = Iterable<Item> | null | undefined;

/** The item type; any type if nothing is known. */
export type ItemOf<Given> = 0 extends 1 & Given
  ? any
  : NonNullable<Given> extends Iterable<infer Item> | AsyncIterable<infer Item>
    ? Item
    : never;

/** The item type of an async loop, which waits for each item. */
export type ComingItemOf<Given> = Awaited<ItemOf<Given>>;

/** The loop variable: position, neighbours, length. */
export class Loop<Item> implements Iterable<Item> {
  readonly #items: readonly Item[];
  #index = -1;
  #last: unknown[] | undefined;
  /** Recursion depth of this loop, from 1. */
  readonly depth: number;

  constructor(items: Each<Item>, depth = 1) {
    this.#items = Array.isArray(items) ? items : [...toIterable(items)];
    this.depth = depth;
  }

  *[Symbol.iterator](): Generator<Item> {
    for (const item of this.#items) {
      this.#index++;
      yield item;
    }
  }

  /** Whether there were no items. */
  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** Position, from 1. */
  get index(): number {
    return this.#index + 1;
  }

  /** Position, from 0. */
  get index0(): number {
    return this.#index;
  }

  /** Number of items left, including this one. */
  get revindex(): number {
    return this.#items.length - this.#index;
  }

  /** Number of items after this one. */
  get revindex0(): number {
    return this.#items.length - this.#index - 1;
  }

  /** Whether this is the first item. */
  get first(): boolean {
    return this.#index === 0;
  }

  /** Whether this is the last item. */
  get last(): boolean {
    return this.#index === this.#items.length - 1;
  }

  /** Number of items. */
  get length(): number {
    return this.#items.length;
  }

  /** Recursion depth, from 0. */
  get depth0(): number {
    return this.depth - 1;
  }

  /** The previous item; undefined at the first. */
  get previtem(): Item | undefined {
    return this.#items[this.#index - 1];
  }

  /** The next item; undefined at the last. */
  get nextitem(): Item | undefined {
    return this.#items[this.#index + 1];
  }

  /** Returns one of the values in rotation. */
  cycle<Value>(...values: Value[]): Value | undefined {
    return values[this.#index % values.length];
  }

  /** Whether the values differ from those of the last call. */
  changed(...values: unknown[]): boolean {
    const isSame = isSameList(values, this.#last);
    this.#last = values;
    return !isSame;
  }
}

/** The loop variable of async items, whose number is unknown. */
export class AsyncLoop<Item> {
  #index = -1;
  #item: Item | undefined;
  #previous: Item | undefined;
  #last: unknown[] | undefined;
  /** Whether the loop was left. */
  isStopped = false;
  /** Recursion depth, from 1. */
  readonly depth = 1;
  /** Recursion depth, from 0. */
  readonly depth0 = 0;

  /** Moves on to an item. */
  next(item: Item): void {
    this.#index++;
    this.#previous = this.#item;
    this.#item = item;
  }

  /** Leaves the loop after this item. */
  stop(): void {
    this.isStopped = true;
  }

  /** Position, from 1. */
  get index(): number {
    return this.#index + 1;
  }

  /** Position, from 0. */
  get index0(): number {
    return this.#index;
  }

  /** Whether this is the first item. */
  get first(): boolean {
    return this.#index === 0;
  }

  /** The previous item; undefined at the first. */
  get previtem(): Item | undefined {
    return this.#previous;
  }

  /** Returns one of the values in rotation. */
  cycle<Value>(...values: Value[]): Value | undefined {
    return values[this.#index % values.length];
  }

  /** Whether the values differ from those of the last call. */
  changed(...values: unknown[]): boolean {
    const isSame = isSameList(values, this.#last);
    this.#last = values;
    return !isSame;
  }
}

function isSameList(values: readonly unknown[], last: readonly unknown[] | undefined): boolean {
  return last !== undefined && values.length === last.length && values.every((value, index) => value === last[index]);
}
