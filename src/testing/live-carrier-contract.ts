/** Checks that a carrier of channels does what channels rely on. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { CarriedMessage, LiveCarrier } from "gable/live";

/** Two carriers that stand for two processes, and what their messages need. */
export interface LiveCarriersUnderTest {
  /** Carriers of the same messages. One carrier twice for a carrier that lives in one process. */
  readonly carriers: readonly [LiveCarrier, LiveCarrier];
  /** Called after the tests. */
  readonly close?: () => void | Promise<void>;
}

/** Longest wait for a message, in milliseconds. */
const messageMs = 20_000;
const replay = { seconds: 60, messagesMax: 5 };

/** Collects the messages of a topic. */
class Collector {
  readonly messages: CarriedMessage[] = [];
  readonly onInterrupted = (): void => undefined;
  readonly onMessage = (message: CarriedMessage): void => void this.messages.push(message);

  get texts(): string[] {
    return this.messages.map(({ text }) => text);
  }

  async received(count: number): Promise<string[]> {
    const end = performance.now() + messageMs;
    while (this.messages.length < count) {
      assert.ok(performance.now() < end, `${this.messages.length} of ${count} messages came`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.texts;
  }
}

/** What the tests use. */
interface Carriers {
  /** Returns the two carriers. */
  readonly both: () => readonly [LiveCarrier, LiveCarrier];
  /** Listens to a topic in both processes. */
  readonly listen: (topic: string) => Promise<[Collector, Collector]>;
}

/**
 * Declares tests for a carrier. `create` makes two carriers without messages.
 * @example
 * testLiveCarrier("my carrier", async () => ({ carriers: [myCarrier(), myCarrier()] }));
 */
export function testLiveCarrier(name: string, create: () => LiveCarriersUnderTest | Promise<LiveCarriersUnderTest>): void {
  describe(`the carrier "${name}"`, () => {
    let setup: LiveCarriersUnderTest;
    before(async () => {
      setup = await create();
      for (const carrier of new Set(setup.carriers)) await carrier.open?.();
    });
    after(async () => {
      for (const carrier of new Set(setup?.carriers)) await carrier.close?.();
      await setup?.close?.();
    });
    const carriers: Carriers = {
      both: () => setup.carriers,
      listen: async (topic) => {
        const collectors: [Collector, Collector] = [new Collector(), new Collector()];
        await setup.carriers[0].subscribe(topic, collectors[0]);
        await setup.carriers[1].subscribe(topic, collectors[1]);
        return collectors;
      },
    };
    testDelivery(carriers);
    testReplay(carriers);
    testBounds(carriers);
  });
}

function testDelivery({ both, listen }: Carriers): void {
  it("carries messages to all listeners, its own included, in the same order", async () => {
    const [first, second] = both();
    const collectors = await listen("/order");
    for (let index = 0; index < 50; index++) await (index % 2 === 0 ? first : second).publish("/order", String(index), undefined);
    const expected = Array.from({ length: 50 }, (_, index) => String(index));
    for (const collector of collectors) assert.deepEqual(await collector.received(50), expected);
    assert.ok(collectors[0].messages.every(({ id }) => id === ""));
  });

  it("keeps topics apart", async () => {
    const [first, second] = both();
    const [one, other] = [new Collector(), new Collector()];
    await first.subscribe("/apart/1", one);
    await second.subscribe("/apart/2", other);
    await first.publish("/apart/2", "b", undefined);
    await second.publish("/apart/1", "a", undefined);
    await first.publish("/apart", "c", undefined);
    assert.deepEqual(await one.received(1), ["a"]);
    assert.deepEqual(await other.received(1), ["b"]);
  });

  it("carries texts of 64 KiB and all characters", async () => {
    const [first] = both();
    const collectors = await listen("/large");
    const texts = ["x".repeat(65_536), JSON.stringify("\u20ac'\"\\ \u{1F600}\u2028"), "null"];
    for (const text of texts) await first.publish("/large", text, undefined);
    for (const collector of collectors) assert.deepEqual(await collector.received(3), texts);
  });

  it("stops when a listener is removed", async () => {
    const [first, second] = both();
    const [removed, kept] = [new Collector(), new Collector()];
    const remove = await first.subscribe("/removed", removed);
    await first.subscribe("/removed", kept);
    await second.publish("/removed", "1", undefined);
    await removed.received(1);
    remove();
    await second.publish("/removed", "2", undefined);
    assert.deepEqual(await kept.received(2), ["1", "2"]);
    assert.deepEqual(removed.texts, ["1"]);
  });
}

function testReplay({ both, listen }: Carriers): void {
  it("replays what came after an id, in both processes", async () => {
    const [first, second] = both();
    const [collector] = await listen("/replay");
    const start = await first.replay("/replay", undefined);
    assert.deepEqual([start.messages, start.hasGap], [[], false]);
    for (const text of ["a", "b", "c"]) await second.publish("/replay", text, replay);
    await collector.received(3);
    const ids = collector.messages.map(({ id }) => id);
    assert.equal(new Set([start.lastId, ...ids]).size, 4);
    for (const carrier of [first, second]) {
      const all = await carrier.replay("/replay", start.lastId);
      assert.deepEqual(all, { messages: collector.messages, lastId: ids[2], hasGap: false });
      assert.deepEqual((await carrier.replay("/replay", ids[1])).messages, [{ id: ids[2], text: "c" }]);
      assert.deepEqual(await carrier.replay("/replay", ids[2]), { messages: [], lastId: ids[2], hasGap: false });
      assert.equal((await carrier.replay("/replay", undefined)).lastId, ids[2]);
    }
  });
}

function testBounds({ both, listen }: Carriers): void {
  it("keeps as many messages as asked for, and reports a gap beyond", async () => {
    const [first, second] = both();
    const [collector] = await listen("/bounded");
    const start = await first.replay("/bounded", undefined);
    for (let index = 0; index < 6; index++) await first.publish("/bounded", String(index), replay);
    await collector.received(6);
    const afterFirst = await second.replay("/bounded", collector.messages[0]!.id);
    assert.deepEqual([afterFirst.messages.map(({ text }) => text), afterFirst.hasGap], [["1", "2", "3", "4", "5"], false]);
    const afterStart = await second.replay("/bounded", start.lastId);
    assert.deepEqual([afterStart.messages.map(({ text }) => text), afterStart.hasGap], [["1", "2", "3", "4", "5"], true]);
  });

  it("forgets messages after their time, also while others come", async () => {
    const [first, second] = both();
    const start = await first.replay("/times", undefined);
    await first.publish("/times", "first", { seconds: 1, messagesMax: 1_000 });
    for (let count = 1; ; count++) {
      await second.publish("/times", "later", { seconds: 60, messagesMax: 1_000 });
      const { messages, lastId, hasGap } = await first.replay("/times", start.lastId);
      assert.equal(messages.at(-1)!.id, lastId);
      assert.equal(hasGap, messages[0]!.text === "later");
      if (hasGap) return assert.equal(messages.length, count);
      assert.ok(count < 400, "the first message is still there");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

  it("reports a gap for ids that it never gave", async () => {
    const [first, second] = both();
    await first.publish("/unknown", "a", replay);
    const { lastId } = await first.replay("/unknown", undefined);
    for (const id of ["", "x", "0-1", `${lastId}0`, `x${lastId}`, "'; drop table x", "\0", "9".repeat(400)])
      assert.equal((await second.replay("/unknown", id)).hasGap, true, id);
  });

  it("gives messages of parallel publishers one order without holes", async () => {
    const [first, second] = both();
    const collectors = await listen("/parallel");
    const start = await first.replay("/parallel", undefined);
    const limits = { seconds: 60, messagesMax: 100 };
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? first : second).publish("/parallel", String(index), limits)),
    );
    await Promise.all(collectors.map((collector) => collector.received(40)));
    assert.deepEqual(collectors[0].messages, collectors[1].messages);
    assert.deepEqual((await first.replay("/parallel", start.lastId)).messages, collectors[0].messages);
    assert.equal(new Set(collectors[0].texts).size, 40);
  });
}
