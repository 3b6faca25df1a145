/** Gives accepted connections to workers; while none is ready, a limited number waits. */
import type { Socket } from "node:net";
import type { StandIn } from "./stand-in.ts";
import type { WorkerProcess } from "./worker-process.ts";

const waitingMax = 1024;
const waitingMsDefault = 10_000;

interface Waiting {
  readonly socket: Socket;
  readonly until: number;
}

/** The connections between accepting and a worker. */
export class Distributor {
  /** Workers that take new connections. */
  readonly #findWorkers: () => readonly WorkerProcess[];
  readonly #waitingMs: number;
  /** Takes connections instead of workers. */
  #standIn: StandIn | undefined;
  readonly #waiting: Waiting[] = [];
  /** Connections that a worker gave back, or had when it died. */
  readonly #returned = new WeakSet<Socket>();
  #lastId = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(findWorkers: () => readonly WorkerProcess[], waitingMs: number = waitingMsDefault) {
    this.#findWorkers = findWorkers;
    this.#waitingMs = waitingMs;
  }

  /** From now on a stand-in takes the connections, those that wait included; undefined gives them to workers again. */
  setStandIn(standIn: StandIn | undefined): void {
    this.#standIn = standIn;
    if (standIn === undefined) return;
    for (const { socket } of this.#waiting.splice(0)) standIn.accept(socket);
    this.#stopTimer();
  }

  /** Number of connections that wait for a worker. */
  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Takes an accepted connection. */
  add(socket: Socket): void {
    // The worker reads and reports; here an error only means that the client has left.
    socket.on("error", ignore);
    // Else Node counts the connections of this server in all workers, with messages that nobody needs.
    (socket as { server?: unknown }).server = undefined;
    this.#place(socket);
  }

  /** Finds another worker for a connection. */
  takeBack(socket: Socket): void {
    this.#returned.add(socket);
    this.#place(socket);
  }

  #place(socket: Socket): void {
    if (this.#standIn !== undefined) return this.#standIn.accept(socket);
    const worker = this.#choose();
    if (worker !== undefined) this.#give(worker, socket);
    else this.#wait(socket);
  }

  #give(worker: WorkerProcess, socket: Socket): void {
    worker.give(++this.#lastId, socket, this.#returned.has(socket));
  }

  /** The ready worker with the fewest connections. */
  #choose(): WorkerProcess | undefined {
    let best: WorkerProcess | undefined;
    for (const worker of this.#findWorkers()) if (best === undefined || worker.load < best.load) best = worker;
    return best;
  }

  #wait(socket: Socket): void {
    if (this.#waiting.length >= waitingMax) return void socket.destroy();
    this.#waiting.push({ socket, until: performance.now() + this.#waitingMs });
    this.#timer ??= setInterval(() => this.#expire(), 1000).unref();
  }

  #expire(): void {
    const now = performance.now();
    while (this.#waiting.length > 0 && this.#waiting[0]!.until <= now) this.#waiting.shift()!.socket.destroy();
    if (this.#waiting.length === 0) this.#stopTimer();
  }

  /** A worker became ready: what waits goes out. */
  flush(): void {
    for (let next = this.#choose(); next !== undefined && this.#waiting.length > 0; next = this.#choose())
      this.#give(next, this.#waiting.shift()!.socket);
    if (this.#waiting.length === 0) this.#stopTimer();
  }

  /** Closes what still waits. */
  close(): void {
    for (const { socket } of this.#waiting.splice(0)) socket.destroy();
    this.#stopTimer();
  }

  #stopTimer(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function ignore(): void {}
