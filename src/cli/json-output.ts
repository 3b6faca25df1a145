/** The object that a command prints with `--json`. */
import { toErrorText } from "../errors/error-text.ts";
import type { Problem } from "./built-in.ts";
import type { Terminal } from "./terminal.ts";

/** What a command has come to. */
export interface Outcome {
  /** Name of the command. */
  readonly command: string;
  readonly problems: readonly Problem[];
  /** JSON of what it returned. Default "null". */
  readonly data?: string;
  /** Whether it succeeded. Default: no problem is an error. */
  readonly ok?: boolean;
}

/** What a command returned as JSON, and the problem of what JSON cannot hold. */
export interface DataText {
  readonly text: string;
  readonly problems: readonly Problem[];
}

/** Returns data as JSON: bigints are strings, as those of rows; maps are objects, and sets are lists. */
export function toDataText(data: unknown): DataText {
  try {
    // Functions and symbols have no JSON.
    return { text: (JSON.stringify(data ?? null, replaceForJson) as string | undefined) ?? "null", problems: [] };
  } catch (error) {
    const reason = toErrorText(error).split("\n")[0]!;
    const message = `The command has run, but JSON cannot hold what it returned: ${reason}`;
    return { text: "null", problems: [{ id: "command.data", message, fix: "Return objects, lists, strings, numbers, dates or rows." }] };
  }
}

/** Replaces what JSON cannot hold, for `JSON.stringify()`. */
export function replaceForJson(_name: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Map) return Object.fromEntries(value);
  return value instanceof Set ? [...(value as Set<unknown>)] : value; // A set of any values.
}

/** Whether none of the problems is an error. */
function isFine(problems: readonly Problem[]): boolean {
  return !problems.some(({ level = "error" }) => level === "error");
}

/** Writes the object. */
export function writeJson({ writeOut }: Terminal, { command, data = "null", problems, ok = isFine(problems) }: Outcome): void {
  const rest = JSON.stringify({ ok, command }).slice(0, -1);
  writeOut(`${rest},"data":${data},"problems":${JSON.stringify(problems.map(toShownProblem))}}\n`);
}

function toShownProblem({ level = "error", id, message, fix, where }: Problem): object {
  return { level, id, message, ...(fix !== undefined && { fix }), ...(where !== undefined && { where }) };
}
