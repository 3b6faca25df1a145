import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { DeadlineWheel } from "./deadlines.ts";

/** Something that notes when its deadline was told. */
class Noting {
  deadline = Infinity;
  readonly told: number[] = [];
  onDeadline(now: number): void {
    this.told.push(now);
  }
}

/** A wheel on a clock that the test moves. */
function create(context: TestContext): { wheel: DeadlineWheel<Noting>; ticks: () => number; pass: (ms: number) => void } {
  context.mock.timers.enable({ apis: ["setInterval"] });
  let [now, ticks] = [0, 0];
  context.mock.method(performance, "now", () => now);
  return {
    wheel: new DeadlineWheel<Noting>(100, () => void ticks++),
    ticks: () => ticks,
    pass: (ms) => {
      for (let passed = 0; passed < ms; passed += 10) {
        now += 10;
        context.mock.timers.tick(10);
      }
    },
  };
}

describe("DeadlineWheel", () => {
  it("tells each deadline at the first tick at or after it", (context) => {
    const { wheel, pass } = create(context);
    const [exact, later, never] = [new Noting(), new Noting(), new Noting()];
    for (const item of [exact, later, never]) wheel.add(item);
    [exact.deadline, later.deadline] = [200, 201];
    pass(200);
    assert.deepEqual([exact.told, later.told], [[200], []]);
    exact.deadline = Infinity;
    pass(100);
    assert.deepEqual([exact.told, later.told, never.told], [[200], [300], []]);
  });

  it("gives deadlines that are never early, and late by at most one tick", (context) => {
    const { wheel, pass } = create(context);
    const item = new Noting();
    wheel.add(item);
    pass(190);
    // Its clock is that of the last tick, at 100.
    item.deadline = wheel.after(250);
    assert.equal(item.deadline, 450);
    assert.deepEqual([wheel.now, wheel.tickMs], [100, 100]);
  });

  it("ticks while it holds something, and when the first item comes", (context) => {
    const { wheel, ticks, pass } = create(context);
    pass(1000);
    assert.equal(ticks(), 0);
    const [first, second] = [new Noting(), new Noting()];
    wheel.add(first);
    wheel.add(second);
    assert.deepEqual([ticks(), wheel.now, wheel.size, [...wheel.items].length], [1, 1000, 2, 2]);
    pass(300);
    assert.equal(ticks(), 4);
    wheel.delete(first);
    pass(100);
    assert.equal(ticks(), 5);
    wheel.delete(second);
    pass(1000);
    assert.deepEqual([ticks(), wheel.size], [5, 0]);
  });

  it("says when it is empty: immediately, or when the last item goes", async (context) => {
    const { wheel } = create(context);
    await wheel.whenEmpty();
    const [first, second] = [new Noting(), new Noting()];
    wheel.add(first);
    wheel.add(second);
    let isEmpty = false;
    const empty = wheel.whenEmpty().then(() => (isEmpty = true));
    wheel.delete(first);
    await Promise.resolve();
    assert.equal(isEmpty, false);
    wheel.delete(second);
    await empty;
  });
});
