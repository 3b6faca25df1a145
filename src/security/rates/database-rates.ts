/** Rate limits in a table of the application's database: one statement for each request, shared by all processes. */
import type { Database } from "../../data/database.ts";
import { transaction } from "../../data/run/transaction.ts";
import type { AnyExpression } from "../../data/schema/expression-types.ts";
import { sql } from "../../data/tree/functions.ts";
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

class DatabaseRates implements RateStore {
  readonly #database: Database;
  readonly #model: RateModel;

  constructor(database: Database, model: RateModel) {
    this.#database = database;
    this.#model = model;
  }

  async take(key: string, rule: RateRule, nowUs: number): Promise<RateVerdict> {
    const [row] = await this.#write(key, rule, nowUs);
    return { isAllowed: Number(row!.is_allowed) === 1, paidAtUs: Number(row!.paid_at_us) };
  }

  async reset(key: string): Promise<void> {
    await this.#database.run(() => this.#model.where({ key }).delete());
  }

  deleteExpired(nowUs: number, rowsMax: number): Promise<number> {
    return this.#database.run(async () => {
      const isPaid = { paidAtUs: { lte: BigInt(nowUs) } };
      const rows = await this.#model.where(isPaid).orderBy("paidAtUs").limit(rowsMax).select({ key: true });
      if (rows.length === 0) return 0;
      // Asked again: a request may have come meanwhile.
      return this.#model.where({ key: { in: rows.map((row) => row.key) } }, isPaid).delete();
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
