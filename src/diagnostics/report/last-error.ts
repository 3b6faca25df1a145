/** Keeps the newest error of development in a file, for `gable last-error`. */
import { loadFileSystem } from "../../replies/node-modules.ts";
import type { ErrorReport } from "./report-types.ts";

/** File below the folder of the project. The folder `var` holds what programs write. */
const lastErrorFile = "var/last-error.json";

/**
 * Writes a report for `gable last-error`.
 *
 * `folder` is that of the project; default: the working directory. A project that nobody may write to, or a runtime without files, does
 * without.
 */
export async function writeLastError(report: ErrorReport, folder = "."): Promise<void> {
  try {
    const { mkdir, rename, writeFile } = await loadFileSystem();
    await mkdir(`${folder}/var`, { recursive: true });
    // Written whole, then renamed: a reader never finds half of it.
    const draft = `${folder}/${lastErrorFile}.${crypto.randomUUID()}`;
    await writeFile(draft, JSON.stringify(report), { mode: 0o600 });
    await rename(draft, `${folder}/${lastErrorFile}`);
  } catch {
    // The reply has the report.
  }
}

/** Reads the newest report; undefined without one. `folder` is that of the project; default: the working directory. */
export async function readLastError(folder = "."): Promise<ErrorReport | undefined> {
  const { readFile } = await loadFileSystem();
  let text: string;
  try {
    text = await readFile(`${folder}/${lastErrorFile}`, "utf8");
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(text) as ErrorReport; // Written by the function above.
  } catch {
    return undefined;
  }
}
