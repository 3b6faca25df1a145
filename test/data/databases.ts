/** Databases for tests: each available kind, with a separate database that is dropped afterwards. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe } from "node:test";
import { createConnection } from "mysql2/promise";
import pg from "pg";
import type { Database, DatabaseOptions } from "../../src/data/database.ts";
import { createDatabase } from "../../src/data/database.ts";
import { runStatement } from "../../src/data/run/execute.ts";
import { listJoinTables } from "../../src/data/schema/join-table.ts";
import { currentContext } from "../../src/data/run/context.ts";
import { assertParsed } from "./parsed-statements.ts";
import { transaction } from "../../src/data/run/transaction.ts";

const isRequired = process.env["GABLE_TEST_REQUIRE"] === "all";
/** A database of the server in which others may be made. */
const postgresUrl = process.env["GABLE_TEST_POSTGRES_URL"] ?? "postgres://postgres@127.0.0.1:5432/postgres";

function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    // A busy machine connects slowly. Where nobody listens, the answer needs no time.
    const socket = connect({ host: hostname, port: Number(port), timeout: isRequired ? 60_000 : 5_000 });
    const end = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.on("connect", () => end(true));
    socket.on("error", () => end(false));
    socket.on("timeout", () => end(false));
  });
}

/** A MariaDB server whose user can create databases. */
const mariadbUrl = process.env["GABLE_TEST_MARIADB_URL"] ?? "mariadb://root@127.0.0.1:3306/";

const [hasPostgres, hasMariadb] = await Promise.all([answers(postgresUrl), answers(mariadbUrl)]);
/** Why tests on MariaDB are skipped; false where they run. */
export const skipMariadb: string | false = hasMariadb || isRequired ? false : "no MariaDB here";
/** Why tests on PostgreSQL are skipped; false where they run. */
export const skipPostgres: string | false = hasPostgres || isRequired ? false : "no PostgreSQL here";

/** A MySQL server whose user can create databases; tests need its address. */
const mysqlUrl = process.env["GABLE_TEST_MYSQL_URL"] ?? "";
/** Why tests on MySQL are skipped; false where they run. */
export const skipMysql: string | false = mysqlUrl === "" ? "no MySQL at GABLE_TEST_MYSQL_URL" : false;

/** A place for a database, and what removes it. */
export interface DatabasePlace {
  readonly url: string;
  readonly remove: () => Promise<void>;
}

/** A kind of database. */
export interface DatabaseKind {
  readonly name: "SQLite" | "PostgreSQL" | "MariaDB" | "MySQL";
  readonly skip: string | false;
  /** Makes an empty database. */
  readonly place: () => Promise<DatabasePlace>;
}

/** A new file for a database of SQLite. */
export async function placeSqlite(): Promise<DatabasePlace> {
  const folder = await mkdtemp(join(tmpdir(), "gable-data-"));
  return { url: `sqlite:${join(folder, "test.db")}`, remove: () => rm(folder, { recursive: true }) };
}

/** A new database on the server. */
export async function placePostgres(): Promise<DatabasePlace> {
  assert.ok(hasPostgres, `GABLE_TEST_REQUIRE=all needs PostgreSQL at ${postgresUrl}, or at GABLE_TEST_POSTGRES_URL`);
  const name = `gable_${process.pid}_${randomBytes(6).toString("hex")}`;
  await runOnServer(`CREATE DATABASE ${name}`);
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  return { url: url.href, remove: () => runOnServer(`DROP DATABASE ${name} WITH (FORCE)`) };
}

/** Creates a database on the MariaDB server. */
export async function placeMariadb(): Promise<DatabasePlace> {
  assert.ok(hasMariadb, `GABLE_TEST_REQUIRE=all needs MariaDB at ${mariadbUrl}, or at GABLE_TEST_MARIADB_URL`);
  return placeOn(mariadbUrl);
}

/** Creates a database on the MySQL server. */
export function placeMysql(): Promise<DatabasePlace> {
  return placeOn(mysqlUrl);
}

async function placeOn(server: string): Promise<DatabasePlace> {
  const name = `gable_${process.pid}_${randomBytes(6).toString("hex")}`;
  await runOn(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, remove: async () => void (await runOn(server, `DROP DATABASE ${name}`)) };
}

/** Ends all connections to a database of MariaDB. */
export function endMariadb(name: string): Promise<void> {
  return endOn(mariadbUrl, name);
}

/** Ends all connections to a database of MySQL. */
export function endMysql(name: string): Promise<void> {
  return endOn(mysqlUrl, name);
}

async function endOn(server: string, name: string): Promise<void> {
  const rows = (await runOn(server, `SELECT id FROM information_schema.processlist WHERE db = '${name}'`)) as ReadonlyArray<{
    readonly id?: number;
    readonly ID?: number;
  }>; // MySQL has its names in capitals.
  for (const { id, ID = id } of rows) await runOn(server, `KILL ${ID}`).catch(() => undefined);
}

async function runOn(server: string, sql: string): Promise<unknown> {
  const client = await createConnection(server.replace(/^mariadb:/, "mysql:"));
  return (await client.query(sql).finally(() => client.end()))[0];
}

/** Runs a statement outside of the databases of the tests. */
export async function runOnServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Names of kinds: the others are left out. CI repeats the tests on other versions of Node with SQLite, which is a part of Node. */
const chosen = process.env["GABLE_TEST_DATABASES"]?.split(",");

/** All kinds that tests run on. */
export const databaseKinds: readonly DatabaseKind[] = (
  [
    { name: "SQLite", skip: false, place: placeSqlite },
    { name: "PostgreSQL", skip: skipPostgres, place: placePostgres },
    { name: "MariaDB", skip: skipMariadb, place: placeMariadb },
    { name: "MySQL", skip: skipMysql, place: placeMysql },
  ] satisfies readonly DatabaseKind[]
).filter(({ name }) => chosen?.includes(name) ?? true);

/** Removes all rows; numbers of keys begin at 1 again. */
async function emptyTables({ $core, models }: Database): Promise<void> {
  const metas = models.map(({ $meta }) => $meta);
  const tables = [...metas.map(({ table }) => table), ...listJoinTables(metas).map(({ join: { table } }) => table)].map((name) =>
    $core.dialect.quote(name),
  );
  const hasCounter = metas.some(({ primary, fields }) => primary.length === 1 && fields.get(primary[0]!)!.type === "id");
  const likeMariadb = [
    "SET foreign_key_checks = 0",
    ...tables.flatMap((table) => [`DELETE FROM ${table}`, `ALTER TABLE ${table} AUTO_INCREMENT = 1`]),
    "SET foreign_key_checks = 1",
  ];
  const statements = {
    postgres: [`TRUNCATE ${tables.join(", ")} RESTART IDENTITY CASCADE`],
    mariadb: likeMariadb,
    mysql: likeMariadb,
    // Children may come before their parents: constraints are checked at the end.
    sqlite: [
      "PRAGMA defer_foreign_keys = ON",
      ...tables.map((table) => `DELETE FROM ${table}`),
      ...(hasCounter ? ["DELETE FROM sqlite_sequence"] : []),
    ],
  }[$core.dialect.name];
  await transaction(
    async () => {
      for (const sql of statements) await runStatement(currentContext()!, { sql, parameters: [], rows: "none" }, true);
    },
    { database: { $core } },
  );
}

/** A database of a suite, with the statements that it has run. */
export interface TestDatabase {
  readonly kind: DatabaseKind["name"];
  readonly database: Database;
  /** The statements since the test began, or since `forget()`. */
  readonly statements: string[];
  readonly url: string;
}

/** Runs a suite on each kind of database, with the tables of models; every test begins with empty ones. */
export function describeOnDatabases(
  title: string,
  models: DatabaseOptions["models"] & readonly object[],
  suite: (open: () => TestDatabase) => void,
  options: Partial<DatabaseOptions> = {},
): void {
  for (const { name, skip, place } of databaseKinds) {
    describe(`${title} on ${name}`, { skip }, () => {
      let open: TestDatabase | undefined;
      let remove: DatabasePlace["remove"] | undefined;
      let check: (() => Promise<void>) | undefined;
      before(async () => {
        const made = await place();
        remove = made.remove;
        const statements: string[] = [];
        const all = new Set<string>();
        if (name === "PostgreSQL") check = () => assertParsed(all);
        const database = await createDatabase({
          url: made.url,
          models,
          onStatement: ({ sql }) => (statements.push(sql), all.add(sql)),
          ...options,
        });
        open = { kind: name, database, statements, url: made.url };
        await database.createTables();
      });
      after(async () => {
        await open?.database.close();
        await remove?.();
        await check?.();
      });
      beforeEach(async () => {
        await emptyTables(open!.database);
        open!.statements.length = 0;
      });
      suite(() => open!);
    });
  }
}
