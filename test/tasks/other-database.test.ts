/** Tasks of transactions of another database than that of the queue: they wait for its commit, and go with its rollback. */
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import type { Application } from "gable";
import { gable } from "gable";
import type { Database } from "gable/data";
import { field as f, Model, onCommit, transaction } from "gable/data";
import { memoryMail, sendMail } from "gable/mail";
import { memoryTasks, task, taskModel } from "gable/tasks";
import { testDatabase } from "gable/testing";
import type { DatabasePlace } from "../data/databases.ts";
import { placeSqlite } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";

class Visit extends Model("other_visits", { id: f.id(), text: f.text({ max: 50 }) }, { database: "visits" }) {}
const TaskRow = taskModel();
const note = task("note", { input: { text: f.text({ max: 50 }) } }, () => undefined);
const failure = new Error("no");

for (const kind of ["database", "memory"] as const)
  describe(`enqueue() in a transaction of another database than that of the queue in the ${kind}`, () => {
    const queue = memoryTasks();
    const places: DatabasePlace[] = [];
    let app: Application;
    let visits: Database;
    const texts = async (): Promise<unknown[]> => {
      const inputs = kind === "memory" ? queue.tasks.map(({ input }) => input) : await TaskRow.orderBy("createdAt", "id").pluck("input");
      return inputs.map((input) => (JSON.parse(input) as { text?: unknown }).text); // The input of `note`, or a message.
    };
    const inVisits = <Result>(work: () => Promise<Result>): Promise<Result> => transaction(work, { database: visits });
    const rollsBack = (work: () => Promise<unknown>): Promise<void> =>
      assert.rejects(
        inVisits(async () => {
          await work();
          throw failure;
        }),
        failure,
      );
    before(async () => {
      places.push(await placeSqlite(), await placeSqlite());
      const [main, other] = places.map(({ url }) => url);
      app = gable({
        mode: "test",
        logger: silentLogger,
        models: [Visit, TaskRow],
        databases: { default: { url: main! }, visits: { url: other! } },
        tasks: { tasks: [note], queue: kind === "memory" ? queue : "database", run: "elsewhere" },
        mail: { transport: memoryMail(), from: "site@example.com" },
      });
      await app.start();
      for (const name of ["default", "visits"]) await app.database(name).createTables();
      visits = app.database("visits");
    });
    after(async () => {
      await app.close();
      for (const { remove } of places) await remove();
    });
    afterEach(async () => {
      queue.clear();
      await TaskRow.all().delete();
    });

    it("adds several tasks after the commit", async () => {
      await inVisits(async () => {
        await Visit.create({ text: "a" });
        for (const text of ["a", "b", "c"]) assert.equal((await note.enqueue({ text })).created, true);
        assert.deepEqual(await texts(), []);
      });
      assert.deepEqual((await texts()).toSorted(), ["a", "b", "c"]);
    });

    it("adds none of a transaction, or of a savepoint, that is rolled back", async () => {
      await rollsBack(() => Promise.all(["a", "b"].map((text) => note.enqueue({ text }))));
      await rollsBack(() => inVisits(() => note.enqueue({ text: "inner" })));
      assert.deepEqual(await texts(), []);
      await inVisits(async () => {
        await note.enqueue({ text: "outer" });
        await rollsBack(() => note.enqueue({ text: "inner" }));
      });
      assert.deepEqual(await texts(), ["outer"]);
    });

    it("takes unique keys until the transaction ends", async () => {
      const enqueue = (text: string) => note.enqueue({ text }, { uniqueKey: "k" });
      await rollsBack(() => enqueue("lost"));
      await inVisits(async () => {
        const [first, second] = [await enqueue("first"), await enqueue("second")];
        assert.deepEqual([first.created, second.created, second.id], [true, false, first.id]);
      });
      const before = await inVisits(() => enqueue("third"));
      assert.deepEqual([before.created, await texts()], [false, ["first"]]);
    });

    it("keeps the task of a transaction when the one that took its key first is rolled back", async () => {
      const enqueue = (text: string) => note.enqueue({ text }, { uniqueKey: "k" });
      const [taken, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const first = rollsBack(async () => {
        await enqueue("first");
        taken.resolve();
        await ended.promise;
      });
      await taken.promise;
      await transaction(() => enqueue("second"), { database: app.database() });
      ended.resolve();
      await first;
      assert.deepEqual(await texts(), ["second"]);
    });

    it("sends a message later only if the transaction commits", async () => {
      const send = () => sendMail.later({ to: "kim@example.com", subject: "Hi", text: "Hi" });
      await rollsBack(send);
      assert.equal((await texts()).length, 0);
      await inVisits(send);
      assert.equal((await texts()).length, 1);
    });

    it("joins a transaction of the queue's database inside the other one", async () => {
      await inVisits(async () => {
        const inner = transaction(async () => (await note.enqueue({ text: "inner" }), Promise.reject(failure)), {
          database: app.database(),
        });
        await assert.rejects(inner, failure);
        await transaction(() => note.enqueue({ text: "kept" }), { database: app.database() });
      });
      assert.deepEqual(await texts(), ["kept"]);
    });
  });

describe("enqueue() in a test that is rolled back", () => {
  const queue = memoryTasks();
  const app = gable({
    mode: "test",
    logger: silentLogger,
    models: [Visit],
    databases: { default: { url: "sqlite::memory:" }, visits: { url: "sqlite::memory:" } },
    tasks: { tasks: [note], queue, run: "elsewhere" },
  });
  testDatabase(app);

  it("adds tasks of work in a database, and of what runs after a commit", async () => {
    const visits = app.database("visits");
    await visits.run(() => note.enqueue({ text: "a" }));
    await transaction(() => onCommit(() => note.enqueue({ text: "b" })), { database: visits });
    await visits.run(() => new Promise<void>((resolve) => onCommit(resolve)));
    assert.equal(queue.tasks.length, 2);
  });
});
