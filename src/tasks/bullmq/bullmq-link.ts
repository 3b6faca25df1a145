/** The connection of one queue to Redis, and the objects of BullMQ that use it: opened at the start or at the first use. */
import type { IRedisClient, Queue, RedisQueueBackend, Worker } from "bullmq";
import { GableError, isGableError } from "../../errors/gable-error.ts";
import type { RedisConnection } from "../../redis/connect-redis.ts";
import { connectRedis, describeUrl, untilClosed } from "../../redis/connect-redis.ts";
import { loadBullmq } from "./load-package.ts";
import { addNameScript, namesScript } from "./scripts.ts";

/** What a job of BullMQ carries for a task. */
export interface TaskData {
  /** Input as JSON, in a string: Redis and BullMQ then change nothing about it. */
  readonly input: string;
  readonly attemptsMax: number;
  readonly uniqueKey: string | null;
  readonly createdAt: number;
  readonly dueAt: number;
}

/** One queue of Gable in BullMQ. */
export interface Lane {
  /** Name of the queue. */
  readonly name: string;
  readonly queue: Queue<TaskData>;
  readonly backend: RedisQueueBackend;
  /** Takes jobs by hand, without a processor. */
  readonly worker: Worker<TaskData>;
}

/** What is open. */
interface Opened {
  readonly connection: RedisConnection;
  readonly adapter: IRedisClient;
  readonly bullmq: Awaited<ReturnType<typeof loadBullmq>>;
  readonly lanes: Map<string, Lane>;
}

/** Length of the lock of a job, in ms: the lease of a worker. */
export const lockMs = 60_000;
/** How often jobs without a lock are looked for, over all processes, in ms. Redis forgets the last time after as long. */
const stalledMs = 1_000;
/** How long the names of queues are remembered, in ms. */
const namesMs = 1_000;
/** How often a process that adds tasks tells others the name of their queue, in ms. */
const toldMs = 60_000;
const versionMin = [6, 2];

/** Runs calls of BullMQ and scripts of Gable over one connection. */
export class BullmqLink {
  readonly #url: string;
  /** What the names of all keys start with. */
  readonly base: string;
  #opened: Promise<Opened> | undefined;
  #isClosed = false;
  readonly #running = new Set<Promise<unknown>>();
  readonly #names = new Set<string>();
  #namesAt = -Infinity;
  /** When this process last told others the name of a queue. */
  readonly #toldAt = new Map<string, number>();

  constructor(url: string, prefix: string) {
    this.#url = url;
    this.base = `${prefix}tasks`;
  }

  /** Throws `E_BULLMQ_MISSING`, `E_REDIS_MISSING`, `E_REDIS_CONNECT` and `E_TASK_STORE`. */
  async open(): Promise<void> {
    this.#isClosed = false;
    await this.#open();
  }

  /** Waits for what runs: a worker that has stopped may still be sweeping, and must not open a connection that nobody closes. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await untilClosed(Promise.allSettled(this.#running));
    const opened = await this.#opened?.catch(() => undefined);
    this.#opened = undefined;
    if (opened === undefined) return;
    await untilClosed(Promise.all([...opened.lanes.values()].flatMap(({ queue, worker }) => [queue.close(), worker.close(true)])));
    await opened.connection.close();
  }

  /** Runs work, and turns its failures into `E_REDIS_COMMAND`. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#isClosed)
      throw new GableError("E_REDIS_COMMAND", "bullmqQueue() is closed.", { fix: "Start the application before you use its queue." });
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } catch (error) {
      if (isGableError(error)) throw error;
      throw new GableError("E_REDIS_COMMAND", "Redis did not answer a command of bullmqQueue().", { cause: error });
    } finally {
      this.#running.delete(running);
    }
  }

  /** Runs a script of Gable as one step. */
  async eval<Answer>(script: string, keys: string[], values: readonly string[] = []): Promise<Answer> {
    const { connection } = await this.#open();
    // The caller names what its script returns.
    return (await connection.client.eval(script, { keys, arguments: [...values] })) as Answer;
  }

  /** Returns the queue with a name. */
  async lane(name: string): Promise<Lane> {
    const opened = await this.#open();
    const lane = opened.lanes.get(name) ?? this.#createLane(name, opened);
    opened.lanes.set(name, lane);
    return lane;
  }

  /** Returns the queue for a task to add: other processes then find it. */
  async laneToAdd(name: string): Promise<Lane> {
    const now = performance.now();
    // From time to time again: Redis may have lost its data.
    if (now - (this.#toldAt.get(name) ?? -Infinity) > toldMs) {
      await this.eval(addNameScript, [`${this.base}:queues`], [name]);
      this.#toldAt.set(name, now);
      this.#names.add(name);
    }
    return this.lane(name);
  }

  /** Returns all queues that have ever had a task. */
  async lanes(isFresh = true): Promise<Lane[]> {
    if (isFresh || performance.now() - this.#namesAt > namesMs) {
      for (const name of await this.eval<string[]>(namesScript, [`${this.base}:queues`])) this.#names.add(name);
      this.#namesAt = performance.now();
    }
    return Promise.all([...this.#names].toSorted().map((name) => this.lane(name)));
  }

  #open(): Promise<Opened> {
    this.#opened ??= this.#connect().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  async #connect(): Promise<Opened> {
    const bullmq = await loadBullmq();
    const connection = await connectRedis({ url: this.#url });
    try {
      // It is a client of the package redis, which connectRedis() shows by less.
      const adapter = bullmq.createNodeRedisClient(connection.client as unknown as Parameters<typeof bullmq.createNodeRedisClient>[0]);
      // The adapter is an emitter, although its type does not say so. Commands fail with the same error.
      (adapter as unknown as NodeJS.EventEmitter).on("error", () => undefined);
      assertServer(await adapter.info(), describeUrl(this.#url));
      return { connection, adapter, bullmq, lanes: new Map() };
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  #createLane(name: string, { adapter, bullmq }: Opened): Lane {
    // BullMQ takes no colon.
    const key = encodeURIComponent(name);
    const shared = { connection: adapter, prefix: this.base, skipVersionCheck: true, skipWaitingForReady: true };
    const queue = new bullmq.Queue<TaskData>(key, shared);
    const options = { ...shared, lockDuration: lockMs, stalledInterval: stalledMs, maxStalledCount: Number.MAX_SAFE_INTEGER };
    // Without the second connection that waits for jobs: workers of Gable ask for them.
    const worker = new bullmq.Worker<TaskData>(key, null, { ...options, autorun: false }, (...given) =>
      bullmq.createRedisBackend(given[0], given[1]),
    );
    queue.on("error", () => undefined);
    worker.on("error", () => undefined);
    return { name, queue, worker, backend: worker.getBackend() };
  }
}

/** Refuses a server that may delete tasks, or lacks commands. */
function assertServer(info: string, where: string): void {
  const lines = info.split(/\r?\n/).map((line) => line.split(":", 2));
  const facts = new Map(lines.map(([name = "", value = ""]) => [name, value]));
  const version = facts.get("redis_version") ?? "";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < versionMin[0]! || (major === versionMin[0] && minor < versionMin[1]!))
    throw new GableError(
      "E_TASK_STORE",
      `Redis at ${where} has version ${version}, and bullmqQueue() needs ${versionMin.join(".")} or later.`,
      {
        fix: "Update Redis.",
      },
    );
  const policy = facts.get("maxmemory_policy");
  if (policy !== undefined && policy !== "noeviction" && facts.get("maxmemory") !== "0")
    throw new GableError("E_TASK_STORE", `Redis at ${where} deletes keys when its memory is full: its maxmemory-policy is ${policy}.`, {
      fix: "Set maxmemory-policy to noeviction, or use another Redis for tasks than for the cache.",
    });
}
