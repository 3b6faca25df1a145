/** Adds the template position to errors of values inside a template. */
const placed = new WeakSet<Error>();

/** A frame of a generated module, or of code from compileString(). Line N of a module is line N of its template. */
const frames =
  /((?:[A-Za-z]:)?[^\s():]+\.(?:html|svg|xml|atom|rss|opml|json|webmanifest|csv|txt|md|eml)(?:~\w+)?)(?:\.ts)?(?:\?[^\s:]*)?:(\d+):\d+|<anonymous>:(\d+):\d+/;

/** Number of lines in the head of a function that is created from a string. */
const headLines = 2;

/** Returns an error whose message begins with file and line of the template, if the stack trace has them. */
export function placeError(error: unknown, name: string): unknown {
  if (!(error instanceof Error) || placed.has(error)) return error;
  placed.add(error);
  const [message, stack] = [error.message, error.stack ?? ""];
  const match = frames.exec(stack.slice(stack.indexOf("\n    at ")));
  if (match === null) return error;
  const file = match[1] === undefined ? name : toTemplateName(match[1], name);
  const line = match[1] === undefined ? Number(match[3]) - headLines : Number(match[2]);
  // A message that names a template and a line has its position already.
  if (/\.[a-z]+:\d+/.test(message)) return error;
  const text = `${file}:${line}: ${message}`;
  Object.defineProperty(error, "message", { value: text, configurable: true, writable: true });
  if (error.stack !== undefined) error.stack = stack.replace(message, () => text);
  return error;
}

/** Returns the name of a template from the path of its module: relative to the folder of generated files. */
function toTemplateName(path: string, name: string): string {
  const [, below] = /\.gable\/views\/(.*)$/.exec(path) ?? [];
  return below?.replace("~", "#") ?? name;
}
