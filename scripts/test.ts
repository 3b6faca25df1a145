/**
 * Runs the tests: all of them, or the files whose path contains one of the given words. `--except=WORD,WORD` leaves files out. Other
 * flags go to `node --test`.
 */
import { glob } from "node:fs/promises";
import { root, runCommand } from "./run-command.ts";

const patterns = [
  "src/**/*.test.ts",
  "test/**/*.test.ts",
  "create-gable/src/**/*.test.ts",
  "scripts/**/*.test.ts",
  "examples/*/**/*.test.ts",
];
const words = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const excepted =
  process.argv
    .find((argument) => argument.startsWith("--except="))
    ?.slice("--except=".length)
    .split(",") ?? [];
const flags = process.argv.slice(2).filter((argument) => argument.startsWith("--") && !argument.startsWith("--except="));
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
if (excepted.length > 0) console.log(`Left out: test files whose path contains ${excepted.join(" or ")}.`);
console.log(`Node ${process.versions.node}, ${files.length} test files. One line per area follows when all its files are done.`);
process.exitCode = await runCommand(
  process.execPath,
  [
    "--import",
    "./scripts/source.mjs",
    "--test",
    ...(hasReporter ? [] : ["--test-reporter=./scripts/test-reporter.ts", "--test-reporter-destination=stdout"]),
    "--test-concurrency=2",
    // Only stops a run that hangs: no test may depend on how fast the machine is.
    "--test-timeout=300000",
    ...flags,
    ...files.sort(),
  ],
  { GABLE_MODE: "test", GABLE_TEST_FILES: JSON.stringify(files.map((file) => root + file)) },
);
