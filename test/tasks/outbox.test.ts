/** Tasks of transactions for a queue that is not in the database: none is lost when the queue is away. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Application } from "gable";
import { gable } from "gable";
import { field as f, Model, transaction } from "gable/data";
import type { EnqueuedTask, NewTask, TaskQueue } from "gable/tasks";
import { memoryTasks, task, taskModel, tasksPart } from "gable/tasks";
import type { DatabasePlace } from "../data/databases.ts";
import { databaseKinds } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";

class Note extends Model("outbox_notes", { id: f.id(), text: f.text({ max: 50 }) }) {}
const TaskRow = taskModel();
const seen: string[] = [];
const note = task("note", { input: { text: f.text({ max: 50 }) } }, ({ input }) => void seen.push(input.text));

/** A queue elsewhere, as far as an application can tell. */
class Elsewhere {
  readonly inner: ReturnType<typeof memoryTasks> = memoryTasks();
  isAway = false;
  added: NewTask[] = [];

  get queue(): TaskQueue {
    const { inner } = this;
    return {
      add: async (tasks) => {
        if (this.isAway) throw new Error("away");
        this.added.push(...tasks);
        return inner.add(tasks);
      },
      findHolder: (...given) => inner.findHolder(...given),
      claim: (...given) => inner.claim(...given),
      renew: (...given) => inner.renew(...given),
      save: (...given) => inner.save(...given),
      findCancelled: (...given) => inner.findCancelled(...given),
      settle: (...given) => inner.settle(...given),
      sweep: (...given) => inner.sweep(...given),
    };
  }
}

for (const { name, skip, place } of databaseKinds)
  describe(`the outbox on ${name}`, { skip }, () => {
    let placed: DatabasePlace;
    let elsewhere: Elsewhere;
    let app: Application;
    const open = async (used = new Elsewhere()): Promise<void> => {
      elsewhere = used;
      app = gable({
        mode: "test",
        logger: silentLogger,
        database: placed.url,
        models: [Note, TaskRow],
        tasks: { tasks: [note], queue: elsewhere.queue, run: "elsewhere" },
      });
      await app.start();
    };
    const reopen = async (used?: Elsewhere): Promise<void> => {
      await app.close();
      await open(used);
    };
    const enqueueWithNote = (text: string, uniqueKey?: string): Promise<boolean> =>
      transaction(async () => {
        await Note.create({ text });
        return (await note.enqueue({ text }, uniqueKey === undefined ? {} : { uniqueKey })).created;
      });
    const waiting = async (): Promise<number> => TaskRow.all().count();
    before(async () => {
      placed = await place();
      await open();
      await app.database().createTables();
    });
    beforeEach(async () => {
      await reopen();
      await TaskRow.all().delete();
      seen.length = 0;
    });
    after(async () => {
      await app.close();
      await placed.remove();
    });

    it("moves a task to the queue after the commit, with all that it has", async () => {
      await transaction(() => note.enqueue({ text: "a" }, { delaySeconds: 30, priority: 7, uniqueKey: "k" }));
      assert.equal(await waiting(), 0);
      const [added] = elsewhere.added;
      assert.equal(elsewhere.added.length, 1);
      assert.deepEqual([added!.priority, added!.uniqueKey, added!.isOnce, added!.dueAt - added!.createdAt], [7, "k", true, 30_000]);
      assert.equal(added!.input, '{"text":"a"}');
    });

    it("forgets a task whose transaction is rolled back", async () => {
      await assert.rejects(
        transaction(async () => {
          await note.enqueue({ text: "a" });
          assert.equal(await waiting(), 1);
          throw new Error("no");
        }),
        /no/,
      );
      assert.deepEqual([await waiting(), elsewhere.added.length], [0, 0]);
    });

    for (const [first, second] of [
      ["rolls back", "commits"],
      ["commits", "rolls back"],
      ["commits", "commits"],
      ["rolls back", "rolls back"],
    ] as const)
      it(`has the task of two transactions with one key when the first ${first} and the second ${second}`, async () => {
        const added: EnqueuedTask[] = [];
        const run = (text: string, end: "rolls back" | "commits", wait: Promise<unknown>): Promise<unknown> =>
          transaction(async () => {
            // Twice: it is still one task.
            for (const each of [text, text]) added.push(await note.enqueue({ text: each }, { uniqueKey: "k" }));
            await wait;
            if (end === "rolls back") throw new Error("no");
          }).catch(() => undefined);
        const opened = run("first", first, sleep(60));
        while (added.length === 0) await sleep(5);
        await Promise.all([opened, run("second", second, sleep(first === "commits" && second === "commits" ? 0 : 120))]);
        const isKept = first === "commits" || second === "commits";
        await app.part(tasksPart).runAll();
        assert.deepEqual([seen.length, await waiting()], [isKept ? 1 : 0, 0]);
        const ids = elsewhere.inner.tasks.map(({ id }) => id);
        if (isKept) assert.ok(added.some(({ id }) => id === ids[0]));
        // The key is free again.
        assert.equal(await enqueueWithNote("later", "k"), true);
      });

    it("keeps tasks while the queue is away, moves them when it is back, and runs each once", async () => {
      elsewhere.isAway = true;
      for (const text of ["a", "b", "c"]) assert.equal(await enqueueWithNote(text), true);
      assert.deepEqual([await waiting(), elsewhere.added.length], [3, 0]);
      elsewhere.isAway = false;
      while ((await waiting()) > 0) await sleep(20);
      await app.part(tasksPart).runAll();
      assert.deepEqual(seen.toSorted(), ["a", "b", "c"]);
    });

    it("moves what a process has left behind a minute ago, and leaves others time for theirs", async () => {
      elsewhere.isAway = true;
      await enqueueWithNote("old", "key");
      await enqueueWithNote("new");
      const [old] = await TaskRow.where({ uniqueKey: "key" });
      await reopen();
      // As if the process had been killed before it could delete the row.
      await elsewhere.queue.add([{ ...toNewTask(old!), isOnce: true }]);
      elsewhere.added = [];
      await TaskRow.where({ id: old!.id }).update({ createdAt: new Date(Date.now() - 61_000) });
      await reopen(elsewhere);
      while ((await waiting()) > 1) await sleep(20);
      assert.deepEqual(
        elsewhere.added.map(({ id }) => id),
        [old!.id],
      );
      await app.part(tasksPart).runAll();
      assert.deepEqual(seen, ["old"]);
      assert.deepEqual(
        (await TaskRow.all()).map(({ state, input }) => [state, input]),
        [["outbox", '{"text":"new"}']],
      );
    });
  });

function toNewTask({ id, name, queue, turn, input, attemptsMax, dueAt, createdAt, uniqueKey }: InstanceType<typeof TaskRow>): NewTask {
  return { id, name, queue, priority: 0 - turn, input, attemptsMax, dueAt: dueAt.getTime(), createdAt: createdAt.getTime(), uniqueKey };
}
