export { task, TaskRejected } from "./tasks/task.ts";
export { schedule } from "./tasks/schedule.ts";
export type { Schedule, ScheduleArguments, ScheduleOptions, ScheduleTimes } from "./tasks/schedule.ts";
export { taskModel } from "./tasks/task-model.ts";
export { bullmqQueue } from "./tasks/bullmq/bullmq-queue.ts";
export type { BullmqQueueOptions } from "./tasks/bullmq/bullmq-queue.ts";
export { databaseTasks } from "./tasks/database-queue.ts";
export { memoryTasks } from "./tasks/memory-queue.ts";
export type { MemoryTaskQueue } from "./tasks/memory-queue.ts";
export { tasksPart } from "./tasks/part.ts";
export type {
  AnyTask,
  EnqueueArguments,
  EnqueuedTask,
  EnqueueOptions,
  JsonOf,
  ReadInput,
  SentInput,
  Task,
  TaskContext,
  TaskInput,
  TaskInputError,
  TaskOptions,
} from "./tasks/task.ts";
export type { Step, StepContext, StepCursor } from "./tasks/task-steps.ts";
export type { QueueStats } from "./tasks/queue-stats.ts";
export type { TaskProgress } from "./tasks/task-progress.ts";
export type {
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
  TaskState,
} from "./tasks/task-queue.ts";
export type { AppTasks, ListedSchedule, RunningWorker, WorkerOptions } from "./tasks/app-tasks.ts";
export type { TaskRunMode, TaskSetting, TaskSetupOptions } from "./tasks/setup-options.ts";
