/** Checks the template files of the examples as `gable check` does: their own tsc, with lines of the templates. */
import { checkViews, formatProblems } from "gable/check";
import { root } from "./run-command.ts";

const problems = checkViews({ project: `${root}examples/library`, directories: ["views"], untyped: "error" });
if (problems.length > 0) console.error(formatProblems(problems));
process.exitCode = problems.some(({ severity }) => severity === "error") ? 1 : 0;
