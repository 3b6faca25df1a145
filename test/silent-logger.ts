/** A logger for tests whose errors are the point of the test. */
import type { Logger } from "gable";

const ignore = (): void => undefined;

export const silentLogger: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  // A copy with methods of a test keeps them for its parts.
  child(): Logger {
    return this;
  },
};
