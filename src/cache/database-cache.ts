/** A cache in a table of the application's database, which all processes and machines share. */
import { createHash } from "node:crypto";
import type { Database } from "../data/database.ts";
import { currentContext } from "../data/run/context.ts";
import { repeatConflicts, transaction } from "../data/run/transaction.ts";
import { sql } from "../data/tree/functions.ts";
import { GableError } from "../errors/gable-error.ts";
import type { cacheModel } from "./cache-model.ts";
import type { CacheStore, CacheWriteOptions } from "./cache-store.ts";
import { numberRefused } from "./counter.ts";

/** The model of the table of the cache. */
type CacheModel = ReturnType<typeof cacheModel>;

/** What the table keeps: a whole number, to which the database can add, or bytes, which every database compares exactly. */
type Content = { readonly data: Uint8Array; readonly number: null } | { readonly data: null; readonly number: bigint };

/** Largest text, in bytes of UTF-8: less than a statement of every database may have. */
const textBytesMax = 4_194_304;
const retriesMax = 10;
const sumMax = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Creates a store in a database that has the model. All processes with this database share it.
 *
 * Their clocks must agree. The store takes no part in transactions: inside one, SQLite, which has one writer, throws
 * `E_CACHE_TRANSACTION` for each write. A value of more than 4 MiB is not kept.
 * `gable({ cache: { store: "database" } })` finds the model on its own.
 */
export function databaseCache(database: Database, model: CacheModel): CacheStore {
  return new DatabaseCache(database, model);
}

class DatabaseCache implements CacheStore {
  readonly #database: Database;
  readonly #model: CacheModel;

  constructor(database: Database, model: CacheModel) {
    this.#database = database;
    this.#model = model;
  }

  read(keys: readonly string[]): Promise<ReadonlyArray<string | undefined>> {
    const ids = keys.map(toId);
    return this.#run("read", async () => {
      if (ids.length === 0) return [];
      const rows = await this.#model
        .where({ key: { in: [...new Set(ids)] }, expiresAtMs: { gt: BigInt(Date.now()) } })
        .on("primary")
        .select({ key: true, data: true, number: true });
      const texts = new Map(
        rows.map(({ key, data, number }) => [
          key,
          data === null ? String(number) : new TextDecoder("utf-8", { ignoreBOM: true }).decode(data),
        ]),
      );
      return ids.map((id) => texts.get(id));
    });
  }

  write(key: string, text: string, { ttlMs, onlyNew = false, onlyText }: CacheWriteOptions): Promise<boolean> {
    const id = toId(key);
    const isKept = Buffer.byteLength(text) <= textBytesMax;
    const content = toContent(isKept ? text : "");
    return this.#run("write", async () => {
      const now = Date.now();
      if (!isKept) {
        // What it would replace must not come back.
        if (!onlyNew && onlyText === undefined) await this.#model.where({ key: id }).delete();
        return false;
      }
      const row = { ...content, expiresAtMs: toExpiry(now, ttlMs) };
      const update = async (condition: { readonly expiresAtMs?: { readonly lte?: bigint; readonly gt?: bigint } }): Promise<boolean> =>
        (await this.#model.where({ key: id }, condition, onlyText === undefined ? {} : toContent(onlyText)).update(row)) > 0;
      if (onlyText !== undefined) return !onlyNew && update({ expiresAtMs: { gt: BigInt(now) } });
      const insert = async (): Promise<boolean> =>
        (await this.#model.createMany([{ key: id, ...row }], { onConflict: "ignore" })).length > 0;
      if (onlyNew) return (await update({ expiresAtMs: { lte: BigInt(now) } })) || insert();
      // Neither happens only when others write and delete the key in between.
      while (!((await update({})) || (await insert())));
      return true;
    });
  }

  async delete(key: string, onlyText?: string): Promise<void> {
    const condition = onlyText === undefined ? {} : toContent(onlyText);
    await this.#run("write", () => this.#model.where({ key: toId(key) }, condition).delete());
  }

  async increment(key: string, by: number, ttlMs: number): Promise<number> {
    return this.#run("write", () => this.#add(toId(key), BigInt(by), ttlMs));
  }

  async deleteExpired(rowsMax: number): Promise<number> {
    return this.#run("write", async () => {
      const isExpired = { expiresAtMs: { lte: BigInt(Date.now()) } };
      const rows = await this.#model.where(isExpired).orderBy("expiresAtMs").limit(rowsMax).select({ key: true });
      if (rows.length === 0) return 0;
      // Asked again: it may have been written meanwhile.
      return this.#model.where({ key: { in: rows.map(({ key }) => key) } }, isExpired).delete();
    });
  }

  /** Adds in one statement. MySQL assigns from left to right, the others in one step: the time comes last. Throws `E_CACHE_VALUE`. */
  async #add(id: string, by: bigint, ttlMs: number): Promise<number> {
    const { dialect } = this.#database;
    const now = Date.now();
    const expiry = toExpiry(now, ttlMs);
    const isOld = sql`gable_cache.expires_at_ms <= ${BigInt(now)}`;
    const set = sql`number = CASE WHEN ${isOld} THEN ${by} ELSE gable_cache.number + ${by} END,
      data = CASE WHEN ${isOld} THEN NULL ELSE gable_cache.data END,
      expires_at_ms = CASE WHEN ${isOld} THEN ${expiry} ELSE gable_cache.expires_at_ms END`;
    if (dialect === "sqlite" || dialect === "postgres")
      // Nothing is changed and returned when the sum would leave the limits.
      return toSum(
        await this.#database.query(sql`INSERT INTO gable_cache ("key", number, expires_at_ms) VALUES (${id}, ${by}, ${expiry})
          ON CONFLICT ("key") DO UPDATE SET ${set}
          WHERE ${isOld} OR gable_cache.number + ${by} BETWEEN ${-sumMax} AND ${sumMax} RETURNING number`),
      );
    // MySQL and MariaDB have no such condition: an error rolls the sum back. The row stays locked until it has been read.
    return transaction(
      async () => {
        await this.#database.query(
          sql`INSERT INTO gable_cache (\`key\`, number, expires_at_ms) VALUES (${id}, ${by}, ${expiry}) ON DUPLICATE KEY UPDATE ${set}`,
        );
        return toSum(await this.#database.query(sql`SELECT number FROM gable_cache WHERE \`key\` = ${id}`));
      },
      { database: this.#database },
    );
  }

  /** Runs outside of the transaction of the caller, so that its rollback changes nothing here. Repeats after conflicts. */
  async #run<Result>(kind: "read" | "write", work: () => Promise<Result>): Promise<Result> {
    return repeatConflicts(retriesMax, this.#isInside(kind) ? work : () => this.#database.run(work));
  }

  /** Whether to use the transaction of the caller after all, because work outside of it would wait for its end. */
  #isInside(kind: "read" | "write"): boolean {
    const { $core: core } = this.#database;
    const current = currentContext();
    const open = current?.database === core ? current.transaction : undefined;
    if (open === undefined || open.isEnded) return false;
    // A test isolates the database: there is only its transaction.
    if (core.context.transaction !== undefined) return true;
    // SQLite has one writer. While the caller is it, nothing else writes: what it reads is what is committed.
    if (core.dialect.name !== "sqlite" || open.isReadOnly) return false;
    if (kind === "read") return true;
    throw new GableError("E_CACHE_TRANSACTION", "The cache cannot write to SQLite inside a transaction, which is the only writer.");
  }
}

/** Reads the number that a statement has changed. */
function toSum([row]: ReadonlyArray<{ readonly number: number | bigint | string | null }>): number {
  const sum = row?.number ?? undefined;
  if (sum === undefined || !Number.isSafeInteger(Number(sum))) throw numberRefused();
  return Number(sum);
}

/** The key in the table: every key has one, of the same length, whatever characters it has. */
function toId(key: string): string {
  return createHash("sha256").update(key, "utf16le").digest("hex");
}

function toContent(text: string): Content {
  const number = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) && String(number) === text
    ? { data: null, number: BigInt(number) }
    : { data: new TextEncoder().encode(text), number: null };
}

function toExpiry(now: number, ttlMs: number): bigint {
  return BigInt(Math.floor(now + ttlMs));
}
