/** Defines the interface of loggers: the part of pino that the framework uses. */

/** Writes one kind of line: a message, or facts and a message. */
export type LogMethod = (facts: string | object, message?: string) => void;

/** The part of pino's interface that the framework uses; any such logger fits. */
export interface Logger {
  /** Writes details for debugging. */
  debug: LogMethod;
  /** Writes an event. */
  info: LogMethod;
  /** Writes a warning. */
  warn: LogMethod;
  /** Writes an error. */
  error: LogMethod;
  /** Returns a logger that adds facts to each line. */
  child(facts: object): Logger;
}
