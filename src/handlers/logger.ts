/** The interface of loggers: the part of pino that the framework uses. */

/** Writes one kind of line: a message, or facts and a message. */
export type LogMethod = (facts: string | object, message?: string) => void;

/** The part of pino's interface that the framework uses; any such logger fits. */
export interface Logger {
  /** Details for finding a fault. */
  debug: LogMethod;
  /** What happened. */
  info: LogMethod;
  /** What should be looked at. */
  warn: LogMethod;
  /** What failed. */
  error: LogMethod;
  /** A logger that adds facts to each line. */
  child(facts: object): Logger;
}
