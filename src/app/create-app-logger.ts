/** The logger of an application: the one that it was given, or the built-in one and where its lines go. */
import type { AppLogger } from "../handlers/logger.ts";
import { createLogger } from "../log/create-logger.ts";
import { adaptLogger } from "../log/given-logger.ts";
import type { LevelFinder, LogSetting } from "../log/log-levels.ts";
import { createLevelFinder, levelNumbers } from "../log/log-levels.ts";
import { writeToOutput } from "../log/standard-output.ts";
import type { Mode } from "../parts/mode.ts";
import type { Redactor } from "../errors/secret-redactor.ts";
import { readEnvironment } from "./mode.ts";
import type { GableOptions } from "./options.ts";

/** What the logger depends on besides the options. */
export interface AppLoggerSettings {
  readonly mode: Mode;
  /** Removes secrets; undefined when there are none. */
  readonly redact: Redactor | undefined;
}

/** Creates the logger of an application. */
export function createAppLogger(options: GableOptions, { mode, redact }: AppLoggerSettings): AppLogger {
  const { logger } = options;
  if (logger === undefined)
    return createLogger(mode, findLineWriter(mode), {
      findLevel: createLevelFinder(options, mode),
      ...(redact !== undefined && { redact }),
    });
  return adaptLogger(logger, { redact, findLevel: options.log === undefined ? leaveLevels : createLevelFinder(options, mode) });
}

/** A given logger decides about its levels. Statements are only written when the option `log` says so. */
const leaveLevels: LevelFinder = (part) => (part === "gable.sql" ? levelNumbers.info : 0);

/** Production writes to standard output. Commands whose output programs read set GABLE_LOG. */
export function findLineWriter(mode: Mode): (line: string, isUrgent?: boolean) => void {
  return writesToOutput(mode) ? writeToOutput : (line) => console.error(line);
}

function writesToOutput(mode: Mode): boolean {
  return mode === "production" && readEnvironment("GABLE_LOG") !== "stderr";
}

/** Whether the application writes lines of JSON with the built-in logger. */
export function hasJsonLines({ logger }: LogSetting & Pick<GableOptions, "logger">, mode: Mode): boolean {
  return logger === undefined && mode === "production";
}
