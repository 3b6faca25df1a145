import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { databaseKinds, describeOnDatabases, placeSqlite } from "../../../test/data/databases.ts";
import { models } from "../../../test/data/library-models.ts";
import { Tag } from "../../../test/data/tag-model.ts";
import { GableError } from "../../errors/gable-error.ts";
import { createDatabase } from "../database.ts";
import { Model } from "../model.ts";
import { field as f } from "../schema/field.ts";
import { belongsTo, hasMany } from "../schema/relation.ts";
import { onCommit, onRollback, outside, transaction } from "./transaction.ts";

class Account extends Model("accounts", {
  id: f.id(),
  owner: f.text({ max: 20, unique: true }),
  balance: f.int(),
  notes: () => hasMany(Note),
}) {}
class Note extends Model("notes", { id: f.id(), account: () => belongsTo(Account, { onDelete: "cascade" }) }) {}

const reported: unknown[] = [];

describeOnDatabases(
  "transactions",
  [Account, Note],
  (open) => {
    const names = (): PromiseLike<string[]> => Account.orderBy("owner").pluck("owner");
    const add = (owner: string): Promise<unknown> => Account.create({ owner, balance: 0 });
    const failure = new Error("thrown by the test");

    it("runs a query that its work returns, instead of where it is awaited", async () => {
      await Account.create({ owner: "mine", balance: 1 });
      const inside = await transaction(async () => {
        await Account.create({ owner: "new", balance: 2 });
        return (await transaction(() => Account.where())).length;
      });
      assert.equal(inside, 2);
      await assert.rejects(
        transaction(async () => {
          await Account.all().delete();
          // Outside of the transaction the rows would still be there.
          assert.equal((await transaction(() => Account.orderBy("id"))).length, 0);
          throw new Error("undo");
        }),
        /undo/,
      );
      const rows = transaction(() => Account.where().pluck("id"), { readOnly: true });
      assert.equal((await rows).length, 2);
    });

    it("forget loaded relations when they are rolled back", async () => {
      const account = await Account.create({ owner: "before", balance: 1 });
      await Note.createMany([{ account }, { account }]);
      const notes = await Note.orderBy("id");
      const read = async (): Promise<string[]> => Promise.all(notes.map(async (note) => (await note.account).owner));
      const change = async (owner: string): Promise<void> => {
        await Account.where({ id: account.id }).update({ owner });
        assert.deepEqual(await read(), [owner, owner]);
      };
      await assert.rejects(
        transaction(async () => {
          await change("undone");
          throw failure;
        }),
        failure,
      );
      assert.deepEqual(await read(), ["before", "before"]);
      // A savepoint forgets what it loaded; what is stored stays known, without a statement.
      const later = await Note.orderBy("id");
      await transaction(async () => {
        await transaction(() => Promise.reject(failure)).catch(() => 0);
        await Account.where({ id: account.id }).update({ owner: "stored" });
        await later[0]!.account;
      });
      await Account.where({ id: account.id }).update({ owner: "unseen" });
      assert.equal((await later[0]!.account).owner, "stored");
    });

    it("publish their ends, and the waits for their connections", async () => {
      const events: Array<Record<string, unknown>> = [];
      const note = (event: unknown): void => void events.push(event as Record<string, unknown>); // The channels publish objects.
      for (const name of ["gable.data.transaction", "gable.data.pool"]) subscribe(name, note);
      try {
        await transaction(() => add("a"));
        await assert.rejects(
          transaction(() => Promise.reject(failure)),
          failure,
        );
      } finally {
        for (const name of ["gable.data.transaction", "gable.data.pool"]) unsubscribe(name, note);
      }
      await transaction(() => add("b"));
      assert.deepEqual(
        events.map(({ outcome, isTaken }) => outcome ?? isTaken),
        [true, "committed", true, "rolled back"],
      );
      for (const { durationMs } of events) assert.ok(Number(durationMs) >= 0);
    });

    it("store everything or nothing, through any number of calls", async () => {
      assert.equal(await transaction(async () => (await add("a"), await wait(1), await add("b"), 5)), 5);
      await assert.rejects(
        transaction(async () => (await add("c"), Promise.reject(failure))),
        failure,
      );
      assert.deepEqual(await names(), ["a", "b"]);
    });

    it("are invisible to others before they are committed", async () => {
      await transaction(async () => {
        await add("a");
        assert.equal(await Account.count(), 1);
        if (open().kind === "PostgreSQL") assert.equal(await outside(() => Account.count()), 0);
        else assert.equal(await outside(async () => Account.count()), 0);
      });
      assert.equal(await Account.count(), 1);
    });

    it("become savepoints inside each other", async () => {
      await transaction(async () => {
        await add("a");
        await assert.rejects(
          transaction(async () => (await add("b"), await transaction(() => add("c")), Promise.reject(failure))),
          failure,
        );
        await transaction(() => add("d"));
      });
      assert.deepEqual(await names(), ["a", "d"]);
      await assert.rejects(
        transaction(async () => (await transaction(() => add("e")), Promise.reject(failure))),
        failure,
      );
      assert.deepEqual(await names(), ["a", "d"]);
    });

    it("run siblings in turn, and do not roll back statements next to them", async () => {
      const steps: string[] = [];
      await transaction(async () => {
        const one = transaction(async () => {
          steps.push("one");
          await add("one");
          await wait(5);
          steps.push("one ends");
          throw failure;
        }).catch(() => undefined);
        const two = transaction(async () => {
          steps.push("two");
          await add("two");
        });
        await wait(1);
        const beside = add("beside");
        await Promise.all([one, two, beside]);
      });
      assert.deepEqual(steps, ["one", "one ends", "two"]);
      assert.deepEqual(await names(), ["beside", "two"]);
    });

    it("load relations of rows from outside, without a deadlock", async () => {
      const outer = await transaction(async () => {
        await add("outer");
        const [account] = await Account.where();
        return transaction(async () => (await account!.notes, await account!.reload(), (await account!.notes).length));
      });
      assert.equal(outer, 0);
    });

    it("can be read-only and have a time limit inside others, too", async () => {
      await transaction(async () => {
        await assert.rejects(
          transaction(() => add("no"), { readOnly: true }),
          { code: "E_TRANSACTION_READ_ONLY" },
        );
        await assert.rejects(
          transaction(() => wait(200), { timeoutMs: 10 }),
          { code: "E_TRANSACTION_TIMEOUT" },
        );
        await add("yes");
      });
      assert.deepEqual(await names(), ["yes"]);
    });

    it("reject statements after one has failed, even if the error was caught", async () => {
      await add("a");
      await assert.rejects(
        transaction(async () => {
          await add("b");
          await add("a").catch(() => undefined);
          await add("c");
        }),
        (error: unknown) =>
          error instanceof GableError && error.code === "E_TRANSACTION_ABORTED" && (error.cause as GableError).code === "E_CONSTRAINT",
      );
      await assert.rejects(
        transaction(async () => void (await add("a").catch(() => undefined))),
        { code: "E_TRANSACTION_ABORTED" },
      );
      assert.deepEqual(await names(), ["a"]);
      // A transaction around what may fail keeps the outer one usable.
      await transaction(async () => {
        await add("b");
        await transaction(() => add("a")).catch(() => undefined);
        await add("c");
      });
      assert.deepEqual(await names(), ["a", "b", "c"]);
    });

    it("run callbacks after the commit, in order, and drop those of rolled-back parts", async () => {
      const calls: string[] = [];
      reported.length = 0;
      await transaction(async () => {
        onCommit(() => calls.push("first"));
        onRollback(() => calls.push("never"));
        await transaction(() => onCommit(() => calls.push("inner")));
        await transaction(async () => {
          onCommit(() => calls.push("dropped"));
          onRollback((error) => calls.push(error === failure ? "undone" : `undone by ${String(error)}`));
          throw failure;
        }).catch(() => undefined);
        onCommit(async () => {
          await wait(1);
          calls.push(`waited, ${await Account.count()} stored`);
        });
        onCommit(() => Promise.reject(failure));
        onCommit(() => calls.push("last"));
        await add("a");
        assert.deepEqual(calls, ["undone"]);
      });
      assert.deepEqual(calls, ["undone", "first", "inner", "waited, 1 stored", "last"]);
      assert.deepEqual(reported, [failure]);
      calls.length = 0;
      onCommit(() => calls.push("at once"));
      onRollback(() => calls.push("never"));
      await assert.rejects(
        transaction(() => (onRollback(() => calls.push("rolled back")), Promise.reject(failure))),
        failure,
      );
      assert.deepEqual(calls, ["at once", "rolled back"]);
    });

    it("have ended when their callbacks run, which may write", async () => {
      reported.length = 0;
      await transaction(async () => {
        await add("a");
        onCommit(() => add("b"));
      });
      await assert.rejects(
        transaction(() => (onRollback(() => add("c")), Promise.reject(failure))),
        failure,
      );
      assert.deepEqual(await names(), ["a", "b", "c"]);
      onCommit(() => Promise.reject(failure));
      await wait(1);
      assert.deepEqual(reported, [failure]);
    });

    it("reject unwanted nesting, writes when read-only, and queries after the end", async () => {
      await transaction(async () => {
        await assert.rejects(
          transaction(() => 1, { outermost: true }),
          { code: "E_TRANSACTION_NESTED" },
        );
      });
      assert.equal(await transaction(() => 1, { outermost: true }), 1);
      await add("a");
      assert.equal(await transaction(() => Account.count(), { readOnly: true }), 1);
      await assert.rejects(
        transaction(() => add("b"), { readOnly: true }),
        { code: "E_TRANSACTION_READ_ONLY" },
      );
      const end = Promise.withResolvers<void>();
      // In an object, because the transaction would wait for a promise that its work returns.
      const { forgotten } = await transaction(() => ({ forgotten: end.promise.then(() => Account.count()) }));
      end.resolve();
      await assert.rejects(
        forgotten,
        (error: unknown) => error instanceof GableError && error.code === "E_TRANSACTION_ENDED" && /opened here/.test(String(error.cause)),
      );
    });

    it("are rolled back when they take too long", async () => {
      await assert.rejects(
        transaction(async () => (await add("a"), await wait(200), await add("b")), { timeoutMs: 20 }),
        { code: "E_TRANSACTION_TIMEOUT", status: 503 },
      );
      assert.deepEqual(await names(), []);
      assert.equal(await transaction(() => 5, { timeoutMs: 1_000 }), 5);
    });

    it("refuses retries that are not a number", async () => {
      let attempts = 0;
      const conflict = (): never => {
        attempts++;
        throw new GableError("E_TRANSACTION_CONFLICT", "made by the test");
      };
      await assert.rejects(transaction(conflict, { retries: Number.NaN }), { code: "E_OPTION_INVALID" });
      assert.equal(attempts, 0);
    });

    it("are repeated after a conflict with another one", async () => {
      let attempts = 0;
      const conflict = (): never => {
        attempts++;
        throw new GableError("E_TRANSACTION_CONFLICT", "made by the test");
      };
      await assert.rejects(transaction(conflict), { code: "E_TRANSACTION_CONFLICT" });
      assert.equal(attempts, 1);
      await assert.rejects(transaction(conflict, { retries: 2 }), { code: "E_TRANSACTION_CONFLICT", status: 503 });
      assert.equal(attempts, 4);
      assert.equal(await transaction(() => (attempts++ < 5 ? conflict() : "done"), { retries: 3 }), "done");
      await assert.rejects(
        transaction(() => (attempts++, Promise.reject(failure)), { retries: 3 }),
        failure,
      );
    });

    it("keep sums correct under many concurrent ones, and leave nothing open", async () => {
      await Account.createMany(Array.from({ length: 4 }, (_, index) => ({ owner: `o${index}`, balance: 100 })));
      const move = (from: number, to: number): Promise<void> =>
        transaction(
          async () => {
            const [source, target] = [await Account.get(from), await Account.get(to)];
            source.balance -= 1;
            target.balance += 1;
            await source.save();
            await target.save();
            if (Math.random() < 0.3) throw failure;
          },
          { isolation: "serializable", retries: 50 },
        );
      const results = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => move(1 + (index % 4), 1 + ((index + 1) % 4))));
      for (const result of results) if (result.status === "rejected") assert.equal(result.reason, failure);
      assert.equal((await Account.aggregate((account) => ({ sum: account.balance.sum() }))).sum, 400);
      await transaction(() => add("after"));
    });
  },
  { onError: (error) => reported.push(error) },
);

describe("databases", () => {
  for (const { name, skip, place } of databaseKinds)
    it(`are found by their models, or by the work inside them: ${name}`, { skip }, async () => {
      const [one, two] = [await place(), await place()];
      const first = await createDatabase({ url: one.url, models: [Tag, ...models] });
      const second = await createDatabase({ url: two.url, models, bind: false, name: "second" });
      try {
        await first.createTables();
        await second.createTables();
        await Tag.create({ name: "first" });
        await second.run(async () => {
          await Tag.create({ name: "second" });
          await transaction(() => Tag.create({ name: "third" }));
        });
        await transaction(() => Tag.create({ name: "fourth" }), { database: second });
        assert.deepEqual(await Tag.orderBy("id").pluck("name"), ["first"]);
        assert.deepEqual(await second.run(async () => Tag.orderBy("id").pluck("name")), ["second", "third", "fourth"]);
        await assert.rejects(createDatabase({ url: one.url, models }), { code: "E_DATABASE_BOUND", message: /"default"/ });
      } finally {
        await first.close();
        await second.close();
        await one.remove();
        await two.remove();
      }
      await assert.rejects(Tag.count(), { code: "E_DATABASE_MISSING", message: /Tag/, fix: /createDatabase/ });
      await assert.rejects(async () => transaction(() => 1), { code: "E_DATABASE_MISSING", message: "No database is open." });
    });

  it("need a name if there are several", async () => {
    const [one, two] = [await placeSqlite(), await placeSqlite()];
    const first = await createDatabase({ url: one.url, models: [Account, Note] });
    const second = await createDatabase({ url: two.url, models: [Tag, ...models] });
    try {
      await assert.rejects(async () => transaction(() => 1), {
        code: "E_DATABASE_MISSING",
        message: "2 databases are open, and the call names none.",
      });
      assert.equal(await transaction(() => 1, { database: first }), 1);
      assert.equal(first.dialect, "sqlite");
    } finally {
      await first.close();
      await second.close();
      await one.remove();
      await two.remove();
    }
  });

  it("reject invalid options", async () => {
    await assert.rejects(createDatabase({ url: "sqlite::memory:", models: [Tag], nmae: "x" } as never), {
      code: "E_OPTION_UNKNOWN",
      fix: /"name"/,
    });
    await assert.rejects(createDatabase({ url: "sqlite::memory:", models: [String] }), { code: "E_OPTION_INVALID" });
    await assert.rejects(createDatabase({ url: "oracle://user:secret@host/x", models: [Account, Note] }), {
      code: "E_DATABASE_URL",
      message: 'The address "oracle://user:***@host/x" names an unknown kind of database.',
    });
    await assert.rejects(createDatabase({ url: "sqlite:/dev/null/x.db", models: [Account, Note] }), { code: "E_DATABASE_OPEN" });
    class Wide extends Model("wide", { id: f.id(), a: f.decimal({ digits: 16, scale: 2 }) }) {}
    await assert.rejects(createDatabase({ url: "sqlite::memory:", models: [Wide] }), { code: "E_MODEL_INVALID", message: /Wide\.a/ });
    await assert.rejects(createDatabase({ url: "sqlite::memory:", models: [Tag] }), { code: "E_MODEL_INVALID" });
    const database = await createDatabase({ url: "sqlite::memory:", models: { Account, Note, other: 5 } });
    assert.deepEqual(database.models, [Account, Note]);
    await database.close();
  });
});
