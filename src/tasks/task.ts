/** Definitions of tasks: a name, the fields of the input, and the work. */
import type { FieldRecord, ValuesOf } from "../forms/field-values.ts";
import type { Progress } from "../commands/progress.ts";
import type { Logger } from "../handlers/logger.ts";
import type { InputOfSchema, OutputOfSchema, StandardSchema } from "../handlers/standard-schema.ts";
import { findCallerPlace } from "../errors/source-place.ts";
import type { SourcePlace } from "../errors/source-place.ts";
import { currentTasks } from "./current-tasks.ts";
import { assertTask } from "./task-options.ts";
import type { InputReader } from "./task-input.ts";
import type { Step } from "./task-steps.ts";
import { createInputReader } from "./task-input.ts";

/** What describes the input of a task: fields by name, or a Standard Schema. */
export type TaskInput = FieldRecord | StandardSchema;

/** What `enqueue()` takes for an input. Values must be JSON. */
export type SentInput<Input> = Input extends StandardSchema
  ? JsonOf<InputOfSchema<Input>>
  : Input extends FieldRecord
    ? JsonOf<ValuesOf<Input>>
    : undefined;

/** What the work gets for an input. */
export type ReadInput<Input> = Input extends StandardSchema
  ? OutputOfSchema<Input>
  : Input extends FieldRecord
    ? ValuesOf<Input>
    : undefined;

/** The type of a value that JSON holds; a sentence for any other. */
export type JsonOf<Value> = Value extends string | number | boolean | null | undefined
  ? Value
  : Value extends Date | bigint | symbol | ((...values: never) => unknown) | Uint8Array | Map<unknown, unknown> | Set<unknown>
    ? TaskInputError<"The input of a task is JSON: pass this value as a string or a number.">
    : Value extends object
      ? { [Name in keyof Value]: JsonOf<Value[Name]> }
      : Value;

/** A mistake in the types of an input, as a sentence. */
export interface TaskInputError<Sentence extends string> {
  /** The problem. */
  readonly $error: Sentence;
}

/** How a task runs. */
export interface TaskOptions<Input = undefined> {
  /** The input: fields by name such as `{ photoId: f.int() }`, or a Standard Schema. None by default. */
  readonly input?: Input;
  /** Name of the queue. Default "default". */
  readonly queue?: string;
  /** Attempts before the task fails, from 1 to 100. Default 5. */
  readonly attemptsMax?: number;
  /** Longest duration of an attempt, in seconds, at most 86,400. Then `signal` aborts. Default 300. */
  readonly timeoutSeconds?: number;
  /** From -100 to 100. Tasks with a higher priority run first. Default 0. */
  readonly priority?: number;
  /**
   * Whether the work runs in a transaction of the queue's database that also marks the task as done: what it writes there then happens
   * exactly once. Default false.
   */
  readonly transactional?: boolean;
  /** Largest input, in bytes of JSON, at most 8,388,608 (8 MiB). Default 65,536 (64 KiB). */
  readonly inputBytesMax?: number;
  /** Whether the queue keeps the input of a task that is done, for a week. Default true. Pass false for inputs with secrets. */
  readonly keepsInput?: boolean;
}

/** How one task is enqueued. */
export interface EnqueueOptions {
  /** Earliest start, in seconds from now, at most 31,536,000 (a year). Default 0. */
  readonly delaySeconds?: number;
  /** From -100 to 100. Default: that of the definition. */
  readonly priority?: number;
  /**
   * While a task of the same name with this key is queued or running, `enqueue()` adds none and returns that one. 1 to 200 characters.
   * None by default.
   */
  readonly uniqueKey?: string;
}

/** What the work of a task gets. */
export interface TaskContext<Input = unknown> {
  /** Id of the task: the same in each attempt. */
  readonly id: string;
  /** The checked input. */
  readonly input: Input;
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  /** Aborts when the task is cancelled, takes too long, or its worker stops. */
  readonly signal: AbortSignal;
  /** A logger that adds the name and the id of the task. */
  readonly log: Logger;
  /** Runs a part once: later attempts get its result, and loops go on at their cursor. */
  readonly step: Step;
  /** Runs work and shows how far it is: lists of tasks have it. Written at most once a second; not in transactional tasks. */
  readonly progress: Progress;
}

/** A task that was enqueued. */
export interface EnqueuedTask {
  /** Id of the task; with a unique key that is taken, of the task that holds it. */
  readonly id: string;
  /** Whether the task was added; false if another one holds its unique key. */
  readonly created: boolean;
}

/** The arguments of `enqueue()`: tasks without input take `undefined`, or none. */
export type EnqueueArguments<Input> =
  undefined extends SentInput<Input>
    ? [input?: SentInput<Input>, options?: EnqueueOptions]
    : [input: SentInput<Input>, options?: EnqueueOptions];

/** Options with their defaults. */
interface TaskSettings {
  readonly queue: string;
  readonly attemptsMax: number;
  readonly timeoutSeconds: number;
  readonly priority: number;
  readonly transactional: boolean;
  readonly keepsInput: boolean;
}

/** A definition, whatever its input is. */
export interface AnyTask {
  /** Name of the task. */
  readonly name: string;
  /** @internal What its workers need. */
  readonly $task: TaskParts;
}

/** @internal What the worker needs of a definition. */
interface TaskParts {
  readonly settings: TaskSettings;
  readonly reader: InputReader;
  readonly work: (context: TaskContext<never>) => unknown;
  readonly place: SourcePlace | undefined;
}

/** A definition of a task. */
export interface Task<Input = undefined> extends AnyTask {
  /**
   * Adds a task to the queue. In a transaction, the task exists once the transaction is committed. Throws `E_TASK_INPUT`,
   * `E_TASK_UNKNOWN` and `E_TASK_MISSING`.
   */
  enqueue(...given: EnqueueArguments<Input>): Promise<EnqueuedTask>;
}

/**
 * Defines a task. Pass it to `gable({ tasks })`.
 *
 * The application then runs it. Throws `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`.
 *
 * @example
 * export const resize = task("resize-photo", { input: { photoId: f.int() }, timeoutSeconds: 60 }, async ({ input, signal }) => {
 *   await resizePhoto(input.photoId, signal);
 * });
 */
export function task<const Input extends TaskInput | undefined = undefined>(
  name: string,
  options: TaskOptions<Input>,
  work: (context: TaskContext<ReadInput<Input>>) => unknown,
): Task<Input> {
  assertTask(name, options, work);
  const { input, queue = "default", attemptsMax = 5, timeoutSeconds = 300, priority = 0, transactional = false } = options;
  const { inputBytesMax, keepsInput = true } = options;
  const parts: TaskParts = {
    settings: { queue, attemptsMax, timeoutSeconds, priority, transactional, keepsInput },
    reader: createInputReader(name, input, inputBytesMax),
    // The reader gives what the types of the input promise.
    work: work as TaskParts["work"],
    place: findCallerPlace(task),
  };
  const definition: Task<Input> = {
    name,
    $task: parts,
    enqueue: async (...[sent, given]) => currentTasks.get().enqueue(definition, sent, given),
  };
  return Object.freeze(definition);
}

/** Thrown by the work of a task that can never succeed: the task fails without another attempt. */
export class TaskRejected extends Error {
  /** @param reason Why it cannot succeed, for people who look at failed tasks. */
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = "TaskRejected";
  }
}
