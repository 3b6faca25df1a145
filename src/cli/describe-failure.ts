/** Why a command failed, for people and for programs. */
import { isGableError } from "../errors/gable-error.ts";
import { removeKnownSecrets } from "../errors/secret-redactor.ts";
import type { Problem } from "./built-in.ts";
import { toProblemText, withoutSecrets } from "./problem-text.ts";

/** Returns what to write for an error. One of Gable says what to do; any other gets a report, with the lines of code where it was thrown. */
export async function describeFailure(error: unknown): Promise<{ readonly problem: Problem; readonly text: string }> {
  if (isGableError(error)) {
    const problem = withoutSecrets({ id: error.code, message: error.message, ...(error.fix !== "" && { fix: error.fix }) });
    return { problem, text: toProblemText(problem) };
  }
  const { createErrorReport, renderErrorReport } = await import("gable/development");
  const report = createErrorReport(error);
  const { code: id, message, fix } = report;
  const problem = withoutSecrets({ id, message, ...(fix !== "" && { fix }) });
  return { problem, text: removeKnownSecrets(renderErrorReport(report, "text")) };
}
