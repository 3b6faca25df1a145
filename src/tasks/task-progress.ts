/** Progress of a task: written to its row, so that people can see it. */
import type { Progress, ProgressState } from "../commands/progress.ts";
import { createProgress } from "../commands/progress.ts";
import { toStoredText } from "./stored-text.ts";

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

/** Longest label, and longest note. */
const textCharactersMax = 200;
/** Time between two writes. */
const writeMs = 1_000;

/** The progress of one attempt. */
export class TaskProgressWriter {
  readonly #write: (progress: string) => Promise<void>;
  readonly #now: () => number;
  #writtenAt = -Infinity;
  #writing: Promise<void> = Promise.resolve();
  /** What the next write takes. */
  #next: string | undefined;
  /** Runs work and writes how far it is, at most once a second and at its end. */
  readonly progress: Progress;

  /** `write` never rejects. */
  constructor(write: (progress: string) => Promise<void>, now: () => number) {
    this.#write = write;
    this.#now = now;
    this.progress = createProgress({ show: (state) => this.#show(state), isDue: (at) => at - this.#writtenAt >= writeMs }, now);
  }

  /** Waits until everything is written. */
  async end(): Promise<void> {
    await this.#writing;
  }

  #show({ label, done, total, note }: ProgressState): void {
    this.#writtenAt = this.#now();
    const isQueued = this.#next !== undefined;
    const shownNote = note === undefined ? null : toStoredText(note, textCharactersMax);
    this.#next = JSON.stringify({ label: toStoredText(label, textCharactersMax), done, total: total ?? null, note: shownNote });
    if (isQueued) return;
    this.#writing = this.#writing.then(async () => {
      const next = this.#next!;
      this.#next = undefined;
      await this.#write(next);
    });
  }
}

/** Reads what was written. */
export function readProgress(json: string | null): TaskProgress | null {
  // Only this file writes it.
  return json === null ? null : (JSON.parse(json) as TaskProgress);
}
