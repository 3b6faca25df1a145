/**
 * Finds out which test file executes which piece of which source, and how long it takes. A result is kept until one of the files that
 * were loaded changes. Processes that tests start are included, but not those that are killed: they leave no result.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { runTestFile } from "./run-test-file.ts";

/** What one test file executes. */
export interface TestCoverage {
  readonly test: string;
  readonly ms: number;
  /** Content of each file that was loaded, as a hash. */
  readonly contents: Readonly<Record<string, string>>;
  /** Executed pieces of each source: start, end, start, end. Node keeps the offsets when it takes the types away. */
  readonly executed: Readonly<Record<string, readonly number[]>>;
}

/** What V8 writes when a process ends. */
interface ProcessCoverage {
  readonly result: ReadonlyArray<{
    readonly url: string;
    readonly functions: ReadonlyArray<{
      readonly ranges: ReadonlyArray<{ readonly startOffset: number; readonly endOffset: number; readonly count: number }>;
    }>;
  }>;
}

const limitMs = 900_000;

/** What a test file executes: from the folder of results, or from a run. Undefined if a test fails. */
export async function readCoverage(root: string, cache: string, test: string): Promise<TestCoverage | undefined> {
  const path = join(cache, `${hash(test)}.json`);
  if (existsSync(path)) {
    const kept = JSON.parse(readFileSync(path, "utf8")) as TestCoverage;
    if (Object.entries(kept.contents).every(([file, content]) => hashOfFile(root, file) === content)) return kept;
  }
  const measured = await measure(root, cache, test);
  if (measured !== undefined) writeFileSync(path, JSON.stringify(measured));
  return measured;
}

/** Whether a test file executes a place of a source, or the place before it: an `&&` matters even if its right side is never reached. */
export function executes({ executed }: TestCoverage, source: string, offset: number): boolean {
  const pieces = executed[source] ?? [];
  return pieces.some((start, index) => index % 2 === 0 && start <= offset && offset - 1 < pieces[index + 1]!);
}

/** What is known about a test file before it runs. */
export interface TestHopes {
  /** How many changes of the same source it has noticed. */
  readonly hitsOf: (test: string) => number;
  /** Whether it belongs to the folder that is changed. */
  readonly isOwn: (test: string) => boolean;
}

/**
 * The test files of a change, the most promising first. Files that would exceed the time limit are left out, except the first one
 * and those that have noticed a change of the same source.
 */
export function mostLikely(able: readonly TestCoverage[], { hitsOf, isOwn }: TestHopes, msMax: number): TestCoverage[] {
  const costOf = ({ test, ms }: TestCoverage): number => ms / (1 + 3 * (hitsOf(test) + Number(isOwn(test))));
  let sum = 0;
  return able
    .toSorted((one, other) => costOf(one) - costOf(other))
    .filter(({ test, ms }, index) => hitsOf(test) > 0 || (sum += ms) <= msMax || index === 0);
}

async function measure(root: string, cache: string, test: string): Promise<TestCoverage | undefined> {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "raw-"));
  try {
    const started = performance.now();
    // Functions of a compile cache are measured less exactly.
    const environment = { NODE_V8_COVERAGE: folder, NODE_DISABLE_COMPILE_CACHE: "1" };
    if (!(await runTestFile({ root, file: test, limitMs, environment }))) return undefined;
    const ms = Math.round(performance.now() - started);
    const painted = new Map<string, Uint8Array>();
    for (const name of readdirSync(folder)) addProcess(root, readProcess(join(folder, name)), painted);
    const loaded = [...painted.keys()].sort();
    return {
      test,
      ms,
      contents: Object.fromEntries([test, ...loaded].map((file) => [file, hashOfFile(root, file)])),
      executed: Object.fromEntries(loaded.filter((file) => !file.endsWith(".test.ts")).map((file) => [file, toPieces(painted.get(file)!)])),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A process that is killed while it writes leaves a part of a file. */
function readProcess(path: string): ProcessCoverage {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as ProcessCoverage;
  } catch {
    return { result: [] };
  }
}

/** Marks what one process executed of each file of the repository. */
function addProcess(root: string, { result }: ProcessCoverage, painted: Map<string, Uint8Array>): void {
  for (const { url, functions } of result) {
    if (!url.startsWith("file:")) continue;
    const file = relative(root, fileURLToPath(url.replace(/[?#].*/, "")));
    if (file.startsWith("..") || file.includes("node_modules") || !existsSync(join(root, file))) continue;
    // Inner ranges come after outer ones, and override them.
    const ranges = functions
      .flatMap((one) => one.ranges)
      .sort((one, other) => one.startOffset - other.startOffset || other.endOffset - one.endOffset);
    const here = new Uint8Array(Math.max(0, ...ranges.map(({ endOffset }) => endOffset)));
    for (const { startOffset, endOffset, count } of ranges) here.fill(count > 0 ? 1 : 0, startOffset, endOffset);
    painted.set(file, addMarks(painted.get(file), here));
  }
}

/** All pieces that one of two processes executed. */
function addMarks(before: Uint8Array | undefined, here: Uint8Array): Uint8Array {
  if (before === undefined) return here;
  for (const [index, mark] of here.entries()) if (mark === 1) before[index] = 1;
  return before;
}

function toPieces(marks: Uint8Array): number[] {
  const pieces: number[] = [];
  for (let index = 0; index <= marks.length; index++) if ((marks[index] ?? 0) !== (marks[index - 1] ?? 0)) pieces.push(index);
  return pieces;
}

const hash = (content: string | Buffer): string => createHash("sha256").update(content).digest("base64url").slice(0, 22);
const hashes = new Map<string, string>();

function hashOfFile(root: string, file: string): string {
  const path = join(root, file);
  const known = hashes.get(path);
  if (known !== undefined) return known;
  const found = existsSync(path) ? hash(readFileSync(path)) : "";
  hashes.set(path, found);
  return found;
}
