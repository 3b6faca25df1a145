/** Looks at databases that may not exist: a check must not create one, and must not fail without one. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { isGableError } from "gable";
import { findSqliteFile } from "../database-url.ts";

/** Returns undefined where the database refuses. */
export async function orNothing<Result>(read: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isGableError(error)) return undefined;
    throw error;
  }
}

/** Opening a file of SQLite would create it. */
export function isThere(url: string | undefined, folder: string): boolean {
  const file = findSqliteFile(url);
  return file === undefined || existsSync(resolve(folder, file));
}
