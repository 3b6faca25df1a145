/** The facts and the message of a log line: those that a call gives, joined with those that the logger has. */
import { toErrorText } from "../errors/error-text.ts";
import { isErrorValue } from "../errors/thrown-value.ts";
import { toPlainFact } from "./plain-fact.ts";

/** What one call of a logger gives. */
interface GivenLine {
  readonly facts: object;
  readonly message: string;
}

/** Reads the arguments of a call. An error in place of facts becomes the fact `error`, and its message that of the line. */
export function readLine(first: string | object, message?: string): GivenLine {
  if (typeof first === "string") return { facts: {}, message: first };
  if (isErrorValue(first)) return { facts: { error: first }, message: message ?? toErrorText(first) };
  const facts = readFacts(first);
  if (message !== undefined || !("message" in facts) || typeof facts.message !== "string") return { facts, message: message ?? "" };
  const { message: own, ...rest } = facts;
  return { facts: rest, message: own };
}

/** Copies facts, without running into what throws. Objects that say how JSON shows them are shown that way. */
function readFacts(given: object): object {
  try {
    if (!("toJSON" in given) && !(Symbol.iterator in given)) return { ...given };
  } catch {
    // A getter that throws: the others are kept.
  }
  const plain = toPlainFact("", given);
  return typeof plain === "object" && plain !== null && !Array.isArray(plain) ? plain : { value: plain };
}

/** Fields that each line has by itself. */
const lineFields: readonly string[] = ["level", "time", "message"];

/** Adds facts to those of a logger. A fact never replaces a field of the line: it gets `_` before its name. */
export function joinFacts(bound: object, more: object): object {
  const known: object = lineFields.some((name) => Object.hasOwn(more, name)) ? renameFacts(more, lineFields) : more;
  return { ...bound, ...keepRequestId(bound, known) };
}

/** Returns facts that leave the id of a request as it is, where the logger has one. */
export function keepRequestId(bound: object, more: object): object {
  if (!("requestId" in bound) || !("requestId" in more)) return more;
  if (more.requestId !== bound.requestId) return renameFacts(more, ["requestId"]);
  return more;
}

function renameFacts(facts: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [names.includes(name) ? `_${name}` : name, value]));
}
