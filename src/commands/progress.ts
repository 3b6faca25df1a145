/** Progress of long work: one function for commands, tasks and migrations. */
import { assertFunction, assertKnownOptions, kindsOf, optionInvalid } from "../errors/option-errors.ts";

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
  /** Whether a state would be shown now: steps in between cost next to nothing. `share` is the part that is done, from 0 to 1, if it is known. */
  isDue(nowMs: number, share: number | undefined): boolean;
}

const progressNames = kindsOf<ProgressOptions>({ total: true });

/** Makes the function that reports to a sink. */
export function createProgress(sink: ProgressSink, now: () => number = () => performance.now()): Progress {
  return async (label, options, work) => {
    assertKnownOptions("progress()", options, progressNames);
    assertFunction("progress()", work);
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
    const stride = new Stride(startedMs);
    const set = (count: number, text?: string): void => {
      done = count;
      note = text ?? note;
      if (!stride.take()) return;
      const nowMs = now();
      stride.note(nowMs);
      if (sink.isDue(nowMs, total === undefined || total === 0 ? undefined : count / total)) show(false);
    };
    try {
      const result = await work({ set, step: (text) => set(done + 1, text) });
      show(true);
      return result;
    } finally {
      stride.end();
    }
  };
}

/** Quick steps that look at the clock each time, before they begin to leave it out. */
const eachMax = 64;
/** Most steps that do not look at the clock: they may become slow. */
const strideMax = 256;
/** After this time the next step looks at the clock in any case, in ms. */
const lookMs = 50;

/** Says which steps look at the clock: a million quick ones must cost next to nothing. */
class Stride {
  #left = 1;
  #length = 1;
  #quick = 0;
  #lastMs: number;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(startedMs: number) {
    this.#lastMs = startedMs;
  }

  take(): boolean {
    return --this.#left <= 0;
  }

  /** Learns from the time since the last look. */
  note(nowMs: number): void {
    const isQuick = nowMs - this.#lastMs < 1;
    this.#lastMs = nowMs;
    this.#quick = isQuick ? this.#quick + 1 : 0;
    this.#length = this.#quick > eachMax ? Math.min(this.#length * 2, strideMax) : 1;
    this.#left = this.#length;
    // Steps that wait become slow without a look at the clock.
    if (this.#length > 1) this.#timer ??= setInterval(() => (this.#left = 0), lookMs);
  }

  end(): void {
    clearInterval(this.#timer);
  }
}
