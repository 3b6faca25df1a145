/** The queue in BullMQ: Redis keeps the tasks, and the workers of Gable run them. */
import { createHash } from "node:crypto";
import type { OptionKinds } from "../../errors/option-errors.ts";
import { assertKnownOptions } from "../../errors/option-errors.ts";
import { assertRedisOptions } from "../../redis/redis-link.ts";
import type { QueueStats } from "../queue-stats.ts";
import { assertInteger } from "../task-options.ts";
import type {
  AddedTask,
  CancelResult,
  ClaimedTask,
  ClaimRequest,
  ListedTask,
  NewTask,
  SweepRequest,
  TaskDirectory,
  TaskFilter,
  TaskLease,
  TaskNotes,
  TaskOutcome,
  TaskQueue,
} from "../task-queue.ts";
import { BullmqAttempts } from "./bullmq-attempts.ts";
import { cancelTask, discardTask, listTasks, readStats, retryTask, toOtherPriority } from "./bullmq-directory.ts";
import type { Lane, TaskData } from "./bullmq-link.ts";
import { BullmqLink } from "./bullmq-link.ts";
import { existsScript, holderScript, markScript, oldScript } from "./scripts.ts";

/** Options for {@link bullmqQueue}. */
export interface BullmqQueueOptions {
  /** Address of Redis, such as `redis://localhost:6379`. */
  readonly url: string;
  /** What the names of all keys start with. Default "gable:". */
  readonly prefix?: string;
  /** How long Redis keeps tasks that are done or cancelled, in seconds: from 3,600 to 604,800. Default 604,800 (7 days). */
  readonly doneSeconds?: number;
}

const optionNames: OptionKinds<BullmqQueueOptions> = { url: true, prefix: true, doneSeconds: true };
const doneSecondsLeast = 3_600;
const doneSecondsMost = 604_800;
/** How long the queue remembers the ids of tasks that it adds once, in ms: longer than a schedule looks back. */
const onceMs = doneSecondsMost * 1_000;

/**
 * Creates a queue in BullMQ, which keeps tasks in Redis. Needs the packages `bullmq` and `redis`.
 *
 * Redis must be 6.2 or later, and delete no keys when its memory is full. Throws `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`; opening it throws `E_BULLMQ_MISSING`, `E_REDIS_MISSING`,
 * `E_REDIS_CONNECT` and `E_TASK_STORE`.
 */
export function bullmqQueue(options: BullmqQueueOptions): TaskQueue & TaskDirectory {
  assertKnownOptions("bullmqQueue()", options, optionNames);
  assertRedisOptions("bullmqQueue()", options);
  const { url, prefix = "gable:", doneSeconds = doneSecondsMost } = options;
  assertInteger("bullmqQueue()", "doneSeconds", doneSeconds, [doneSecondsLeast, doneSecondsMost]);
  return new BullmqQueue(new BullmqLink(url, prefix), doneSeconds * 1_000);
}

class BullmqQueue implements TaskQueue, TaskDirectory {
  readonly #link: BullmqLink;
  readonly #attempts: BullmqAttempts;
  readonly #doneMs: number;

  constructor(link: BullmqLink, doneMs: number) {
    this.#link = link;
    this.#doneMs = doneMs;
    this.#attempts = new BullmqAttempts(link);
  }

  open(): Promise<void> {
    return this.#link.open();
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  add(tasks: readonly NewTask[]): Promise<readonly AddedTask[]> {
    return this.#link.run(() => Promise.all(tasks.map((task) => this.#add(task))));
  }

  findHolder(name: string, uniqueKey: string): Promise<string | undefined> {
    return this.#link.run(async () => this.#findHolder(hashKey(name, uniqueKey), await this.#link.lanes()));
  }

  claim(request: ClaimRequest): Promise<readonly ClaimedTask[]> {
    return this.#link.run(() => this.#attempts.claim(request));
  }

  renew(leases: readonly TaskLease[], leaseUntil: number): Promise<readonly string[]> {
    return this.#link.run(() => this.#attempts.renew(leases, leaseUntil));
  }

  save(lease: TaskLease, notes: TaskNotes): Promise<boolean> {
    return this.#link.run(() => this.#attempts.save(lease, notes));
  }

  findCancelled(leases: readonly TaskLease[]): Promise<readonly string[]> {
    return this.#link.run(() => this.#attempts.findCancelled(leases));
  }

  settle(lease: TaskLease, outcome: TaskOutcome): Promise<boolean> {
    return this.#link.run(() => this.#attempts.settle(lease, outcome));
  }

  /** The next `claim()` fails or cancels tasks whose lease has ended, if that is what becomes of them. */
  sweep({ doneBefore, failedBefore, rowsMax }: SweepRequest): Promise<number> {
    return this.#link.run(async () => {
      let changed = 0;
      const endedBefore = Math.max(doneBefore, Date.now() - this.#doneMs);
      for (const { queue, backend } of await this.#link.lanes()) {
        changed += (await backend.moveStalledJobsToWait()).length;
        const keys = [queue.toKey("completed"), queue.toKey("failed")];
        const values = [String(endedBefore), String(failedBefore)];
        const [oldDone, oldFailed] = await this.#link.eval<[number, number]>(oldScript, keys, values);
        if (oldDone > 0) changed += (await queue.clean(Date.now() - endedBefore, rowsMax, "completed")).length;
        if (oldFailed > 0) changed += (await queue.clean(Date.now() - failedBefore, rowsMax, "failed")).length;
      }
      await this.#attempts.forgetLeft();
      return changed;
    });
  }

  list(filter?: TaskFilter): Promise<readonly ListedTask[]> {
    return this.#link.run(() => listTasks(this.#link, filter));
  }

  retry(id: string, now: number): Promise<boolean> {
    return this.#link.run(() => retryTask(this.#link, id, now));
  }

  stats(now: number): Promise<readonly QueueStats[]> {
    return this.#link.run(() => readStats(this.#link, now));
  }

  discard(id: string): Promise<boolean> {
    return this.#link.run(() => discardTask(this.#link, id));
  }

  cancel(id: string, now: number): Promise<CancelResult> {
    return this.#link.run(() => cancelTask(this.#link, id, now));
  }

  async #add(task: NewTask): Promise<AddedTask> {
    const { id, name, queue: queueName, uniqueKey = null, isOnce = false } = task;
    const mark = `${this.#link.base}:once:${id}`;
    if (isOnce && (await this.#link.eval(existsScript, [mark])) === 1) return { id, created: false };
    const lane = await this.#link.laneToAdd(queueName);
    const hash = uniqueKey === null ? undefined : hashKey(name, uniqueKey);
    if (hash !== undefined) {
      // The release before may have had the task in another queue.
      const others = (await this.#link.lanes(false)).filter((other) => other !== lane);
      const holder = await this.#findHolder(hash, others);
      if (holder !== undefined) return { id: holder, created: false };
    }
    const added = await addJob(lane, task, hash);
    if (added !== id && (await this.#findHolder(hash!, [lane])) === undefined) {
      // A process died while it queued the holder again.
      await lane.backend.removeDeduplicationKey(hash!, added);
      return this.#add(task);
    }
    if (added !== id) return { id: added, created: false };
    return { id, created: !isOnce || (await this.#link.eval(markScript, [mark], [String(onceMs)])) === 1 };
  }

  async #findHolder(hash: string, lanes: readonly Lane[]): Promise<string | undefined> {
    for (const { queue } of lanes) {
      const keys = [`${queue.toKey("de")}:${hash}`, queue.toKey("completed"), queue.toKey("failed")];
      const holder = await this.#link.eval<string>(holderScript, keys, [queue.toKey("")]);
      if (holder !== "") return holder;
    }
    return undefined;
  }
}

/** Adds a job. Returns its id, or that of the one that holds its key. */
async function addJob({ queue }: Lane, task: NewTask, hash: string | undefined): Promise<string> {
  const { id, name, priority, input, attemptsMax, dueAt, createdAt, uniqueKey = null } = task;
  const data: TaskData = { input, attemptsMax, uniqueKey, createdAt, dueAt };
  const job = await queue.add(name, data, {
    jobId: id,
    priority: toOtherPriority(priority),
    ...toTimes(dueAt, createdAt),
    ...(hash !== undefined && { deduplication: { id: hash } }),
  });
  return job.id!;
}

/** What was due before it was added waits as a delayed job: BullMQ then puts it before those of its priority that became due later. */
function toTimes(dueAt: number, createdAt: number): { readonly timestamp: number; readonly delay?: number } {
  if (dueAt === createdAt) return { timestamp: createdAt };
  return dueAt > createdAt ? { timestamp: createdAt, delay: dueAt - createdAt } : { timestamp: dueAt - 1, delay: 1 };
}

function hashKey(name: string, uniqueKey: string): string {
  return createHash("sha256").update(`${name}\n${uniqueKey}`).digest("hex");
}
