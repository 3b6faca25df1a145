/** The commands about tasks: worker, list, retry, cancel. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { createDatabase } from "gable/data";
import type { NewTask } from "gable/tasks";
import { databaseTasks, taskModel } from "gable/tasks";
import { changeTasks } from "./change-tasks.ts";
import { createTestProject } from "./project.ts";

const project = createTestProject({
  "app.ts": `import { gable } from "gable";
import { schedule, task, taskModel, TaskRejected } from "gable/tasks";
const mail = task("mail", { queue: "mail" }, () => undefined);
const purge = task("purge", {}, () => undefined);
const nightly = schedule("nightly", "30 3 * * *", purge, { timeZone: "Asia/Kolkata", catchUp: true });
const broken = task("broken", {}, () => { throw new TaskRejected("The file does not exist."); });
export const logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => logger };
export default gable({ logger, models: [taskModel()], database: "sqlite:var/tasks.db", tasks: [mail, broken, purge, nightly] });
`,
});

describe("gable check", () => {
  it("finds a schedule whose task is missing", async () => {
    const other = createTestProject({
      "app.ts": `import { gable } from "gable";
import { schedule, task, taskModel } from "gable/tasks";
const purge = task("purge", {}, () => undefined);
export default gable({ models: [taskModel()], database: "sqlite:tasks.db", tasks: [schedule("nightly", "@daily", purge)] });
`,
    });
    const { problems } = await other.json("check", "--no-types");
    other.remove();
    assert.deepEqual(
      problems.map(({ id, message }) => [id, message]),
      [["tasks.unknown", 'The schedule "nightly" enqueues the task "purge", which the application does not have.']],
    );
  });
});

/** Adds tasks as the application would. */
async function add(...tasks: ReadonlyArray<Pick<NewTask, "name" | "queue"> & Partial<NewTask>>): Promise<string[]> {
  const TaskRow = taskModel();
  const database = await createDatabase({ url: `sqlite:${join(project.folder, "var/tasks.db")}`, models: [TaskRow], bind: false });
  const plain = { priority: 0, input: "null", attemptsMax: 5, dueAt: Date.now(), createdAt: Date.now() };
  try {
    const added = tasks.map((task) => ({ id: randomUUID(), ...plain, ...task }));
    await databaseTasks(database, TaskRow).add(added);
    return added.map(({ id }) => id);
  } finally {
    await database.close();
  }
}

describe("gable worker and gable tasks", () => {
  const production = ["--mode", "production"] as const;
  before(async () => {
    mkdirSync(join(project.folder, "var"), { recursive: true });
    const TaskRow = taskModel();
    const database = await createDatabase({ url: `sqlite:${join(project.folder, "var/tasks.db")}`, models: [TaskRow], bind: false });
    await database.createTables();
    await database.close();
  });
  after(() => project.remove());

  it("run one queue once, list tasks by state, and change them", () =>
    changeTasks(project, add, /^QUEUE +WAITING .*\ndefault +1 .*\nmail +0 /));

  it("list the next times of schedules", async () => {
    const { out } = await project.run("tasks", "schedule", ...production);
    assert.match(
      out,
      /^NAME +TASK +EXPRESSION .*\nnightly +purge +30 3 \* \* \* +Asia\/Kolkata +yes +20..-..-..T22:00:00\.000Z +20..-..-.. 03:30/,
    );
    const { data } = JSON.parse((await project.run("tasks", "schedule", "--count", "100", "--json", ...production)).out) as {
      data: { schedules: ReadonlyArray<{ name: string; next: readonly string[] }> };
    }; // What the command prints.
    assert.deepEqual([data.schedules[0]!.name, data.schedules[0]!.next.length], ["nightly", 100]);
  });

  it("are looked at by gable check --deploy", async () => {
    const find = async (): Promise<string[]> => {
      const { problems } = await project.json("check", "--deploy", "--no-types");
      return problems.map(({ id, message }) => `${id} ${message}`).filter((text) => text.startsWith("tasks."));
    };
    await project.run("worker", "--once", ...production);
    assert.deepEqual(await find(), []);
    const old = { dueAt: Date.now() - 1_500_500, createdAt: Date.now() - 1_500_500 };
    await add(
      { name: "mail", queue: "mail", ...old },
      { name: "purge", queue: "default", ...old },
      { name: "unknown", queue: "mail", ...old },
    );
    // The worker above has just finished a task.
    assert.deepEqual(await find(), ["tasks.backlog The oldest of 2 waiting tasks has waited for 25 minutes."]);
  });

  it("end a worker after --tasks-max tasks, and leave the others", async () => {
    await project.run("worker", "--once", ...production);
    await add(...Array.from({ length: 5 }, () => ({ name: "mail", queue: "mail" })));
    const { data } = await project.json("worker", "--tasks-max", "2", "--concurrency", "1", "--queues", "mail", ...production);
    assert.deepEqual(data, { ended: 2 });
    assert.match((await project.run("worker", "--once", "--queues", "mail", ...production)).out, /^Ran [23] tasks\./);
  });

  const wrong: ReadonlyArray<readonly [words: readonly string[], message: RegExp]> = [
    [["worker", "--once", "--concurrency", "0"], /"concurrency" is 0; it must be a whole number from 1 to 1000/],
    [["worker", "--tasks-max", "0"], /--tasks-max is 0/],
    [["worker", "--tasks-max", "1", "--once"], /both given/],
    [["tasks", "list", "--limit", "0"], /--limit is 0/],
    [["tasks", "schedule", "--count", "0"], /--count is 0/],
    [["tasks", "schedule", "--count", "101"], /--count is 101/],
    [["tasks", "list", "--limit", "10001"], /--limit is 10001/],
    [["tasks", "list", "--state", "parked"], /state/],
    [["tasks", "list", "--name", "zzzz"], /No task has the name "zzzz"[^]*Use one of: [^]*mail/],
    [["tasks", "list", "--name", "mial"], /No task has the name "mial"[^]*Write "mail"/],
  ];
  for (const [words, message] of wrong)
    it(`refuse ${words.join(" ")}`, async () => {
      const { code, error } = await project.run(...words, ...production);
      assert.notEqual(code, 0);
      assert.match(error, message);
    });
});
