/** The contract of task queues: what each of them does the same way, whoever wrote it. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { AddedTask, ClaimedTask, ClaimRequest, NewTask, TaskDirectory, TaskLease, TaskQueue } from "gable/tasks";

/** A queue under test. */
export interface TaskQueueUnderTest {
  /** The queue. Nothing else uses it. */
  readonly queue: TaskQueue;
  /**
   * Whether the queue follows the clock of its machine instead of the times that it gets, and lets a task rest that the caller does not
   * know. The tests then use the current time, and wait. Default false.
   */
  readonly hasOwnClock?: boolean;
  /** Called after the tests. None by default. */
  readonly close?: () => Promise<void>;
}

const fixedNow = 1_800_000_000_000;
const minuteMs = 60_000;
/** Time that a queue with its own clock has to do what it does later. */
const patienceMs = 20_000;

/** Defines the tests of a task queue in the current file. Each test uses its own task names. */
export function testTaskQueue(name: string, create: () => TaskQueueUnderTest | Promise<TaskQueueUnderTest>): void {
  describe(`task queue contract: ${name}`, () => {
    let tested: TaskQueueUnderTest;
    before(async () => {
      tested = await create();
      await tested.queue.open?.();
    });
    after(async () => {
      await tested?.queue.close?.();
      await tested?.close?.();
    });
    for (const [title, check] of contracts) it(title, () => check(new Trial(tested)));
  });
}

/** One test, with its own task name. */
class Trial {
  readonly queue: TaskQueue;
  readonly name = `task-${randomUUID()}`;
  /** The time at which the test begins. */
  readonly now: number;
  /** How much later something is that is due later. */
  readonly laterMs: number;
  readonly leaseMs: number;
  readonly #hasOwnClock: boolean;

  constructor({ queue, hasOwnClock = false }: TaskQueueUnderTest) {
    this.queue = queue;
    this.#hasOwnClock = hasOwnClock;
    this.now = hasOwnClock ? Date.now() : fixedNow;
    this.laterMs = hasOwnClock ? 3_000 : 1;
    this.leaseMs = hasOwnClock ? 3_000 : minuteMs;
  }

  async add(...tasks: ReadonlyArray<Partial<NewTask>>): Promise<string[]> {
    return (await this.addAll(...tasks)).map(({ id }) => id);
  }

  addAll(...tasks: ReadonlyArray<Partial<NewTask>>): Promise<readonly AddedTask[]> {
    return this.queue.add(tasks.map((task) => ({ ...this.#plain(), ...task })));
  }

  claim(request: Partial<ClaimRequest> = {}): Promise<readonly ClaimedTask[]> {
    const { now } = this;
    return this.queue.claim({ names: [this.name], count: 100, now, leaseUntil: now + minuteMs, token: "one", ...request });
  }

  /** Claims tasks at a time. With its own clock, a queue gives them when that time has come. */
  async claimAt(time: number, request: Partial<ClaimRequest> = {}): Promise<readonly ClaimedTask[]> {
    const end = Math.max(time, Date.now()) + patienceMs;
    for (;;) {
      const claimed = await this.claim({ now: time, ...request });
      if (!this.#hasOwnClock || claimed.length > 0 || Date.now() > end) return claimed;
      await sleep(100);
    }
  }

  async claimIds(request: Partial<ClaimRequest> = {}): Promise<string[]> {
    return (await this.claim(request)).map(({ id }) => id);
  }

  /** Adds a task and claims it. */
  async claimOne(task: Partial<NewTask> = {}, request: Partial<ClaimRequest> = {}): Promise<TaskLease> {
    const [id] = await this.add(task);
    assert.deepEqual(await this.claimIds(request), [id]);
    return { id: id!, token: "one" };
  }

  sweep(at: number, rowsMax = 1_000): Promise<number> {
    return this.queue.sweep({ now: at, doneBefore: at - 7 * minuteMs, failedBefore: at - 30 * minuteMs, rowsMax });
  }

  /** Sweeps at the end of a lease. With its own clock, a queue may need a few calls. */
  async sweepLease(endsAt: number): Promise<void> {
    if (this.#hasOwnClock) await sleep(Math.max(0, endsAt - Date.now()));
    for (let round = 0; round < (this.#hasOwnClock ? 12 : 1); round++) {
      await this.sweep(endsAt);
      if (this.#hasOwnClock) await sleep(250);
    }
  }

  #plain(): NewTask {
    const { name, now } = this;
    return { id: randomUUID(), name, queue: "default", priority: 0, input: "null", attemptsMax: 2, dueAt: now, createdAt: now };
  }
}

const contracts: ReadonlyArray<readonly [title: string, check: (trial: Trial) => Promise<void>]> = [
  [
    "returns the input as it was added",
    async (trial) => {
      const input = JSON.stringify({ text: "\u0000 \u{1f600} '\"\\", list: ["x".repeat(60_000)] });
      const [id] = await trial.add({ input });
      assert.deepEqual(await trial.claim(), [{ id, name: trial.name, input, attempt: 1, attemptsMax: 2, steps: null }]);
    },
  ],
  [
    "returns the most urgent tasks first, then those that are due first",
    async (trial) => {
      const { now, laterMs } = trial;
      const ids = await trial.add(
        { priority: -100, dueAt: now - 9 },
        { dueAt: now - 1 },
        { dueAt: now - 2 },
        { priority: 100 },
        { dueAt: now + laterMs },
      );
      const [low, second, first, urgent, later] = ids;
      assert.deepEqual(await trial.claimIds({ count: 2 }), [urgent, first]);
      assert.deepEqual(await trial.claimIds(), [second, low]);
      assert.deepEqual(await trial.claimIds(), []);
      assert.deepEqual(
        (await trial.claimAt(now + laterMs)).map(({ id }) => id),
        [later],
      );
    },
  ],
  [
    "returns only tasks of the names and queues that are asked for",
    async (trial) => {
      const [, images] = await trial.add({}, { queue: "images" });
      assert.deepEqual(await trial.claimIds({ names: ["another"] }), []);
      assert.deepEqual(
        (await trial.claimAt(trial.now, { queues: ["mail", "images"] })).map(({ id }) => id),
        [images],
      );
      const [rest, ...others] = await trial.claimAt(trial.now);
      assert.deepEqual([rest!.attempt, others], [1, []]);
    },
  ],
  [
    "gives each of 200 tasks to exactly one of eight callers",
    async (trial) => {
      const ids = await trial.add(...Array.from({ length: 200 }, () => ({})));
      const callers = Array.from({ length: 8 }, async (_, index) => {
        const own: string[] = [];
        for (let idle = 0; idle < 3;) {
          const claimed = await trial.claimIds({ count: 7, token: `caller ${index}` });
          own.push(...claimed);
          idle = claimed.length === 0 ? idle + 1 : 0;
        }
        return own;
      });
      const claimed = (await Promise.all(callers)).flat();
      assert.deepEqual(claimed.toSorted(), ids.toSorted());
    },
  ],
  [
    "lets only the holder of a lease renew and settle it, once",
    async (trial) => {
      const { now } = trial;
      const lease = await trial.claimOne();
      const foreign = { ...lease, token: "two" };
      assert.deepEqual(await trial.queue.renew([foreign], now + 2 * minuteMs), []);
      assert.equal(await trial.queue.settle(foreign, { state: "done", now }), false);
      assert.deepEqual(await trial.queue.renew([lease], now + 2 * minuteMs), [lease.id]);
      assert.equal(await trial.queue.settle(lease, { state: "done", now }), true);
      assert.equal(await trial.queue.settle(lease, { state: "done", now }), false);
      assert.deepEqual(await trial.queue.renew([lease], now + 2 * minuteMs), []);
    },
  ],
  [
    "tells each of many attempts that end at the same time whether it was held",
    async (trial) => {
      const { now } = trial;
      const ids = await trial.add(...Array.from({ length: 30 }, () => ({})));
      const first = await trial.claimIds({ count: 15 });
      const second = await trial.claimIds({ count: 15, token: "two" });
      await trial.queue.settle({ id: first[0]!, token: "one" }, { state: "done", now });
      const ended = await Promise.all(
        ids.map(async (id) => [id, await trial.queue.settle({ id, token: "one" }, { state: "done", now })] as const),
      );
      assert.deepEqual(
        ended
          .filter(([, isHeld]) => isHeld)
          .map(([id]) => id)
          .toSorted(),
        first.slice(1).toSorted(),
      );
      const held = await trial.queue.renew(
        second.map((id) => ({ id, token: "two" })),
        now + 2 * minuteMs,
      );
      assert.deepEqual(held.toSorted(), second.toSorted());
    },
  ],
  ["renews no leases when there are none", async (trial) => assert.deepEqual(await trial.queue.renew([], trial.now + minuteMs), [])],
  [
    "counts attempts, except those that a stopped worker gives back",
    async (trial) => {
      const { now, laterMs } = trial;
      const lease = await trial.claimOne();
      const dueAt = now + 2 * laterMs;
      await trial.queue.settle(lease, { state: "queued", now, dueAt, isFree: true });
      assert.deepEqual(await trial.claimIds({ now: dueAt - 1 }), []);
      assert.equal((await trial.claimAt(dueAt))[0]!.attempt, 1);
      await trial.queue.settle(lease, { state: "queued", now, dueAt: now, error: "no" });
      assert.equal((await trial.claim())[0]!.attempt, 2);
    },
  ],
  [
    "queues a task again when its lease has ended, and fails it after its last attempt",
    async (trial) => {
      const { now, leaseMs } = trial;
      const lease = await trial.claimOne({}, { leaseUntil: now + leaseMs });
      await trial.sweep(now + leaseMs - 1);
      assert.deepEqual(await trial.claimIds({ now: now + leaseMs }), []);
      await trial.sweepLease(now + leaseMs);
      const [again] = await trial.claimAt(now + leaseMs, { leaseUntil: now + 4 * leaseMs, token: "two" });
      assert.equal(again!.attempt, 2);
      assert.equal(await trial.queue.settle(lease, { state: "done", now }), false);
      assert.equal(await trial.queue.save(lease, { steps: "[]" }), false);
      await trial.sweepLease(now + 4 * leaseMs);
      assert.deepEqual(await trial.claimIds({ now: now + 5 * leaseMs }), []);
      // Queues whose tasks people can list show it.
      const directory = trial.queue as TaskQueue & Partial<TaskDirectory>;
      for (const { state, attempts } of (await directory.list?.({ name: trial.name })) ?? [])
        assert.deepEqual([state, attempts], ["failed", 2]);
    },
  ],
  [
    "adds one task per unique key and name while one is queued or running",
    async (trial) => {
      const { now, laterMs } = trial;
      const plain = await trial.addAll({}, { uniqueKey: "a" }, { uniqueKey: "A" }, { uniqueKey: "a " });
      assert.deepEqual(
        plain.map(({ created }) => created),
        [true, true, true, true],
      );
      const [first] = plain.slice(1);
      assert.deepEqual(await trial.addAll({ uniqueKey: "a" }), [{ id: first!.id, created: false }]);
      assert.deepEqual(await trial.addAll({ uniqueKey: "a", name: `${trial.name}-other` }).then((added) => added[0]!.created), true);
      assert.equal(await trial.queue.findHolder(trial.name, "a"), first!.id);
      assert.equal(await trial.queue.findHolder(trial.name, "b"), undefined);
      assert.equal((await trial.claim()).length, 4);
      const lease = { id: first!.id, token: "one" };
      assert.equal((await trial.addAll({ uniqueKey: "a" }))[0]!.created, false, "while it runs");
      await trial.queue.settle(lease, { state: "queued", now, dueAt: now + laterMs });
      assert.equal((await trial.addAll({ uniqueKey: "a" }))[0]!.created, false, "while it waits for another attempt");
      await trial.claimAt(now + laterMs);
      await trial.queue.settle(lease, { state: "done", now: now + laterMs });
      assert.equal((await trial.addAll({ uniqueKey: "a" }))[0]!.created, true, "after its end");
    },
  ],
  [
    "adds one of 40 tasks with one key that come at the same time",
    async (trial) => {
      const added = await Promise.all(Array.from({ length: 40 }, () => trial.addAll({ uniqueKey: "one" })));
      const [winner, ...more] = added.flat().filter(({ created }) => created);
      assert.equal(more.length, 0);
      assert.ok(added.flat().every(({ id }) => id === winner!.id));
      assert.deepEqual(await trial.claimIds(), [winner!.id]);
    },
  ],
  [
    "adds a task with `isOnce` once, even after its end",
    async (trial) => {
      const { now } = trial;
      const id = randomUUID();
      const added = await Promise.all(Array.from({ length: 8 }, () => trial.addAll({ id, isOnce: true })));
      assert.deepEqual(added.flat().filter(({ created }) => created).length, 1);
      assert.deepEqual(await trial.claimIds(), [id]);
      await trial.queue.settle({ id, token: "one" }, { state: "done", now });
      assert.deepEqual(await trial.addAll({ id, isOnce: true }), [{ id, created: false }]);
      assert.deepEqual(await trial.claimIds(), []);
    },
  ],
  [
    "does not add a task with `isOnce` again that somebody has deleted",
    async (trial) => {
      // Only queues whose tasks people can list delete them.
      const directory = trial.queue as TaskQueue & Partial<TaskDirectory>;
      if (directory.discard === undefined) return;
      for (const state of ["failed", "cancelled"] as const) {
        const lease = { id: randomUUID(), token: "one" };
        await trial.addAll({ id: lease.id, isOnce: true, input: '"a"' });
        assert.deepEqual(await trial.claimIds(), [lease.id]);
        await trial.queue.settle(lease, { state, now: trial.now });
        assert.deepEqual([await directory.discard(lease.id), await directory.discard(lease.id)], [true, false]);
        assert.deepEqual(await trial.addAll({ id: lease.id, isOnce: true }), [{ id: lease.id, created: false }]);
        assert.deepEqual([await trial.claimIds(), await directory.list!({ name: trial.name })], [[], []]);
      }
    },
  ],
  [
    "adds a task with `isOnce` and a unique key once, and does not take the key again after its end",
    async (trial) => {
      const { now } = trial;
      const task = { id: randomUUID(), isOnce: true, uniqueKey: "one" };
      const created = async (): Promise<boolean> => (await trial.addAll(task))[0]!.created;
      assert.deepEqual([await created(), await created()], [true, false]);
      await trial.claimIds();
      await trial.queue.settle({ id: task.id, token: "one" }, { state: "done", now });
      assert.equal(await created(), false);
      assert.equal((await trial.addAll({ uniqueKey: "one" }))[0]!.created, true);
    },
  ],
  [
    "forgets the input of a task that is done, when it is asked to",
    async (trial) => {
      const { now } = trial;
      const lease = await trial.claimOne({ input: '"secret"', attemptsMax: 3 });
      await trial.queue.settle(lease, { state: "queued", now, forgetsInput: true });
      const [again] = await trial.claim();
      assert.equal(again!.input, '"secret"');
      assert.equal(await trial.queue.settle(lease, { state: "done", now, forgetsInput: true }), true);
      // Queues whose tasks people can list show it.
      const directory = trial.queue as TaskQueue & Partial<TaskDirectory>;
      for (const { input } of (await directory.list?.({ name: trial.name })) ?? []) assert.equal(input, "null");
    },
  ],
  [
    "keeps the steps of an attempt for the next one, and only for the holder of the lease",
    async (trial) => {
      const { now } = trial;
      const lease = await trial.claimOne({ attemptsMax: 3 });
      assert.equal(await trial.queue.save(lease, { steps: "[1]" }), true);
      assert.equal(await trial.queue.save(lease, { progress: '{"label":"a","done":1,"total":null,"note":null}' }), true);
      assert.equal(await trial.queue.save({ ...lease, token: "two" }, { steps: "[2]" }), false);
      await trial.queue.settle(lease, { state: "queued", now });
      assert.equal(await trial.queue.save(lease, { steps: "[3]" }), false);
      assert.equal((await trial.claim())[0]!.steps, "[1]");
    },
  ],
  ["finds nothing to cancel among no leases", async (trial) => assert.deepEqual(await trial.queue.findCancelled([]), [])],
  [
    "deletes old tasks in batches, and no others",
    async (trial) => {
      const { now } = trial;
      const leases = [await trial.claimOne(), await trial.claimOne(), await trial.claimOne()];
      const kept = await trial.claimOne();
      for (const lease of leases) await trial.queue.settle(lease, { state: "done", now: now + minuteMs });
      await trial.queue.settle(kept, { state: "queued", now });
      const at = now + 8 * minuteMs + 1;
      let changed = 0;
      for (let count = 1, rounds = 0; count > 0; rounds++) {
        count = await trial.sweep(at, 2);
        changed += count;
        assert.ok(count <= 6 && rounds < 1_000, "a batch is too large, or does not end");
      }
      assert.ok(changed >= 3);
      assert.deepEqual(await trial.claimIds(), [kept.id]);
    },
  ],
];
