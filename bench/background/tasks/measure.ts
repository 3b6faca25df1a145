/** Measures one queue in a separate process: `node measure.ts FILE URL COUNT`. Tells its parent when a part begins and ends. */
import { once } from "node:events";

/** A queue to measure. */
export interface QueueSubject {
  /** Adds a task that does nothing. */
  enqueue(number: number): Promise<unknown>;
  /** Runs tasks, ten at a time, until `stop` is called. `onRun` is called in each task. */
  work(onRun: () => void): Promise<() => Promise<unknown>>;
  /** Ends all connections. */
  close(): Promise<unknown>;
}

/** What a task costs. */
export interface TaskCost {
  /** CPU time of this process, in microseconds. */
  readonly cpuUs: number;
  /** CPU time of the database server, in microseconds. */
  readonly serverCpuUs?: number;
  /** Tasks per second. */
  readonly rps: number;
}

/** The figures of a queue. */
export interface TaskFigures {
  readonly enqueue: TaskCost;
  readonly run: TaskCost;
}

const concurrency = 10;
/** The compiler of Node is busy with a new process for this long, in ms; a worker runs for days. */
const warmUpMs = 15_000;
const warmUpTasks = 2_000;

async function enqueueMany(subject: QueueSubject, count: number): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < count) await subject.enqueue(next++);
    }),
  );
}

async function runMany(subject: QueueSubject, count: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let ran = 0;
  const stop = await subject.work(() => {
    if (++ran === count) resolve();
  });
  await promise;
  // The marks of the last tasks belong to the work.
  await stop();
  if (ran !== count) throw new Error(`${ran} tasks ran instead of ${count}.`);
}

async function mark(): Promise<void> {
  process.send!("mark");
  await once(process, "message");
}

async function measure(count: number, work: () => Promise<void>): Promise<TaskCost> {
  await mark();
  const start = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - start) / 1000;
  await mark();
  return { cpuUs: (user + system) / count, rps: count / seconds };
}

if (import.meta.main) {
  const [file = "", url = "", size = ""] = process.argv.slice(2);
  const count = Number(size);
  const { open } = (await import(`./${file}`)) as { readonly open: (url: string) => Promise<QueueSubject> };
  const subject = await open(url);
  for (const end = performance.now() + warmUpMs; performance.now() < end;) {
    await enqueueMany(subject, warmUpTasks);
    await runMany(subject, warmUpTasks);
  }
  const enqueue = await measure(count, () => enqueueMany(subject, count));
  const run = await measure(count, () => runMany(subject, count));
  process.send!({ enqueue, run } satisfies TaskFigures);
  await once(process, "message");
  await subject.close();
  process.disconnect!();
}
