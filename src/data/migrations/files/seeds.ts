/** Seeds: files that fill a database with rows that it needs or that developers want. Running them again changes nothing. */
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { toErrorText } from "../../../errors/error-text.ts";
import { GableError } from "../../../errors/gable-error.ts";
import { assertKnownOptions } from "../../../errors/option-errors.ts";
import type { Database } from "../../database.ts";
import { transaction } from "../../run/transaction.ts";
import { assertFolder } from "./read-files.ts";

/** What a seed receives. */
export interface SeedContext {
  /** The database to fill. */
  readonly database: Database;
}

/** Options for running seeds. */
export interface SeedOptions {
  /** The database to fill. */
  readonly database: Database;
  /** The folder of the files. They run in the order of their names, and each exports a function as its default. */
  readonly folder: string;
  /** Receives the name of each file before it runs. None by default. */
  readonly onProgress?: (name: string) => void;
  /** Imports the files and checks that each exports a function, and runs none. Default false. */
  readonly isDry?: boolean;
}

/**
 * Runs the seed files of a folder in the order of their names, each in a transaction. Returns their names. Write rows with
 * `upsert()` and `getOrCreate()`, so that a seed can run again. Throws `E_SEED_INVALID` for a file without a function, and
 * `E_SEED_FAILED` with the name of the file that failed.
 *
 * @example
 * // seeds/010-subjects.ts
 * export default async () => {
 *   for (const name of ["Poetry", "Science"]) await Subject.getOrCreate({ name });
 * };
 */
export async function runSeeds(options: SeedOptions): Promise<string[]> {
  assertKnownOptions("runSeeds()", options, { database: "object", folder: true, onProgress: "function", isDry: "boolean" });
  const { database, folder, onProgress, isDry = false } = options;
  assertFolder("runSeeds()", folder);
  const names = (await readdir(folder)).filter((name) => /\.(?:ts|js|mjs)$/.test(name) && !/\.(?:d|test)\.ts$/.test(name)).sort();
  for (const name of names) {
    onProgress?.(name);
    const module = (await import(pathToFileURL(resolve(join(folder, name))).href)) as { default?: unknown }; // Checked below.
    const seed = module.default;
    if (typeof seed !== "function")
      throw new GableError("E_SEED_INVALID", `The seed ${name} does not export a function.`, {
        fix: "Write: export default async () => { ... };",
      });
    if (isDry) continue;
    const work = seed as (context: SeedContext) => unknown; // It may return anything.
    try {
      await transaction(() => work({ database }), { database });
    } catch (error) {
      throw new GableError("E_SEED_FAILED", `The seed ${name} failed: ${toErrorText(error)}`, {
        cause: error,
      });
    }
  }
  return names;
}
