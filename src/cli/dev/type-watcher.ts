/** Runs the TypeScript compiler of the project next to the server: its errors are shown, and block nothing. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { join } from "node:path";

/** An error of the compiler. */
export interface TypeProblem {
  /** File and line, such as `blog/routes.ts:12`. */
  readonly place: string;
  /** Code and message. */
  readonly text: string;
}

/** A compiler that runs. */
export interface TypeWatcher {
  stop(): void;
}

/** Starts `tsc --watch --noEmit`; undefined where the project has no TypeScript or no tsconfig.json. */
export function watchTypes(folder: string, onProblems: (problems: readonly TypeProblem[]) => void): TypeWatcher | undefined {
  const program = join(folder, "node_modules", "typescript", "bin", "tsc");
  if (!existsSync(program) || !existsSync(join(folder, "tsconfig.json"))) return undefined;
  const words = [program, "--watch", "--noEmit", "--pretty", "false", "--preserveWatchOutput"];
  const child = spawn(process.execPath, words, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
  child.on("error", () => undefined);
  lowerPriority(child);
  const reader = new CompilerOutput(onProblems);
  child.stdout.setEncoding("utf8").on("data", (text: string) => reader.add(text));
  return { stop: () => void child.kill() };
}

/** The answer to a save comes first. */
function lowerPriority({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Without the right to do so, it runs as it is.
  }
}

/** Reads what the compiler prints: the problems of each run. */
export class CompilerOutput {
  readonly #onProblems: (problems: readonly TypeProblem[]) => void;
  #rest = "";
  #problems: TypeProblem[] = [];

  constructor(onProblems: (problems: readonly TypeProblem[]) => void) {
    this.#onProblems = onProblems;
  }

  /** Takes a piece of the output. */
  add(text: string): void {
    const lines = (this.#rest + text).split(/\r?\n/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#addLine(line);
  }

  #addLine(line: string): void {
    const [, file, number, code, message] = /^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$/.exec(line) ?? [];
    if (file !== undefined) return void this.#problems.push({ place: `${file}:${number}`, text: `${code}: ${message}` });
    // Further lines of a message are indented.
    const last = this.#problems.at(-1);
    if (last !== undefined && /^\s+\S/.test(line)) this.#problems[this.#problems.length - 1] = { ...last, text: `${last.text}\n${line}` };
    if (!/Found \d+ errors?\. Watching for file changes/.test(line)) return;
    this.#onProblems(this.#problems);
    this.#problems = [];
  }
}
