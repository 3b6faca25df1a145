/** Runs the steps of one migration and records its progress, so that an interrupted migration resumes where it stopped. */
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

/** Progress of a migration. */
export interface MigrationProgress {
  /** Name of the migration. */
  readonly migration: string;
  /** Whether it is applied or undone. */
  readonly direction: "up" | "down";
  /** The current operation, in a sentence. */
  readonly text: string;
  /** Number of steps that are done. */
  readonly step: number;
  /** Number of all steps. */
  readonly steps: number;
  /** Number of rows that are done in a step with batches; undefined for other steps. */
  readonly rows: number | undefined;
  /** Number of rows of the step; undefined for steps without batches, or if the rows were not counted. */
  readonly rowsAll: number | undefined;
  /** Whether the migration was recorded as applied without running it. Absent otherwise. */
  readonly isRecorded?: true;
}

/** Options for running a migration. */
export interface ExecutionOptions {
  /** Whether large tables may be copied. */
  readonly allowCopies: boolean;
  readonly onProgress: ((progress: MigrationProgress) => void) | undefined;
}

/** A migration that is about to be applied or undone. */
export interface MigrationRun {
  readonly row: LedgerRow;
  /** Hash of the file. The ledger stores it when all steps are done; until then, it stores the hash of the finished steps. */
  readonly hash: string;
  readonly steps: readonly PlannedStep[];
  /** Structure afterwards: the ledger stores its hash. */
  readonly after: State;
}

/** How often a step is tried if it cannot get a lock. */
const triesMax = 10;
/** Tables with fewer rows are copied without consent. */
export const smallRows = 10_000;

/** Runs the remaining steps of a migration. Throws the error that stopped it. */
export class MigrationExecution {
  readonly #session: Session;
  readonly #ledger: Ledger;
  readonly #options: ExecutionOptions;
  readonly #run: MigrationRun;
  readonly #started = performance.now();
  /** Whether foreign keys are off, so that a table can be dropped and rebuilt. They are checked before anything is committed. */
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
      // Nothing is left of an empty file, or of an interrupted one whose other steps were deleted.
      if (this.#row.step >= steps.length) await this.#transact([]);
      while (this.#row.step < steps.length) {
        const group = this.#nextGroup();
        this.#tell(group[0]!);
        await this.#retry(() => (group[0]!.step.place === "alone" ? this.#alone(group[0]!) : this.#transact(group)));
      }
    } finally {
      if (this.#isUnchecked) await this.#setForeignKeys(true);
    }
  }

  /** Finished steps do not run again, so a file may only be changed after them. Throws `E_MIGRATION_EDITED`. */
  async #assertSameSteps(): Promise<void> {
    const { step, before, hash, name } = this.#row;
    if (step === 0 && before === "") return;
    const [done, begun] = hash.split(":");
    const edited = new GableError(
      "E_MIGRATION_EDITED",
      `The migration "${name}" was changed in its first ${step} steps, which have already run.`,
    );
    if (done !== this.#hashDone(step)) throw edited;
    if (before === "" || begun === this.#hashBegun(step)) return;
    // A different step has replaced the one that was started: that one must not have changed anything.
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

  /** Returns the steps of the next transaction, or the single step that runs outside any. */
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
      throw new GableError("E_MIGRATION_FAILED", "The connection cannot turn foreign keys off and on.");
  }

  /** Retries work that could not get a lock, because it has changed nothing. */
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

  /** Runs steps and records them, all or nothing. */
  async #transact(group: readonly PlannedStep[]): Promise<void> {
    // On databases that commit each schema change on its own, such a step ends its transaction: the tables show whether it took effect.
    if (this.#hasImplicitCommits(group) && (await this.#hasTakenEffect())) return this.#note(this.#row.step + group.length);
    const work = this.#session.inTransaction(async () => {
      for (const { step } of group) await this.#runStep(step);
      if (this.#isUnchecked) await checkForeignKeys(this.#session);
      return this.#write(this.#row.step + group.length);
    });
    this.#row = await work.catch(async (error: unknown) => {
      const [{ step } = { step: undefined }] = group;
      // After a lock error, the step is tried again.
      if (step?.kind === "sql" && step.undo !== undefined && !isLockError(error)) await this.#revert(step.undo);
      throw error;
    });
  }

  /** Reverts the step before one that failed. A migration of which nothing is left is due again. */
  async #revert(undo: string): Promise<void> {
    const step = this.#row.step - 1;
    this.#row = await this.#session.inTransaction(async () => {
      await this.#session.run(undo);
      if (step > 0 || this.#row.direction === "down") return this.#write(step);
      await this.#ledger.remove(this.#row.name);
      return { ...this.#row, step };
    });
  }

  #hasImplicitCommits(group: readonly PlannedStep[]): boolean {
    return !this.#session.kind.hasStructureTransactions && group.some(({ step }) => step.kind === "sql");
  }

  /** Runs a step outside any transaction. First stores a hash of the tables in the ledger. */
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
      // An unfinished index is useless, and blocks whatever may replace it.
      if (step.kind === "index") await this.#dropUnfinished(step).catch(() => undefined);
      throw error;
    }
    await this.#note(this.#row.step + 1);
  }

  /** Returns whether a step was started before and the tables have changed since. Otherwise records their current state. */
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
    this.#row = await this.#session.inTransaction(() => this.#write(step));
  }

  /** Records the progress, or with the last step, that the migration is done. */
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
        // Building an index may take any time. The connection is closed afterwards, or its limit is set again.
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

  /** Drops an index that was left unfinished: the database does not use it, and its name is taken. */
  async #dropUnfinished({ name, drop }: Extract<Step, { kind: "index" }>): Promise<void> {
    const found = await this.#session.read(
      "SELECT 1 AS found FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace WHERE i.relname = $1 AND n.nspname = current_schema() AND NOT x.indisvalid",
      [name],
    );
    if (found.length > 0) await this.#session.run(drop);
  }

  /** Tries the cheapest form first. Copying a large table needs consent. */
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
      `The table "${table}" of about ${rows} rows would be copied, which blocks writes meanwhile: ${changes}.`,
      {
        fix: "Wrap the operation in op.assured(reason, ...), or pass allowCopies.",
      },
    );
  }

  // ---- Data

  #modelsOf(state: State): { core: DatabaseCore; byTable: Readonly<Record<string, HistoricalModel>> } {
    const models = createModels(state);
    const { database } = this.#session;
    const core: DatabaseCore = { ...database, models: new Set(models.values()), plans: new RecentCache(100), rowsMax: 1_000_000 };
    core.context = { database: core, transaction: undefined };
    const byTable = Object.fromEntries(models) as unknown as Readonly<Record<string, HistoricalModel>>; // Its fields are only known at run time.
    return { core, byTable };
  }

  #runData(core: DatabaseCore, work: () => void | Promise<void>): Promise<void> {
    return runOnConnection(core, this.#session.connection, async () => work());
  }

  /** Runs a step in batches by primary key. Each batch and the key of its last row are committed together. */
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
    await this.#session.inTransaction(() => this.#runData(core, async () => void (rowsAll = await find().count())));
    for (let rows = 0; ;) {
      const count = await this.#retryBatch(async () => {
        const last = this.#row.cursor === "" ? undefined : readKey(this.#row.cursor);
        let found: HistoricalRow[] = [];
        await this.#runData(core, async () => {
          const rest = last === undefined ? find() : find().where({ [column]: { gt: last } } as never); // Fields are only known at run time.
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

  /** Runs a batch in its own transaction. If the transaction is rolled back, the progress in memory is reset, too. */
  async #retryBatch(work: () => Promise<number>): Promise<number> {
    const before = this.#row;
    let count = 0;
    await this.#retry(async () => {
      this.#row = before;
      count = await this.#session.inTransaction(work);
    });
    return count;
  }
}

/** Returns the parts of a step that must not change. Its code may be fixed. */
function toHashed({ step }: PlannedStep): unknown {
  return step.kind === "run" ? [step.step.name, step.step.table, step.step.batch] : step;
}

/** Writes a row key as a string. */
function writeKey(key: unknown): string {
  return typeof key === "bigint" ? JSON.stringify({ bigint: String(key) }) : JSON.stringify(key);
}

function readKey(text: string): unknown {
  const key: unknown = JSON.parse(text);
  return typeof key === "object" && key !== null && "bigint" in key ? BigInt(String(key.bigint)) : key;
}

/**
 * Whether the server does not support this form of the change (MariaDB and MySQL: ER_ALTER_OPERATION_NOT_SUPPORTED, with or without
 * a reason), or no longer does: MySQL keeps 255 row versions per table (ER_INNODB_MAX_ROW_VERSION).
 */
const unsupported: ReadonlySet<unknown> = new Set([1845, 1846, 4092]);

/** Returns the error number of MariaDB or MySQL. */
function errorNumber(error: unknown): unknown {
  const cause: unknown = error instanceof GableError ? error.cause : error;
  return cause instanceof Error && "errno" in cause ? cause.errno : undefined;
}
