/** More requests than connections, some of which are never given back: an answer in time that says who holds them. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { field as f, Model, transaction } from "../../src/data.ts";
import { gable, get } from "../../src/index.ts";
import { createTestClient } from "../../src/testing.ts";
import { describeOnDatabases } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";

class Item extends Model("pool_items", { id: f.id(), name: f.text({ max: 20 }) }) {}

describeOnDatabases(
  "connections that are not given back",
  [Item],
  (open) => {
    it("answer with 503 in time, name who holds them, and are used again afterwards", async () => {
      const { kind } = open();
      const count = kind === "SQLite" ? 1 : 3;
      let free = (): void => undefined;
      const held = new Promise<void>((resolve) => (free = resolve));
      const holders = Array.from({ length: count }, () =>
        transaction(async () => {
          await Item.create({ name: "held" });
          await held;
        }),
      );
      await new Promise((resolve) => setTimeout(resolve, 50));
      const app = gable({
        mode: "test",
        logger: silentLogger,
        routes: [get("/items", async () => transaction(() => Item.where().pluck("name")))],
      });
      const client = createTestClient(app, { errors: "page" });
      const start = performance.now();
      const replies = await Promise.all(Array.from({ length: 200 }, () => client.get("/items")));
      assert.deepEqual([...new Set(replies.map(({ status }) => status))], [503]);
      assert.ok(performance.now() - start < 5_000);
      await assert.rejects(
        transaction(() => Item.count()),
        (error: Error & { code: string }) => {
          assert.equal(error.code, "E_POOL_TIMEOUT");
          assert.match(error.message, /by work that began at \S*pool-exhausted\.test\.ts:\d+/);
          return true;
        },
      );
      free();
      await Promise.all(holders);
      const later = await Promise.all(Array.from({ length: 50 }, () => client.get("/items")));
      assert.deepEqual([...new Set(later.map(({ status }) => status))], [200]);
      assert.equal(await Item.count(), count);
      await client.close();
    });
  },
  { poolMax: 3, acquireTimeoutMs: 300 },
);
