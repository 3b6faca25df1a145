import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClient, testDatabase } from "gable/testing";
import app from "../app.ts";
import { Note } from "../notes/models.ts";
import seed from "../seeds/010-first-notes.ts";
import { noteFactory } from "./factories.ts";

// Runs the migrations, and undoes what each test has written.
testDatabase(app);
const client = createTestClient(app);

test("keeps a note, and says so on the next page", async () => {
  const page = await client.get("/notes");
  const reply = await page.form().fill({ author: "Ada", text: "<b>Hello</b>" }).submit();
  const shown = await reply.follow();
  assert.equal(shown.text(".message"), "Your note is on the board.");
  assert.deepEqual(shown.all("main li"), ["<b>Hello</b> Ada"]);
  assert.equal(await Note.count(), 1);
});

test("shows the form again with its errors, and keeps what was typed", async () => {
  const page = await client.get("/notes");
  const reply = await page.form().fill({ author: "Ada" }).submit();
  assert.equal(reply.status, 422);
  assert.equal(reply.attribute("[name=author]", "value"), "Ada");
  assert.equal(reply.attribute("[name=text]", "aria-invalid"), "true");
  assert.equal(await Note.count(), 0);
});

test("shows the newest note first", async () => {
  await noteFactory.createMany(3);
  assert.match((await client.get("/notes")).text("main li"), /^Note 3 /);
});

test("seeds the board once", async () => {
  await seed();
  await seed();
  assert.equal(await Note.count(), 2);
});
