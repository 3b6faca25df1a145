/** The checks before an application serves or its tests run: errors stop, warnings are printed once. */
import type { Application } from "gable";
import type { BuiltInContext, Problem } from "../built-in.ts";
import { toProblemText, withoutSecrets } from "../problem-text.ts";
import type { Project } from "../project.ts";
import { runAlways, silence } from "./always.ts";

/** Problems of the machine, not of the program. */
const machineIds: ReadonlySet<string> = new Set(["node.version", "peers.missing"]);

/** Runs the checks that open nothing, and adds others that were found. Returns errors and warnings, without what is silenced. */
export async function findStartProblems(
  project: Pick<Project, "folder">,
  app: Application,
  more: readonly Problem[] = [],
): Promise<readonly Problem[]> {
  const facts = app.describe();
  const { problems } = await silence([...(await runAlways(project, app, facts)), ...more], facts);
  return problems.filter(({ level }) => level !== "info");
}

/** Prints warnings, and reports errors. Returns whether the command must stop. */
export function announce({ terminal, common, report }: BuiltInContext<{}, {}>, problems: readonly Problem[]): boolean {
  for (const problem of problems.map(withoutSecrets)) {
    const { id, level = "error" } = problem;
    if (level === "error") report({ ...problem, isEnvironment: machineIds.has(id) });
    else terminal.writeError(common.json ? `${JSON.stringify({ event: "check", ...problem })}\n` : toProblemText(problem));
  }
  return problems.some(({ level = "error" }) => level === "error");
}
