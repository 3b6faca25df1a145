/** Runs the TypeScript compiler of the project next to the server: its errors are shown, and block nothing. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { findCompiler } from "../../typescript/find-compiler.ts";

/** An error of the compiler. */
export interface TypeProblem {
  /** File and line, such as `blog/routes.ts:12`. */
  readonly place: string;
  /** Code and message. */
  readonly text: string;
}

/** Pause after a change: the answer to a save comes first, and generated files are written, in milliseconds. */
const pauseMs = 400;

/** Checks the types of a project after its changes. */
export class TypeWatcher {
  readonly #folder: string;
  readonly #onProblems: (problems: readonly TypeProblem[]) => void;
  #timer: NodeJS.Timeout | undefined;
  #child: ChildProcess | undefined;
  #isOver = false;

  constructor(folder: string, onProblems: (problems: readonly TypeProblem[]) => void) {
    this.#folder = folder;
    this.#onProblems = onProblems;
  }

  /** Checks soon; a check that runs is given up, since its answer would be old. */
  check(): void {
    clearTimeout(this.#timer);
    if (!this.#isOver) this.#timer = setTimeout(() => this.#run(), pauseMs);
  }

  /**
   * Returns where the compiler keeps what it has found: another file for each list of views. The list is a `declare module` of a package,
   * and after a change of it the compiler repeats what it has said of files that did not change.
   */
  #findKept(packages: string): string {
    const cache = join(packages, ".cache", "gable");
    const list = join(this.#folder, ".gable", "views.ts");
    const name = `types-${createHash("sha256")
      .update(existsSync(list) ? readFileSync(list) : "")
      .digest("hex")
      .slice(0, 16)}.tsbuildinfo`;
    for (const old of existsSync(cache) ? readdirSync(cache) : [])
      if (/^types.*\.tsbuildinfo$/.test(old) && old !== name) rmSync(join(cache, old), { force: true });
    return join(cache, name);
  }

  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#child?.kill();
  }

  #run(): void {
    this.#child?.kill();
    const packages = join(this.#folder, "node_modules");
    const program = findCompiler(this.#folder);
    // A project without the compiler has no types to check; it may be installed later.
    if (program === undefined || !existsSync(join(this.#folder, "tsconfig.json"))) return;
    const words = ["--noEmit", "--pretty", "false", "--incremental", "--tsBuildInfoFile", this.#findKept(packages)];
    const child = spawn(process.execPath, [program, ...words], { cwd: this.#folder, stdio: ["ignore", "pipe", "ignore"] });
    this.#child = child;
    lowerPriority(child);
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (piece: string) => (text += piece));
    child.on("error", () => undefined);
    child.once("close", (code) => {
      // A signal ends a check that is given up.
      if (this.#child !== child || this.#isOver || code === null) return;
      this.#child = undefined;
      this.#onProblems(readProblems(text));
    });
  }
}

/** The answer to a save comes first. */
function lowerPriority({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Without the right to do so, it runs as it is.
  }
}

/** Reads what the compiler prints. Further lines of a message are indented. */
export function readProblems(text: string): TypeProblem[] {
  const problems: TypeProblem[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, file, number, code, message] = /^(?:(.+?)\((\d+),\d+\): )?error (TS\d+): (.*)$/.exec(line) ?? [];
    const last = problems.at(-1);
    if (code !== undefined)
      problems.push({ place: file === undefined ? "tsconfig.json" : `${file}:${number}`, text: `${code}: ${message}` });
    else if (last !== undefined && /^\s+\S/.test(line)) problems[problems.length - 1] = { ...last, text: `${last.text}\n${line}` };
  }
  return problems;
}

/** Most errors that are listed. */
const shownMax = 20;

/** Returns the errors to list: the first ones, and how many more there are. */
export function toShownProblems(problems: readonly TypeProblem[]): readonly TypeProblem[] {
  const more = problems.length - shownMax;
  if (more <= 0) return problems;
  return [...problems.slice(0, shownMax), { place: `and ${more} more`, text: "npx gable check lists all." }];
}
