/**
 * Reports a run of the tests: each failure with its file and line, one line per area when all its files are done, then the
 * counts. Tests that pass print nothing. `node --test` loads this file; `scripts/test.ts` passes the list of files.
 */
import { writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { inspect } from "node:util";
import { fileURLToPath } from "node:url";

/** The parts of the events of `node --test` that the reporter reads. */
export interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name?: string;
    readonly nesting?: number;
    readonly file?: string;
    /** The file of the process that has printed something; `file` is relative then. */
    readonly entryFile?: string;
    readonly line?: number;
    readonly skip?: string | boolean;
    readonly todo?: string | boolean;
    readonly message?: string;
    readonly duration_ms?: number;
    readonly details?: {
      readonly type?: string;
      readonly duration_ms?: number;
      readonly error?: { readonly failureType?: string; readonly cause?: unknown; readonly message?: string };
    };
  };
}

/** What a run leaves for `scripts/test.ts`. Files are absolute paths. */
export interface TestResult {
  readonly failedFiles: readonly string[];
  readonly secondsOfFiles: Readonly<Record<string, number>>;
}

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const root = fileURLToPath(new URL("..", import.meta.url));
/** Last characters kept of what a file prints, for the case that one of its tests fails. */
const outputLengthMax = 4_000;

/** Returns the folder by which results are grouped: `src/http`, `test/data`, `examples/library`. */
export function toArea(file: string): string {
  const parts = relative(root, file).split("/");
  return parts.slice(0, Math.min(2, parts.length - 1)).join("/") || ".";
}

class Report {
  /** Names of the suites and tests that enclose the current one. Node reports one file after the other. */
  readonly #names: string[] = [];
  readonly #areas = new Map<string, Counts>();
  readonly #filesLeft = new Map<string, number>();
  readonly #output = new Map<string, string>();
  readonly #reasons = new Map<string, number>();
  readonly #failures: string[] = [];
  readonly #failedFiles = new Set<string>();
  readonly #seconds = new Map<string, number>();
  readonly #startedMs = performance.now();

  constructor(files: readonly string[]) {
    for (const file of files) this.#filesLeft.set(toArea(file), (this.#filesLeft.get(toArea(file)) ?? 0) + 1);
  }

  /** Takes an event; returns what to print for it. */
  take({ type, data }: TestEvent): string {
    const file = data.file ?? "";
    if (type === "test:start") this.#names.splice(data.nesting ?? 0, Infinity, data.name ?? "");
    if (type === "test:stdout" || type === "test:stderr") this.#keepOutput(data.entryFile ?? resolve(root, file), data.message ?? "");
    if (type === "test:pass") this.#pass(data);
    if (type === "test:fail") return this.#fail(data);
    if (type === "test:summary" && data.file !== undefined) return this.#endFile(data.file, data.duration_ms ?? 0);
    return "";
  }

  /** Returns the last lines: every failure again, the reasons of skips, and the counts. */
  close(): string {
    // A file that was ended in the middle has no summary.
    const printed = [...this.#failedFiles].map((file) => this.#takeOutput(file)).join("");
    const lines = printed === "" ? [] : [printed];
    if (this.#failures.length > 0) lines.push("", "Failed:", ...this.#failures.map((failure) => `  ${failure}`));
    const reasons = [...this.#reasons].map(([reason, count]) => `  ${count} skipped: ${reason}`);
    if (reasons.length > 0) lines.push("", "Skipped (a skipped suite counts once, whatever it holds):", ...reasons);
    const all = [...this.#areas.values()];
    const total = (name: keyof Counts): number => all.reduce((sum, counts) => sum + counts[name], 0);
    return `${[...lines, "", `${total("passed")} passed, ${total("failed")} failed, ${total("skipped")} skipped`].join("\n")}\n`;
  }

  get result(): TestResult {
    return { failedFiles: [...this.#failedFiles], secondsOfFiles: Object.fromEntries(this.#seconds) };
  }

  #counts(file: string): Counts {
    const area = toArea(file);
    const found = this.#areas.get(area) ?? { passed: 0, failed: 0, skipped: 0 };
    this.#areas.set(area, found);
    return found;
  }

  #keepOutput(file: string, text: string): void {
    this.#output.set(file, ((this.#output.get(file) ?? "") + text).slice(-outputLengthMax));
  }

  #pass({ file = "", skip, todo, details }: TestEvent["data"]): void {
    const reason = skip ?? todo;
    if (reason !== undefined && reason !== false) {
      this.#counts(file).skipped++;
      const text = typeof reason === "string" && reason !== "" ? reason : `no reason given (${relative(root, file)})`;
      this.#reasons.set(text, (this.#reasons.get(text) ?? 0) + 1);
    } else if (details?.type !== "suite") this.#counts(file).passed++;
  }

  #fail(data: TestEvent["data"]): string {
    const { file = "", nesting = 0, details } = data;
    // A suite, or a test with tests in it, fails because of one that has been reported.
    if (details?.error?.failureType === "subtestsFailed") return "";
    if (data.todo !== undefined && data.todo !== false) {
      this.#pass(data);
      return "";
    }
    this.#counts(file).failed++;
    const name = [...this.#names.slice(0, nesting), data.name ?? ""].join(" > ");
    const cause = details?.error?.cause ?? details?.error;
    const title = `${findPlace(cause, data)} ${name}`;
    this.#failures.push(title);
    this.#failedFiles.add(file);
    const text = `FAIL ${title}\n${indent(describe(cause))}\n`;
    // A file that cannot be loaded has no separate summary.
    return nesting === 0 && resolve(root, data.name ?? "") === file ? text + this.#endFile(file, details?.duration_ms ?? 0) : text;
  }

  /** Shows where the time of a long run goes. */
  #elapsed(): string {
    return process.env["GABLE_TEST_TIMES"] === undefined
      ? ""
      : `, after ${((performance.now() - this.#startedMs) / 60_000).toFixed(1)} min`;
  }

  #takeOutput(file: string): string {
    const output = this.#output.get(file)?.trim() ?? "";
    this.#output.delete(file);
    return output === "" ? "" : `Printed by ${relative(root, file)}:\n${indent(output)}\n`;
  }

  #endFile(file: string, durationMs: number): string {
    if (this.#seconds.has(file)) return this.#takeOutput(file);
    this.#seconds.set(file, durationMs / 1_000);
    const area = toArea(file);
    const left = (this.#filesLeft.get(area) ?? 1) - 1;
    this.#filesLeft.set(area, left);
    const printed = this.#failedFiles.has(file) ? this.#takeOutput(file) : "";
    return left > 0 ? printed : `${printed}${area}: ${toSentence(this.#counts(file))}${this.#elapsed()}\n`;
  }
}

function toSentence({ passed, failed, skipped }: Counts): string {
  const parts = [`${passed} passed`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  return parts.join(", ");
}

/** Returns the line of the test file where the error was thrown, or else the line where the test begins. */
function findPlace(cause: unknown, { file = "", line = 0 }: TestEvent["data"]): string {
  const name = relative(root, file);
  const stack = cause instanceof Error ? (cause.stack ?? "") : "";
  const at = stack.split("\n").find((frame) => frame.includes(file) && file !== "");
  const thrown = at === undefined ? undefined : /:(\d+):\d+\)?$/.exec(at)?.[1];
  return `${name}:${thrown ?? line}`;
}

function describe(cause: unknown): string {
  if (typeof cause === "string") return cause;
  return inspect(cause, { depth: 6, breakLength: 120 });
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "    ");
}

/** The reporter: turns events into text. */
export default async function* reportTests(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const files = JSON.parse(process.env["GABLE_TEST_FILES"] ?? "[]") as string[]; // Written by scripts/test.ts.
  const report = new Report(files);
  for await (const event of events) {
    const text = report.take(event);
    if (text !== "") yield text;
  }
  yield report.close();
  const path = process.env["GABLE_TEST_RESULT"];
  if (path !== undefined) writeFileSync(path, JSON.stringify(report.result));
}
