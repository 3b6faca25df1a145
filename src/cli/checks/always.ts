/** Runs the checks that need no flag, and finds which problems a project has silenced. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AnyCheck, Application, ApplicationFacts, Check as OwnCheck, CheckSubject as OwnSubject } from "gable";
import { GableError } from "gable";
import { toErrorText } from "../../errors/error-text.ts";
import { suggestName } from "../../errors/nearest-name.ts";
import type { Problem } from "../built-in.ts";
import type { Project } from "../project.ts";
import { alwaysChecks } from "./always-list.ts";
import type { CheckSubject, MachineFacts } from "./check.ts";
import { runChecks } from "./check.ts";

/** Returns what a check of an application can look at. */
export function toSubject({ folder }: Pick<Project, "folder">, facts: ApplicationFacts): OwnSubject {
  return {
    facts,
    folder,
    readFile: (name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : undefined),
  };
}

/** What this machine has. */
function readMachine(): MachineFacts {
  return {
    nodeVersion: process.versions.node,
    now: new Date(),
    isInstalled: (name) => {
      try {
        import.meta.resolve(name);
        return true;
      } catch {
        return false;
      }
    },
  };
}

/** Runs the checks that look at the application and open nothing, and those of the application itself. */
export async function runAlways(project: Pick<Project, "folder">, app: Application, facts: ApplicationFacts): Promise<Problem[]> {
  const subject: CheckSubject = { ...toSubject(project, facts), machine: readMachine(), findRoute: (...path) => app.findRoute(...path) };
  return [...runChecks(alwaysChecks, subject), ...(await runOwn(facts, subject, false))];
}

/** Runs the checks of an application and of its parts: those without the option `deploy`, or those with it. */
export async function runOwn({ checks }: ApplicationFacts, subject: OwnSubject, isDeploy: boolean): Promise<Problem[]> {
  const chosen = checks.filter(({ deploy = false }) => deploy === isDeploy);
  return (await Promise.all(chosen.map((check) => runOne(check, subject)))).flat();
}

/** A check that throws is a problem itself; the others still run. */
async function runOne({ id, level, run }: AnyCheck, subject: OwnSubject): Promise<Problem[]> {
  try {
    // defineCheck() gives each check this subject.
    const found = await (run as OwnCheck["run"])(subject);
    return found.map(({ message, fix, where }) => ({ id, level, message, fix, ...(where !== undefined && { where }) }));
  } catch (error) {
    const reason = toErrorText(error);
    return [{ id, level: "error", message: `The check failed: ${reason}`, fix: "Make its run() return a list of { message, fix }." }];
  }
}

/** Problems that are reported, and those that `checks: { silence }` keeps back. */
export interface Heard {
  readonly problems: readonly Problem[];
  readonly silenced: ReadonlyArray<{ readonly id: string; readonly reason: string; readonly count: number }>;
}

/** Removes the problems whose id is silenced. Throws `E_OPTION_INVALID` for ids that cannot be silenced. */
export async function silence(found: readonly Problem[], { options, checks }: ApplicationFacts): Promise<Heard> {
  const reasons = Object.entries(options.checks?.silence ?? {});
  // Most applications have neither: the list of all checks is loaded for those that do.
  if (reasons.length > 0 || checks.length > 0) await assertIds(reasons, checks);
  const counts = reasons.map(([id, reason]) => ({ id, reason, count: found.filter((problem) => problem.id === id).length }));
  return {
    problems: found.filter(({ id }) => !reasons.some(([silent]) => silent === id)),
    silenced: counts.filter(({ count }) => count > 0),
  };
}

async function assertIds(reasons: ReadonlyArray<readonly [string, string]>, checks: readonly AnyCheck[]): Promise<void> {
  const { silentIds, startIds } = await import("./ids.ts");
  const taken = checks.find(({ id }) => silentIds.includes(id) || startIds.includes(id));
  if (taken !== undefined)
    throw new GableError("E_OPTION_INVALID", `defineCheck(): the id "${taken.id}" is that of a check that comes with Gable.`, {
      fix: "Give your check another id.",
    });
  const known = [...new Set([...silentIds, ...checks.map(({ id }) => id)])].sort();
  for (const [id] of reasons) {
    if (known.includes(id)) continue;
    if (startIds.includes(id))
      throw new GableError(
        "E_OPTION_INVALID",
        `gable() checks.silence: "${id}" cannot be silenced, because it stops the start in any case.`,
        {
          fix: "Correct the mistake, and remove the id.",
        },
      );
    throw new GableError("E_OPTION_INVALID", `gable() checks.silence: no check has the id "${id}".`, {
      fix: suggestName(id, known, "Use an id that `npx gable check` shows."),
    });
  }
}
