/** The contract of session stores: tests for every store, whoever wrote it. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import type { SessionDirectory, SessionRecord, SessionStore } from "gable/session";
import { assertTestCount, assertTestOptions } from "./test-error.ts";

/** Creates a store; `close()` of the store is called at the end. */
export type CreateSessionStore = () => SessionStore | Promise<SessionStore>;

/** Options of {@link testSessionStore}. */
export interface SessionStoreTestOptions {
  /** How often the races run. Default 20. */
  readonly rounds?: number;
}

const now = 1_800_000_000_000;
const record: SessionRecord = { values: { a: "1" }, userId: null, createdAt: now, seenAt: now, expiresAt: now + 60_000 };

function createKey(): string {
  return createHash("sha256").update(randomBytes(32)).digest("hex");
}

/** Defines the tests of a store of sessions in the current file. Each test uses its own sessions. */
export function testSessionStore(name: string, create: CreateSessionStore, options: SessionStoreTestOptions = {}): void {
  assertTestOptions("testSessionStore()", options, { rounds: true } satisfies Record<keyof SessionStoreTestOptions, true>);
  assertTestCount("testSessionStore()", "rounds", options.rounds);
  describe(`session store contract: ${name}`, () => {
    let store: SessionStore;
    before(async () => {
      store = await create();
      await store.open?.();
    });
    after(async () => store.close?.());
    for (const { title, check } of contracts) it(title, () => check(store));
    for (const { title, check } of races)
      it(title, async () => {
        for (let round = 0; round < (options.rounds ?? 20); round++) await check(store);
      });
    it(unusedContract.title, async (test) => {
      if (store.deleteUnused !== undefined) await unusedContract.check(store);
      else test.skip("the store does not delete what is unused");
    });
    for (const { title, check } of directoryContracts)
      it(title, async (test) => {
        if ("listForUser" in store) await check(store as SessionStore & SessionDirectory); // Asked for on the line before.
        else test.skip("the store lists no sessions");
      });
  });
}

interface Contract<Store> {
  readonly title: string;
  check(store: Store): Promise<void>;
}

/** Stores a session and returns its key. */
async function place(store: SessionStore, changes: Partial<SessionRecord> = {}): Promise<string> {
  const key = createKey();
  await store.create(key, { ...record, ...changes });
  return key;
}

const unusedContract: Contract<SessionStore> = {
  title: "deletes the sessions that were last used before a time, and counts them",
  async check(store) {
    const seenAt = now - 1_000_000;
    const old = await Promise.all(Array.from({ length: 3 }, () => place(store, { seenAt: seenAt - 1, userId: "unused" })));
    const kept = await place(store, { seenAt, userId: "unused" });
    assert.equal(await store.deleteUnused!(seenAt), 3);
    for (const key of old) assert.equal(await store.read(key, now), undefined);
    assert.notEqual(await store.read(kept, now), undefined);
    assert.equal(await store.deleteUnused!(seenAt), 0);
  },
};

const contracts: ReadonlyArray<Contract<SessionStore>> = [
  {
    title: "returns what was stored",
    async check(store) {
      const values = { cart: "[1,2]", "é\u{1f600}": '"\\ud800\\u0000"', constructor: "1", __proto__x: "2", "": "{}", "1": "null" };
      const key = await place(store, { values, userId: "Ä 7" });
      const found = await store.read(key, now);
      assert.deepEqual({ ...found, values: { ...found?.values } }, { ...record, values, userId: "Ä 7" });
      assert.equal(await store.read(createKey(), now), undefined);
    },
  },
  {
    title: "returns a session up to the millisecond at which it expires",
    async check(store) {
      const key = await place(store);
      assert.notEqual(await store.read(key, now + 59_999), undefined);
      assert.equal(await store.patch(key, { set: { a: "2" } }, now + 60_000), "missing");
      assert.deepEqual((await store.read(key, now + 59_999))?.values, record.values);
    },
  },
  {
    title: "never revives a session that was found expired, when the clock is put back",
    async check(store) {
      const key = await place(store);
      assert.equal(await store.read(key, now + 60_000), undefined);
      assert.equal(await store.read(key, now), undefined);
      assert.equal(await store.patch(key, { set: { a: "2" } }, now), "missing");
    },
  },
  {
    title: "sets and removes values, and keeps all others",
    async check(store) {
      const key = await place(store, { values: { a: "1", b: "2", c: "3" } });
      assert.equal(await store.patch(key, { set: { a: '"x"', constructor: "4" }, delete: ["b", "missing"] }, now), "saved");
      assert.deepEqual({ ...(await store.read(key, now))?.values }, { a: '"x"', c: "3", constructor: "4" });
    },
  },
  {
    title: "changes the user and the times, and keeps what is left out",
    async check(store) {
      const key = await place(store);
      await store.patch(key, { userId: "7" }, now);
      await store.patch(key, { createdAt: now + 2, seenAt: now + 1 }, now);
      await store.patch(key, { expiresAt: now + 90_001 }, now);
      assert.deepEqual(await store.read(key, now), {
        ...record,
        userId: "7",
        createdAt: now + 2,
        seenAt: now + 1,
        expiresAt: now + 90_001,
      });
      await store.patch(key, { userId: null }, now);
      assert.equal((await store.read(key, now + 90_000))?.userId, null);
    },
  },
  {
    title: "changes nothing when an expected text differs",
    async check(store) {
      const key = await place(store);
      const wrong: ReadonlyArray<Record<string, string | null>> = [
        { a: "2" },
        { a: null },
        { b: "1" },
        { a: "1", b: "" },
        { constructor: "x" },
      ];
      for (const expected of wrong)
        assert.equal(await store.patch(key, { set: { a: "9", b: "9" }, userId: "7", expected }, now), "changed");
      assert.deepEqual(await store.read(key, now), record);
      assert.equal(await store.patch(key, { set: { a: "2", b: "3" }, expected: { a: "1", b: null, constructor: null } }, now), "saved");
      assert.deepEqual({ ...(await store.read(key, now))?.values }, { a: "2", b: "3" });
    },
  },
  {
    title: "never creates a session by changing it",
    async check(store) {
      const key = createKey();
      assert.equal(await store.patch(key, { set: { a: "1" }, userId: "7", moveTo: createKey() }, now), "missing");
      assert.equal(await store.read(key, now), undefined);
    },
  },
  {
    title: "moves a session to another key, with its values, and leaves nothing behind",
    async check(store) {
      const [key, moved] = [await place(store, { values: { a: "1", b: "2" } }), createKey()];
      assert.equal(await store.patch(key, { moveTo: moved, set: { c: "3" }, delete: ["a"], userId: "7" }, now), "saved");
      assert.equal(await store.read(key, now), undefined);
      assert.deepEqual(await store.read(moved, now), { ...record, values: { b: "2", c: "3" }, userId: "7" });
      assert.equal(await store.patch(key, { set: { a: "1" } }, now), "missing");
    },
  },
  {
    title: "deletes a session, more than once without an error",
    async check(store) {
      const key = await place(store);
      await store.delete(key);
      await store.delete(key);
      assert.equal(await store.read(key, now), undefined);
      assert.equal(await store.patch(key, { set: { a: "1" } }, now), "missing");
    },
  },
  {
    title: "deletes expired sessions in batches, and no others",
    async check(store) {
      const kept = await place(store);
      const expired = await Promise.all(Array.from({ length: 5 }, () => place(store, { expiresAt: now - 1 })));
      const edge = await place(store, { expiresAt: now });
      for (let count = 1, rounds = 0; count > 0; rounds++) {
        count = await store.deleteExpired(now, 2);
        assert.ok(count <= 2 && rounds < 100, "a batch is too large, or does not end");
      }
      for (const key of [...expired, edge]) assert.equal(await store.read(key, 0), undefined);
      assert.notEqual(await store.read(kept, now), undefined);
    },
  },
  {
    title: "holds values of 64 KiB",
    async check(store) {
      const text = JSON.stringify("é".repeat(32 * 1024));
      const key = await place(store, { values: { text } });
      assert.equal((await store.read(key, now))?.values["text"], text);
      await store.patch(key, { set: { more: text } }, now);
      assert.equal((await store.read(key, now))?.values["more"], text);
    },
  },
];

const races: ReadonlyArray<Contract<SessionStore>> = [
  {
    title: "keeps 100 parallel changes to different keys",
    async check(store) {
      const key = await place(store, { values: {} });
      const keys = Array.from({ length: 100 }, (_, index) => `k${index}`);
      const outcomes = await Promise.all(keys.map((each) => store.patch(key, { set: { [each]: "1" } }, now)));
      assert.deepEqual(new Set(outcomes), new Set(["saved"]));
      assert.deepEqual(Object.keys((await store.read(key, now))!.values).sort(), keys.sort());
    },
  },
  {
    title: "lets one of 20 parallel changes win that expect the same text",
    async check(store) {
      const key = await place(store);
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, index) => store.patch(key, { set: { a: String(index + 2) }, expected: { a: "1" } }, now)),
      );
      assert.equal(outcomes.filter((each) => each === "saved").length, 1);
      assert.equal(outcomes.filter((each) => each === "changed").length, 19);
    },
  },
  {
    title: "never revives a session that is deleted while others change it",
    async check(store) {
      const key = await place(store);
      const changes = Array.from({ length: 20 }, (_, index) => store.patch(key, { set: { [`k${index}`]: "1" } }, now));
      await Promise.all([...changes.slice(0, 10), store.delete(key), ...changes.slice(10)]);
      assert.equal(await store.read(key, now), undefined);
    },
  },
  {
    title: "loses nothing, and leaves nothing under the old key, when a session moves while others change it",
    async check(store) {
      const [key, moved] = [await place(store, { values: {} }), createKey()];
      const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
      const change = (each: string): Promise<readonly [string, string]> =>
        store.patch(key, { set: { [each]: "1" } }, now).then((outcome) => [each, outcome] as const);
      const [outcomes, move] = await Promise.all([
        Promise.all(keys.map(change)),
        store.patch(key, { moveTo: moved, set: { user: "7" } }, now),
      ]);
      assert.equal(move, "saved");
      assert.equal(await store.read(key, now), undefined);
      const saved = outcomes.filter(([, outcome]) => outcome === "saved").map(([each]) => each);
      assert.deepEqual(Object.keys((await store.read(moved, now))!.values).sort(), [...saved, "user"].sort());
    },
  },
];

const directoryContracts: ReadonlyArray<Contract<SessionStore & SessionDirectory>> = [
  {
    title: "lists the sessions of a user, the one that was used last first",
    async check(store) {
      const userId = `User ${createKey()}`;
      const first = await place(store, { userId, seenAt: now - 10 });
      const others = [40, 20, 50, 30];
      const keys = await Promise.all(others.map((before) => place(store, { userId, seenAt: now - before })));
      const second = await place(store, { seenAt: now - 5 });
      await store.patch(second, { userId }, now);
      await place(store, { userId, expiresAt: now });
      await place(store, { userId: userId.toLowerCase() });
      await place(store);
      const moved = createKey();
      await store.patch(second, { moveTo: moved }, now);
      const listed = await store.listForUser(userId, now);
      assert.deepEqual(
        listed.map(({ key }) => key),
        [moved, first, keys[1], keys[3], keys[0], keys[2]],
      );
      assert.deepEqual(listed[1], { key: first, ...record, userId, seenAt: now - 10 });
      await store.patch(moved, { userId: null }, now);
      assert.deepEqual(
        (await store.listForUser(userId, now)).map(({ key }) => key),
        [first, keys[1], keys[3], keys[0], keys[2]],
      );
    },
  },
  {
    title: "deletes the sessions of a user, except one",
    async check(store) {
      const userId = createKey();
      const [kept, gone, other] = [await place(store, { userId }), await place(store, { userId }), await place(store, { userId: "other" })];
      assert.equal(await store.deleteForUser(userId, { except: kept }), 1);
      assert.equal(await store.read(gone, now), undefined);
      assert.notEqual(await store.read(kept, now), undefined);
      assert.deepEqual(
        (await store.listForUser(userId, now)).map(({ key }) => key),
        [kept],
      );
      assert.equal(await store.deleteForUser(userId), 1);
      assert.equal(await store.deleteForUser(userId), 0);
      assert.notEqual(await store.read(other, now), undefined);
    },
  },
];
