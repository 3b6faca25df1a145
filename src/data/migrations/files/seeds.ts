/** Seeds: files that put rows into a database which it needs, or which developers want; a second run changes nothing. */
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { GableError } from "../../../errors/gable-error.ts";
import { assertKnownOptions } from "../../../errors/option-errors.ts";
import type { Database } from "../../database.ts";
import { transaction } from "../../run/transaction.ts";
import { assertFolder } from "./read-files.ts";

/** What a seed gets. */
export interface SeedContext {
  /** The database that is filled. */
  readonly database: Database;
}

/** Which seeds run. */
export interface SeedOptions {
  /** The database that is filled. */
  readonly database: Database;
  /** The folder of the files: each exports a function as its default, and runs in the order of its name. */
  readonly folder: string;
  /** Told of each file before it runs. None by default. */
  readonly onProgress?: (name: string) => void;
}

/**
 * Runs the files of a folder in the order of their names, each in a transaction. Gives their names. A seed makes rows by
 * `upsert()` and `getOrCreate()`, so that it may run again. Throws `E_SEED_INVALID` for a file without a function, and
 * `E_SEED_FAILED` with the name of the file that has failed.
 *
 * @example
 * // seeds/010-subjects.ts
 * export default async () => {
 *   for (const name of ["Poetry", "Science"]) await Subject.getOrCreate({ name });
 * };
 */
export async function runSeeds(options: SeedOptions): Promise<string[]> {
  assertKnownOptions("runSeeds()", options, ["database", "folder", "onProgress"]);
  const { database, folder, onProgress } = options;
  assertFolder("runSeeds()", folder);
  const names = (await readdir(folder)).filter((name) => /\.(?:ts|js|mjs)$/.test(name) && !/\.(?:d|test)\.ts$/.test(name)).sort();
  for (const name of names) {
    onProgress?.(name);
    const module = (await import(pathToFileURL(resolve(join(folder, name))).href)) as { default?: unknown }; // Looked at below.
    const seed = module.default;
    if (typeof seed !== "function")
      throw new GableError("E_SEED_INVALID", `The seed ${name} does not export a function.`, {
        fix: "Write: export default async () => { ... };",
      });
    const work = seed as (context: SeedContext) => unknown; // What it takes is its own matter.
    try {
      await transaction(() => work({ database }), { database });
    } catch (error) {
      throw new GableError("E_SEED_FAILED", `The seed ${name} has failed: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }
  return names;
}
