import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createTestClient } from "gable/testing";
import app from "../app.ts";

const client = createTestClient(app);
after(() => client.close());

test("has a home page with one heading", async () => {
  const page = await client.get("/");
  assert.equal(page.status, 200);
  assert.equal(page.all("h1").length, 1);
});

test("has its own page for an address that does not exist", async () => {
  const page = await client.get("/missing");
  assert.equal(page.status, 404);
  assert.match(page.text("main"), /There is nothing at this address/);
});
