/**
 * The supervisor: owns the listener, and keeps workers that serve its connections.
 *
 * It loads no code of the application, so nothing that an application does can end it or block it.
 */
import type { GatherRequest } from "../../channels/gathering.ts";
import type { HubRequest } from "../../channels/hub.ts";
import { Hub } from "../../channels/hub.ts";
import type { ChildProcess } from "node:child_process";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer } from "node:net";
import { listenOn } from "../listen-socket.ts";
import { Distributor } from "./distributor.ts";
import { failureOf, toError } from "./failure.ts";
import { type DevelopmentSupervision, type ResolvedOptions, type SupervisorEvent, workersMax } from "./options.ts";
import type { WorkerFailure, WorkerRole } from "./protocol.ts";
import { countRestart, createGathering } from "./restart-counts.ts";
import { RestartPolicy } from "./restart-policy.ts";
import type { SupervisorStatus } from "./status.ts";
import { StandIn } from "./stand-in.ts";
import { Standby } from "./standby.ts";
import { countStartable, countStaying, findStalled, findTakers } from "./worker-choice.ts";
import type { WorkerHost } from "./worker-process.ts";
import { forkWorker, WorkerProcess } from "./worker-process.ts";

/** How a supervisor ended. */
export interface SupervisorEnd {
  /** Exit code that the process should have: 0 in order, 1 forced or given up. */
  readonly exitCode: 0 | 1;
  /** Why it gave up; undefined when it was stopped. */
  readonly failure: WorkerFailure | undefined;
}

const watchMs = 1000;
const boundedJitter = 0.1;
/** Time beyond the grace of a drain after which a worker is killed, in milliseconds. */
const drainMarginMs = 2000;
/** Times of development, for requests and for idle connections of an old worker; shorter where the next one waits for its end. In milliseconds. */
const restartMs: readonly [number, number] = [5000, 1000];
const oneAtATimeMs: readonly [number, number] = [1000, 100];

/** A reload that runs. */
interface Reload {
  readonly generation: number;
  readonly timer: NodeJS.Timeout;
  readonly settle: (failure: WorkerFailure | undefined) => void;
}

/** A supervisor that runs. Use {@link supervise}. */
export class Supervisor implements WorkerHost {
  /** Resolves when all workers have ended and the listener is closed. */
  readonly ended: Promise<SupervisorEnd>;
  readonly #options: ResolvedOptions;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #server: Server;
  readonly #distributor: Distributor;
  readonly #workers = new Set<WorkerProcess>();
  /** Channels of the application: what one worker publishes reaches all. */
  readonly #hub = new Hub((message) => {
    for (const worker of this.#workers) worker.send({ kind: "channel", message });
  });
  /** Metrics of the application: one worker asks, all answer. */
  readonly #gathering = createGathering(this.#workers);
  readonly #policies: Readonly<Record<WorkerRole, RestartPolicy>> = { web: new RestartPolicy(), tasks: new RestartPolicy() };
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #limits = new WeakMap<WorkerProcess, number>();
  /** The generation that serves. */
  #generation = 1;
  /** Number of the last generation that was started. A worker of a failed reload may end during the next reload, so no number comes twice. */
  #lastGeneration = 1;
  #count: number;
  /** Whether the application of the newest generation has tasks for a separate process. */
  #hasTasks = false;
  readonly #development: DevelopmentSupervision | undefined;
  /** Answers while the newest worker cannot start, in development. */
  #standIn: StandIn | undefined;
  readonly #standby: Standby;
  #reload: Reload | undefined;
  #reloading: Promise<WorkerFailure | undefined> | undefined;
  /** Whether workers are missing that start when those that are starting are ready. */
  #isFilling = false;
  #isStopping = false;
  #isForced = false;
  #failure: WorkerFailure | undefined;
  #resolveEnded: (end: SupervisorEnd) => void = () => undefined;
  readonly #onReady: Array<() => void> = [];
  /** Called when a worker has ended. */
  readonly #onGone: Array<() => void> = [];

  /** `environment` are the variables of the workers. */
  constructor(options: ResolvedOptions, environment: NodeJS.ProcessEnv) {
    this.#options = options;
    this.#environment = environment;
    this.#count = options.workers;
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
    this.#development = options.development;
    const fork = (): ChildProcess => forkWorker({ execArgv: options.execArgv, env: this.#environmentOf("web") });
    this.#standby = new Standby(fork, options.development?.onStandby);
    this.#distributor = new Distributor(() => this.#takers(), options.development === undefined ? undefined : options.bootMs);
    this.#server = createServer({ pauseOnConnect: true }, (socket) => this.#distributor.add(socket));
  }

  /** Port; 0 for a Unix socket. */
  get port(): number {
    // A listening server has an address; its types also know the time before.
    const address = this.#server.address() as AddressInfo | string | null;
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** What it does now. */
  get status(): SupervisorStatus {
    const workers = [...this.#workers].map(({ pid, generation, role, state, facts }) => ({ pid, generation, role, state, ...facts }));
    const { waitingCount: waiting } = this.#distributor;
    return { pid: process.pid, generation: this.#generation, isStopping: this.#isStopping, waiting, workers };
  }

  /** Listens, starts one worker, and the others when it is ready. Throws `E_LISTEN`, and `E_WORKERS_FAILED` when none can start. */
  async start(): Promise<void> {
    await listenOn(this.#server, this.#options);
    // libuv closes what it cannot accept when descriptors run out, so this reports and never spins.
    this.#server.on("error", (error) => this.#tell("error", `The listener has failed: ${error.message}`));
    const watching = setInterval(() => this.#watch(), watchMs);
    this.#timers.add(watching);
    const ready = new Promise<"ready">((resolve) => this.#onReady.push(() => resolve("ready")));
    this.#startWorker();
    if (this.#development !== undefined) return;
    const first = await Promise.race([ready, this.ended]);
    if (first !== "ready") throw toError("No worker could start", first.failure);
    this.#fill();
  }

  // --- workers ----------------------------------------------------------------------------------------------

  /** Workers that take new connections: those of the newest generation that is ready. */
  #takers(): readonly WorkerProcess[] {
    return findTakers(this.#workers, this.#generation, this.#development !== undefined);
  }

  #startWorker(generation = this.#generation, role: WorkerRole = "web"): void {
    const { app, port, host, unixPath, execArgv } = this.#options;
    const setup = this.#development === undefined ? {} : { setup: this.#development.setup };
    const listen = {
      ...(port !== undefined && { port }),
      ...(host !== undefined && { host }),
      ...(unixPath !== undefined && { unixPath }),
    };
    const stallMs = Math.min(1000, this.#options.stallMs);
    const orders = { app, role, listen: unixPath === undefined ? { ...listen, port: this.port } : listen, generation, stallMs, ...setup };
    const standby = role === "web" ? this.#standby.take() : undefined;
    const worker = new WorkerProcess(this, { orders, execArgv, env: this.#environmentOf(role), standby });
    this.#workers.add(worker);
    this.#later(this.#options.bootMs, () => {
      if (worker.state !== "starting") return;
      worker.failure ??= failureOf(`The worker was not ready within ${this.#options.bootMs} ms.`);
      worker.kill();
    });
  }

  /** Workers leave tasks to the process for them. */
  #environmentOf(role: WorkerRole): NodeJS.ProcessEnv {
    if (role === "tasks" || !this.#options.tasks || this.#environment["GABLE_TASKS"] === "off") return this.#environment;
    return { ...this.#environment, GABLE_TASKS: "supervised" };
  }

  /** Starts workers until there are as many as wanted, and the process for tasks. */
  #fill(): void {
    if (this.#isStopping) return;
    const missing = this.#count - countStaying(this.#workers, this.#generation, "web");
    const room = countStartable(this.#workers);
    this.#isFilling = missing > room;
    for (let count = Math.min(missing, room); count > 0; count--) this.#startWorker();
    if (this.#hasTasks && this.#options.tasks && countStaying(this.#workers, this.#generation, "tasks") === 0)
      this.#startWorker(this.#generation, "tasks");
  }

  onReady(worker: WorkerProcess): void {
    this.#tell("info", worker.role === "web" ? "A worker is ready" : "The process for tasks is ready", {
      pid: worker.pid,
      bootMs: Math.round(worker.readyAt! - worker.startedAt),
      generation: worker.generation,
    });
    if (this.#isStopping) return worker.drain(0, 0);
    // Its last message can come after it was discarded.
    if (worker.state !== "ready") return;
    if (worker.role === "web" && worker.generation >= this.#generation) this.#hasTasks = worker.hasTasks;
    this.#development?.onReady(worker.readyAt! - worker.startedAt);
    if (this.#reload?.generation === worker.generation) this.#finishReload();
    this.#drainReplaced(worker);
    this.#distributor.flush();
    for (const resolve of this.#onReady.splice(0)) resolve();
    if (this.#isFilling) this.#fill();
  }

  /** The replacement is here: a worker that waited for it may end. */
  #drainReplaced(replacement: WorkerProcess): void {
    for (const worker of this.#workers) {
      if (worker === replacement || worker.role !== replacement.role || !worker.isReplaced || worker.state !== "ready") continue;
      return this.#drain(worker, this.#options.reloadGraceMs, null);
    }
  }

  #drain(worker: WorkerProcess, graceMs: number, idleMs: number | null): void {
    worker.drain(graceMs, idleMs);
    this.#later(graceMs + drainMarginMs, () => {
      if (worker.state !== "dead") worker.kill();
    });
  }

  onFacts(worker: WorkerProcess): void {
    const { requestsMax, rssBytesMax } = this.#options;
    if (worker.state !== "ready" || worker.isReplaced || this.#isStopping) return;
    if (requestsMax > 0) {
      let limit = this.#limits.get(worker);
      if (limit === undefined) {
        limit = requestsMax * (1 + boundedJitter * (Math.random() * 2 - 1));
        this.#limits.set(worker, limit);
      }
      if (worker.facts.requests >= limit) return this.#replace(worker, "it has served requestsMax requests");
    }
    if (rssBytesMax > 0 && worker.facts.rssBytes > rssBytesMax) this.#replace(worker, "it uses more memory than rssBytesMax");
  }

  /** Tells the process for tasks that it need not wait for its next look at the queue. */
  onTasks(): void {
    for (const worker of this.#workers) if (worker.role === "tasks" && worker.state === "ready") worker.send({ kind: "tasks" });
  }

  onChannel(worker: WorkerProcess, request: HubRequest): void {
    this.#hub.receive(request, (message) => worker.send({ kind: "channel", message }));
  }

  onGather(worker: WorkerProcess, request: GatherRequest): void {
    this.#gathering.receive(worker, request);
  }

  onReplaceRequest(worker: WorkerProcess, reason: string, failure: WorkerFailure | undefined): void {
    if (failure !== undefined) this.#development?.onFailure(failure);
    if (worker.state === "ready" && !worker.isReplaced && !this.#isStopping) this.#replace(worker, reason);
  }

  #replace(worker: WorkerProcess, reason: string): void {
    this.#tell("warn", worker.role === "web" ? "A worker is replaced" : "The process for tasks is replaced", { pid: worker.pid, reason });
    worker.isReplaced = true;
    countRestart(this.#gathering, worker, "replaced");
    this.#fill();
  }

  onExit(worker: WorkerProcess): void {
    this.#workers.delete(worker);
    this.#gathering.end(worker);
    const { ended, failure, wasAsked } = worker;
    if (!wasAsked && !this.#isStopping) {
      countRestart(this.#gathering, worker, "died");
      this.#tell("error", worker.role === "web" ? "A worker has died" : "The process for tasks has died", {
        pid: worker.pid,
        ended,
        ...(failure !== undefined && { failure }),
      });
    }
    for (const resolve of this.#onGone.splice(0)) resolve();
    if (this.#isStopping) return this.#endIfEmpty();
    if (this.#reload?.generation === worker.generation) return this.#failReload(failure ?? failureOf(`The worker ended with ${ended}.`));
    if (worker.generation !== this.#generation || worker.isReplaced) return;
    // A process that stood by died before it had its orders: this says nothing of the application.
    if (!worker.hasBegun) return this.#fill();
    this.#restart(worker, failure ?? failureOf(`The worker ended with ${ended}.`));
  }

  #restart(worker: WorkerProcess, failure: WorkerFailure): void {
    const at = performance.now();
    const { readyAt } = worker;
    if (this.#development !== undefined && readyAt === undefined) return this.#standInFor(failure, this.#development);
    const delayMs = this.#policies[worker.role].delayAfter({
      wasReady: readyAt !== undefined,
      livedMs: readyAt === undefined ? 0 : at - readyAt,
      at,
    });
    if (delayMs === undefined) return this.#giveUp(failure);
    if (delayMs === 0) return this.#fill();
    this.#later(delayMs, () => this.#fill());
  }

  /** A crash loop is never hidden: everything stops, with the last error. */
  #giveUp(failure: WorkerFailure): void {
    this.#tell("error", "Workers keep dying before they are ready: the supervisor stops", { failure });
    this.#failure = failure;
    void this.stop();
  }

  /** Trying the same code again helps nobody: the next change starts a worker. */
  #standInFor(failure: WorkerFailure, { answerFailure, onFailure }: DevelopmentSupervision): void {
    this.#standIn = new StandIn(answerFailure, failure);
    this.#distributor.setStandIn(this.#standIn);
    onFailure(failure);
  }

  onDevelopment(event: unknown): void {
    this.#development?.onMessage(event);
  }

  onReturned(socket: Socket): void {
    if (this.#isStopping && this.#takers().length === 0) socket.destroy();
    else this.#distributor.takeBack(socket);
  }

  /** Kills workers whose event loop stands still. */
  #watch(): void {
    for (const { worker, silentMs } of findStalled(this.#workers, this.#options.stallMs)) {
      this.#tell("error", "A worker gives no sign of life and is killed", { pid: worker.pid, silentMs });
      worker.kill();
    }
  }

  // --- reload -----------------------------------------------------------------------------------------------

  /**
   * Starts a new generation while the old one runs. When its first worker is ready it takes all new connections, the
   * others follow, and the old generation drains. Resolves with undefined, or with the reason why the old one serves on.
   */
  reload(): Promise<WorkerFailure | undefined> {
    if (this.#isStopping) return Promise.resolve(failureOf("The supervisor is stopping."));
    this.#reloading ??= this.#startReload().finally(() => (this.#reloading = undefined));
    return this.#reloading;
  }

  async #startReload(): Promise<WorkerFailure | undefined> {
    // At most two generations live: one that still drains ends first, with the time that it was promised.
    while ([...this.#workers].some((worker) => worker.generation < this.#generation))
      await new Promise<void>((resolve) => this.#onGone.push(resolve));
    if (this.#isStopping) return failureOf("The supervisor is stopping.");
    const generation = ++this.#lastGeneration;
    this.#tell("info", "A reload begins", { generation });
    return new Promise((settle) => {
      const timer = this.#later(this.#options.bootMs, () => this.#failReload(failureOf("The new generation was not ready in time.")));
      this.#reload = { generation, timer, settle };
      this.#startWorker(generation);
    });
  }

  #finishReload(): void {
    const reload = this.#reload!;
    this.#endReload(reload);
    const old = [...this.#workers].filter(({ generation }) => generation < reload.generation);
    this.#generation = reload.generation;
    this.#fill();
    // With one worker of the new generation ready, no connection has to wait; the old ones end.
    for (const worker of old) {
      if (worker.state === "ready") this.#drain(worker, this.#options.reloadGraceMs, null);
      else if (worker.state === "starting") worker.kill();
    }
    this.#tell("info", "The new generation serves", { generation: reload.generation });
    reload.settle(undefined);
  }

  #failReload(failure: WorkerFailure): void {
    const reload = this.#reload;
    if (reload === undefined) return;
    this.#endReload(reload);
    for (const worker of this.#workers) if (worker.generation === reload.generation) worker.kill();
    this.#tell("error", "The reload has failed: the old generation serves on", { failure });
    reload.settle(failure);
    // A worker of the old generation may have died meanwhile.
    this.#fill();
  }

  #endReload(reload: Reload): void {
    this.#reload = undefined;
    clearTimeout(reload.timer);
    this.#timers.delete(reload.timer);
  }

  // --- development ------------------------------------------------------------------------------------------

  /** Replaces the worker by one with the code of today. Connections that come now wait for it. */
  restart(): void {
    if (this.#isStopping) return;
    this.#generation = ++this.#lastGeneration;
    this.#endStandIn();
    const isOneAtATime = this.#development?.isOneAtATime === true;
    for (const worker of this.#workers) {
      if (worker.state === "starting") worker.discard();
      else if (worker.state === "ready") this.#drain(worker, ...(isOneAtATime ? oneAtATimeMs : restartMs));
    }
    if (isOneAtATime && this.#workers.size > 0) this.#onGone.push(() => this.#fill());
    else this.#startWorker();
  }

  /** Replaces the worker by one with the same code, which takes over when it is ready. */
  refresh(reason: string): void {
    for (const worker of this.#takers()) if (!worker.isReplaced) this.#replace(worker, reason);
  }

  /** Has a process ready for the next restart, which has loaded these modules; undefined ends it. */
  standBy(modules: readonly string[] | undefined): void {
    if (modules === undefined || this.#development === undefined || this.#isStopping) return this.#standby.discard();
    this.#standby.prepare({ setup: this.#development.setup, modules });
  }

  /** Sends an event to the tools of development in the worker. */
  send(event: unknown): void {
    for (const worker of this.#takers()) worker.send({ kind: "development", event });
  }

  #endStandIn(graceMs?: number): void {
    void this.#standIn?.end(graceMs);
    this.#standIn = undefined;
    this.#distributor.setStandIn(undefined);
  }

  // --- size, stop -------------------------------------------------------------------------------------------

  /** Starts one worker more, or ends one, from 1 to {@link workersMax}. */
  resize(difference: 1 | -1): void {
    const count = this.#count + difference;
    if (this.#isStopping || count < 1 || count > workersMax) return;
    this.#count = count;
    this.#tell("info", "The number of workers changes", { workers: this.#count });
    if (difference === 1) return this.#fill();
    const [idlest] = [...this.#takers()].sort((first, second) => first.load - second.load);
    if (idlest === undefined) return;
    idlest.isReplaced = true;
    this.#drain(idlest, this.#options.reloadGraceMs, null);
  }

  /** Asks the workers to open their log files again, and tells the status. */
  reopenLogs(): void {
    for (const worker of this.#workers) worker.send({ kind: "reopenLogs" });
    this.#tell("info", "Status", { status: this.status });
  }

  /** Stops in order: accepting ends, requests get their time, workers exit. A second call forces the end. */
  async stop(): Promise<SupervisorEnd> {
    if (this.#isStopping) {
      this.#force();
      return this.ended;
    }
    this.#isStopping = true;
    this.#standby.discard();
    const { stopDelayMs, stopGraceMs, stopIdleMs } = this.#options;
    this.#tell("info", "The supervisor stops");
    this.#reload?.settle(failureOf("The supervisor is stopping."));
    if (stopDelayMs > 0) {
      for (const worker of this.#workers) worker.send({ kind: "unready" });
      await this.#pause(stopDelayMs);
    }
    this.#server.close();
    this.#endStandIn(0);
    this.#distributor.close();
    for (const worker of this.#workers) {
      if (worker.state === "starting") worker.kill();
      else worker.drain(stopGraceMs, stopIdleMs);
    }
    this.#later(stopGraceMs + drainMarginMs, () => this.#force());
    this.#endIfEmpty();
    return this.ended;
  }

  #force(): void {
    this.#isForced = true;
    this.#standby.discard();
    for (const worker of this.#workers) worker.kill();
    this.#server.close();
    this.#endIfEmpty();
  }

  /** Ends everything now, without grace. */
  stopNow(): Promise<SupervisorEnd> {
    this.#isStopping = true;
    this.#force();
    return this.ended;
  }

  #endIfEmpty(): void {
    if (this.#workers.size > 0 || this.#server.listening) return;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#tell("info", "The supervisor has stopped");
    this.#resolveEnded({ exitCode: this.#isForced || this.#failure !== undefined ? 1 : 0, failure: this.#failure });
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#later(ms, resolve));
  }

  #later(ms: number, work: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
    return timer;
  }

  #tell(level: SupervisorEvent["level"], message: string, facts: Readonly<Record<string, unknown>> = {}): void {
    this.#options.onEvent({ level, message, ...facts });
  }
}
