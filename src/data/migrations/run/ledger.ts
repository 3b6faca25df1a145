/** The ledger: which migrations a database has, and the progress of an interrupted one. */
import type { Session } from "./session.ts";
import { ledgerTable } from "./live-schema.ts";

/** A migration of the ledger. */
export interface LedgerRow {
  readonly name: string;
  /** Hash of the migration when it ran. */
  readonly hash: string;
  readonly direction: "up" | "down";
  /** Number of finished steps. */
  readonly step: number;
  /** Hash of the tables before a step outside a transaction started; "" if none has started. */
  readonly before: string;
  /** Key of the last row of a step in batches, as JSON; "" before the first. */
  readonly cursor: string;
  /** Time when it finished, in ISO 8601; "" until then. */
  readonly appliedAt: string;
  readonly durationMs: number;
  /** Hash of the tables afterwards. */
  readonly live: string;
}

/** The table that records which migrations have run. */
export class Ledger {
  readonly #session: Session;
  readonly #table: string;

  constructor(session: Session) {
    this.#session = session;
    this.#table = session.dialect.quote(ledgerTable);
  }

  /** Creates the table if it is missing. */
  async create(): Promise<void> {
    const text = (length: number): string => this.#session.kind.ledgerText(length);
    const columns = [
      `name ${text(255)} NOT NULL PRIMARY KEY`,
      `hash ${text(64)} NOT NULL`,
      `direction ${text(4)} NOT NULL`,
      "step integer NOT NULL",
      `before_hash ${text(64)} NOT NULL`,
      `last_key ${text(2_000)} NOT NULL`,
      `applied_at ${text(30)} NOT NULL`,
      "duration_ms integer NOT NULL",
      `live_hash ${text(64)} NOT NULL`,
    ];
    await this.#session.run(`CREATE TABLE IF NOT EXISTS ${this.#table} (${columns.join(", ")})`);
  }

  /** Returns whether the table exists. A database that was never migrated has none. */
  async exists(): Promise<boolean> {
    return (await this.#session.read(this.#session.kind.findTable(ledgerTable))).length > 0;
  }

  /** Reads all migrations that have run or started. */
  async read(): Promise<LedgerRow[]> {
    const rows = await this.#session.read(`SELECT * FROM ${this.#table} ORDER BY name`);
    return rows.map((row) => ({
      name: String(row["name"]),
      hash: String(row["hash"]),
      direction: row["direction"] === "down" ? "down" : "up",
      step: Number(row["step"]),
      before: String(row["before_hash"]),
      cursor: String(row["last_key"]),
      appliedAt: String(row["applied_at"]),
      durationMs: Number(row["duration_ms"]),
      live: String(row["live_hash"]),
    }));
  }

  /** Records the start or the progress of a migration. */
  async write({ name, hash, direction, step, before, cursor, appliedAt, durationMs, live }: LedgerRow): Promise<void> {
    const values = [hash, direction, step, before, cursor, appliedAt, durationMs, live];
    const columns = ["hash", "direction", "step", "before_hash", "last_key", "applied_at", "duration_ms", "live_hash"];
    const marks = columns.map((_, index) => this.#session.mark(index + 1));
    const sets = columns.map((column, index) => `${column} = ${marks[index]}`).join(", ");
    const changed = await this.#session.run(`UPDATE ${this.#table} SET ${sets} WHERE name = ${this.#session.mark(9)}`, [...values, name]);
    if (changed > 0) return;
    const given = [...columns, "name"].map((_, index) => this.#session.mark(index + 1)).join(", ");
    await this.#session.run(`INSERT INTO ${this.#table} (${columns.join(", ")}, name) VALUES (${given})`, [...values, name]);
  }

  /** Records migrations in place of others, all or none. */
  async replace(lost: readonly string[], gained: readonly LedgerRow[]): Promise<void> {
    await this.#session.inTransaction(async () => {
      for (const row of gained) await this.write(row);
      for (const name of lost) await this.remove(name);
    });
  }

  /** Removes a migration that was undone. */
  async remove(name: string): Promise<void> {
    await this.#session.run(`DELETE FROM ${this.#table} WHERE name = ${this.#session.mark(1)}`, [name]);
  }
}
