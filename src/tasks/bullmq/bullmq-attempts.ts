/** The tasks that workers hold: taken from BullMQ, and how their attempts end. */
import type { Job } from "bullmq";
import type { ClaimedTask, ClaimRequest, TaskLease, TaskNotes, TaskOutcome } from "../task-queue.ts";
import { leaseEndedMessage } from "../task-queue.ts";
import type { BullmqLink, Lane, TaskData } from "./bullmq-link.ts";
import { lockMs } from "./bullmq-link.ts";
import {
  addNameScript,
  askedScript,
  cancelledResult,
  forgetScript,
  namesScript,
  ownFields,
  readScript,
  removeNameScript,
  restMsMax,
  saveScript,
} from "./scripts.ts";

/** A task that a caller holds, or held. */
interface Held {
  readonly lane: Lane;
  readonly job: Job<TaskData>;
  readonly free: number;
  /** Whether it may have kept steps. */
  hasSteps: boolean;
}

/** What only Gable knows of a job. */
export interface OwnFacts {
  readonly free: number;
  readonly rests: number;
  readonly steps: string | null;
  readonly cancelAt: number | null;
  readonly error: string | null;
  readonly dueAt: number | null;
}

const noFacts: OwnFacts = { free: 0, rests: 0, steps: null, cancelAt: null, error: null, dueAt: null };
/** How long a task rests that a worker without its name has met: each time twice as long, in ms. */
const restMs = 1_000;
/** Most tasks without a known name that one call looks at. */
const strangersMax = 1_000;
/** What BullMQ answers for a job that the caller no longer holds: no job, no lock, not active, the lock of another. */
const lostCodes: readonly unknown[] = [-1, -2, -3, -6];

/** Takes tasks for the workers of a process, and ends their attempts. */
export class BullmqAttempts {
  readonly #link: BullmqLink;
  readonly #held = new Map<string, Held>();
  /** Queues whose last call got as many tasks as it asked for. */
  readonly #full = new Set<string>();
  /** Where the next call begins, so that no queue waits for another. */
  #turn = 0;

  constructor(link: BullmqLink) {
    this.#link = link;
  }

  async claim(request: ClaimRequest): Promise<ClaimedTask[]> {
    const { queues, count } = request;
    const lanes = await (queues === undefined ? this.#link.lanes(false) : Promise.all(queues.map((name) => this.#link.lane(name))));
    const first = lanes.length === 0 ? 0 : this.#turn++ % lanes.length;
    let open = [...lanes.slice(first), ...lanes.slice(0, first)];
    const claimed: ClaimedTask[] = [];
    while (open.length > 0 && claimed.length < count) {
      const free = count - claimed.length;
      const share = Math.max(1, Math.floor(free / open.length));
      const asked = open.slice(0, free);
      const taken = await Promise.all(asked.map((lane) => this.#take(lane, share, request)));
      claimed.push(...taken.flat());
      open = [...open.slice(free), ...asked.filter((_, index) => taken[index]!.length === share)];
    }
    return claimed;
  }

  /** Prolongs locks. Returns the ids of the tasks that the caller still holds. */
  async renew(leases: readonly TaskLease[], leaseUntil: number): Promise<string[]> {
    const found = await Promise.all(leases.map(async (lease) => [lease, await this.#find(lease)] as const));
    const groups = Map.groupBy(
      found.filter(([, held]) => held !== undefined),
      ([, held]) => held!.lane,
    );
    const lost = new Set<string>();
    for (const [lane, group] of groups) {
      const ids = group.map(([{ id }]) => id);
      const tokens = group.map(([{ token }]) => token);
      for (const id of await lane.backend.extendLocks(ids, tokens, Math.max(1, leaseUntil - Date.now()))) lost.add(id);
    }
    for (const [lease] of found) if (lost.has(lease.id)) this.#held.delete(toHeldKey(lease));
    return found.filter(([{ id }, held]) => held !== undefined && !lost.has(id)).map(([{ id }]) => id);
  }

  /** Keeps notes of an attempt. Returns false, and changes nothing, if the caller no longer holds the task. */
  async save(lease: TaskLease, { progress, steps }: TaskNotes): Promise<boolean> {
    const held = await this.#find(lease);
    if (held === undefined) return false;
    const fields = { ...(progress !== undefined && { progress }), ...(steps !== undefined && { [ownFields.steps]: steps }) };
    const isHeld = (await this.#link.eval(saveScript, toKeys(held.lane, lease.id), [lease.token, ...Object.entries(fields).flat()])) === 1;
    if (steps !== undefined) held.hasSteps = true;
    if (!isHeld) this.#held.delete(toHeldKey(lease));
    return isHeld;
  }

  async findCancelled(leases: readonly TaskLease[]): Promise<string[]> {
    const found = await Promise.all(leases.map(async (lease) => ({ lease, held: await this.#find(lease) })));
    const existing = found.filter(({ held }) => held !== undefined);
    if (existing.length === 0) return [];
    const keys = existing.flatMap(({ lease, held }) => toKeys(held!.lane, lease.id));
    const tokens = existing.map(({ lease }) => lease.token);
    const asked = await this.#link.eval<number[]>(askedScript, keys, tokens);
    return existing.filter((_, index) => asked[index] === 1).map(({ lease }) => lease.id);
  }

  async settle(lease: TaskLease, outcome: TaskOutcome): Promise<boolean> {
    const held = await this.#find(lease);
    if (held === undefined) return false;
    const isEnded = await ifHeld(() => this.#end(held, lease.token, outcome));
    this.#held.delete(toHeldKey(lease));
    return isEnded;
  }

  /** Forgets inputs that a process which died has left, although their tasks are done. */
  async forgetLeft(): Promise<void> {
    const names = await this.#link.eval<string[]>(namesScript, [this.#forgetKey]);
    for (const name of names) {
      const [queue = "", id = ""] = name.split("\n");
      const lane = await this.#link.lane(queue);
      const job = await lane.queue.getJob(id);
      if (job === undefined) await this.#link.eval(removeNameScript, [this.#forgetKey], [name]);
      else await this.#forget(lane, id, toForgotten(job.data));
    }
  }

  async #take(lane: Lane, count: number, request: ClaimRequest): Promise<ClaimedTask[]> {
    const claimed: ClaimedTask[] = [];
    // Without work, a worker asks once a second: one call is enough to see that.
    let asked = this.#full.has(lane.name) ? count : 1;
    for (let seen = 0; claimed.length < count && seen < strangersMax;) {
      const jobs = await takeJobs(lane, asked, request.token);
      claimed.push(...(await this.#sort(lane, jobs, request)));
      if (jobs.length < asked) break;
      seen += jobs.length;
      asked = count - claimed.length;
    }
    if (claimed.length === count) this.#full.add(lane.name);
    else this.#full.delete(lane.name);
    return claimed;
  }

  /** Keeps the tasks that the worker can run, and puts the others where they belong. */
  async #sort(lane: Lane, jobs: ReadonlyArray<Job<TaskData>>, { names, token, leaseUntil }: ClaimRequest): Promise<ClaimedTask[]> {
    // The first attempt of a task has nothing to read.
    const again = jobs.filter(({ attemptsStarted }) => attemptsStarted > 1);
    const read = await readFacts(this.#link, lane, again);
    const claimed: ClaimedTask[] = [];
    for (const job of jobs) {
      const facts = read[again.indexOf(job)] ?? noFacts;
      const id = job.id!;
      const attempt = job.attemptsStarted - facts.free;
      const { attemptsMax, input } = job.data;
      const held = { lane, job, free: facts.free, hasSteps: facts.steps !== null };
      if (facts.cancelAt !== null) await ifHeld(() => cancel(held, token));
      else if (attempt > attemptsMax) await ifHeld(() => failLate(held, token));
      else if (!names.includes(job.name)) await ifHeld(() => rest(held, token, facts.rests));
      else {
        this.#held.set(toHeldKey({ id, token }), held);
        claimed.push({ id, name: job.name, input, attempt, attemptsMax, steps: facts.steps });
      }
    }
    const leaseMs = leaseUntil - Date.now();
    // The lock has another length only in tests.
    if (claimed.length > 0 && Math.abs(leaseMs - lockMs) > 5_000)
      await this.renew(
        claimed.map(({ id }) => ({ id, token })),
        leaseUntil,
      );
    return claimed;
  }

  async #end(held: Held, token: string, { state, dueAt, error, isFree = false, forgetsInput = false }: TaskOutcome): Promise<void> {
    const { lane, job, free } = held;
    const id = job.id!;
    if (state === "done") {
      if (forgetsInput) await this.#link.eval(addNameScript, [this.#forgetKey], [`${lane.name}\n${id}`]);
      await lane.backend.moveToCompleted(job, null, false, token, false);
      if (forgetsInput || held.hasSteps) await this.#forget(lane, id, forgetsInput ? toForgotten(job.data) : "");
      return;
    }
    if (state === "failed") return void (await lane.backend.moveToFailed(job, error ?? "", false, token, false));
    const [isAsked] = await this.#link.eval<number[]>(askedScript, toKeys(lane, id), [token]);
    if (state === "cancelled" || isAsked === 1) return cancel(held, token);
    const now = Date.now();
    const fieldsToUpdate = {
      ...(isFree && { [ownFields.free]: free + 1 }),
      ...(error !== undefined && { [ownFields.error]: error }),
      [ownFields.dueAt]: dueAt ?? now,
    };
    await lane.backend.moveToDelayed(id, now, Math.max(0, (dueAt ?? now) - now), token, { skipAttempt: true, fieldsToUpdate });
  }

  async #forget(lane: Lane, id: string, data: string): Promise<void> {
    const { queue } = lane;
    await this.#link.eval(forgetScript, [queue.toKey(id), queue.toKey("completed"), this.#forgetKey], [id, `${lane.name}\n${id}`, data]);
  }

  get #forgetKey(): string {
    return `${this.#link.base}:forget`;
  }

  /** Finds a task by its lease. One that this process has not claimed is looked for in all queues. */
  async #find(lease: TaskLease): Promise<Held | undefined> {
    const held = this.#held.get(toHeldKey(lease));
    if (held !== undefined) return held;
    for (const lane of await this.#link.lanes(false)) {
      const job = await lane.queue.getJob(lease.id);
      if (job === undefined) continue;
      const [facts = noFacts] = await readFacts(this.#link, lane, [job]);
      return { lane, job, free: facts.free, hasSteps: true };
    }
    return undefined;
  }
}

/** Reads what only Gable knows of each job. */
export async function readFacts(link: BullmqLink, lane: Lane, jobs: ReadonlyArray<Job<TaskData>>): Promise<OwnFacts[]> {
  if (jobs.length === 0) return [];
  const keys = jobs.map(({ id }) => lane.queue.toKey(id!));
  const rows = await link.eval<Array<readonly string[]>>(readScript, keys);
  return rows.map(([free = "", rests = "", steps = "", cancelAt = "", error = "", dueAt = ""]) => ({
    free: Number(free),
    rests: Number(rests),
    steps: steps === "" ? null : steps,
    cancelAt: cancelAt === "" ? null : Number(cancelAt),
    error: error === "" ? null : error,
    dueAt: dueAt === "" ? null : Number(dueAt),
  }));
}

/** Takes jobs in the order of their priorities. What it has taken before an error counts: the error comes again with the next call. */
async function takeJobs({ worker }: Lane, count: number, token: string): Promise<Array<Job<TaskData>>> {
  const answers = await Promise.allSettled(Array.from({ length: count }, () => worker.getNextJob(token, { block: false })));
  // Without a job, BullMQ returns undefined, although its types do not say so.
  const jobs = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value as Job<TaskData> | undefined] : []));
  const failed = answers.find((answer) => answer.status === "rejected");
  const found = jobs.filter((job) => job !== undefined);
  if (failed !== undefined && found.length === 0) throw failed.reason;
  return found;
}

/** Runs work on a task that the caller holds. Returns false if another worker has the task now, or it has ended. */
export async function ifHeld(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    // BullMQ gives its errors a code.
    if (lostCodes.includes((error as { readonly code?: unknown }).code)) return false;
    throw error;
  }
}

/** BullMQ knows no cancelled jobs: they are completed, with a mark. */
async function cancel({ lane, job }: Held, token: string): Promise<void> {
  await lane.backend.moveToCompleted(job, cancelledResult, false, token, false);
}

/** Fails a task whose worker died in the last attempt. What began now does not count as an attempt. */
async function failLate({ lane, job, free }: Held, token: string): Promise<void> {
  await lane.backend.moveToFailed(job, leaseEndedMessage, false, token, false, { [ownFields.free]: free + 1 });
}

/** Puts back a task that this worker does not know, for a while: workers that know it then take it. */
async function rest({ lane, job, free }: Held, token: string, rests: number): Promise<void> {
  const fieldsToUpdate = { [ownFields.free]: free + 1, [ownFields.rests]: rests + 1 };
  const waitMs = Math.min(restMs * 2 ** rests, restMsMax);
  await lane.backend.moveToDelayed(job.id!, Date.now(), waitMs, token, { skipAttempt: true, fieldsToUpdate });
}

function toForgotten(data: TaskData): string {
  return JSON.stringify({ ...data, input: "null" });
}

function toKeys({ queue }: Lane, id: string): [job: string, lock: string] {
  return [queue.toKey(id), `${queue.toKey(id)}:lock`];
}

function toHeldKey({ id, token }: TaskLease): string {
  return `${token} ${id}`;
}
