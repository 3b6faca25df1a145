/** Logs with the interface of pino: JSON lines in production, readable lines in development. */
import { isSecretName } from "../errors/secret-names.ts";
import { isApplicationFile, parseStackLine, readStack } from "../errors/source-place.ts";
import type { LogMethod, Logger } from "../handlers/logger.ts";
import type { Mode } from "../parts/mode.ts";

const levels = { debug: 20, info: 30, warn: 40, error: 50 } as const;
type Level = keyof typeof levels;

/** Takes finished lines. */
export type LineWriter = (line: string) => void;

/** Makes the built-in logger. Names that look like secrets are redacted. */
export function createLogger(mode: Mode, write: LineWriter = (line) => console.error(line), facts: object = {}): Logger {
  const log =
    (level: Level): LogMethod =>
    (first, message) => {
      if (mode === "test" && level === "debug") return;
      const entry = typeof first === "string" ? { ...facts } : { ...facts, ...first };
      write(toLine(mode, level, entry, typeof first === "string" ? first : (message ?? "")));
    };
  return {
    debug: mode === "production" ? () => undefined : log("debug"),
    info: log("info"),
    warn: log("warn"),
    error: log("error"),
    child: (more) => createLogger(mode, write, { ...facts, ...more }),
  };
}

function toLine(mode: Mode, level: Level, facts: object, message: string): string {
  if (mode === "production") return JSON.stringify({ level: levels[level], time: Date.now(), ...facts, message }, redact);
  const { error, ...rest } = facts as { readonly error?: unknown }; // Facts are an object of any names.
  const lines = [`${level.padEnd(5)} ${message}`];
  for (const [name, value] of Object.entries(rest)) if (value !== undefined) lines.push(`      ${name}: ${toFactText(name, value)}`);
  if (error instanceof Error) lines.push(foldFrames(readStack(error) ?? error.message));
  return lines.join("\n");
}

/** Frames that a stack keeps when none of them belongs to the application. */
const foreignFramesMax = 8;

/** Leaves out the frames of Gable, packages and the runtime, and says how many they are. */
function foldFrames(stack: string): string {
  const lines = stack.split("\n");
  const isFrame = (line: string): boolean => /^\s+at /.test(line);
  const isOwn = (line: string): boolean => {
    const place = parseStackLine(line);
    return place === undefined ? line.includes("(views/") : isApplicationFile(place.file);
  };
  const frames = lines.filter(isFrame);
  const kept = frames.some(isOwn) ? frames.filter(isOwn) : frames.slice(0, foreignFramesMax);
  if (kept.length === frames.length) return stack;
  const shown = new Set(kept);
  const hiddenCount = frames.length - kept.length;
  const hidden = `    ... ${hiddenCount} ${hiddenCount === 1 ? "frame" : "frames"} of Gable, packages and the runtime`;
  return [...lines.filter((line) => !isFrame(line) || shown.has(line)), hidden].join("\n");
}

/** A fact on one line, without quotes around texts. */
function toFactText(name: string, value: unknown): string {
  const shown = redact(name, value);
  if (typeof shown === "string") return shown.replaceAll("\n", "\n        ");
  try {
    return JSON.stringify(shown, redact) ?? String(shown);
  } catch {
    // A cycle, or a getter that throws: a log line must never fail.
    return String(shown);
  }
}

function redact(name: string, value: unknown): unknown {
  if (name !== "" && isSecretName(name) && typeof value !== "object") return "[secret]";
  if (typeof value === "bigint") return String(value);
  if (!(value instanceof Error)) return value;
  return {
    type: value.name,
    code: "code" in value ? value.code : undefined,
    message: value.message,
    stack: readStack(value),
    cause: value.cause,
  };
}
