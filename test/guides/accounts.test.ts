/** Runs the first example of the accounts guide as printed, except that it does not listen. */
import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { after, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { Application } from "gable";
import { createTestClient } from "gable/testing";

const folder = new URL("../.guides/accounts/", import.meta.url).pathname;

describe("the guide of accounts", () => {
  after(() => rm(folder, { recursive: true }));

  it("shows a site that knows its visitor", async () => {
    const guide = await readFile(new URL("../../docs/guides/accounts.md", import.meta.url), "utf8");
    const code = /```ts\n([^]*?)```/.exec(guide)![1]!;
    assert.match(code, /await app\.listen\(3000\);\n$/);
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}app.ts`, code.replace("await app.listen(3000);\n", ""));
    // The example exports it.
    const { app } = (await import(pathToFileURL(`${folder}app.ts`).href)) as { app: Application };
    const client = createTestClient(app, { headers: { accept: "text/html" } });
    assert.match((await client.get("/")).body, /Hello visitor\./);
    assert.equal((await client.get("/shelf")).headers.get("location"), "/account/login?next=%2Fshelf");
    const form = { email: "ann@example.com", password: "correct-horse-41" };
    assert.equal((await client.post("/account/register?next=/shelf", { form })).headers.get("location"), "/shelf");
    assert.match((await client.get("/shelf")).body, /The shelf of ann@example\.com\./);
    await client.post("/account/logout");
    assert.equal((await client.post("/account/login?next=/shelf", { form })).headers.get("location"), "/shelf");
    await client.close();
  });
});
