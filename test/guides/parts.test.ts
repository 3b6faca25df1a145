/** Runs the code of docs/guides/parts.md as it is printed. */
import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { after, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { AnyPart, Application } from "gable";
import { testPart } from "gable/testing";

const page = await readFile(new URL("../../docs/guides/parts.md", import.meta.url), "utf8");
const folder = new URL("../.guides/parts/", import.meta.url).pathname;
await mkdir(folder, { recursive: true });
const blocks = new Map([...page.matchAll(/```ts\n\/\/ ([a-z.]+)\n([^]*?)```/g)].map((match) => [match[1]!, match[2]!]));
for (const name of ["metering.ts", "app.ts"]) await writeFile(folder + name, blocks.get(name)!);
const load = (name: string): Promise<unknown> => import(pathToFileURL(folder + name).href);
// The files are written above, from the guide.
const { metering } = (await load("metering.ts")) as { metering: (options?: object) => AnyPart };
const { app } = (await load("app.ts")) as { app: Application }; // As above.

testPart(metering(), { use: (tested) => tested.request("/metrics") });

describe("docs/guides/parts.md", () => {
  after(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });

  it("shows a part of fewer than 60 lines", () => {
    assert.ok(blocks.get("metering.ts")!.split("\n").length < 60);
  });

  it("counts requests, and shows the numbers", async () => {
    const init = { headers: { host: "localhost" } };
    assert.equal(await (await app.request("/", init)).text(), "0 pages were shown before this one.");
    assert.equal(await (await app.request("/", init)).text(), "1 pages were shown before this one.");
    assert.equal((await app.request("/nothing", init)).status, 404);
    assert.deepEqual(await (await app.request("/metrics", init)).json(), { 200: 2, 404: 1 });
  });
});
