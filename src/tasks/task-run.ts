/** One attempt of a task: the lease, the signal, and the outcome. */
import { GableError, isGableError } from "../errors/gable-error.ts";
import { toErrorText } from "../errors/error-text.ts";
import { isErrorValue } from "../errors/thrown-value.ts";
import type { Logger } from "../handlers/logger.ts";
import type { Traces } from "../traces/traces.ts";
import { retryDelayMs } from "./retry-delay.ts";
import type { AnyTask, TaskContext } from "./task.ts";
import { TaskRejected } from "./task.ts";
import type { TaskEnd } from "./task-events.ts";
import { publishTask } from "./task-events.ts";
import type { StoredInput } from "./task-origin.ts";
import { readOrigin } from "./task-origin.ts";
import { TaskProgressWriter } from "./task-progress.ts";
import { TaskSteps } from "./task-steps.ts";
import { toStoredText } from "./stored-text.ts";
import type { ClaimedTask, TaskLease, TaskOutcome, TaskQueue } from "./task-queue.ts";

/** Longest text of an error that is stored. */
const errorCharactersMax = 4_000;

/** What the log says of outcomes. */
const endings = { done: "is done", failed: "failed", queued: "will run again", cancelled: "was cancelled" } as const;

/** What makes spans of tasks. */
export type TaskTraces = Pick<Traces, "sendTask" | "runTask">;

/** What attempts need of their worker. */
export interface TaskRunSettings {
  readonly queue: TaskQueue;
  readonly logger: Logger;
  readonly now: () => number;
  /** How long a task that ignores its signal keeps its place, in ms. */
  readonly graceMs: number;
  /** Runs work inside the application. */
  readonly enter: <Result>(work: () => Result) => Result;
  /** Makes spans of attempts; undefined without traces. */
  readonly traces?: TaskTraces | undefined;
  /** Told when the attempt fails. */
  readonly onFailure?: ((task: string, error: unknown) => void) | undefined;
}

/** One attempt. */
export class TaskRun {
  readonly lease: TaskLease;
  readonly #claimed: ClaimedTask;
  readonly #input: StoredInput;
  readonly #task: AnyTask;
  readonly #settings: TaskRunSettings;
  // Made when the work asks for them: few tasks use them, and together they cost more than a task that does nothing.
  #controller: AbortController | undefined;
  #log: Logger | undefined;
  /** Ends the wait for work that ignores its signal. */
  #giveUp: (error: GableError) => void = () => undefined;
  #graceTimer: NodeJS.Timeout | undefined;
  #graceEndsAt = Infinity;
  /** Whether the worker takes no more tasks: loops with a cursor end here and go on elsewhere. */
  #isDraining = false;
  #isStopping = false;
  #isCancelled = false;
  #isLost = false;
  #progress: TaskProgressWriter | undefined;
  #steps: TaskSteps | undefined;

  constructor(task: AnyTask, claimed: ClaimedTask, token: string, settings: TaskRunSettings) {
    this.lease = { id: claimed.id, token };
    this.#task = task;
    this.#claimed = claimed;
    this.#input = readOrigin(claimed.input);
    this.#settings = settings;
  }

  /** Whether the outcome no longer counts. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Aborts the work, because another worker has the task. Its outcome no longer counts. */
  lose(): void {
    this.#isLost = true;
    this.#abort(this.#lost());
  }

  /** Aborts the work, because somebody asked for it. */
  cancel(): void {
    this.#isCancelled = true;
    this.#abort(new GableError("E_TASK_CANCELLED", `The task "${this.#task.name}" was cancelled.`));
  }

  /** Lets steps end at their next cursor, because the worker will stop. */
  drain(): void {
    this.#isDraining = true;
  }

  /** Aborts the work, because the worker stops. Another worker runs it again, and the attempt does not count. */
  stop(waitMs: number): void {
    this.#isStopping = true;
    this.#abort(new GableError("E_TASK_STOPPED", `The worker of the task "${this.#task.name}" stops.`), waitMs);
  }

  /** Runs the attempt and records its outcome. Never rejects. */
  async run(): Promise<void> {
    const { id, attempt } = this.#claimed;
    const facts = { task: this.#task.name, taskId: id, attempt };
    const run = (): Promise<TaskEnd> => publishTask(facts, () => this.#run());
    const { traces } = this.#settings;
    await (traces?.runTask({ ...facts, queue: this.#task.$task.settings.queue, origin: this.#input.origin }, run) ?? run());
  }

  async #run(): Promise<TaskEnd> {
    const { timeoutSeconds } = this.#task.$task.settings;
    const timer = setTimeout(() => {
      this.#abort(new GableError("E_TASK_TIMEOUT", `The task "${this.#task.name}" took longer than ${timeoutSeconds} s.`));
    }, timeoutSeconds * 1_000);
    try {
      await this.#settings.enter(() => this.#attempt());
      return { outcome: "done", error: undefined };
    } catch (error) {
      return { outcome: await this.#fail(error), error };
    } finally {
      clearTimeout(timer);
      clearTimeout(this.#graceTimer);
    }
  }

  async #attempt(): Promise<void> {
    const complete = async (): Promise<void> => {
      await this.#work();
      const forgetsInput = !this.#task.$task.settings.keepsInput;
      const isHeld = await this.#settings.queue.settle(this.lease, { state: "done", now: this.#settings.now(), forgetsInput });
      if (isHeld) return;
      this.#isLost = true;
      // Rolls back what a transactional task wrote: another worker writes it again.
      throw this.#lost();
    };
    await (this.#isTransactional ? this.#settings.queue.transaction!(complete) : complete());
  }

  get #isTransactional(): boolean {
    return this.#task.$task.settings.transactional && this.#settings.queue.transaction !== undefined;
  }

  async #work(): Promise<void> {
    const { reader, work } = this.#task.$task;
    const input = await reader.read(this.#input.input);
    const givenUp = new Promise<never>((_resolve, reject) => (this.#giveUp = reject));
    const context = this.#createContext(input as never); // The types of the definition say what the reader gives.
    await Promise.race([(async () => work(context))(), givenUp]);
    await this.#progress?.end();
  }

  #createContext(input: never): TaskContext<never> {
    const { id, attempt } = this.#claimed;
    const find = {
      signal: () => (this.#controller ??= new AbortController()).signal,
      log: () => this.#findLog(),
      step: () => this.#findSteps().run,
      progress: () => this.#findProgress().progress,
    };
    return {
      id,
      attempt,
      input,
      get signal() {
        return find.signal();
      },
      get log() {
        return find.log();
      },
      get step() {
        return find.step();
      },
      get progress() {
        return find.progress();
      },
    };
  }

  #findLog(): Logger {
    const { requestId } = this.#input;
    const facts = { task: this.#task.name, taskId: this.#claimed.id, ...(requestId !== undefined && { requestId }) };
    return (this.#log ??= this.#settings.logger.child(facts));
  }

  #findSteps(): TaskSteps {
    this.#steps ??= new TaskSteps({
      task: this.#task.name,
      kept: this.#claimed.steps,
      save: (steps) => this.#saveSteps(steps),
      assertGoing: () => this.#assertGoing(),
      now: () => performance.now(),
    });
    return this.#steps;
  }

  #findProgress(): TaskProgressWriter {
    return (this.#progress ??= new TaskProgressWriter(
      (progress) => this.#showProgress(progress),
      () => performance.now(),
    ));
  }

  /** Never rejects: work must not fail because nobody can see how far it is. */
  async #showProgress(progress: string): Promise<void> {
    // Nobody would see it before the end of the transaction.
    if (this.#isTransactional) return;
    try {
      if (!(await this.#settings.queue.save(this.lease, { progress }))) this.lose();
    } catch (error) {
      this.#findLog().warn({ error }, `The progress of the task "${this.#task.name}" could not be stored.`);
    }
  }

  async #saveSteps(steps: string): Promise<void> {
    // They commit together with the end of the task, which needs them no more; until then its row would be locked.
    if (this.#isTransactional) return;
    if (await this.#settings.queue.save(this.lease, { steps })) return;
    this.lose();
    throw this.#lost();
  }

  /** Ends the work at a place from where it can go on. */
  #assertGoing(): void {
    if (this.#isDraining) this.stop(this.#settings.graceMs);
    this.#controller?.signal.throwIfAborted();
  }

  #lost(): GableError {
    return new GableError("E_TASK_CANCELLED", `The task "${this.#task.name}" was cancelled, or its lease ended.`);
  }

  #abort(reason: GableError, waitMs = this.#settings.graceMs): void {
    const endsAt = performance.now() + waitMs;
    // Whoever asks again does not prolong the wait: a cancelled task is asked with each poll.
    if (endsAt < this.#graceEndsAt) {
      this.#graceEndsAt = endsAt;
      clearTimeout(this.#graceTimer);
      this.#graceTimer = setTimeout(() => this.#giveUp(reason), waitMs);
    }
    this.#controller ??= new AbortController();
    if (!this.#controller.signal.aborted) this.#controller.abort(reason);
  }

  async #fail(error: unknown): Promise<TaskEnd["outcome"]> {
    if (this.#isLost) {
      this.#findLog().warn({ error }, `The task "${this.#task.name}" no longer belongs to this worker.`);
      return "lost";
    }
    this.#settings.onFailure?.(this.#task.name, error);
    const outcome = this.#outcomeOf(error);
    const what = outcome.isFree === true ? "goes on in another worker" : endings[outcome.state];
    const facts = { error, attempt: this.#claimed.attempt, attemptsMax: this.#claimed.attemptsMax };
    await this.#progress?.end();
    this.#findLog()[outcome.state === "failed" ? "error" : "warn"](facts, `The task "${this.#task.name}" ${what}: ${toErrorText(error)}`);
    try {
      await this.#settings.queue.settle(this.lease, outcome);
    } catch (failure) {
      // The lease ends by itself, and the task runs again.
      this.#findLog().error({ error: failure }, `The outcome of the task "${this.#task.name}" could not be stored.`);
    }
    return outcome.state;
  }

  #outcomeOf(error: unknown): TaskOutcome {
    const now = this.#settings.now();
    const { attempt, attemptsMax } = this.#claimed;
    if (this.#isCancelled) return { state: "cancelled", now };
    if (this.#isStopping) return { state: "queued", now, dueAt: now, isFree: true };
    // What the queue stores is never empty: a task that has failed says why.
    const text = toStoredText(toErrorText(error), errorCharactersMax) || "Error";
    const isFinal = attempt >= attemptsMax || isHopeless(error);
    if (isFinal) return { state: "failed", now, error: text };
    return { state: "queued", now, dueAt: now + retryDelayMs(attempt), error: text };
  }
}

/** Whether another attempt would fail as well. */
function isHopeless(error: unknown): boolean {
  return (isErrorValue(error) && error instanceof TaskRejected) || (isGableError(error) && error.code === "E_TASK_INPUT");
}
