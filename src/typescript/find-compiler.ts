/** Finds the TypeScript compiler of a project. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Returns the path of the compiler, which may be installed in a folder around the project; undefined without one. */
export function findCompiler(folder: string): string | undefined {
  for (let each = folder; ; each = dirname(each)) {
    const path = join(each, "node_modules/typescript/bin/tsc");
    if (existsSync(path)) return path;
    if (dirname(each) === each) break;
  }
  try {
    return createRequire(join(folder, "package.json")).resolve("typescript/bin/tsc");
  } catch {
    return undefined;
  }
}
