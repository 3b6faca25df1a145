/** The worker's side of the supervisor: serves the connections that it is given, and says how it is. */
import type { Socket } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { toErrorText } from "../../errors/error-text.ts";
import { removeKnownSecrets } from "../../errors/secret-redactor.ts";
import { isGableError } from "../../errors/gable-error.ts";
import { readStack } from "../../errors/source-place.ts";
import { isErrorValue } from "../../errors/thrown-value.ts";
import type { StopOptions } from "../serve.ts";
import type { AttachedServer } from "./connection-source.ts";
import { offerConnections } from "./connection-source.ts";
import { writeLogLine } from "./log-line.ts";
import type { FromWorker, ToWorker, WorkerFailure, WorkerOrders, WorkerSetup } from "./protocol.ts";
import type { Watchdog } from "./watchdog.ts";
import { startWatchdog } from "./watchdog.ts";

/** An application that a worker serves. */
export interface WorkerApp {
  /** Starts, and takes connections as from a port. */
  listen(options: WorkerOrders["listen"] & { quiet: boolean; signals: boolean }): Promise<{ stop(options: StopOptions): Promise<void> }>;
  /** Runs background tasks instead of serving. */
  runTasks?(): Promise<{ stop(options: StopOptions): Promise<void> }>;
  /** Whether a separate process should run its background tasks; known once it listens. */
  readonly hasTasksToRun?: boolean;
  /** Ends readiness, and replies without an end. */
  drain?(): void;
  /** Writes the log line of an error that nobody caught. Returns the route of the request that it came from. */
  reportFatal?(error: unknown, message: string): string | undefined;
  /** Returns a path without secrets, for logs. */
  toShownPath?(method: string, path: string): string;
  /** Opens log files again, where it has some. */
  reopenLogs?(): void;
}

const beatMs = 1000;
const beatsPerStall = 5;
/** Time for requests after the supervisor has ended, in milliseconds: the process has ended after five seconds. */
const orphanGraceMs = 4000;
/** What an orphan may take beyond that to end in order, in milliseconds. */
const orphanMarginMs = 500;
/** Time for the first byte on a connection that a dead worker may have read from, in milliseconds. */
const returnedMs = 1_000;
/** Acknowledgements of connections that come close together share one message. */
const tookMs = 5;

/** Runs a worker until the supervisor ends it. `load` imports the application. */
export async function runWorker(orders: WorkerOrders, load: () => Promise<WorkerApp>, setup?: WorkerSetup): Promise<void> {
  const worker = new SupervisedWorker(orders, setup);
  await worker.run(load);
}

class SupervisedWorker {
  readonly #orders: WorkerOrders;
  readonly #setup: WorkerSetup | undefined;
  #watchdog: Watchdog | undefined;
  readonly #loopDelay = monitorEventLoopDelay({ resolution: 20 });
  readonly #took: number[] = [];
  #server: AttachedServer | undefined;
  #app: WorkerApp | undefined;
  #running: { stop(options: StopOptions): Promise<void> } | undefined;
  #requests = 0;
  #lastRequest = "";
  #isStopping = false;

  constructor(orders: WorkerOrders, setup: WorkerSetup | undefined) {
    this.#orders = orders;
    this.#setup = setup;
  }

  async run(load: () => Promise<WorkerApp>): Promise<void> {
    this.#takeProcess();
    if (this.#orders.role === "web") this.#offerConnections();
    try {
      this.#app = await load();
      this.#running = await this.#begin(this.#app);
    } catch (error) {
      return this.#fail(error);
    }
    if (this.#orders.stallMs > 0) this.#watch(this.#orders.stallMs);
    this.#loopDelay.enable();
    this.#beat();
    setInterval(() => this.#beat(), beatMs);
    this.#send({ kind: "ready", hasTasks: this.#app.hasTasksToRun === true });
    this.#setup?.started(this.#app);
  }

  async #begin(app: WorkerApp): Promise<{ stop(options: StopOptions): Promise<void> }> {
    const { role, listen } = this.#orders;
    if (role === "web") return app.listen({ ...listen, quiet: true, signals: false });
    if (app.runTasks !== undefined) return app.runTasks();
    throw new Error("The application cannot run tasks.");
  }

  #offerConnections(): void {
    offerConnections({
      port: this.#orders.listen.port ?? 0,
      attach: (server) => (this.#server = server),
      onRequest: (method, path) => {
        this.#requests++;
        const shown = this.#app?.toShownPath?.(method, path) ?? path;
        this.#lastRequest = `${method} ${shown}`;
        this.#watchdog?.onRequest(method, shown);
      },
    });
  }

  #watch(stallMs: number): void {
    const watchdog = startWatchdog(stallMs);
    this.#watchdog = watchdog;
    setInterval(() => watchdog.beat(), stallMs / beatsPerStall);
  }

  /** Signals of a terminal or a service manager reach the whole group: the supervisor decides what they mean. */
  #takeProcess(): void {
    for (const signal of ["SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR2", "SIGTTIN", "SIGTTOU"] as const) process.on(signal, () => undefined);
    process.on("SIGTERM", () => this.#send({ kind: "replaceMe", reason: "it got SIGTERM" }));
    process.on("uncaughtException", (error, origin) => this.#onUncaught(error, origin));
    process.on("disconnect", () => this.#onOrphaned());
    // The types of Node have no channel for a process that was not forked.
    process.on("message", (message, handle) => this.#onMessage(message as ToWorker, handle as Socket | undefined)); // Only our supervisor sends.
  }

  #onMessage(message: ToWorker, socket: Socket | undefined): void {
    switch (message.kind) {
      case "connection":
        this.#acknowledge(message.id);
        // A client that has left meanwhile has no handle.
        if (socket === undefined || this.#server === undefined) return;
        if (message.isReturned) closeIfSilent(socket);
        return this.#server.accept(socket);
      case "drain":
        return void this.#stop(message.graceMs, message.idleMs);
      case "unready":
        return this.#app?.drain?.();
      case "reopenLogs":
        return this.#app?.reopenLogs?.();
      case "development":
      case "channel":
      case "gather":
      case "tasks":
        // The tools of development, the channels, the metrics and the tasks of the application listen themselves.
        return;
    }
  }

  #acknowledge(id: number): void {
    if (this.#took.push(id) === 1) setTimeout(() => this.#send({ kind: "took", ids: this.#took.splice(0) }), tookMs);
  }

  #beat(): void {
    const loopDelayMs = Math.round(this.#loopDelay.max / 1e6) || 0;
    this.#loopDelay.reset();
    const connections = this.#server?.connectionCount ?? 0;
    this.#send({ kind: "beat", connections, requests: this.#requests, rssBytes: process.memoryUsage.rss(), loopDelayMs });
  }

  /** An error that nobody caught leaves the application in an unknown state: this worker ends its requests and goes. */
  #onUncaught(error: unknown, origin: string): void {
    const failure = this.#toFailure(error);
    const message = `${origin === "unhandledRejection" ? "A rejection" : "An error"} that nobody caught: ${failure.message}`;
    const route = this.#app?.reportFatal?.(error, message);
    if (this.#setup === undefined) writeFatal({ message, route, request: this.#lastRequest, error: failure });
    if (this.#running === undefined) return this.#fail(error);
    this.#send({ kind: "replaceMe", reason: `an error that nobody caught: ${failure.message}`, failure });
  }

  #fail(error: unknown): void {
    process.exitCode = 1;
    const exit = (): never => process.exit(1);
    // The message leaves first; what the application opened must not keep the process.
    setTimeout(exit, 1000);
    this.#send({ kind: "failed", failure: this.#toFailure(error) }, exit);
  }

  #toFailure(error: unknown): WorkerFailure {
    const failure = toFailure(error);
    return this.#setup === undefined ? failure : { ...failure, report: this.#setup.describeError(error) };
  }

  #onOrphaned(): void {
    if (process.exitCode === 1) return;
    setTimeout(() => process.exit(1), orphanGraceMs + orphanMarginMs);
    void this.#stop(orphanGraceMs, 0);
  }

  async #stop(graceMs: number, idleMs: number | null): Promise<void> {
    if (this.#isStopping && idleMs !== 0) return;
    this.#isStopping = true;
    try {
      await this.#running?.stop({ graceMs, idleMs });
    } catch (error) {
      const failure = toFailure(error);
      writeFatal({ message: `The application could not stop in order: ${failure.message}`, error: failure });
      process.exit(1);
    }
    process.exit(0);
  }

  #send(message: FromWorker, onSent: () => void = () => undefined): void {
    // "disconnect" reports that the supervisor has ended.
    if (process.connected) process.send?.(message, undefined, undefined, onSent);
    else onSent();
  }
}

/** The worker that died may have read the request: nobody would answer, and the client would wait. */
function closeIfSilent(socket: Socket): void {
  setTimeout(() => {
    if (socket.bytesRead === 0) socket.destroy();
  }, returnedMs);
}

function toFailure(error: unknown): WorkerFailure {
  const isOurs = isGableError(error);
  const stack = isErrorValue(error) ? readStack(error) : undefined;
  // The supervisor knows no secrets: what it writes comes from here.
  return {
    message: removeKnownSecrets(toErrorText(error)),
    code: isOurs ? error.code : undefined,
    fix: isOurs ? removeKnownSecrets(error.fix) : undefined,
    stack: stack === undefined ? undefined : removeKnownSecrets(stack),
  };
}

function writeFatal({ message, ...facts }: Readonly<Record<string, unknown>>): void {
  writeLogLine("fatal", { message, pid: process.pid, ...facts });
}
