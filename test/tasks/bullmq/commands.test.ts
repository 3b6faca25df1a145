/** `gable worker` and `gable tasks` with a queue in BullMQ. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, describe, it } from "node:test";
import type { NewTask } from "gable/tasks";
import { bullmqQueue } from "gable/tasks";
import { changeTasks } from "../../cli/change-tasks.ts";
import { createTestProject } from "../../cli/project.ts";
import { createPrefix, redisUrl, removeKeys, skipRedis } from "../../session/redis.ts";

const prefix = createPrefix();
const project = createTestProject({
  "app.ts": `import { gable } from "gable";
import { bullmqQueue, task, TaskRejected } from "gable/tasks";
const mail = task("mail", { queue: "mail" }, () => undefined);
const broken = task("broken", {}, () => { throw new TaskRejected("The file does not exist."); });
const logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => logger };
const queue = bullmqQueue({ url: ${JSON.stringify(redisUrl)}, prefix: ${JSON.stringify(prefix)} });
export default gable({ logger, tasks: { tasks: [mail, broken], queue } });
`,
});

/** Adds tasks as the application would. */
async function add(...tasks: ReadonlyArray<Pick<NewTask, "name" | "queue"> & Partial<NewTask>>): Promise<string[]> {
  const queue = bullmqQueue({ url: redisUrl, prefix });
  const plain = { priority: 0, input: "null", attemptsMax: 5, dueAt: Date.now(), createdAt: Date.now() };
  try {
    return (await queue.add(tasks.map((task) => ({ id: randomUUID(), ...plain, ...task })))).map(({ id }) => id);
  } finally {
    await queue.close!();
  }
}

describe("commands with bullmqQueue()", { skip: skipRedis }, () => {
  const production = ["--mode", "production"] as const;
  after(async () => {
    project.remove();
    await removeKeys(prefix);
  });

  it("run one queue once, list tasks by state, and change them", () =>
    // The task that the worker does not have rests: it counts as waiting.
    changeTasks(project, add, /^QUEUE +WAITING .*\ndefault +1 .*\nmail +0 /));

  it("report with check --deploy that tasks have waited for too long, and nothing when they have not", async () => {
    const backlog = async (): Promise<string[]> => {
      const { problems } = await project.json("check", "--deploy", "--no-types", ...production);
      return problems.filter(({ id }) => id === "tasks.backlog").map(({ message }) => message);
    };
    assert.deepEqual(await backlog(), []);
    await add({ name: "mail", queue: "mail", dueAt: Date.now() - 660_000 });
    const found = await backlog();
    await project.run("worker", "--once", "--queues", "mail", ...production);
    // Tasks of the test before may wait as well.
    assert.match(found.join(), /^The oldest of [1-9] waiting tasks has waited for 1[1-9] minutes\.$/);
    assert.deepEqual(await backlog(), []);
  });

  it("end a worker after --tasks-max tasks, and leave the others", async () => {
    await add(...Array.from({ length: 5 }, () => ({ name: "mail", queue: "mail" })));
    const { data } = await project.json("worker", "--tasks-max", "2", "--concurrency", "1", "--queues", "mail", ...production);
    assert.deepEqual(data, { ended: 2 });
    assert.match((await project.run("worker", "--once", "--queues", "mail", ...production)).out, /^Ran [23] tasks\./);
  });
});
