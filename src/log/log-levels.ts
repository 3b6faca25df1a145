/** The option `log`: levels of the whole application and of its parts. */
import { findNearestName } from "../errors/nearest-name.ts";
import { optionInvalid } from "../errors/option-errors.ts";
import type { LogLevel } from "../handlers/logger.ts";
import type { Mode } from "../parts/mode.ts";

/** What an application writes to its log. */
export interface LogOptions {
  /** Lowest level that is written; `silent` writes nothing. Default `debug` in development, else `info`. */
  readonly level?: LogLevel | "silent";
  /** Whether each request writes a line when its reply is made, while the application listens. Default true in production, else false. */
  readonly requests?: boolean;
  /** Levels of parts by name: `gable.sql` for statements, `gable.tasks` and others for features, or your own names. */
  readonly [part: string]: LogLevel | "silent" | boolean | undefined;
}

/** The option of `gable()` for its log. */
export interface LogSetting {
  /** Lowest level of the log, or more about it. Default: `debug` in development, else `info`. */
  log?: LogLevel | "silent" | LogOptions;
}

/** Numbers of the levels, as pino has them. */
export const levelNumbers: Readonly<Record<LogLevel | "silent", number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
  silent: Infinity,
};

/** Statements are written when their level is set: the level of the application does not concern them. */
const ownLevels: Readonly<Record<string, LogLevel>> = { "gable.sql": "info" };
const partPattern = /^[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)*$/;

/** Returns the lowest level of a part that is written, as a number. Without a name: that of the application. */
export type LevelFinder = (part?: string) => number;

/** Checks the option. `parts` are the names below `gable.` that exist. Throws `E_OPTION_INVALID`. */
export function assertLogSetting({ log }: LogSetting, parts: readonly string[]): void {
  if (log === undefined) return;
  if (typeof log === "string") return assertLevel("log", log, "gable()");
  if (typeof log !== "object" || log === null || Array.isArray(log))
    throw optionInvalid("gable()", "log", log, `${levelRule}, or an object`);
  for (const [name, level] of Object.entries(log)) {
    if (name === "requests") {
      if (level !== undefined && typeof level !== "boolean") throw optionInvalid("gable() log", name, level, "true or false");
      continue;
    }
    assertPart(name, parts);
    if (level !== undefined) assertLevel(name, level, "gable() log");
  }
}

const levelRule = Object.keys(levelNumbers)
  .map((name) => `"${name}"`)
  .join(", ");

function assertLevel(name: string, level: unknown, owner: string): void {
  if (typeof level !== "string" || !Object.hasOwn(levelNumbers, level)) throw optionInvalid(owner, name, level, levelRule);
}

/** A misspelt name of a feature would have no effect. */
function assertPart(name: string, parts: readonly string[]): void {
  if (name === "level") return;
  const known = parts.map((part) => `gable.${part}`);
  const isFeature = name.startsWith("gable.");
  if (partPattern.test(name) && (!isFeature || known.includes(name))) return;
  const nearest = findNearestName(name, ["level", "requests", ...known]);
  throw optionInvalid(
    "gable()",
    "log",
    name,
    nearest === undefined ? 'named after a part, such as "gable.sql" or "billing"' : `"${nearest}", or a part of your own`,
  );
}

/** Creates the function that finds the level of a part: its own, that of the name before its last dot, or that of the application. */
export function createLevelFinder({ log }: LogSetting, mode: Mode): LevelFinder {
  const { level = mode === "development" ? "debug" : "info", ...parts } = typeof log === "string" ? { level: log } : (log ?? {});
  const levels: Readonly<Record<string, unknown>> = { ...ownLevels, ...parts };
  const general = levelNumbers[level];
  return (part) => {
    for (let name = part; name !== undefined; name = parentOf(name)) {
      const own = Object.hasOwn(levels, name) ? levels[name] : undefined;
      // The option was checked: what is not the flag of requests is a level.
      if (typeof own === "string") return levelNumbers[own as LogLevel];
    }
    return general;
  };
}

function parentOf(name: string): string | undefined {
  const dot = name.lastIndexOf(".");
  return dot === -1 ? undefined : name.slice(0, dot);
}

/** Whether requests write lines. */
export function isRequestLogged({ log }: LogSetting, mode: Mode): boolean {
  const requests = typeof log === "object" ? log.requests : undefined;
  return requests ?? mode === "production";
}
