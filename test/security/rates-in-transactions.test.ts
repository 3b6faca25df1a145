/** Rate limits in a table, counted inside transactions. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { GableError } from "gable";
import type { Database } from "gable/data";
import { createDatabase, transaction } from "gable/data";
import type { RateStore } from "gable/security";
import { databaseRates, rateModel } from "gable/security";
import type { DatabasePlace } from "../data/databases.ts";
import { databaseKinds } from "../data/databases.ts";

const startUs = 1_800_000_000_000_000;

interface Kind {
  readonly name: string;
  readonly skip: string | false;
  readonly place: () => Promise<DatabasePlace>;
}

const memory: Kind = {
  name: "SQLite in memory",
  skip: false,
  place: async () => ({ url: "sqlite::memory:", remove: async () => undefined }),
};

for (const { name, skip, place } of [memory, ...databaseKinds])
  describe(`${name}, in transactions`, { skip }, () => {
    let database: Database;
    let placed: DatabasePlace;
    const Rate = rateModel();
    before(async () => {
      placed = await place();
      database = await createDatabase({ url: placed.url, models: [Rate] });
      await database.createTables();
    });
    after(async () => {
      await database.close();
      await placed.remove();
    });

    const rule = { intervalUs: 10, burstUs: 30 };
    /** Time that a key owes after what a row does, in requests. */
    const owed = async (store: RateStore, key: string): Promise<number> =>
      ((await store.take(key, { intervalUs: 1, burstUs: 1_000 }, startUs)).paidAtUs - startUs - 1) / rule.intervalUs;
    const failure = new Error("rolled back");
    const inside = (work: () => Promise<unknown>, isKept: boolean): Promise<unknown> =>
      transaction(
        async () => {
          await work();
          if (!isKept) throw failure;
        },
        { database },
      ).catch((error: unknown) => assert.equal(error, failure));
    type Step = (store: RateStore, key: string) => Promise<unknown>;
    const take: Step = async (store, key) => store.take(key, rule, startUs);
    const reset: Step = async (store, key) => store.reset(key);
    const each =
      (...steps: Step[]): Step =>
      async (store, key) => {
        for (const step of steps) await step(store, key);
      };
    const kept =
      (...steps: Step[]): Step =>
      async (store, key) =>
        inside(() => each(...steps)(store, key), true);
    const undone =
      (...steps: Step[]): Step =>
      async (store, key) =>
        inside(() => each(...steps)(store, key), false);
    const rows: ReadonlyArray<[title: string, work: Step, owed: number]> = [
      ["take", kept(take), 1],
      ["take twice", kept(take, take), 2],
      ["take before and inside", each(take, kept(take)), 2],
      ["reset inside, of what was counted before", each(take, take, kept(reset)), 0],
      ["reset inside, of what was counted inside", kept(take, reset), 0],
      ["take after reset", each(take, take, kept(reset, take)), 1],
      ["take, rolled back", undone(take), 1],
      ["take twice, rolled back", undone(take, take), 2],
      ["take more than the rule allows, rolled back", undone(take, take, take, take, take), 3],
      ["take before and inside, rolled back", each(take, undone(take)), 2],
      ["take after a rollback", each(undone(take), take, undone(take)), 3],
      ["reset, rolled back", each(take, take, undone(reset)), 2],
      ["reset after a rollback", each(undone(take), reset), 0],
      ["take in a savepoint", kept(kept(take)), 1],
      ["take in a savepoint that is rolled back", kept(undone(take)), 1],
      ["take in and after a savepoint that is rolled back", kept(undone(take), take), 2],
      ["take in a savepoint of a transaction that is rolled back", undone(kept(take)), 1],
      ["take in two that are rolled back", undone(undone(take), take), 2],
    ];
    for (const [title, work, expected] of rows)
      it(`counts in a transaction without waiting for its end: ${title}`, async () => {
        const store = databaseRates(database, Rate);
        const start = performance.now();
        await work(store, title);
        assert.equal(await owed(store, title), expected);
        assert.ok(performance.now() - start < 4_000, "nothing waits until the time for a connection is over");
      });

    it("counts work once that is repeated after a conflict", async () => {
      const store = databaseRates(database, Rate);
      let attempts = 0;
      const work = async (): Promise<void> => {
        await take(store, "conflict");
        if (++attempts < 3) throw new GableError("E_TRANSACTION_CONFLICT", "A conflict.");
      };
      await transaction(work, { database, retries: 3 });
      assert.deepEqual([attempts, await owed(store, "conflict")], [3, 1]);
    });

    it("waits for what it counts again when it is closed", async () => {
      const store = databaseRates(database, Rate);
      await undone(take)(store, "closed");
      await store.close?.();
      assert.equal(await owed(databaseRates(database, Rate), "closed"), 1);
    });
  });
