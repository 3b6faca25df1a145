/** Copies a SQLite file while programs use it. */
import { existsSync } from "node:fs";
import { chmod, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import type { Progress } from "gable";
import { GableError } from "gable";

/** Pages of one step. Other work of the process runs between two steps. */
const stepPages = 1_000;

/** What is copied, and where to. */
export interface BackupOptions {
  readonly from: string;
  readonly to: string;
  /** Whether only to check both names. Default false. */
  readonly isDry?: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Copies one snapshot: what others write meanwhile is not in it. The file appears under its name only when it is whole and its
 * integrity is checked. Returns its bytes, or those of the original with `isDry`. Throws `E_DATABASE_OPEN` for a file that is missing or damaged, and `E_COMMAND_USAGE` for a
 * target that exists.
 */
export async function backUpSqlite({ from, to, isDry = false, progress, signal }: BackupOptions): Promise<number> {
  if (!existsSync(from))
    throw new GableError("E_DATABASE_OPEN", `The database file ${from} does not exist.`, { fix: "Create it with: npx gable db migrate." });
  if (existsSync(to)) throw new GableError("E_COMMAND_USAGE", `${to} exists already.`, { fix: "Give another file, or delete this one." });
  if (isDry) return (await stat(from)).size;
  await mkdir(dirname(to), { recursive: true });
  const part = `${to}.part`;
  // Rows of people are in it: nobody else may read it, not even half of it.
  await writeFile(part, "", { mode: 0o600 });
  try {
    await copy({ from, to: part, progress, signal });
    assertWhole(part);
    await chmod(part, (await stat(from)).mode & 0o777);
    await rename(part, to);
    return (await stat(to)).size;
  } catch (error) {
    throw error instanceof GableError || signal.aborted
      ? error
      : new GableError("E_DATABASE_OPEN", `The database file ${from} cannot be copied.`, { cause: error, fix: "Look at the cause." });
  } finally {
    for (const ending of ["", "-journal", "-wal", "-shm"]) await rm(`${part}${ending}`, { force: true });
  }
}

async function copy({ from, to, progress, signal }: BackupOptions): Promise<void> {
  const source = new DatabaseSync(from, { readOnly: true });
  try {
    // An open read transaction keeps the snapshot. Without it, each write of others would begin the copy again.
    source.exec("BEGIN");
    const [{ page_count: total }] = source.prepare("PRAGMA page_count").all() as [{ page_count: number }]; // One row with one column.
    source.prepare("SELECT count(*) FROM sqlite_schema").get();
    await progress("Copying pages", { total }, (bar) =>
      backup(source, to, {
        rate: stepPages,
        progress: ({ totalPages, remainingPages }) => {
          signal.throwIfAborted();
          bar.set(totalPages - remainingPages);
        },
      }),
    );
    signal.throwIfAborted();
  } finally {
    source.close();
  }
}

function assertWhole(file: string): void {
  const copied = new DatabaseSync(file);
  try {
    const [first] = copied.prepare("PRAGMA quick_check(1)").all() as Array<{ quick_check: string }>; // Rows with one column.
    if (first?.quick_check !== "ok")
      throw new GableError("E_DATABASE_OPEN", `The database file is damaged: ${first?.quick_check ?? "no answer"}.`, {
        fix: "Restore an earlier backup, or rescue rows with: sqlite3 FILE .recover.",
      });
  } finally {
    copied.close();
  }
}
