/** The contract of parts of applications: they leave nothing open, and share nothing between applications. */
import assert from "node:assert/strict";
import { createHook } from "node:async_hooks";
import { readdir } from "node:fs/promises";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { definePart, gable } from "gable";
import type { AnyPart, Application, GableOptions } from "gable";
import { assertTestCount, assertTestOptions } from "./test-error.ts";

/** How a part is tested. */
export interface TestPartOptions {
  /** Options of the application that takes the part, such as `models`. None by default. */
  options?: GableOptions;
  /** How often the application starts and stops. Default 100. */
  rounds?: number;
  /** Work to do while the application runs, such as a request. None by default. */
  use?: (app: Application) => unknown;
}

/** Defines the tests of a part in the current file. Throws `E_TEST_SETUP`. */
export function testPart(part: AnyPart, options: TestPartOptions = {}): void {
  assertTestOptions("testPart()", options, { options: "object", rounds: true, use: "function" });
  assertTestCount("testPart()", "rounds", options.rounds);
  describe(`part contract: ${part.name}`, () => {
    it("leaves nothing open when it starts and stops many times", async () => {
      assert.deepEqual(await findLeaks(part, options), []);
    });

    it("leaves nothing open when another part cannot start", async () => {
      const failing = definePart({
        name: "failing-on-purpose",
        start: () => {
          throw new Error("This part fails on purpose.");
        },
      });
      assert.deepEqual(await findLeaks(part, { ...options, failing }), []);
    });

    it("has an instance for each application", async () => {
      const [one, other] = [create(part, options), create(part, options)];
      try {
        await Promise.all([one.start(), other.start()]);
        assert.notEqual(one.part(part), other.part(part), `The part "${part.name}" gives two applications the same instance.`);
      } finally {
        await Promise.all([one.close(), other.close()]);
      }
    });
  });
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, child: () => silent };

function create(part: AnyPart, { options = {} }: TestPartOptions, more: readonly AnyPart[] = []): Application {
  return gable({ mode: "test", logger: silent, ...options, parts: [...(options.parts ?? []), part, ...more] });
}

/** Kinds of resources that stay open until somebody closes them. */
const openKinds =
  /^(?:Timeout|Immediate|TCPWRAP|TCPSERVERWRAP|TLSWRAP|PIPEWRAP|PIPESERVERWRAP|UDPWRAP|FSEVENTWRAP|STATWATCHER|PROCESSWRAP|WORKER|MESSAGEPORT|SIGNALWRAP)$/;

/** How long resources may take to close after a stop, in milliseconds. */
const closeMs = 2000;

/** Starts and stops an application with a part many times. Returns a line for each kind of thing that stays open. */
export async function findLeaks(part: AnyPart, settings: TestPartOptions & { readonly failing?: AnyPart }): Promise<string[]> {
  const { rounds = 100, use, failing } = settings;
  const app = create(part, settings, failing === undefined ? [] : [failing]);
  const runOnce = async (): Promise<void> => {
    if (failing !== undefined) return assert.rejects(app.start(), { code: "E_PART_START" });
    await app.start();
    await use?.(app);
    await app.close();
  };
  // The first round loads modules and fills caches that stay.
  await runOnce();
  const open = new Map<number, string>();
  const hook = createHook({
    init: (id, kind) => void (openKinds.test(kind) && open.set(id, `${kind} ${findOrigin()}`)),
    destroy: (id) => void open.delete(id),
  });
  const before = { listeners: countListeners(), descriptors: await countDescriptors() };
  hook.enable();
  for (let round = 0; round < rounds; round++) await runOnce();
  for (let waitedMs = 0; waitedMs < closeMs && isGrown(open.size, rounds); waitedMs += 20) await delay(20);
  hook.disable();
  const resources = describeOpen([...open.values()], rounds);
  const listeners = countListeners() - before.listeners;
  if (isGrown(listeners, rounds)) resources.push(`${listeners} listeners of process`);
  const descriptors = (await countDescriptors()) - before.descriptors;
  // Sockets and watchers are named already, with the place that opened them.
  if (isGrown(descriptors, rounds) && resources.length === 0) resources.push(`${descriptors} file descriptors`);
  return resources;
}

/** Whether a number grew with the rounds: a few resources of other tests in the process are not a leak. */
const isGrown = (count: number, rounds: number): boolean => count * 2 >= rounds;

function describeOpen(open: readonly string[], rounds: number): string[] {
  const counts = new Map<string, number>();
  for (const each of open) counts.set(each, (counts.get(each) ?? 0) + 1);
  return [...counts].filter(([, count]) => isGrown(count, rounds)).map(([what, count]) => `${count} of ${what}`);
}

/** The first place of the program in the stack. */
function findOrigin(): string {
  const lines = new Error("origin").stack?.split("\n") ?? [];
  const own = lines.slice(3).find((line) => !/\(node:|at node:|\/node_modules\/|async_hooks/.test(line));
  return own === undefined ? "opened by the runtime" : own.trim();
}

/** Open files and sockets of the process; 0 on systems that do not list them. */
async function countDescriptors(): Promise<number> {
  return readdir("/proc/self/fd").then(
    (names) => names.length,
    () => 0,
  );
}

function countListeners(): number {
  return process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
}
