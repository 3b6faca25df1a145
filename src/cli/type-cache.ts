/** Where the TypeScript compiler keeps what it has found in a project, so that the next check only looks at what has changed. */
import { accessSync, constants, lstatSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Returns the file for it, below `node_modules`, which no repository has. Undefined where nothing can be written: a compiler that cannot
 * write it reports an error. A link to the packages of another project counts as such.
 */
export function findTypeCache(folder: string): string | undefined {
  const packages = join(folder, "node_modules");
  if (lstatSync(packages, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  const cache = join(packages, ".cache", "gable");
  const file = join(cache, "types.tsbuildinfo");
  try {
    mkdirSync(cache, { recursive: true });
    const found = statSync(file, { throwIfNoEntry: false });
    accessSync(found === undefined ? cache : file, constants.W_OK);
    return found?.isFile() === false ? undefined : file;
  } catch {
    return undefined;
  }
}

/** Arguments of the compiler for it. */
export function toCacheWords(file: string | undefined): readonly string[] {
  return file === undefined ? [] : ["--incremental", "--tsBuildInfoFile", file];
}
