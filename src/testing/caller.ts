/** Where the code of a project did something: for messages, and to tell it from what Gable and packages do. */
import { fileURLToPath } from "node:url";

/** Folder of Gable itself: its sources, or what is built of them. */
const ownFolder = fileURLToPath(new URL("..", import.meta.url));

/** Who did something. */
export interface Caller {
  /** `project` for code of the project and its packages, `gable` for code of Gable. */
  readonly owner: "project" | "gable";
  /** File and line in the project; undefined when no code of the project was on the stack. */
  readonly place: string | undefined;
}

const framesMax = 60;

/**
 * Finds the innermost caller that is neither Node nor a package, and the innermost place in the project. `below` is the function of the
 * testing tools that was called from outside: in the package, its file does not tell it from the rest of Gable.
 */
export function findCaller(below: (...args: never[]) => unknown): Caller {
  const limit = Error.stackTraceLimit;
  const holder: { stack?: string } = {};
  Error.stackTraceLimit = framesMax;
  Error.captureStackTrace(holder, below);
  Error.stackTraceLimit = limit;
  const outside = (holder.stack ?? "").split("\n").flatMap(toPlace);
  const owner = outside.find(({ path }) => isGable(path) || !path.includes("/node_modules/"));
  const place = outside.find(({ path }) => !isGable(path) && !path.includes("/node_modules/"));
  return { owner: owner !== undefined && isGable(owner.path) ? "gable" : "project", place: place?.text };
}

function toPlace(line: string): Array<{ readonly path: string; readonly text: string }> {
  const [, file = "", row = ""] = /(?:\(| )((?:file:\/\/)?\/[^()]*?):(\d+):\d+\)?$/.exec(line) ?? [];
  if (file === "") return [];
  const path = file.startsWith("file:") ? fileURLToPath(file) : file;
  const folder = `${process.cwd()}/`;
  return [{ path, text: `${path.startsWith(folder) ? path.slice(folder.length) : path}:${row}` }];
}

function isGable(path: string): boolean {
  return path.startsWith(ownFolder) && !isTest(path);
}

function isTest(path: string): boolean {
  return /\.test\.[cm]?[jt]s$/.test(path);
}
