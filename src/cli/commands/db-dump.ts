/** `gable db dump`, `load` and `backup`: rows as files, and a copy of a SQLite file. */
import { existsSync, readdirSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { GableError } from "gable";
import type { TableCount } from "gable/migrations";
import { dumpData, loadData } from "gable/migrations";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import { parseDatabaseUrl } from "../database-url.ts";
import { databaseFlags, optionsOf, withDatabase } from "../open-database.ts";

const { database: databaseFlag } = databaseFlags;
const dumpFlags = {
  database: databaseFlag,
  out: { type: "string", help: "Folder of the files", default: "var/dump" },
  gzip: { type: "boolean", help: "Compresses the files" },
  dryRun: { type: "boolean", help: "Counts the rows, and writes nothing" },
  secrets: { type: "boolean", help: "Includes the secret columns, such as password hashes" },
} as const;

/** The files of a dump in a folder. */
function listDumpFiles(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => /\.jsonl(?:\.gz)?$/.test(name)) : [];
}

function sumRows(tables: readonly TableCount[]): string {
  const rows = tables.reduce((sum, each) => sum + each.rows, 0);
  return `${rows.toLocaleString("en")} ${rows === 1 ? "row" : "rows"} of ${tables.length} ${tables.length === 1 ? "table" : "tables"}`;
}

/** Shows how many rows of all tables are done. */
function withRows(
  progress: BuiltInContext["progress"],
  label: string,
  work: (onProgress: (count: TableCount) => void) => Promise<TableCount[]>,
): Promise<TableCount[]> {
  const rows = new Map<string, number>();
  return progress(label, {}, (bar) =>
    work((count) => {
      rows.set(count.table, count.rows);
      bar.set(
        [...rows.values()].reduce((sum, each) => sum + each, 0),
        count.table,
      );
    }),
  );
}

/** Writes all rows as JSON lines. */
export const dbDump = builtIn({
  examples: ["db dump", "db dump --dry-run", "db dump --out var/dump --gzip --secrets"],
  flags: dumpFlags,
  async run({ flags, project, print, progress, table }: BuiltInContext<{}, typeof dumpFlags>) {
    const { gzip, secrets, dryRun: isDry } = flags;
    const folder = resolve(project.folder, flags.out);
    if (listDumpFiles(folder).length > 0)
      throw new GableError("E_COMMAND_USAGE", `The folder ${flags.out} has the files of another dump.`, {
        fix: "Delete them, or give another folder: --out var/dump-2.",
      });
    return withDatabase(project, flags, async (database) => {
      // Only its owner may read the rows.
      if (!isDry) await mkdir(folder, { recursive: true, mode: 0o700 });
      const options = { database, folder, gzip, secrets, isDry };
      const tables = await withRows(progress, isDry ? "Rows counted" : "Rows written", (onProgress) =>
        dumpData({ ...options, onProgress }),
      );
      const columns = database.models.flatMap(({ $meta }) =>
        $meta.columns.filter(({ isSecret }) => isSecret).map(({ column }) => `${$meta.table}.${column}`),
      );
      const omitted = secrets ? [] : columns;
      table(tables.map((each) => ({ table: each.table, rows: each.rows.toLocaleString("en") })));
      print(`${isDry ? "Would write" : "Wrote"} ${sumRows(tables)} to ${flags.out}.`);
      if (omitted.length > 0)
        print(`${isDry ? "Would leave out" : "Left out"} the secret columns ${omitted.join(", ")}: pass --secrets to write them as well.`);
      return { folder: flags.out, tables, omitted, isDry };
    });
  },
});

const loadFlags = {
  database: databaseFlag,
  dryRun: { type: "boolean", help: "Loads the rows in a transaction, and rolls it back" },
} as const;
const loadWords = { folder: { help: "Folder that `db dump` has written" } } as const;

/** Loads the files of a dump. */
export const dbLoad = builtIn({
  examples: ["db load var/dump", "db load var/dump --dry-run"],
  arguments: loadWords,
  flags: loadFlags,
  async run({
    arguments: { folder: name },
    flags,
    project,
    common,
    print,
    progress,
    table,
  }: BuiltInContext<typeof loadWords, typeof loadFlags>) {
    const folder = resolve(project.folder, name);
    if (listDumpFiles(folder).length === 0)
      throw new GableError("E_COMMAND_USAGE", `The folder ${name} has no files of a dump.`, {
        fix: "Give the folder that `npx gable db dump` has written.",
      });
    const { dryRun: isDry } = flags;
    if (project.mode === "production" && !common.force && !isDry)
      throw new GableError("E_COMMAND_CONFIRM", "The rows would go into the production database.", {
        fix: "Pass --force when you are sure.",
      });
    return withDatabase(project, flags, async (database) => {
      const tables = await withRows(progress, "Rows loaded", (onProgress) => loadData({ database, folder, onProgress, isDry }));
      table(tables.map((each) => ({ table: each.table, rows: each.rows.toLocaleString("en") })));
      print(`${isDry ? "Would load" : "Loaded"} ${sumRows(tables)}.`);
      return { tables, isDry };
    });
  },
});

const backupFlags = { database: databaseFlag, dryRun: { type: "boolean", help: "Says what it would copy, and copies nothing" } } as const;
const backupWords = { file: { help: "File to write. Default: var/backups/ with the name and the time", optional: true } } as const;

/** Copies a SQLite database while it is in use. */
export const dbBackup = builtIn({
  examples: ["db backup", "db backup --dry-run", "db backup /backups/shop.db"],
  arguments: backupWords,
  flags: backupFlags,
  async run({ arguments: { file }, flags, project, progress, signal, print }: BuiltInContext<typeof backupWords, typeof backupFlags>) {
    const { dryRun: isDry } = flags;
    const options = optionsOf(await project.loadApp(), flags.database);
    if (options.url === undefined)
      throw new GableError("E_DATABASE_MISSING", `The database "${flags.database}" has no address.`, { fix: "Pass its url to gable()." });
    const address = parseDatabaseUrl(options.url);
    if (address.kind !== "sqlite" || address.file === ":memory:")
      throw new GableError("E_COMMAND_USAGE", "`db backup` copies the files of SQLite.", {
        fix:
          address.kind === "sqlite"
            ? "Use a database in a file."
            : `Use ${backupProgram[address.kind]}, or \`npx gable db dump --secrets\`.`,
      });
    const { backUpSqlite } = await import("../sqlite-backup.ts");
    const from = resolve(project.folder, address.file);
    const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
    const to = resolve(project.folder, file ?? join("var", "backups", `${basename(from, ".db")}-${time}.db`));
    const bytes = await backUpSqlite({ from, to, isDry, progress, signal });
    print(`${isDry ? "Would copy" : "Copied"} ${bytes.toLocaleString("en")} bytes to ${project.toShown(to)}.`);
    return { file: to, bytes, isDry };
  },
});

const backupProgram = {
  postgres: "pg_dump",
  mariadb: "mariadb-dump --single-transaction",
  mysql: "mysqldump --single-transaction",
} as const;
