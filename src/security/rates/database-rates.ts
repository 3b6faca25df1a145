/** Rate limits in a table of the application's database: one statement for each request, shared by all processes. */
import type { Database } from "../../data/database.ts";
import { joinDatabase } from "../../data/run/context.ts";
import { isInTransaction, onRollback, transaction } from "../../data/run/transaction.ts";
import type { AnyExpression } from "../../data/schema/expression-types.ts";
import { sql } from "../../data/tree/functions.ts";
import { isGableError } from "../../errors/gable-error.ts";
import type { rateModel } from "./rate-model.ts";
import type { RateRule, RateStore, RateVerdict } from "./rate.ts";

/** The model of the table of rate limits. */
type RateModel = ReturnType<typeof rateModel>;

interface RateRow {
  readonly paid_at_us: number | bigint | string;
  readonly is_allowed: number | bigint;
}

/** Creates a store in a database that has the model. */
export function databaseRates(database: Database, model: RateModel): RateStore {
  return new DatabaseRates(database, model);
}

/**
 * Everything joins an open transaction of the caller: with SQLite, another connection would wait for its end. A request stays counted
 * when that transaction is rolled back, as after a wrong password: it is counted again then.
 */
class DatabaseRates implements RateStore {
  readonly #database: Database;
  readonly #model: RateModel;
  /** Requests that are being counted again, by their key: whoever asks about the key later waits for them. */
  readonly #recounts = new Map<string, Promise<void>>();

  constructor(database: Database, model: RateModel) {
    this.#database = database;
    this.#model = model;
  }

  async take(key: string, rule: RateRule, nowUs: number): Promise<RateVerdict> {
    await this.#whenCounted(key);
    const [row] = await this.#write(key, rule, nowUs);
    const isAllowed = Number(row!.is_allowed) === 1;
    if (isAllowed && this.#isInside()) onRollback((error) => this.#recount(error, key, () => this.#write(key, rule, nowUs)));
    return { isAllowed, paidAtUs: Number(row!.paid_at_us) };
  }

  async reset(key: string): Promise<void> {
    await this.#whenCounted(key);
    await this.#run(() => this.#model.where({ key }).delete());
  }

  deleteExpired(nowUs: number, rowsMax: number): Promise<number> {
    return this.#run(async () => {
      const isPaid = { paidAtUs: { lte: BigInt(nowUs) } };
      const rows = await this.#model.where(isPaid).orderBy("paidAtUs").limit(rowsMax).select({ key: true });
      if (rows.length === 0) return 0;
      // Asked again: a request may have come meanwhile.
      return this.#model.where({ key: { in: rows.map((row) => row.key) } }, isPaid).delete();
    });
  }

  /** Waits for what is being counted again. */
  async close(): Promise<void> {
    await Promise.all(this.#recounts.values());
  }

  #run<Result>(work: () => Promise<Result>): Promise<Result> {
    return joinDatabase(this.#database.$core, work);
  }

  #isInside(): boolean {
    return isInTransaction(this.#database.$core);
  }

  /** A transaction does not wait: what is counted again may wait for its end. */
  async #whenCounted(key: string): Promise<void> {
    if (!this.#isInside()) await this.#recounts.get(key);
  }

  /**
   * Counts a request again, outside of the transaction that was rolled back. That one does not wait for it: the transaction around a
   * savepoint may hold the only connection that writes. Work that failed in a conflict is repeated, and counts itself then.
   */
  #recount(error: unknown, key: string, write: () => Promise<unknown>): void {
    if (isGableError(error) && error.code === "E_TRANSACTION_CONFLICT") return;
    const earlier = this.#recounts.get(key) ?? Promise.resolve();
    const recount = Promise.all([earlier, write()]).then(
      () => undefined,
      (failure: unknown) => this.#database.$core.onError(failure),
    );
    this.#recounts.set(key, recount);
    void recount.then(() => {
      if (this.#recounts.get(key) === recount) this.#recounts.delete(key);
    });
  }

  #write(key: string, rule: RateRule, nowUs: number): Promise<RateRow[]> {
    const { dialect } = this.#database;
    const values = newValues(rule, nowUs);
    const first = BigInt(nowUs + rule.intervalUs);
    if (dialect === "sqlite" || dialect === "postgres")
      return this.#database.query<RateRow>(sql`INSERT INTO gable_rates ("key", paid_at_us, is_allowed) VALUES (${key}, ${first}, 1)
        ON CONFLICT ("key") DO UPDATE SET ${values} RETURNING paid_at_us, is_allowed`);
    const insert = sql`INSERT INTO gable_rates (\`key\`, paid_at_us, is_allowed) VALUES (${key}, ${first}, 1) ON DUPLICATE KEY UPDATE ${values}`;
    if (dialect === "mariadb") return this.#database.query<RateRow>(sql`${insert} RETURNING paid_at_us, is_allowed`);
    // MySQL has no RETURNING: the row stays locked until it has been read.
    return transaction(
      async () => {
        await this.#database.query(insert);
        return this.#database.query<RateRow>(sql`SELECT paid_at_us, is_allowed FROM gable_rates WHERE \`key\` = ${key}`);
      },
      { database: this.#database, retries: 5 },
    );
  }
}

/**
 * Decides as decide() of rate.ts does. MySQL assigns from left to right, the others in one step: `is_allowed` comes first, since it
 * needs the old time.
 */
function newValues({ intervalUs, burstUs }: RateRule, nowUs: number): AnyExpression<unknown> {
  const [interval, now, most] = [BigInt(intervalUs), BigInt(nowUs), BigInt(nowUs + burstUs)];
  const stored = sql`gable_rates.paid_at_us`;
  const owed = sql`(CASE WHEN ${stored} > ${most} THEN ${most} WHEN ${stored} < ${now} THEN ${now} ELSE ${stored} END)`;
  const isAllowed = sql`${owed} + ${interval} <= ${most}`;
  return sql`is_allowed = CASE WHEN ${isAllowed} THEN 1 ELSE 0 END, paid_at_us = CASE WHEN ${isAllowed} THEN ${owed} + ${interval} ELSE ${owed} END`;
}
