/** The kinds of databases: this is the only list of them. Each has a folder of `sql/` and a driver. */
import { GableError } from "../errors/gable-error.ts";
import type { Driver } from "./driver/contract.ts";
import type { Dialect } from "./sql/dialect.ts";

/** Options for connecting to a database. */
interface DriverOptions {
  readonly url?: string;
  readonly driver?: Driver;
  readonly poolMax?: number;
  readonly acquireTimeoutMs?: number;
  readonly statementTimeoutMs?: number;
  readonly tls?: "verify" | "encrypt" | "off";
  readonly prepare?: "named" | "off";
  readonly durability?: "normal" | "full";
}

/** The dialect and the driver of a database. */
interface OpenDriver {
  readonly dialect: Dialect;
  readonly driver: Driver;
}

/** The dialect of each kind. */
const dialects: Readonly<Record<Driver["dialect"], () => Promise<Dialect>>> = {
  sqlite: async () => (await import("./sql/sqlite/dialect.ts")).sqlite,
  postgres: async () => (await import("./sql/postgres/dialect.ts")).postgres,
  mariadb: async () => (await import("./sql/mariadb/dialect.ts")).mariadb,
  mysql: async () => (await import("./sql/mysql/dialect.ts")).mysql,
};

/** Opens the database for each scheme of an address. */
const schemes: Readonly<Record<string, (url: string, options: DriverOptions) => Promise<OpenDriver>>> = {
  sqlite: openSqlite,
  postgres: openPostgres,
  postgresql: openPostgres,
  mariadb: (url, options) => openMysql(url, options, "mariadb"),
  mysql: (url, options) => openMysql(url, options, "mysql"),
};

/** Opens the driver of a database. Throws `E_DATABASE_URL` for an address or a driver of an unknown kind. */
export async function openDriver(options: DriverOptions): Promise<OpenDriver> {
  const { url = "", driver } = options;
  if (driver !== undefined) return { driver, dialect: await loadDialect(driver.dialect) };
  const scheme = /^([a-z]+):/.exec(url)?.[1] ?? "";
  const open = Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined;
  if (open !== undefined) {
    // The message of the runtime would not say which address, and its error has the password.
    if (open !== openSqlite && !URL.canParse(url))
      throw new GableError("E_DATABASE_URL", `The address "${maskPassword(url)}" is not a valid URL.`, {
        fix: "Check the port, and write special characters in the user and the password as in encodeURIComponent().",
      });
    return open(url, options);
  }
  throw new GableError("E_DATABASE_URL", `The address "${maskPassword(url)}" names an unknown kind of database.`, {
    fix: "Use sqlite:path, postgres://user@host/name, mariadb://user@host/name or mysql://user@host/name.",
  });
}

async function loadDialect(name: Driver["dialect"]): Promise<Dialect> {
  if (Object.hasOwn(dialects, name)) return dialects[name]();
  throw new GableError("E_DATABASE_URL", `A driver has the unknown kind "${name}".`);
}

async function openSqlite(url: string, { durability = "normal", acquireTimeoutMs = 5_000 }: DriverOptions): Promise<OpenDriver> {
  const [{ createNodeSqlite }, dialect] = await Promise.all([import("./driver/node-sqlite.ts"), dialects.sqlite()]);
  return { dialect, driver: createNodeSqlite({ path: url.slice("sqlite:".length), durability, lockTimeoutMs: acquireTimeoutMs }) };
}

async function openPostgres(url: string, options: DriverOptions): Promise<OpenDriver> {
  const [{ createPg }, dialect] = await Promise.all([import("./driver/pg.ts"), dialects.postgres()]);
  return { dialect, driver: await createPg({ url, ...limitsOf(options), prepares: options.prepare !== "off" }) };
}

async function openMysql(url: string, options: DriverOptions, kind: "mariadb" | "mysql"): Promise<OpenDriver> {
  const [{ createMysql }, dialect] = await Promise.all([import("./driver/mysql.ts"), dialects[kind]()]);
  return { dialect, driver: await createMysql({ url, ...limitsOf(options) }, kind) };
}

/** Returns the limits of connections to a server, with their defaults. */
function limitsOf({ poolMax = 10, acquireTimeoutMs = 5_000, statementTimeoutMs = 30_000, tls }: DriverOptions): {
  readonly poolMax: number;
  readonly acquireTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly tls: DriverOptions["tls"];
} {
  return { poolMax, acquireTimeoutMs, statementTimeoutMs, tls };
}

/** Hides the password of an address. */
function maskPassword(url: string): string {
  return url.replace(/(:\/\/[^/:@]*):.*@/s, "$1:***@"); // To the last @: a password that is not encoded may have others.
}
