/** `gable sessions clear` in each store: text, JSON and exit codes. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { accountFields } from "gable/auth";
import type { Database } from "gable/data";
import { createDatabase, Model } from "gable/data";
import type { SessionStore } from "gable/session";
import { databaseSessions, redisSessions, sessionModel } from "gable/session";
import { createPrefix, redisUrl, removeKeys, skipRedis } from "../session/redis.ts";
import { createTestProject } from "./project.ts";

const prefix = createPrefix();
const toApp = (options: string): string => `import { gable } from "gable";
import { accountFields, defineAccounts } from "gable/auth";
import { redisSessions, sessionModel } from "gable/session";
import { Model } from "gable/data";
class User extends Model("users", accountFields()) {}
const logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => logger };
export default gable({ logger, hosts: ["shelf.example"], secretKeys: ["${randomBytes(32).toString("base64url")}"], ${options} });
`;
const withUsers = (session: string): string =>
  toApp(
    `models: [User, sessionModel()], database: "sqlite:var/app.db", session: { store: ${session} }, accounts: defineAccounts({ user: User })`,
  );
const project = createTestProject({
  "database.ts": withUsers('"database"'),
  "redis.ts": withUsers(`redisSessions({ url: "${redisUrl}", prefix: "${prefix}" })`),
  "memory.ts": withUsers('"memory"'),
  "cookie.ts": withUsers('"cookie"'),
  "plain.ts": toApp("routes: []"),
  "visitors.ts": toApp('models: [sessionModel()], database: "sqlite:var/app.db", session: {}'),
});

class User extends Model("users", accountFields()) {}
const Session = sessionModel();
const day = 86_400_000;
let database: Database;

before(async () => {
  mkdirSync(join(project.folder, "var"), { recursive: true });
  database = await createDatabase({ url: `sqlite:${join(project.folder, "var/app.db")}`, models: [User, Session], bind: false });
  await database.createTables();
  await database.run(() => User.create({ id: 7, email: "ann@example.com", password: "none" }));
});
after(async () => {
  await database.close();
  project.remove();
});

/** Stores sessions: of a user or of nobody, last used some days ago. */
async function fill(
  store: SessionStore,
  rows: ReadonlyArray<readonly [userId: string | null, days: number, daysLeft: number]>,
): Promise<void> {
  const now = Date.now();
  for (const [userId, days, daysLeft] of rows) {
    const key = createHash("sha256").update(randomBytes(32)).digest("hex");
    const [seenAt, expiresAt] = [now - days * day, now + daysLeft * day];
    await store.create(key, { values: {}, userId, createdAt: seenAt, seenAt, expiresAt });
  }
}

const rows = [
  ["7", 0, 9],
  ["7", 40, 9],
  ["7", 50, 9],
  ["8", 40, 9],
  [null, 20, 9],
] as const;

const places: ReadonlyArray<readonly [name: string, skip: string | false, open: () => SessionStore]> = [
  ["database", false, () => databaseSessions(database, Session)],
  ["redis", skipRedis, () => redisSessions({ url: redisUrl, prefix })],
];
for (const [name, skip, open] of places)
  describe(`gable sessions clear, ${name}`, { skip }, () => {
    const app = ["--app", `${name}.ts`];
    let store: SessionStore;
    before(() => void (store = open()));
    beforeEach(async () => {
      await store.deleteUnused!(Date.now() + day);
      await fill(store, rows);
    });
    after(async () => {
      await store.close?.();
      if (name === "redis") await removeKeys(prefix);
    });

    const runs: ReadonlyArray<readonly [words: readonly string[], text: string]> = [
      [["--older-than", "30d"], "Deleted 3 unused sessions."],
      [["--older-than", "6w"], "Deleted 1 unused session."],
      [["--older-than", "9999d"], "Deleted 0 unused sessions."],
      [["--user", "ANN@example.com"], "Deleted 3 sessions of ANN@example.com."],
      [["--user", "ann@example.com", "--older-than", "45d"], "Deleted 1 unused session of ann@example.com."],
    ];
    for (const [words, text] of runs)
      it(words.join(" "), async () => {
        // Redis has nothing to roll back.
        const dry = await project.run("sessions", "clear", ...words, "--dry-run", ...app);
        if (name === "redis") assert.deepEqual([dry.code, /counts sessions in a database only/.test(dry.error)], [2, true]);
        else assert.deepEqual(dry, { code: 0, out: `${text.replace("Deleted", "Would delete")}\n`, error: "" });
        assert.deepEqual(await project.run("sessions", "clear", ...words, ...app), { code: 0, out: `${text}\n`, error: "" });
      });

    it("--json gives the count, and a second run finds nothing", async () => {
      const first = await project.json("sessions", "clear", "--user", "ann@example.com", ...app);
      assert.deepEqual([first.ok, first.data], [true, { deleted: 3, isDry: false }]);
      assert.deepEqual((await project.json("sessions", "clear", "--user", "ann@example.com", ...app)).data, { deleted: 0, isDry: false });
    });
  });

describe("gable sessions clear", () => {
  it("deletes what has expired without flags", async () => {
    const store = databaseSessions(database, Session);
    await fill(store, [
      [null, 20, -1],
      ["7", 20, -2],
      ["7", 0, 1],
    ]);
    const dry = await project.run("sessions", "clear", "--dry-run", "--app", "database.ts");
    assert.deepEqual([dry.code, dry.out], [0, "Would delete 2 expired sessions.\n"]);
    const { code, out } = await project.run("sessions", "clear", "--app", "database.ts");
    assert.deepEqual([code, out], [0, "Deleted 2 expired sessions.\n"]);
    assert.equal((await project.run("sessions", "clear", "--app", "database.ts")).out, "Deleted 0 expired sessions.\n");
  });

  const wrong: ReadonlyArray<readonly [words: readonly string[], code: number, message: RegExp]> = [
    [["--app", "cookie.ts"], 1, /E_SESSION_STORE: The sessions are in cookies.*\n {2}fix: Set sessionsValidFrom of a user/],
    [["--user", "ann@example.com", "--app", "cookie.ts"], 1, /sessionsValidFrom/],
    [["--app", "memory.ts"], 1, /in the memory of the process that serves/],
    [["--app", "plain.ts"], 1, /This application has no sessions/],
    [["--user", "ann@example.com", "--app", "visitors.ts"], 1, /E_ACCOUNTS_SETUP: This application has no accounts/],
    [["--user", "nobody@example.com", "--app", "database.ts"], 1, /E_ACCOUNT_UNKNOWN/],
    [["--older-than", "30", "--app", "database.ts"], 2, /--older-than is "30"; it must be a span of time/],
    [["--older-than", "0d", "--app", "database.ts"], 2, /--older-than is "0d"/],
    [["--older-than", "1000000d", "--app", "database.ts"], 2, /--older-than is "1000000d"/],
  ];
  for (const [words, expected, message] of wrong)
    it(`refuses ${words.join(" ")}`, async () => {
      const { code, out, error } = await project.run("sessions", "clear", ...words);
      assert.match(error, message);
      assert.deepEqual([code, out], [expected, ""]);
    });
});
