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
export declare function task<const Input extends TaskInput | undefined = undefined>(name: string, options: TaskOptions<Input>, work: (context: TaskContext<ReadInput<Input>>) => unknown): Task<Input>;

/** Thrown by the work of a task that can never succeed: the task fails without another attempt. */
export declare class TaskRejected extends Error {
    /** @param reason Why it cannot succeed, for people who look at failed tasks. */
    constructor(reason: string, options?: ErrorOptions);
}

/**
 * Enqueues a task at the times of a cron expression. Pass it to `gable({ tasks })` with its task.
 *
 * The fields are minute, hour, day of the month, month and weekday; `@hourly`, `@daily`, `@weekly`, `@monthly` and `@yearly` are shortcuts.
 * Each time counts once, however many processes run tasks.
 *
 * Throws `E_SCHEDULE_CRON`, `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`.
 *
 * @example
 * export const nightly = schedule("nightly-report", "0 3 * * *", report, { timeZone: "Europe/Berlin" });
 */
export declare function schedule<Input = undefined>(name: string, expression: string, task: Task<Input>, ...[options]: ScheduleArguments<Input>): Schedule;

/** A schedule. Pass it to `gable({ tasks })`. */
export interface Schedule {
    /** Name of the schedule. */
    readonly name: string;
}

/** The last argument of `schedule()`: a task without input needs none. */
export type ScheduleArguments<Input> = undefined extends SentInput<Input> ? [options?: ScheduleOptions<Input>] : [options: ScheduleOptions<Input>];

/** When and how a schedule enqueues its task. */
export type ScheduleOptions<Input = undefined> = ScheduleTimes & (undefined extends SentInput<Input> ? {
    /** The input of the task. None by default. */
    readonly input?: SentInput<Input>;
} : {
    /** The input of the task. */
    readonly input: SentInput<Input>;
});

/** The times of a schedule. */
export interface ScheduleTimes {
    /** Time zone of the expression, such as "Europe/Berlin". Default "UTC". */
    readonly timeZone?: string;
    /**
     * Whether the last time is made up for when no process was there to run it, up to six days later. Default false: a time that
     * nobody has seen within a minute is left out.
     */
    readonly catchUp?: boolean;
}

/** Creates the model of the table `gable_tasks`. Export it from your models: `export const TaskRow = taskModel();` */
export declare const taskModel: () => import("../data/model.ts").ModelStatic<{
    id: import("../data.ts").Column<string, "optional", true> & {
        readonly access: "fixed";
    };
    name: import("../data.ts").Column<string, "required", false>;
    queue: import("../data.ts").Column<string, "required", false>;
    state: import("../data.ts").Column<string, "required", false>;
    /** The negated priority: an index in ascending order then reads the most urgent task first. */
    turn: import("../data.ts").Column<number, "required", false>;
    input: import("../data.ts").Column<string, "required", false>;
    attempts: import("../data.ts").Column<number, "optional", false>;
    attemptsMax: import("../data.ts").Column<number, "required", false>;
    dueAt: import("../data.ts").Column<Date, "required", false>;
    token: import("../data.ts").Column<string | null, "optional", false>;
    leaseUntil: import("../data.ts").Column<Date | null, "optional", false>;
    error: import("../data.ts").Column<string | null, "optional", false>;
    uniqueKey: import("../data.ts").Column<string | null, "optional", false>;
    /** Of the name and the key, while the task holds the key. */
    keyHash: import("../data.ts").Column<string | null, "optional", false>;
    /** When somebody asked a running task to stop. */
    cancelAt: import("../data.ts").Column<Date | null, "optional", false>;
    progress: import("../data.ts").Column<string | null, "optional", false>;
    steps: import("../data.ts").Column<string | null, "optional", false>;
    createdAt: import("../data.ts").Column<Date, "required", false>;
    startedAt: import("../data.ts").Column<Date | null, "optional", false>;
    finishedAt: import("../data.ts").Column<Date | null, "optional", false>;
}> & {
    new (): import("../data/model.ts").RowOf<"gable_tasks"> & {
        id: string;
        name: string;
        queue: string;
        state: string;
        turn: number;
        input: string;
        attempts: number;
        attemptsMax: number;
        dueAt: Date;
        token: string | null;
        leaseUntil: Date | null;
        error: string | null;
        uniqueKey: string | null;
        keyHash: string | null;
        cancelAt: Date | null;
        progress: string | null;
        steps: string | null;
        createdAt: Date;
        startedAt: Date | null;
        finishedAt: Date | null;
    } & {} & import("../data/model.ts").RelationProperties<{
        id: import("../data.ts").Column<string, "optional", true> & {
            readonly access: "fixed";
        };
        name: import("../data.ts").Column<string, "required", false>;
        queue: import("../data.ts").Column<string, "required", false>;
        state: import("../data.ts").Column<string, "required", false>;
        /** The negated priority: an index in ascending order then reads the most urgent task first. */
        turn: import("../data.ts").Column<number, "required", false>;
        input: import("../data.ts").Column<string, "required", false>;
        attempts: import("../data.ts").Column<number, "optional", false>;
        attemptsMax: import("../data.ts").Column<number, "required", false>;
        dueAt: import("../data.ts").Column<Date, "required", false>;
        token: import("../data.ts").Column<string | null, "optional", false>;
        leaseUntil: import("../data.ts").Column<Date | null, "optional", false>;
        error: import("../data.ts").Column<string | null, "optional", false>;
        uniqueKey: import("../data.ts").Column<string | null, "optional", false>;
        /** Of the name and the key, while the task holds the key. */
        keyHash: import("../data.ts").Column<string | null, "optional", false>;
        /** When somebody asked a running task to stop. */
        cancelAt: import("../data.ts").Column<Date | null, "optional", false>;
        progress: import("../data.ts").Column<string | null, "optional", false>;
        steps: import("../data.ts").Column<string | null, "optional", false>;
        createdAt: import("../data.ts").Column<Date, "required", false>;
        startedAt: import("../data.ts").Column<Date | null, "optional", false>;
        finishedAt: import("../data.ts").Column<Date | null, "optional", false>;
    }> & import("../data/model.ts").InstanceApi<{
        id: import("../data.ts").Column<string, "optional", true> & {
            readonly access: "fixed";
        };
        name: import("../data.ts").Column<string, "required", false>;
        queue: import("../data.ts").Column<string, "required", false>;
        state: import("../data.ts").Column<string, "required", false>;
        /** The negated priority: an index in ascending order then reads the most urgent task first. */
        turn: import("../data.ts").Column<number, "required", false>;
        input: import("../data.ts").Column<string, "required", false>;
        attempts: import("../data.ts").Column<number, "optional", false>;
        attemptsMax: import("../data.ts").Column<number, "required", false>;
        dueAt: import("../data.ts").Column<Date, "required", false>;
        token: import("../data.ts").Column<string | null, "optional", false>;
        leaseUntil: import("../data.ts").Column<Date | null, "optional", false>;
        error: import("../data.ts").Column<string | null, "optional", false>;
        uniqueKey: import("../data.ts").Column<string | null, "optional", false>;
        /** Of the name and the key, while the task holds the key. */
        keyHash: import("../data.ts").Column<string | null, "optional", false>;
        /** When somebody asked a running task to stop. */
        cancelAt: import("../data.ts").Column<Date | null, "optional", false>;
        progress: import("../data.ts").Column<string | null, "optional", false>;
        steps: import("../data.ts").Column<string | null, "optional", false>;
        createdAt: import("../data.ts").Column<Date, "required", false>;
        startedAt: import("../data.ts").Column<Date | null, "optional", false>;
        finishedAt: import("../data.ts").Column<Date | null, "optional", false>;
    }> & Readonly<{}>;
    readonly $table: "gable_tasks";
};

/**
 * Creates a queue in BullMQ, which keeps tasks in Redis. Needs the packages `bullmq` and `redis`.
 *
 * Redis must be 6.2 or later, and delete no keys when its memory is full. Throws `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`; opening it throws `E_BULLMQ_MISSING`, `E_REDIS_MISSING`,
 * `E_REDIS_CONNECT` and `E_TASK_STORE`.
 */
export declare function bullmqQueue(options: BullmqQueueOptions): TaskQueue & TaskDirectory;

/** Options for {@link bullmqQueue}. */
export interface BullmqQueueOptions {
    /** Address of Redis, such as `redis://localhost:6379`. */
    readonly url: string;
    /** What the names of all keys start with. Default "gable:". */
    readonly prefix?: string;
    /** How long Redis keeps tasks that are done or cancelled, in seconds: from 3,600 to 604,800. Default 604,800 (7 days). */
    readonly doneSeconds?: number;
}

/** Creates a queue in a database that has the model. */
export declare function databaseTasks(database: Database, model: TaskModel): TaskQueue & TaskDirectory;

/** Creates a queue in memory. */
export declare function memoryTasks(): MemoryTaskQueue;

/** A queue in memory, which tests can look into. */
export interface MemoryTaskQueue extends TaskQueue, TaskDirectory {
    /** All tasks, the first one first. */
    readonly tasks: readonly ListedTask[];
    /** Forgets all tasks. */
    clear(): void;
}

/** Runs the tasks of an application. */
export declare const tasksPart: import("../parts/part.ts").Part<"tasks", AppTasks, TaskSetting>;

/** A definition, whatever its input is. */
export interface AnyTask {
    /** Name of the task. */
    readonly name: string;
}

/** The arguments of `enqueue()`: tasks without input take `undefined`, or none. */
export type EnqueueArguments<Input> = undefined extends SentInput<Input> ? [input?: SentInput<Input>, options?: EnqueueOptions] : [input: SentInput<Input>, options?: EnqueueOptions];

/** A task that was enqueued. */
export interface EnqueuedTask {
    /** Id of the task; with a unique key that is taken, of the task that holds it. */
    readonly id: string;
    /** Whether the task was added; false if another one holds its unique key. */
    readonly created: boolean;
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

/** The type of a value that JSON holds; a sentence for any other. */
export type JsonOf<Value> = Value extends string | number | boolean | null | undefined ? Value : Value extends Date | bigint | symbol | ((...values: never) => unknown) | Uint8Array | Map<unknown, unknown> | Set<unknown> ? TaskInputError<"The input of a task is JSON: pass this value as a string or a number."> : Value extends object ? {
    [Name in keyof Value]: JsonOf<Value[Name]>;
} : Value;

/** What the work gets for an input. */
export type ReadInput<Input> = Input extends StandardSchema ? OutputOfSchema<Input> : Input extends FieldRecord ? ValuesOf<Input> : undefined;

/** What `enqueue()` takes for an input. Values must be JSON. */
export type SentInput<Input> = Input extends StandardSchema ? JsonOf<InputOfSchema<Input>> : Input extends FieldRecord ? JsonOf<ValuesOf<Input>> : undefined;

/** A definition of a task. */
export interface Task<Input = undefined> extends AnyTask {
    /**
     * Adds a task to the queue. In a transaction, the task exists once the transaction is committed. Throws `E_TASK_INPUT`,
     * `E_TASK_UNKNOWN` and `E_TASK_MISSING`.
     */
    enqueue(...given: EnqueueArguments<Input>): Promise<EnqueuedTask>;
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

/** What describes the input of a task: fields by name, or a Standard Schema. */
export type TaskInput = FieldRecord | StandardSchema;

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

/** Runs a part of a task once: later attempts get its result without running it again. Results must be JSON. */
export type Step = <Result>(name: string, work: (step: StepContext) => Promise<Result> | Result) => Promise<Result>;

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

/** Figures of one queue. */
export interface QueueStats {
    /** Name of the queue. */
    readonly queue: string;
    /** Tasks that are due and wait. */
    readonly waiting: number;
    /** How long the oldest of them has been due, in seconds; null without one. */
    readonly oldestSeconds: number | null;
    /** Tasks that are queued for later. */
    readonly later: number;
    /** Tasks that run. */
    readonly running: number;
    /** Tasks that failed in the last 24 hours. */
    readonly failed: number;
    /** Duration within which half of this queue's tasks ended, among the latest 1,000 finished tasks of all queues, in ms; null if it has none. */
    readonly p50Ms: number | null;
    /** The same for 95 %. */
    readonly p95Ms: number | null;
}

/** How far a task is. */
export interface TaskProgress {
    /** What is being done. */
    readonly label: string;
    /** Steps that are done. */
    readonly done: number;
    /** All steps; null when nobody knows. */
    readonly total: number | null;
    /** What the last step was; null if it has no note. */
    readonly note: string | null;
}

/** What became of a task that was added. */
export interface AddedTask {
    /** Id of the task, or of the one that holds its key. */
    readonly id: string;
    /** Whether the task was added; false if another one holds its key, or it was added before. */
    readonly created: boolean;
}

/** What became of a task that should be cancelled: it is, its worker was asked, or it is neither queued nor running. */
export type CancelResult = "cancelled" | "asked" | "ended";

/** A task that a worker may run until its lease ends. */
export interface ClaimedTask {
    /** Id of the task. */
    readonly id: string;
    /** Name of the task's definition. */
    readonly name: string;
    /** Input as JSON. */
    readonly input: string;
    /** Number of this attempt, from 1. */
    readonly attempt: number;
    /** Attempts before the task fails. */
    readonly attemptsMax: number;
    /** What `save()` of earlier attempts has kept of its steps; null if nothing. */
    readonly steps: string | null;
}

/** What a worker asks for. */
export interface ClaimRequest {
    /** Names of the definitions that the worker has. Other tasks stay in the queue. */
    readonly names: readonly string[];
    /** Queues to read. By default all. */
    readonly queues?: readonly string[] | undefined;
    /** Most tasks to return. */
    readonly count: number;
    /** The current time. */
    readonly now: number;
    /** When the lease ends. */
    readonly leaseUntil: number;
    /** Random text that identifies the holder of the lease. */
    readonly token: string;
}

/** A task as lists show it. */
export interface ListedTask extends Omit<NewTask, "uniqueKey" | "isOnce"> {
    /** Its unique key; null if it has none. */
    readonly uniqueKey: string | null;
    /** How far it is; null if it does not say. */
    readonly progress: TaskProgress | null;
    /** When somebody asked the running task to stop; null if nobody did. */
    readonly cancelAt: number | null;
    /** State of the task. */
    readonly state: TaskState;
    /** Attempts that have begun. */
    readonly attempts: number;
    /** Why the last attempt failed; null if none did. */
    readonly error: string | null;
    /** When the last attempt began; null before the first. */
    readonly startedAt: number | null;
    /** When the task ended; null before. */
    readonly finishedAt: number | null;
}

/** A task to add to a queue. Times are milliseconds since 1970. */
export interface NewTask {
    /** Unique id. */
    readonly id: string;
    /** Name of the task's definition. */
    readonly name: string;
    /** Name of the queue. */
    readonly queue: string;
    /** From -100 to 100. Tasks with a higher priority run first. */
    readonly priority: number;
    /** Input as JSON. */
    readonly input: string;
    /** Attempts before the task fails. */
    readonly attemptsMax: number;
    /** When the task may run. */
    readonly dueAt: number;
    /** When the task was added. */
    readonly createdAt: number;
    /** While a task of the same name with this key is queued or running, no other one is added. None by default. */
    readonly uniqueKey?: string | null;
    /** Whether the same task may have been added before, with the same id: then nothing is added. Default false. */
    readonly isOnce?: boolean;
}

/** Limits of a sweep. */
export interface SweepRequest {
    /** The current time. */
    readonly now: number;
    /** Finished and cancelled tasks that ended before are deleted. */
    readonly doneBefore: number;
    /** Failed tasks that ended before are deleted. */
    readonly failedBefore: number;
    /** Most tasks to change and to delete. */
    readonly rowsMax: number;
    /**
     * How long a lease must stay unchanged before the queue counts it as ended, in ms: clocks can be set, and a worker that
     * lives renews its lease. Default 0: the time of the lease decides.
     */
    readonly unchangedMs?: number;
}

/** Queues whose tasks people can list and change. */
export interface TaskDirectory {
    /** Returns tasks, the latest first. */
    list(filter?: TaskFilter): Promise<readonly ListedTask[]>;
    /**
     * Queues a failed or cancelled task again, with all its attempts; steps that have finished are not repeated. Returns whether it was in
     * one of these states. Throws `E_TASK_KEY_HELD` if another task holds its unique key.
     */
    retry(id: string, now: number): Promise<boolean>;
    /** Returns figures of each queue that has tasks. `now` is the current time. */
    stats(now: number): Promise<readonly QueueStats[]>;
    /** Deletes a failed or cancelled task. Returns whether it was in one of these states. */
    discard(id: string): Promise<boolean>;
    /** Cancels a queued task, or asks a running one to stop. */
    cancel(id: string, now: number): Promise<CancelResult>;
}

/** Which tasks to list. */
export interface TaskFilter {
    /** State of the tasks. By default any. */
    readonly state?: TaskState;
    /** Name of the tasks. By default any. */
    readonly name?: string;
    /** Most tasks to return. Default 100. */
    readonly limit?: number;
}

/** The right to run a task. */
export interface TaskLease {
    /** Id of the task. */
    readonly id: string;
    /** The token it was claimed with. */
    readonly token: string;
}

/** What an attempt keeps: texts of JSON. What is left out stays as it was. */
export interface TaskNotes {
    /** How far it is. */
    readonly progress?: string;
    /** Steps that have finished, and cursors. */
    readonly steps?: string;
}

/** How an attempt ended. */
export interface TaskOutcome {
    /** State of the task from now on. "queued" is another attempt. */
    readonly state: "done" | "failed" | "queued" | "cancelled";
    /** The current time. */
    readonly now: number;
    /** When the next attempt may start. Required for "queued". */
    readonly dueAt?: number;
    /** Why the attempt failed. None by default. */
    readonly error?: string;
    /** Whether the attempt does not count, because the worker stopped. Default false. */
    readonly isFree?: boolean;
    /** Whether the input of a task that is done is replaced by null. Default false. */
    readonly forgetsInput?: boolean;
}

/** Where tasks wait. `testTaskQueue()` of gable/testing checks an implementation. */
export interface TaskQueue {
    /** Whether other processes see the tasks. Default true. */
    readonly isShared?: boolean;
    /** Opens connections; called at the start, before all else. One that fails fails the start, and leaves nothing open. None by default. */
    open?(): Promise<void>;
    /** Closes what `open()` has opened; called at the stop, when all workers have stopped. None by default. */
    close?(): Promise<void>;
    /** Whether the caller is in a transaction of the queue's database. Default: with `transaction`, in each transaction of the caller. */
    readonly isInTransaction?: boolean;
    /** Adds tasks. A queue with `transaction` uses the transaction of the caller. Returns what became of each. */
    add(tasks: readonly NewTask[]): Promise<readonly AddedTask[]>;
    /** Returns the id of the queued or running task that holds a unique key; undefined if none does. */
    findHolder(name: string, uniqueKey: string): Promise<string | undefined>;
    /** Returns tasks that are due, the most urgent first, and gives the caller their lease. No two callers get the same task. */
    claim(request: ClaimRequest): Promise<readonly ClaimedTask[]>;
    /** Prolongs leases. Returns the ids of the tasks that the caller still holds. */
    renew(leases: readonly TaskLease[], leaseUntil: number): Promise<readonly string[]>;
    /** Keeps notes of an attempt. Returns false, and changes nothing, if the caller no longer holds the task. */
    save(lease: TaskLease, notes: TaskNotes): Promise<boolean>;
    /** Returns the ids of those tasks that the caller holds and somebody asked to stop. */
    findCancelled(leases: readonly TaskLease[]): Promise<readonly string[]>;
    /**
     * Ends an attempt. Returns false, and changes nothing, if the caller no longer holds the task. A task that somebody asked to stop is
     * not queued again: it is cancelled.
     */
    settle(lease: TaskLease, outcome: TaskOutcome): Promise<boolean>;
    /** Queues tasks again whose lease has ended, fails those without attempts left, cancels those that were asked to, and deletes old ones. Returns how many it changed. */
    sweep(request: SweepRequest): Promise<number>;
    /** Runs work whose effects commit together with `settle()`. Absent if the queue is not in a database of the application. */
    transaction?<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** States of a task. */
export type TaskState = "queued" | "running" | "done" | "failed" | "cancelled";

/** The tasks of an application. */
export declare class AppTasks {
    #private;
    /** Where tasks wait. */
    get queue(): TaskQueue & Partial<TaskDirectory>;
    /** Names of the tasks. */
    get names(): readonly string[];
    /** Names of the queues of its tasks. */
    get queueNames(): readonly string[];
    /** Adds a task to the queue of this application. Throws `E_TASK_INPUT` and `E_TASK_UNKNOWN`. */
    enqueue(task: AnyTask, input: unknown, options?: EnqueueOptions): Promise<EnqueuedTask>;
    /** Schedules with their next times, in ms since 1970. `count` is the number of times of each. */
    schedules(count?: number, after?: number): ListedSchedule[];
    /** Starts a worker in this process, and the schedules. */
    startWorker(options?: WorkerOptions): RunningWorker;
    /** Runs the tasks that are due, and those that become due meanwhile. Returns how many attempts it made. */
    runAll(options?: WorkerOptions): Promise<number>;
    /** Returns tasks, the latest first. Throws `E_OPTION_INVALID`, `E_OPTION_UNKNOWN`, and `E_TASK_STORE` if the queue cannot list them. */
    list(filter?: TaskFilter): Promise<readonly ListedTask[]>;
    /** Returns the inputs of the tasks with a name that were enqueued, the first one first. */
    enqueued(name: string): Promise<unknown[]>;
    /**
     * Queues a failed or cancelled task again; steps that have finished are not repeated. Returns whether it was in one of these states.
     * Throws `E_TASK_KEY_HELD` if another task holds its unique key.
     */
    retry(id: string): Promise<boolean>;
    /** Returns figures of each queue that has tasks. Throws `E_TASK_STORE` if the queue cannot list them. */
    stats(): Promise<readonly QueueStats[]>;
    /** Deletes a failed or cancelled task. Returns whether it was in one of these states. */
    discard(id: string): Promise<boolean>;
    /** Cancels a queued task, or asks a running one to stop: its `signal` aborts within a second or two. */
    cancel(id: string): Promise<CancelResult>;
    /**
     * @internal Enqueues the task of a built-in part. Tests that record tasks expect only their own: there `effect` does the work of the
     * task immediately, or at the end of the transaction.
     */
    enqueueOwn(task: AnyTask, input: unknown, effect: () => Promise<void>): Promise<void>;
}

/** A schedule as lists show it. */
export interface ListedSchedule {
    /** Name of the schedule. */
    readonly name: string;
    /** Name of its task. */
    readonly task: string;
    /** The cron expression. */
    readonly expression: string;
    /** Time zone of the expression. */
    readonly timeZone: string;
    /** Whether a time that was missed is made up for. */
    readonly catchUp: boolean;
    /** Its next times, in ms since 1970. */
    readonly next: readonly number[];
}

/** A worker that runs. */
export interface RunningWorker {
    /** Takes no more tasks, and waits for those that run. */
    stop(): Promise<void>;
}

/** Options for a worker. */
export interface WorkerOptions {
    /** Queues to read. Default: those of the application. */
    readonly queues?: readonly string[] | undefined;
    /** Most tasks at a time. Default: that of the application. */
    readonly concurrency?: number | undefined;
}

/** Where the tasks of an application run. */
export type TaskRunMode = "worker" | "elsewhere" | "inline" | "record";

/** The option of `gable()` for tasks. */
export interface TaskSetting {
    /** The definitions, or more about how they run. None by default. */
    tasks?: ReadonlyArray<AnyTask | Schedule> | TaskSetupOptions;
}

/** How an application runs tasks. */
export interface TaskSetupOptions {
    /** The tasks and schedules: a list, or a module that exports them. */
    readonly tasks: ReadonlyArray<AnyTask | Schedule> | Readonly<Record<string, unknown>>;
    /** The table of `taskModel()`, or another queue. Default "database"; with `run: "inline"` and "record" a queue in memory. */
    readonly queue?: "database" | TaskQueue;
    /**
     * Where tasks run: in this process ("worker"), in other processes such as `gable worker` ("elsewhere"), in `enqueue()` itself or at
     * the end of its transaction ("inline"), or when a test calls `runAll()` ("record"). Default "record" in tests, else "worker". The
     * variable GABLE_TASKS=off turns "worker" into "elsewhere".
     */
    readonly run?: TaskRunMode;
    /** Queues that this process reads, each of at least one task. By default all. */
    readonly queues?: readonly string[];
    /** Most tasks at a time in this process, from 1 to 1,000. Default 10. */
    readonly concurrency?: number;
}
