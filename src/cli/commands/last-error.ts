/** `gable last-error`: the newest error of development, for an issue or an assistant. */
import { readLastError, renderErrorReport } from "gable/development";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";

/** Prints the newest error of development. */
export const lastError = builtIn({
  examples: ["last-error", "last-error --json"],
  mode: "development",
  async run({ print, project }: BuiltInContext) {
    const report = await readLastError(project.folder);
    if (report === undefined) print("No error is kept. Gable keeps the newest one in var/last-error.json, in development.");
    else print(renderErrorReport(report, "markdown").trimEnd());
    return { report: report ?? null };
  },
});
