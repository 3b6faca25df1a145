/** What no `await` of a command sees: errors that nobody catches, and promises that never settle. Both end it with a report. */
import { setImmediate as tick } from "node:timers/promises";
import { GableError } from "../errors/gable-error.ts";

/** Work that is guarded. */
interface GuardedWork<Result> {
  /** What it is called in messages, such as `The command "report"`. */
  readonly what: string;
  /**
   * Time in which late errors count after the work is done, in ms; it ends earlier if nothing is left to do. Given for the last work
   * of the process: errors after it are reported.
   */
  readonly lateMs?: number;
  /** Does it. */
  readonly run: () => Promise<Result>;
}

/** Runs work. Throws the first error that nobody catches, and `E_COMMAND_PROGRAM` if the work waits and nothing is left to do. */
export type Guard = <Result>(work: GuardedWork<Result>) => Promise<Result>;

/** Creates the guard of the process, which installs itself with its first work. `report` gets an error after the last work. */
export function createGuard(report: (error: unknown) => void): Guard {
  const failed = Promise.withResolvers<never>();
  // It may fail while nobody waits for it.
  failed.promise.catch(() => undefined);
  let state: "idle" | "guards" | "failed" | "over" = "idle";
  const onError = (error: unknown): void => {
    if (state === "over") report(error);
    if (state === "guards") failed.reject(error);
    state = "failed";
  };
  return async ({ what, lateMs, run }) => {
    if (state === "idle") process.on("uncaughtException", onError);
    state = state === "idle" ? "guards" : state;
    // An error since the work before.
    await Promise.race([failed.promise, tick()]);
    const idle = watchIdle(what);
    try {
      const result = await Promise.race([run(), failed.promise, idle.promise]);
      if (lateMs !== undefined) await Promise.race([waitForLate(lateMs), failed.promise]);
      if (lateMs !== undefined && state === "guards") state = "over";
      return result;
    } catch (error) {
      state = "failed";
      throw error;
    } finally {
      idle.end();
    }
  };
}

/** Fails when nothing is left to do, twice in a row: the first time, others may find something, or say better what waits. */
function watchIdle(what: string): { readonly promise: Promise<never>; readonly end: () => void } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  let count = 0;
  const onIdle = (): void => {
    if (++count === 1) return void setImmediate(() => undefined);
    const fix = "Look at each await: a promise may never settle.";
    reject(new GableError("E_COMMAND_PROGRAM", `${what} waits for something that never comes: nothing is left to wait for.`, { fix }));
  };
  process.on("beforeExit", onIdle);
  return { promise, end: () => process.off("beforeExit", onIdle) };
}

/** Waits until rejections are seen, and then until nothing is left to do, at most for this time. */
async function waitForLate(ms: number): Promise<void> {
  await tick();
  if (ms === 0) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  process.once("beforeExit", resolve);
  const timer = setTimeout(resolve, ms).unref();
  await promise;
  process.off("beforeExit", resolve);
  clearTimeout(timer);
}
