/** A process that has loaded the framework, and waits to become the next worker. Only `gable dev` has one. */
import type { ChildProcess } from "node:child_process";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { FromStandby, ToStandby } from "./protocol.ts";
import { RestartPolicy } from "./restart-policy.ts";

/** What a standby loads. */
export interface StandbyLoad {
  /** Address of the module that prepares workers. */
  readonly setup: string;
  /** Addresses of modules of packages, in the order in which the last worker loaded them. None is of the application. */
  readonly modules: readonly string[];
}

/** Keeps one process ready. */
export class Standby {
  readonly #fork: () => ChildProcess;
  readonly #onStanding: ((pid: number) => void) | undefined;
  readonly #policy = new RestartPolicy();
  /** What to load; undefined when no process is wanted. */
  #load: StandbyLoad | undefined;
  #child: ChildProcess | undefined;
  /** When its process had loaded everything; undefined before. */
  #stoodAt: number | undefined;
  /** What was on the disk when its process began to load it. */
  #stamps = "";
  /** Whether a process died while it loaded modules: then the next ones leave them to the worker. */
  #isBare = false;
  #timer: NodeJS.Timeout | undefined;

  /** `fork` starts a process that waits for orders. `onStanding` is called when it has loaded everything. */
  constructor(fork: () => ChildProcess, onStanding?: (pid: number) => void) {
    this.#fork = fork;
    this.#onStanding = onStanding;
  }

  /** Process id of the process that waits; undefined while there is none, or while it loads. */
  get pid(): number | undefined {
    return this.#stoodAt === undefined ? undefined : this.#child?.pid;
  }

  /** Has a process ready soon. One that has loaded other modules is replaced. */
  prepare(load: StandbyLoad): void {
    const isSame = this.#load?.modules.join("\n") === load.modules.join("\n") && this.#load.setup === load.setup;
    if (isSame && (this.#child !== undefined || this.#timer !== undefined)) return;
    this.discard();
    if (!isSame) this.#isBare = false;
    this.#load = load;
    this.#start();
  }

  /** Takes the process for a worker. Undefined when there is none, when it still loads, or when a file has changed that it has loaded. */
  take(): ChildProcess | undefined {
    const child = this.#child;
    if (child === undefined || this.#stoodAt === undefined) return undefined;
    if (!child.connected || child.exitCode !== null || child.signalCode !== null || this.#readStamps() !== this.#stamps) {
      this.discard();
      return undefined;
    }
    // The listeners that stay only look at the process of this class. Those of Node carry the channel.
    this.#forget();
    return child;
  }

  /** Ends the process; the next call of `prepare()` starts another one. */
  discard(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const child = this.#child;
    this.#forget();
    this.#load = undefined;
    child?.kill("SIGKILL");
  }

  #start(): void {
    const { setup, modules } = this.#load!; // prepare() has set it.
    this.#stamps = this.#readStamps();
    const child = this.#fork();
    this.#child = child;
    const orders: ToStandby = { kind: "prepare", setup, modules: this.#isBare ? [] : modules };
    child.send(orders, () => undefined);
    // Only our own entry sends on this channel.
    child.on("message", (message: FromStandby) => {
      if (message.kind !== "standing" || this.#child !== child) return;
      this.#stoodAt = performance.now();
      this.#onStanding?.(child.pid!); // It has one, as it sends.
    });
    child.on("error", () => this.#onDeath(child));
    child.once("exit", () => this.#onDeath(child));
  }

  /** It is replaced, with the pauses of workers that die; one that dies again and again is given up until the next worker is ready. */
  #onDeath(child: ChildProcess): void {
    if (this.#child !== child) return;
    const at = performance.now();
    const stoodAt = this.#stoodAt;
    this.#isBare ||= stoodAt === undefined;
    this.#forget();
    const delayMs = this.#policy.delayAfter({ wasReady: stoodAt !== undefined, livedMs: stoodAt === undefined ? 0 : at - stoodAt, at });
    if (delayMs === undefined) return void (this.#load = undefined);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#start();
    }, delayMs);
  }

  #forget(): void {
    this.#child = undefined;
    this.#stoodAt = undefined;
  }

  /** A package that was installed again, or edited, must be loaded again. */
  #readStamps(): string {
    const { setup, modules } = this.#load!; // As above.
    return [setup, ...modules]
      .map((url) => {
        const facts = url.startsWith("file:") ? statSync(fileURLToPath(url), { throwIfNoEntry: false }) : undefined;
        return facts === undefined ? "" : `${facts.ino}:${facts.mtimeMs}:${facts.size}`;
      })
      .join();
  }
}
