/** Adds the template position to errors of values inside a template. */
import type { Output, Resume, Segment } from "../rendering/output.ts";

const placed = new WeakSet<Error>();

/**
 * A frame of a generated module, or of code from compileString(). Line N of a module is line N of its template. Begins with a word: a
 * visitor can make a message long, and an attempt at each of its characters would take quadratic time.
 */
const frames =
  /(?<![^\s():])((?:[A-Za-z]:)?[^\s():]+\.(?:html|svg|xml|atom|rss|opml|json|webmanifest|csv|txt|md|eml)(?:~\w+)?)(?:\.ts)?(?:\?[^\s:?]*)?:(\d+):\d+|<anonymous>:(\d+):\d+/;
/** The runtime's own messages are shorter. */
const runtimeMessageMax = 1_000;

/** Number of lines in the head of a function that is created from a string. */
const headLines = 2;

/** Message of the runtime for `{% for a, b in [1] %}`. */
const notIterable = / is not iterable(?: \(.*\))?$/;

/** Returns an error whose message begins with file and line of the template, if the stack trace has them; the file of a promise that failed. */
export function placeError(error: unknown, name: string, isLate = false): unknown {
  if (!(error instanceof Error) || placed.has(error)) return error;
  placed.add(error);
  const [message, stack] = [error.message, error.stack ?? ""];
  const calls = stack.slice(stack.indexOf("\n    at ") + 1);
  const match = frames.exec(calls);
  if (match === null && !isLate) return error;
  // A message that names a template and a line has its position already.
  if (/\.[a-z]+:\d+/.test(message)) return error;
  const isOwn = match !== null && error instanceof TypeError && calls.indexOf("\n") > match.index;
  const said =
    isOwn && message.length <= runtimeMessageMax && notIterable.test(message) ? "Several names got a value that is not a list." : message;
  const text = `${match === null ? name : findPlace(match, name)}: ${said}`;
  Object.defineProperty(error, "message", { value: text, configurable: true, writable: true });
  if (error.stack !== undefined) error.stack = stack.replace(message, () => text);
  return error;
}

function findPlace([, file, line, ownLine]: RegExpExecArray, name: string): string {
  return file === undefined ? `${name}:${Number(ownLine) - headLines}` : `${toTemplateName(file, name)}:${line}`;
}

/** Writes a part of a view. Its errors get file and line of the template, also those of parts that wait for a value. */
export function placeErrors(out: Output, name: string, write: () => string): string {
  const first = out.segments?.length ?? 0;
  let text: string;
  try {
    text = write();
  } catch (error) {
    throw placeError(error, name);
  }
  for (let index = first; index < (out.segments?.length ?? 0); index++) out.segments![index] = placeSegment(out.segments![index]!, name);
  return text;
}

function placeSegment(segment: Segment, name: string): Segment {
  if (typeof segment === "string") return segment;
  const resume: Resume = (out, body, value) => placeErrors(out, name, () => segment.resume(out, body, value));
  if ("iterable" in segment) return { iterable: segment.iterable, resume };
  const promise = segment.promise.catch((error: unknown) => {
    throw placeError(error, name, true);
  });
  // A segment before it may fail first, and then nobody waits for it.
  promise.catch(() => undefined);
  return { promise, resume };
}

/** Returns the name of a template from the path of its module: relative to the folder of generated files. */
function toTemplateName(path: string, name: string): string {
  const [, below] = /\.gable\/views\/(.*)$/.exec(path) ?? [];
  return below?.replace("~", "#") ?? name;
}
