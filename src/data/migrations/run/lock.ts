/** The lock of migrations: of two deploys at once, one runs and the other waits. It ends with the process that holds it. */
import { setTimeout as wait } from "node:timers/promises";
import { GableError } from "../../../errors/gable-error.ts";
import type { Session } from "./session.ts";

/** A number that nobody else locks: "gable" in ASCII. */
const lockNumber = "444234460261";
/** How often is asked for a lock that another one holds, in ms. */
const askMs = 200;

/** Takes the lock. Gives what sets it free. Throws `E_MIGRATION_LOCKED` when another process holds it for too long. */
export async function lockMigrations(session: Session, waitSeconds: number): Promise<() => Promise<void>> {
  const lock = { sqlite: lockSqlite, postgres: lockPostgres, mariadb: lockMariadb, mysql: lockMariadb }[session.dialect.name];
  const until = performance.now() + waitSeconds * 1_000;
  const attempt = await lock(session);
  for (;;) {
    const free = await attempt.take();
    if (free !== undefined) return free;
    if (performance.now() >= until)
      throw new GableError("E_MIGRATION_LOCKED", `Another process migrates the database${await attempt.holder()}.`, {
        details: { waitSeconds },
      });
    await wait(Math.min(askMs, Math.max(1, until - performance.now())));
  }
}

/** A way to the lock of one kind of database. */
interface LockAttempt {
  /** Gives what sets the lock free, or undefined while another one has it. */
  take(): Promise<(() => Promise<void>) | undefined>;
  /** Who has it, as the end of a sentence; "" when nobody knows. */
  holder(): Promise<string>;
}

async function lockPostgres(session: Session): Promise<LockAttempt> {
  return {
    async take() {
      const [row] = await session.read(`SELECT pg_try_advisory_lock(${lockNumber}) AS taken`);
      return row!["taken"] === true ? async () => void (await session.read(`SELECT pg_advisory_unlock(${lockNumber})`)) : undefined;
    },
    async holder() {
      const [row] = await session.read(
        `SELECT l.pid AS pid, coalesce(host(a.client_addr), 'a local socket') AS address FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid ` +
          `WHERE l.locktype = 'advisory' AND l.granted AND ((l.classid::bigint << 32) | l.objid::bigint) = ${lockNumber}`,
      );
      return row === undefined ? "" : `: the session ${row["pid"]} from ${row["address"]}`;
    },
  };
}

async function lockMariadb(session: Session): Promise<LockAttempt> {
  const name = "sha2(concat('gable_migrations ', database()), 256)";
  return {
    async take() {
      const [row] = await session.read(`SELECT GET_LOCK(${name}, 0) AS taken`);
      return Number(row!["taken"]) === 1 ? async () => void (await session.read(`SELECT RELEASE_LOCK(${name})`)) : undefined;
    },
    async holder() {
      const [row] = await session.read(`SELECT IS_USED_LOCK(${name}) AS id`);
      return row?.["id"] === null || row === undefined ? "" : `: the connection ${row["id"]}`;
    },
  };
}

/** A second database beside the file: its lock is one of the system, which ends with the process. */
async function lockSqlite(session: Session): Promise<LockAttempt> {
  const files = await session.read("PRAGMA database_list");
  const path = String(files.find(({ name }) => name === "main")?.["file"] ?? "");
  if (path === "") return { take: async () => async () => undefined, holder: async () => "" };
  const { DatabaseSync } = await import("node:sqlite");
  const file = new DatabaseSync(`${path}-migrate`);
  file.exec("PRAGMA busy_timeout = 0");
  return {
    async take() {
      try {
        file.exec("BEGIN EXCLUSIVE");
      } catch (error) {
        // SQLITE_BUSY: another process has it (sqlite.org/rescode.html).
        if (error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === 5) return undefined;
        file.close();
        throw error;
      }
      return async () => file.close();
    },
    async holder() {
      file.close();
      return ` (it holds ${path}-migrate)`;
    },
  };
}
