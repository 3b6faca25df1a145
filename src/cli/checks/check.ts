/** The shape of a check: an id, a level, and a function that finds problems. */
import type { AnyCheck, Application, CheckSubject as ApplicationSubject, CheckFinding } from "gable";
import type { Problem } from "../built-in.ts";
import type { AccountFacts } from "./accounts.ts";
import type { DatabaseFacts } from "./databases.ts";
import type { FileFacts } from "./files.ts";
import type { QueueFacts } from "./queue.ts";

/** What the checks that come with Gable can look at. */
export interface CheckSubject extends ApplicationSubject {
  /** The machine; undefined leaves out what depends on it. */
  readonly machine?: MachineFacts;
  /** Finds the route that takes a path. */
  readonly findRoute?: Application["findRoute"];
  /** What the queue of tasks holds; undefined where there is none, or no database answers. */
  readonly queue?: QueueFacts | undefined;
  /** Whether a variable of the environment keeps `gable start` from running tasks. Default false. */
  readonly areTasksOff?: boolean;
  /** Databases of the application by name; without those that do not answer. */
  readonly databases?: Readonly<Record<string, DatabaseFacts>>;
  /** How passwords are stored; undefined for an application without accounts, or when no database answers. */
  readonly accounts?: AccountFacts | undefined;
  /** Permissions of folders and files; undefined on Windows. */
  readonly files?: FileFacts | undefined;
}

/** What the machine has. */
export interface MachineFacts {
  readonly nodeVersion: string;
  readonly now: Date;
  /** Whether an optional package is installed where Gable finds it. */
  readonly isInstalled: (name: string) => boolean;
}

/** A check that comes with Gable. */
export interface Check extends Pick<AnyCheck, "id" | "level"> {
  /** Returns the problems; an empty list if there are none. */
  readonly run: (subject: CheckSubject) => readonly CheckFinding[];
}

/** Options of an application. */
export type Options = CheckSubject["facts"]["options"];

/** Makes a check that looks at the options and finds one thing at most. */
export function ofOptions(
  id: string,
  level: Check["level"],
  find: (options: Options, subject: CheckSubject) => CheckFinding | undefined,
): Check {
  return {
    id,
    level,
    run: (subject) => {
      const finding = find(subject.facts.options, subject);
      return finding === undefined ? [] : [finding];
    },
  };
}

/** Runs checks. Returns their findings in the order of the checks. */
export function runChecks(checks: readonly Check[], subject: CheckSubject): Problem[] {
  return checks.flatMap(({ id, level, run }) => run(subject).map((finding) => ({ id, level, ...finding })));
}
