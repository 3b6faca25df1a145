/** `gable test`: runs the project's tests with node:test. */
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { glob, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { GableError } from "gable";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";

const flags = {
  watch: { type: "boolean", help: "Runs again after each change" },
  parallel: { type: "int", help: "Files that run at the same time" },
  coverage: { type: "boolean", help: "Reports which lines ran" },
  bail: { type: "boolean", help: "Stops after the first file that fails" },
  shuffle: { type: "int", help: "Runs tests in another order, which this seed repeats; 0 for a new one" },
  failed: { type: "boolean", help: "Only the files that failed in the last run" },
  only: { type: "string", help: "Only tests whose name contains the text" },
} as const;
const words = { pattern: { help: "Only files whose path contains the text", optional: true } } as const;
type Context = BuiltInContext<typeof words, typeof flags>;

/** Files that count as tests. */
const patterns = ["**/*.test.ts", "**/*.test.js", "**/*.test.mjs"];
const skipped = /(?:^|\/)(?:node_modules|dist|\.gable|var)(?:\/|$)/;

/** Runs the tests. */
export const test = builtIn({
  examples: ["test", "test blog", "test --watch", "test --failed", "test --shuffle 42"],
  arguments: words,
  flags,
  forcedMode: () => "test",
  async run(context: Context) {
    const {
      project,
      arguments: { pattern },
    } = context;
    const files: string[] = [];
    for await (const file of glob(patterns, { cwd: project.folder, exclude: (name) => skipped.test(name) }))
      if (pattern === undefined || file.includes(pattern)) files.push(file);
    if (files.length === 0)
      throw new GableError(
        "E_COMMAND_USAGE",
        pattern === undefined ? "The project has no tests: no file ends in .test.ts." : `No test file contains "${pattern}" in its path.`,
      );
    const chosen = keepFailed(context, files.sort());
    const { isFailed, failed } = await runAll(context, chosen);
    if (isFailed)
      context.report({ id: "tests.failed", message: "Some tests failed.", fix: "Run only their files again: npx gable test --failed" });
    return { files: chosen, failed };
  },
});

/** With `--failed`, returns only the files that failed in the last run. */
function keepFailed({ flags: { failed }, project, print }: Context, files: readonly string[]): readonly string[] {
  if (!failed) return files;
  const before = new Set(readFailed(stateFileOf(project.folder)));
  const found = files.filter((file) => before.has(file));
  if (found.length === 0) print("No test failed in the last run. All of them run.");
  return found.length === 0 ? files : found;
}

function stateFileOf(folder: string): string {
  return join(folder, "var", "failed-tests.json");
}

function readFailed(file: string): readonly string[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as readonly string[]) : []; // The reporter wrote it.
}

/** Runs all files together; with `--bail`, one after another until one fails. Keeps the names of those that failed. */
async function runAll(
  context: Context,
  files: readonly string[],
): Promise<{ readonly isFailed: boolean; readonly failed: readonly string[] }> {
  const { flags, project } = context;
  const groups = flags.bail ? files.map((file) => [file]) : [files];
  const seed = toSeed(flags.shuffle);
  if (seed !== undefined) context.print(`The order of the tests has the seed ${seed}.`);
  const stateFile = stateFileOf(project.folder);
  await mkdir(dirname(stateFile), { recursive: true });
  for (const group of groups) {
    await rm(stateFile, { force: true });
    const code = await runNode(context, toWords(flags, group, { stateFile, seed }));
    if (code !== 0) return { isFailed: true, failed: readFailed(stateFile) };
  }
  return { isFailed: false, failed: [] };
}

/** Throws `E_COMMAND_USAGE` where Node cannot shuffle. */
function toSeed(given: number | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (given < 0 || given > seedMax)
    throw new GableError("E_COMMAND_USAGE", `--shuffle is ${given}; it must be from 0 to ${seedMax}.`, { fix: "Pass another seed." });
  if (!process.allowedNodeEnvironmentFlags.has("--test-random-seed"))
    throw new GableError("E_COMMAND_USAGE", `Node ${process.versions.node} runs tests in one order only.`, {
      fix: "Install the newest Node.",
    });
  return given === 0 ? randomInt(1, seedMax) : given;
}

const seedMax = 2 ** 32 - 1;

/** A separate module: Node loads it in the process that collects the results. */
const reporter = import.meta.url.endsWith(".ts")
  ? new URL("../failed-tests.ts", import.meta.url).href
  : new URL("dist/cli/failed-tests.js", import.meta.resolve("gable/package.json")).href;

function toWords(
  { watch, parallel, coverage, only }: Context["flags"],
  files: readonly string[],
  { stateFile, seed }: { readonly stateFile: string; readonly seed: number | undefined },
): string[] {
  return [
    "--test",
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    `--test-reporter=${reporter}`,
    `--test-reporter-destination=${stateFile}`,
    ...(seed === undefined ? [] : [`--test-random-seed=${seed}`]),
    ...(watch ? ["--watch"] : []),
    ...(parallel === undefined ? [] : [`--test-concurrency=${parallel}`]),
    ...(coverage ? ["--experimental-test-coverage"] : []),
    ...(only === undefined ? [] : [`--test-name-pattern=${only.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&")}`]),
    ...files,
  ];
}

/** With `--json`, the report of the tests goes to standard error: standard output is for the one object. */
function runNode({ common, project, signal, terminal }: Context, given: readonly string[]): Promise<number> {
  // A test that runs this command must not make it report to that test's own runner.
  const { NODE_TEST_CONTEXT: _runner, ...environment } = terminal.environment;
  const child = spawn(process.execPath, given, {
    cwd: project.folder,
    env: { ...environment, NODE_ENV: "test" },
    stdio: ["inherit", common.json ? 2 : common.quiet ? "ignore" : "inherit", "inherit"],
  });
  signal.addEventListener("abort", () => child.kill("SIGINT"), { once: true });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
