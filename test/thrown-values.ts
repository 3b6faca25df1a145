/** Values that code may throw, and that are hard to show. */
import { TaskRejected } from "gable/tasks";

const refuse = (): never => {
  throw new Error("It refuses to be read.");
};

function withGetter(name: string): Error {
  return Object.defineProperty(new Error("An error with a getter."), name, { get: refuse });
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** An error that is its own cause. */
function circular(): Error {
  const error = new Error("An error of itself.");
  return Object.assign(error, { cause: error });
}

const unknown = "A value that has no text was thrown.";

/** What makes a value, and its text. */
export const thrownValues: ReadonlyArray<readonly [name: string, make: () => unknown, text: string]> = [
  ["undefined", () => undefined, "undefined"],
  ["null", () => null, "null"],
  ["an empty string", () => "", "Error"],
  ["a symbol", () => Symbol("s"), "Symbol(s)"],
  ["a bigint", () => 1n, "1"],
  ["an error without a message", () => new Error(), "Error"],
  ["an error of a class without a message", () => new (class OrderMissing extends Error {})(), "OrderMissing"],
  ["an error with a code without a message", () => Object.assign(new Error(), { code: "ECONNREFUSED" }), "ECONNREFUSED"],
  ["a DOMException without a message", () => new DOMException(), "DOMException"],
  ["a rejection without a reason", () => new TaskRejected(""), "TaskRejected"],
  ["an error with half a character", () => new Error("x\ud800"), "x\ufffd"],
  ["a string with half a character", () => "\udc00", "\ufffd"],
  ["an object without a prototype", () => Object.create(null) as object, unknown],
  ["an object whose toString() throws", () => ({ toString: refuse }), unknown],
  ["an object whose toJSON() throws", () => ({ toJSON: refuse }), "[object Object]"],
  ["an error whose message throws", () => withGetter("message"), unknown],
  ["an error whose message is an object", () => Object.assign(new Error(), { message: { toString: refuse } }), unknown],
  ["an error whose name throws", () => withGetter("name"), "An error with a getter."],
  ["an error whose stack throws", () => withGetter("stack"), "An error with a getter."],
  ["an error whose stack is a number", () => Object.assign(new Error("An error."), { stack: 5 }), "An error."],
  ["an error whose code throws", () => withGetter("code"), "An error with a getter."],
  ["an error whose cause throws", () => withGetter("cause"), "An error with a getter."],
  ["an error that is its own cause", circular, "An error of itself."],
  ["a frozen error", () => Object.freeze(new Error("frozen")), "frozen"],
  ["a proxy that refuses everything", () => new Proxy(new Error("p"), { get: refuse, has: refuse, getPrototypeOf: refuse }), unknown],
  ["a proxy of an error that refuses to be read", () => new Proxy(new Error("p"), { get: refuse }), unknown],
  ["a revoked proxy", () => revoked({}), unknown],
  ["a revoked proxy of a list", () => revoked([]), unknown],
  ["an object with a revoked proxy", () => ({ inner: revoked([]), toString: refuse }), unknown],
];
