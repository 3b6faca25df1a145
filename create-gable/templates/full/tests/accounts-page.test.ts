import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClient, testDatabase } from "gable/testing";
import { showAccount } from "../accounts/routes.ts";
import app from "../app.ts";
import { userFactory } from "./factories.ts";

testDatabase(app);

test("shows the page of the account to its user only", async () => {
  const client = createTestClient(app);
  assert.equal((await client.get(showAccount.url())).status, 303);
  const user = await userFactory.create();
  await client.signIn(user);
  assert.match((await client.get(showAccount.url())).text("main"), new RegExp(`Signed in with ${user.email}`));
});
