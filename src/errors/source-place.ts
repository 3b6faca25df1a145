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

let framework: string | undefined;

/** Returns the folder of Gable's own code: in the package, this file is part of a bundle. "" where modules have no address. */
function frameworkFolder(): string {
  const address: unknown = import.meta.url;
  if (typeof address !== "string") return "";
  return new URL(address.endsWith(".ts") ? "../" : address.slice(0, address.lastIndexOf("/dist/") + 6), address).pathname;
}

/** Returns whose code a file of a stack is: that of the application, of Gable and packages, or of the runtime. */
export function findOwner(file: string): "application" | "framework" | "runtime" {
  if (file.startsWith("node:") || file.startsWith("<")) return "runtime";
  framework ??= frameworkFolder();
  const isFramework = file.includes("/node_modules/") || (framework !== "" && file.startsWith(framework));
  return isFramework ? "framework" : "application";
}

/** Whether a file belongs to the application, and not to Gable, a package or the runtime. */
export function isApplicationFile(file: string): boolean {
  return findOwner(file) === "application";
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
