/** The text of log lines: JSON in production, readable lines elsewhere. Writing a line never fails, whatever the facts are. */
import { toErrorText } from "../errors/error-text.ts";
import { isApplicationFile, parseStackLine, readStack } from "../errors/source-place.ts";
import { isErrorValue } from "../errors/thrown-value.ts";
import type { LogLevel } from "../handlers/logger.ts";
import { levelNumbers } from "./log-levels.ts";
import { toPlainFact } from "./plain-fact.ts";

/** One entry of a log. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly facts: object;
  readonly message: string;
}

/** Characters that JSON leaves as they are, and that terminals or viewers of logs act on. */
const moving = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;
/** The same for text, where line ends and tabs have a meaning. */
const movingInText = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

function escapeMoving(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Returns an entry as one line of JSON. */
export function toJsonLine({ level, facts, message }: LogEntry): string {
  const plain = toPlainFact("", facts) as object; // The facts of a line are a plain object.
  return JSON.stringify({ level: levelNumbers[level], time: Date.now(), ...plain, message }).replace(moving, escapeMoving);
}

/** Returns an entry as lines of text: the message, then a line for each fact, then the stack of the error. */
export function toTextLines({ level, facts, message }: LogEntry): string {
  const { error, ...rest } = facts as { readonly error?: unknown }; // Facts are an object of any names.
  const lines = [`${level.padEnd(5)} ${indent(message)}`];
  for (const [name, value] of Object.entries(rest)) lines.push(...toFactLine(name, value));
  if (isErrorValue(error)) lines.push(foldFrames(readStack(error) ?? toErrorText(error)));
  else lines.push(...toFactLine("error", error));
  return lines.join("\n").replace(movingInText, escapeMoving);
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

/** A message of several lines must not look like another entry. */
function indent(text: string): string {
  return text.replaceAll("\n", "\n        ");
}

function toFactLine(name: string, value: unknown): readonly string[] {
  const text = toFactText(name, value);
  return text === undefined ? [] : [`      ${name}: ${indent(text)}`];
}

/** A fact without quotes around texts; undefined for what JSON leaves out. */
function toFactText(name: string, value: unknown): string | undefined {
  const shown = toPlainFact(name, value);
  return typeof shown === "string" ? shown : JSON.stringify(shown);
}
