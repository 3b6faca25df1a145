/** `gable test`: runs the project's tests with node:test. */
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { glob, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { GableError, isGableError } from "gable";
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
  keepDatabase: { type: "boolean", help: "Keeps the databases of the tests, and prints where they are" },
} as const;
const words = { pattern: { help: "Only files whose path contains the text", optional: true } } as const;
type Context = BuiltInContext<typeof words, typeof flags>;

/** Files that count as tests. */
const patterns = ["**/*.test.ts", "**/*.test.js", "**/*.test.mjs"];
const skipped = /(?:^|\/)(?:node_modules|dist|\.gable|var)(?:\/|$)/;

/** Runs the tests. */
export const test = builtIn({
  examples: ["test", "test blog", "test --watch", "test --failed", "test --shuffle 42", "test blog --keep-database"],
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
    if (await hasProblems(context)) return { files: [], failed: [] };
    const chosen = keepFailed(context, files.sort());
    const keep = context.flags.keepDatabase ? await prepareKept(context) : undefined;
    const { isFailed, failed } = await runAll(context, chosen);
    const databases = keep === undefined ? undefined : readKept(keep);
    for (const { name, place } of databases ?? []) context.print(`Kept the database "${name}": ${place}`);
    if (databases?.length === 0) context.print("No test opened a database with testDatabase(app).");
    if (isFailed)
      context.report({ id: "tests.failed", message: "Some tests failed.", fix: "Run only their files again: npx gable test --failed" });
    return { files: chosen, failed, ...(databases !== undefined && { databases }) };
  },
});

/** Checks the application, where the project has one. A module that cannot be loaded is left to its tests, which show the line. */
async function hasProblems(context: Context): Promise<boolean> {
  const { project } = context;
  try {
    const app = await project.loadApp();
    const { announce, findStartProblems } = await import("../checks/at-start.ts");
    const { checkMigrationFiles } = await import("../checks/migrations.ts");
    return announce(context, await findStartProblems(project, app, await checkMigrationFiles(project, app.describe(), "warning")));
  } catch (error) {
    if (isGableError(error) && error.code !== "E_APP_FILE") throw error;
    return false;
  }
}

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

/** A database that is kept, as `testDatabase()` notes it. */
interface KeptDatabase {
  /** Name in the application. */
  readonly name: string;
  /** Path of its file, or its address without the password. */
  readonly place: string;
}

/** Empties the folder of kept databases. */
async function prepareKept({ project }: Context): Promise<string> {
  const folder = keptFolderOf(project);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Reads what the tests have noted. Several files of tests may use the same server. */
function readKept(folder: string): readonly KeptDatabase[] {
  const file = join(folder, "databases.jsonl");
  if (!existsSync(file)) return [];
  const lines = [...new Set(readFileSync(file, "utf8").trim().split("\n"))].sort();
  return lines.map((line) => JSON.parse(line) as KeptDatabase); // testDatabase() wrote it.
}

function keptFolderOf({ folder }: Context["project"]): string {
  return join(folder, "var", "test-databases");
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
    // What a module of the project leaves open, such as an interval, must not keep a file of tests alive. Node refuses both together.
    watch ? "--watch" : "--test-force-exit",
    ...(parallel === undefined ? [] : [`--test-concurrency=${parallel}`]),
    ...(coverage ? ["--experimental-test-coverage"] : []),
    ...(only === undefined ? [] : [`--test-name-pattern=${only.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&")}`]),
    ...files,
  ];
}

/** With `--json`, the report of the tests goes to standard error: standard output is for the one object. */
function runNode({ common, project, signal, terminal, flags: { keepDatabase } }: Context, given: readonly string[]): Promise<number> {
  // A test that runs this command must not make it report to that test's own runner.
  const { NODE_TEST_CONTEXT: _runner, ...environment } = terminal.environment;
  const child = spawn(process.execPath, given, {
    cwd: project.folder,
    // testDatabase() reads it.
    env: { ...environment, NODE_ENV: "test", ...(keepDatabase && { GABLE_TEST_KEEP: keptFolderOf(project) }) },
    stdio: ["inherit", common.json ? 2 : common.quiet ? "ignore" : "inherit", "inherit"],
  });
  signal.addEventListener("abort", () => child.kill("SIGINT"), { once: true });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
