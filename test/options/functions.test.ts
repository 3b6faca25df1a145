/** Functions that run work refuse anything else at the call. Code that calls its work, instead of passing it, passes a promise. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { AnyContext } from "gable";
import { createProgress, gable, get } from "gable";
import { createCache, memoryCache } from "gable/cache";
import type { Database } from "gable/data";
import { createDatabase, field as f, Model, onCommit, onRollback, outside, readYourWrites, transaction, withoutScope } from "gable/data";
import { task, tasksPart } from "gable/tasks";
import { assertQueries, countQueries, createTestClient, queries, time, withBrowser } from "gable/testing";
import { cached } from "gable/views";
import { describeValue } from "../../src/errors/option-errors.ts";
import { silentLogger } from "../silent-logger.ts";

class Tag extends Model("function_tags", { id: f.id(), name: f.text({ max: 9 }) }) {}

describe("work that is not a function is refused by", () => {
  let database: Database;
  before(async () => {
    database = await createDatabase({ url: "sqlite::memory:", models: [Tag] });
    await database.createTables();
  });
  after(() => database.close());

  const cache = createCache({ store: memoryCache() });
  const options = { ttlSeconds: 60 };
  const progress = createProgress({ isDue: () => false, show: () => undefined });

  /** Calls something in a handler; the error of the call is that of the client. */
  async function inHandler(call: (context: AnyContext) => unknown): Promise<unknown> {
    const app = gable({
      mode: "test",
      logger: silentLogger,
      session: {},
      routes: [get("/", async (context) => (await call(context), "done"))],
    });
    try {
      return await (await createTestClient(app)).get("/");
    } finally {
      await app.close();
    }
  }

  /** Calls something in a task. */
  async function inTask(call: (step: (name: string, work: never) => unknown) => unknown): Promise<void> {
    let error: unknown;
    const work = task("work", {}, async ({ step }) => {
      try {
        await call(step as never);
      } catch (thrown) {
        error = thrown;
      }
    });
    const app = gable({ mode: "test", logger: silentLogger, tasks: [work] });
    try {
      await app.start();
      await work.enqueue();
      await app.part(tasksPart).runAll();
    } finally {
      await app.close();
    }
    if (error !== undefined) throw error;
  }

  const calls: Readonly<Record<string, (work: never) => unknown>> = {
    "transaction()": (work) => transaction(work),
    "outside()": (work) => outside(work),
    "onCommit()": (work) => onCommit(work),
    "onCommit() in a transaction": (work) => transaction(() => onCommit(work)),
    "onRollback()": (work) => onRollback(work),
    "run() of a database": (work) => database.run(work),
    "withoutScope()": (work) => withoutScope("test", work),
    "readYourWrites()": (work) => readYourWrites(work),
    "cache.remember()": (work) => cache.remember("key", options, work),
    "cached()": (work) => cached("key", options, work),
    "progress()": (work) => progress("label", {}, work),
    "context.afterReply()": (work) => inHandler(({ afterReply }) => afterReply(work)),
    "context.beforeReply()": (work) => inHandler(({ beforeReply }) => beforeReply(work)),
    "session.update()": (work) => inHandler(({ session }) => session.update("key", work)),
    "step()": (work) => inTask((step) => step("first", work)),
    "queries()": (work) => queries(work),
    "countQueries()": (work) => countQueries(work),
    "assertQueries()": (work) => assertQueries(0, work),
    "time.travel()": (work) => time.travel({ days: 1 }, work),
    "withBrowser()": (work) => withBrowser(gable({ mode: "test", logger: silentLogger }), work),
  };
  for (const [name, call] of Object.entries(calls))
    for (const work of [undefined, null, 5, "work", {}, Promise.resolve(1)])
      it(`${name}: ${describeValue(work)}`, async () => {
        await assert.rejects(
          async () => call(work as never), // What JavaScript may pass.
          (error: Error & { code?: string; fix?: string }) => {
            assert.match(error.code ?? String(error), /^E_(?:OPTION_INVALID|TEST_SETUP)$/);
            assert.match(error.message, / (?:where it takes a function|got no function)\.$/);
            assert.equal(error.fix, "Pass a function that does the work: () => work().");
            return true;
          },
        );
      });

  it("no call that gets a function", async () => {
    assert.equal(await transaction(() => 1), 1);
    assert.equal(await cache.remember("other", options, () => 2), 2);
    assert.equal(await progress("label", {}, async () => 3), 3);
    assert.equal(await countQueries(() => Tag.count()), 1);
  });
});
