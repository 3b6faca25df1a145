/** The page of sessions: who sees what, and what signs out which device. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, it } from "node:test";
import type { Application, GableOptions } from "gable";
import { gable, get, group } from "gable";
import { accountFields, accountTokenModel, defineAccounts } from "gable/auth";
import { Model } from "gable/data";
import type { SessionStore } from "gable/session";
import { memorySessions, redisSessions, sessionModel } from "gable/session";
import type { TestClient } from "gable/testing";
import { createTestClient } from "gable/testing";
import { databaseKinds } from "../data/databases.ts";
import { createPrefix, redisUrl, removeKeys, skipRedis } from "../session/redis.ts";
import { silentLogger } from "../silent-logger.ts";

const password = "correct-horse-41";
const start = Date.UTC(2026, 4, 1, 12);
const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";
const safari =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1";

interface Site {
  readonly app: Application;
  readonly User: ReturnType<typeof createUser>;
  /** A visitor with this User-Agent who has signed in. */
  readonly signIn: (userAgent?: string, email?: string) => Promise<TestClient>;
}

const createUser = () => class User extends Model("users", { ...accountFields() }) {};

/** Opens a site with the accounts of Ann and Bob, where nobody is signed in. */
async function open(test: TestContext, options: GableOptions = {}, remove: () => Promise<unknown> = async () => undefined): Promise<Site> {
  const User = createUser();
  const accounts = defineAccounts({ user: User, registration: "open", verifyEmail: "never" });
  const { signedIn, sudo } = accounts.guards;
  const app = gable({
    mode: "test",
    logger: silentLogger,
    database: "sqlite::memory:",
    models: [User, sessionModel(), accountTokenModel()],
    accounts,
    routes: [
      group("/account", accounts.routes),
      get("/in", { guard: signedIn }, ({ user: { email } }) => ({ email })),
      get("/secret", { guard: sudo({ withinSeconds: 60 }) }, () => "secret"),
    ],
    ...options,
  });
  await app.start();
  test.after(async () => {
    await app.close();
    await remove();
  });
  await app.database().createTables();
  const visit = (userAgent = "") =>
    createTestClient(app, { errors: "page", headers: { accept: "text/html", ...(userAgent !== "" && { "user-agent": userAgent }) } });
  for (const email of ["ann@example.com", "bob@example.com"]) {
    const client = visit();
    assert.equal((await client.post("/account/register", { form: { email, password } })).status, 303);
    assert.equal((await client.post("/account/logout")).status, 303);
  }
  const signIn: Site["signIn"] = async (userAgent, email = "ann@example.com") => {
    const client = visit(userAgent);
    assert.equal((await client.post("/account/login", { form: { email, password } })).status, 303);
    return client;
  };
  return { app, User, signIn };
}

const statusOf = async (client: TestClient): Promise<number> => (await client.get("/in")).status;
const send = (client: TestClient, end: string) => client.post("/account/sessions", { form: { end } });

/** Sends the form that is only a button, as browsers do. */
const endOthers = (client: TestClient) => client.post("/account/sessions", { form: {} });

/** Returns what the form can send, without "others", with the label of each. */
async function listOthers(client: TestClient): Promise<ReadonlyArray<readonly [key: string, label: string]>> {
  const { body } = await client.get("/account/sessions");
  const found = body.matchAll(/value="([0-9a-f]{64})"[^>]*>(?:<[^>]*>)*\s*([^<]+)/g);
  return [...found].map(([, key = "", label = ""]) => [key, label.trim()]);
}

/** Opens the site on each store that can list sessions. */
const places: ReadonlyArray<{ name: string; skip: string | false; open: (test: TestContext) => Promise<Site> }> = [
  { name: "memory", skip: false, open: (test) => open(test, { session: { store: memorySessions() } }) },
  ...databaseKinds.map(({ name, skip, place }) => ({
    name: `database, ${name}`,
    skip,
    async open(test: TestContext) {
      const { url, remove } = await place();
      return open(test, { database: url, session: { store: "database" } }, remove);
    },
  })),
  {
    name: "Redis",
    skip: skipRedis,
    open(test) {
      const prefix = createPrefix();
      return open(test, { session: { store: redisSessions({ url: redisUrl, prefix }) } }, () => removeKeys(prefix));
    },
  },
];

for (const { name, skip, open: openPlace } of places) {
  describe(`sessions of a user, ${name}`, { skip }, () => {
    it("are listed, and end one by one or all together", async (test) => {
      const { signIn } = await openPlace(test);
      const [laptop, phone, other, bob] = [
        await signIn(firefox),
        await signIn(safari),
        await signIn(),
        await signIn(firefox, "bob@example.com"),
      ];
      const listed = await listOthers(laptop);
      assert.deepEqual(listed.map(([, label]) => label.split(",")[0]).sort(), ["Safari on iPhone", "Unknown device"]);
      for (const [, label] of listed)
        assert.match(label, /^[^,]+, 127\.0\.0\.1, signed in \d{4}-\d\d-\d\d \d\d:\d\d UTC, last seen \d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
      assert.match((await laptop.get("/account/sessions")).body, /This device: Firefox on Linux, 127\.0\.0\.1, /);

      const [key] = listed.find(([, label]) => label.startsWith("Safari"))!;
      const ended = await send(laptop, key);
      assert.deepEqual([ended.status, ended.headers.get("location")], [303, "/account/sessions"]);
      assert.match((await laptop.get("/account/sessions")).body, /The device is signed out\./);
      assert.deepEqual([await statusOf(laptop), await statusOf(phone), await statusOf(other), await statusOf(bob)], [200, 303, 200, 200]);
      const again = await send(laptop, key);
      assert.deepEqual([again.status, /It may be signed out already\./.test(again.body)], [422, true]);

      await signIn(safari);
      assert.equal((await listOthers(laptop)).length, 2);
      assert.equal((await send(laptop, "others")).status, 303);
      const after = await laptop.get("/account/sessions");
      assert.match(after.body, /All other devices are signed out\.[^]*No other device is signed in\./);
      assert.doesNotMatch(after.body, /<form/);
      assert.deepEqual([await statusOf(laptop), await statusOf(other), await statusOf(bob)], [200, 303, 200]);
    });

    it("never end for somebody else", async (test) => {
      const { signIn } = await openPlace(test);
      const [laptop, phone, bob] = [await signIn(firefox), await signIn(safari), await signIn(firefox, "bob@example.com")];
      const [[key] = [""]] = await listOthers(laptop);
      for (const end of [key, "", "x", "x".repeat(65)]) {
        const reply = await send(bob, end);
        assert.equal(reply.status, 422, end);
        assert.match(reply.body, /Choose a device/);
      }
      assert.equal((await endOthers(bob)).status, 422);
      await send(bob, "others");
      assert.deepEqual([await statusOf(laptop), await statusOf(phone), await statusOf(bob)], [200, 200, 200]);
    });
  });
}

describe("the list of sessions", () => {
  it("notes a use after five minutes, and not one second before", async (test) => {
    test.mock.timers.enable({ apis: ["Date"], now: start });
    test.after(() => test.mock.timers.reset());
    const { signIn } = await open(test);
    const [laptop, phone] = [await signIn(firefox), await signIn(safari)];
    for (const [seconds, seen] of [
      [299, "12:00"],
      [300, "12:05"],
      [599, "12:05"],
      [600, "12:10"],
    ] as const) {
      test.mock.timers.setTime(start + seconds * 1000);
      assert.equal(await statusOf(phone), 200);
      const [[, label] = ["", ""]] = await listOthers(laptop);
      assert.equal(label, `Safari on iPhone, 127.0.0.1, signed in 2026-05-01 12:00 UTC, last seen 2026-05-01 ${seen} UTC`, `${seconds} s`);
    }
  });

  it("leaves out what can be used no more", async (test) => {
    const { app, User, signIn } = await open(test);
    await signIn(safari);
    await app.database().run(() => User.where({ email: "ann@example.com" }).update({ sessionsValidFrom: new Date(Date.now() + 1) }));
    assert.deepEqual(await listOthers(await signIn(firefox)), []);
  });

  for (const [count, isCut] of [
    [100, false],
    [101, true],
  ] as const) {
    it(`shows ${isCut ? "the last 100 of" : "all"} ${count} other devices`, async (test) => {
      const store: SessionStore = memorySessions();
      const { app, User, signIn } = await open(test, { session: { store } });
      const user = await app.database().run(() => User.where({ email: "ann@example.com" }).first());
      const now = Date.now();
      for (let index = 0; index < count; index++)
        await store.create(String(index).padStart(64, "0"), {
          values: { "gable.signedInAt": String(now) },
          userId: String(user?.id),
          createdAt: now,
          seenAt: now + index,
          expiresAt: now + 3_600_000,
        });
      const client = await signIn(firefox);
      const listed = await listOthers(client);
      assert.deepEqual([listed.length, listed[0]?.[0]], [100, String(count - 1).padStart(64, "0")]);
      assert.match(listed[0]?.[1] ?? "", /^Unknown device, unknown address, /);
      assert.equal((await client.get("/account/sessions")).body.includes(`100 of ${count} other devices`), isCut);
      await send(client, "others");
      assert.deepEqual(await listOthers(client), []);
    });
  }
});

/** Stores that cannot list sessions: cookies, and one of an application that has only what every store must have. */
const unlisted: ReadonlyArray<readonly [name: string, create: () => SessionStore | "cookie"]> = [
  ["cookie", () => "cookie"],
  [
    "a store without a list",
    () => {
      const store = memorySessions();
      return {
        create: (key, record) => store.create(key, record),
        read: (key, now) => store.read(key, now),
        patch: (key, changes, now) => store.patch(key, changes, now),
        delete: (key) => store.delete(key),
        deleteExpired: (now, rowsMax) => store.deleteExpired(now, rowsMax),
      };
    },
  ],
];

for (const [name, create] of unlisted) {
  describe(`sessions that cannot be listed, ${name}`, () => {
    it("end all together, except the one that asks", async (test) => {
      test.mock.timers.enable({ apis: ["Date"], now: start });
      test.after(() => test.mock.timers.reset());
      const { signIn } = await open(test, { session: { store: create() } });
      const [laptop, phone, bob] = [await signIn(firefox), await signIn(safari), await signIn(firefox, "bob@example.com")];
      const { body } = await laptop.get("/account/sessions");
      assert.match(body, /cannot list the devices[^]*<button type="submit">Sign out all other devices<\/button>/);
      test.mock.timers.setTime(start + 1_000);
      assert.equal((await endOthers(laptop)).status, 303);
      assert.match((await laptop.get("/account/sessions")).body, /All other devices are signed out\./);
      assert.deepEqual([await statusOf(laptop), await statusOf(phone), await statusOf(bob)], [200, 303, 200]);
      test.mock.timers.setTime(start + 2_000);
      assert.equal(await statusOf(await signIn(safari)), 200);
    });

    it("do not count the end of others as a confirmation of the password", async (test) => {
      test.mock.timers.enable({ apis: ["Date"], now: start });
      test.after(() => test.mock.timers.reset());
      const { signIn } = await open(test, { session: { store: create() } });
      const laptop = await signIn(firefox);
      for (const [seconds, status] of [
        [60, 200],
        [61, 303],
      ] as const) {
        test.mock.timers.setTime(start + seconds * 1000);
        assert.equal((await endOthers(laptop)).status, 303);
        assert.equal((await laptop.get("/secret")).status, status, `${seconds} s`);
      }
      assert.equal(await statusOf(laptop), 200);
    });
  });
}
