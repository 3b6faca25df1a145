/** Turns facts of log lines into values that JSON can hold. It never throws, whatever the facts are. */
import { toErrorText } from "../errors/error-text.ts";
import { isSecretName } from "../errors/secret-names.ts";
import { readStack } from "../errors/source-place.ts";
import { isErrorValue, readProperty } from "../errors/thrown-value.ts";

/** Deeper values are left out: a long chain of objects would overflow the stack. */
const depthMax = 32;
/** Most objects of one fact: those of a framework, such as sockets, lead to each other in countless ways. */
const objectsMax = 10_000;
const secretMark = "[secret]";

/** The objects around a value, and how many there were. */
interface Walk {
  readonly above: object[];
  count: number;
}

/** Returns a fact as JSON has it. Lists of pairs become objects, and errors show their stack. Values of secret names are not shown. */
export function toPlainFact(name: string, value: unknown): unknown {
  return toPlain(name, value, { above: [], count: 0 });
}

function toPlain(name: string, value: unknown, walk: Walk): unknown {
  const plain = readPlain(name, value, walk);
  const isShown = plain === undefined || (typeof plain === "object" && !Array.isArray(plain));
  return isShown || name === "" || !isSecretName(name) ? plain : secretMark;
}

function readPlain(name: string, value: unknown, walk: Walk): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  const { above } = walk;
  if (above.includes(value)) return "[circular]";
  if (above.length >= depthMax || walk.count >= objectsMax) return "[left out]";
  walk.count++;
  above.push(value);
  try {
    return toPlainParts(name, value, walk);
  } catch {
    // A getter, a proxy or toJSON() that throws.
    return "[unreadable]";
  } finally {
    above.pop();
  }
}

function toPlainParts(name: string, value: object, walk: Walk): unknown {
  if (isErrorValue(value)) return toRecord(Object.entries(readError(value)), walk);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  const { toJSON } = value as { readonly toJSON?: unknown }; // Any object may have one.
  const shown: unknown = typeof toJSON === "function" ? toJSON.call(value, name) : value;
  if (typeof shown !== "object" || shown === null) return readPlain(name, shown, walk);
  if (Array.isArray(shown) || shown instanceof Set) return [...(shown as Iterable<unknown>)].map((item) => toPlain("", item, walk)); // As checked.
  if (isTable(shown)) return toTable([...shown], walk);
  return toRecord(
    Object.keys(shown).map((key) => [key, readValue(shown, key)]),
    walk,
  );
}

function readError(error: Error): object {
  const message = readProperty(error, "message");
  return {
    type: readProperty(error, "name"),
    code: readProperty(error, "code"),
    message: typeof message === "string" ? message : toErrorText(error),
    stack: readStack(error),
    cause: readProperty(error, "cause"),
  };
}

/** One property that throws must not hide the others. */
function readValue(holder: object, name: string): unknown {
  try {
    return (holder as Readonly<Record<string, unknown>>)[name]; // Any property may be read.
  } catch {
    return "[unreadable]";
  }
}

function toRecord(entries: ReadonlyArray<readonly [string, unknown]>, walk: Walk): object {
  return Object.fromEntries(entries.map(([name, value]) => [name, toPlain(name, value, walk)]));
}

/** Returns whether a value is a Map, header fields, parameters of a query or a form. */
function isTable(value: object): value is Iterable<readonly [unknown, unknown]> {
  return Symbol.iterator in value && ["get", "has"].every((name) => typeof readValue(value, name) === "function");
}

/** Values of one name become a list. */
function toTable(pairs: ReadonlyArray<readonly [unknown, unknown]>, walk: Walk): unknown {
  if (pairs.some(([key]) => typeof key === "object" && key !== null)) return pairs.map((pair) => toPlain("", pair, walk));
  const values = new Map<string, unknown[]>();
  for (const [key, value] of pairs) {
    const known = values.get(String(key));
    if (known === undefined) values.set(String(key), [value]);
    else known.push(value);
  }
  return toRecord(
    [...values].map(([name, each]) => [name, each.length === 1 ? each[0] : each]),
    walk,
  );
}
