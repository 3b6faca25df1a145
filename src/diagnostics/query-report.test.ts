import assert from "node:assert/strict";
import { channel } from "node:diagnostics_channel";
import { describe, it } from "node:test";
import { gable, get } from "gable";
import type { Logger } from "gable";
import { createDatabase, field as f, belongsTo, Model } from "gable/data";

const statements = channel("gable.data.query");
const send = (sql: string, durationMs = 1): void => statements.publish({ sql, durationMs, database: "default", rowCount: 1 });

/** An application that keeps what it warns of. */
function createApp(
  mode: "development" | "test",
  handler: () => unknown,
): { ask: (path?: string) => Promise<Response>; warnings: string[] } {
  const warnings: string[] = [];
  const ignore = (): void => undefined;
  const logger: Logger = {
    debug: ignore,
    info: ignore,
    error: ignore,
    warn: (_facts, message) => void warnings.push(message ?? ""),
    child: () => logger,
  };
  const app = gable({ mode, logger, routes: [get("/list", handler as () => string)] });
  return { ask: (path = "/list?page=2") => app.request(path), warnings };
}

describe("the report of queries", () => {
  it("tells of a query that a request repeats five times, and not of one that it sends four times", async () => {
    let times = 4;
    const { ask, warnings } = createApp("development", async () => {
      for (let count = 0; count < times; count++) send("SELECT a");
      await Promise.resolve();
      return "done";
    });
    assert.equal(await (await ask()).text(), "done");
    assert.deepEqual(warnings, []);
    times = 5;
    await ask();
    assert.deepEqual(warnings, ["GET /list sends 5 queries that differ in their values alone."]);
  });

  it("tells of a statement of 50 ms, and not of one of 49", async () => {
    const { ask, warnings } = createApp("development", () => {
      send("UPDATE a", 49.9);
      send("SELECT b", 50);
      return "done";
    });
    await ask();
    assert.deepEqual(warnings, ["GET /list sends a statement of 50 ms."]);
  });

  it("says nothing of changes in a loop, of other requests, and outside of development", async () => {
    const changes = createApp("development", () => {
      for (let count = 0; count < 9; count++) send("INSERT INTO a");
      return "done";
    });
    const queries = createApp("development", async () => {
      for (let count = 0; count < 3; count++) send("SELECT a");
      return "done";
    });
    await Promise.all([changes.ask(), queries.ask(), queries.ask(), queries.ask()]);
    assert.deepEqual([changes.warnings, queries.warnings], [[], []]);
    const quiet = createApp("test", () => {
      for (let count = 0; count < 9; count++) send("SELECT a");
      return "done";
    });
    await quiet.ask();
    assert.deepEqual(quiet.warnings, []);
  });

  it("finds a loop that loads rows one by one, and not one that touches a relation", async () => {
    class Owner extends Model("owners", { id: f.id() }) {}
    class Pet extends Model("pets", { id: f.id(), owner: () => belongsTo(Owner) }) {}
    const database = await createDatabase({ url: "sqlite::memory:", models: [Owner, Pet] });
    try {
      await database.createTables();
      for (let count = 0; count < 6; count++) await Pet.create({ owner: await Owner.create({}) });
      const slow = createApp("development", async () => {
        for (const pet of await Pet.where()) await Owner.get(pet.ownerId);
        return "done";
      });
      await slow.ask();
      assert.deepEqual(slow.warnings, ["GET /list sends 6 queries that differ in their values alone."]);
      const fast = createApp("development", async () => {
        for (const pet of await Pet.where()) await pet.owner;
        return "done";
      });
      await fast.ask();
      assert.deepEqual(fast.warnings, []);
    } finally {
      await database.close();
    }
  });
});
