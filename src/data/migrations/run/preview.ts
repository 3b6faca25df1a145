/** Shows what migrations would do: their SQL and their risks. */
import { assertKnownOptions, kindsOf } from "../../../errors/option-errors.ts";
import type { State, ValueData } from "../../schema/table-state.ts";
import { TableWriter } from "../../sql/table-writer.ts";
import type { NamedMigration } from "../files/read-files.ts";
import { findNamed, readMigrations } from "../files/read-files.ts";
import { writeStep } from "../plan/plan.ts";
import type { Finding } from "../plan/risk.ts";
import { findRisks } from "../plan/risk.ts";
import { applyAll } from "../state/apply.ts";
import { assertNeeded, fillOperations, listNeeded } from "../state/fills.ts";
import { invertAll } from "../state/inverse.ts";
import { isCreated } from "./initial.ts";
import type { MigrationsOptions } from "./migrate.ts";
import { readStatus } from "./migrate.ts";
import { loadMigrationDialect } from "./migration-dialects.ts";
import { Session } from "./session.ts";

/** A migration as SQL for one kind of database, with its risks. */
export interface MigrationPreview {
  /** Name of the migration. */
  readonly name: string;
  /** Statements in order. */
  readonly sql: readonly string[];
  /** What may lock, fail or lose data. */
  readonly risks: readonly Finding[];
  /** Whether it would be recorded as applied without running it. Absent otherwise. */
  readonly isRecorded?: true;
}

/** Options for `previewMigrations()`. */
export interface PreviewOptions extends MigrationsOptions {
  /** Names of the migrations to show. All by default. */
  readonly name?: string | readonly string[];
  /** Whether to show the SQL that undoes them. Default false. */
  readonly backwards?: boolean;
  /** With `backwards`, values for columns that become required again, as `rollback()` takes them. None by default. */
  readonly fills?: Readonly<Record<string, ValueData>>;
  /** Leaves out the SQL of migrations that `migrate({ fakeInitial: true })` would record without running them. Default false. */
  readonly fakeInitial?: boolean;
}

const optionKinds = kindsOf<PreviewOptions>({
  database: "object",
  folder: true,
  name: "names",
  backwards: "boolean",
  fills: "object",
  fakeInitial: "boolean",
});

/** Returns the SQL of all migrations, or of some. With `backwards`, returns the SQL that undoes them. Runs nothing. */
export async function previewMigrations(options: PreviewOptions): Promise<MigrationPreview[]> {
  assertKnownOptions("previewMigrations()", options, optionKinds);
  const migrations = await readMigrations(options.folder);
  const shown = options.name === undefined ? undefined : [options.name].flat();
  for (const name of shown ?? []) findNamed(migrations, name);
  const { backwards = false, fills = {} } = options;
  const { dialect } = options.database.$core;
  const [writer, kind] = [new TableWriter(dialect), await loadMigrationDialect(dialect)];
  const isShown = ({ name }: NamedMigration): boolean => shown?.includes(name) ?? true;
  const recorded = options.fakeInitial === true ? await findRecorded(options, migrations.filter(isShown)) : new Set();
  const previews: MigrationPreview[] = [];
  const needed: string[] = [];
  let state: State = new Map();
  for (const migration of migrations) {
    const { name } = migration;
    const after = applyAll(state, migration.operations);
    if (recorded.has(migration)) previews.push({ name, sql: [], risks: [], isRecorded: true });
    else if (isShown(migration)) {
      const inverse = backwards ? invertAll(state, migration.operations) : [];
      needed.push(...listNeeded(after, inverse));
      const [from, operations] = backwards ? [after, fillOperations(after, inverse, fills)] : [state, migration.operations];
      const sql = kind.plan(writer, from, operations).flatMap(({ step }) => writeStep(writer, step));
      previews.push({ name, sql, risks: findRisks(from, operations, kind.costs) });
    }
    state = after;
  }
  assertNeeded(fills, needed);
  return backwards ? previews.toReversed() : previews;
}

/** Returns which migrations are due and recorded, because the database has what they create. */
async function findRecorded(
  { database, folder }: PreviewOptions,
  migrations: readonly NamedMigration[],
): Promise<ReadonlySet<NamedMigration>> {
  const due = new Set((await readStatus({ database, folder })).flatMap(({ state, name }) => (state === "due" ? [name] : [])));
  const recorded = new Set<NamedMigration>();
  await Session.use(database.$core, async (session) => {
    for (const each of migrations) if (due.has(each.name) && (await isCreated(session, new Map(), each))) recorded.add(each);
  });
  return recorded;
}
