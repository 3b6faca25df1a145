/** Runs the tests of faults: the short forms, or the long ones with GABLE_FAULTS=long. Words choose files by their path. */
import { glob } from "node:fs/promises";
import { root, runCommand } from "./run-command.ts";

const words = process.argv.slice(2);
const files: string[] = [];
for await (const file of glob(
  ["test/faults/**/*.test.ts", "test/http/front-proxies.test.ts", "test/cli/dev/restarts.test.ts", "test/log/output.test.ts"],
  {
    cwd: root,
  },
)) {
  if (words.length === 0 || words.some((word) => file.includes(word))) files.push(file);
}
const isLong = process.env["GABLE_FAULTS"] === "long";
console.log(`Node ${process.versions.node}, ${files.length} test files, ${isLong ? "long" : "short"} forms.`);
// One file at a time, because the load of one would disturb another.
process.exitCode = await runCommand(
  process.execPath,
  [
    "--import",
    "./scripts/test-promises.mjs",
    "--import",
    "./scripts/source.mjs",
    "--test",
    "--test-reporter=spec",
    "--test-concurrency=1",
    ...files.sort(),
  ],
  { GABLE_MODE: "test" },
);
