/** `migrate({ fakeInitial: true })`: first migrations of databases whose tables exist, on every database. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { createDatabase, field as f, manyToMany, Model, sql } from "../../src/data.ts";
import { Session } from "../../src/data/migrations/run/session.ts";
import type { Database } from "../../src/data.ts";

import { checkLive, makeMigration, migrate, previewMigrations, readStatus } from "../../src/migrations.ts";
import type { MigrateOptions } from "../../src/migrations.ts";
import type { DatabasePlace } from "./databases.ts";
import { databaseKinds } from "./databases.ts";
import { Every } from "./every-model.ts";

class Book extends Model("books", { id: f.id(), title: f.text({ max: 200, index: true }), tags: () => manyToMany(Tag) }) {}
class Tag extends Model("tags", { id: f.id(), name: f.text({ max: 50, unique: true }), books: () => manyToMany(Book) }) {}
const models = [Every, Book, Tag];

const fileOf = (ops: string, after = ""): string =>
  `import { migration, op } from "gable/migrations";\nexport default migration({ after: [${after}], schema: "", ops: [${ops}] });\n`;
const shops = `op.createTable("shops", { columns: { id: { type: "id" }, name: { type: "text", max: 50 }, size: { type: "int", null: true } }, primary: ["id"] })`;
const staff = `op.createTable("staff", { columns: { id: { type: "id" }, shop_id: { type: "id" }, kind: { type: "choice", choices: ["cook", "cleaner"] } },
  primary: ["id"], indexes: { staff_shop_index: { columns: ["shop_id"] } } })`;
const view = `op.createView("all_shops", { columns: { id: { type: "id" } }, primary: ["id"], sql: "SELECT id FROM shops" })`;

/** Statements of another program, by database. */
const theirs = {
  postgres: {
    shops: "CREATE TABLE shops (id serial PRIMARY KEY, name varchar(50), size integer, extra text)",
    staff: "CREATE TABLE staff (id bigserial PRIMARY KEY, shop_id integer NOT NULL REFERENCES shops (id), kind varchar(10))",
  },
  mariadb: {
    shops: "CREATE TABLE shops (id int AUTO_INCREMENT PRIMARY KEY, name varchar(50), size int, extra text)",
    staff: "CREATE TABLE staff (id bigint AUTO_INCREMENT PRIMARY KEY, shop_id int NOT NULL, kind varchar(10))",
  },
  sqlite: {
    shops: "CREATE TABLE shops (id integer PRIMARY KEY, name varchar(50), size int, extra text)",
    staff: "CREATE TABLE staff (id integer PRIMARY KEY, shop_id integer NOT NULL REFERENCES shops (id), kind varchar(10))",
  },
};

for (const kind of databaseKinds) {
  describe(`first migrations of existing tables on ${kind.name}`, { skip: kind.skip }, () => {
    let place: DatabasePlace;
    let database: Database;
    let folder: string;
    beforeEach(async () => {
      place = await kind.place();
      folder = await mkdtemp(join(tmpdir(), "gable-initial-"));
      database = await createDatabase({ url: place.url, models });
    });
    afterEach(async () => {
      await database.close();
      await place.remove();
      await rm(folder, { recursive: true });
    });
    const put = (name: string, text: string): Promise<void> => writeFile(join(folder, `${name}.ts`), text);
    const run = (options: Partial<MigrateOptions> = {}): Promise<string[]> => migrate({ database, folder, fakeInitial: true, ...options });
    const execute = (text: string): Promise<number> => Session.use(database.$core, (session) => session.run(text));
    const statesOf = async (): Promise<string[]> => (await readStatus({ database, folder })).map(({ state }) => state);
    const family = (): (typeof theirs)["sqlite"] =>
      ({ SQLite: theirs.sqlite, PostgreSQL: theirs.postgres, MariaDB: theirs.mariadb, MySQL: theirs.mariadb })[kind.name];
    const recordedBy = async (): Promise<[done: string[], recorded: string[]]> => {
      const recorded: string[] = [];
      const done = await run({ onProgress: (state) => void (state.isRecorded && recorded.push(state.migration)) });
      return [done, recorded];
    };

    it("are recorded when the tables of the models exist, with every type of column, and others run", async () => {
      await database.createTables();
      await Book.create({ title: "Kept" });
      const made = await makeMigration({ models, folder });
      await put("9999_pages", fileOf('op.addColumn("books", "pages", { type: "int", null: true })', JSON.stringify(made!.name)));
      const previews = await previewMigrations({ database, folder, fakeInitial: true });
      assert.deepEqual(
        previews.map(({ isRecorded = false, sql: statements }) => [isRecorded, statements.length > 0]),
        [
          [true, false],
          [false, true],
        ],
      );
      assert.deepEqual(await statesOf(), ["due", "due"]);
      assert.deepEqual(await recordedBy(), [[made!.name, "9999_pages"], [made!.name]]);
      assert.deepEqual(await checkLive({ database, folder }), []);
      assert.deepEqual(await database.query(sql`SELECT title, pages FROM books`), [{ title: "Kept", pages: null }]);
      assert.deepEqual(await run(), []);
    });

    it("run in a new database", async () => {
      await put("0001_shops", fileOf(shops));
      assert.equal((await previewMigrations({ database, folder, fakeInitial: true }))[0]!.isRecorded, undefined);
      assert.deepEqual(await recordedBy(), [["0001_shops"], []]);
      assert.deepEqual(await checkLive({ database, folder }), []);
    });

    it("run if they create no table", async () => {
      await put("0001_nothing", fileOf(""));
      assert.deepEqual(await recordedBy(), [["0001_nothing"], []]);
    });

    it("are recorded for tables that another program made, which may have more columns and no indexes", async () => {
      await execute(family().shops);
      await execute(family().staff);
      await put("0001_shops", fileOf(`${shops}, ${staff}`));
      assert.deepEqual(await recordedBy(), [["0001_shops"], ["0001_shops"]]);
      await put("0002_more", fileOf('op.addColumn("shops", "more", { type: "int", null: true })', '"0001_shops"'));
      assert.deepEqual(await recordedBy(), [["0002_more"], []]);
    });

    it("are compared one by one, and each only while it is due", async () => {
      await execute(family().shops);
      await put("0001_shops", fileOf(shops));
      await put("0001_staff", fileOf(staff));
      assert.deepEqual(await recordedBy(), [["0001_shops", "0001_staff"], ["0001_shops"]]);
      await execute("ALTER TABLE shops DROP COLUMN size");
      assert.deepEqual(await run({ allowDrift: true }), []);
      assert.equal((await previewMigrations({ database, folder, fakeInitial: true })).length, 2);
    });

    const differences: Readonly<Record<string, readonly [setup: readonly string[], ops: string, told: string]>> = {
      "a missing table": [[family().shops], `${shops}, ${staff}`, 'the table "staff" is missing'],
      "a missing view": [[family().shops], `${shops}, ${view}`, 'the view "all_shops" is missing'],
      "a table in place of a view": [
        [family().shops, "CREATE TABLE all_shops (id integer)"],
        `${shops}, ${view}`,
        'the view "all_shops" is table, not view',
      ],
      "a missing column": [[family().shops, "ALTER TABLE shops DROP COLUMN size"], shops, 'column size of "shops" is missing'],
      "a column of another type": [
        [family().shops.replace(/size int(?:eger)?/, "size text")],
        shops,
        'column size of "shops" is text, not int',
      ],
      "a key that the database does not count": [
        [family().shops.replace(/id \w+(?: AUTO_INCREMENT)?/, "id bigint")],
        shops,
        'column id of "shops" is bigint, not id',
      ],
      "a choice without room for its keys": [
        [family().staff.replace("varchar(10)", "varchar(3)").replace(" REFERENCES shops (id)", "")],
        staff,
        kind.name === "SQLite" ? "" : 'column kind of "staff" is text of at most 3 characters, not choice of "cook", "cleaner"',
      ],
      "several differences, and listed": [
        [
          family()
            .shops.replace(/size int(?:eger)?/, "size text")
            .replace("name varchar(50),", ""),
        ],
        `${shops}, ${staff}`,
        'column name of "shops" is missing; column size of "shops" is text, not int; the table "staff" is missing',
      ],
    };
    for (const [title, [setup, ops, told]] of Object.entries(differences))
      it(`are refused for ${title}`, { skip: told === "" ? "this database has no lengths" : false }, async () => {
        for (const text of setup) await execute(text);
        await put("0001_initial", fileOf(ops));
        const refusal = {
          code: "E_MIGRATION_DRIFT",
          message: `The database does not have what the migration "0001_initial" creates: ${told}.`,
        };
        await assert.rejects(previewMigrations({ database, folder, fakeInitial: true }), refusal);
        await assert.rejects(run(), refusal);
        assert.deepEqual(await statesOf(), ["due"]);
      });

    it(
      "are refused for a shorter text and for a type that models do not have",
      { skip: kind.name === "SQLite" && "SQLite stores any text" },
      async () => {
        const odd = kind.name === "PostgreSQL" ? "point" : "geometry";
        await execute(
          family()
            .shops.replace("varchar(50)", "varchar(20)")
            .replace(/size int(?:eger)?/, `size ${odd}`),
        );
        await put("0001_initial", fileOf(shops));
        await assert.rejects(run(), {
          message: `The database does not have what the migration "0001_initial" creates: column name of "shops" is text of at most 20 characters, not text of at most 50 characters; column size of "shops" is ${odd}, not int.`,
        });
      },
    );

    it("are not recorded unseen and compared in the same call", async () => {
      await assert.rejects(run({ fake: true }), { code: "E_OPTION_INVALID", message: "migrate() got fake and fakeInitial." });
    });
  });
}
