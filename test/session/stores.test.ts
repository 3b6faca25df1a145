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
