/** Databases that share their models, as those of two applications in one process do. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { Databases } from "../../src/data.ts";
import { createDatabase, createDatabases, field as f, Model, transaction } from "../../src/data.ts";

class Page extends Model("shared_pages", { id: f.id(), title: f.text({ max: 50 }) }) {}
class Special extends Page {}

describe("databases that share their models", () => {
  let first: Databases;
  let second: Databases;

  const openShared = async (): Promise<Databases> => {
    const databases = await createDatabases({ models: [Page], databases: { default: { url: "sqlite::memory:" } }, bind: "shared" });
    await databases.createTables();
    return databases;
  };
  beforeEach(async () => {
    [first, second] = [await openShared(), await openShared()];
    await first.run(() => Page.create({ title: "first" }));
    await second.run(() => Page.create({ title: "second" }));
  });
  afterEach(async () => {
    await first.close();
    await second.close();
  });

  it("are found by work inside run(), also concurrently", async () => {
    const titles = (databases: Databases): Promise<string[]> =>
      databases.run(async () => {
        await new Promise((resolve) => setTimeout(resolve, 2));
        return Page.orderBy("id").pluck("title");
      });
    assert.deepEqual(await Promise.all([titles(first), titles(second)]), [["first"], ["second"]]);
  });

  it("are found by queries that the work returns, by subclasses and by transactions without a name", async () => {
    assert.deepEqual(await second.run(() => Page.orderBy("id").pluck("title")), ["second"]);
    assert.deepEqual(await second.run(() => Special.orderBy("id").pluck("title")), ["second"]);
    await second.run(() => transaction(() => Page.create({ title: "third" })));
    assert.deepEqual(await second.run(() => Page.orderBy("id").pluck("title")), ["second", "third"]);
    assert.deepEqual(await first.run(() => Page.count()), 1);
  });

  it("follow the innermost run()", async () => {
    assert.deepEqual(await first.run(() => second.run(() => Page.orderBy("id").pluck("title"))), ["second"]);
    assert.deepEqual(await first.get("default").run(() => second.run(() => Page.orderBy("id").pluck("title"))), ["second"]);
    assert.deepEqual(await first.run(() => second.get("default").run(() => Page.orderBy("id").pluck("title"))), ["second"]);
  });

  it("keep a transaction of the caller", async () => {
    const undone = first.run(() =>
      transaction(async () => {
        await first.run(() => Page.create({ title: "undone" }));
        throw new Error("undo");
      }),
    );
    await assert.rejects(undone, /undo/);
    assert.equal(await first.run(() => Page.count()), 1);
  });

  it("are ambiguous outside of run() until one of them is left", async () => {
    await assert.rejects(async () => Page.count(), {
      code: "E_DATABASE_AMBIGUOUS",
      message: "2 open databases have the model Page, and this code runs in none of them.",
    });
    await assert.rejects(async () => transaction(() => 1), {
      code: "E_DATABASE_MISSING",
      message: "2 databases are open, and the call names none.",
    });
    await first.close();
    assert.deepEqual(await Page.orderBy("id").pluck("title"), ["second"]);
  });

  it("save and reload a row in the database that it was read from", async () => {
    const row = await first.run(() => Page.first());
    row!.title = "changed";
    await row!.save();
    await row!.reload();
    assert.deepEqual(
      [await first.run(() => Page.orderBy("id").pluck("title")), await second.run(() => Page.orderBy("id").pluck("title"))],
      [["changed"], ["second"]],
    );
  });

  it("do not share with a database that is not shared", async () => {
    const opened = (bind?: "shared"): Promise<unknown> =>
      createDatabase({ url: "sqlite::memory:", models: [Page], ...(bind !== undefined && { bind }) });
    await assert.rejects(opened(), { code: "E_DATABASE_BOUND", message: 'Page is already bound to the open database "default".' });
    await first.close();
    await second.close();
    const alone = await createDatabase({ url: "sqlite::memory:", models: [Page], name: "alone" });
    await assert.rejects(opened("shared"), { code: "E_DATABASE_BOUND", message: 'Page is already bound to the open database "alone".' });
    await alone.close();
  });

  it("reject other values of the option bind", async () => {
    await assert.rejects(createDatabase({ url: "sqlite::memory:", models: [Page], bind: "share" as never }), {
      code: "E_OPTION_INVALID",
      message: /bind/,
    });
    await assert.rejects(createDatabases({ models: [Page], databases: { default: { url: "sqlite::memory:" } }, bind: false as never }), {
      code: "E_OPTION_INVALID",
      message: /bind/,
    });
  });
});
