/**
 * Functions that take an options object refuse values of a wrong kind, at the call: they come from JSON, environment variables and
 * JavaScript. The kinds of each option are those of its published type.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isGableError } from "gable";
import { callWith, innerCalls, optionCalls } from "./calls.ts";
import type { Kind, Option } from "./declarations.ts";
import { findOptionObjects, readAccepted, readObject } from "./declarations.ts";

/** A value of each kind that an option may not accept. */
const values: ReadonlyArray<readonly [kind: Kind, value: unknown]> = [
  ["string", "10"],
  ["string", "false"],
  ["number", 7],
  ["boolean", true],
  ["null", null],
  ["object", { odd: 1 }],
  ["list", []],
  ["function", () => undefined],
];

/** Returns the values that an option must refuse. */
function findWrong({ name, type }: Option, entry: string): unknown[] {
  const accepted = readAccepted(type, entry);
  if (accepted === undefined) return [];
  const { kinds, members, isChoice } = accepted;
  const wrong = values.filter(([kind]) => !kinds.has(kind)).map(([, value]) => value);
  if (isChoice) wrong.push("no such choice");
  if (kinds.has("number")) {
    wrong.push(Number.NaN, Number.POSITIVE_INFINITY);
    if (/(?:Max|Ms|Seconds|ize|batch|days|number|port)$/.test(name)) wrong.push(-1);
    if (/(?:Max|size|batch|days|number|port)$/.test(name)) wrong.push(1.5);
  }
  for (const member of members) {
    const inner = readAccepted(member, entry);
    if (inner !== undefined) wrong.push(...values.filter(([kind]) => !inner.kinds.has(kind)).map(([, value]) => [value]));
  }
  return wrong;
}

/** Makes a call, and returns what it threw; undefined when it passed. */
async function catchError(call: () => unknown, options: object): Promise<unknown> {
  const { promise: late, resolve } = Promise.withResolvers<unknown>();
  const timer = setTimeout(() => resolve(new Error("It hangs.")), 3_000);
  try {
    return await Promise.race([callWith(call, options).then(() => undefined), late]);
  } catch (error) {
    return error;
  } finally {
    clearTimeout(timer);
  }
}

/** Options that are left out, with the reason. */
const exceptions: Readonly<Record<string, string>> = {
  "SubscribeOptions.signal": "pipe() takes that of its connection.",
  "DatabasesOptions.models": "The usual call has no databases.",
  "data.ViewOptions.sql": "A view without a query is E_MODEL_VIEW, which names the view.",
  "GableOptions.routes": "Lists in the list are taken, too.",
  "FailureReplyOptions.report": "Whatever a worker has thrown becomes a report.",
  "ColumnOptions.widget": "A name of a control is taken, too.",
  "data.FileOptions.widget": "A name of a control is taken, too.",
};

/** Types whose kinds are not known: what the caller makes of them decides. */
const unreadTypes: readonly string[] = [
  "AnyExpression<unknown> | ReadonlyArray<AnyExpression<unknown>>",
  "Extra",
  "Filter<Class>",
  "FormOption",
  "Input",
  "Order | AnyExpression<unknown> | ReadonlyArray<Order | AnyExpression<unknown>>",
  "OrderBy<Class> | ReadonlyArray<OrderBy<Class>>",
  "RowCondition<Fields>",
  "Schema",
  "SentInput<Input>",
  "Sets",
  "User",
  "Value",
  "Value | (() => Value)",
  "Value | (() => Value) | DatabaseDefault | null",
  'readonly [from: number | "start", to: number | "end"]',
  "unknown",
];

/** Whether this place does not take an option that others with the same options take. */
async function isUnknown(call: () => unknown, name: string): Promise<boolean> {
  const error = await catchError(call, { [name]: undefined });
  return isGableError(error) && /has no (?:option|limit)/.test(error.message) && error.message.includes(`"${name}"`);
}

/** Options of the usual call: leaving them out makes another call. */
const unchecked = new Set([
  "BullmqQueueOptions.url",
  "DatabaseOptions.url",
  "HasOptions.by",
  "ListenOptions.port",
  "MailOptions.from",
  "MailOptions.text",
  "NamedDatabaseOptions.url",
  "RedisOptions.url",
  "ServeOptions.port",
  "SuperviseOptions.workers",
]);

function isRefusal(error: unknown, name: string): boolean {
  return isGableError(error) && error.message.includes(name);
}

describe("an option with a value of a wrong kind", () => {
  const objects = findOptionObjects();
  const unread = new Set<string>();
  const inner = Object.entries(innerCalls).map(([name, call]) => [name, [call]] as const);
  for (const [name, calls] of [...Object.entries(optionCalls), ...inner])
    for (const [index, call] of calls.entries())
      it(`is refused in ${name}${calls.length === 1 ? "" : `, place ${index + 1}`}`, async () => {
        const { entry, options } = objects.get(name) ?? readObject(name);
        const problems: string[] = [];
        const usual = toText(await catchError(call, {}));
        for (const option of options) {
          if (readAccepted(option.type, entry) === undefined) unread.add(option.type);
          const path = `${name}.${option.name}`;
          if (Object.hasOwn(exceptions, path) || (await isUnknown(call, option.name))) continue;
          for (const value of findWrong(option, entry)) {
            const error = await catchError(call, { [option.name]: value });
            if (!isRefusal(error, option.name)) problems.push(`${path} ${format(value)}: ${String(error ?? "passes")}`);
          }
          if (!option.isOptional || unchecked.has(path)) continue;
          const error = toText(await catchError(call, { [option.name]: undefined }));
          if (error !== usual) problems.push(`${option.name} undefined: ${error}, and without it ${usual}`);
        }
        assert.deepEqual(problems, []);
      });

  it("was looked for in all options, except those whose type is a parameter or a part of a query", () =>
    assert.deepEqual([...unread].toSorted(), unreadTypes.toSorted()));
});

/** Ids of requests differ from call to call. */
function toText(error: unknown): string {
  return String(error).replaceAll(/"requestId":"\w+"/g, "");
}

function format(value: unknown): string {
  return typeof value === "function"
    ? "function"
    : JSON.stringify(value, (_, each) => (typeof each === "number" ? String(each) : typeof each === "function" ? "function" : each))!;
}
