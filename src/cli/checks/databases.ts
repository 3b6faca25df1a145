/** Checks of databases, and what their servers and files say. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { CheckFinding } from "gable";
import type { NamedDatabaseOptions } from "gable/data";
import type { Database, Databases } from "gable/data";
import { sql } from "gable/data";
import { previewMigrations, readStatus } from "gable/migrations";
import { findSqliteFile } from "../database-url.ts";
import type { Check, CheckSubject } from "./check.ts";
import { countProcesses } from "./processes.ts";

/** What a database says. */
export interface DatabaseFacts {
  /** Most connections that the server takes from this application; undefined for SQLite. */
  readonly connectionsMax?: number;
  /** What the role of the application may do: all on the server, change tables, or only what it was given; undefined for SQLite. */
  readonly role?: "superuser" | "owner" | "limited";
  /** Name of the network file system that a file of SQLite is on; undefined for one on a local disk. */
  readonly network?: string | undefined;
  /** Age of the newest copy below `var/backups`, in ms; undefined without one, null for a server. */
  readonly backupAgeMs?: number | null | undefined;
  /** What pending migrations do to tables with many rows. */
  readonly unsafe?: readonly UnsafeStep[];
}

/** A step of a pending migration that blocks or rewrites a big table. */
interface UnsafeStep {
  readonly migration: string;
  readonly operation: string;
  readonly risk: string;
  readonly recipe: string;
}

/** Number of rows from which on a table is big: reading it takes longer than visitors wait. */
const bigRows = 10_000;
const slowRisks: ReadonlySet<string> = new Set(["locks", "scans", "rewrites"]);
const weekMs = 7 * 86_400_000;
/** Network file systems of Linux by the numbers that statfs() returns. */
const networkTypes: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "SMB"],
  [0xfe534d42, "SMB"],
  [0x01021997, "9p"],
  [0x00c36400, "Ceph"],
  [0x5346414f, "AFS"],
  [0x6b414653, "AFS"],
  [0x47504653, "GPFS"],
  [0x0bd00bd0, "Lustre"],
  [0x01161970, "GFS2"],
  [0x7461636f, "OCFS2"],
]);

/** Returns the name of a network file system; undefined for a local one. */
export function findNetworkName(type: number): string | undefined {
  return networkTypes.get(type);
}

/** Reads what the databases of an application say. Changes nothing. */
export async function readDatabases(
  databases: Databases,
  { folder, options }: { readonly folder: string; readonly options: Readonly<Record<string, NamedDatabaseOptions>> },
): Promise<Readonly<Record<string, DatabaseFacts>>> {
  const facts: Record<string, DatabaseFacts> = {};
  for (const name of databases.names) {
    const database = databases.get(name);
    const file = findSqliteFile(options[name]?.url);
    const migrations = join(folder, "migrations");
    facts[name] = {
      ...(file !== undefined
        ? await readFile(resolve(folder, file), folder)
        : database.dialect === "sqlite"
          ? {}
          : await readServer(database)),
      unsafe: options[name]?.of === undefined && existsSync(migrations) ? await readUnsafe(database, migrations) : [],
    };
  }
  return facts;
}

async function readFile(file: string, folder: string): Promise<DatabaseFacts> {
  const { type } = await statfs(dirname(file));
  const copies = join(folder, "var", "backups");
  const times = existsSync(copies)
    ? readdirSync(copies)
        .filter((name) => name.endsWith(".db"))
        .map((name) => statSync(join(copies, name)).mtimeMs)
    : [];
  return {
    network: process.platform === "linux" ? findNetworkName(type) : undefined,
    backupAgeMs: times.length === 0 ? undefined : Date.now() - Math.max(...times),
  };
}

/** Both servers keep some connections for their administrators. */
async function readServer(database: Database): Promise<DatabaseFacts> {
  const [row] = await database.query<{ most: unknown; isSuper: unknown; isOwner: unknown }>(
    database.dialect === "postgres"
      ? sql`SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS most,
  (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS ${sql.identifier("isSuper")},
  EXISTS (SELECT 1 FROM pg_class WHERE relkind IN ('r', 'p') AND pg_get_userbyid(relowner) = current_user AND pg_table_is_visible(oid)) AS ${sql.identifier("isOwner")}`
      : sql`SELECT @@max_connections AS most,
  EXISTS (SELECT 1 FROM information_schema.user_privileges WHERE REPLACE(grantee, '''', '') = CURRENT_USER() AND privilege_type IN ('SUPER', 'CREATE USER')) AS ${sql.identifier("isSuper")},
  EXISTS (SELECT 1 FROM information_schema.schema_privileges WHERE REPLACE(grantee, '''', '') = CURRENT_USER() AND DATABASE() LIKE table_schema AND privilege_type = 'DROP') AS ${sql.identifier("isOwner")}`,
  );
  // PostgreSQL gives booleans, MariaDB numbers.
  const role = Number(row!.isSuper) === 1 ? "superuser" : Number(row!.isOwner) === 1 ? "owner" : "limited";
  return { connectionsMax: Number(row!.most), role, backupAgeMs: null };
}

async function readUnsafe(database: Database, folder: string): Promise<UnsafeStep[]> {
  const due = new Set((await readStatus({ database, folder })).filter(({ state }) => state !== "applied").map(({ name }) => name));
  const found: UnsafeStep[] = [];
  for (const { name, risks } of due.size === 0 ? [] : await previewMigrations({ database, folder }))
    for (const { risk, operation, recipe, assured, table } of due.has(name) ? risks : [])
      if (assured === undefined && slowRisks.has(risk) && (await isBig(database, table)))
        found.push({ migration: name, operation, risk, recipe });
  return found;
}

/** A table that a pending migration creates does not exist yet. */
async function isBig(database: Database, table: string): Promise<boolean> {
  const rows = await database
    .query(sql`SELECT 1 AS one FROM ${sql.identifier(table)} LIMIT 1 OFFSET ${sql.unsafe(String(bigRows - 1))}`)
    .catch(() => []);
  return rows.length > 0;
}

type NamedFacts = readonly [name: string, facts: DatabaseFacts, options: NamedDatabaseOptions];

/** Makes a check that looks at each database. */
function ofDatabases(
  id: string,
  find: (database: NamedFacts, subject: CheckSubject) => CheckFinding | readonly CheckFinding[] | undefined,
): Check {
  return {
    id,
    level: "warning",
    run: (subject) =>
      Object.entries(subject.facts.databases).flatMap(
        ([name, options]) => find([name, subject.databases?.[name] ?? {}, options], subject) ?? [],
      ),
  };
}

/** Whether a connection to another machine is not encrypted, by the options or the address. */
function isPlain({ url, tls }: NamedDatabaseOptions): boolean {
  if (url === undefined || url.startsWith("sqlite:") || !URL.canParse(url)) return false;
  const { hostname, searchParams } = new URL(url);
  const host = searchParams.get("host") ?? decodeURIComponent(hostname);
  if (host === "" || host === "localhost" || host === "[::1]" || host === "::1" || host.startsWith("/") || /^127(?:\.\d+){3}$/.test(host))
    return false;
  if (tls !== undefined) return tls === "off";
  return (
    /^(?:disable|allow|disabled)$/i.test(searchParams.get("sslmode") ?? "") || /^(?:false|0|off)$/i.test(searchParams.get("ssl") ?? "")
  );
}

/** Default number of connections of a pool. */
const poolDefault = 10;
const toDays = (ms: number): number => Math.floor(ms / 86_400_000);

/** The checks. */
export const databaseChecks: readonly Check[] = [
  ofDatabases("database.tls", ([name, , options]) =>
    isPlain(options)
      ? {
          message: `Queries and the password of the database "${name}" travel to ${new URL(options.url!).hostname} without TLS.`,
          fix: "Leave out the option tls, and sslmode in the address: connections to other machines then use TLS.",
        }
      : undefined,
  ),
  ofDatabases("database.pool", ([name, { connectionsMax }, { poolMax = poolDefault }], subject) => {
    const processes = countProcesses(subject);
    return connectionsMax === undefined || processes * poolMax <= connectionsMax
      ? undefined
      : {
          message: `${processes} ${processes === 1 ? "process" : "processes"} with ${poolMax} connections each can open ${processes * poolMax} connections to the database "${name}", and its server allows ${connectionsMax}.`,
          fix: "Lower poolMax of the database, run fewer workers, or raise max_connections of the server.",
        };
  }),
  ofDatabases("database.superuser", ([name, { role }]) =>
    role === "superuser"
      ? {
          message: `The site uses the database "${name}" as an administrator of its server: a mistake in one query can change everything on it.`,
          fix: "Create a role for the site that may read and write its tables only.",
        }
      : role === "owner"
        ? {
            message: `The role of the site may change and delete the tables of the database "${name}".`,
            fix: "Run migrations with this role, and the site with one that may only read and write rows.",
          }
        : undefined,
  ),
  ofDatabases("database.sqlite-network", ([name, { network }]) =>
    network === undefined
      ? undefined
      : {
          message: `The file of the database "${name}" is on a network disk (${network}): its locks do not work there, and the file can break.`,
          fix: "Keep the file on a local disk, or use PostgreSQL or MariaDB.",
        },
  ),
  ofDatabases("database.sqlite-backup", ([name, { backupAgeMs = Infinity }, { url }]) =>
    findSqliteFile(url) === undefined || backupAgeMs === null || backupAgeMs <= weekMs
      ? undefined
      : {
          message:
            backupAgeMs === Infinity
              ? `The database "${name}" has no copy in var/backups.`
              : `The newest copy of the database "${name}" in var/backups is ${toDays(backupAgeMs)} days old.`,
          fix: "Run `npx gable db backup` each day with a timer of the system, and move the copies to another machine.",
        },
  ),
  ofDatabases("migrations.unsafe", ([, { unsafe = [] }]) =>
    unsafe.map(({ migration, operation, risk, recipe }) => ({
      message: `${migration}: ${operation} (${risk}), on a table with many rows.`,
      fix: recipe,
    })),
  ),
];
