/** The shape of a check: an id, a level, and a function that finds problems before an application serves. */
import { assertKnownOptions, kindsOf, optionInvalid } from "../errors/option-errors.ts";

/** A problem that a check found. */
export interface CheckFinding {
  /** The problem, and where it is. */
  readonly message: string;
  /** What to do, as a sentence. */
  readonly fix: string;
  /** Where it is, such as a file and a line. By default the message says it. */
  readonly where?: string;
}

/** A check, whatever it looks at. Make one with `defineCheck()`. */
export interface AnyCheck {
  /** Stable id: the subject and the problem, such as `shop.rates-missing`. */
  readonly id: string;
  /** An `error` stops `gable dev`, `test` and `start`. */
  readonly level: "error" | "warning" | "info";
  /** Whether it runs only with `gable check --deploy`. Default false. */
  readonly deploy?: boolean;
  /** Returns the problems; an empty list if there are none. */
  readonly run: (subject: never) => readonly CheckFinding[] | Promise<readonly CheckFinding[]>;
}

/** Checks of an application. */
export interface CheckSettings {
  /** Your own checks. None by default. */
  readonly add?: readonly AnyCheck[];
  /** Ids of checks whose problems are not reported, each with the reason. None by default. */
  readonly silence?: Readonly<Record<string, string>>;
}

const checkNames = kindsOf<AnyCheck>({ id: "string", level: ["error", "warning", "info"], deploy: "boolean", run: "function" });
const settingNames = kindsOf<CheckSettings>({ add: "list", silence: "object" });

/** Checks a check. Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`. */
export function assertCheck(owner: string, check: AnyCheck): void {
  if (typeof check !== "object" || check === null) throw optionInvalid(owner, "checks", check, "a list of what defineCheck() returns");
  assertKnownOptions(owner, check, checkNames);
  const { id, level, run } = check;
  if (typeof id !== "string" || !/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/.test(id))
    throw optionInvalid(owner, "id", id, 'two words with a dot between them, such as "shop.rates-missing"');
  if (level === undefined) throw optionInvalid(`${owner} "${id}"`, "level", level, '"error", "warning" or "info"');
  if (run === undefined) throw optionInvalid(`${owner} "${id}"`, "run", run, "a function");
}

/** Checks the option `checks`. Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`. */
export function assertCheckSettings(settings: CheckSettings): void {
  assertKnownOptions("gable() checks", settings, settingNames);
  for (const check of settings.add ?? []) assertCheck("gable() checks.add", check);
  for (const [id, reason] of Object.entries(settings.silence ?? {}))
    if (typeof reason !== "string" || reason.trim() === "")
      throw optionInvalid("gable() checks.silence", id, reason, "the reason why its problems are not reported");
}
