/** Defines the interface of loggers: the part of pino that the framework uses. */

/** Level of a line. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal";

/** Writes one kind of line: a message, or facts and a message. */
export type LogMethod = (facts: string | object, message?: string) => void;

/** The part of pino's interface that the framework uses; any such logger fits. */
export interface Logger {
  /** Writes steps of the program. By default they are written as details for debugging. */
  trace?: LogMethod;
  /** Writes details for debugging. */
  debug: LogMethod;
  /** Writes an event. */
  info: LogMethod;
  /** Writes a warning. */
  warn: LogMethod;
  /** Writes an error. */
  error: LogMethod;
  /** Writes an error that ends the process. By default it is written as an error. */
  fatal?: LogMethod;
  /** Returns whether lines of a level are written. By default all are. */
  isLevelEnabled?(level: LogLevel): boolean;
  /** Returns a logger that adds facts to each line. The fact `part` names the part whose level holds. */
  child(facts: object): Logger;
}

/** The logger of an application: every level exists. */
export interface AppLogger extends Logger {
  /** Writes steps of the program. */
  trace: LogMethod;
  /** Writes an error that ends the process. */
  fatal: LogMethod;
  /** Returns whether lines of a level are written: ask before you compute expensive facts. */
  isLevelEnabled(level: LogLevel): boolean;
  /** Returns a logger that adds facts to each line. The fact `part` names the part whose level holds. */
  child(facts: object): AppLogger;
}
