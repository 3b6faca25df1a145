/** What `gable check --deploy` reads from real databases. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { gable } from "gable";
import { accountFields, createPasswordHasher, defineAccounts } from "gable/auth";
import { createDatabase, createDatabases, field as f, Model, sql } from "gable/data";
import { migrate } from "gable/migrations";
import { readAccounts } from "../../src/cli/checks/accounts.ts";
import type { DatabaseFacts } from "../../src/cli/checks/databases.ts";
import { readDatabases } from "../../src/cli/checks/databases.ts";
import type { DatabasePlace } from "../data/databases.ts";
import { databaseKinds, placePostgres, placeSqlite, skipPostgres } from "../data/databases.ts";

class Book extends Model("books", { id: f.id(), title: f.text({ max: 50 }) }) {}
class User extends Model("users", { ...accountFields(), name: f.text({ max: 50 }) }) {}

let folder = "";
let place: DatabasePlace | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gable-check-"));
});
afterEach(async () => {
  await place?.remove();
  place = undefined;
  await rm(folder, { recursive: true });
});

async function read(url: string): Promise<DatabaseFacts> {
  const options = { default: { url } };
  const databases = await createDatabases({ models: [Book], databases: options, bind: "shared" });
  try {
    return (await readDatabases(databases, { folder, options }))["default"]!;
  } finally {
    await databases.close();
  }
}

describe("facts of servers", () => {
  for (const { name, skip, place: open } of databaseKinds.filter(({ name: kind }) => kind !== "SQLite"))
    it(`are the most connections, and an administrator as the role: ${name}`, { skip }, async () => {
      place = await open();
      const { connectionsMax = 0, role } = await read(place.url);
      assert.ok(connectionsMax > 10 && connectionsMax < 1_000_000, String(connectionsMax));
      assert.equal(role, "superuser");
    });

  it("tell the owner of the tables from a role that only reads and writes rows", { skip: skipPostgres }, async () => {
    place = await placePostgres();
    const suffix = randomBytes(6).toString("hex");
    const admin = await createDatabase({ url: place.url, models: [], bind: false });
    const urlOf = (role: string): string => {
      const url = new URL(place!.url);
      [url.username, url.password] = [`${role}_${suffix}`, "secret"];
      return url.href;
    };
    try {
      for (const role of ["owner", "site"]) await admin.query(sql.unsafe(`CREATE ROLE ${role}_${suffix} LOGIN PASSWORD 'secret'`));
      await admin.query(sql`CREATE TABLE books (id bigint PRIMARY KEY)`);
      await admin.query(sql.unsafe(`ALTER TABLE books OWNER TO owner_${suffix}`));
      await admin.query(sql.unsafe(`GRANT SELECT, INSERT, UPDATE, DELETE ON books TO site_${suffix}`));
      assert.equal((await read(urlOf("owner"))).role, "owner");
      assert.equal((await read(urlOf("site"))).role, "limited");
    } finally {
      for (const role of ["owner", "site"])
        for (const words of ["DROP OWNED BY", "DROP ROLE"]) await admin.query(sql.unsafe(`${words} ${role}_${suffix}`));
      await admin.close();
    }
  });
});

describe("facts of a file of SQLite", () => {
  it("are the age of its newest copy", async () => {
    place = await placeSqlite();
    assert.equal((await read(place.url)).backupAgeMs, undefined);
    await mkdir(join(folder, "var/backups"), { recursive: true });
    for (const [name, days] of [
      ["old.db", 9],
      ["new.db", 3],
      ["notes.txt", 0],
    ] as const) {
      await writeFile(join(folder, "var/backups", name), "");
      const time = new Date(Date.now() - days * 86_400_000);
      await utimes(join(folder, "var/backups", name), time, time);
    }
    const { backupAgeMs, network } = await read(place.url);
    assert.equal(Math.round(Number(backupAgeMs) / 86_400_000), 3);
    assert.equal(network, undefined);
  });
});

describe("facts of pending migrations", () => {
  const entry = new URL("../../src/migrations.ts", import.meta.url).href;
  const writeMigration = (name: string, after: string, operation: string): Promise<void> =>
    writeFile(
      join(folder, `migrations/${name}.ts`),
      `import { migration, op } from "${entry}";\nexport default migration({ after: [${after}], schema: "x", ops: [${operation}] });\n`,
    );
  const [first, second] = ["20260101_0000_first", "20260102_0000_numbers"] as const;

  for (const rows of [9_999, 10_000])
    it(`${rows < 10_000 ? "leave out" : "name"} a rewrite of a table with ${rows} rows`, { skip: skipPostgres }, async () => {
      place = await placePostgres();
      await mkdir(join(folder, "migrations"));
      const columns = '{ id: { type: "id" }, title: { type: "text", max: 50 } }';
      await writeMigration(first, "", `op.createTable("books", { columns: ${columns}, primary: ["id"] })`);
      await writeMigration(second, `"${first}"`, 'op.alterColumn("books", "title", { type: "int" }, { from: { type: "text", max: 50 } })');
      const database = await createDatabase({ url: place.url, models: [], bind: false });
      try {
        await migrate({ database, folder: join(folder, "migrations"), target: first });
        await database.query(sql.unsafe(`INSERT INTO books (title) SELECT '7' FROM generate_series(1, ${rows})`));
      } finally {
        await database.close();
      }
      const { unsafe = [] } = await read(place.url);
      assert.deepEqual(
        unsafe.filter(({ risk }) => risk === "rewrites").map(({ migration }) => migration),
        rows < 10_000 ? [] : [second],
      );
    });
});

describe("facts of accounts", () => {
  it("count hashes that are weaker than new ones, and those that nobody can check", async () => {
    place = await placeSqlite();
    const accounts = defineAccounts({ user: User, foreignHashes: [{ prefix: "md5$", verify: () => true }] });
    const app = gable({
      mode: "test",
      session: {},
      secretKeys: ["u5Zk2Qm8Xr1Wd7Tn4Yb9Gc3Hf6Js0Lp-aVeKoRiPtMxQ"],
      models: [User],
      accounts,
    });
    const databases = await createDatabases({ models: [User], databases: { default: { url: place.url } }, bind: "shared" });
    try {
      await databases.get("default").createTables();
      const current = await createPasswordHasher().hash("three green umbrellas");
      const hashes = [current, current, "md5$0123", "$argon2id$v=16$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", "plain"];
      await databases.run(async () => {
        for (const [index, password] of hashes.entries()) await User.create({ email: `user${index}@example.com`, password, name: "Ann" });
      });
      assert.deepEqual(await readAccounts(app.describe(), databases), { looked: 5, unsupported: 2, weak: 1 });
      const costly = gable({ mode: "test", session: {}, accounts: defineAccounts({ user: User, hashCost: 2 }), models: [User] });
      assert.deepEqual(await readAccounts(costly.describe(), databases), { looked: 5, unsupported: 3, weak: 2 });
      assert.equal(await readAccounts(gable({ mode: "test" }).describe(), databases), undefined);
    } finally {
      await databases.close();
    }
  });
});
