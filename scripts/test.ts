/**
 * Runs the tests: all of them, or the files whose path contains one of the given words. `--except=WORD,WORD` leaves files out, `--again`
 * runs the files that failed once more, alone, and `--times` prints when areas are done and lists the slowest files. Other flags go to `node --test`.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { glob } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { writePreparedSources } from "./prepared-sources.ts";
import { root, runCommand } from "./run-command.ts";
import type { TestResult } from "./test-reporter.ts";

const patterns = [
  "src/**/*.test.ts",
  "test/**/*.test.ts",
  "create-gable/src/**/*.test.ts",
  "scripts/**/*.test.ts",
  "examples/*/**/*.test.ts",
];
/** If more files than this fail, the reason is not a busy machine, so `--again` does not repeat them. */
const againMax = 5;
/** Number of test files at the same time. Many wait for servers and processes: with one file per core, the cores are idle for 40 % of the time. */
const concurrencyUsual = availableParallelism() + 1;
/** Where Node keeps compiled files; it compares their contents. */
const compileCache = join(root, "node_modules/.cache/gable-tests");

const ownFlags = ["--except=", "--again", "--times"];
const words = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const flags = process.argv.slice(2).filter((argument) => argument.startsWith("--") && !ownFlags.some((own) => argument.startsWith(own)));
const excepted =
  process.argv
    .find((argument) => argument.startsWith("--except="))
    ?.slice("--except=".length)
    .split(",") ?? [];
const hasReporter = flags.some((flag) => flag.startsWith("--test-reporter"));

const files: string[] = [];
for await (const file of glob(patterns, { cwd: root, exclude: (name) => name.includes("node_modules") })) {
  const isWanted = words.length === 0 || words.some((word) => file.includes(word));
  if (isWanted && !excepted.some((word) => file.includes(word))) files.push(file);
}
if (files.length === 0) {
  console.error(`No test file has one of these words in its path: ${words.join(", ")}.`);
  process.exit(2);
}
// Projects that tests make have a new path each time: without this, the cache would grow with every run.
if (words.length === 0) rmSync(compileCache, { recursive: true, force: true });
if (excepted.length > 0) console.log(`Left out: test files whose path contains ${excepted.join(" or ")}.`);
console.log(`Node ${process.versions.node}, ${files.length} test files. One line per area follows when all its files are done.`);
/** Holds what the run needs and writes. */
const folder = mkdtempSync(join(tmpdir(), "gable-tests-"));
try {
  await writePreparedSources(root, join(folder, "sources"));
  const { status, result } = await run(files.sort(), concurrencyUsual);
  if (process.argv.includes("--times")) listTimes(result);
  process.exitCode = status === 0 || !process.argv.includes("--again") ? status : await runAgain(result);
} finally {
  rmSync(folder, { recursive: true });
}

/** Runs test files; returns the exit status and what the reporter found. */
async function run(chosen: readonly string[], concurrency: number): Promise<{ status: number; result: TestResult }> {
  const path = join(folder, "result.json");
  rmSync(path, { force: true });
  const status = await runCommand(
    process.execPath,
    [
      "--import",
      "./scripts/source.mjs",
      "--import",
      "./scripts/test-promises.mjs",
      "--import",
      "./scripts/test-deadline.mjs",
      "--test",
      ...(hasReporter ? [] : ["--test-reporter=./scripts/test-reporter.ts", "--test-reporter-destination=stdout"]),
      `--test-concurrency=${concurrency}`,
      // Only stops a run that hangs: no test may depend on how fast the machine is.
      "--test-timeout=900000",
      ...flags,
      ...chosen,
    ],
    {
      GABLE_MODE: "test",
      // The tests start thousands of processes, which all compile the same files.
      NODE_COMPILE_CACHE: compileCache,
      GABLE_TEST_SOURCES: join(folder, "sources"),
      ...(process.argv.includes("--times") ? { GABLE_TEST_TIMES: "1" } : {}),
      GABLE_TEST_FILES: JSON.stringify(chosen.map((file) => root + file)),
      ...(hasReporter ? {} : { GABLE_TEST_RESULT: path }),
    },
  );
  return { status, result: hasReporter ? { failedFiles: [], secondsOfFiles: {} } : readResult(path) };
}

/** A run that was stopped leaves no result. */
function readResult(path: string): TestResult {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as TestResult;
  } catch {
    return { failedFiles: [], secondsOfFiles: {} };
  }
}

/** Runs failed files a second time, one after the other. Both results stay in the output. */
async function runAgain({ failedFiles }: TestResult): Promise<number> {
  const names = failedFiles.map((file) => relative(root, file)).filter((file) => files.includes(file));
  if (names.length === 0 || names.length !== failedFiles.length || names.length > againMax) return 1;
  console.log(`\nOnce more, alone: ${names.join(", ")}`);
  const again = await run(names, 1);
  if (again.status === 0) console.log(`UNSTABLE: these failed among other tests and passed alone: ${names.join(", ")}`);
  return again.status;
}

function listTimes({ secondsOfFiles }: TestResult): void {
  const slowest = Object.entries(secondsOfFiles)
    .sort(([, one], [, other]) => other - one)
    .slice(0, 40);
  const total = Object.values(secondsOfFiles).reduce((sum, seconds) => sum + seconds, 0);
  console.log(`\nSlowest files, of ${Math.round(total)} s in all:`);
  for (const [file, seconds] of slowest) console.log(`${seconds.toFixed(1).padStart(7)} s  ${relative(root, file)}`);
}
