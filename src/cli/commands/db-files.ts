/** `gable db lint`, `squash` and `pull`: rate migrations, join them, and write models of an existing database. */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { GableError } from "gable";
import { createDatabase } from "gable/data";
import type { Finding } from "gable/migrations";
import { previewMigrations, pullModels, readStatus, squashMigrations } from "gable/migrations";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import { assertFolder, databaseFlags, optionsOf, withDatabase } from "../open-database.ts";

const lintFlags = { ...databaseFlags, all: { type: "boolean", help: "Also rates migrations that have run" } } as const;
const lintWords = { name: { help: "Name of the migration; those that are due without it", optional: true } } as const;
type LintContext = BuiltInContext<typeof lintWords, typeof lintFlags>;

/** A finding with the migration that it is in. */
interface LintRow extends Finding {
  readonly migration: string;
}

/** Rates what migrations do to a database in use. */
export const dbLint = builtIn({
  examples: ["db lint", "db lint --all", "db lint 20261120_1012_book_isbn --json"],
  arguments: lintWords,
  flags: lintFlags,
  run: (context: LintContext) =>
    withDatabase(context.project, context.flags, async (database) => {
      const { folder, all } = context.flags;
      const { name } = context.arguments;
      const due = new Set((await readStatus({ database, folder })).filter(({ state }) => state !== "applied").map((each) => each.name));
      const previews = await previewMigrations({ database, folder, ...(name !== undefined && { name }) });
      const rated = name !== undefined || all ? previews : previews.filter((each) => due.has(each.name));
      const findings = rated.flatMap((each) =>
        each.risks.filter(({ risk }) => risk !== "safe").map((risk) => ({ migration: each.name, ...risk })),
      );
      return showFindings(
        context,
        rated.map((each) => each.name),
        findings,
      );
    }),
});

function showFindings({ print, table, report }: LintContext, migrations: readonly string[], findings: readonly LintRow[]): object {
  const accepted = findings.filter(({ assured }) => assured !== undefined);
  table(accepted.map(({ migration, risk, operation, assured }) => ({ migration, risk, operation, accepted: assured })));
  for (const { id, migration, risk, operation, reason, recipe, assured } of findings)
    if (assured === undefined) report({ id: `migrations.${id}`, message: `${migration}: ${operation} (${risk}). ${reason}`, fix: recipe });
  if (migrations.length === 0) print("No migration is due. Rate those that have run with --all.");
  else if (findings.length === accepted.length)
    print(
      `Nothing is risky in ${migrations.length === 1 ? "1 migration" : `${migrations.length} migrations`}${accepted.length === 0 ? "" : ", except what you have accepted"}.`,
    );
  return { migrations, findings };
}

const squashFlags = {
  folder: databaseFlags.folder,
  name: { type: "string", help: "What the new file is about, for its name", default: "squashed" },
  dryRun: { type: "boolean", help: "Shows what it would write, and writes nothing" },
} as const;
const squashWords = { range: { help: "Names of the first and the last migration to replace, as A..B; B for all up to it" } } as const;

/** Joins migrations. */
export const dbSquash = builtIn({
  examples: [
    "db squash 20261120_1012_book_isbn",
    "db squash 20261120_1012_book_isbn..20261204_1655_loans --name loans",
    "db squash 20261120_1012_book_isbn --dry-run",
  ],
  arguments: squashWords,
  flags: squashFlags,
  async run({ flags, arguments: words, print, project }: BuiltInContext<typeof squashWords, typeof squashFlags>) {
    const { dryRun: isDry, folder, name: about } = flags;
    assertFolder("folder", folder);
    const made = await squashMigrations({ folder, ...readRange(words.range), name: about, isDry });
    const { name, path, changes, replaces } = made;
    print(`${isDry ? "Would write" : "Wrote"} ${project.toShown(join(project.folder, path))}, which replaces:`);
    for (const old of replaces) print(`  ${old}`);
    print(changes.length === 0 ? "It does nothing." : "It does:");
    for (const change of changes) print(`  ${change}`);
    if (!isDry) print("Remove the files that it replaces when every database has run gable db migrate with it.");
    return { name, path, replaces, changes, isDry };
  },
});

/** Reads `A..B`, `..B` or `B`. */
function readRange(text: string): { from?: string; to: string } {
  const [, from, to] = /^(?:([\w-]+)?\.\.)?([\w-]+)$/.exec(text) ?? [];
  if (to !== undefined) return { ...(from !== undefined && { from }), to };
  throw new GableError("E_COMMAND_USAGE", `"${text}" is not a range of migrations.`, {
    fix: "Write the names of the first and the last one: gable db squash A..B.",
  });
}

const pullFlags = {
  database: databaseFlags.database,
  out: { type: "string", help: "File to write, such as models.ts; without it the source is printed" },
  dryRun: { type: "boolean", help: "Shows what it would write, and writes nothing" },
  force: { type: "boolean", help: "Overwrites a file that exists" },
} as const;
const pullWords = { tables: { help: "Names of tables; all without them", optional: true, many: true } } as const;
type PullContext = BuiltInContext<typeof pullWords, typeof pullFlags>;

/** Writes models of existing tables. */
export const dbPull = builtIn({
  examples: ["db pull", "db pull orders order_items --out shop/models.ts"],
  arguments: pullWords,
  flags: pullFlags,
  async run(context: PullContext) {
    const { flags, arguments: words, project, print, report } = context;
    const { out, dryRun: isDry, force } = flags;
    if (out !== undefined && existsSync(join(project.folder, out)) && !force)
      throw new GableError("E_COMMAND_USAGE", `${out} exists already. Nothing was written.`, {
        fix: "Choose another file, or pass --force to overwrite.",
      });
    const { source, differences } = await pull(context, words.tables ?? []);
    if (out === undefined) print(source.trimEnd());
    else if (isDry) print(`Would write ${out}:\n\n${source.trimEnd()}`);
    else {
      await mkdir(dirname(join(project.folder, out)), { recursive: true });
      await writeFile(join(project.folder, out), source);
      print(`Wrote ${out}`);
    }
    if (differences === undefined)
      report({
        id: "models.uncompared",
        level: "info",
        message: "The role may not create a schema: nothing compares the models with the tables.",
      });
    for (const { table, object, found, expected } of differences ?? [])
      report({
        id: "models.difference",
        level: "warning",
        message: `The table ${table} differs from its model in the ${object}: ${found ?? "nothing"} instead of ${expected ?? "nothing"}.`,
      });
    return { file: out ?? null, source, differences: differences ?? null, isDry };
  },
});

/** Opens the database without the models of the application: they may not fit it yet. */
async function pull({ project, flags }: PullContext, tables: readonly string[]): ReturnType<typeof pullModels> {
  const options = optionsOf(await project.loadApp(), flags.database);
  const database = await createDatabase({ ...options, models: [], bind: false });
  try {
    return await pullModels({ database, ...(tables.length > 0 && { tables }) });
  } finally {
    await database.close();
  }
}
