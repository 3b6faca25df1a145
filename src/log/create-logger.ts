/** The built-in logger, with the interface of pino: JSON lines in production, readable lines elsewhere. */
import type { AppLogger, LogLevel, LogMethod } from "../handlers/logger.ts";
import type { Mode } from "../parts/mode.ts";
import type { Redactor } from "../errors/secret-redactor.ts";
import type { LevelFinder } from "./log-levels.ts";
import { joinFacts, readLine } from "./line-facts.ts";
import { createLevelFinder, levelNumbers } from "./log-levels.ts";
import { toJsonLine, toTextLines } from "./log-line.ts";

/** Takes finished lines. `isUrgent` lines must not get lost when the process ends. */
export type LineWriter = (line: string, isUrgent?: boolean) => void;

/** What a logger needs besides its mode and its writer. */
export interface LoggerSettings {
  /** Levels by part. Default: `debug` in development, else `info`. */
  readonly findLevel?: LevelFinder;
  /** Removes secrets from lines. By default nothing is removed. */
  readonly redact?: Redactor;
  /** Facts that each line has. None by default. */
  readonly facts?: object;
}

/** Creates the logger. Values whose names look like secrets are not shown. */
export function createLogger(mode: Mode, write: LineWriter, settings: LoggerSettings = {}): AppLogger {
  const { findLevel = createLevelFinder({}, mode), redact = (line) => line, facts = {} } = settings;
  const toLine = mode === "production" ? toJsonLine : toTextLines;
  const least = findLevel(partOf(facts));
  const log = (level: LogLevel): LogMethod => {
    if (levelNumbers[level] < least) return () => undefined;
    return (first, given) => {
      const { facts: more, message } = readLine(first, given);
      write(redact(toLine({ level, facts: joinFacts(facts, more), message })), level === "fatal");
    };
  };
  return {
    trace: log("trace"),
    debug: log("debug"),
    info: log("info"),
    warn: log("warn"),
    error: log("error"),
    fatal: log("fatal"),
    isLevelEnabled: (level) => levelNumbers[level] >= least,
    child: (more) => createLogger(mode, write, { findLevel, redact, facts: joinFacts(facts, more) }),
  };
}

/** The part that a child of a logger belongs to. */
export function partOf(facts: object): string | undefined {
  return "part" in facts && typeof facts.part === "string" ? facts.part : undefined;
}
