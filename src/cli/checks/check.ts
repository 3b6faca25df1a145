/** The shape of a check: an id, a level, and a function that finds problems. */
import type { ApplicationFacts } from "gable";
import type { Problem } from "../built-in.ts";
import type { AccountFacts } from "./accounts.ts";
import type { DatabaseFacts } from "./databases.ts";
import type { FileFacts } from "./files.ts";
import type { QueueFacts } from "./queue.ts";

/** What a check can look at. */
export interface CheckSubject {
  /** Facts of the application; `facts.options` are its options as they were given. */
  readonly facts: ApplicationFacts;
  /** Folder of the project. */
  readonly folder: string;
  /** Reads a file of the project; undefined when there is none. */
  readonly readFile: (name: string) => string | undefined;
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

/** A problem, and how to correct it. */
export interface CheckFinding {
  readonly message: string;
  readonly fix: string;
}

/** A check. */
export interface Check {
  /** Stable id: what is checked, and the problem. */
  readonly id: string;
  readonly level: "error" | "warning" | "info";
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
