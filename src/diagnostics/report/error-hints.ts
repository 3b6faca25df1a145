/** Finds what to say about errors of the runtime: modules that cannot be loaded, and common mistakes. */
import type { MissingName } from "../../data/run/missing-name.ts";
import { nearestNameOf, readMissingName } from "../../data/run/missing-name.ts";
import type { ErrorCode } from "../../errors/catalogue.ts";
import type { SourcePlace } from "../../errors/source-place.ts";
import { isErrorValue, readProperty } from "../../errors/thrown-value.ts";
import { showValue } from "./plain-value.ts";
import { readSourceText } from "./source-text.ts";

/** What a report says instead of the error itself. */
export interface ErrorHint {
  readonly code?: ErrorCode;
  readonly message?: string;
  readonly fix?: string;
  readonly place?: SourcePlace;
}

/** Characters of a message that are looked at. */
const messageLengthMax = 4_096;

const valueMissing = (name: string, value: string): string =>
  `The value before "${name}" is ${value} here. Find out why it is missing, or write ?. before "${name}".`;

/** Fixes for messages of the runtime. */
const fixes: ReadonlyArray<readonly [RegExp, (...found: string[]) => string]> = [
  [/^Cannot (?:read|set) properties of (undefined|null) \((?:reading|setting) '(.*)'\)/, (value, name) => valueMissing(name!, value!)],
  [/^(.*) is not a function$/, (name) => `Check the spelling of "${name}", and that it is imported from the right module.`],
  [/^(.*) is not iterable/, (name) => `Use a list for "${name}". A query has to be awaited first.`],
  [/^(\S+) is not defined$/, (name) => `Import or declare "${name}", or correct its spelling.`],
  [
    /^Cannot access '(.*)' before initialization$/,
    (name) => `Move the declaration of "${name}" above this line, or remove the circular import.`,
  ],
  [/^Assignment to constant variable/, () => "Declare the variable with let."],
  [/^Maximum call stack size exceeded/, () => "Find the function that calls itself without an end: it repeats in the stack."],
  [
    /^Converting circular structure to JSON/,
    () => "Leave out the property that leads back to its owner, or give the class a method toJSON().",
  ],
  [/^near "|syntax error at or near|error in your SQL syntax/, () => "Correct the SQL of this statement."],
  [/ JSON (?:at|input)| is not valid JSON| in JSON /, () => "Check that the text is JSON: look at what the other side sent."],
  [/ECONNREFUSED|^fetch failed$/, () => "Start the server that this code calls, or correct its address."],
  [
    /^ENOENT: no such file or directory, \w+ '(.*)'/,
    (file) => `Create ${file}, or correct the path. Relative paths begin at the working directory.`,
  ],
  [/^EADDRINUSE/, () => "Stop the other program on this port, or use another port."],
];

/** Finds a hint for an error; undefined for an error with a code of Gable, and for one that nobody knows. */
export function findErrorHint(error: unknown, isRequest: boolean): ErrorHint | undefined {
  if (!isErrorValue(error))
    return {
      message: `The ${isRequest ? "handler" : "program"} threw ${typeof error === "string" ? `"${showValue(error)}"` : showValue(error)}, which is not an Error.`,
      fix: 'Throw an Error: throw new Error("what failed").',
    };
  const [given, name, code, stack] = ["message", "name", "code", "stack"].map((each) => readProperty(error, each));
  if (typeof given !== "string" || name === "GableError") return undefined;
  // A visitor can make a message long, and the runtime's own are short.
  const message = given.slice(0, messageLengthMax);
  const loading = findLoadHint(message, toText(code), toText(stack));
  if (loading !== undefined) return loading;
  // A template puts its place before the message.
  const plain = message.replace(/^[^\s:]+:\d+: /, "");
  const missing = readMissingName(plain);
  if (missing !== undefined) return { fix: toMissingFix(missing, nearestNameOf(error)) };
  for (const [pattern, toFix] of fixes) {
    const found = pattern.exec(plain);
    if (found !== null) return { fix: toFix(...found.slice(1)) };
  }
  return undefined;
}

function toText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function toMissingFix({ kind, name }: MissingName, nearest: string | undefined): string {
  if (kind === "function") return `Correct the name "${name}", or use a function that this database has.`;
  const rest = "create it by a migration: npx gable db make.";
  return nearest === undefined ? `Correct the name, or ${rest}` : `Write "${nearest}" instead of "${name}", or ${rest}`;
}

/** Errors while a module is loaded. */
function findLoadHint(message: string, code: string, stack: string): ErrorHint | undefined {
  if (code === "ERR_MODULE_NOT_FOUND" || code === "ERR_PACKAGE_PATH_NOT_EXPORTED") return findMissingHint(message);
  if (!/^(?:\S+:\d+\n[^]*?)?SyntaxError/.test(stack)) return undefined;
  const missing = /^The requested module '(.*)' does not provide an export named '(.*)'/.exec(message);
  if (missing !== null)
    return { code: "E_MODULE_EXPORT", message, fix: `Export "${missing[2]}" from ${missing[1]}, or correct the name of the import.` };
  // JSON.parse() throws the same class at run time.
  if (!/^\S+:\d+\n/.test(stack) && !stack.includes("node:internal/modules/")) return undefined;
  const fix =
    code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX"
      ? "Use only TypeScript that can be erased: no enum, namespace or parameter property."
      : undefined;
  return { code: "E_MODULE_SYNTAX", message, ...(fix !== undefined && { fix }) };
}

function findMissingHint(message: string): ErrorHint {
  const found = /^Cannot find (package|module) '(.*?)' imported from (.*)$/.exec(message);
  if (found === null) return { code: "E_MODULE_MISSING", message };
  const [, kind, name, file] = found as unknown as [string, string, string, string]; // The expression has three groups.
  const place = findImport(file, kind === "package" ? name : name.slice(name.lastIndexOf("/") + 1));
  const fix =
    kind === "package" ? `Install it: npm install ${name}.` : "Correct the path of the import, with the ending of the file, such as .ts.";
  return { code: "E_MODULE_MISSING", message, fix, ...(place !== undefined && { place }) };
}

/** Finds the line that imports a module. */
function findImport(file: string, name: string): SourcePlace | undefined {
  const text = readSourceText(file);
  const index = text?.split("\n").findIndex((line) => /\b(?:import|export|from)\b/.test(line) && line.includes(name)) ?? -1;
  return index === -1 ? undefined : { file, line: index + 1 };
}
