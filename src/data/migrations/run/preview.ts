/** Shows what migrations would do: their SQL and their risks. */
import { assertKnownOptions, kindsOf } from "../../../errors/option-errors.ts";
import type { State } from "../../schema/table-state.ts";
import { TableWriter } from "../../sql/table-writer.ts";
import type { NamedMigration } from "../files/read-files.ts";
import { findNamed, readMigrations } from "../files/read-files.ts";
import { writeStep } from "../plan/plan.ts";
import type { Finding } from "../plan/risk.ts";
import { findRisks } from "../plan/risk.ts";
import { applyAll } from "../state/apply.ts";
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
  /** Name of the only migration to show. All by default. */
  readonly name?: string;
  /** Whether to show the SQL that undoes them. Default false. */
  readonly backwards?: boolean;
  /** Leaves out the SQL of migrations that `migrate({ fakeInitial: true })` would record without running them. Default false. */
  readonly fakeInitial?: boolean;
}

const optionKinds = kindsOf<PreviewOptions>({
  database: "object",
  folder: true,
  name: "string",
  backwards: "boolean",
  fakeInitial: "boolean",
});

/** Returns the SQL of all migrations, or of one. With `backwards`, returns the SQL that undoes them. Runs nothing. */
export async function previewMigrations(options: PreviewOptions): Promise<MigrationPreview[]> {
  assertKnownOptions("previewMigrations()", options, optionKinds);
  const migrations = await readMigrations(options.folder);
  if (options.name !== undefined) findNamed(migrations, options.name);
  const { dialect } = options.database.$core;
  const [writer, kind] = [new TableWriter(dialect), await loadMigrationDialect(dialect)];
  const isRecorded = options.fakeInitial === true ? await findRecorded(options, migrations) : () => false;
  const previews: MigrationPreview[] = [];
  let state: State = new Map();
  for (const migration of migrations) {
    const after = applyAll(state, migration.operations);
    if (isRecorded(migration)) previews.push({ name: migration.name, sql: [], risks: [], isRecorded: true });
    else if (options.name === undefined || options.name === migration.name) {
      const [from, operations] =
        options.backwards === true ? [after, invertAll(state, migration.operations)] : [state, migration.operations];
      const sql = kind.plan(writer, from, operations).flatMap(({ step }) => writeStep(writer, step));
      previews.push({ name: migration.name, sql, risks: findRisks(from, operations, kind.costs) });
    }
    state = after;
  }
  return options.backwards === true ? previews.toReversed() : previews;
}

/** Returns which of the due migrations are recorded because the database has what they create. */
async function findRecorded(
  { database, folder, name }: PreviewOptions,
  migrations: readonly NamedMigration[],
): Promise<(migration: NamedMigration) => boolean> {
  const due = new Set((await readStatus({ database, folder })).flatMap((each) => (each.state === "due" ? [each.name] : [])));
  const asked = migrations.filter((each) => due.has(each.name) && (name === undefined || each.name === name));
  const recorded = new Set<NamedMigration>();
  await Session.use(database.$core, async (session) => {
    for (const each of asked) if (await isCreated(session, new Map(), each)) recorded.add(each);
  });
  return (migration) => recorded.has(migration);
}
