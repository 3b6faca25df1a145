/** `gable test`: runs the project's tests with node:test. */
import { spawn } from "node:child_process";
import { glob } from "node:fs/promises";
import { GableError } from "gable";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";

const flags = {
  watch: { type: "boolean", help: "Runs again after each change" },
  parallel: { type: "int", help: "Files that run at the same time" },
  coverage: { type: "boolean", help: "Reports which lines ran" },
  bail: { type: "boolean", help: "Stops after the first file that fails" },
  only: { type: "string", help: "Only tests whose name contains the text" },
} as const;
const words = { pattern: { help: "Only files whose path contains the text", optional: true } } as const;
type Context = BuiltInContext<typeof words, typeof flags>;

/** Files that count as tests. */
const patterns = ["**/*.test.ts", "**/*.test.js", "**/*.test.mjs"];
const skipped = /(?:^|\/)(?:node_modules|dist|\.gable|var)(?:\/|$)/;

/** Runs the tests. */
export const test = builtIn({
  name: "test",
  help: "Runs the tests of the project.",
  examples: ["test", "test blog", "test --watch"],
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
    const failed = await runAll(context, files.sort());
    if (failed) context.report({ id: "tests.failed", message: "Some tests failed." });
    return { files };
  },
});

/** Runs all files together; with `--bail`, one after another until one fails. Returns whether one did. */
async function runAll(context: Context, files: readonly string[]): Promise<boolean> {
  const groups = context.flags.bail ? files.map((file) => [file]) : [files];
  for (const group of groups) if ((await runNode(context, toWords(context.flags, group))) !== 0) return true;
  return false;
}

function toWords({ watch, parallel, coverage, only }: Context["flags"], files: readonly string[]): string[] {
  return [
    "--test",
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
