/** One worker as the supervisor sees it: a child process with a channel, and the connections it was given. */
import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { GatherRequest } from "../../channels/gathering.ts";
import type { HubRequest } from "../../channels/hub.ts";
import type { FromWorker, ToStandby, ToWorker, WorkerFacts, WorkerFailure, WorkerOrders, WorkerRole } from "./protocol.ts";

/** What a worker tells the supervisor. */
export interface WorkerHost {
  onReady(worker: WorkerProcess): void;
  onFacts(worker: WorkerProcess): void;
  onReplaceRequest(worker: WorkerProcess, reason: string, failure: WorkerFailure | undefined): void;
  /** What the tools of development send. */
  onDevelopment(event: unknown): void;
  /** The worker has added background tasks. */
  onTasks(): void;
  /** The worker uses the channels of the application. */
  onChannel(worker: WorkerProcess, request: HubRequest): void;
  /** The metrics of the worker ask or answer. */
  onGather(worker: WorkerProcess, request: GatherRequest): void;
  /** The process has ended; connections that it had not taken over are given back first. */
  onExit(worker: WorkerProcess): void;
  /** A connection that the worker never took over. */
  onReturned(socket: Socket): void;
}

/** How a worker is started. */
export interface WorkerStart {
  readonly orders: WorkerOrders;
  readonly execArgv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** A process that stands by, and becomes this worker. Without one, a process is forked. */
  readonly standby?: ChildProcess | undefined;
}

/** Life of a worker; it only moves forward. */
export type WorkerState = "starting" | "ready" | "draining" | "dead";

/** The program of workers: next to this file in the repository, at its own place in the package, where this file is part of a bundle. */
const entry = fileURLToPath(
  import.meta.url.endsWith(".ts")
    ? new URL("./worker-main.ts", import.meta.url)
    : new URL("dist/server/supervisor/worker-main.js", import.meta.resolve("gable/package.json")),
);

/** Forks a process of a worker: with its orders, or with none for a process that stands by. */
export function forkWorker({ execArgv, env }: Omit<WorkerStart, "orders" | "standby">, orders?: WorkerOrders): ChildProcess {
  return fork(entry, orders === undefined ? [] : [JSON.stringify(orders)], {
    execArgv: [...execArgv],
    env,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}

/** A worker process. */
export class WorkerProcess {
  state: WorkerState = "starting";
  readonly generation: number;
  readonly role: WorkerRole;
  /** Whether the application has background tasks for a separate process; known when it is ready. */
  hasTasks = false;
  readonly startedAt = performance.now();
  readyAt: number | undefined;
  lastBeatAt = performance.now();
  facts: WorkerFacts = { connections: 0, requests: 0, rssBytes: 0, loopDelayMs: 0 };
  failure: WorkerFailure | undefined;
  /** Exit code or signal; undefined while it lives. */
  ended: string | undefined;
  /** Whether it ended because it was asked to. */
  wasAsked = false;
  /** Whether the supervisor has asked for a replacement already. */
  isReplaced = false;
  /** Whether it has its orders: a process that stood by may have died before. */
  #hasBegun: boolean;
  readonly #child: ChildProcess;
  readonly #host: WorkerHost;
  /** Connections that were sent and not taken over yet. */
  readonly #sent = new Map<number, Socket>();
  #givenSinceBeat = 0;

  constructor(host: WorkerHost, { orders, standby, ...start }: WorkerStart) {
    this.#host = host;
    this.generation = orders.generation;
    this.role = orders.role;
    this.#hasBegun = standby === undefined;
    this.#child = standby ?? forkWorker(start, orders);
    if (standby !== undefined) {
      const begin: ToStandby = { kind: "begin", orders };
      standby.send(begin, () => undefined);
    }
    // Only our own entry sends on this channel.
    this.#child.on("message", (message) => this.#onMessage(message as FromWorker));
    this.#child.on("error", (error) => (this.failure ??= { message: error.message, code: undefined, fix: undefined, stack: error.stack }));
    this.#child.once("exit", (code, signal) => this.#onExit(signal ?? `exit code ${code}`));
    // A fork that fails has no exit.
    if (this.#child.pid === undefined) this.#child.once("error", () => this.#onExit("it could not be started"));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Whether it takes connections: the channel of a killed process may close before its exit is known. */
  get takesConnections(): boolean {
    return this.state === "ready" && this.#child.connected;
  }

  /** Connections that it has, and those handed over to it. */
  get load(): number {
    return this.facts.connections + this.#givenSinceBeat;
  }

  #onMessage(message: FromWorker): void {
    switch (message.kind) {
      case "begun":
        this.#hasBegun = true;
        return;
      case "ready":
        this.readyAt = performance.now();
        this.lastBeatAt = this.readyAt;
        this.hasTasks = message.hasTasks;
        if (this.state === "starting") this.state = "ready";
        return this.#host.onReady(this);
      case "failed":
        this.failure = message.failure;
        return;
      case "took":
        for (const id of message.ids) this.#drop(id);
        return;
      case "beat":
        this.lastBeatAt = performance.now();
        this.#givenSinceBeat = this.#sent.size;
        this.facts = message;
        return this.#host.onFacts(this);
      case "tasks":
        return this.#host.onTasks();
      case "replaceMe":
        return this.#host.onReplaceRequest(this, message.reason, message.failure);
      case "development":
        return this.#host.onDevelopment(message.event);
      case "channel":
        return this.#host.onChannel(this, message.message);
      case "gather":
        return this.#host.onGather(this, message.message);
    }
  }

  /** The worker has the connection: this process lets go of its copy of the descriptor. */
  #drop(id: number): void {
    this.#sent.get(id)?.destroy();
    this.#sent.delete(id);
  }

  /** Hands a connection over; it comes back through `onReturned` if the worker cannot take it. */
  give(id: number, socket: Socket, isReturned: boolean): void {
    this.#sent.set(id, socket);
    this.#givenSinceBeat++;
    const message: ToWorker = { kind: "connection", id, isReturned };
    this.#child.send(message, socket, { keepOpen: true }, (error) => {
      // Later, because Node reports a closed channel before it looks for events again, such as the exit of the process.
      if (error !== null && this.#sent.delete(id)) setImmediate(() => this.#host.onReturned(socket));
    });
  }

  /** Lets the worker end what it has; it exits when it is done. */
  drain(graceMs: number, idleMs: number | null): void {
    if (this.state === "dead") return;
    this.state = "draining";
    this.send({ kind: "drain", graceMs, idleMs });
  }

  /** Sends a message, if the worker can still hear it. */
  send(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** Ends a process that nobody needs any more, without its consent. */
  discard(): void {
    if (this.state !== "dead") this.state = "draining";
    this.kill();
  }

  /** Ends the process without its consent. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  #onExit(ended: string): void {
    if (this.state === "dead") return;
    this.ended = ended;
    this.wasAsked = this.state === "draining";
    this.state = "dead";
    const returned = [...this.#sent.values()];
    this.#sent.clear();
    for (const socket of returned) this.#host.onReturned(socket);
    this.#host.onExit(this);
  }
}
