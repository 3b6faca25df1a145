/** The contract of rate limit stores: tests for every store, whoever wrote it. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import type { RateRule, RateStore } from "gable/security";

/** Creates a store; `close()` of the store is called at the end. */
export type CreateRateStore = () => RateStore | Promise<RateStore>;

const nowUs = 1_800_000_000_000_000;
/** 3 requests in 30 seconds. */
const rule: RateRule = { intervalUs: 10_000_000, burstUs: 30_000_000 };

function createKey(): string {
  return randomBytes(32).toString("hex");
}

/** Defines the tests of a store of rate limits in the current file. Each test uses its own keys. */
export function testRateStore(name: string, create: CreateRateStore): void {
  describe(`rate store contract: ${name}`, () => {
    let store: RateStore;
    before(async () => {
      store = await create();
      await store.open?.();
    });
    after(async () => store.close?.());
    for (const { title, check } of contracts) it(title, () => check(store));
  });
}

interface Contract {
  readonly title: string;
  check(store: RateStore): Promise<void>;
}

const contracts: readonly Contract[] = [
  {
    title: "allows a burst, refuses one more, and says when all is paid off",
    async check(store) {
      const key = createKey();
      for (let count = 1; count <= 3; count++)
        assert.deepEqual(await store.take(key, rule, nowUs), { isAllowed: true, paidAtUs: nowUs + count * rule.intervalUs });
      for (let count = 0; count < 3; count++)
        assert.deepEqual(await store.take(key, rule, nowUs), { isAllowed: false, paidAtUs: nowUs + rule.burstUs });
    },
  },
  {
    title: "allows one more after each interval, to the microsecond",
    async check(store) {
      const key = createKey();
      for (let count = 0; count < 3; count++) await store.take(key, rule, nowUs);
      assert.equal((await store.take(key, rule, nowUs + rule.intervalUs - 1)).isAllowed, false);
      assert.equal((await store.take(key, rule, nowUs + rule.intervalUs)).isAllowed, true);
      assert.equal((await store.take(key, rule, nowUs + rule.intervalUs)).isAllowed, false);
    },
  },
  {
    title: "allows a whole burst again when all is paid off",
    async check(store) {
      const key = createKey();
      for (let count = 0; count < 4; count++) await store.take(key, rule, nowUs);
      const later = nowUs + rule.burstUs;
      const verdicts = [];
      for (let count = 0; count < 4; count++) verdicts.push((await store.take(key, rule, later)).isAllowed);
      assert.deepEqual(verdicts, [true, true, true, false]);
    },
  },
  {
    title: "counts keys apart, and forgets one",
    async check(store) {
      const [first, second] = [createKey(), createKey()];
      for (let count = 0; count < 3; count++) await store.take(first, rule, nowUs);
      assert.equal((await store.take(second, rule, nowUs)).isAllowed, true);
      await store.reset(first);
      assert.deepEqual(await store.take(first, rule, nowUs), { isAllowed: true, paidAtUs: nowUs + rule.intervalUs });
    },
  },
  {
    title: "blocks no key for longer than a burst when the clock is put back",
    async check(store) {
      const key = createKey();
      for (let count = 0; count < 3; count++) await store.take(key, rule, nowUs);
      const back = nowUs - 3_600_000_000;
      assert.equal((await store.take(key, rule, back)).isAllowed, false);
      assert.equal((await store.take(key, rule, back + rule.intervalUs)).isAllowed, true);
    },
  },
  {
    title: "allows exactly as many of 200 parallel requests as the limit says",
    async check(store) {
      const key = createKey();
      const many: RateRule = { intervalUs: 1_000_000, burstUs: 50_000_000 };
      const verdicts = await Promise.all(Array.from({ length: 200 }, async () => store.take(key, many, nowUs)));
      assert.equal(verdicts.filter(({ isAllowed }) => isAllowed).length, 50);
    },
  },
  {
    title: "deletes what is paid off, in batches, and nothing else",
    async check(store) {
      const keys = Array.from({ length: 5 }, createKey);
      for (const key of keys) await store.take(key, rule, nowUs);
      const kept = createKey();
      for (let count = 0; count < 3; count++) await store.take(kept, rule, nowUs);
      for (let count = 1, rounds = 0; count > 0; rounds++) {
        count = await store.deleteExpired(nowUs + rule.intervalUs, 2);
        assert.ok(count <= 2 && rounds < 1_000, "a batch is too large, or does not end");
      }
      assert.equal((await store.take(kept, rule, nowUs)).isAllowed, false);
    },
  },
];
