/** Progress of long work: one function for commands, tasks and migrations. */
import { assertKnownOptions, kindsOf, optionInvalid } from "../errors/option-errors.ts";

/** What the work calls for each step. */
export interface ProgressBar {
  /** Counts one step as done; the note says which. */
  step(note?: string): void;
  /** Sets the number of steps that are done. */
  set(done: number, note?: string): void;
}

/** How far some work is. */
export interface ProgressState {
  /** What is being done. */
  readonly label: string;
  /** Steps that are done. */
  readonly done: number;
  /** All steps; undefined when nobody knows. */
  readonly total: number | undefined;
  /** Steps per second since the start. */
  readonly ratePerSecond: number;
  /** Time until the end in seconds; undefined when nobody knows. */
  readonly secondsLeft: number | undefined;
  /** What the last step was. */
  readonly note: string | undefined;
  /** Whether the work has ended. */
  readonly isDone: boolean;
}

/** Options of {@link Progress}. */
export interface ProgressOptions {
  /** Number of steps. By default nobody knows it. */
  readonly total?: number;
}

/** Runs work and shows how far it is. Returns what the work returns. */
export type Progress = <Result>(label: string, options: ProgressOptions, work: (bar: ProgressBar) => Promise<Result>) => Promise<Result>;

/** Where states of progress go, and when. */
export interface ProgressSink {
  /** Shows a state. */
  show(state: ProgressState): void;
  /** Whether a state would be shown now: steps in between cost next to nothing. */
  isDue(nowMs: number): boolean;
}

const progressNames = kindsOf<ProgressOptions>({ total: true });

/** Makes the function that reports to a sink. */
export function createProgress(sink: ProgressSink, now: () => number = () => performance.now()): Progress {
  return async (label, options, work) => {
    assertKnownOptions("progress()", options, progressNames);
    const { total } = options;
    if (total !== undefined && !(Number.isFinite(total) && total >= 0))
      throw optionInvalid("progress()", "total", total, "a number of steps, at least 0");
    const startedMs = now();
    let done = 0;
    let note: string | undefined;
    const show = (isDone: boolean): void => {
      const seconds = (now() - startedMs) / 1_000;
      const ratePerSecond = seconds > 0 ? Math.round((done / seconds) * 10) / 10 : 0;
      const secondsLeft = total === undefined || ratePerSecond === 0 ? undefined : Math.max(0, Math.round((total - done) / ratePerSecond));
      sink.show({ label, done, total, ratePerSecond, secondsLeft, note, isDone });
    };
    const set = (count: number, text?: string): void => {
      done = count;
      note = text ?? note;
      if (sink.isDue(now())) show(false);
    };
    const result = await work({ set, step: (text) => set(done + 1, text) });
    show(true);
    return result;
  };
}
