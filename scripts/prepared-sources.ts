/**
 * Sources without their types, for `scripts/source.mjs`. The tests start thousands of processes that each load hundreds of modules; finding a
 * module and stripping its types takes longer than running it.
 */
import { mkdir, readFile, glob, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";

/** Folders whose modules import each other by relative paths. */
const patterns = ["src/**/*.ts", "test/**/*.ts", "examples/**/*.ts", "create-gable/**/*.ts"];

/**
 * Writes the sources of the repository, without types, to a folder. Every character keeps its line and column. Files with other syntax than
 * what Node strips are left out, and load from where they are.
 */
export async function writePreparedSources(root: string, folder: string): Promise<void> {
  const files: string[] = [];
  for await (const file of glob(patterns, { cwd: root, exclude: (name) => name.includes("node_modules") })) {
    if (file.endsWith(".d.ts")) continue;
    const code = strip(await readFile(join(root, file), "utf8"));
    if (code === undefined) continue;
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, code);
    files.push(file);
  }
  await writeFile(join(folder, "index.json"), JSON.stringify(files));
}

function strip(code: string): string | undefined {
  try {
    return stripTypeScriptTypes(code);
  } catch {
    return undefined;
  }
}
