/** Runs the code of docs/guides/storage.md as it is printed. */
import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { after, afterEach, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { Application } from "gable";
import { createTestClient } from "gable/testing";

process.env["GABLE_MODE"] = "test";
const page = await readFile(new URL("../../docs/guides/storage.md", import.meta.url), "utf8");
const folder = new URL("../.guides/storage/", import.meta.url).pathname;
await mkdir(folder, { recursive: true });
const blocks = [...page.matchAll(/```ts\n([^]*?)```/g)].map((match) => match[1]!);
await writeFile(`${folder}app.ts`, blocks[0]!.replace('"var/media"', JSON.stringify(`${folder}media`)));
await writeFile(
  `${folder}calls.ts`,
  blocks.find((block) => block.includes("reports/2026.csv"))!,
);
const load = (name: string): Promise<unknown> => import(pathToFileURL(folder + name).href);

describe("docs/guides/storage.md", () => {
  let running: Application | undefined;
  after(() => rm(folder, { recursive: true }));
  afterEach(() => running?.close());

  it("shows an application that stores uploads and shows them", async () => {
    const { default: app } = (await load("app.ts")) as { default: Application };
    running = app;
    await app.start();
    const client = createTestClient(app);
    const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const sent = await client.post("/photos", { files: { photo: { name: "me.png", type: "image/png", content: png } } });
    const shown = await sent.follow();
    const url = /<img src="(\/media\/photos\/[^"]+)"/.exec(shown.body)?.[1];
    assert.deepEqual((await client.get(url!.replaceAll("&amp;", "&"))).bytes, png);
  });

  it("shows calls that print what their comments say", async (test) => {
    const printed: string[] = [];
    test.mock.method(console, "log", (...values: unknown[]) => void printed.push(values.map(String).join(" ")));
    await load("calls.ts");
    assert.deepEqual(printed, ["16 text/csv", "year", "undefined"]);
  });
});
