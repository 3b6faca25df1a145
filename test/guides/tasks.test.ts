/** Runs the code of docs/guides/tasks.md as it is printed. */
import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { after, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { Application } from "gable";
import type { Database } from "gable/data";
import { tasksPart } from "gable/tasks";

process.env["GABLE_MODE"] = "test";
process.env["DATABASE_URL"] = "sqlite::memory:";
const page = await readFile(new URL("../../docs/guides/tasks.md", import.meta.url), "utf8");
const folder = new URL("../.guides/tasks/", import.meta.url).pathname;
await mkdir(folder, { recursive: true });
const blocks = [...page.matchAll(/```ts\n([^]*?)```/g)].map((match) => match[1]!);
await writeFile(`${folder}app.ts`, blocks[0]!);
await writeFile(
  `${folder}app-test.ts`,
  blocks.find((block) => block.includes("node:assert"))!,
);
const load = (name: string): Promise<unknown> => import(pathToFileURL(folder + name).href);
// The file is written above, from the guide.
const { default: app, Photo } = (await load("app.ts")) as {
  default: Application;
  Photo: { all(): { first(): Promise<{ width: number } | undefined> } };
};

describe("docs/guides/tasks.md", () => {
  after(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });

  it("shows an application whose route enqueues a task, and a test that runs it", async () => {
    await app.start();
    const database: Database = app.database();
    await database.createTables();
    assert.deepEqual(await (await app.request("/new")).json(), { id: 1 });
    const tasks = app.part(tasksPart);
    assert.deepEqual(await tasks.enqueued("resize-photo"), [{ photoId: 1 }]);
    assert.equal(await tasks.runAll(), 1);
    assert.equal((await database.run(() => Photo.all().first()))?.width, 800);
  });

  it("shows a test", async () => {
    await app.close();
    await app.start();
    await app.database().createTables();
    await load("app-test.ts");
  });
});
