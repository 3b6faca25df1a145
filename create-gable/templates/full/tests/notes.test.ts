import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createTestClient, useDatabase } from "gable/testing";
import { migrate } from "gable/migrations";
import app from "../app.ts";
import { Note } from "../notes/models.ts";

const client = createTestClient(app);
before(async () => {
  await app.start();
  await migrate({ database: app.database(), folder: "migrations" });
});
after(() => client.close());
useDatabase(app);

test("keeps a note, and says so on the next page", async () => {
  const reply = await client.post("/notes", { form: { author: "Ada", text: "<b>Hello</b>" } });
  assert.equal(reply.status, 303);
  const page = await client.get("/notes");
  assert.match(page.body, /Your note is on the board\./);
  assert.match(page.body, /&lt;b&gt;Hello&lt;\/b&gt;|&lt;b>Hello&lt;\/b>/);
  assert.equal(await Note.count(), 1);
});

test("shows the form again with its errors, and keeps what was typed", async () => {
  const reply = await client.post("/notes", { form: { author: "Ada", text: "" } });
  assert.equal(reply.status, 422);
  assert.match(reply.body, /value="Ada"/);
  assert.match(reply.body, /aria-invalid="true"/);
  assert.equal(await Note.count(), 0);
});
