/** Runs the first example of the guides of forms and uploads as it is printed. */
import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { after, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { Application } from "gable";
import { createTestClient } from "gable/testing";

const folder = new URL("../.guides/forms/", import.meta.url).pathname;

/** Loads an example, with an application that is kept instead of listening. */
async function load(guide: string, index: number): Promise<Application> {
  const page = await readFile(new URL(`../../docs/guides/${guide}.md`, import.meta.url), "utf8");
  const code = [...page.matchAll(/```ts\n([^]*?)```/g)][index]![1]!;
  assert.match(code, /await gable\(\{ routes: [^\n]+\.listen\(3000\);\n$/);
  await mkdir(folder, { recursive: true });
  const file = `${folder}${guide}-${index}.ts`;
  await writeFile(file, code.replace(/await (gable\(\{ routes: [^\n]+)\.listen\(3000\);\n$/, "export const app = $1;\n"));
  return ((await import(pathToFileURL(file).href)) as { app: Application }).app; // The line before exports it.
}

describe("guides of forms", () => {
  after(() => rm(folder, { recursive: true }));

  it("show a form that is sent, and shown again with its errors", async () => {
    const client = createTestClient(await load("forms", 0), { headers: { accept: "text/html" } });
    assert.match((await client.get("/contact")).body, /<button type="submit">Send<\/button>/);
    const refused = await client.post("/contact", { form: { email: "a@example.com", topic: "sales", message: "short" } });
    assert.deepEqual([refused.status, /Use at least 10 characters\. You typed 5\./.test(refused.body)], [422, true]);
    assert.equal(
      (await client.post("/contact", { form: { email: "a@example.com", topic: "sales", message: "Long enough." } })).body,
      "Thank you, a@example.com.",
    );
  });

  it("show a form of a model that creates and changes rows", async () => {
    const app = await load("forms", 1);
    const client = createTestClient(app, { headers: { accept: "text/html" } });
    assert.match((await client.get("/posts/new")).body, /<textarea name="body" id="post-body" rows="12"/);
    assert.equal((await client.post("/posts/new", { form: { title: "", body: "x" } })).status, 422);
    const created = await client.post("/posts/new", { form: { title: "Hello", slug: "", body: "x" } });
    assert.deepEqual([created.status, created.headers.get("location")], [303, "/posts/1/edit"]);
    assert.match((await created.follow()).body, /name="slug" id="post-slug" value="hello"/);
    assert.equal((await client.post("/posts/1/edit", { form: { title: "Changed", slug: "hello", body: "y" } })).status, 303);
  });

  it("show an upload", async () => {
    const client = createTestClient(await load("uploads", 0), { headers: { accept: "text/html" } });
    const picture = { name: "a.png", content: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) };
    assert.equal(
      (await client.post("/profile", { form: { name: "Ada" }, files: { picture } })).body,
      "Ada: a picture of 8 bytes and 0 documents.",
    );
    const wrong = await client.post("/profile", { form: { name: "Ada" }, files: { picture: { name: "a.png", content: "text" } } });
    assert.deepEqual([wrong.status, /value="Ada"/.test(wrong.body)], [422, true]);
  });
});
