/** `gable db status`, `sql` and `check`: look at migrations and change nothing. */
import type { SchemaDifference } from "gable/migrations";
import { checkLive, checkMigrations, previewMigrations, readStatus } from "gable/migrations";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import { assertFolder, databaseFlags, modelsOf, optionsOf, withDatabase } from "../open-database.ts";

/** Lists migrations with their state. */
export const dbStatus = builtIn({
  examples: ["db status", "db status --json"],
  flags: databaseFlags,
  run: ({ flags, project, table, print }: BuiltInContext<{}, typeof databaseFlags>) =>
    withDatabase(project, flags, async (database) => {
      const migrations = await readStatus({ database, folder: flags.folder });
      if (migrations.length === 0) print(`There are no migrations in ${flags.folder}. Write the first one with \`npx gable db make\`.`);
      table(
        migrations.map(({ name, state, appliedAt, durationMs }) => ({
          migration: name,
          state,
          ran: appliedAt,
          ms: state === "applied" ? durationMs : "",
        })),
      );
      return { migrations };
    }),
});

const sqlFlags = { ...databaseFlags, backwards: { type: "boolean", help: "Shows the SQL that undoes it" } } as const;
const sqlWords = { name: { help: "Name of the migration; all without it", optional: true } } as const;

/** Prints the SQL of migrations. */
export const dbSql = builtIn({
  examples: ["db sql", "db sql 20261120_1012_initial --backwards"],
  arguments: sqlWords,
  flags: sqlFlags,
  run: ({ flags, arguments: { name }, project, print }: BuiltInContext<typeof sqlWords, typeof sqlFlags>) =>
    withDatabase(project, flags, async (database) => {
      const { folder, backwards } = flags;
      const previews = await previewMigrations({ database, folder, backwards, ...(name !== undefined && { name }) });
      for (const preview of previews) {
        print(`-- ${preview.name}`);
        for (const { risk, operation } of preview.risks) if (risk !== "safe") print(`-- ${risk}: ${operation}`);
        for (const statement of preview.sql) print(`${statement};`);
      }
      return { migrations: previews };
    }),
});

const checkFlags = { ...databaseFlags, live: { type: "boolean", help: "Also compares the tables of the database" } } as const;

/** Checks that files, models and tables agree. */
export const dbCheck = builtIn({
  examples: ["db check", "db check --live"],
  flags: checkFlags,
  async run({ flags, project, report, print }: BuiltInContext<{}, typeof checkFlags>) {
    const { folder } = flags;
    const app = await project.loadApp();
    const models = modelsOf(app);
    optionsOf(app, flags.database);
    assertFolder("folder", folder);
    const problems = await checkMigrations({ models, folder });
    for (const { text } of problems) report({ id: "migrations.drift", message: text });
    const differences = flags.live ? await withDatabase(project, flags, (database) => checkLive({ database, folder })) : [];
    for (const difference of differences)
      report({ id: "migrations.live", message: describe(difference), fix: "Write a migration, or undo the change by hand." });
    if (problems.length + differences.length === 0) print("Migrations and models match.");
    return { differences };
  },
});

function describe({ table, object, expected, found }: SchemaDifference): string {
  if (expected === undefined) return `The table ${table} has a ${object} that no migration made: ${found}.`;
  if (found === undefined) return `The table ${table} lacks the ${object}: ${expected}.`;
  return `The ${object} of the table ${table} is ${found}; the migrations made ${expected}.`;
}
