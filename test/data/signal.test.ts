/** Cancelled statements: by a signal, or by a time limit of the query. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { field as f, Model, sql, transaction } from "../../src/data.ts";
import { describeOnDatabases } from "./databases.ts";

class Task extends Model("signal_tasks", { id: f.id(), name: f.text({ max: 50 }) }) {}

describeOnDatabases("the cancellation of a statement", [Task], (open) => {
  /** A condition that takes longer than any test. */
  const slow = (): ReturnType<typeof sql> => (open().kind === "PostgreSQL" ? sql`pg_sleep(20) IS NOT NULL` : sql`sleep(20) = 0`);
  /** SQLite runs statements on the thread of the caller: what has begun ends by itself. */
  const isServer = (): boolean => open().kind !== "SQLite";

  it("happens before it starts if the signal is already aborted", async () => {
    const reason = new Error("left");
    const signal = AbortSignal.abort(reason);
    await Task.create({ name: "a" });
    for (const run of [
      () => Task.where().signal(signal),
      () => Task.where().signal(signal).count(),
      () => Task.where().signal(signal).exists(),
      () => Task.where().signal(signal).first(),
      () => Task.where().signal(signal).pluck("name"),
      () => Task.where().signal(signal).limit(3).where({ name: "a" }).count(),
      () => Task.orderBy("id").signal(signal).page({ size: 2 }),
      () => Task.orderBy("id").signal(signal).stream().next(),
      () => Task.all().signal(signal).update({ name: "b" }),
      () => Task.all().signal(signal).delete(),
      () => Task.where().union(Task.where()).signal(signal),
      () => Task.where().signal(signal).union(Task.where()),
    ])
      await assert.rejects(async () => run(), reason);
    assert.deepEqual(await Task.where().pluck("name"), ["a"]);
    // A signal that stays quiet, and a limit that is not reached, change nothing.
    assert.deepEqual(await Task.where().signal(new AbortController().signal).timeoutMs(60_000).pluck("name"), ["a"]);
  });

  it("happens while the server works, and frees the connection", async () => {
    if (!isServer()) return;
    await Task.create({ name: "a" });
    for (let round = 0; round < 5; round++) {
      const controller = new AbortController();
      const reason = new Error(`left ${round}`);
      const start = performance.now();
      const running = Promise.resolve(Task.where(() => slow()).signal(controller.signal));
      setTimeout(() => controller.abort(reason), 30);
      await assert.rejects(running, reason);
      assert.ok(performance.now() - start < 5_000);
      // Whoever comes next is not met by the word that ended the statement.
      assert.equal(await Task.count(), 1);
    }
    await assert.rejects(async () => Task.where(() => slow()).timeoutMs(30), { code: "E_STATEMENT_TIMEOUT", status: 503 });
    await assert.rejects(
      async () =>
        Task.where(() => slow())
          .signal(AbortSignal.timeout(30))
          .delete(),
      { code: "E_STATEMENT_TIMEOUT" },
    );
    assert.equal(await Task.count(), 1);
  });

  it("rolls back its transaction", async () => {
    if (!isServer()) return;
    await assert.rejects(
      () =>
        transaction(async () => {
          await Task.create({ name: "gone" });
          await Task.where(() => slow()).timeoutMs(30);
        }),
      { code: "E_STATEMENT_TIMEOUT" },
    );
    assert.equal(await Task.count(), 0);
    // In a savepoint, the rest goes on.
    await transaction(async () => {
      await Task.create({ name: "kept" });
      await assert.rejects(() => transaction(async () => Task.where(() => slow()).timeoutMs(30)), { code: "E_STATEMENT_TIMEOUT" });
      assert.equal(await Task.count(), 1);
    });
    assert.equal(await Task.count(), 1);
  });

  it("ends a stream at its next batch", async () => {
    await Task.createMany(Array.from({ length: 20 }, (_, index) => ({ name: String(index) })));
    const controller = new AbortController();
    const seen: string[] = [];
    await assert.rejects(async () => {
      for await (const { name } of Task.orderBy("id").signal(controller.signal).stream({ batch: 5 })) {
        seen.push(name);
        if (seen.length === 3) controller.abort(new Error("enough"));
      }
    }, /enough/);
    assert.equal(seen.length, 5);
    assert.equal(await Task.count(), 20);
  });

  it("ends the wait for a connection", async () => {
    if (!isServer()) return;
    await Task.create({ name: "a" });
    const held: Array<Promise<unknown>> = [];
    const end = new AbortController();
    for (let count = 0; count < 10; count++) held.push(Promise.resolve(Task.where(() => slow()).signal(end.signal)).catch(() => undefined));
    await wait(100);
    await assert.rejects(() => Task.where().timeoutMs(30).count(), { code: "E_STATEMENT_TIMEOUT" });
    end.abort();
    await Promise.all(held);
    assert.equal(await Task.count(), 1);
  });

  it("needs an AbortSignal, or whole milliseconds", () => {
    assert.throws(() => Task.where().signal("now" as never), { code: "E_QUERY_FORM" });
    for (const limit of [0, -1, 1.5, 2 ** 31, "5"]) assert.throws(() => Task.where().timeoutMs(limit as number), { code: "E_LIMIT" });
    assert.ok(Task.where().timeoutMs(1) !== undefined && Task.where().timeoutMs(2 ** 31 - 1) !== undefined);
  });
});
