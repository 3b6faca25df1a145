/** `gable db migrate` and `gable db rollback`: run migrations on a database, and undo them. */
import { GableError } from "gable";
import type { Database } from "gable/data";
import type { Answers, MigrationPreview, MigrationProgress, MigrationStatus } from "gable/migrations";
import { migrate, previewMigrations, readStatus, rollback } from "gable/migrations";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import { listDue } from "../due-migrations.ts";
import { toRollbackFills } from "../migration-answers.ts";
import { databaseFlags, withDatabase } from "../open-database.ts";

const common = {
  ...databaseFlags,
  plan: { type: "boolean", help: "Shows the SQL and its risks; runs nothing" },
  dryRun: { type: "boolean", help: "The same as --plan" },
  waitSeconds: { type: "int", help: "Longest wait for another process that migrates", default: 60 },
  lockTimeoutSeconds: { type: "int", help: "Longest wait for the lock of a table", default: 5 },
  allowCopies: { type: "boolean", help: "Allows copying large tables" },
  allowDrift: { type: "boolean", help: "Goes on although somebody changed the tables by hand" },
} as const;
const migrateFlags = {
  ...common,
  check: { type: "boolean", help: "Runs nothing; exits with 1 when a migration is due" },
  fake: { type: "boolean", help: "Records migrations as applied without running them" },
  fakeInitial: { type: "boolean", help: "Records the first migration as applied if the tables and columns that it creates exist" },
  phase: { type: "string", help: "Runs only what comes before the new code, or all", choices: ["before", "after"], default: "after" },
} as const;
const rollbackFlags = {
  ...common,
  default: { type: "list", help: "A value for rows whose column becomes required again, as books.isbn=VALUE" },
  allowDataLoss: { type: "boolean", help: "Allows dropping columns and tables with their values" },
} as const;
const words = { target: { help: "Name of the last migration", optional: true } } as const;
type MigrateContext = BuiltInContext<typeof words, typeof migrateFlags>;
type RollbackContext = BuiltInContext<typeof words, typeof rollbackFlags>;

/** Runs what is due. */
export const dbMigrate = builtIn({
  examples: ["db migrate", "db migrate --plan", "db migrate --check", "db migrate --phase before", "db migrate --fake-initial"],
  arguments: words,
  flags: migrateFlags,
  run: (context: MigrateContext) => withDatabase(context.project, context.flags, (database) => runMigrate(context, database)),
});

async function runMigrate(context: MigrateContext, database: Database): Promise<object> {
  const { flags, print } = context;
  const { folder } = flags;
  if (flags.fake && flags.fakeInitial)
    throw new GableError("E_COMMAND_USAGE", "--fake and --fake-initial do not go together.", {
      fix: "Pass --fake-initial to compare the tables first, or --fake to compare nothing.",
    });
  const { target } = context.arguments;
  const due = await listDue({ database, folder, phase: flags.phase, ...(target !== undefined && { target }) });
  if (flags.check) return reportDue(context, due);
  if (flags.plan || flags.dryRun) return showPlan(context, await planDue(context, database, due));
  const { fake, fakeInitial, phase } = flags;
  const recorded = new Set<string>();
  const done = await withSteps(context, due.length, (onProgress) =>
    migrate({
      ...runOptions(context, database),
      fake,
      fakeInitial,
      phase,
      onProgress(state) {
        if (state.isRecorded) recorded.add(state.migration);
        onProgress(state);
      },
    }),
  );
  const ran = done.filter((name) => !recorded.has(name));
  if (done.length === 0) print("All migrations have run. There is nothing to do.");
  printNames(context, "Recorded", [...recorded]);
  printNames(context, "Ran", ran);
  if (fakeInitial && recorded.size > 0) print("Keys and indexes were not compared: run `npx gable db check --live`.");
  return { done, recorded: [...recorded] };
}

function reportDue({ print, report }: MigrateContext, due: readonly string[]): object {
  if (due.length > 0)
    report({
      id: "migrations.pending",
      message: `${due.length} migrations are due: ${due.join(", ")}.`,
      fix: "Run: npx gable db migrate",
    });
  else print("All migrations have run.");
  return { due };
}

/** Returns what a run would do. What it would only record has no statements. */
async function planDue(
  { flags: { folder, fake, fakeInitial } }: MigrateContext,
  database: Database,
  due: readonly string[],
): Promise<MigrationPreview[]> {
  const previews = await previewMigrations({ database, folder, fakeInitial, name: due });
  return fake ? previews.map(({ name }) => ({ name, sql: [], risks: [], isRecorded: true })) : previews;
}

/** Undoes what has run. */
export const dbRollback = builtIn({
  examples: [
    "db rollback",
    "db rollback 20261120_1012_initial",
    "db rollback zero --allow-data-loss",
    "db rollback --default books.isbn=none",
  ],
  arguments: words,
  flags: rollbackFlags,
  run: (context: RollbackContext) => withDatabase(context.project, context.flags, (database) => runRollback(context, database)),
});

async function runRollback(context: RollbackContext, database: Database): Promise<object> {
  const {
    flags,
    print,
    common: { force },
    project,
  } = context;
  const fills = await toRollbackFills(flags.folder, flags.default);
  if (flags.plan || flags.dryRun) return showPlan(context, await previewBack(context, database, fills));
  if (flags.allowDataLoss && project.mode === "production" && !force)
    throw new GableError("E_COMMAND_CONFIRM", "A rollback that loses data needs --force in production.");
  const options = { ...runOptions(context, database), fills, allowDataLoss: flags.allowDataLoss };
  const total = Math.max(1, (await findUndone(context, database)).length);
  const done = await withSteps(context, total, (onProgress) => rollback({ ...options, onProgress }));
  if (done.length === 0) print("No migration has run. There is nothing to undo.");
  printNames(context, "Undid", done);
  return { done };
}

async function previewBack(
  context: RollbackContext,
  database: Database,
  fills: NonNullable<Answers["fills"]>,
): Promise<MigrationPreview[]> {
  const name = await findUndone(context, database);
  return previewMigrations({ database, folder: context.flags.folder, name, fills, backwards: true });
}

/** Names of the migrations that a rollback undoes: without a target the last one, with one all after it. */
async function findUndone({ flags: { folder }, arguments: { target } }: RollbackContext, database: Database): Promise<string[]> {
  const namesOf = (list: readonly MigrationStatus[]): string[] => list.flatMap(({ state, name }) => (state === "applied" ? [name] : []));
  const applied = namesOf(await readStatus({ database, folder }));
  if (target === undefined) return applied.slice(-1);
  const kept = target === "zero" ? [] : namesOf(await readStatus({ database, folder, target }));
  return applied.filter((each) => !kept.includes(each));
}

function runOptions(
  { flags, arguments: { target } }: MigrateContext | RollbackContext,
  database: Database,
): Parameters<typeof rollback>[0] {
  const { folder, waitSeconds, lockTimeoutSeconds, allowCopies, allowDrift } = flags;
  return { database, folder, waitSeconds, lockTimeoutSeconds, allowCopies, allowDrift, ...(target !== undefined && { target }) };
}

/** Shows each step of each migration. */
export function withSteps<Result>(
  { progress, terminal }: Pick<MigrateContext, "progress" | "terminal">,
  total: number,
  work: (onProgress: (state: MigrationProgress) => void) => Promise<Result>,
): Promise<Result> {
  let current = "";
  return progress("Migrations", { total }, (bar) =>
    work(({ migration, text, step, steps, rows, rowsAll }) => {
      const share = rows === undefined ? "" : ` ${rows}${rowsAll === undefined ? "" : ` of ${rowsAll}`} rows`;
      if (migration === current) bar.set(0, `${step}/${steps} ${text}${share}`);
      else bar.step(`${migration}: ${step}/${steps} ${text}`);
      current = migration;
      if (terminal.signal.aborted)
        throw new GableError("E_COMMAND_CONFIRM", `You cancelled in ${migration}. Run the command again to go on.`);
    }),
  );
}

function showPlan({ print }: MigrateContext | RollbackContext, previews: readonly MigrationPreview[]): object {
  if (previews.length === 0) print("There is nothing to run.");
  for (const { name, sql, risks, isRecorded } of previews) {
    print(isRecorded ? `-- ${name}: recorded without running it` : `-- ${name}`);
    for (const { risk, operation } of risks) if (risk !== "safe") print(`-- ${risk}: ${operation}`);
    for (const statement of sql) print(`${statement};`);
    print();
  }
  return { plan: previews };
}

function printNames({ print }: MigrateContext | RollbackContext, verb: string, names: readonly string[]): void {
  if (names.length === 0) return;
  print(`${verb} ${count(names)}:`);
  for (const name of names) print(`  ${name}`);
}

function count(names: readonly string[]): string {
  return names.length === 1 ? "1 migration" : `${names.length} migrations`;
}
