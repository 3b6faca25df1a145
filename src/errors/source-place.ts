/** Finds the file and line of the calling code, for lists of routes and for errors. */
import { readProperty } from "./thrown-value.ts";

/** A place in the source. */
export interface SourcePlace {
  /** File as in the stack, a path or a URL. */
  readonly file: string;
  /** Line, from 1. */
  readonly line: number;
}

/** Where a path enters the folder of generated views, with the character before it. */
const viewFolder = /^[\\/]\.gable[\\/]views[\\/]/;
const viewFolderLength = "/.gable/views/".length;
/** The rest of such a path, with a place: the template, a part of it, and the line. */
const viewPlace = /^([^:?]+?)(?:(?:~|%7E)(\w+))?\.ts(?:\?v=[\w-]+)?:([0-9]+)(?::[0-9]+)?/;

/**
 * Returns the stack of an error, with lines of generated views shown as lines of their templates: line N is the same in
 * both. Undefined for an error without a stack, and for one whose stack cannot be read.
 */
export function readStack(error: Error): string | undefined {
  const stack = readProperty(error, "stack");
  if (typeof stack !== "string") return undefined;
  // Word by word: the message is part of the stack, and visitors can make it long. One expression would take quadratic time.
  return stack.includes(".gable") ? stack.replaceAll(/[^\s()]+/g, toTemplateWord) : stack;
}

function toTemplateWord(word: string): string {
  const path = splitViewPath(word);
  const place = path === undefined ? null : viewPlace.exec(path.rest);
  if (place === null) return word;
  const [whole, file, partial, line] = place;
  return `views/${file!.replaceAll("\\", "/")}${partial === undefined ? "" : `#${partial}`}:${line}${path!.rest.slice(whole.length)}`;
}

/** Splits a path at the folder of generated views: the folder of the project, and what is below. Undefined for another path. */
export function splitViewPath(path: string): { readonly root: string; readonly rest: string } | undefined {
  for (let at = path.lastIndexOf(".gable"); at > 0; at = path.lastIndexOf(".gable", at - 1)) {
    const end = at - 1 + viewFolderLength;
    if (viewFolder.test(path.slice(at - 1, end))) return { root: path.slice(0, at - 1), rest: path.slice(end) };
  }
  return undefined;
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

/** What comes before the place in a line of a stack. */
const beforePlace = /(?:\(|at |@)(?:async )?$/;
const beforePlaceMax = 20;

/** Parses the file and line from one line of a stack. The line may be one of the message, of any length. */
export function parseStackLine(line: string): SourcePlace | undefined {
  const text = line.trim();
  const end = text.endsWith(")") ? text.length - 1 : text.length;
  let start = end;
  while (start > 0 && !/[\s()]/.test(text[start - 1]!)) start--;
  const word = text.slice(start, end);
  const isWhole = beforePlace.test(text.slice(Math.max(0, start - beforePlaceMax), start));
  const sign = isWhole ? -1 : word.indexOf("@");
  if (!isWhole && sign === -1) return undefined;
  const match = /^(.+):([0-9]+):[0-9]+$/.exec(word.slice(sign + 1));
  return match === null ? undefined : { file: decodeFileUrl(match[1]!), line: Number(match[2]) };
}

function decodeFileUrl(file: string): string {
  if (!file.startsWith("file://")) return file;
  try {
    return decodeURIComponent(new URL(file).pathname);
  } catch {
    // It only looks like an address.
    return file;
  }
}

/** Returns `file:line`. The file is relative to a folder that contains it. */
export function toPlaceText(place: SourcePlace | undefined, folder = ""): string {
  if (place === undefined) return "unknown place";
  const file = folder !== "" && place.file.startsWith(`${folder}/`) ? place.file.slice(folder.length + 1) : place.file;
  return `${file}:${place.line}`;
}
