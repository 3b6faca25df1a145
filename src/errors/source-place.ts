/** Finds the file and line of the calling code, for lists of routes and for errors. */

/** A place in the source. */
export interface SourcePlace {
  /** File as in the stack, a path or a URL. */
  readonly file: string;
  /** Line, from 1. */
  readonly line: number;
}

/**
 * Returns the stack of an error, with lines of generated views shown as lines of their templates: line N is the same in
 * both. Undefined for an error without a stack.
 */
export function readStack(error: Error): string | undefined {
  return error.stack?.replaceAll(
    /(?:file:\/\/)?[^\s()]*[\\/]\.gable[\\/]views[\\/]([^\s():?]+?)(?:(?:~|%7E)(\w+))?\.ts(?:\?v=[\w-]+)?:([0-9]+)(?::[0-9]+)?/g,
    (_place, file: string, partial: string | undefined, line: string) =>
      `views/${file.replaceAll("\\", "/")}${partial === undefined ? "" : `#${partial}`}:${line}`,
  );
}

/** Finds the caller of `below` in a stack of two frames. Undefined where the runtime has no stacks. */
export function findCallerPlace(below: (...args: never[]) => unknown): SourcePlace | undefined {
  const holder: { stack?: string } = {};
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 1;
  Error.captureStackTrace?.(holder, below);
  Error.stackTraceLimit = stackTraceLimit;
  return parseStackLine(holder.stack?.split("\n")[1] ?? "");
}

/** Parses the file and line from one line of a stack. */
export function parseStackLine(line: string): SourcePlace | undefined {
  const match = /(?:\(|at |@)(?:async )?((?:file:\/\/)?[^()\s]+):([0-9]+):[0-9]+\)?$/.exec(line.trim());
  return match === null ? undefined : { file: decodeFileUrl(match[1]!), line: Number(match[2]) };
}

function decodeFileUrl(file: string): string {
  return file.startsWith("file://") ? decodeURIComponent(new URL(file).pathname) : file;
}

/** Returns `file:line`. The file is relative to a folder that contains it. */
export function toPlaceText(place: SourcePlace | undefined, folder = ""): string {
  if (place === undefined) return "unknown place";
  const file = folder !== "" && place.file.startsWith(`${folder}/`) ? place.file.slice(folder.length + 1) : place.file;
  return `${file}:${place.line}`;
}
