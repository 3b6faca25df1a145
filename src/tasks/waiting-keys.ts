/** Unique keys of tasks that open transactions will add to a queue elsewhere. */
import { currentContext } from "../data/run/context.ts";
import type { NewTask } from "./task-queue.ts";

/** A key that open transactions of this process wait with. */
interface WaitingKey {
  readonly holder: Promise<KeyHolder>;
  /** How many tasks wait with it. */
  count: number;
  /** Transactions that have a task with this key: they need no second one. */
  readonly transactions: WeakSet<object>;
}

/** Which task has a key: one in the queue, or the one that the first of the transactions to commit will add. */
interface KeyHolder {
  readonly id: string;
  readonly isQueued: boolean;
}

/** The place of a task of a transaction among those with its key. */
export interface KeyTurn {
  /** Id of the task that holds the key. All that wait share it: whichever commits first adds it, and the queue adds it once. */
  readonly id: string;
  /** Whether the caller has nothing to add: the queue has the task, or the transaction of the caller has. */
  readonly isAdded: boolean;
  /** Says that the transaction of the caller has the task. */
  added(): void;
  /** Says that the transaction has committed: from now on the queue knows who holds the key. */
  committed(): void;
  /** Says that the task of the caller does not wait any more. */
  gone(): void;
}

/** The keys that the open transactions of a process wait with. */
export class WaitingKeys {
  readonly #keys = new Map<string, WaitingKey>();
  readonly #findHolder: (name: string, uniqueKey: string) => Promise<string | undefined>;

  constructor(findHolder: (name: string, uniqueKey: string) => Promise<string | undefined>) {
    this.#findHolder = findHolder;
  }

  /** Takes a key for the open transaction, or finds who has it. */
  async take({ id, name }: NewTask, uniqueKey: string): Promise<KeyTurn> {
    const key = `${name}\n${uniqueKey}`;
    // Set before anything waits: of two that ask at the same time, one takes the key.
    const waiting = this.#keys.get(key) ?? this.#wait(key, id, this.#findHolder(name, uniqueKey));
    const forget = (): void => void (this.#keys.get(key) === waiting && this.#keys.delete(key));
    waiting.count++;
    let isGone = false;
    const gone = (): void => {
      if (!isGone && --waiting.count === 0) forget();
      isGone = true;
    };
    const transaction = currentContext()?.transaction;
    try {
      const holder = await waiting.holder;
      const isAdded = holder.isQueued || (transaction !== undefined && waiting.transactions.has(transaction));
      if (isAdded) gone();
      return {
        id: holder.id,
        isAdded,
        added: () => void (transaction !== undefined && waiting.transactions.add(transaction)),
        committed: () => {
          gone();
          forget();
        },
        gone,
      };
    } catch (error) {
      gone();
      throw error;
    }
  }

  #wait(key: string, id: string, asked: Promise<string | undefined>): WaitingKey {
    const holder = asked.then((found) => ({ id: found ?? id, isQueued: found !== undefined }));
    const waiting = { holder, count: 0, transactions: new WeakSet<object>() };
    this.#keys.set(key, waiting);
    return waiting;
  }
}
