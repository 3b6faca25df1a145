/** A logger that the application was given, such as pino: it gets levels by part, and no secrets. */
import { toErrorText } from "../errors/error-text.ts";
import { readStack } from "../errors/source-place.ts";
import { readProperty } from "../errors/thrown-value.ts";
import type { AppLogger, Logger, LogLevel, LogMethod } from "../handlers/logger.ts";
import type { Redactor } from "../settings/redactor.ts";
import { partOf } from "./create-logger.ts";
import type { LevelFinder } from "./log-levels.ts";
import { levelNumbers } from "./log-levels.ts";

/** What is done before a line reaches the logger. */
export interface GivenLoggerSettings {
  /** Removes secrets; undefined when there are none. */
  readonly redact: Redactor | undefined;
  /** Levels by part; undefined leaves all levels to the logger. */
  readonly findLevel: LevelFinder | undefined;
}

const levels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

/** Completes a logger. Where it has no `trace` or `fatal`, their lines are of the nearest level. */
export function adaptLogger(logger: Logger, settings: GivenLoggerSettings, part?: string): AppLogger {
  const { redact, findLevel } = settings;
  const least = findLevel?.(part) ?? 0;
  const methods = Object.fromEntries(levels.map((level) => [level, toMethod(logger, level, least, redact)]));
  return {
    // All levels are in the list.
    ...(methods as Record<LogLevel, LogMethod>),
    isLevelEnabled: (level) => levelNumbers[level] >= least && (logger.isLevelEnabled?.(level) ?? true),
    child: (facts) => adaptLogger(logger.child(redact === undefined ? facts : redactFacts(facts, redact)), settings, partOf(facts) ?? part),
  };
}

function toMethod(logger: Logger, level: LogLevel, least: number, redact: Redactor | undefined): LogMethod {
  if (levelNumbers[level] < least) return () => undefined;
  const name =
    level === "trace" && logger.trace === undefined ? "debug" : level === "fatal" && logger.fatal === undefined ? "error" : level;
  // Called as a method: loggers read their own fields.
  const call = (...given: [string | object, string?]): void => logger[name]?.(...given);
  const log = toRedactingMethod(call, redact);
  return (first, message) => {
    try {
      log(first, message);
    } catch (error) {
      // A logger may fail at a value that refuses to be looked at. Whoever logs it must not fail as well.
      if (typeof first === "string") throw error;
      log(toTexts(first), message);
    }
  };
}

function toRedactingMethod(call: (...given: [string | object, string?]) => void, redact: Redactor | undefined): LogMethod {
  if (redact === undefined) return (first, message) => (message === undefined ? call(first) : call(first, message));
  return (first, message) => {
    if (typeof first === "string") return call(redact(first));
    const facts = redactFacts(first, redact);
    return message === undefined ? call(facts) : call(facts, redact(message));
  };
}

/** Facts without anything that can throw. */
function toTexts(facts: object): object {
  return Object.fromEntries(Object.keys(facts).map((name) => [name, toErrorText(readProperty(facts, name))]));
}

/** A copy of the facts without secrets. */
function redactFacts(facts: object, redact: Redactor): object {
  return redactValue(facts, redact, 0) as object; // A plain object stays one.
}

const depthMax = 6;

function redactValue(value: unknown, redact: Redactor, depth: number): unknown {
  if (typeof value === "string") return redact(value);
  if (typeof value !== "object" || value === null || depth > depthMax) return value;
  if (value instanceof Error) return redactError(value, redact, depth);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, redact, depth + 1));
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, redactValue(item, redact, depth + 1)]));
}

/** An error without secrets stays itself: loggers know errors. */
function redactError(error: Error, redact: Redactor, depth: number): unknown {
  const text = `${error.message}\n${readStack(error) ?? ""}`;
  const cause = redactValue(error.cause, redact, depth + 1);
  if (redact(text) === text && cause === error.cause) return error;
  const copy = new Error(redact(error.message), { cause });
  copy.name = error.name;
  copy.stack = redact(readStack(error) ?? error.message);
  return copy;
}
