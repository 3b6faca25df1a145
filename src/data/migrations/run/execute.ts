/** Runs the steps of one migration, and keeps account of them: after an interruption it goes on where it was. */
import { setTimeout as wait } from "node:timers/promises";
import { GableError } from "../../../errors/gable-error.ts";
import { RecentCache } from "../../schema/recent-cache.ts";
import type { State } from "../../schema/table-state.ts";
import type { DatabaseCore } from "../../run/database-core.ts";
import { runOnConnection } from "../../run/transaction.ts";
import type { HistoricalModel, HistoricalRow } from "../state/data-step.ts";
import { checkRows } from "./check-rows.ts";
import { describeOperation } from "../state/inverse.ts";
import type { Ledger, LedgerRow } from "./ledger.ts";
import { hashLiveSchema, hashWholeSchema, readLiveSchema } from "./live-schema.ts";
import { checkForeignKeys, rebuildTable } from "./rebuild.ts";
import type { Session } from "./session.ts";
import { isLockError } from "./session.ts";
import { createModels } from "../files/state-models.ts";
import type { PlannedStep, Step } from "../plan/step.ts";
import { statementLimit } from "../plan/step.ts";
import { hashData } from "../state/table-data.ts";

/** How far a migration is. */
export interface MigrationProgress {
  /** Name of the migration. */
  readonly migration: string;
  /** Whether it is done or undone. */
  readonly direction: "up" | "down";
  /** What is being done, in a sentence. */
  readonly text: string;
  /** Steps that are done, and all of them. */
  readonly step: number;
  /** Number of its steps. */
  readonly steps: number;
  /** Rows that are done, and all of them, of a step in batches; undefined of others. */
  readonly rows: number | undefined;
  /** Rows of the step; undefined where it has none, or nobody has counted. */
  readonly rowsAll: number | undefined;
}

/** What a migration is run with. */
export interface ExecutionOptions {
  /** Whether large tables may be copied. */
  readonly allowCopies: boolean;
  readonly onProgress: ((progress: MigrationProgress) => void) | undefined;
}

/** A migration that is about to run, or to be undone. */
export interface MigrationRun {
  readonly row: LedgerRow;
  /** Hash of the file: what the ledger holds when all is done. Until then it holds that of the steps that are done. */
  readonly hash: string;
  readonly steps: readonly PlannedStep[];
  /** Structure afterwards: what the ledger holds a hash of. */
  readonly after: State;
}

/** How often a step is tried that could not have a lock. */
const triesMax = 10;
/** Tables with fewer rows are copied without asking. */
export const smallRows = 10_000;

/** Runs what is left of a migration. Throws what has stopped it. */
export class MigrationExecution {
  readonly #session: Session;
  readonly #ledger: Ledger;
  readonly #options: ExecutionOptions;
  readonly #run: MigrationRun;
  readonly #started = performance.now();
  /** Whether foreign keys are off, so that a table may be dropped and made anew: they are checked before anything is stored. */
  readonly #isUnchecked: boolean;
  #row: LedgerRow;

  constructor(session: Session, ledger: Ledger, options: ExecutionOptions, run: MigrationRun) {
    this.#session = session;
    this.#ledger = ledger;
    this.#options = options;
    this.#run = run;
    this.#row = run.row;
    const drops = ({ step }: PlannedStep): boolean =>
      step.kind === "rebuild" || (step.kind === "sql" && /^\s*DROP TABLE\b/i.test(step.sql));
    this.#isUnchecked = session.kind.dropsReferringRows && run.steps.some(drops);
  }

  async run(): Promise<void> {
    const { steps } = this.#run;
    await this.#assertSameSteps();
    if (this.#isUnchecked) await this.#setForeignKeys(false);
    try {
      if (steps.length === 0) await this.#transact([]);
      while (this.#row.step < steps.length) {
        const group = this.#nextGroup();
        this.#tell(group[0]!);
        await this.#retry(() => (group[0]!.step.place === "alone" ? this.#alone(group[0]!) : this.#transact(group)));
      }
    } finally {
      if (this.#isUnchecked) await this.#setForeignKeys(true);
    }
  }

  /** Steps that are done are not done again: a file may be mended behind them alone. Throws `E_MIGRATION_EDITED`. */
  async #assertSameSteps(): Promise<void> {
    const { step, before, hash, name } = this.#row;
    if (step === 0 && before === "") return;
    const [done, begun] = hash.split(":");
    const edited = new GableError(
      "E_MIGRATION_EDITED",
      `The migration "${name}" was changed where it had run already, in its first ${step} steps.`,
    );
    if (done !== this.#hashDone(step)) throw edited;
    if (before === "" || begun === this.#hashBegun(step)) return;
    // Another step stands now where one was begun: that one must not have done anything.
    if ((await hashWholeSchema(this.#session)) !== before) throw edited;
    this.#row = { ...this.#row, before: "" };
  }

  #hashDone(step: number): string {
    return hashData(this.#run.steps.slice(0, step).map(toHashed), 16);
  }

  #hashBegun(step: number): string {
    const begun = this.#run.steps[step];
    return begun === undefined ? "" : hashData(toHashed(begun), 16);
  }

  /** The steps of the next transaction, or the one that runs outside of any. */
  #nextGroup(): PlannedStep[] {
    const [first, ...rest] = this.#run.steps.slice(this.#row.step);
    if (first!.step.place === "alone") return [first!];
    const end = rest.findIndex(({ step }) => step.place !== "joined");
    return [first!, ...(end === -1 ? rest : rest.slice(0, end))];
  }

  #tell({ operation }: PlannedStep, rows?: number, rowsAll?: number): void {
    const { name: migration, direction, step } = this.#row;
    const text = describeOperation(operation);
    this.#options.onProgress?.({ migration, direction, text, step, steps: this.#run.steps.length, rows, rowsAll });
  }

  async #setForeignKeys(isOn: boolean): Promise<void> {
    await this.#session.run(`PRAGMA foreign_keys = ${isOn ? "ON" : "OFF"}`);
    const [row] = await this.#session.read("PRAGMA foreign_keys");
    if ((Number(row?.["foreign_keys"]) === 1) !== isOn)
      throw new GableError("E_MIGRATION_FAILED", "The connection does not let foreign keys be turned off and on.");
  }

  /** Tries again what could not have a lock: it has changed nothing. */
  async #retry(work: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!isLockError(error) || attempt >= triesMax) throw error;
        await wait(50 * 2 ** Math.min(attempt, 3) * (0.5 + Math.random()));
      }
    }
  }

  async #begin(): Promise<void> {
    for (const sql of this.#session.dialect.begin({ isolation: undefined, readOnly: false })) await this.#session.run(sql);
  }

  /** Runs work in a transaction. What has failed is undone. */
  async #inTransaction<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.#begin();
    try {
      const result = await work();
      await this.#session.run("COMMIT");
      return result;
    } catch (error) {
      await this.#session.run("ROLLBACK").catch(() => undefined);
      throw error;
    }
  }

  /** Steps and the account of them, all or none. */
  async #transact(group: readonly PlannedStep[]): Promise<void> {
    // What stands in a transaction ends it, where definitions are not part of any: whether it took effect is seen by the tables.
    if (this.#hasImplicitCommits(group) && (await this.#hasTakenEffect())) return this.#note(this.#row.step + group.length);
    const next = await this.#inTransaction(async () => {
      for (const { step } of group) await this.#runStep(step);
      if (this.#isUnchecked) await checkForeignKeys(this.#session);
      return this.#write(this.#row.step + group.length);
    });
    this.#row = next;
  }

  #hasImplicitCommits(group: readonly PlannedStep[]): boolean {
    return !this.#session.kind.hasStructureTransactions && group.some(({ step }) => step.kind === "sql");
  }

  /** A step that no transaction holds. Before it runs, the ledger has what the tables were like. */
  async #alone(planned: PlannedStep): Promise<void> {
    const { step } = planned;
    if (step.kind === "run") return this.#batches(planned, step);
    if (step.kind === "check") {
      await this.#runStep(step);
      return this.#note(this.#row.step + 1);
    }
    if (step.kind === "repeat") {
      while ((await this.#session.run(step.sql)) > 0) this.#tell(planned);
      return this.#note(this.#row.step + 1);
    }
    if (step.kind === "index") await this.#dropUnfinished(step);
    if (await this.#hasTakenEffect()) return this.#note(this.#row.step + 1);
    try {
      await this.#runStep(step);
    } catch (error) {
      // What is left of it is of no use, and stands in the way of what may be written instead.
      if (step.kind === "index") await this.#dropUnfinished(step).catch(() => undefined);
      throw error;
    }
    await this.#note(this.#row.step + 1);
  }

  /** Whether a step was begun before, and the tables are no more what they were then. Otherwise notes what they are. */
  async #hasTakenEffect(): Promise<boolean> {
    const now = await hashWholeSchema(this.#session);
    if (this.#row.before !== "" && this.#row.before !== now) return true;
    if (this.#row.before === "") {
      const { step } = this.#row;
      this.#row = { ...this.#row, before: now, hash: `${this.#hashDone(step)}:${this.#hashBegun(step)}` };
      await this.#ledger.write(this.#row);
    }
    return false;
  }

  async #note(step: number): Promise<void> {
    this.#row = await this.#inTransaction(() => this.#write(step));
  }

  /** Writes how far it has come; with the last step, that it is done. */
  async #write(step: number): Promise<LedgerRow> {
    const isDone = step >= this.#run.steps.length;
    const durationMs = this.#row.durationMs + Math.round(performance.now() - this.#started);
    const row: LedgerRow = { ...this.#row, step, before: "", cursor: "", hash: `${this.#hashDone(step)}:` };
    if (!isDone) {
      await this.#ledger.write(row);
      return row;
    }
    if (row.direction === "down") {
      await this.#ledger.remove(row.name);
      return row;
    }
    const live = hashLiveSchema(await readLiveSchema(this.#session), this.#run.after.keys());
    const done = { ...row, hash: this.#run.hash, appliedAt: new Date().toISOString(), durationMs, live };
    await this.#ledger.write(done);
    return done;
  }

  async #runStep(step: Step): Promise<void> {
    switch (step.kind) {
      case "sql":
        if (step.isLong === true) await this.#session.run("SET LOCAL statement_timeout = 0");
        await this.#session.run(step.sql);
        return;
      case "index":
        // Building an index takes as long as it takes. The connection is closed afterwards, or sets its limit again.
        await this.#session.run("SET statement_timeout = 0");
        await this.#session.run(step.sql).finally(() => this.#session.run(statementLimit));
        return;
      case "check":
        return checkRows(this.#session, step.check);
      case "rebuild":
        return rebuildTable(this.#session, step.table, step.rebuild);
      case "alter":
        return this.#alter(step);
      case "run": {
        const models = this.#modelsOf(step.state);
        await this.#runData(models.core, () => step.step.up({ models: models.byTable, rows: [] }));
      }
    }
  }

  /** Drops an index that was left unfinished: it is not used, and its name is taken. */
  async #dropUnfinished({ name, drop }: Extract<Step, { kind: "index" }>): Promise<void> {
    const found = await this.#session.read(
      "SELECT 1 AS found FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace WHERE i.relname = $1 AND n.nspname = current_schema() AND NOT x.indisvalid",
      [name],
    );
    if (found.length > 0) await this.#session.run(drop);
  }

  /** Asks for the cheapest form first; a copy of a large table needs consent. */
  async #alter({ table, changes, isAgreed, ignored }: Extract<Step, { kind: "alter" }>): Promise<void> {
    const sql = `ALTER TABLE ${this.#session.dialect.quote(table)} ${changes}`;
    for (const form of [", ALGORITHM=INSTANT", ", ALGORITHM=INPLACE, LOCK=NONE"]) {
      try {
        await this.#session.run(sql + form);
        return;
      } catch (error) {
        const number = errorNumber(error);
        if (number === ignored && number !== undefined) return;
        if (!unsupported.has(number)) throw error;
      }
    }
    if (!isAgreed && !this.#options.allowCopies) await this.#assertSmall(table, changes);
    await this.#session.run(sql);
  }

  async #assertSmall(table: string, changes: string): Promise<void> {
    const [row] = await this.#session.read(
      "SELECT table_rows AS size FROM information_schema.tables WHERE table_schema = database() AND table_name = ?",
      [table],
    );
    const rows = Number(row?.["size"] ?? 0);
    if (rows < smallRows) return;
    throw new GableError(
      "E_MIGRATION_CONSENT",
      `The table "${table}" of about ${rows} rows must be copied, and waits for it: ${changes}.`,
      {
        fix: "Wrap the operation in op.assured(reason, ...), or migrate with allowCopies.",
      },
    );
  }

  // ---- Data

  #modelsOf(state: State): { core: DatabaseCore; byTable: Readonly<Record<string, HistoricalModel>> } {
    const models = createModels(state);
    const { database } = this.#session;
    const core: DatabaseCore = { ...database, models: new Set(models.values()), plans: new RecentCache(100), rowsMax: 1_000_000 };
    core.context = { database: core, transaction: undefined };
    const byTable = Object.fromEntries(models) as unknown as Readonly<Record<string, HistoricalModel>>; // Its fields are known at run time alone.
    return { core, byTable };
  }

  #runData(core: DatabaseCore, work: () => void | Promise<void>): Promise<void> {
    return runOnConnection(core, this.#session.connection, async () => work());
  }

  /** Rows in batches, by their keys: each batch and the key of its last row are stored together. */
  async #batches(planned: PlannedStep, { step, state }: Extract<Step, { kind: "run" }>): Promise<void> {
    const { core, byTable } = this.#modelsOf(state);
    const model = byTable[step.table!];
    if (model === undefined) throw new GableError("E_MIGRATION_OPERATION", `op.run("${step.name}"): there is no table "${step.table}".`);
    const key = state.get(step.table!)!.primary;
    if (key.length > 1)
      throw new GableError("E_MIGRATION_OPERATION", `op.run("${step.name}"): the key of "${step.table}" has several columns.`, {
        fix: "Run the step without batches.",
      });
    const column = key[0]!;
    const find = (): ReturnType<HistoricalModel["where"]> => model.where(step.where ?? {});
    let rowsAll = 0;
    await this.#inTransaction(() => this.#runData(core, async () => void (rowsAll = await find().count())));
    for (let rows = 0; ;) {
      const count = await this.#retryBatch(async () => {
        const last = this.#row.cursor === "" ? undefined : readKey(this.#row.cursor);
        let found: HistoricalRow[] = [];
        await this.#runData(core, async () => {
          const rest = last === undefined ? find() : find().where({ [column]: { gt: last } } as never); // Fields are known at run time alone.
          found = await rest.orderBy(column as never).limit(step.batch!); // As above.
          if (found.length > 0) await step.up({ models: byTable, rows: found });
        });
        if (found.length === 0) return 0;
        const next = { ...this.#row, hash: `${this.#hashDone(this.#row.step)}:`, cursor: writeKey(found.at(-1)![column]) };
        await this.#ledger.write(next);
        this.#row = next;
        return found.length;
      });
      if (count === 0) break;
      rows += count;
      this.#tell(planned, rows, rowsAll);
    }
    await this.#note(this.#row.step + 1);
  }

  /** A batch in a transaction of its own. What is undone is forgotten here, too. */
  async #retryBatch(work: () => Promise<number>): Promise<number> {
    const before = this.#row;
    let count = 0;
    await this.#retry(async () => {
      this.#row = before;
      count = await this.#inTransaction(work);
    });
    return count;
  }
}

/** What counts of a step. Code may be mended. */
function toHashed({ step }: PlannedStep): unknown {
  return step.kind === "run" ? [step.step.name, step.step.table, step.step.batch] : step;
}

/** The key of a row as a text, and back. */
function writeKey(key: unknown): string {
  return typeof key === "bigint" ? JSON.stringify({ bigint: String(key) }) : JSON.stringify(key);
}

function readKey(text: string): unknown {
  const key: unknown = JSON.parse(text);
  return typeof key === "object" && key !== null && "bigint" in key ? BigInt(String(key.bigint)) : key;
}

/**
 * The server has no such form of the change (MariaDB and MySQL: ER_ALTER_OPERATION_NOT_SUPPORTED, and with a reason), or not any more:
 * MySQL keeps 255 forms of rows of one table (ER_INNODB_MAX_ROW_VERSION).
 */
const unsupported: ReadonlySet<unknown> = new Set([1845, 1846, 4092]);

/** Number of an error of MariaDB or MySQL. */
function errorNumber(error: unknown): unknown {
  const cause: unknown = error instanceof GableError ? error.cause : error;
  return cause instanceof Error && "errno" in cause ? cause.errno : undefined;
}
