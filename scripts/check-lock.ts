/** Checks that `npm ci` can install the lock file on every platform. */
import { readFile } from "node:fs/promises";
import { findLockProblems, type LockFile } from "./lock-file.ts";
import { root } from "./run-command.ts";

// The file is written by npm; what the check reads of it is optional in every entry.
const lock = JSON.parse(await readFile(`${root}package-lock.json`, "utf8")) as LockFile;
const problems = findLockProblems(lock);
for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  console.error("Fix: delete the entries of the packages named as dependents, then run: npm install --package-lock-only");
  process.exitCode = 1;
}
