/** PostgreSQL on `pg`: a pool of connections, each with its prepared statements. */
import type { Client, ClientConfig, QueryConfig } from "pg";
import { GableError } from "../../errors/gable-error.ts";
import { RecentCache } from "../schema/recent-cache.ts";
import type { Driver, Statement, StatementResult } from "./contract.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import type { ServerOptions, ServerSession } from "./server.ts";
import { ServerDriver } from "./server.ts";
import { assertServer } from "./server-version.ts";
import { readTls, readTlsError } from "./tls.ts";

/** Longest wait for a lock, and longest idle time inside a transaction, in ms. */
const [lockTimeoutMs, restTimeoutMs] = [10_000, 60_000];
/** Most prepared statements of one connection. */
const statementsMax = 500;

/** Opens a pool, which connects when it needs a connection. Throws `E_DRIVER_MISSING` without the package `pg`. */
export async function createPg(options: ServerOptions): Promise<Driver> {
  const makeClient = await loadClients(options);
  const { prepares = true } = options;
  let isKnown = false;
  const open = async (): Promise<PgSession> => {
    const client = makeClient();
    const session = new PgSession(client, makeClient, prepares);
    try {
      await client.connect();
      if (!isKnown) assertServer("postgres", await readVersion(client));
      isKnown = true;
    } catch (error) {
      session.close();
      throw readTlsError(error);
    }
    return session;
  };
  return new ServerDriver({ dialect: "postgres", open, beginning: "BEGIN", isRefusal }, options);
}

/** Returns what makes clients that are not connected yet. Throws `E_DRIVER_MISSING` without the package `pg`. */
export async function loadClients({ url, acquireTimeoutMs, statementTimeoutMs, tls }: ServerOptions): Promise<() => Client> {
  const module = await import("pg").catch((error: unknown) => {
    throw new GableError("E_DRIVER_MISSING", "The package pg is not installed.", { fix: "Run: npm install pg", cause: error });
  });
  const ssl = readTls(url, tls);
  const config: ClientConfig = {
    connectionString: url,
    ...(ssl !== undefined && { ssl }),
    application_name: "gable",
    connectionTimeoutMillis: acquireTimeoutMs,
    options: `-c TimeZone=UTC -c statement_timeout=${statementTimeoutMs} -c lock_timeout=${lockTimeoutMs} -c idle_in_transaction_session_timeout=${restTimeoutMs}`,
    types: { getTypeParser: parserOf } as unknown as NonNullable<ClientConfig["types"]>, // Its type has one function for each format; all values arrive as strings.
  };
  return () => new module.default.Client(config);
}

/** Whether an error has a SQLSTATE, and so comes from the server. Each has a digit; codes of the system, such as EPIPE, have none. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^(?=.*[0-9])[0-9A-Z]{5}$/.test(String(error.code));
}

type Parse = (text: string) => DriverValue;

const toNumber: Parse = Number;
/** Parses 64-bit integers: those that a number cannot hold become bigint. */
const toWhole: Parse = (text) => {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
};

/** Parsers of values that are not strings, by the number of their type (pg_type.oid). */
const parsers: ReadonlyMap<number, Parse> = new Map<number, Parse>([
  [16, (text) => text === "t"],
  [17, (text) => Buffer.from(text.slice(2), "hex")],
  [20, toWhole],
  [21, toNumber],
  [23, toNumber],
  [26, toNumber],
  [700, toNumber],
  [701, toNumber],
]);
const asText: Parse = (text) => text;

function parserOf(type: number): Parse {
  return parsers.get(type) ?? asText;
}

async function readVersion(client: Client): Promise<string> {
  const { rows } = await client.query<[version: string]>({ text: "SHOW server_version", rowMode: "array" });
  return rows[0]![0];
}

const noRows: StatementResult["rows"] = [];

/** Result of the driver for a statement. */
interface Result {
  readonly rows: StatementResult["rows"];
  readonly rowCount: number | null;
  readonly fields: ReadonlyArray<{ readonly name: string }>;
}

function toResult({ rows, rowCount, fields }: Result, wanted: Statement["rows"], wantsNames: boolean): StatementResult {
  const result = { rows: wanted === "arrays" ? rows : noRows, affected: rowCount ?? 0, insertId: 0 };
  return wantsNames ? { ...result, names: fields.map(({ name }) => name) } : result;
}

/**
 * A prepared statement for the driver, which copies the own properties of its argument before it runs it (about 3 us for
 * four of them). Here there is only one; the others belong to the class.
 */
class PreparedConfig {
  readonly parts: readonly [name: string, text: string, values: Statement["parameters"]];

  constructor(name: string, text: string, values: Statement["parameters"]) {
    this.parts = [name, text, values];
  }

  get name(): string {
    return this.parts[0];
  }

  get text(): string {
    return this.parts[1];
  }

  get values(): Statement["parameters"] {
    return this.parts[2];
  }

  get rowMode(): "array" {
    return "array";
  }
}

/** One session of the server. */
class PgSession implements ServerSession {
  readonly client: Client;
  isUsable = true;
  /** Names of prepared statements by SQL. */
  readonly #names: RecentCache<string>;
  readonly #dropped: string[] = [];
  readonly #makeClient: () => Client;
  /** Whether a query is running, and the queries that wait for it. */
  #isBusy = false;
  readonly #waiting: Array<() => void> = [];
  #lastName = 0;
  #cursors = 0;
  readonly #prepares: boolean;

  constructor(client: Client, makeClient: () => Client, prepares: boolean) {
    this.client = client;
    this.#prepares = prepares;
    this.#makeClient = makeClient;
    this.#names = new RecentCache(statementsMax, (name) => this.#dropped.push(name));
    const leave = (): void => {
      this.isUsable = false;
    };
    // An idle connection that breaks must not end the process.
    client.on("error", leave);
    client.on("end", leave);
  }

  /** Runs a statement that each connection prepares once. */
  run(statement: Statement): Promise<StatementResult> {
    return this.#dropped.length > 0 ? this.#deallocate().then(() => this.#run(statement)) : this.#run(statement);
  }

  // With a callback: otherwise the driver would create a second promise.
  #run({ sql, parameters, rows, wantsNames = false }: Statement): Promise<StatementResult> {
    return new Promise((resolve, reject) => {
      const isControl = rows === "none" && parameters.length === 0;
      const config = isControl ? { text: sql } : new PreparedConfig(this.#nameOf(sql), sql, parameters);
      this.#send(config, (error, result) => {
        if (error !== null && error !== undefined) reject(error as Error); // The driver returns errors.
        else resolve(toResult(result, rows, wantsNames));
      });
    });
  }

  /** Sends a query as soon as the one before has ended, because the driver only accepts one at a time. */
  #send(config: object, done: (error: unknown, result: Result) => void): void {
    const start = (): void => {
      const query = config as unknown as QueryConfig; // The driver's types do not allow rowMode with a callback.
      this.client.query(query, (error: unknown, result: Result) => {
        const next = this.#waiting.shift();
        if (next === undefined) this.#isBusy = false;
        else next();
        done(error, result);
      });
    };
    if (this.#isBusy) this.#waiting.push(start);
    else {
      this.#isBusy = true;
      start();
    }
  }

  /** Sends a query without preparing it. */
  #query(config: object): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#send(config, (error, result) => {
        if (error !== null && error !== undefined) reject(error as Error); // The driver returns errors.
        else resolve(result);
      });
    });
  }

  /** Returns the name of a prepared statement; "" for one that is not cached. */
  #nameOf(sql: string): string {
    if (!this.#prepares) return "";
    const known = this.#names.get(sql);
    if (known !== undefined) return known;
    const name = `gable_${++this.#lastName}`;
    this.#names.set(sql, name);
    return name;
  }

  /** Drops prepared statements that were not used for long, because they take memory of the server. */
  async #deallocate(): Promise<void> {
    const names = this.#dropped.splice(0);
    await this.#query({ text: names.map((name) => `DEALLOCATE ${name}`).join("; ") });
  }

  async cancel(): Promise<void> {
    const other = this.#makeClient();
    // A connection that breaks must not end the process.
    other.on("error", () => undefined);
    try {
      await other.connect();
      const { processID: id } = this.client as unknown as { readonly processID: number }; // Its types lack it.
      await other.query("SELECT pg_cancel_backend($1)", [id]);
    } catch {
      // The time limit of the server ends the statement.
    }
    await other.end().catch(() => undefined);
  }

  async *cursor(statement: Statement, batch: number, isInTransaction: boolean): AsyncGenerator<ReadonlyArray<readonly DriverValue[]>> {
    // A cursor needs a transaction: that of the caller, or a separate one.
    const name = `gable_cursor_${++this.#cursors}`;
    if (!isInTransaction) await this.#plain("BEGIN READ ONLY");
    try {
      const values = [...statement.parameters];
      await this.#query({ text: `DECLARE ${name} NO SCROLL CURSOR FOR ${statement.sql}`, values });
      for (;;) {
        const found = await this.#plain(`FETCH FORWARD ${batch} FROM ${name}`, "arrays");
        if (found.rows.length > 0) yield found.rows;
        if (found.rows.length < batch) return;
      }
    } finally {
      await this.#plain(isInTransaction ? `CLOSE ${name}` : "ROLLBACK").catch(() => undefined);
    }
  }

  /** Runs a statement without values, which is not worth a name. */
  async #plain(sql: string, rows: Statement["rows"] = "none"): Promise<StatementResult> {
    const result = await this.#query({ text: sql, rowMode: "array" });
    return { rows: rows === "arrays" ? result.rows : [], affected: 0, insertId: 0 };
  }

  close(): void {
    this.isUsable = false;
    // It no longer matters whether the server receives it.
    this.client.end().catch(() => undefined);
  }
}
