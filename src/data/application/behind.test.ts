/** What an application reports at start about a database with pending changes, or an unreachable one. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { skipMariadb, skipPostgres } from "../../../test/data/databases.ts";
import { silentLogger } from "../../../test/silent-logger.ts";
import { createDatabase, field as f, Model, sql } from "../../data.ts";
import { gable } from "../../index.ts";
import { migrate } from "../../migrations.ts";
import type { Application } from "../../app/gable.ts";
import { isGableError } from "../../errors/gable-error.ts";
import { findPending } from "./pending-migrations.ts";

class Book extends Model("behind_books", { id: f.id(), title: f.text({ max: 50 }) }) {}

describe("a database that is behind the application", () => {
  let folder: string;
  let app: Application | undefined;
  const home = process.cwd();
  const logged: Array<{ facts: object; message: string }> = [];
  const logger = { ...silentLogger, error: (facts: object | string, message = "") => void logged.push({ facts: Object(facts), message }) };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "gable-behind-"));
    process.chdir(folder);
    logged.length = 0;
  });
  afterEach(async () => {
    await app?.close();
    process.chdir(home);
    await rm(folder, { recursive: true });
  });
  const make = (mode: "production" | "development"): Application => {
    app = gable({ mode, models: [Book], database: "sqlite:app.db", logger });
    app.get("/books", async () => ({ count: await Book.count() }));
    app.get("/static", () => "here");
    return app;
  };

  for (const mode of ["production", "development"] as const)
    it(`is reported at start, by /ready and by queries that need it: ${mode}`, async () => {
      // With a folder of migrations, development creates no tables either.
      if (mode === "development") await mkdir("migrations");
      const made = make(mode);
      await made.start();
      assert.equal(logged.length, 1);
      assert.match(logged[0]!.message, /"default" is behind the application: it has no table "behind_books"/);
      assert.match(JSON.stringify(logged[0]!.facts), /E_MIGRATION_PENDING.*npx gable db migrate/);
      const ready = await made.request("/ready");
      assert.deepEqual([ready.status, await ready.text()], [503, mode === "development" ? "not ready: database\n" : "not ready\n"]);
      assert.equal((await made.request("/static")).status, 200);
      const page = await made.request("/books", { headers: { accept: "text/html" } });
      assert.equal(page.status, 503);
      const text = await page.text();
      assert.equal(/E_MIGRATION_PENDING/.test(text) && /npx gable db migrate/.test(text), mode === "development");
      await made.database().createTables();
      // /ready checks at most once a second.
      await new Promise((resolve) => setTimeout(resolve, 1_050));
      assert.equal((await made.request("/ready")).status, 200);
    });

  it("reports nothing if the tables exist, and creates them in development without migrations", async () => {
    const made = make("development");
    await made.start();
    assert.deepEqual(logged, []);
    assert.equal((await made.request("/ready")).status, 200);
  });

  it("ignores a replaced migration that waits for the new code, in a database that has some of the others", async () => {
    const database = await createDatabase({ url: "sqlite::memory:", models: [], bind: false });
    try {
      const source = new URL("../../migrations.ts", import.meta.url).href;
      const put = (name: string, options: string): Promise<void> =>
        writeFile(
          `migrations/${name}.ts`,
          `import { migration } from ${JSON.stringify(source)};\nexport default migration({ ${options}, schema: "", ops: [] });\n`,
        );
      await mkdir("migrations");
      const place = join(folder, "migrations");
      await put("0001_first", "after: []");
      await put("0002_drop", 'after: ["0001_first"], phase: "after-deploy"');
      await migrate({ database, folder: place, phase: "before" });
      await put("0003_both", 'after: [], replaces: ["0001_first", "0002_drop"]');
      assert.equal(await findPending(database, place), undefined);
      await put("0002_drop", 'after: ["0001_first"]');
      assert.match((await findPending(database, place))!.message, /pending migrations: 0002_drop\.$/);
    } finally {
      await database.close();
    }
  });

  it("names the columns that are missing, and the migrations that have not run", async () => {
    const database = await createDatabase({ url: "sqlite::memory:", models: [Book], bind: false });
    try {
      await database.query(sql`CREATE TABLE behind_books (id integer PRIMARY KEY)`);
      const columns = await findPending(database, undefined);
      assert.match(columns!.message, /no column "behind_books\.title"\.$/);
      const source = new URL("../../migrations.ts", import.meta.url).href;
      const text = (phase: string): string =>
        `import { migration } from ${JSON.stringify(source)};\nexport default migration({ after: [], schema: "", ${phase}ops: [] });\n`;
      await mkdir("migrations");
      await writeFile("migrations/0001_first.ts", text(""));
      const due = await findPending(database, join(folder, "migrations"));
      assert.match(due!.message, /pending migrations: 0001_first\.$/);
      assert.match(due!.fix, /npx gable db migrate/);
    } finally {
      await database.close();
    }
  });
});

describe("a server that refuses connections", () => {
  const cases: ReadonlyArray<readonly [what: string, url: string, skip: string | false, reason: RegExp, fix: RegExp]> = [
    ["a dead server", "postgres://ann:s3cret-word@127.0.0.1:9/app", false, /^ECONNREFUSED$/, /Start the server/],
    ["a dead MariaDB", "mariadb://ann:s3cret-word@127.0.0.1:9/app", false, /^ECONNREFUSED$/, /Start the server/],
    ["an unknown role", "postgres://gable_nobody:s3cret-word@127.0.0.1:5432/postgres", skipPostgres, /^28/, /user and the password/],
    ["an unknown database", "postgres://postgres:s3cret-word@127.0.0.1:5432/gable_nothing", skipPostgres, /^3D000$/, /Create the database/],
    [
      "a wrong password",
      "mariadb://root:s3cret-word@127.0.0.1:3306/mysql",
      skipMariadb,
      /^ER_ACCESS_DENIED_ERROR$/,
      /user and the password/,
    ],
    ["an unknown MariaDB database", "mariadb://root@127.0.0.1:3306/gable_nothing", skipMariadb, /^ER_BAD_DB_ERROR$/, /Create the database/],
  ];
  for (const [what, url, skip, reason, fix] of cases)
    it(`fails at start with a fix, without the password: ${what}`, { skip }, async () => {
      const attempts = [
        () => createDatabase({ url, models: [Book] }),
        () => gable({ mode: "production", models: [Book], database: url, logger: silentLogger }).start(),
      ];
      for (const attempt of attempts) {
        const error: unknown = await attempt().then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        assert.ok(isGableError(error), String(error));
        assert.equal(error.code, "E_DATABASE_OPEN");
        assert.match(String(error.details["reason"]), reason);
        assert.match(error.message, new RegExp(`"${new URL(url).pathname.slice(1)}" on ${new URL(url).host.replaceAll(".", "\\.")}`));
        assert.match(error.fix, fix);
        assert.doesNotMatch(JSON.stringify(error.details) + error.message + error.fix + String(error.stack), /s3cret-word/);
      }
    });
});
