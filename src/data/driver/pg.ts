/** PostgreSQL on `pg`: a pool of connections, each with its prepared statements. */
import type { Client, ClientConfig } from "pg";
import { GableError } from "../../errors/gable-error.ts";
import { RecentCache } from "../schema/recent-cache.ts";
import type { Driver, Statement, StatementResult } from "./contract.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import type { PgCallback, PgResult, PgStatement, Prepared } from "./pg-query.ts";
import { CloseStatements, PlainQuery, PreparedQuery } from "./pg-query.ts";
import type { ServerOptions, ServerSession } from "./server.ts";
import { ServerDriver } from "./server.ts";
import { assertEncoding, assertServer } from "./server-version.ts";
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
      if (!isKnown) await checkServer(client);
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
  // As the doubles that they equal: their shortest digits would be another number.
  [700, (text) => Math.fround(Number(text))],
  [701, toNumber],
  // The value of a char(n) column ends before the blanks that fill it.
  [1042, (text) => text.replace(/ +$/, "")],
]);

function parserOf(type: number): Parse | undefined {
  return parsers.get(type);
}

async function checkServer(client: Client): Promise<void> {
  const text = "SELECT current_setting('server_version'), current_setting('server_encoding')";
  const { rows } = await client.query<[version: string, encoding: string]>({ text, rowMode: "array" });
  const [version, encoding] = rows[0]!;
  assertServer("postgres", version);
  assertEncoding(encoding);
}

const noRows: StatementResult["rows"] = [];
const noResult = (): void => undefined;

function toResult({ rows, count, names }: PgResult, wanted: Statement["rows"], wantsNames: boolean): StatementResult {
  const result = { rows: wanted === "arrays" ? rows : noRows, affected: count, insertId: 0 };
  return wantsNames ? { ...result, names } : result;
}

/** One session of the server. */
class PgSession implements ServerSession {
  readonly client: Client;
  isUsable = true;
  /** Prepared statements by SQL. */
  readonly #prepared: RecentCache<Prepared>;
  /** Names of statements to drop. */
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
    this.#prepared = new RecentCache(statementsMax, ({ name }) => this.#dropped.push(name));
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

  #run({ sql, parameters, rows, wantsNames = false }: Statement): Promise<StatementResult> {
    const isControl = rows === "none" && parameters.length === 0;
    const prepared = isControl ? undefined : this.#prepare(sql);
    return this.#send(
      (done) =>
        prepared === undefined ? new PlainQuery(sql, parserOf, done) : new PreparedQuery(prepared, sql, parameters, parserOf, done),
      (result) => toResult(result, rows, wantsNames),
    );
  }

  /** Sends a statement as soon as the one before has ended, because the driver only accepts one at a time. */
  #send<Result>(make: (done: PgCallback) => PgStatement, toWanted: (result: PgResult) => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      const start = (): void => {
        const statement = make((error, result) => {
          const next = this.#waiting.shift();
          if (next === undefined) this.#isBusy = false;
          else next();
          if (result === undefined) reject(error as Error); // The driver returns errors.
          else resolve(toWanted(result));
        });
        this.client.query(statement);
      };
      if (this.#isBusy) this.#waiting.push(start);
      else {
        this.#isBusy = true;
        start();
      }
    });
  }

  /** Returns the prepared statement of a SQL string; one without a name is not kept. */
  #prepare(sql: string): Prepared {
    if (!this.#prepares) return { name: "" };
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const prepared = { name: `gable_${++this.#lastName}` };
    this.#prepared.set(sql, prepared);
    return prepared;
  }

  /** Drops prepared statements that were not used for long, because they take memory of the server. */
  async #deallocate(): Promise<void> {
    const names = this.#dropped.splice(0);
    await this.#send((done) => new CloseStatements(names, parserOf, done), noResult);
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
      const sql = `DECLARE ${name} NO SCROLL CURSOR FOR ${statement.sql}`;
      await this.#send((done) => new PreparedQuery({ name: "" }, sql, statement.parameters, parserOf, done), noResult);
      for (;;) {
        const { rows } = await this.#plain(`FETCH FORWARD ${batch} FROM ${name}`);
        if (rows.length > 0) yield rows;
        if (rows.length < batch) return;
      }
    } finally {
      await this.#plain(isInTransaction ? `CLOSE ${name}` : "ROLLBACK").catch(() => undefined);
    }
  }

  /** Runs a statement without values, which is not worth a name. */
  #plain(sql: string): Promise<PgResult> {
    return this.#send(
      (done) => new PlainQuery(sql, parserOf, done),
      (result) => result,
    );
  }

  close(): void {
    this.isUsable = false;
    // It no longer matters whether the server receives it.
    this.client.end().catch(() => undefined);
  }
}
