/** Steps of a task: what has finished is not done again, and loops go on where they were. */
import { GableError } from "../errors/gable-error.ts";
import { assertFunction, describeValue } from "../errors/option-errors.ts";
import { findJsonLoss } from "../http/json-loss.ts";
import { inputBytesDefault } from "./task-input.ts";

/** What a step gets. */
export interface StepContext {
  /** What the last `advance()` of an earlier attempt has kept; undefined at the beginning. */
  readonly cursor: StepCursor | undefined;
  /**
   * Keeps where the step is, at most once a second and when the attempt ends. Throws the reason when the task must stop: another attempt
   * then goes on here.
   */
  advance(cursor: StepCursor): Promise<void>;
}

/** Where a step is: a number or a string, such as the id of the last row. */
export type StepCursor = string | number;

/** Runs a part of a task once: later attempts get its result without running it again. Results must be JSON. */
export type Step = <Result>(name: string, work: (step: StepContext) => Promise<Result> | Result) => Promise<Result>;

/** What is known of a step. */
interface StepState {
  readonly isDone: boolean;
  readonly result?: unknown;
  readonly cursor?: StepCursor;
}

/** What steps need of their attempt. */
export interface StepSettings {
  /** Name of the task. */
  readonly task: string;
  /** What earlier attempts have kept, as JSON. */
  readonly kept: string | null;
  /** Keeps the steps, as JSON. */
  readonly save: (steps: string) => Promise<void>;
  /** Throws if the attempt must end. */
  readonly assertGoing: () => void;
  /** Clock, in ms. */
  readonly now: () => number;
}

const nameCharactersMax = 100;
const resultDepthMax = 64;
/** Cursors in between are kept when the step ends or fails. */
const saveMs = 1_000;

/** The steps of one attempt. */
export class TaskSteps {
  readonly #settings: StepSettings;
  readonly #states: Map<string, StepState>;
  readonly #used = new Set<string>();
  #savedAt: number;
  #isSaved = true;

  constructor(settings: StepSettings) {
    this.#settings = settings;
    // Only this file writes them.
    const kept = settings.kept === null ? [] : (JSON.parse(settings.kept) as Array<[string, StepState]>);
    this.#states = new Map(kept);
    this.#savedAt = settings.now();
  }

  /** Runs a step, or returns what it has returned before. Throws `E_TASK_STEP`, and what the work throws. */
  readonly run: Step = async (name, work) => {
    this.#assertName(name);
    assertFunction(`step("${name}")`, work);
    const known = this.#states.get(name);
    // The result comes from the same step of an earlier attempt.
    if (known?.isDone === true) return known.result as Awaited<ReturnType<typeof work>>;
    this.#settings.assertGoing();
    try {
      const result = await work({ cursor: known?.cursor, advance: (cursor) => this.#advance(name, cursor) });
      this.#assertJson(name, "result", result);
      await this.#keep(name, { isDone: true, ...(result !== undefined && { result }) });
      return result;
    } finally {
      if (!this.#isSaved) await this.#save();
    }
  };

  async #advance(name: string, cursor: StepCursor): Promise<void> {
    if (typeof cursor !== "string" && !Number.isFinite(cursor))
      throw this.#invalid(`The cursor of the step "${name}" is ${describeValue(cursor)}; it must be a string or a number`);
    this.#states.set(name, { isDone: false, cursor });
    this.#isSaved = false;
    if (this.#settings.now() - this.#savedAt >= saveMs) await this.#save();
    this.#settings.assertGoing();
  }

  #keep(name: string, state: StepState): Promise<void> {
    this.#states.set(name, state);
    this.#isSaved = false;
    return this.#save();
  }

  async #save(): Promise<void> {
    const json = JSON.stringify([...this.#states]);
    // A failure to save must not be repeated while its error travels.
    this.#isSaved = true;
    this.#savedAt = this.#settings.now();
    const bytes = new TextEncoder().encode(json).length;
    if (bytes > inputBytesDefault) throw this.#invalid(`Its steps have ${bytes} bytes of JSON, and the maximum is ${inputBytesDefault}`);
    await this.#settings.save(json);
  }

  #assertName(name: string): void {
    if (typeof name !== "string" || name === "" || name.length > nameCharactersMax)
      throw this.#invalid(`The name of a step is ${describeValue(name)}; it must have 1 to ${nameCharactersMax} characters`);
    if (this.#used.has(name)) throw this.#invalid(`Two of its steps are named "${name}"`);
    this.#used.add(name);
  }

  #assertJson(name: string, what: string, value: unknown): void {
    const wrong = findJsonLoss(value, what, { depthMax: resultDepthMax });
    if (wrong !== undefined) throw this.#invalid(`The step "${name}" cannot be kept: ${wrong}`);
  }

  #invalid(sentence: string): GableError {
    return new GableError("E_TASK_STEP", `The task "${this.#settings.task}" has steps that cannot be kept. ${sentence}.`);
  }
}
