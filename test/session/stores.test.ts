/** All stores of sessions, by one contract. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Database } from "gable/data";
import { createDatabase } from "gable/data";
import { databaseSessions, memorySessions, redisSessions, sessionModel } from "gable/session";
import { testSessionStore } from "gable/testing";
import { databaseKinds } from "../data/databases.ts";
import { createPrefix, redisUrl, removeKeys, skipRedis } from "./redis.ts";

/** The long form: `GABLE_FAULTS=long npm test -- session/stores`. */
const rounds = process.env["GABLE_FAULTS"] === "long" ? 10_000 : 3;

testSessionStore("memory", memorySessions, { rounds: Math.max(rounds, 300) });

for (const { name, skip, place } of databaseKinds)
  describe(name, { skip }, () => {
    let database: Database;
    let remove: () => Promise<void>;
    const Session = sessionModel();
    before(async () => {
      const placed = await place();
      remove = placed.remove;
      database = await createDatabase({ url: placed.url, models: [Session] });
      await database.createTables();
    });
    after(async () => {
      await database.close();
      await remove();
    });
    testSessionStore(`database, ${name}`, () => databaseSessions(database, Session), { rounds });
  });

describe("databaseSessions(), when other processes change the session as well", () => {
  const now = Date.now();
  const record = { values: { a: "1" }, userId: null, createdAt: now, seenAt: now, expiresAt: now + 60_000 };

  it("tries six times, and then once more under a lock", async (test) => {
    const Session = sessionModel();
    const database = await createDatabase({ url: "sqlite::memory:", models: [Session] });
    await database.createTables();
    const store = databaseSessions(database, Session);
    await store.create("k", record);
    let tries = 0;
    // Types of queries do not matter to what plays the other process.
    const model = Session as unknown as { where: (...filters: readonly object[]) => { update: (values: object) => Promise<number> } };
    const where = model.where.bind(Session);
    test.mock.method(model, "where", (...filters: readonly object[]) => {
      const query = where(...filters);
      if (!("version" in filters[0]!) || ++tries > 6) return query;
      // It writes between the read and the write.
      const update = async (values: object): Promise<number> => {
        await where({ key: "k" }).update({ version: 100 + tries });
        return query.update(values);
      };
      return Object.assign(Object.create(query), { update });
    });
    assert.equal(await store.patch("k", { set: { a: "2" } }, now), "saved");
    assert.equal(tries, 7);
    assert.deepEqual((await store.read("k", now))?.values, { a: "2" });
    await database.close();
  });

  it("forgets whose turn it was when the last change has ended", async (test) => {
    const Session = sessionModel();
    const database = await createDatabase({ url: "sqlite::memory:", models: [Session] });
    await database.createTables();
    const store = databaseSessions(database, Session);
    await store.create("k", record);
    const turns = new Set<unknown>();
    const { set, delete: remove } = Map.prototype;
    test.mock.method(Map.prototype, "set", function (this: Map<unknown, unknown>, key: unknown, value: unknown) {
      if (key === "k" && value instanceof Promise) turns.add(this);
      return set.call(this, key, value);
    });
    test.mock.method(Map.prototype, "delete", function (this: Map<unknown, unknown>, key: unknown) {
      if (key === "k" && turns.has(this) && remove.call(this, key)) turns.delete(this);
      return remove.call(this, key);
    });
    const outcomes = await Promise.all(["2", "3", "4"].map((a) => store.patch("k", { set: { a } }, now)));
    assert.deepEqual([outcomes, turns.size], [["saved", "saved", "saved"], 0]);
    await database.close();
  });
});

describe("Redis", { skip: skipRedis }, () => {
  const prefix = createPrefix();
  after(() => removeKeys(prefix));
  testSessionStore("Redis", () => redisSessions({ url: redisUrl, prefix }), { rounds });
});

describe("redisSessions()", () => {
  const refused: ReadonlyArray<[title: string, options: object, code: string]> = [
    ["no address", {}, "E_OPTION_INVALID"],
    ["an address of another kind", { url: "http://localhost" }, "E_OPTION_INVALID"],
    ["an unknown option", { url: redisUrl, ttl: 1 }, "E_OPTION_UNKNOWN"],
    ["a prefix that is not a string", { url: redisUrl, prefix: 1 }, "E_OPTION_INVALID"],
  ];
  for (const [title, options, code] of refused) it(`refuses ${title}`, () => assert.throws(() => redisSessions(options), { code }));

  it("fails immediately if nothing listens, and hides the password", async () => {
    const store = redisSessions({ url: "redis://user:hidden@127.0.0.1:1" });
    await assert.rejects(store.read("x", 0), (error: Error & { code?: string }) => {
      assert.equal(error.code, "E_REDIS_CONNECT");
      assert.match(error.message, /^Cannot connect to Redis at redis:\/\/127\.0\.0\.1:1: /);
      assert.equal(error.message.includes("hidden"), false);
      return true;
    });
    await store.close?.();
  });

  it("uses a client of the caller, and reports its errors", async () => {
    const cause = new Error("away");
    const store = redisSessions({ client: { eval: () => Promise.reject(cause) } });
    await assert.rejects(store.read("x", 0), { code: "E_REDIS_COMMAND", cause });
  });
});
