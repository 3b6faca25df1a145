/**
 * Threads that compute hashes. A hash takes a whole core for about 20 ms: on Linux, the threads give way to the event loop, so that other
 * requests do not wait on a machine whose cores all hash. Where other work leaves them no time, the thread pool of Node computes the hash.
 */
import * as crypto from "node:crypto";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";

/** A hash to compute: the name of a function of `node:crypto`, and its arguments. */
export type HashWork =
  | {
      readonly name: "argon2Sync";
      readonly arguments: readonly [
        "argon2id",
        { message: Uint8Array; nonce: Uint8Array; parallelism: number; tagLength: number; memory: number; passes: number },
      ];
    }
  | {
      readonly name: "scryptSync";
      readonly arguments: readonly [Uint8Array, Uint8Array, number, { N: number; r: number; p: number; maxmem: number }];
    };

/** A thread without work ends after this time. */
const idleMs = 60_000;
/** A hash that takes longer gets no time: it is computed a second time, with the priority of the process. */
const lateMsUsual = 500;

// The program of a thread: a string, so that it needs neither a separate file nor a loader. Priorities of threads exist on Linux only:
// elsewhere, this id could be that of another process.
const program = `
const { parentPort } = require("node:worker_threads");
const crypto = require("node:crypto");
try {
  if (process.platform === "linux") {
    const thread = require("node:fs").readlinkSync("/proc/thread-self");
    const { constants, setPriority } = require("node:os");
    setPriority(Number(thread.slice(thread.lastIndexOf("/") + 1)), constants.priority.PRIORITY_LOW);
  }
} catch {}
parentPort.on("message", (work) => parentPort.postMessage(crypto[work.name](...work.arguments)));
`;

type Argon2Arguments = Extract<HashWork, { readonly name: "argon2Sync" }>["arguments"];
interface Argon2Module {
  readonly argon2: (...given: [...Argon2Arguments, done: (error: Error | null, hash: Uint8Array) => void]) => void;
}

const { argon2 } = crypto as unknown as Argon2Module; // The types of Node 22 lack what Node has since 24.7.

/** Computes a hash on the thread pool of Node. */
export function computeInPool(work: HashWork): Promise<Uint8Array> {
  if (work.name === "argon2Sync") return promisify(argon2)(...work.arguments);
  return promisify<Uint8Array, Uint8Array, number, crypto.ScryptOptions, Uint8Array>(crypto.scrypt)(...work.arguments);
}

/** Computes hashes outside of the main thread: as many at a time as are asked for. */
export class HashThreads {
  readonly #lateMs: number;
  #idle: readonly HashThread[] = [];
  /** How many threads take longer than they should. */
  #late = 0;

  constructor(lateMs: number = lateMsUsual) {
    this.#lateMs = lateMs;
  }

  async compute(work: HashWork): Promise<Uint8Array> {
    if (this.#late > 0) return computeInPool(work);
    // Undefined where a thread cannot start or ends: the pool computes the hash, or throws its error.
    const computed = this.#computeInThread(work).catch(() => undefined);
    const hash = await inTime(computed, this.#lateMs);
    if (hash !== undefined) return hash;
    this.#late++;
    void computed.then(() => this.#late--);
    return computeInPool(work);
  }

  async #computeInThread(work: HashWork): Promise<Uint8Array> {
    const thread = this.#idle.at(-1) ?? new HashThread(() => this.#forget(thread));
    this.#forget(thread);
    const hash = await thread.compute(work);
    this.#idle = [...this.#idle, thread];
    return hash;
  }

  #forget(thread: HashThread): void {
    this.#idle = this.#idle.filter((each) => each !== thread);
  }
}

/** Returns what a promise gives in this time, otherwise undefined. */
async function inTime<Result>(promise: Promise<Result>, ms: number): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), ms)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A thread that computes one hash at a time. It ends after a minute without work. */
class HashThread {
  readonly #worker = new Worker(program, { eval: true, env: {}, execArgv: [], stdout: false, stderr: false });
  /** Called when it takes no more work. */
  readonly #onEnd: () => void;
  #waiting: PromiseWithResolvers<Uint8Array> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
    this.#worker.unref();
    this.#worker.on("message", (hash: Uint8Array) => this.#waiting?.resolve(hash));
    this.#worker.on("error", (error) => this.#end(error));
    this.#worker.on("exit", () => this.#end(new Error("The thread that hashes passwords has ended.")));
  }

  async compute(work: HashWork): Promise<Uint8Array> {
    clearTimeout(this.#timer);
    this.#waiting = Promise.withResolvers();
    // Only work keeps the process alive.
    this.#worker.ref();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- no window
    this.#worker.postMessage(work);
    const hash = await this.#waiting.promise;
    this.#worker.unref();
    this.#timer = setTimeout(() => {
      this.#onEnd();
      void this.#worker.terminate();
    }, idleMs).unref();
    return hash;
  }

  #end(error: unknown): void {
    clearTimeout(this.#timer);
    this.#onEnd();
    this.#waiting?.reject(error);
  }
}
