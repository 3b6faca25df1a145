/** More requests than connections, while other work holds every connection: requests fail with a clear error and never hang. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { field as f, Model, transaction } from "../../src/data.ts";
import { gable, get } from "../../src/index.ts";
import { createTestClient } from "../../src/testing.ts";
import { describeOnDatabases } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";

class Item extends Model("pool_items", { id: f.id(), name: f.text({ max: 20 }) }) {}

describeOnDatabases(
  "an exhausted connection pool",
  [Item],
  (open) => {
    it("makes waiting requests fail with 503, names the work that holds them, and serves requests again afterwards", async () => {
      const { kind } = open();
      const count = kind === "SQLite" ? 1 : 3;
      let free = (): void => undefined;
      const held = new Promise<void>((resolve) => (free = resolve));
      const holders: Array<Promise<void>> = [];
      for (let number = 0; number < count; number++) {
        await new Promise<void>((resolve) => {
          const work = transaction(async () => {
            await Item.create({ name: "held" });
            resolve();
            await held;
          });
          holders.push(work);
        });
      }
      const app = gable({
        mode: "test",
        logger: silentLogger,
        routes: [get("/items", async () => transaction(() => Item.where().pluck("name")))],
      });
      const client = createTestClient(app, { errors: "page" });
      const replies = await Promise.all(Array.from({ length: 200 }, () => client.get("/items")));
      assert.deepEqual([...new Set(replies.map(({ status }) => status))], [503]);
      await assert.rejects(
        transaction(() => Item.count()),
        (error: Error & { code: string }) => {
          assert.equal(error.code, "E_POOL_TIMEOUT");
          assert.match(error.message, /by work that started at \S*pool-exhausted\.test\.ts:\d+/);
          return true;
        },
      );
      free();
      await Promise.all(holders);
      // As many at a time as there are connections: no request waits, so a busy machine cannot make one time out.
      for (let round = 0; round < 10; round++) {
        const served = await Promise.all(Array.from({ length: count }, () => client.get("/items")));
        assert.deepEqual([...new Set(served.map(({ status }) => status))], [200]);
      }
      assert.equal(await Item.count(), count);
      await client.close();
    });
  },
  { poolMax: 3, acquireTimeoutMs: 300 },
);
