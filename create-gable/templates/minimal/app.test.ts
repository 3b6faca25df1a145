import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createTestClient } from "gable/testing";
import app from "./app.ts";

const client = createTestClient(app);
after(() => client.close());

test("greets by name, and escapes it", async () => {
  const reply = await client.get("/?name=%3Cb%3EAda");
  assert.equal(reply.status, 200);
  assert.match(reply.body, /<p>Hello, &lt;b&gt;Ada\.<\/p>/);
});

test("answers JSON", async () => {
  assert.deepEqual((await client.get("/api/squares/12")).json(), { square: 144 });
});

test("answers 404 if the parameter is not a number", async () => {
  assert.equal((await client.get("/api/squares/twelve")).status, 404);
});
