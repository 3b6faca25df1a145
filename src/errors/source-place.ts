/** File and line of the code that called us, for lists of routes and for errors. */

/** A place in the source. */
export interface SourcePlace {
  /** File as in the stack, a path or a URL. */
  readonly file: string;
  /** Line, from 1. */
  readonly line: number;
}

/**
 * The stack of an error, with places in generated views as places in their templates: line N of the one is line N of
 * the other. Undefined for an error without a stack.
 */
export function readStack(error: Error): string | undefined {
  return error.stack?.replaceAll(
    /(?:file:\/\/)?[^\s()]*[\\/]\.gable[\\/]views[\\/]([^\s():?]+?)(?:(?:~|%7E)(\w+))?\.ts(?:\?v=[\w-]+)?:([0-9]+)(?::[0-9]+)?/g,
    (_place, file: string, partial: string | undefined, line: string) =>
      `views/${file.replaceAll("\\", "/")}${partial === undefined ? "" : `#${partial}`}:${line}`,
  );
}

/** The caller of `below`, read from a stack of two frames. Undefined where the runtime gives no stacks. */
export function findCallerPlace(below: (...args: never[]) => unknown): SourcePlace | undefined {
  const holder: { stack?: string } = {};
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 1;
  Error.captureStackTrace?.(holder, below);
  Error.stackTraceLimit = stackTraceLimit;
  return parseStackLine(holder.stack?.split("\n")[1] ?? "");
}

/** Reads file and line out of one line of a stack. */
export function parseStackLine(line: string): SourcePlace | undefined {
  const match = /(?:\(|at |@)(?:async )?((?:file:\/\/)?[^()\s]+):([0-9]+):[0-9]+\)?$/.exec(line.trim());
  return match === null ? undefined : { file: decodeFileUrl(match[1]!), line: Number(match[2]) };
}

function decodeFileUrl(file: string): string {
  return file.startsWith("file://") ? decodeURIComponent(new URL(file).pathname) : file;
}

/** `file:line`, with the file relative to a folder when it lies in it. */
export function toPlaceText(place: SourcePlace | undefined, folder = ""): string {
  if (place === undefined) return "unknown place";
  const file = folder !== "" && place.file.startsWith(`${folder}/`) ? place.file.slice(folder.length + 1) : place.file;
  return `${file}:${place.line}`;
}
