/** `npm run check`: every check that needs no test run. Prints how long each step took. */
import { localProgram, runCommand } from "./run-command.ts";

const steps: ReadonlyArray<readonly [name: string, program: string, args: readonly string[]]> = [
  ["lock file", process.execPath, ["scripts/check-lock.ts"]],
  ["format", localProgram("oxfmt"), ["--check"]],
  ["lint", localProgram("oxlint"), []],
  ["types", localProgram("tsc"), ["-p", "tsconfig.json"]],
  ["types of browser scripts", localProgram("tsc"), ["-p", "src/client/tsconfig.json"]],
  ["views of the example", process.execPath, ["--import", "./scripts/source.mjs", "scripts/check-views.ts"]],
  ["layers", process.execPath, ["--import", "./scripts/source.mjs", "--test", "--test-reporter=dot", "test/architecture.test.ts"]],
  ["public API and its comments", process.execPath, ["scripts/check-api.ts"]],
  ["generated pages", process.execPath, ["scripts/docs.ts", "--check"]],
  ["code in the docs", process.execPath, ["scripts/check-examples-in-docs.ts"]],
  ["plain English", process.execPath, ["scripts/check-plain-english.ts"]],
  ["links", process.execPath, ["scripts/check-links.ts"]],
  ["dead code", localProgram("knip"), []],
  ["package", process.execPath, ["scripts/check-package.ts"]],
];

for (const [name, program, args] of steps) {
  const started = performance.now();
  const status = await runCommand(program, args);
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${name} (${Math.round(performance.now() - started)} ms)`);
  if (status !== 0) process.exit(status);
}
