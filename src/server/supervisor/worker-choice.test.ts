import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { describe, it } from "node:test";
import { countStartable, countStaying, findStalled, findTakers } from "./worker-choice.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** What the choice asks of a worker. */
type Facts = Pick<WorkerProcess, "role" | "state" | "generation" | "isReplaced" | "takesConnections" | "lastBeatAt" | "readyAt">;

/** A worker that has just given a sign of life, or has been silent for a while. */
function create({ silentMs = 0, ...facts }: Partial<Facts> & { readonly silentMs?: number } = {}): WorkerProcess {
  const usual: Facts = {
    role: "web",
    state: "ready",
    generation: 2,
    isReplaced: false,
    takesConnections: true,
    lastBeatAt: performance.now() - silentMs,
    readyAt: 0,
  };
  return { ...usual, ...facts } as WorkerProcess; // The choice asks for nothing else.
}
const setOf = (...workers: readonly WorkerProcess[]): ReadonlySet<WorkerProcess> => new Set(workers);

describe("findTakers()", () => {
  const [fresh, silent, replaced] = [create(), create({ silentMs: 3_000 }), create({ isReplaced: true })];
  const [old, tasks, starting] = [create({ generation: 1 }), create({ role: "tasks" }), create({ takesConnections: false })];
  for (const [what, workers, expected] of [
    ["takes those of the newest generation that give signs of life", [fresh, silent, replaced, old, tasks, starting], [fresh]],
    ["takes silent ones when all are silent", [silent, replaced, old], [silent]],
    ["takes those that are replaced, and the old generation, when there are no others", [replaced, old, tasks], [replaced, old]],
    ["takes none while none is ready", [tasks, starting], []],
  ] as const)
    it(what, () => {
      assert.deepEqual(findTakers(setOf(...workers), 2, false), expected);
    });

  it("never takes the old generation in development", () => {
    assert.deepEqual(findTakers(setOf(old), 2, true), []);
    assert.deepEqual(findTakers(setOf(old, fresh), 2, true), [fresh]);
  });
});

describe("countStaying()", () => {
  it("counts the workers of a role and a generation that start or serve", () => {
    const states = (["starting", "ready", "draining", "dead"] as const).map((state) => create({ state }));
    const others = [create({ generation: 1 }), create({ isReplaced: true }), create({ role: "tasks" })];
    assert.equal(countStaying(setOf(...states, ...others), 2, "web"), 2);
    assert.equal(countStaying(setOf(...states, ...others), 2, "tasks"), 1);
    assert.equal(countStaying(setOf(...states, ...others), 1, "web"), 1);
  });
});

describe("countStartable()", () => {
  it("lets one worker for each core start, and at least two", () => {
    const most = Math.max(2, availableParallelism());
    assert.equal(countStartable(setOf(create())), most);
    assert.equal(countStartable(setOf(create({ state: "starting" }), create())), most - 1);
    assert.equal(countStartable(setOf(...Array.from({ length: most + 1 }, () => create({ state: "starting" })))), 0);
  });
});

describe("findStalled()", () => {
  it("finds workers that are silent for too long; tasks may be silent for a minute", () => {
    const web = create({ silentMs: 20_000 });
    const tasks = create({ silentMs: 70_000, role: "tasks" });
    const fine = [
      create({ silentMs: 9_000 }),
      create({ silentMs: 50_000, role: "tasks" }),
      create({ silentMs: 20_000, state: "dead" }),
      create({ silentMs: 20_000, readyAt: undefined }),
    ];
    const found = findStalled(setOf(web, tasks, ...fine), 10_000);
    assert.deepEqual(
      found.map(({ worker }) => worker),
      [web, tasks],
    );
    assert.ok(found[0]!.silentMs >= 20_000 && found[0]!.silentMs < 30_000, `${found[0]!.silentMs} ms`);
    assert.deepEqual(findStalled(setOf(web), 0), []);
  });

  it("lets tasks be silent for stallMs if that is longer", () => {
    assert.deepEqual(findStalled(setOf(create({ silentMs: 70_000, role: "tasks" })), 90_000), []);
  });
});
