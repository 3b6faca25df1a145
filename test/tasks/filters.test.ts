/** What lists and workers are asked for, which every queue answers the same way. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { GableError } from "gable";
import { gable } from "gable";
import type { AppTasks, TaskFilter } from "gable/tasks";
import { bullmqQueue, memoryTasks, task, taskModel, tasksPart } from "gable/tasks";
import { databaseKinds } from "../data/databases.ts";
import { createPrefix, redisUrl, removeKeys, skipRedis } from "../session/redis.ts";
import { silentLogger } from "../silent-logger.ts";
import { openQueue } from "./queue-place.ts";

const plain = task("plain", {}, () => undefined);
const slow = task("slow", { queue: "slow" }, () => undefined);

interface OpenTasks {
  readonly tasks: AppTasks;
  readonly close: () => Promise<void>;
}

async function openBullmq(): Promise<OpenTasks> {
  const prefix = createPrefix();
  const app = gable({
    mode: "test",
    logger: silentLogger,
    tasks: { tasks: [plain, slow], queue: bullmqQueue({ url: redisUrl, prefix }), run: "elsewhere" },
  });
  await app.start();
  const close = async (): Promise<void> => {
    await app.close();
    await removeKeys(prefix);
  };
  return { tasks: app.part(tasksPart), close };
}

const open = (place: (typeof databaseKinds)[number]["place"] | undefined): Promise<OpenTasks> =>
  openQueue(place, [taskModel()], { tasks: [plain, slow] });
const kinds: ReadonlyArray<readonly [name: string, skip: string | false, open: () => Promise<OpenTasks>]> = [
  ["memory", false, () => open(undefined)],
  ...databaseKinds.map(({ name, skip, place }) => [name, skip, () => open(place)] as const),
  ["BullMQ", skipRedis, openBullmq],
];

/** Filters, and how many of three tasks they list, or the error. */
const filters: ReadonlyArray<readonly [filter: object, expected: number | string]> = [
  [{}, 3],
  [{ state: "queued" }, 3],
  [{ state: "done" }, 0],
  [{ name: "plain", state: undefined, limit: undefined }, 3],
  [{ limit: 0 }, 0],
  [{ limit: 2 }, 2],
  [{ limit: 1_000_000 }, 3],
  [{ name: "other" }, 0],
  [{ name: "" }, 0],
  [{ name: "a\u0000b" }, 0],
  [{ name: "\ud800" }, 0],
  [{ name: 7 }, "E_OPTION_INVALID"],
  [{ state: "outbox" }, "E_OPTION_INVALID"],
  [{ state: "discarded" }, "E_OPTION_INVALID"],
  [{ state: "constructor" }, "E_OPTION_INVALID"],
  [{ state: ["done"] }, "E_OPTION_INVALID"],
  ...[-1, 1.5, Number.NaN, Infinity, "5", 1_000_001].map((limit) => [{ limit }, "E_OPTION_INVALID"] as const),
  [{ queue: "default" }, "E_OPTION_UNKNOWN"],
];

for (const [name, skip, openKind] of kinds)
  describe(`what tasks in ${name} are asked for`, { skip }, () => {
    let opened: OpenTasks;
    before(async () => {
      opened = await openKind();
      for (let count = 0; count < 3; count++) await opened.tasks.enqueue(plain, undefined);
    });
    after(() => opened.close());

    it("is checked, or listed", async () => {
      for (const [filter, expected] of filters) {
        const found: unknown = await opened.tasks.list(filter as TaskFilter).then(
          ({ length }) => length,
          ({ code }: { code: unknown }) => code,
        );
        assert.equal(found, expected, JSON.stringify(filter));
      }
    });

    it("are names of queues", async () => {
      for (const queues of [[], [""], ["other"], ["default", "other"], ["a b"], ["a\u0000"], ["é"], ["a".repeat(51)], [7]])
        await assert.rejects(opened.tasks.runAll({ queues: queues as string[] }), { code: "E_OPTION_INVALID" }, JSON.stringify(queues));
      assert.deepEqual(opened.tasks.queueNames, ["default", "slow"]);
      assert.equal(await opened.tasks.runAll({ queues: ["slow"] }), 0);
    });
  });

describe("queues of the application", () => {
  const rows: ReadonlyArray<readonly [queues: readonly string[], fix?: string]> = [
    [["default", "slow"]],
    [["default", "slwo"], 'Write "slow".'],
    [["images"], "Use one of: default, slow."],
  ];
  for (const [queues, fix] of rows)
    for (const run of ["worker", "elsewhere", "inline", "record"] as const)
      it(`${fix === undefined ? "can" : "cannot"} be ${queues.join(" and ")} with run "${run}"`, async () => {
        const tasks = { tasks: [plain, slow], queue: memoryTasks(), run, queues };
        const app = gable({ mode: "test", logger: silentLogger, tasks });
        const found: unknown = await app.start().then(
          () => undefined,
          ({ code, fix: given }: GableError) => [code, given],
        );
        await app.close();
        assert.deepEqual(found, fix === undefined ? undefined : ["E_OPTION_INVALID", fix]);
      });

  it("can be that of mail", async () => {
    const tasks = { tasks: [slow], queue: memoryTasks(), queues: ["default"] };
    const app = gable({ mode: "test", logger: silentLogger, mail: { from: "a@example.com" }, tasks });
    await app.start();
    await app.close();
  });
});
