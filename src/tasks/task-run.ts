/** One attempt of a task: the lease, the signal, and the outcome. */
import { GableError, isGableError } from "../errors/gable-error.ts";
import { toErrorText } from "../errors/error-text.ts";
import type { Logger } from "../handlers/logger.ts";
import { retryDelayMs } from "./retry-delay.ts";
import type { AnyTask } from "./task.ts";
import { TaskRejected } from "./task.ts";
import type { ClaimedTask, TaskLease, TaskOutcome, TaskQueue } from "./task-queue.ts";

/** How long a task that ignores its signal keeps its place, in ms. */
const graceMs = 10_000;
/** Longest text of an error that is stored. */
const errorCharactersMax = 4_000;

/** What attempts need of their worker. */
export interface TaskRunSettings {
  readonly queue: TaskQueue;
  readonly logger: Logger;
  readonly now: () => number;
  /** Runs work inside the application. */
  readonly enter: <Result>(work: () => Result) => Result;
  /** Told when the attempt fails. */
  readonly onFailure?: ((task: string, error: unknown) => void) | undefined;
}

/** One attempt. */
export class TaskRun {
  readonly lease: TaskLease;
  readonly #claimed: ClaimedTask;
  readonly #task: AnyTask;
  readonly #settings: TaskRunSettings;
  readonly #controller = new AbortController();
  readonly #log: Logger;
  /** Ends the wait for work that ignores its signal. */
  #giveUp: (error: GableError) => void = () => undefined;
  #graceTimer: NodeJS.Timeout | undefined;
  #isStopping = false;
  #isLost = false;

  constructor(task: AnyTask, claimed: ClaimedTask, token: string, settings: TaskRunSettings) {
    this.lease = { id: claimed.id, token };
    this.#task = task;
    this.#claimed = claimed;
    this.#settings = settings;
    this.#log = settings.logger.child({ task: task.name, taskId: claimed.id });
  }

  /** Aborts the work, because its task was cancelled or another worker has it. Its outcome no longer counts. */
  lose(): void {
    this.#isLost = true;
    this.#abort(new GableError("E_TASK_CANCELLED", `The task "${this.#task.name}" was cancelled, or its lease ended.`));
  }

  /** Aborts the work, because the worker stops. Another worker begins it again, and the attempt does not count. */
  stop(waitMs: number): void {
    this.#isStopping = true;
    this.#abort(new GableError("E_TASK_STOPPED", `The worker of the task "${this.#task.name}" stops.`), waitMs);
  }

  /** Runs the attempt and records its outcome. Never rejects. */
  async run(): Promise<void> {
    const { timeoutSeconds } = this.#task.$task.settings;
    const timer = setTimeout(() => {
      this.#abort(new GableError("E_TASK_TIMEOUT", `The task "${this.#task.name}" took longer than ${timeoutSeconds} s.`));
    }, timeoutSeconds * 1_000);
    try {
      await this.#settings.enter(() => this.#attempt());
    } catch (error) {
      await this.#fail(error);
    } finally {
      clearTimeout(timer);
      clearTimeout(this.#graceTimer);
    }
  }

  async #attempt(): Promise<void> {
    const { transaction } = this.#settings.queue;
    const isTransactional = this.#task.$task.settings.transactional && transaction !== undefined;
    const complete = async (): Promise<void> => {
      await this.#work();
      const isHeld = await this.#settings.queue.settle(this.lease, { state: "done", now: this.#settings.now() });
      if (isHeld) return;
      this.#isLost = true;
      // Rolls back what a transactional task wrote: another worker writes it again.
      throw new GableError("E_TASK_CANCELLED", `The task "${this.#task.name}" was cancelled, or its lease ended.`);
    };
    await (isTransactional ? this.#settings.queue.transaction!(complete) : complete());
  }

  async #work(): Promise<void> {
    const { reader, work } = this.#task.$task;
    const { id, attempt } = this.#claimed;
    const input = await reader.read(this.#claimed.input);
    const givenUp = new Promise<never>((_resolve, reject) => (this.#giveUp = reject));
    // The types of the definition say what the reader gives.
    const context = { id, attempt, input: input as never, signal: this.#controller.signal, log: this.#log };
    await Promise.race([(async () => work(context))(), givenUp]);
  }

  #abort(reason: GableError, waitMs = graceMs): void {
    clearTimeout(this.#graceTimer);
    this.#graceTimer = setTimeout(() => this.#giveUp(reason), waitMs);
    if (!this.#controller.signal.aborted) this.#controller.abort(reason);
  }

  async #fail(error: unknown): Promise<void> {
    if (this.#isLost) return this.#log.warn({ error }, `The task "${this.#task.name}" no longer belongs to this worker.`);
    this.#settings.onFailure?.(this.#task.name, error);
    const outcome = this.#outcomeOf(error);
    const what = outcome.isFree === true ? "goes on in another worker" : outcome.state === "queued" ? "will run again" : "failed";
    const facts = { error, attempt: this.#claimed.attempt, attemptsMax: this.#claimed.attemptsMax };
    this.#log[outcome.state === "failed" ? "error" : "warn"](facts, `The task "${this.#task.name}" ${what}: ${toErrorText(error)}`);
    try {
      await this.#settings.queue.settle(this.lease, outcome);
    } catch (failure) {
      // The lease ends by itself, and the task runs again.
      this.#log.error({ error: failure }, `The outcome of the task "${this.#task.name}" could not be stored.`);
    }
  }

  #outcomeOf(error: unknown): TaskOutcome {
    const now = this.#settings.now();
    const { attempt, attemptsMax } = this.#claimed;
    if (this.#isStopping) return { state: "queued", now, dueAt: now, isFree: true };
    // PostgreSQL stores no NUL.
    const text = toErrorText(error).replaceAll("\u0000", "").slice(0, errorCharactersMax);
    const isFinal = attempt >= attemptsMax || error instanceof TaskRejected || (isGableError(error) && error.code === "E_TASK_INPUT");
    if (isFinal) return { state: "failed", now, error: text };
    return { state: "queued", now, dueAt: now + retryDelayMs(attempt), error: text };
  }
}
