/** Databases in tests: what a test writes is rolled back when it ends. */
import { appendFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { after, afterEach, before, beforeEach } from "node:test";
import type { Application } from "gable";
import type { Database } from "gable/data";
import { sql } from "gable/data";
import { beginTestQueries, endTestQueries } from "./count-queries.ts";
import { clearOutbox } from "./outbox.ts";
import { testLeaks } from "./leaks.ts";
import { clearTasks } from "./tasks.ts";
import { addTestApp, keepTestApp, removeTestApp } from "./test-apps.ts";
import { assertTestOptions, testError } from "./test-error.ts";

/** How tests get their database. */
export interface TestDatabaseOptions {
  /**
   * Where the tables of an application come from: `migrations` runs its migrations, `models` creates the tables that the models
   * describe, which is faster, `none` leaves the database as it is. Default "migrations" if the folder has any, else "models".
   */
  readonly tables?: "migrations" | "models" | "none";
  /** Folder of the migrations. Default "migrations". */
  readonly folder?: string;
}

/**
 * Runs each test of a file or a suite in a transaction that is rolled back.
 *
 * The database itself holds the transaction, so requests over a socket are inside, too. Transactions of the code become savepoints;
 * what `onCommit()` was given runs when they end.
 *
 * The report of a test that fails has the statements that it sent.
 *
 * Leaks fail the test as with `testLeaks()`, and so does a transaction that is still open when the test ends.
 *
 * For an application it also creates the tables, empties the outbox and the tasks before each test, and stops the application
 * after the last one. A database in a file of SQLite is replaced by one in memory, so that files of tests that run at the same
 * time never wait for each other. Call it before the application starts. Throws `E_OPTION_INVALID`.
 *
 * @example
 * testDatabase(app);
 */
export function testDatabase(database: Application | Database | (() => Database), options: TestDatabaseOptions = {}): void {
  assertOptions(options);
  const isApplication = typeof database === "object" && "listener" in database;
  if (isApplication) prepareApplication(database, options);
  testLeaks();
  let rollBacks: Array<() => Promise<void>> = [];
  beforeEach(async () => {
    const databases = isApplication ? databasesOf(database) : [typeof database === "function" ? database() : database];
    for (const each of databases) rollBacks.push(await each.isolate());
    if (isApplication) clearFakes(database);
    beginTestQueries();
  });
  afterEach(async (context) => {
    const statements = endTestQueries();
    if ("passed" in context && !context.passed) for (const line of statements) context.diagnostic(line);
    const ending = rollBacks.toReversed();
    rollBacks = [];
    for (const rollBack of ending) await rollBack();
  });
}

/** Forgets the mails and the tasks of a test. */
function clearFakes(app: Application): void {
  if (app.options.mail !== undefined) clearOutbox(app);
  if (app.options.tasks !== undefined) clearTasks(app);
}

function prepareApplication(app: Application, options: TestDatabaseOptions): void {
  addTestApp(app);
  const { release } = keepTestApp(app);
  before(async () => {
    moveDatabases(app, process.env["GABLE_TEST_KEEP"]);
    await app.start();
    await createTables(app, options);
  });
  after(async () => {
    removeTestApp(app);
    release();
    await app.close();
  });
}

/**
 * Replaces files of SQLite by databases in memory: several files of tests write at the same time. With a folder of
 * `gable test --keep-database`, each process has separate files there.
 */
function moveDatabases(app: Application, folder: string | undefined): void {
  const { databases } = app.describe();
  if (folder !== undefined) noteKept(databases, folder);
  const isMoved = (url: string | undefined): boolean => isFile(url) || (folder !== undefined && isSqlite(url));
  if (!Object.values(databases).some(({ url }) => isMoved(url))) return;
  const changed = Object.entries(databases).map(([name, given]) => [
    name,
    isMoved(given.url) ? { ...given, url: folder === undefined ? "sqlite::memory:" : `sqlite:${keptFileOf(folder, name)}` } : given,
  ]);
  // By the same names.
  app.replaceDatabases(Object.fromEntries(changed) as typeof databases);
}

/** One file for each process of tests, named after its file of tests. */
function keptFileOf(folder: string, name: string): string {
  const program = basename(process.argv[1] ?? "tests").replace(/\.[cm]?[jt]s$/, "");
  return join(folder, `${program}-${process.pid}-${name}.db`);
}

/** Notes where the databases are, for the command that prints it. An address of a server has a password. */
function noteKept(databases: ReturnType<Application["describe"]>["databases"], folder: string): void {
  const lines = Object.entries(databases).flatMap(([name, { url, of }]) => {
    if (url === undefined || of !== undefined) return [];
    return [JSON.stringify({ name, place: isSqlite(url) ? keptFileOf(folder, name) : withoutPassword(url) })];
  });
  mkdirSync(folder, { recursive: true });
  if (lines.length > 0) appendFileSync(join(folder, "databases.jsonl"), `${lines.join("\n")}\n`);
}

function withoutPassword(text: string): string {
  const url = new URL(text);
  url.password = "";
  url.search = "";
  return url.href;
}

function isSqlite(url: string | undefined): boolean {
  return url?.startsWith("sqlite:") === true;
}

function isFile(url: string | undefined): boolean {
  return isSqlite(url) && url !== "sqlite::memory:";
}

async function createTables(app: Application, { tables, folder = "migrations" }: TestDatabaseOptions): Promise<void> {
  const chosen = tables ?? (hasMigrations(folder) ? "migrations" : "models");
  if (chosen === "none") return;
  for (const database of databasesOf(app)) {
    if (chosen === "migrations" && database === app.database()) {
      const { migrate } = await import("gable/migrations");
      await migrate({ database, folder });
    } else await createMissingTables(database);
  }
}

function hasMigrations(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).some((file) => /\.[cm]?[jt]s$/.test(file));
}

/** Another process may create the same tables on a server at the same time. */
async function createMissingTables(database: Database): Promise<void> {
  if (await hasTables(database)) return;
  try {
    await database.createTables();
  } catch (error) {
    if (!(await hasTables(database))) throw error;
  }
}

/** Whether the tables were created before, for example by another file of tests that uses the same server. */
async function hasTables(database: Database): Promise<boolean> {
  const [model] = database.models;
  if (model === undefined) return true;
  try {
    await database.query(sql`SELECT 1 FROM ${model} LIMIT 1`);
    return true;
  } catch {
    return false;
  }
}

/** The databases of an application that are written to. */
function databasesOf(app: Application): Database[] {
  return Object.entries(app.describe().databases).flatMap(([name, { of }]) => (of === undefined ? [app.database(name)] : []));
}

function assertOptions(options: TestDatabaseOptions): void {
  assertTestOptions("testDatabase()", options, { tables: true, folder: true } satisfies Record<keyof TestDatabaseOptions, true>);
  const { tables, folder } = options;
  if (tables !== undefined && !["migrations", "models", "none"].includes(tables))
    throw testError("E_TEST_SETUP", `testDatabase(): tables is ${JSON.stringify(tables)}.`, 'Pass "migrations", "models" or "none".');
  if (folder !== undefined && typeof folder !== "string")
    throw testError("E_TEST_SETUP", `testDatabase(): folder is ${JSON.stringify(folder)}.`, "Pass the path of a folder.");
}
