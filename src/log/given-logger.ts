/** A logger that the application was given, such as pino: it gets levels by part, and no secrets. */
import { toErrorText } from "../errors/error-text.ts";
import { readStack } from "../errors/source-place.ts";
import { readProperty } from "../errors/thrown-value.ts";
import type { AppLogger, Logger, LogLevel, LogMethod } from "../handlers/logger.ts";
import type { Redactor } from "../errors/secret-redactor.ts";
import { secretMark } from "../errors/secret-redactor.ts";
import { partOf } from "./create-logger.ts";
import type { LevelFinder } from "./log-levels.ts";
import { keepRequestId } from "./line-facts.ts";
import { levelNumbers } from "./log-levels.ts";
import { toPlainFact } from "./plain-fact.ts";

/** What is done before a line reaches the logger. */
export interface GivenLoggerSettings {
  /** Removes secrets; undefined when there are none. */
  readonly redact: Redactor | undefined;
  /** Levels by part; undefined leaves all levels to the logger. */
  readonly findLevel: LevelFinder | undefined;
}

const levels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

/** Completes a logger. Where it has no `trace` or `fatal`, their lines are of the nearest level. `bound` are the facts of its lines. */
export function adaptLogger(logger: Logger, settings: GivenLoggerSettings, bound: object = {}): AppLogger {
  const { redact, findLevel } = settings;
  const least = findLevel?.(partOf(bound)) ?? 0;
  const prepare = (facts: object): object => {
    const kept = facts instanceof Error ? facts : keepRequestId(bound, facts);
    return redact === undefined ? kept : redactFacts(kept, redact);
  };
  const toMethod = (level: LogLevel): LogMethod =>
    levelNumbers[level] < least ? () => undefined : adaptMethod(logger, level, prepare, redact);
  const methods = Object.fromEntries(levels.map((level) => [level, toMethod(level)]));
  return {
    // All levels are in the list.
    ...(methods as Record<LogLevel, LogMethod>),
    isLevelEnabled: (level) => levelNumbers[level] >= least && (logger.isLevelEnabled?.(level) ?? true),
    child: (facts) => adaptLogger(logger.child(prepare(facts)), settings, { ...bound, ...keepRequestId(bound, facts) }),
  };
}

function adaptMethod(logger: Logger, level: LogLevel, prepare: (facts: object) => object, redact: Redactor = (text) => text): LogMethod {
  const name =
    level === "trace" && logger.trace === undefined ? "debug" : level === "fatal" && logger.fatal === undefined ? "error" : level;
  // Called as a method: loggers read their own fields.
  const call = (...given: [string | object, string?]): void => logger[name]?.(...given);
  const log = (first: string | object, message: string | undefined): void => {
    const given = typeof first === "string" ? redact(first) : prepare(first);
    if (message === undefined) call(given);
    else call(given, redact(message));
  };
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

/** Facts without anything that can throw. */
function toTexts(facts: object): object {
  return Object.fromEntries(Object.keys(facts).map((name) => [name, toErrorText(readProperty(facts, name))]));
}

/** A copy of the facts without secrets. */
function redactFacts(facts: object, redact: Redactor): object {
  try {
    return redactValue(facts, redact, 0) as object; // An object stays one.
  } catch {
    // A getter that throws.
    return redactPlain(facts, redact) as object; // As above.
  }
}

const depthMax = 6;

function redactValue(value: unknown, redact: Redactor, depth: number): unknown {
  if (typeof value === "string") return redact(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth > depthMax) return redactPlain(value, redact);
  if (value instanceof Error) return redactError(value, redact, depth);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, redact, depth + 1));
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) return redactPlain(value, redact);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, redactValue(item, redact, depth + 1)]));
}

/** An object without secrets stays itself: loggers know some classes. Another one becomes what JSON has of it. */
function redactPlain(value: object, redact: Redactor): unknown {
  const text = JSON.stringify(toPlainFact("", value)) ?? "null";
  const redacted = redact(text);
  return redacted.includes(secretMark) ? JSON.parse(redacted) : value;
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
