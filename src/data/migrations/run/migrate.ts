/** Applies and undoes migrations on a database, and reports which have run and which are due. */
import { toErrorText } from "../../../errors/error-text.ts";
import { assertKnownOptions, kindsOf } from "../../../errors/option-errors.ts";
import { GableError } from "../../../errors/gable-error.ts";
import type { Database } from "../../database.ts";
import type { State, ValueData } from "../../schema/table-state.ts";
import { applyAll, replay } from "../state/apply.ts";
import { checkRows } from "./check-rows.ts";
import { earlyChecks } from "../plan/early-checks.ts";
import type { MigrationProgress } from "./execute.ts";
import { MigrationExecution, smallRows } from "./execute.ts";
import { assertNeeded, fillOperations, listNeeded } from "../state/fills.ts";
import { isCreated } from "./initial.ts";
import { invertAll } from "../state/inverse.ts";
import type { LedgerRow } from "./ledger.ts";
import { Ledger } from "./ledger.ts";
import { compareSchemas, hashLiveSchema, hashWholeSchema, readLiveSchema } from "./live-schema.ts";
import { lockMigrations } from "./lock.ts";
import type { Operation } from "../state/operation.ts";
import type { NamedMigration } from "../files/read-files.ts";
import { findNamed, namesUpTo, orderMigrations, readFiles } from "../files/read-files.ts";
import { recordedIn, replaceRows } from "./replace-rows.ts";
import type { Finding } from "../plan/risk.ts";
import { findRisks } from "../plan/risk.ts";
import type { PlannedStep } from "../plan/step.ts";
import { readExpectedSchema } from "./scratch.ts";
import { Session } from "./session.ts";
import { TableWriter } from "../../sql/table-writer.ts";

/** Options that every migration call needs. */
export interface MigrationsOptions {
  /** The database to migrate. */
  readonly database: Database;
  /** Folder of the migration files. */
  readonly folder: string;
}

/** Options for `readStatus()`. */
export interface StatusOptions extends MigrationsOptions {
  /** Name of the last migration to list, with those that it depends on. By default all are listed. */
  readonly target?: string;
}

/** Options for `migrate()`. */
export interface MigrateOptions extends MigrationsOptions {
  /** Name of the last migration to run. By default all run. */
  readonly target?: string;
  /** "before" runs only the migrations that run before new code takes over, "after" all. Default "after". */
  readonly phase?: "before" | "after";
  /** Records migrations as applied without running them. If several are due, `target` must name the last one. Default false. */
  readonly fake?: boolean;
  /**
   * For a database whose tables exist already: records a migration that depends on no other as applied, without running it, if each table and
   * column that it creates exists with the same type. Throws `E_MIGRATION_DRIFT` if only some of them do. If no table exists, it runs. Default false.
   */
  readonly fakeInitial?: boolean;
  /** Longest wait for another process that is migrating, in seconds. Default 60. */
  readonly waitSeconds?: number;
  /** Longest wait for a table lock, in seconds. It is tried ten times. Default 5. */
  readonly lockTimeoutSeconds?: number;
  /** Whether large tables may be copied if the database supports no other way. Default false. */
  readonly allowCopies?: boolean;
  /** Whether to continue although somebody changed the database by hand. Default false. */
  readonly allowDrift?: boolean;
  /** Receives the progress. None by default. */
  readonly onProgress?: (progress: MigrationProgress) => void;
  /** Receives each statement before it runs. None by default. */
  readonly onStatement?: (sql: string) => void;
}

/** Options for `rollback()`. */
export interface RollbackOptions extends Omit<MigrateOptions, "phase" | "fake" | "fakeInitial"> {
  /** Whether tables and columns may be dropped with their values. Default false. */
  readonly allowDataLoss?: boolean;
  /**
   * Values for columns that become required again, for rows that have none: `{ "books.isbn": { text: "" } }`. None by default: nothing is
   * invented, and rows without a value stop the rollback before it changes anything.
   */
  readonly fills?: Readonly<Record<string, ValueData>>;
}

/** Status of a migration. */
export interface MigrationStatus {
  /** Name of the migration. */
  readonly name: string;
  /** Whether it has run, will run, or was interrupted. */
  readonly state: "applied" | "due" | "interrupted";
  /** Time when it ran, in ISO 8601; "" before. */
  readonly appliedAt: string;
  /** Duration in ms; 0 before it has run. */
  readonly durationMs: number;
  /** Whether it runs before the new code serves, or after it. */
  readonly phase: "before-deploy" | "after-deploy";
}

const optionKinds = kindsOf<MigrateOptions & RollbackOptions>({
  database: "object",
  folder: true,
  target: "string",
  phase: ["before", "after"],
  fake: "boolean",
  fakeInitial: "boolean",
  waitSeconds: "seconds",
  lockTimeoutSeconds: "seconds",
  allowCopies: "boolean",
  allowDrift: "boolean",
  allowDataLoss: "boolean",
  fills: "object",
  onProgress: "function",
  onStatement: "function",
});

/**
 * Applies the migrations that are due, each after those that it depends on. Only one process runs at a time.
 * An interrupted migration resumes where it stopped. Returns the names of the applied migrations. Throws `E_MIGRATION_LOCKED`, `E_MIGRATION_EDITED`,
 * `E_MIGRATION_DRIFT`, `E_MIGRATION_CONSENT`, `E_MIGRATION_FAILED`.
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  assertKnownOptions("migrate()", options, optionKinds);
  const { phase = "after", target, fake = false, fakeInitial = false } = options;
  if (fake && fakeInitial)
    throw new GableError("E_OPTION_INVALID", "migrate() got fake and fakeInitial.", {
      fix: "Leave out fake, which compares nothing, or fakeInitial.",
    });
  return withRunner(options, async (runner) => {
    // With `fake`, interrupted migrations are not finished either.
    const done = fake ? [] : await runner.finishInterrupted("up");
    const due = runner.due(target);
    if (fake && target === undefined && due.length > 1) throw fakeUnclear(due);
    for (const migration of due) {
      // Migrations after one that waits for the new code wait, too.
      if (phase === "before" && migration.phase === "after-deploy") break;
      const isRecorded = fake || (fakeInitial && (await runner.isThere(migration)));
      await (isRecorded ? runner.record(migration) : runner.up(migration));
      done.push(migration.name);
    }
    return done;
  });
}

/**
 * Undoes the last migration, or all after a target; `"zero"` undoes all. Finishes an interrupted migration first.
 * Returns the names of the undone migrations. Throws `E_MIGRATION_IRREVERSIBLE` before it undoes anything,
 * `E_MIGRATION_CONSENT` if values would be lost, and what migrate() throws.
 */
export async function rollback(options: RollbackOptions): Promise<string[]> {
  assertKnownOptions("rollback()", options, optionKinds);
  const { target, allowDataLoss = false } = options;
  return withRunner(options, async (runner) => {
    await runner.finishInterrupted("down");
    const chosen = runner.undone(target);
    runner.assertFills(chosen);
    const plans = chosen.map((migration) => ({ migration, plan: runner.planDown(migration) }));
    const lost = plans.flatMap(({ plan }) => plan.risks).find(({ risk }) => risk === "loses-data");
    if (lost !== undefined && !allowDataLoss)
      throw new GableError("E_MIGRATION_CONSENT", `The rollback would lose data: ${lost.operation}.`, {
        fix: "Write a new migration instead, or pass allowDataLoss.",
      });
    // A rollback of one migration checks its rows itself, before it changes anything.
    if (plans.length > 1) await runner.assertRows(plans.map(({ plan }) => plan));
    for (const { migration, plan } of plans) await runner.down(migration, plan);
    return chosen.map(({ name }) => name);
  });
}

/**
 * Returns the status of the migrations in a folder. Changes nothing. Throws `E_MIGRATION_TARGET` for an unknown target.
 */
export async function readStatus(options: StatusOptions): Promise<MigrationStatus[]> {
  assertKnownOptions("readStatus()", options, { database: "object", folder: true, target: "string" });
  const rows = await Session.use(options.database.$core, async (session) => {
    const ledger = new Ledger(session);
    return (await ledger.exists()) ? ledger.read() : [];
  });
  const files = await readFiles(options.folder);
  const migrations = orderMigrations(files, recordedIn(rows));
  const known = replaceRows(rows, migrations, files).rows;
  const byName = new Map(known.map((row) => [row.name, row]));
  assertKnown(known, migrations);
  const { target } = options;
  const wanted = target === undefined ? undefined : namesUpTo(migrations, target);
  const listed = wanted === undefined ? migrations : migrations.filter(({ name }) => wanted.has(name));
  return listed.map((migration) => {
    const row = byName.get(migration.name);
    const state = row === undefined ? "due" : row.appliedAt === "" ? "interrupted" : "applied";
    return { name: migration.name, state, appliedAt: row?.appliedAt ?? "", durationMs: row?.durationMs ?? 0, phase: migration.phase };
  });
}

async function withRunner<Result>(options: RollbackOptions, work: (runner: Runner) => Promise<Result>): Promise<Result> {
  const { lockTimeoutSeconds = 5, waitSeconds = 60 } = options;
  // Invalid files fail before anything is locked.
  const files = await readFiles(options.folder);
  return Session.use(options.database.$core, async (session) => {
    for (const sql of session.kind.settings(lockTimeoutSeconds)) await session.run(sql);
    const free = await lockMigrations(session, waitSeconds);
    try {
      session.onStatement = options.onStatement;
      const ledger = new Ledger(session);
      await ledger.create();
      const runner = new Runner(session, ledger, await recordReplaced(ledger, files), options);
      await runner.prepare();
      const result = await work(runner);
      await recordReplaced(ledger, files);
      return result;
    } finally {
      session.onStatement = undefined;
      // A lost connection has lost the lock as well.
      await free().catch(() => undefined);
    }
  });
}

/** Records migrations in place of all the originals that they replace. Returns the migrations that the database uses. */
async function recordReplaced(ledger: Ledger, files: readonly NamedMigration[]): Promise<NamedMigration[]> {
  const rows = await ledger.read();
  const migrations = orderMigrations(files, recordedIn(rows));
  const { gained, lost } = replaceRows(rows, migrations, files);
  if (gained.length > 0) await ledger.replace(lost, gained);
  return migrations;
}

/** Faking several migrations may be a mistake, so the last one must be named. */
function fakeUnclear(due: readonly NamedMigration[]): GableError {
  const names = due.map(({ name }) => `"${name}"`).join(", ");
  return new GableError("E_MIGRATION_TARGET", `migrate({ fake: true }) would record ${due.length} migrations as applied: ${names}.`, {
    fix: `Name the last one that the database has: migrate({ fake: true, target: ${JSON.stringify(due[0]!.name)} }).`,
  });
}

/** Throws if the ledger has a migration without a file, or one that has changed since it ran. */
function assertKnown(rows: readonly LedgerRow[], migrations: readonly NamedMigration[]): void {
  const byName = new Map(migrations.map((each) => [each.name, each]));
  for (const { name, hash, appliedAt } of rows) {
    const file = byName.get(name);
    if (file === undefined)
      throw new GableError("E_MIGRATION_GRAPH", `The database has the migration "${name}", but its file is missing.`, {
        fix: "Restore the file, or deploy a version that contains it.",
      });
    // An interrupted migration may be fixed: its finished steps are checked when it resumes.
    if (file !== undefined && appliedAt !== "" && file.hash !== hash)
      throw new GableError("E_MIGRATION_EDITED", `The migration "${name}" was changed after it ran.`);
  }
}

/** Returns the operations that undo a migration, starting from a structure, and their risks. */
interface DownPlan {
  readonly from: State;
  readonly operations: readonly Operation[];
  readonly risks: readonly Finding[];
}

/** Runs migrations on a locked database. */
class Runner {
  readonly #session: Session;
  readonly #ledger: Ledger;
  readonly #writer: TableWriter;
  readonly #migrations: readonly NamedMigration[];
  readonly #options: RollbackOptions;
  #rows = new Map<string, LedgerRow>();

  constructor(session: Session, ledger: Ledger, migrations: readonly NamedMigration[], options: RollbackOptions) {
    this.#session = session;
    this.#ledger = ledger;
    this.#writer = new TableWriter(session.dialect);
    this.#migrations = migrations;
    this.#options = options;
  }

  /** Reads the ledger, and compares it with the files and the tables. */
  async prepare(): Promise<void> {
    await this.#readRows();
    assertKnown([...this.#rows.values()], this.#migrations);
    if (this.#options.allowDrift !== true) await this.#assertNoDrift();
  }

  async #readRows(): Promise<void> {
    this.#rows = new Map((await this.#ledger.read()).map((row) => [row.name, row]));
  }

  /** Throws if the tables differ from what the last migration left. */
  async #assertNoDrift(): Promise<void> {
    const applied = this.#applied();
    const last = applied
      .map(({ name }) => this.#rows.get(name)!)
      .reduce<LedgerRow | undefined>((one, other) => (one === undefined || other.appliedAt >= one.appliedAt ? other : one), undefined);
    if (last === undefined || last.live === "" || [...this.#rows.values()].some(({ appliedAt }) => appliedAt === "")) return;
    const state = replay(applied);
    const found = await readLiveSchema(this.#session);
    if (hashLiveSchema(found, state.keys()) === last.live) return;
    const expected = await readExpectedSchema(this.#session, this.#writer, state);
    const differences = compareSchemas(expected, found, state.keys());
    // Another server version may format the same definitions differently.
    if (differences.length === 0) return;
    const list = differences.slice(0, 5).map(describeDifference);
    throw new GableError("E_MIGRATION_DRIFT", `The database differs from its migrations: ${list.join("; ")}.`, {
      fix: "Undo the change by hand, adopt it in a new migration with op.stateOnly(), or pass allowDrift.",
      details: { differences },
    });
  }

  /** Returns the applied migrations in order. */
  #applied(): NamedMigration[] {
    return this.#migrations.filter(({ name }) => (this.#rows.get(name)?.appliedAt ?? "") !== "");
  }

  /** Returns the migrations that are due, up to a target. */
  due(target: string | undefined): NamedMigration[] {
    const applied = new Set(this.#applied());
    const due = this.#migrations.filter((each) => !applied.has(each));
    if (target === undefined) return due;
    const wanted = namesUpTo(this.#migrations, target);
    return due.filter((each) => wanted.has(each.name));
  }

  /** Returns the migrations to undo, the last first. */
  undone(target: string | undefined): NamedMigration[] {
    const applied = this.#applied();
    if (target === undefined) return applied.slice(-1);
    const kept = target === "zero" ? new Set<string>() : namesUpTo(this.#migrations, target);
    return applied.filter(({ name }) => !kept.has(name)).toReversed();
  }

  /** Throws `E_MIGRATION_ANSWER` for a value that no restored column needs. */
  assertFills(chosen: readonly NamedMigration[]): void {
    const needed = chosen.flatMap((migration) => {
      const { from, operations } = this.#invert(migration);
      return listNeeded(from, operations);
    });
    assertNeeded(this.#options.fills ?? {}, needed);
  }

  /** Finishes interrupted migrations in the direction that they had. Returns the names of those applied now. */
  async finishInterrupted(wanted: "up" | "down"): Promise<string[]> {
    const open = [...this.#rows.values()].filter(({ appliedAt }) => appliedAt === "");
    for (const { name, direction } of open) {
      const migration = findNamed(this.#migrations, name);
      if (direction === "up") await this.up(migration);
      else if (wanted === "down" || !(await this.#keep(migration))) await this.down(migration);
    }
    return open.filter(({ direction }) => direction === "up").map(({ name }) => name);
  }

  /** Keeps a migration as applied if its rollback has not changed anything yet. Returns whether it did. */
  async #keep(migration: NamedMigration): Promise<boolean> {
    const { from, operations } = this.planDown(migration);
    const isKept = await this.#restore(migration, this.#session.kind.plan(this.#writer, from, operations), undefined);
    if (isKept) await this.#readRows();
    return isKept;
  }

  /** Returns the structure without a migration: the result of the others that have run. */
  #stateBefore(migration: NamedMigration): State {
    return replay(this.#applied().filter(({ name }) => name !== migration.name));
  }

  /** Returns whether the database has what a first migration creates. Throws `E_MIGRATION_DRIFT` if it has a part of it. */
  isThere(migration: NamedMigration): Promise<boolean> {
    return isCreated(this.#session, this.#stateBefore(migration), migration);
  }

  async up(migration: NamedMigration): Promise<void> {
    await this.#execute(migration, "up", this.#stateBefore(migration), migration.operations);
  }

  /** Throws `E_MIGRATION_CONSENT` if the database would rewrite a large table under a lock without consent. */
  async #assertNoRewrite(before: State, operations: readonly Operation[]): Promise<void> {
    const { dialect, kind } = this.#session;
    if (this.#options.allowCopies === true || !kind.asksBeforeRewrites) return;
    const rewrites = findRisks(before, operations, kind.costs).filter(({ risk, assured }) => risk === "rewrites" && assured === undefined);
    for (const { table, operation } of rewrites) {
      const { sql, subject } = dialect.estimate;
      const [[count] = []] = await this.#session.readArrays(sql, [subject(table)]);
      const rows = Number(count ?? 0);
      if (rows < smallRows) continue;
      const what = `The table "${table}" of about ${rows} rows would be rewritten while other connections wait: ${operation}.`;
      throw new GableError("E_MIGRATION_CONSENT", what, {
        fix: "Add a new column and fill it in batches, wrap the operation in op.assured(reason, ...), or pass allowCopies.",
      });
    }
  }

  planDown(migration: NamedMigration): DownPlan {
    const { from, operations: inverse } = this.#invert(migration);
    const operations = fillOperations(from, inverse, this.#options.fills ?? {});
    return { from, operations, risks: findRisks(from, operations, this.#session.kind.costs) };
  }

  /** Returns the operations that undo a migration, starting from a structure, without values for columns that need one. */
  #invert(migration: NamedMigration): Omit<DownPlan, "risks"> {
    // Later migrations do not block this one: they are undone first.
    const place = this.#migrations.indexOf(migration);
    const start = replay(this.#migrations.slice(0, place).filter(({ name }) => this.#rows.has(name)));
    const from = applyAll(start, migration.operations);
    return { from, operations: invertAll(start, migration.operations) };
  }

  /** Throws if rows block a rollback of several migrations, before the first of them changes anything. */
  async assertRows(plans: readonly DownPlan[]): Promise<void> {
    const steps = plans.flatMap(({ from, operations }) => this.#session.kind.plan(this.#writer, from, operations));
    const operations = plans.flatMap((plan) => plan.operations);
    for (const check of earlyChecks(plans[0]!.from, operations, steps)) await checkRows(this.#session, check);
  }

  async down(migration: NamedMigration, { from, operations }: DownPlan = this.planDown(migration)): Promise<void> {
    await this.#execute(migration, "down", from, operations);
  }

  /** Records that a migration has run, without running it, and reports it. */
  async record(migration: NamedMigration): Promise<void> {
    await this.note(migration);
    const text = "Recorded without running it.";
    const counts = { step: 1, steps: 1, rows: undefined, rowsAll: undefined };
    this.#options.onProgress?.({ migration: migration.name, direction: "up", text, ...counts, isRecorded: true });
  }

  /** Records that a migration has run. */
  async note(migration: NamedMigration): Promise<void> {
    const state = applyAll(this.#stateBefore(migration), migration.operations);
    const live = hashLiveSchema(await readLiveSchema(this.#session), state.keys());
    await this.#ledger.write({ ...newRow(migration, "up"), appliedAt: new Date().toISOString(), live });
    await this.#readRows();
  }

  async #execute(migration: NamedMigration, direction: "up" | "down", before: State, operations: readonly Operation[]): Promise<void> {
    const known = this.#rows.get(migration.name);
    const isResumed = known !== undefined && known.appliedAt === "" && known.direction === direction;
    const row = isResumed ? known : newRow(migration, direction);
    const steps = this.#session.kind.plan(this.#writer, before, operations);
    if (!isResumed) {
      // A migration that has started already has consent.
      await this.#assertNoRewrite(before, operations);
      for (const check of earlyChecks(before, operations, steps)) await checkRows(this.#session, check);
    }
    const { allowCopies = false, onProgress } = this.#options;
    const run = { row, hash: migration.hash, steps, after: applyAll(before, operations) };
    try {
      await new MigrationExecution(this.#session, this.#ledger, { allowCopies, onProgress }, run).run();
    } catch (error) {
      const reason = await this.#explain(migration, direction, steps.length, error);
      if (direction === "down") await this.#restore(migration, steps, known);
      throw reason;
    }
    await this.#readRows();
  }

  /**
   * Records again that a migration has run, if its rollback failed before its first change. Returns whether it did. If the process
   * was killed, the previous ledger row is lost, and the migration counts as applied now.
   */
  async #restore(migration: NamedMigration, steps: readonly PlannedStep[], known: LedgerRow | undefined): Promise<boolean> {
    const row = (await this.#ledger.read().catch(() => [])).find(({ name }) => name === migration.name);
    if (row?.direction !== "down") return false;
    const isReverted = row.step === 0 && row.before === "" && row.cursor === ""; // Its step failed, and has left nothing.
    const isUntouched = steps.slice(0, row.step).every(({ step }) => step.kind === "check");
    if (!isUntouched || !(isReverted || row.before === (await hashWholeSchema(this.#session)))) return false;
    if (known !== undefined && known.appliedAt !== "") await this.#ledger.write(known);
    else await this.note(migration);
    return true;
  }

  /** Adds to the error what was done and what was not. */
  async #explain(migration: NamedMigration, direction: "up" | "down", steps: number, error: unknown): Promise<unknown> {
    if (error instanceof GableError && (error.code === "E_MIGRATION_CONSENT" || error.code === "E_MIGRATION_EDITED")) return error;
    const rows = await this.#ledger.read().catch(() => undefined);
    const row = rows?.find(({ name, appliedAt, step }) => name === migration.name && appliedAt === "" && step > 0);
    const state =
      rows === undefined
        ? "Gable cannot read from the database how many steps are done."
        : row !== undefined
          ? `${row.step} of ${steps} steps are done and kept; the next run continues after them.`
          : "It changed nothing; the next run starts it again.";
    const reason = toErrorText(error).replace(/[.!?]?$/, ".");
    const what = direction === "up" ? "failed" : "could not be undone";
    return new GableError("E_MIGRATION_FAILED", `The migration "${migration.name}" ${what}: ${reason} ${state}`, { cause: error });
  }
}

function newRow({ name, hash }: NamedMigration, direction: "up" | "down"): LedgerRow {
  return { name, hash, direction, step: 0, before: "", cursor: "", appliedAt: "", durationMs: 0, live: "" };
}

/** Describes a difference as a part of a sentence. */
function describeDifference({ table, object, expected, found }: ReturnType<typeof compareSchemas>[number]): string {
  if (expected === undefined) return `${object} of "${table}" should not be there (${found})`;
  if (found === undefined) return `${object} of "${table}" is missing (${expected})`;
  return `${object} of "${table}" is "${found}", not "${expected}"`;
}
