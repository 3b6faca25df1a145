import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClient, outbox, testDatabase } from "gable/testing";
import app from "../app.ts";
import { User } from "../models.ts";

testDatabase(app);
const ada = { email: "ada@example.com", password: "three green umbrellas" };

test("signs a user up by the link in a mail, in, and out", async () => {
  const client = createTestClient(app);
  const logIn = async (values: typeof ada) => (await client.get("/account/login")).form().fill(values).submit();
  const sent = await (await client.get("/account/register")).form().fill(ada).submit();
  assert.equal(sent.text("h1"), "Check your mail");
  assert.equal((await User.get({ email: ada.email })).emailVerifiedAt, null);
  assert.equal((await logIn(ada)).status, 422); // The address is not confirmed.

  const link = /http\S+/.exec(outbox(app)[0]?.text ?? "")?.[0] ?? "";
  await (await client.get(new URL(link).pathname)).form().submit("Confirm this address");
  assert.equal((await logIn({ ...ada, password: "four green umbrellas" })).status, 422);
  assert.match((await (await logIn(ada)).follow()).text("main"), /Signed in with ada@example\.com/);

  await (await client.get("/account/logout")).form().submit();
  assert.equal((await client.get("/account")).headers.get("location"), "/account/login?next=%2Faccount");
});

test("tells nobody which addresses have an account", async () => {
  const client = createTestClient(app);
  const sent = await (await client.get("/account/password/forgot")).form().fill({ email: "nobody@example.com" }).submit();
  assert.equal(sent.status, 200);
  assert.deepEqual(outbox(app), []);
});
